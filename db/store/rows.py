"""What all modules of the store share: rows in, refusals, children of many parents. Knows no aggregate."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ColumnElement, Row, Select, Table, UniqueConstraint, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError

from db import tables
from db.engine import Transaction, is_unstorable
from db.problems import DuplicateKey, RuleBroken, UnstorableText
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer, AnswerState

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_PARENTS = "parents"
_CHUNK = 500
"""Ids in one statement; far below the limits of both engines."""


def columns_of(record: "DataclassInstance", table: Table, **more: object) -> dict[str, object]:
    """The fields of a record that are columns of the table under the same name, enums as their text."""
    row = {field.name: getattr(record, field.name) for field in fields(record) if field.name in table.columns}
    row.update(more)
    return {name: _bare(value) for name, value in row.items()}


def insert_rows(tx: Transaction, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert any number of rows in one round trip; nothing to insert is fine."""
    if rows:
        tx.connection.execute(table.insert(), list(rows))


def upsert_rows(
    tx: Transaction,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    keys: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert rows; where the keys are there already, overwrite the other columns, except those to keep."""
    if not rows:
        return
    statement = sqlite.insert(table) if tx.on_sqlite else postgresql.insert(table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in (*keys, *keep)}
    tx.connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=others), list(rows))


@contextmanager
def one_piece(tx: Transaction) -> Iterator[None]:
    """Several statements that are done or undone together; after a refusal the transaction can go on.

    Raises:
        DuplicateKey: a unique value exists already.
        RuleBroken: any other rule of the tables.
        UnstorableText: a text holds NUL, on PostgreSQL.
    """
    try:
        with tx.connection.begin_nested():
            yield
    except IntegrityError as error:
        # The driver's message and its chain can hold stored values, which belong into no log.
        raise _refusal(error) from None
    except DataError as error:
        if is_unstorable(error):
            raise UnstorableText from None
        raise RuleBroken("a value that its column cannot hold") from None


def in_chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """Distinct ids, in portions that fit one statement."""
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start : start + _CHUNK]


def equal(wanted: Mapping[Column[Any], object]) -> list[ColumnElement[bool]]:
    """Conditions for the columns whose wanted value is not None; None stands for "any"."""
    return [column == _bare(value) for column, value in wanted.items() if value is not None]


def select_in(
    tx: Transaction, statement: Select[Any], column: ColumnElement[Any], ids: Iterable[str] | None
) -> Iterator[Row[Any]]:
    """The rows whose column is one of the ids, however many ids there are; with None the rows of any id."""
    if ids is None:
        yield from tx.connection.execute(statement).all()
        return
    for chunk in in_chunks(ids):
        # All at once: row by row, fetching takes longer than the query.
        yield from tx.connection.execute(statement.where(column.in_(chunk))).all()


def children(
    tx: Transaction, parent: Column[Any], ids: Iterable[str], *order: ColumnElement[Any]
) -> Mapping[str, list[Row[Any]]]:
    """Child rows of many parents by the parent's id, in one query a chunk; parents without children are left out."""
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    statement = _children_statement(parent, order)
    for chunk in in_chunks(ids):
        # All at once: row by row, fetching takes longer than the query.
        for row in tx.connection.execute(statement, {_PARENTS: chunk}).all():
            found[getattr(row, parent.name)].append(row)
    return found


@cache
def _children_statement(parent: Column[Any], order: tuple[ColumnElement[Any], ...]) -> Select[Any]:
    """Made once: SQLAlchemy knows a statement again by the object, and takes as long to build one as to run it."""
    return select(parent.table).where(parent.in_(bindparam(_PARENTS, expanding=True))).order_by(*order)


def answer_columns(answer: Answer | None) -> dict[str, object]:
    """The four columns of an answer; all empty where there is none."""
    if answer is None:
        return {"state": None, "option_id": None, "number": None, "text": None}
    return {
        "state": answer.state.value,
        "option_id": answer.option_id,
        "number": answer.number,
        "text": answer.text,
    }


def read_answer(row: Row[Any]) -> Answer:
    """The answer that `answer_columns` wrote."""
    return make_answer(row.state, row.option_id, row.number, row.text)


def make_answer(state: str, option_id: str | None, number: Decimal | None, text: str | None) -> Answer:
    """An answer from its four columns; that of an option is the same object each time, and so is "does not apply"."""
    if option_id is not None:
        return _choose(option_id)
    if number is None and text is None:
        return _WITHOUT_VALUE[state]
    return Answer(AnswerState(state), option_id, number, text)


_WITHOUT_VALUE = {answer.state.value: answer for answer in (NOT_APPLICABLE, MISSING)}


@lru_cache(maxsize=4096)
def _choose(option_id: str) -> Answer:
    return Answer.choose(option_id)


def _bare(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _refusal(error: IntegrityError) -> RuleBroken:
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        name = diagnosis.constraint_name or diagnosis.column_name or ""
        return DuplicateKey(name) if diagnosis.sqlstate == "23505" else RuleBroken(name)
    what, _, detail = str(error.orig).partition(" constraint failed")
    detail = detail.removeprefix(": ")
    if what == "UNIQUE":
        return DuplicateKey(_unique_name(detail))
    return RuleBroken(detail)


def _unique_name(detail: str) -> str:
    """SQLite names the columns (`person.email` or `ticket.source, ticket.external_id`) and not the constraint."""
    named = [part.split(".") for part in detail.split(", ")]
    table = tables.metadata.tables[named[0][0]]
    wanted = {column for _, column in named}
    rules: list[tuple[object, Iterable[Column[Any]]]] = [(table.primary_key.name, table.primary_key.columns)]
    rules += [(rule.name, rule.columns) for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    rules += [(index.name, index.columns) for index in table.indexes if index.unique]
    return next((str(name) for name, columns in rules if {column.name for column in columns} == wanted), detail)
