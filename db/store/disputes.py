"""Disputes of released reviews, criterion by criterion."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision
from db.records import Dispute, DisputeId, DisputeItem, DisputeState, PersonId, ReviewId
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


def decide(tx: Transaction, dispute: Dispute) -> None:
    """Close an open dispute with what was decided, as a whole and for each item.

    Raises:
        StaleRevision: it is not open (any more), or is not there.
    """
    columns = tables.dispute.c
    open_one = (columns.id == dispute.id) & (columns.state == DisputeState.OPEN.value)
    with one_piece(tx):
        changed = tx.connection.execute(update(tables.dispute).where(open_one), columns_of(dispute, tables.dispute))
        if changed.rowcount == 0:
            raise StaleRevision(f"dispute {dispute.id} is not open")
        tx.connection.execute(tables.dispute_item.delete().where(tables.dispute_item.c.dispute_id == dispute.id))
        insert_rows(tx, tables.dispute_item, _item_rows(dispute))


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
        )
        for row in rows
    )


def _item(row: Row[Any]) -> DisputeItem:
    proposed = None if row.state is None else read_answer(row)
    return DisputeItem(row.criterion_id, row.reason, proposed, row.upheld)
