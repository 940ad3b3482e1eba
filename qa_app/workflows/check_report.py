"""What hidden checks found: how far everyday grades agree between reviewers, and of one reviewer weeks apart.

Figures of everyday work; those of open calibrations stand elsewhere, because people who know that they are compared
grade with more care.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    CheckKind,
    HiddenCheck,
    Person,
    PersonId,
    Review,
    ScorecardVersion,
    SessionId,
)
from db.store import assignments, checks, people, reviews, scorecards
from qa_app.domain.access import require
from qa_app.domain.review_states import COMPLETE
from qa_app.estimate import Measured
from qa_app.reports import Field, FieldValue, Kind, Method, Section
from qa_app.stats.causes.distances import measure_distances
from qa_app.stats.mean import mean
from qa_app.stats.peers import count_equal
from qa_app.stats.proportion import in_percent, proportion
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats
from qa_app.words import write_count
from qa_app.workflows.calibration_results import RESAMPLES, measure_agreement
from qa_app.workflows.checks import LEADS
from qa_app.workflows.context import Context
from qa_app.workflows.in_force import find_current
from qa_app.workflows.ratings_severity import STRICT
from qa_app.workflows.scope import find_blind_tickets
from qa_app.workflows.session_readings import NO_VERDICT
from qa_app.workflows.session_sections import AGREEMENT_NOTE, tell_agreement
from qa_app.workflows.session_tables import Graded
from qa_app.workflows.session_window import ENOUGH_TICKETS, WINDOW_DAYS
from qa_app.workflows.wording import name_version
from scorecards.model import CriterionType

_SEED = 1
_PERCENT, _POINTS = (0.0, 100.0), (-100.0, 100.0)
_FIRST, _SECOND = PersonId("first"), PersonId("second")
_NAMES = {CheckKind.PAIR: "Two reviewers", CheckKind.REPEAT: "Same reviewer again"}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The hidden checks of one scorecard, apart from all open sessions."""

    version: ScorecardVersion
    """The one in force; versions of the same structure count with it."""
    made_at: datetime
    pairs: int
    """Tickets compared that two reviewers graded."""
    repeats: int
    """Tickets compared that one reviewer graded twice."""
    sections: tuple[Section, ...]
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class _Couple:
    """Two blind grades of one ticket."""

    note: HiddenCheck
    first: Review
    second: Review


@dataclass(frozen=True, slots=True)
class _Compared:
    """All couples of one kind, with what each ticket gives; arrays of shape (couples,)."""

    couples: tuple[_Couple, ...]
    graded: Graded
    same: Floats
    """Percent of equal answers."""
    apart: Floats
    """Mean distance in percent of guessing."""
    lean: Floats
    """Points of 100 by which the second grade is below the first: positive is strict."""


def report_checks(context: Context, scorecard_id: str) -> CheckReport:
    """What the checks of the last half year found; raises NotFound where no version of the scorecard is in force.

    Tickets that the actor has yet to grade in an open calibration are left out.
    """
    require(context.actor, LEADS)
    with context.store.read() as tx:
        version = find_current(tx, scorecard_id)
        alike = {
            one.id
            for one in scorecards.versions(tx, scorecard_id=scorecard_id)
            if one.structure_hash == version.structure_hash
        }
        notes, given = _list_notes(tx, alike, since=context.now() - timedelta(days=WINDOW_DAYS))
        couples = _couple(tx, notes, given, find_blind_tickets(tx, context.actor.id))
        keys = {key for one in couples for key in (one.first.reviewer_id, one.second.reviewer_id)}
        named = people.people_by_id(tx, keys)
    found = {kind: _compare([one for one in couples if one.note.kind is kind], version) for kind in CheckKind}
    sections = (
        _tell_given(notes, given, found),
        _tell_overview(found, version),
        *(_tell_criteria(kind, one, version) for kind, one in found.items()),
        _tell_reviewers(found, named),
    )
    pairs, repeats = (len(found[kind].couples) for kind in CheckKind)
    return CheckReport(version, context.now(), pairs, repeats, sections, _list_methods(context, version))


def _list_notes(
    tx: Transaction, version_ids: Iterable[str], *, since: datetime
) -> tuple[list[HiddenCheck], dict[AssignmentId, Assignment]]:
    """The checks on these versions that were drawn since then, and their assignments with what they repeat."""
    wanted = set(version_ids)
    notes = [note for note in checks.checks(tx) if note.drawn_at >= since]
    given = assignments.assignments_by_id(
        tx, {key for note in notes for key in (note.assignment_id, note.of_assignment_id)}
    )
    kept = [note for note in notes if given[note.assignment_id].scorecard_version_id in wanted]
    return kept, given


def _couple(
    tx: Transaction,
    notes: Sequence[HiddenCheck],
    given: Mapping[AssignmentId, Assignment],
    hidden: Iterable[str],
) -> list[_Couple]:
    """First grades, both blind, of the same words on the same form."""
    blind = set(hidden)
    keys = {given[note.assignment_id].ticket_id for note in notes} - blind
    found = reviews.reviews(tx, ticket_ids=keys, states=tuple(COMPLETE), superseded=True)
    first_grades = {
        review.assignment_id: review
        for review in found
        if review.supersedes_id is None and review.saw_other_grades is False
    }
    couples = []
    for note in notes:
        first, second = first_grades.get(note.of_assignment_id), first_grades.get(note.assignment_id)
        if first is None or second is None or _read_as(first) != _read_as(second):
            continue
        couples.append(_Couple(note, first, second))
    return couples


def _read_as(review: Review) -> tuple[str, int, str]:
    return review.ticket_id, review.ticket_version, review.scorecard_version_id


def _compare(couples: Sequence[_Couple], version: ScorecardVersion) -> _Compared:
    units = tuple((SessionId(one.note.assignment_id), one.second.ticket_id) for one in couples)
    graded = Graded(
        criteria=tuple(one for one in version.scorecard.criteria if one.type is not CriterionType.TEXT),
        units=units,
        raters=(_FIRST, _SECOND),
        answers={
            (unit, rater): {rating.criterion_id: rating for rating in review.ratings}
            for unit, one in zip(units, couples, strict=True)
            for rater, review in ((_FIRST, one.first), (_SECOND, one.second))
        },
        references={},
    )
    distances, both = measure_distances(graded.ordered), range(2)
    return _Compared(
        tuple(couples),
        graded,
        same=100 * count_equal(list(graded.tables.values())).among(both)[0],
        apart=100 * distances.by_unit(both),
        lean=100 * distances.lean(both)[1],
    )


def _average(values: Iterable[float], bounds: tuple[float, float] | None = None) -> Measured:
    """Mean over tickets; one ticket is never an agreement."""
    kept = [value for value in values if value == value]  # noqa: PLR0124 - nan is what differs from itself
    if len(kept) == 1:
        return undefined("one-unit", n_units=1, n_raters=2, n_values=1)
    return mean(kept, bounds=bounds, n_raters=2)


def _tell_given(
    notes: Sequence[HiddenCheck], given: Mapping[AssignmentId, Assignment], found: Mapping[CheckKind, _Compared]
) -> Section:
    fields = (
        Field("kind", "Check"),
        Field("given", "Given", Kind.COUNT),
        Field("open", "Still open", Kind.COUNT),
        Field("returned", "Skipped or exchanged", Kind.COUNT),
        Field("done", "Done", Kind.COUNT),
        Field("compared", "Compared", Kind.COUNT),
    )
    rows = []
    for kind, name in _NAMES.items():
        states = [given[note.assignment_id].state for note in notes if note.kind is kind]
        n_open, n_done = states.count(AssignmentState.OPEN), states.count(AssignmentState.DONE)
        compared = len(found[kind].couples)
        rows.append((name, len(states), n_open, len(states) - n_open - n_done, n_done, compared))
    note = (
        f"Checks drawn in the last {WINDOW_DAYS} days. One is compared when both grades are in and both were blind, of "
        "the same version of ticket and scorecard."
    )
    return Section("given", "Hidden checks given", note, fields, tuple(rows))


def _tell_overview(found: Mapping[CheckKind, _Compared], version: ScorecardVersion) -> Section:
    fields = (
        Field("kind", "Check"),
        Field("tickets", "Tickets", Kind.COUNT),
        Field("same", "Same answer, %", Kind.MEASURED),
        Field("apart", "Distance, % of guessing", Kind.MEASURED),
        Field("different_verdicts", "Different verdicts, %", Kind.MEASURED),
    )
    rows = tuple(
        (
            _NAMES[kind],
            len(one.couples),
            _average(one.same, _PERCENT),
            _average(one.apart),
            _measure_flips(one.couples, version),
        )
        for kind, one in found.items()
    )
    note = (
        "Over all criteria, mean over tickets. Two reviewers: would a colleague have graded alike? The same reviewer "
        "again: would the reviewer, weeks later? The latter is about as close as two could "
        f"come.{_warn(found)}"
    )
    return Section("overview", "Hidden checks in everyday work", note, fields, rows)


def _warn(found: Mapping[CheckKind, _Compared]) -> str:
    few = [
        f"{_NAMES[kind].lower()} {len(one.couples)}" for kind, one in found.items() if len(one.couples) < ENOUGH_TICKETS
    ]
    if not few:
        return ""
    return f" Few tickets so far ({', '.join(few)}; {ENOUGH_TICKETS} would do): read the intervals, not the numbers."


def _measure_flips(couples: Sequence[_Couple], version: ScorecardVersion) -> Measured:
    verdicts = [
        (one.first.score.passed, one.second.score.passed) for one in couples if one.first.score and one.second.score
    ]
    known = [first != second for first, second in verdicts if first is not None and second is not None]
    if version.scorecard.pass_mark is None:
        return NO_VERDICT
    if len(known) == 1:
        return undefined("one-unit", n_units=1, n_raters=2, n_values=2)
    return in_percent(proportion(sum(known), len(known), n_raters=2))


def _tell_criteria(kind: CheckKind, found: _Compared, version: ScorecardVersion) -> Section:
    key = "pairs" if kind is CheckKind.PAIR else "repeats"
    lines = measure_agreement(found.graded, version, _SEED) if found.couples else ()
    return tell_agreement(lines, key, f"{_NAMES[kind]}, by criterion", AGREEMENT_NOTE)


def _tell_reviewers(found: Mapping[CheckKind, _Compared], named: Mapping[PersonId, Person]) -> Section:
    fields = (
        Field("reviewer", "Reviewer"),
        Field("pairs", "Tickets with a colleague", Kind.COUNT),
        Field("peers", "Same as the colleague, %", Kind.MEASURED),
        Field("below_colleague", f"Points below the colleague {STRICT}", Kind.MEASURED),
        Field("repeats", "Tickets again", Kind.COUNT),
        Field("again", "Same as before, %", Kind.MEASURED),
        Field("below_before", f"Points below before {STRICT}", Kind.MEASURED),
    )
    pairs, repeats = found[CheckKind.PAIR], found[CheckKind.REPEAT]
    rows = tuple(
        (named[key].name, *_tell_side(pairs, key), *_tell_side(repeats, key))
        for key in sorted(named, key=lambda one: (named[one].name, one))
    )
    note = (
        "Points are of 100; positive is strict, negative lenient. Colleagues are those who happened to be drawn for "
        "the same tickets."
    )
    return Section("reviewers", "Reviewers in everyday work", note, fields, rows, "No check has two grades yet.")


def _tell_side(found: _Compared, key: PersonId) -> tuple[FieldValue, ...]:
    """Tickets, equal answers and lean of one reviewer, who may be the first of a couple or its second."""
    as_second = [one.second.reviewer_id == key for one in found.couples]
    mine = [place for place, one in enumerate(found.couples) if as_second[place] or one.first.reviewer_id == key]
    if not mine:
        return 0, None, None
    return (
        len(mine),
        _average((found.same[place] for place in mine), _PERCENT),
        _average((found.lean[place] if as_second[place] else -found.lean[place] for place in mine), _POINTS),
    )


def _list_methods(context: Context, version: ScorecardVersion) -> tuple[Method, ...]:
    lines = {
        "Scorecard": f"{name_version(version)}, with versions of the same structure {version.structure_hash[:12]}",
        "What is compared": "The first grades of a hidden check and of the work that it repeats, where both authors "
        "could see no other grade. Open calibrations are not among them, and checks count in no agent's score.",
        "Same answer": "Share of equal answers over all criteria, texts left out, “not applicable” being an answer; "
        "mean over tickets, Student's interval. It has no chance correction.",
        "Distance": "Mean distance of two answers, 100 being what guessing gives (docs/algorithms/calibration.md, R1).",
        "Different verdicts": "Share of tickets that one grade passes and the other fails; Wilson's interval.",
        "By criterion": f"Coefficients as in calibrations, first grade against second; bootstrap over tickets with "
        f"{RESAMPLES} resamples, seed {_SEED}. Who was first differs from ticket to ticket, so read alpha.",
        "Made": f"{context.now():%Y-%m-%d %H:%M} UTC by {context.actor.name}; {write_count(WINDOW_DAYS, 'day')} back",
    }
    return tuple(Method(topic, text) for topic, text in lines.items())
