"""Who grades which ticket by when."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    PersonId,
    Purpose,
    SampleId,
    ScorecardVersionId,
    Selection,
    SessionId,
    TicketId,
)
from db.store.rows import columns_of, equal, insert_rows, one_piece, select_in


def add_assignments(tx: Transaction, assignments: Sequence[Assignment]) -> None:
    """Add assignments.

    Raises:
        DuplicateKey: a reviewer has one of the tickets open for the same purpose already; none was added.
    """
    with one_piece(tx):
        insert_rows(tx, tables.assignment, [columns_of(one, tables.assignment) for one in assignments])


def assignment(tx: Transaction, assignment_id: AssignmentId, *, lock: bool = False) -> Assignment | None:
    """One assignment, in whatever state; with `lock`, nobody else changes it until this transaction ends."""
    wanted = select(tables.assignment).where(tables.assignment.c.id == assignment_id)
    # SQLite knows no such lock and needs none: one transaction writes at a time.
    row = tx.connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else _assignment(row)


def assignments_by_id(tx: Transaction, ids: Iterable[AssignmentId]) -> dict[AssignmentId, Assignment]:
    """Several assignments, in whatever state."""
    rows = select_in(tx, select(tables.assignment), tables.assignment.c.id, ids)
    return {one.id: one for one in map(_assignment, rows)}


def assignments(
    tx: Transaction,
    *,
    reviewer_id: PersonId | None = None,
    sample_id: SampleId | None = None,
    session_id: SessionId | None = None,
    ticket_ids: Iterable[TicketId] | None = None,
    state: AssignmentState | None = None,
    purpose: Purpose | None = None,
) -> tuple[Assignment, ...]:
    """Assignments by due date (those without one last), then by when they were made."""
    columns = tables.assignment.c
    wanted = equal(
        {
            columns.reviewer_id: reviewer_id,
            columns.sample_id: sample_id,
            columns.session_id: session_id,
            columns.state: state,
            columns.purpose: purpose,
        }
    )
    rows = select_in(tx, select(tables.assignment).where(*wanted), columns.ticket_id, ticket_ids)
    return tuple(sorted(map(_assignment, rows), key=_urgency))


def open_queue(tx: Transaction, reviewer_id: PersonId) -> tuple[AssignmentId, ...]:
    """The open assignments of a reviewer in the order of `assignments`, by id alone: the desk asks with every save."""
    columns = tables.assignment.c
    mine = equal({columns.reviewer_id: reviewer_id, columns.state: AssignmentState.OPEN})
    rows = tx.connection.execute(select(columns.id, columns.due_at, columns.assigned_at).where(*mine))
    return tuple(AssignmentId(last) for *_, last in sorted(_rank(row.due_at, row.assigned_at, row.id) for row in rows))


def set_assignment_state(
    tx: Transaction, assignment_id: AssignmentId, state: AssignmentState, *, at: datetime, reason: str | None = None
) -> None:
    """Finish an assignment (at a time, for a reason where it is skipped or withdrawn) or open it again.

    Raises:
        UnknownId: there is no such assignment.
        DuplicateKey: it cannot open again, because the reviewer has the ticket open by another one.
    """
    finished_at = None if state is AssignmentState.OPEN else at
    _change(tx, assignment_id, {"state": state.value, "finished_at": finished_at, "skip_reason": reason})


def move_due(tx: Transaction, session_id: SessionId, due_at: datetime | None) -> int:
    """Set when the open assignments of a calibration session are due; returns how many there are."""
    columns = tables.assignment.c
    open_ones = (columns.session_id == session_id) & (columns.state == AssignmentState.OPEN.value)
    return tx.connection.execute(update(tables.assignment).where(open_ones), {"due_at": due_at}).rowcount


def reassign(tx: Transaction, assignment_id: AssignmentId, *, reviewer_id: PersonId) -> None:
    """Give an assignment to somebody else.

    Raises:
        UnknownId: there is no such assignment.
        DuplicateKey: that reviewer has the ticket open for the same purpose already.
    """
    _change(tx, assignment_id, {"reviewer_id": reviewer_id})


def open_load(tx: Transaction) -> dict[PersonId, int]:
    """How many open assignments each reviewer has; those without any are left out."""
    columns = tables.assignment.c
    loads = select(columns.reviewer_id, func.count().label("open")).group_by(columns.reviewer_id)
    rows = tx.connection.execute(loads.where(columns.state == AssignmentState.OPEN.value))
    return {PersonId(row.reviewer_id): row.open for row in rows}


def _change(tx: Transaction, assignment_id: AssignmentId, changes: dict[str, object]) -> None:
    with one_piece(tx):
        this_one = update(tables.assignment).where(tables.assignment.c.id == assignment_id)
        if tx.connection.execute(this_one, changes).rowcount == 0:
            raise UnknownId(f"there is no assignment {assignment_id}")


def _urgency(assignment: Assignment) -> tuple[bool, datetime, datetime, str]:
    return _rank(assignment.due_at, assignment.assigned_at, assignment.id)


def _rank(due_at: datetime | None, assigned_at: datetime, assignment_id: str) -> tuple[bool, datetime, datetime, str]:
    return due_at is None, due_at or assigned_at, assigned_at, assignment_id


def _assignment(row: Row[Any]) -> Assignment:
    return Assignment(
        id=AssignmentId(row.id),
        ticket_id=TicketId(row.ticket_id),
        scorecard_version_id=ScorecardVersionId(row.scorecard_version_id),
        reviewer_id=PersonId(row.reviewer_id),
        purpose=Purpose(row.purpose),
        selection=Selection(row.selection),
        state=AssignmentState(row.state),
        assigned_at=row.assigned_at,
        assigned_by=PersonId(row.assigned_by),
        due_at=row.due_at,
        sample_id=None if row.sample_id is None else SampleId(row.sample_id),
        session_id=None if row.session_id is None else SessionId(row.session_id),
        finished_at=row.finished_at,
        skip_reason=row.skip_reason,
    )
