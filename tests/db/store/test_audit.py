import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from db.engine import Store, Transaction
from db.records import AuditEntry, AuditVerdict, Role
from db.store import audit
from db.tables import audit_entry
from tests.db.world import NOON, REVIEWER, add_people

ENTRY = AuditEntry(NOON, REVIEWER.id, "review.submit", "review", "r1", before={"state": "draft"}, why="done")


@pytest.fixture
def chain(store: Store) -> Store:
    """Nine entries."""
    add_chain(store)
    return store


def add_chain(store: Store) -> None:
    """Nine entries in three transactions."""
    with store.write() as tx:
        add_people(tx)
    for start in (1, 4, 7):
        entries = [replace(ENTRY, object_id=f"r{n}", at=NOON + timedelta(minutes=n)) for n in range(start, start + 3)]
        with store.write() as tx:
            audit.append(tx, *entries)


def unguarded(tx: Transaction) -> Connection:
    """The connection of somebody who may change the schema, and has taken the guards away."""
    if tx.on_sqlite:
        for name in ("no_update", "no_delete", "no_replace"):
            tx.connection.execute(text(f"drop trigger audit_entry_{name}"))
    else:
        tx.connection.execute(text("alter table audit_entry disable trigger all"))
    return tx.connection


def test_entries_are_numbered_chained_and_returned_as_stored(store: Store) -> None:
    with store.write() as tx:
        add_people(tx)
        first, second = audit.append(tx, ENTRY, replace(ENTRY, actor_id=None, after={"state": "submitted"}))
        (third,) = audit.append(tx, ENTRY)
    assert [one.seq for one in (first, second, third)] == [1, 2, 3]
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    with store.read() as tx:
        assert audit.entries(tx) == (third, second, first)


def test_hash_is_taken_over_the_documented_text(store: Store) -> None:
    covered = (
        '{"action":"review.submit","actor_id":"rev1","after":{},"at":"2026-03-02T12:00:00.000000+00:00",'
        '"before":{"state":"draft"},"object_id":"r1","object_type":"review",'
        '"previous_hash":"' + "0" * 64 + '","seq":1,"why":"done"}'
    )
    with store.write() as tx:
        add_people(tx)
        (entry,) = audit.append(tx, ENTRY)
    assert entry.hash == hashlib.sha256(covered.encode()).hexdigest()


def test_values_come_back_in_their_plain_form(store: Store) -> None:
    given = {
        "role": Role.COACH,
        "score": Decimal("1E+2"),
        "at": datetime(2026, 3, 2, 14, tzinfo=timezone(timedelta(hours=2))),
        "on": date(2026, 3, 2),
        "ids": ("b", "a"),
        "roles": frozenset({Role.COACH, Role.AGENT}),
        "deep": {"yes": True, "none": None, "count": 2**40, "name": "Zoë ✓"},
    }
    with store.write() as tx:
        add_people(tx)
        audit.append(tx, replace(ENTRY, after=given))
    with store.read() as tx:
        (entry,) = audit.entries(tx)
        assert audit.verify(tx).first_broken_seq is None
    assert entry.after == {
        "role": "coach",
        "score": "100",
        "at": "2026-03-02T12:00:00.000000+00:00",
        "on": "2026-03-02",
        "ids": ["b", "a"],
        "roles": ["agent", "coach"],
        "deep": {"yes": True, "none": None, "count": 2**40, "name": "Zoë ✓"},
    }


@pytest.mark.parametrize("value", [0.1, object(), b"bytes"])
def test_value_that_an_engine_could_change_is_refused(store: Store, value: object) -> None:
    with store.write() as tx:
        add_people(tx)
        with pytest.raises(TypeError):
            audit.append(tx, replace(ENTRY, after={"deep": [value]}))


def test_entries_are_listed_newest_first_by_object_and_page(chain: Store) -> None:
    with chain.write() as tx:
        audit.append(tx, replace(ENTRY, object_type="person", object_id="r4"))
    with chain.read() as tx:
        assert [one.seq for one in audit.entries(tx, limit=3)] == [10, 9, 8]
        assert [one.seq for one in audit.entries(tx, before_seq=8, limit=3)] == [7, 6, 5]
        assert [one.seq for one in audit.entries(tx, object_type="review", object_id="r4")] == [4]
        assert [one.seq for one in audit.entries(tx, object_id="r4")] == [10, 4]


def test_entries_can_be_listed_without_some_actions(store: Store) -> None:
    with store.write() as tx:
        add_people(tx)
        first, _, third = audit.append(tx, ENTRY, replace(ENTRY, action="session.open"), ENTRY)
    with store.read() as tx:
        assert audit.entries(tx, without=["session.open"]) == (third, first)


def test_untouched_chain_holds_and_tells_its_head(chain: Store) -> None:
    with chain.read() as tx:
        (newest,) = audit.entries(tx, limit=1)
        assert audit.verify(tx) == AuditVerdict(9, newest.hash)


def test_empty_chain_holds(store: Store) -> None:
    with store.read() as tx:
        assert audit.verify(tx) == AuditVerdict(0, "0" * 64)


def test_long_chain_is_walked_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_AT_A_TIME", 10)
    with store.write() as tx:
        add_people(tx)
        entries = audit.append(tx, *[ENTRY] * 95)
    with store.read() as tx:
        assert audit.verify(tx) == AuditVerdict(95, entries[-1].hash)


def edit(connection: Connection) -> None:
    connection.execute(update(audit_entry).where(audit_entry.c.seq == 5).values(why="something else"))


def edit_deep(connection: Connection) -> None:
    connection.execute(update(audit_entry).where(audit_entry.c.seq == 5).values(before={"state": "voided"}))


def move_in_time(connection: Connection) -> None:
    later = datetime(2026, 3, 2, 13, tzinfo=UTC)
    connection.execute(update(audit_entry).where(audit_entry.c.seq == 5).values(at=later))


def remove(connection: Connection) -> None:
    connection.execute(delete(audit_entry).where(audit_entry.c.seq == 5))


def remove_and_close_the_gap(connection: Connection) -> None:
    remove(connection)
    for seq in range(6, 10):
        connection.execute(update(audit_entry).where(audit_entry.c.seq == seq).values(seq=seq - 1))


def slip_in(connection: Connection) -> None:
    """A forged fifth entry with a hash of its own that fits it and the fourth."""
    rows = connection.execute(select(audit_entry).order_by(audit_entry.c.seq)).mappings().all()
    for seq in range(9, 4, -1):
        connection.execute(update(audit_entry).where(audit_entry.c.seq == seq).values(seq=seq + 1))
    forged = replace(ENTRY, seq=5, previous_hash=rows[3]["hash"], why="forged")
    changes = {"seq": 5, "at": NOON, "object_id": "r1", "why": "forged", "hash": audit._hash(forged)}
    connection.execute(insert(audit_entry), dict(rows[4]) | changes)


def swap_contents(connection: Connection) -> None:
    """Two entries change places but keep number, previous hash and hash."""
    rows = {row["seq"]: dict(row) for row in connection.execute(select(audit_entry)).mappings()}
    for here, there in ((5, 8), (8, 5)):
        kept = {name: rows[here][name] for name in ("seq", "previous_hash", "hash")}
        connection.execute(update(audit_entry).where(audit_entry.c.seq == here).values(rows[there] | kept))


def reorder(connection: Connection) -> None:
    """Two whole entries change places: only their numbers are exchanged."""
    for old, new in ((5, 100), (8, 5), (100, 8)):
        connection.execute(update(audit_entry).where(audit_entry.c.seq == old).values(seq=new))


@pytest.mark.parametrize(
    ("tamper", "seq", "reason"),
    [
        (edit, 5, "entry 5 was changed"),
        (edit_deep, 5, "entry 5 was changed"),
        (move_in_time, 5, "entry 5 was changed"),
        (remove, 5, "entry 5 is missing"),
        (remove_and_close_the_gap, 5, "entry 5 does not follow the entry before it"),
        (slip_in, 6, "entry 6 does not follow the entry before it"),
        (swap_contents, 5, "entry 5 was changed"),
        (reorder, 5, "entry 5 does not follow the entry before it"),
    ],
)
def test_tampering_is_found_and_located(
    chain: Store, tamper: Callable[[Connection], None], seq: int, reason: str, restored_guards: None
) -> None:
    with chain.write() as tx:
        tamper(unguarded(tx))
    with chain.read() as tx:
        verdict = audit.verify(tx)
        held = audit.entries(tx, before_seq=seq, limit=1)
    assert (verdict.entries, verdict.first_broken_seq, verdict.reason) == (seq - 1, seq, reason)
    assert verdict.head_hash == held[0].hash


@pytest.fixture
def restored_guards(store: Store) -> Iterator[None]:
    """Puts the guards back where the database outlives the test."""
    yield
    if store.engine.dialect.name == "postgresql":
        with store.write() as tx:
            tx.connection.execute(text("alter table audit_entry enable trigger all"))


@pytest.mark.parametrize("statement", ["update audit_entry set why = 'x' where seq = 1", "delete from audit_entry"])
def test_database_itself_refuses_changes_of_the_trail(chain: Store, statement: str) -> None:
    refuses(chain, statement)


def test_postgres_refuses_to_empty_the_trail(postgres_store: Store) -> None:
    add_chain(postgres_store)
    refuses(postgres_store, "truncate audit_entry")


def test_sqlite_refuses_to_overwrite_the_trail(sqlite_store: Store) -> None:
    add_chain(sqlite_store)
    refuses(sqlite_store, "insert or replace into audit_entry select * from audit_entry where seq = 1")


def refuses(store: Store, statement: str) -> None:
    with pytest.raises(DBAPIError, match="the audit trail only grows"), store.write() as tx:
        tx.connection.execute(text(statement))
    with store.read() as tx:
        assert audit.verify(tx).entries == 9
