"""The results of a calibration in sentences: one page to be read from top to bottom by whoever leads the team.

Every number is one of the tables'; a sentence claims no more than its interval or its corrected test allows.
"""

from collections.abc import Sequence

from qa_app.estimate import Estimate
from qa_app.reports import CalibrationReport, CriterionAgreement, Field, Readings, Section
from qa_app.stats.resampling import COVERAGE_AT_TEN, NARROW_BELOW
from qa_app.words import write_count, write_limits


def tell_plain(report: CalibrationReport) -> Section:
    """What was measured, how far reviewers agree, where the trouble sits, what to do, what cannot be said."""
    found = report.readings if report.pooled is None else report.pooled
    lines = report.everyday or report.agreement
    rows = (
        ("What was measured", _say_measured(report, found)),
        ("How far reviewers agree", _say_agreement(lines, found, everyday=bool(report.everyday))),
        ("The verdict", _say_verdict(found)),
        ("What to fix first", " ".join((*(fix.problem for fix in found.fixes), found.fixes_note))),
        *_say_steps(found),
        ("What cannot be said", _say_limits(found)),
    )
    fields = (Field("about", "About"), Field("said", "In plain words"))
    return Section("plain", "In plain words", "", fields, rows)


def _say_measured(report: CalibrationReport, found: Readings) -> str:
    tell_more = f", and {len(report.not_blind)} more that are not blind and count nowhere" if report.not_blind else ""
    said = (
        f"{write_count(len(report.reviewers), 'person', 'people')} graded "
        f"{write_count(len(report.tickets), 'ticket')} blind; {report.submitted} of {report.expected} reviews are in"
        f"{tell_more}."
    )
    if report.pooled is not None:
        n_before = len(found.sessions) - 1
        before = "session" if n_before == 1 else f"{n_before} sessions"
        said += f" With the {before} before there are {found.n_tickets} tickets, and what follows is about all of them."
    some = f"{found.n_random} of them" if found.n_random < found.n_tickets else "All"
    return f"{said} {some} were drawn at random."


def _say_agreement(lines: Sequence[CriterionAgreement], found: Readings, *, everyday: bool) -> str:
    same = sorted(
        ((line.percent.value, line.label, line.percent) for line in lines if isinstance(line.percent, Estimate)),
        key=lambda one: one[:2],
    )
    said = []
    if same:
        low, high = (f"{_write_share(one[2])} of the time on “{one[1]}”" for one in (same[0], same[-1]))
        where = " on the tickets drawn at random" if everyday else ""
        range_of = f"{low} and {high}, the lowest and the highest of {len(same)} criteria" if len(same) > 1 else low
        said.append(f"Two reviewers give the same answer{where} {range_of}. Part of that is chance.")
    if isinstance(found.disagreement, Estimate):
        apart = write_limits(found.disagreement, digits=0)
        said.append(
            f"Over all criteria answers lie {apart} apart, where 0 is the same answer and 100 what guessing gives."
        )
    said.append(
        "The brackets are 95% intervals: where the number may lie over all tickets of this kind, graded by the same "
        "reviewers."
    )
    if found.n_tickets < NARROW_BELOW:
        tickets = write_count(found.n_tickets, "ticket")
        said.append(
            f"With {tickets} even they are too narrow: in a simulation {COVERAGE_AT_TEN} of 100 held the truth with 10 "
            "tickets, and fewer where nearly all answers were alike."
        )
    return " ".join(said)


def _say_verdict(found: Readings) -> str:
    if not isinstance(found.flips, Estimate):
        return found.flips.explanation
    return (
        f"Of two of these reviewers one passes a ticket and the other does not {_write_share(found.flips)} of the time."
    )


def _write_share(share: Estimate) -> str:
    """Such as `39% (31 to 47)`, with the sign where it is read first."""
    value, _, limits = write_limits(share, digits=0).partition(" ")
    return f"{value}% {limits}"


def _say_steps(found: Readings) -> list[tuple[str, str]]:
    steps: dict[str, list[str]] = {}
    for fix in found.fixes:
        steps.setdefault(fix.step, []).append(fix.name)
    said = " ".join(f"{', '.join(names)}: {step}" for step, names in steps.items())
    return [("What to do", said)] if said else []


def _say_limits(found: Readings) -> str:
    right = (
        "How right a reviewer is can be read against the reference alone, as far as that is right."
        if found.n_agreed or found.n_expert
        else "Who is right: there is no reference, and reviewers can share an error."
    )
    said = [right, "What people who did not grade here would do: the intervals are about other tickets."]
    picked = found.n_tickets - found.n_random
    if picked:
        said.append(
            f"What everyday work looks like, from the {write_count(picked, 'ticket')} that were contested or picked by "
            "hand."
        )
    return " ".join(said)
