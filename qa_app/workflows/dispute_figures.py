"""How disputes end: how often grades are overturned, how long it takes, and how far blind second grades agree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from db.records import (
    AssignmentState,
    DisputeKind,
    DisputeState,
    Person,
    PersonId,
    Purpose,
    Review,
    ScorecardVersion,
    SessionId,
)
from db.store import assignments, disputes, people, reviews
from qa_app.estimate import Measured
from qa_app.reports import Field, Kind, Method, Section
from qa_app.stats.mean import mean
from qa_app.stats.peers import count_equal
from qa_app.stats.proportion import in_percent, proportion
from qa_app.stats.reasons import undefined
from qa_app.words import write_count
from qa_app.workflows.calibration_results import RESAMPLES, measure_agreement
from qa_app.workflows.context import Context
from qa_app.workflows.dispute_rows import DisputeRow, describe_disputes
from qa_app.workflows.scope import require_some
from qa_app.workflows.session_sections import AGREEMENT_NOTE, tell_agreement
from qa_app.workflows.session_tables import Graded
from qa_app.workflows.wording import tell_apart
from scorecards.model import CriterionType

_SEED = 1
_DAY = 24 * 60 * 60
_FIRST, _SECOND = PersonId("first"), PersonId("second")
_DECIDED = frozenset({DisputeState.UPHELD, DisputeState.REVISED, DisputeState.PARTLY_REVISED})
_OVERTURNED = _DECIDED - {DisputeState.UPHELD}


@dataclass(frozen=True, slots=True)
class DisputeFigures:
    """The disputes within the actor's reach, in figures."""

    made_at: datetime
    decided: int
    """Disputes about grades that were decided."""
    sections: tuple[Section, ...]
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class _Couple:
    """A contested review with the blind second grade of its ticket."""

    version: ScorecardVersion
    first: Review
    second: Review


def report_disputes(
    context: Context, *, since: datetime | None = None, before: datetime | None = None
) -> DisputeFigures:
    """Figures over the disputes of the teams that the actor chooses second graders for, by when they were raised.

    Tickets that the actor still grades blind are left out. Raises NotAllowed for whoever may choose none.
    """
    within = require_some(context.actor, "dispute.assign")
    with context.store.read() as tx:
        raised = [
            one
            for one in disputes.disputes(tx)
            if (since is None or one.raised_at >= since) and (before is None or one.raised_at < before)
        ]
        rows = describe_disputes(tx, context.actor, within, raised)
        given = assignments.assignments_by_id(
            tx, [row.dispute.assignment_id for row in rows if row.dispute.assignment_id]
        )
        done = {one.ticket_id for one in given.values() if one.state is AssignmentState.DONE}
        again = reviews.graded(tx, ticket_ids=done, purpose=Purpose.DISPUTE) if done else ()
        named = people.people_by_id(tx, [row.review.reviewer_id for row in rows])
    by_assignment = {review.assignment_id: review for review in again}
    couples = [
        couple
        for row in rows
        if row.dispute.assignment_id in by_assignment
        for couple in (_Couple(row.version, row.review, by_assignment[row.dispute.assignment_id]),)
        if _is_comparable(couple)
    ]
    about_grades = [row for row in rows if row.dispute.kind is DisputeKind.GRADES]
    decided = [row for row in about_grades if row.dispute.state in _DECIDED]
    sections = (
        _tell_outcomes(rows),
        _tell_criteria(decided),
        _tell_reviewers(decided, tell_apart(named)),
        *_tell_second_grades(couples),
    )
    return DisputeFigures(context.now(), len(decided), sections, _list_methods(context, couples))


def _tell_outcomes(rows: Sequence[DisputeRow]) -> Section:
    fields = (
        Field("kind", "About"),
        Field("raised", "Raised", Kind.COUNT),
        Field("open", "Open", Kind.COUNT),
        Field("upheld", "Upheld", Kind.COUNT),
        Field("partly_revised", "Partly revised", Kind.COUNT),
        Field("revised", "Revised", Kind.COUNT),
        Field("wrong_agent", "Wrong agent", Kind.COUNT),
        Field("withdrawn", "Withdrawn", Kind.COUNT),
        Field("decided_in", "Median days to decide", Kind.NUMBER),
        Field("longest", "Longest, days", Kind.NUMBER),
    )
    told = []
    for kind, name in ((DisputeKind.GRADES, "Grades"), (DisputeKind.WRONG_AGENT, "Whose work it was")):
        of_kind = [row.dispute for row in rows if row.dispute.kind is kind]
        states = [one.state for one in of_kind]
        days = [
            (one.decided_at - one.raised_at).total_seconds() / _DAY
            for one in of_kind
            if one.decided_at is not None and one.state is not DisputeState.WITHDRAWN
        ]
        counts = [
            states.count(state)
            for state in (
                *(DisputeState.OPEN, DisputeState.UPHELD, DisputeState.PARTLY_REVISED, DisputeState.REVISED),
                *(DisputeState.WRONG_AGENT, DisputeState.WITHDRAWN),
            )
        ]
        told.append((name, len(states), *counts, median(days) if days else None, max(days) if days else None))
    note = "Days go from raising to deciding; what was withdrawn is left out of them."
    return Section(
        "outcomes", "How disputes ended", note, fields, tuple(told) if rows else (), "No dispute was raised."
    )


def _tell_criteria(decided: Sequence[DisputeRow]) -> Section:
    fields = (
        Field("scorecard", "Scorecard"),
        Field("criterion", "Criterion"),
        Field("contested", "Decided", Kind.COUNT),
        Field("overturned", "Overturned", Kind.COUNT),
        Field("rate", "Overturned, %", Kind.MEASURED),
    )
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    for row in decided:
        card = row.version.scorecard
        for item in row.dispute.items:
            key = (card.id, item.criterion_id)
            labels.setdefault(key, (card.label, card.criterion(item.criterion_id).label))
            found[key].append(item.upheld is False)
    ranked = sorted(found, key=lambda key: (-sum(found[key]), -len(found[key]), labels[key]))
    told = tuple((*labels[key], len(found[key]), sum(found[key]), _rate(found[key])) for key in ranked)
    note = (
        "Of the times that a criterion was contested and decided. Contested grades are no sample of all grades: a high "
        "rate shows where a guideline is read in two ways, and says nothing of the grades that nobody contested."
    )
    return Section("criteria", "Overturned by criterion", note, fields, told, "No contested criterion was decided yet.")


def _tell_reviewers(decided: Sequence[DisputeRow], named: Mapping[PersonId, Person]) -> Section:
    fields = (
        Field("reviewer", "Reviewer"),
        Field("decided", "Decided", Kind.COUNT),
        Field("overturned", "Overturned", Kind.COUNT),
        Field("rate", "Overturned, %", Kind.MEASURED),
    )
    found: dict[PersonId, list[bool]] = defaultdict(list)
    for row in decided:
        found[row.review.reviewer_id].append(row.dispute.state in _OVERTURNED)
    ranked = sorted(found, key=lambda key: (named[key].name, key))
    told = tuple((named[key].name, len(found[key]), sum(found[key]), _rate(found[key])) for key in ranked)
    note = (
        "Disputes about this reviewer's grades in which at least one answer was changed. How many of a reviewer's "
        "grades are contested depends on the agents and on the tickets too, so compare nobody by a few of them."
    )
    return Section(
        "reviewers", "Overturned by reviewer", note, fields, told, "No dispute about grades was decided yet."
    )


def _rate(overturned: Sequence[bool]) -> Measured:
    return in_percent(proportion(sum(overturned), len(overturned)))


def _tell_second_grades(couples: Sequence[_Couple]) -> Iterator[Section]:
    """One overview, and a table of criteria for each structure."""
    alike: dict[str, list[_Couple]] = defaultdict(list)
    for couple in couples:
        alike[couple.version.structure_hash].append(couple)
    fields = (
        Field("scorecard", "Scorecard"),
        Field("tickets", "Tickets", Kind.COUNT),
        Field("same", "Same answer, %", Kind.MEASURED),
    )
    tables, rows = [], []
    for place, group in enumerate(alike.values(), start=1):
        version = max((couple.version for couple in group), key=lambda one: one.number)
        graded = _pair(group, version)
        same = 100 * count_equal(list(graded.tables.values())).among(range(2))[0]
        label = "; ".join(sorted({couple.version.scorecard.label for couple in group}))
        rows.append((label, len(group), _average(same)))
        lines = [line for line in measure_agreement(graded, version, _SEED) if line.chosen or line.not_applicable]
        title = f"First and second grade, {label}"
        tables.append(tell_agreement(lines, f"second_grades_{place}", title, AGREEMENT_NOTE))
    note = (
        "The contested grade against the blind second one, over the criteria that both graded; mean over tickets. "
        "These are the grades that somebody doubted, so everyday grades agree better than this."
    )
    none = "No contested review has a blind second grade yet."
    yield Section("second_grades", "Blind second grades", note, fields, tuple(rows), none)
    yield from tables


def _pair(couples: Sequence[_Couple], version: ScorecardVersion) -> Graded:
    units = tuple((SessionId(one.second.id), one.second.ticket_id) for one in couples)
    return Graded(
        criteria=tuple(one for one in version.scorecard.criteria if one.type is not CriterionType.TEXT),
        units=units,
        raters=(_FIRST, _SECOND),
        answers={
            (unit, rater): {
                rating.criterion_id: rating for rating in review.ratings if rating.criterion_id in _asked(one)
            }
            for unit, one in zip(units, couples, strict=True)
            for rater, review in ((_FIRST, one.first), (_SECOND, one.second))
        },
        references={},
    )


def _asked(couple: _Couple) -> frozenset[str]:
    """The criteria that both graded: the second grader was asked some of them only."""
    return frozenset(rating.criterion_id for rating in couple.second.ratings)


def _average(values: Iterable[float]) -> Measured:
    """Mean over tickets; one ticket is never an agreement."""
    kept = [value for value in values if value == value]  # noqa: PLR0124 - nan is what differs from itself
    if len(kept) == 1:
        return undefined("one-unit", n_units=1, n_raters=2, n_values=1)
    return mean(kept, bounds=(0.0, 100.0), n_raters=2)


def _is_comparable(couple: _Couple) -> bool:
    """Two first grades of the same words, the second one blind."""
    first, second = couple.first, couple.second
    same_words = (first.ticket_version, first.scorecard_version_id) == (
        second.ticket_version,
        second.scorecard_version_id,
    )
    return same_words and second.saw_other_grades is False and first.supersedes_id is None


def _list_methods(context: Context, couples: Sequence[_Couple]) -> tuple[Method, ...]:
    lines = {
        "Overturned": "Share of decided ones in which the decision changed the answer; Wilson's score interval at 95%. "
        "Withdrawn disputes, open ones, and those about whose work it was are left out.",
        "Partly revised": "At least one contested answer changed and another did not, or another criterion changed.",
        "Same answer": "Share of equal answers over the criteria that both graded, texts left out, “not applicable” "
        "being an answer; mean over tickets, Student's interval. It has no chance correction.",
        "By criterion": f"Coefficients as in calibrations; bootstrap over tickets with {RESAMPLES} resamples, seed "
        f"{_SEED}. Who was first differs from ticket to ticket, so read alpha.",
        "Second grades": f"{write_count(len(couples), 'ticket')}: first grades of the same version of ticket and "
        "scorecard, the second one by somebody who could see no other grade. They count in no agent's score.",
        "Made": f"{context.now():%Y-%m-%d %H:%M} UTC by {context.actor.name}",
    }
    return tuple(Method(topic, text) for topic, text in lines.items())
