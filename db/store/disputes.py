"""Disputes of released reviews, criterion by criterion, and who grades the ticket a second time."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    AssignmentId,
    AssignmentState,
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeKind,
    DisputeState,
    PersonId,
    Purpose,
    ReviewId,
    TicketId,
)
from db.store.rows import (
    answer_columns,
    children,
    columns_of,
    equal,
    insert_rows,
    one_piece,
    read_answer,
    select_in,
)


def add_dispute(tx: Transaction, dispute: Dispute) -> None:
    """Raises DuplicateKey where the review has an open dispute already."""
    with one_piece(tx):
        insert_rows(tx, tables.dispute, [columns_of(dispute, tables.dispute)])
        insert_rows(tx, tables.dispute_item, _item_rows(dispute))


def dispute(tx: Transaction, dispute_id: DisputeId) -> Dispute | None:
    """One dispute with its items in the order in which they were raised."""
    this_one = select(tables.dispute).where(tables.dispute.c.id == dispute_id)
    return next(iter(_disputes(tx, tx.connection.execute(this_one).all())), None)


def disputes(
    tx: Transaction,
    *,
    review_ids: Iterable[ReviewId] | None = None,
    state: DisputeState | None = None,
    agent_id: PersonId | None = None,
) -> tuple[Dispute, ...]:
    """Disputes, oldest first; `agent_id` is the agent of the review, whoever raised the dispute."""
    columns = tables.dispute.c
    wanted = select(tables.dispute).where(*equal({columns.state: state}))
    if agent_id is not None:
        of_agent = select(tables.review.c.id).where(tables.review.c.agent_id == agent_id)
        wanted = wanted.where(columns.review_id.in_(of_agent))
    found = _disputes(tx, list(select_in(tx, wanted, columns.review_id, review_ids)))
    return tuple(sorted(found, key=lambda one: (one.raised_at, one.id)))


def disputes_of(tx: Transaction, assignment_ids: Iterable[AssignmentId]) -> dict[AssignmentId, Dispute]:
    """By assignment the dispute for which somebody grades a second time; assignments for anything else are left out."""
    columns = tables.dispute.c
    found = _disputes(tx, list(select_in(tx, select(tables.dispute), columns.assignment_id, assignment_ids)))
    return {one.assignment_id: one for one in found if one.assignment_id is not None}


def assign(tx: Transaction, dispute_id: DisputeId, assignment_id: AssignmentId) -> None:
    """Note who grades a second time.

    Raises:
        StaleRevision: the dispute is not open (any more), or is not there.
    """
    open_one = _open_one(dispute_id)
    with one_piece(tx):
        changed = tx.connection.execute(update(tables.dispute).where(open_one), {"assignment_id": assignment_id})
    if changed.rowcount == 0:
        raise StaleRevision(f"dispute {dispute_id} is not open")


def blind_tickets(tx: Transaction, person_id: PersonId) -> frozenset[TicketId]:
    """Tickets that this person still has to grade a second time, for a dispute."""
    columns = tables.assignment.c
    mine = equal(
        {columns.reviewer_id: person_id, columns.state: AssignmentState.OPEN, columns.purpose: Purpose.DISPUTE}
    )
    return frozenset(TicketId(row.ticket_id) for row in tx.connection.execute(select(columns.ticket_id).where(*mine)))


def decide(tx: Transaction, dispute: Dispute) -> None:
    """Close an open dispute with what was decided, as a whole and for each item.

    Raises:
        StaleRevision: it is not open (any more), or is not there.
    """
    with one_piece(tx):
        values = columns_of(dispute, tables.dispute)
        changed = tx.connection.execute(update(tables.dispute).where(_open_one(dispute.id)), values)
        if changed.rowcount == 0:
            raise StaleRevision(f"dispute {dispute.id} is not open")
        tx.connection.execute(tables.dispute_item.delete().where(tables.dispute_item.c.dispute_id == dispute.id))
        insert_rows(tx, tables.dispute_item, _item_rows(dispute))


def _open_one(dispute_id: DisputeId) -> ColumnElement[bool]:
    return (tables.dispute.c.id == dispute_id) & (tables.dispute.c.state == DisputeState.OPEN.value)


def _item_rows(dispute: Dispute) -> list[dict[str, object]]:
    return [
        columns_of(item, tables.dispute_item, dispute_id=dispute.id, position=place, **answer_columns(item.proposed))
        for place, item in enumerate(dispute.items)
    ]


def _disputes(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Dispute, ...]:
    items = children(tx, tables.dispute_item.c.dispute_id, [row.id for row in rows], tables.dispute_item.c.position)
    return tuple(
        Dispute(
            id=DisputeId(row.id),
            review_id=ReviewId(row.review_id),
            raised_by=PersonId(row.raised_by),
            raised_at=row.raised_at,
            state=DisputeState(row.state),
            reason=row.reason,
            items=tuple(map(_item, items.get(row.id, ()))),
            due_at=row.due_at,
            decided_by=None if row.decided_by is None else PersonId(row.decided_by),
            decided_at=row.decided_at,
            decision=row.decision,
            kind=DisputeKind(row.kind),
            assignment_id=None if row.assignment_id is None else AssignmentId(row.assignment_id),
        )
        for row in rows
    )


def _item(row: Row[Any]) -> DisputeItem:
    proposed = None if row.state is None else read_answer(row)
    return DisputeItem(row.criterion_id, row.reason, proposed, row.upheld)
