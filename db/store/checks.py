"""Hidden checks: which everyday assignments are given a second time, and why nobody who grades them may know."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from db import tables
from db.engine import Transaction
from db.records import AssignmentId, CheckKind, HiddenCheck, PersonId
from db.store.rows import columns_of, insert_rows, one_piece, select_in


def add_checks(tx: Transaction, checks: Sequence[HiddenCheck]) -> None:
    """Note that assignments are checks; raises DuplicateKey where one is already."""
    with one_piece(tx):
        insert_rows(tx, tables.hidden_check, [columns_of(one, tables.hidden_check) for one in checks])


def checks(tx: Transaction, *, assignment_ids: Iterable[AssignmentId] | None = None) -> tuple[HiddenCheck, ...]:
    """Checks by when they were drawn: all, or those among these assignments."""
    columns = tables.hidden_check.c
    rows = select_in(tx, select(tables.hidden_check), columns.assignment_id, assignment_ids)
    return tuple(sorted(map(_check, rows), key=lambda one: (one.drawn_at, one.assignment_id)))


def checks_of(tx: Transaction, of_assignment_ids: Iterable[AssignmentId]) -> tuple[HiddenCheck, ...]:
    """The checks that these everyday assignments are compared with, by when they were drawn."""
    columns = tables.hidden_check.c
    rows = select_in(tx, select(tables.hidden_check), columns.of_assignment_id, of_assignment_ids)
    return tuple(sorted(map(_check, rows), key=lambda one: (one.drawn_at, one.assignment_id)))


def _check(row: Row[Any]) -> HiddenCheck:
    return HiddenCheck(
        assignment_id=AssignmentId(row.assignment_id),
        kind=CheckKind(row.kind),
        of_assignment_id=AssignmentId(row.of_assignment_id),
        drawn_at=row.drawn_at,
        drawn_by=PersonId(row.drawn_by),
    )
