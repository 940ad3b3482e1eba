"""What to fix first, in words: whether disagreement is a problem of a reviewer, a criterion or a ticket.

The rules are in `qa_app.stats.causes.naming`; this says what came of them. Pure.
"""

from collections.abc import Mapping

from db.records import PersonId, TicketId
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Fix, Target
from qa_app.stats.causes.naming import LEAST_RATERS, LEAST_UNITS, Cause, Causes
from qa_app.stats.proportion import in_percent
from qa_app.words import write_count, write_number

_TARGETS = {"rater": Target.REVIEWER, "item": Target.CRITERION, "unit": Target.TICKET}


def tell_fixes(
    causes: Causes | Undefined | None,
    criteria: Mapping[str, str],
    people: Mapping[PersonId, str],
    tickets: Mapping[TicketId, str],
) -> tuple[Fix, ...]:
    """Each cause in words, the largest gain first; names by id."""
    if causes is None or isinstance(causes, Undefined):
        return ()
    return tuple(_tell(cause, criteria, people, tickets) for cause in causes.named)


def tell_note(causes: Causes | Undefined | None) -> str:
    """What was asked, and why nothing stands out where nothing does."""
    if causes is None:
        return "The scorecard has no criterion whose answers could be compared."
    if isinstance(causes, Undefined):
        return (
            f"{write_count(causes.n_units, 'ticket')} graded by two reviewers or more: too few to tell a problem of a "
            f"criterion from one of a reviewer or a ticket. It takes {LEAST_UNITS}, and better 12."
        )
    unasked = "" if "rater" in causes.asked else " Of two reviewers nobody can say which one is the problem."
    unasked += "" if "item" in causes.asked else " With fewer than three criteria none can stand out."
    asked = (
        f"Looked at {write_count(causes.n_raters, 'reviewer')}, {write_count(causes.n_items, 'criterion', 'criteria')} "
        f"and {write_count(causes.n_units, 'ticket')}."
    )
    if causes.named:
        if sum(cause.family == "rater" for cause in causes.named) > 1:
            unasked = (
                " Whoever stands out most is left out before the next is looked at, so these points can differ from "
                f"those in the table of reviewers.{unasked}"
            )
        return (
            f"{asked} Named is what stands out beyond chance, at 5% each for reviewers, criteria and tickets, and is "
            "not small; the largest gain comes first. Reviewers are held against each other, so who is right is for "
            f"the meeting to say, and whoever is not named is not proven equal.{unasked}"
        )
    return (
        f"{asked} Nobody and nothing stands out beyond chance. That is no proof of agreement: with few tickets only "
        f"large problems show.{unasked}"
    )


def _tell(
    cause: Cause, criteria: Mapping[str, str], people: Mapping[PersonId, str], tickets: Mapping[TicketId, str]
) -> Fix:
    match cause.family:
        case "rater":
            key, name = cause.name, people[PersonId(cause.name)]
            problem, numbers, step = _tell_reviewer(cause, name, criteria)
        case "item":
            key, name = cause.name, criteria[cause.name]
            problem, numbers, step = _tell_criterion(cause, name, people)
        case "unit":
            key = cause.name.partition("/")[2]
            name = tickets[TicketId(key)]
            problem, numbers, step = _tell_ticket(cause, name)
    return Fix(
        target=_TARGETS[cause.family],
        key=key,
        name=name,
        problem=problem,
        numbers=numbers,
        step=step,
        excess=_in_percent(cause.excess),
        gain=100 * cause.gain,
    )


def _tell_reviewer(cause: Cause, name: str, criteria: Mapping[str, str]) -> tuple[str, str, str]:
    mostly = "" if cause.by is None else f" Most of it is on “{criteria[cause.by]}”."
    further = f"Distance to the others less theirs to each other: {_write_excess(cause.excess)}"
    if cause.kind == "apart" or cause.lean is None:
        return (
            f"{name} answers otherwise than the others, in no one direction.{mostly}",
            f"{further}.",
            "Go through the answers that differ most with this reviewer; look for a misread anchor or haste.",
        )
    word, direction = ("stricter", "lower") if cause.kind == "severe" else ("more lenient", "higher")
    lean = cause.lean
    points = write_number(100 * abs(lean.value), 1)
    low, high = sorted(abs(100 * (limit or 0.0)) for limit in (lean.low, lean.high))
    limits = f"{write_number(low, 1)} to {write_number(high, 1)}, {write_count(lean.n_units, 'ticket')}"
    return (
        f"{name} is {word} than the others on the same tickets.{mostly}",
        f"On a scale from 0 to 100 the grades are {points} points {direction} ({limits}). {further}.",
        "Compare the answers criterion by criterion, agree on the anchors, and see whether the next session is closer.",
    )


def _tell_criterion(cause: Cause, label: str, people: Mapping[PersonId, str]) -> tuple[str, str, str]:
    further = f"Distance less that on the other criteria: {_write_excess(cause.excess)}"
    if cause.by is not None:
        name = people[PersonId(cause.by)]
        return (
            f"A reading of one reviewer: {name} understands “{label}” otherwise than the others.",
            f"{further}. Less than half of that is left without {name}.",
            f"Ask {name} what the levels mean here, and settle it with an example in the anchors.",
        )
    # The number of reviewers who were compared: of three nobody can be left out.
    alone = cause.excess.n_raters > LEAST_RATERS
    left = (
        "Leaving any one reviewer out leaves half of it or more" if alone else "Too few to say if it is one reviewer's"
    )
    return (
        f"A problem of the criterion: reviewers are further apart on “{label}” than on the others.",
        f"{further}. {left}.",
        "If the wording is why, reword guideline or anchors, with the tickets that divided the reviewers as examples.",
    )


def _tell_ticket(cause: Cause, number: str) -> tuple[str, str, str]:
    return (
        f"A problem of the ticket: over the whole form reviewers are further apart on {number} than on the others.",
        f"Distance less that on the other tickets: {_write_excess(cause.excess)}.",
        "Talk about it in the meeting: it may be an edge case that the guideline does not foresee.",
    )


def _write_excess(excess: Estimate) -> str:
    """Such as `31% of guessing (18 to 44, 12 tickets)`."""
    shown = _in_percent(excess)
    limits = "" if shown.low is None or shown.high is None else f"{shown.low:.0f} to {shown.high:.0f}, "
    return f"{shown.value:.0f}% of guessing ({limits}{write_count(shown.n_units, 'ticket')})"


def _in_percent(measured: Estimate) -> Estimate:
    scaled = in_percent(measured)
    return scaled if isinstance(scaled, Estimate) else measured
