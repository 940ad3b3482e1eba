"""What the reviews of many agents came to, without their parts: for lists and comparisons over a whole team."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from db import tables
from db.engine import Transaction
from db.records import AssignmentId, PersonId, Purpose, ReviewId, ReviewState, ScorecardVersionId, Selection, TicketId
from db.store.rows import select_in

_LATER = tables.review.alias("later")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One quality review that counts, by when its agent did the work."""

    review_id: ReviewId
    agent_id: PersonId
    ticket_id: TicketId
    scorecard_version_id: ScorecardVersionId
    assignment_id: AssignmentId | None
    selection: Selection
    state: ReviewState
    worked_at: datetime
    """When the ticket began."""
    released_at: datetime | None
    reported: Decimal | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class CriterionValue:
    """What one criterion contributed to one review."""

    review_id: ReviewId
    criterion_id: str
    value: Decimal
    applied_weight: Decimal


def outcomes(
    tx: Transaction,
    agent_ids: Iterable[PersonId],
    *,
    states: Collection[ReviewState],
    worked_from: datetime,
    worked_before: datetime,
) -> tuple[Outcome, ...]:
    """The quality reviews of these agents' tickets that began in between, in these states; superseded ones left out.

    Oldest ticket first.
    """
    review, ticket = tables.review.c, tables.ticket.c
    wanted = (
        select(tables.review, ticket.created_at.label("worked_at"))
        .join(tables.ticket, ticket.id == review.ticket_id)
        .where(
            review.purpose == Purpose.QUALITY.value,
            review.state.in_([state.value for state in states]),
            ticket.created_at >= worked_from,
            ticket.created_at < worked_before,
            ~_is_superseded(),
        )
    )
    rows = select_in(tx, wanted, review.agent_id, agent_ids)
    return tuple(_outcome(row) for row in sorted(rows, key=lambda row: (row.worked_at, row.id)))


def criterion_values(
    tx: Transaction, review_ids: Iterable[ReviewId], criterion_ids: Collection[str]
) -> tuple[CriterionValue, ...]:
    """What these criteria contributed to these reviews; those that did not apply are left out."""
    result = tables.criterion_result.c
    wanted = select(tables.criterion_result).where(
        result.criterion_id.in_(sorted(criterion_ids)), result.value.is_not(None)
    )
    return tuple(
        CriterionValue(ReviewId(row.review_id), row.criterion_id, row.value, row.applied_weight)
        for row in select_in(tx, wanted, result.review_id, review_ids)
    )


def _is_superseded() -> ColumnElement[bool]:
    uncounted = (ReviewState.DRAFT.value, ReviewState.VOIDED.value)
    return exists().where(_LATER.c.supersedes_id == tables.review.c.id, _LATER.c.state.not_in(uncounted))


def _outcome(row: Any) -> Outcome:  # noqa: ANN401 - a row of two tables
    return Outcome(
        review_id=ReviewId(row.id),
        agent_id=PersonId(row.agent_id),
        ticket_id=TicketId(row.ticket_id),
        scorecard_version_id=ScorecardVersionId(row.scorecard_version_id),
        assignment_id=None if row.assignment_id is None else AssignmentId(row.assignment_id),
        selection=Selection(row.selection),
        state=ReviewState(row.state),
        worked_at=row.worked_at,
        released_at=row.released_at,
        reported=row.reported_score,
        passed=row.passed,
    )
