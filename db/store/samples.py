"""Sampling plans and what was drawn from them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, select, update

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import (
    AssignmentId,
    Frame,
    PersonId,
    PlanId,
    Sample,
    SampleId,
    SampleItem,
    SamplingPlan,
    Selection,
    TicketId,
)
from db.store.rows import children, columns_of, insert_rows, one_piece, select_in

_FRAME = TypeAdapter(Frame)


def add_plan(tx: Transaction, plan: SamplingPlan) -> None:
    """Write a plan down; one that has samples is never changed."""
    row = columns_of(
        plan, tables.sampling_plan, frame=_FRAME.dump_python(plan.frame, mode="json"), strata=list(plan.strata)
    )
    with one_piece(tx):
        insert_rows(tx, tables.sampling_plan, [row])


def plan(tx: Transaction, plan_id: PlanId) -> SamplingPlan | None:
    """One plan."""
    row = tx.connection.execute(select(tables.sampling_plan).where(tables.sampling_plan.c.id == plan_id)).one_or_none()
    return None if row is None else _plan(row)


def plans(tx: Transaction) -> tuple[SamplingPlan, ...]:
    """All plans, newest first."""
    columns = tables.sampling_plan.c
    newest = select(tables.sampling_plan).order_by(columns.created_at.desc(), columns.id.desc())
    return tuple(map(_plan, tx.connection.execute(newest)))


def add_sample(tx: Transaction, sample: Sample) -> None:
    """Keep what was drawn; its plan has to be stored already."""
    items = [columns_of(item, tables.sample_item, sample_id=sample.id) for item in sample.items]
    with one_piece(tx):
        insert_rows(tx, tables.sample, [columns_of(sample, tables.sample, plan_id=sample.plan.id)])
        insert_rows(tx, tables.sample_item, items)


def sample(tx: Transaction, sample_id: SampleId) -> Sample | None:
    """One sample with its plan and its items by rank."""
    rows = tx.connection.execute(select(tables.sample).where(tables.sample.c.id == sample_id)).all()
    return next(iter(_samples(tx, rows)), None)


def samples(tx: Transaction, *, limit: int = 50) -> tuple[Sample, ...]:
    """Samples, newest first."""
    newest = select(tables.sample).order_by(tables.sample.c.drawn_at.desc(), tables.sample.c.id.desc())
    return _samples(tx, tx.connection.execute(newest.limit(limit)).all())


def probabilities(tx: Transaction, assignment_ids: Iterable[AssignmentId]) -> dict[AssignmentId, Decimal]:
    """With which probability the tickets of these assignments were drawn; assignments without a sample are left out.

    A replacement stands for the drawn ticket, and so has its probability.
    """
    item, assigned = tables.sample_item, tables.assignment
    graded = func.coalesce(item.c.replaced_by, item.c.ticket_id)
    drawn = select(assigned.c.id, item.c.probability).join(
        item, (item.c.sample_id == assigned.c.sample_id) & (graded == assigned.c.ticket_id)
    )
    return {AssignmentId(row.id): row.probability for row in select_in(tx, drawn, assigned.c.id, assignment_ids)}


def replace_item(tx: Transaction, sample_id: SampleId, ticket_id: TicketId, *, by: TicketId, reason: str) -> None:
    """Note that another ticket stands in for a drawn one; raises UnknownId where it was not drawn."""
    drawn = (tables.sample_item.c.sample_id == sample_id) & (tables.sample_item.c.ticket_id == ticket_id)
    note = {"replaced_by": by, "replacement_reason": reason}
    with one_piece(tx):
        if tx.connection.execute(update(tables.sample_item).where(drawn), note).rowcount == 0:
            raise UnknownId(f"ticket {ticket_id} is not in sample {sample_id}")


def _samples(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Sample, ...]:
    plan_rows = select_in(tx, select(tables.sampling_plan), tables.sampling_plan.c.id, [row.plan_id for row in rows])
    plans_by_id = {row.id: _plan(row) for row in plan_rows}
    items = children(tx, tables.sample_item.c.sample_id, [row.id for row in rows], tables.sample_item.c.rank)
    return tuple(
        Sample(
            id=SampleId(row.id),
            plan=plans_by_id[row.plan_id],
            seed=row.seed,
            frame_hash=row.frame_hash,
            frame_size=row.frame_size,
            selection=Selection(row.selection),
            drawn_at=row.drawn_at,
            drawn_by=PersonId(row.drawn_by),
            items=tuple(map(_item, items.get(row.id, ()))),
        )
        for row in rows
    )


def _item(row: Row[Any]) -> SampleItem:
    return SampleItem(
        ticket_id=TicketId(row.ticket_id),
        rank=row.rank,
        stratum=row.stratum,
        probability=row.probability,
        replaced_by=None if row.replaced_by is None else TicketId(row.replaced_by),
        replacement_reason=row.replacement_reason,
    )


def _plan(row: Row[Any]) -> SamplingPlan:
    return SamplingPlan(
        id=PlanId(row.id),
        name=row.name,
        frame=_FRAME.validate_python(row.frame, strict=False),
        size=row.size,
        strata=tuple(row.strata),
        per_agent=row.per_agent,
        created_at=row.created_at,
        created_by=PersonId(row.created_by),
    )
