"""Hidden checks: which everyday assignments are given a second time, and why nobody who grades them may know."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, or_, select

from db import tables
from db.engine import Transaction
from db.records import AssignmentId, CheckKind, CheckRule, HiddenCheck, PersonId, Purpose
from db.store import settings
from db.store.rows import columns_of, insert_rows, one_piece, select_in

_CHECKED = tables.assignment.alias("checked")
"""Made once: making it takes longer than the statement it stands in."""
_RULES = "hidden_checks"
"""The setting that holds the rules by scorecard."""


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


def hidden_from(person_id: PersonId) -> ColumnElement[bool]:
    """Which rows of `review` checks keep from this person, whatever their roles.

    The grades of others' checks, and those that the person's own checks are compared with: a colleague's of the same
    ticket, or the person's own of weeks ago.
    """
    review, check = tables.review.c, tables.hidden_check.c
    compared = exists().where(
        check.of_assignment_id == review.assignment_id,
        _CHECKED.c.id == check.assignment_id,
        _CHECKED.c.reviewer_id == person_id,
    )
    others = and_(review.purpose == Purpose.CHECK.value, review.reviewer_id != person_id)
    return or_(others, compared)


def rules(tx: Transaction) -> dict[str, CheckRule]:
    """The rules by scorecard."""
    kept = settings.setting(tx, _RULES)
    return {key: _rule(key, value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def save_rule(tx: Transaction, rule: CheckRule) -> None:
    """Set a scorecard's rule; written anew where there is one already."""
    kept = settings.setting(tx, _RULES)
    value = {
        "pair_percent": str(rule.pair_percent),
        "repeat_percent": str(rule.repeat_percent),
        "repeat_weeks": rule.repeat_weeks,
        "by": rule.by,
        "at": rule.at.isoformat(),
    }
    settings.save_setting(tx, _RULES, {**(kept if isinstance(kept, dict) else {}), rule.scorecard_id: value})


def _rule(scorecard_id: str, kept: dict[str, Any]) -> CheckRule:
    return CheckRule(
        scorecard_id=scorecard_id,
        pair_percent=Decimal(kept["pair_percent"]),
        repeat_percent=Decimal(kept["repeat_percent"]),
        repeat_weeks=kept["repeat_weeks"],
        by=PersonId(kept["by"]),
        at=datetime.fromisoformat(kept["at"]),
    )


def _check(row: Row[Any]) -> HiddenCheck:
    return HiddenCheck(
        assignment_id=AssignmentId(row.assignment_id),
        kind=CheckKind(row.kind),
        of_assignment_id=AssignmentId(row.of_assignment_id),
        drawn_at=row.drawn_at,
        drawn_by=PersonId(row.drawn_by),
    )
