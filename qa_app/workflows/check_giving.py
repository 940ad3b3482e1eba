"""Giving hidden checks along with the work that is handed out; nothing that a reviewer sees tells them apart."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AuditEntry,
    CheckKind,
    CheckRule,
    HiddenCheck,
    PersonId,
    Purpose,
    SampleId,
    ScorecardVersion,
    TicketId,
)
from db.store import assignments, audit, checks, people, reviews, tickets
from qa_app.domain.checks import draw_pairs, draw_repeats, is_repeatable, longest_ago, may_be_checked, place_within
from qa_app.workflows.context import Context


@dataclass(frozen=True, slots=True)
class HandOut:
    """Work that is about to be handed out, before it is stored."""

    sample_id: SampleId
    version: ScorecardVersion
    reviewer_ids: Sequence[PersonId]
    made: tuple[Assignment, ...]
    handlers: Mapping[TicketId, Collection[PersonId]]
    """Who handled each ticket."""
    graders: Mapping[TicketId, Collection[PersonId]]
    """Who grades or graded it already; tickets that nobody does are left out."""


@dataclass(frozen=True, slots=True)
class _Again:
    """An assignment with what it repeats, by the id that it had when it was drawn."""

    assignment: Assignment
    kind: CheckKind | None = None
    of: AssignmentId | None = None


def add_checks(tx: Transaction, context: Context, out: HandOut) -> tuple[tuple[Assignment, ...], int]:
    """The work with the checks that the scorecard's rule asks for among it, stored; and how many those are.

    Ids are given in the order of the tickets, checks included, because queues show them in that order.
    """
    rule = checks.rules(tx).get(out.version.scorecard_id)
    if rule is None or not out.made or not (rule.pair_percent or rule.repeat_percent):
        assignments.add_assignments(tx, out.made)
        return out.made, 0
    key = context.new_id()
    mixed = _mix(tx, context, out, rule, key)
    new_ids = {one.assignment.id: AssignmentId(context.new_id()) for one in mixed}
    stored = [replace(one.assignment, id=new_ids[one.assignment.id]) for one in mixed]
    notes = [
        HiddenCheck(made.id, one.kind, new_ids.get(one.of, one.of), context.now(), context.actor.id)
        for one, made in zip(mixed, stored, strict=True)
        if one.kind is not None and one.of is not None
    ]
    assignments.add_assignments(tx, stored)
    checks.add_checks(tx, notes)
    kinds = Counter(note.kind for note in notes)
    after = {
        "key": key,
        "pair_percent": rule.pair_percent,
        "repeat_percent": rule.repeat_percent,
        "repeat_weeks": rule.repeat_weeks,
        "pairs": kinds[CheckKind.PAIR],
        "repeats": kinds[CheckKind.REPEAT],
    }
    audit.append(tx, AuditEntry(context.now(), context.actor.id, "check.give", "sample", out.sample_id, after=after))
    return tuple(one for one in stored if one.purpose is Purpose.QUALITY), len(notes)


def _mix(tx: Transaction, context: Context, out: HandOut, rule: CheckRule, key: str) -> list[_Again]:
    """Everything to be stored in the order of the tickets, a repeat at a place that is drawn."""
    found = people.people_by_id(tx, out.reviewer_ids)
    checkable = frozenset(person.id for person in found.values() if may_be_checked(person))
    own = [one for one in out.made if one.reviewer_id in checkable]
    second = draw_pairs(
        {one.ticket_id: _find_second(out, one, checkable) for one in own},
        [one.ticket_id for one in own],
        percent=rule.pair_percent,
        key=key,
    )
    placed = [(place, 1, _Again(one)) for place, one in enumerate(out.made)]
    placed += [
        (place, 2, _check(context, one, CheckKind.PAIR, replace(one, reviewer_id=second[one.ticket_id])))
        for place, one in enumerate(out.made)
        if one.ticket_id in second
    ]
    placed += [
        (place_within(key, one.id, len(out.made)), 0, _check(context, one, CheckKind.REPEAT, _renew(one, out.made[0])))
        for one in _pick_repeats(tx, context, out, rule, key, Counter(one.reviewer_id for one in own))
    ]
    return [one for *_, one in sorted(placed, key=lambda each: each[:2])]


def _check(context: Context, of: Assignment, kind: CheckKind, alike: Assignment) -> _Again:
    made = replace(alike, id=AssignmentId(context.new_id()), purpose=Purpose.CHECK)
    return _Again(made, kind, of.id)


def _renew(earlier: Assignment, today: Assignment) -> Assignment:
    """The earlier work as it is given out today."""
    return replace(
        earlier,
        state=AssignmentState.OPEN,
        assigned_at=today.assigned_at,
        assigned_by=today.assigned_by,
        due_at=today.due_at,
        finished_at=None,
    )


def _pick_repeats(
    tx: Transaction, context: Context, out: HandOut, rule: CheckRule, key: str, given: Mapping[PersonId, int]
) -> list[Assignment]:
    """`given`: how many tickets each reviewer is given, of those whose work may be checked."""
    earlier = _find_repeatable(tx, context, out, rule, given)
    own = {person_id: [one.id for one in earlier if one.reviewer_id == person_id] for person_id in given}
    again = draw_repeats(own, given, percent=rule.repeat_percent, key=key)
    return [one for one in earlier if one.id in again]


def _find_second(out: HandOut, one: Assignment, checkable: frozenset[PersonId]) -> frozenset[PersonId]:
    """Who could grade a ticket besides; nobody where a third person grades it, whose grades either could read."""
    if out.graders.get(one.ticket_id):
        return frozenset()
    return checkable - {one.reviewer_id, *out.handlers[one.ticket_id]}


def _find_repeatable(
    tx: Transaction, context: Context, out: HandOut, rule: CheckRule, checkable: Collection[PersonId]
) -> list[Assignment]:
    """Earlier assignments on this version of the scorecard that may be given once more, by id.

    The ticket is still the one that was graded, belongs to a sample, is not on the reviewer's table for anything else
    and was never checked before.
    """
    if not rule.repeat_percent:
        return []
    now = context.now()
    submitted = reviews.reviews(
        tx,
        purpose=Purpose.QUALITY,
        scorecard_version_ids=[out.version.id],
        submitted_from=now - longest_ago(rule),
    )
    graded = {
        review.assignment_id: review
        for review in submitted
        if review.reviewer_id in checkable and is_repeatable(review, rule=rule, now=now)
    }
    keys = {review.ticket_id for review in graded.values()}
    heads = tickets.tickets_by_id(tx, keys)
    given = assignments.assignments(tx, ticket_ids=keys)
    busy = {(one.ticket_id, one.reviewer_id) for one in given if one.state is AssignmentState.OPEN}
    checked = {note.of_assignment_id for note in checks.checks_of(tx, [one.id for one in given])}
    found = [
        one
        for one in given
        if one.id in graded
        and one.sample_id is not None
        and heads[one.ticket_id].version == graded[one.id].ticket_version
        and (one.ticket_id, one.reviewer_id) not in busy
        and one.id not in checked
    ]
    return sorted(found, key=lambda one: one.id)
