"""The audit trail: entries that only grow, each holding the hash of the one before.

An entry's hash covers all its fields in canonical JSON (sorted keys, UTC times with microseconds) and the hash before
it, so that an edited, removed, added or moved entry no longer fits. The values of `before` and `after` are limited to
those that come back from both engines exactly as they went in.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, text

from db import tables
from db.engine import Transaction
from db.records import AuditEntry, AuditVerdict, PersonId
from db.store.rows import columns_of, equal, insert_rows, one_piece

_BEFORE_THE_FIRST = "0" * 64
_ADVISORY_LOCK = 7401332
"""PostgreSQL: one transaction at a time holds the head of the chain. SQLite has one writer at a time anyway."""
_AT_A_TIME = 1000


def append(tx: Transaction, *entries: AuditEntry) -> tuple[AuditEntry, ...]:
    """Add entries at the end of the chain; returns them as stored, with seq, previous hash and hash.

    Raises:
        TypeError: `before` or `after` hold something that is neither text, whole number, yes/no, time, Decimal,
            nothing, nor a list or mapping of these.
    """
    if not tx.on_sqlite:
        tx.connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    columns = tables.audit_entry.c
    head = tx.connection.execute(select(columns.seq, columns.hash).order_by(columns.seq.desc()).limit(1)).first()
    seq, previous = (0, _BEFORE_THE_FIRST) if head is None else (head.seq, head.hash)
    chained: list[AuditEntry] = []
    for entry in entries:
        seq += 1
        link = replace(
            entry,
            at=entry.at.astimezone(UTC),
            before=_plain_values(entry.before),
            after=_plain_values(entry.after),
            seq=seq,
            previous_hash=previous,
        )
        previous = _hash(link)
        chained.append(replace(link, hash=previous))
    with one_piece(tx):
        insert_rows(tx, tables.audit_entry, [columns_of(entry, tables.audit_entry) for entry in chained])
    return tuple(chained)


def entries(
    tx: Transaction,
    *,
    object_type: str | None = None,
    object_id: str | None = None,
    without: Sequence[str] = (),
    before_seq: int | None = None,
    limit: int = 100,
) -> tuple[AuditEntry, ...]:
    """Entries, newest first; `without` names actions to leave out, `before_seq` is the last one of the page before."""
    columns = tables.audit_entry.c
    wanted = select(tables.audit_entry).where(*equal({columns.object_type: object_type, columns.object_id: object_id}))
    if without:
        wanted = wanted.where(columns.action.not_in(without))
    if before_seq is not None:
        wanted = wanted.where(columns.seq < before_seq)
    return tuple(map(_entry, tx.connection.execute(wanted.order_by(columns.seq.desc()).limit(limit))))


def count_by_actor(tx: Transaction, action: str, *, object_type: str, object_id: str) -> dict[PersonId, int]:
    """How often each person did this to an object; those who never did are left out."""
    columns = tables.audit_entry.c
    wanted = equal({columns.object_type: object_type, columns.object_id: object_id, columns.action: action})
    counts = select(columns.actor_id, func.count().label("times")).where(*wanted, columns.actor_id.is_not(None))
    return {PersonId(row.actor_id): row.times for row in tx.connection.execute(counts.group_by(columns.actor_id))}


def verify(tx: Transaction) -> AuditVerdict:
    """Walk along the whole chain and say where it first does not hold. Cuts at its end show in the head only."""
    held, head = 0, _BEFORE_THE_FIRST
    for entry in _stream(tx):
        problem = _problem(entry, seq=held + 1, previous=head)
        if problem is not None:
            return AuditVerdict(held, head, held + 1, problem)
        held, head = entry.seq, entry.hash
    return AuditVerdict(held, head)


def _problem(entry: AuditEntry, *, seq: int, previous: str) -> str | None:
    if entry.seq != seq:
        return f"entry {seq} is missing"
    if entry.previous_hash != previous:
        return f"entry {seq} does not follow the entry before it"
    if entry.hash != _hash(entry):
        return f"entry {seq} was changed"
    return None


def _stream(tx: Transaction) -> Iterator[AuditEntry]:
    wanted = select(tables.audit_entry).order_by(tables.audit_entry.c.seq)
    with tx.connection.execute(wanted, execution_options={"yield_per": _AT_A_TIME}) as rows:
        yield from map(_entry, rows)


def _hash(entry: AuditEntry) -> str:
    covered = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": entry.actor_id,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "before": entry.before,
        "after": entry.after,
        "why": entry.why,
        "previous_hash": entry.previous_hash,
    }
    canonical = json.dumps(covered, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain_values(values: Mapping[str, object]) -> dict[str, object]:
    return {str(key): _plain(value) for key, value in values.items()}


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return _plain_values(value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case AbstractSet():
            return sorted((_plain(part) for part in value), key=str)
        case _:
            return _plain_scalar(value)


def _plain_scalar(value: object) -> str | int | None:
    match value:
        case None | int():
            return value
        case str():
            return str(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case _:
            raise TypeError(f"an audit entry cannot hold a {type(value).__name__}")


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        actor_id=None if row.actor_id is None else PersonId(row.actor_id),
        action=row.action,
        object_type=row.object_type,
        object_id=row.object_id,
        before=row.before,
        after=row.after,
        why=row.why,
        seq=row.seq,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
