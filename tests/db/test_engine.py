import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from db import tables
from db.engine import Store, Transaction, open_store, sqlite_library
from db.problems import DatabaseUnavailable, StoreProblem, UnstorableText
from db.records import AuditEntry, Conversation, Credential, Metric, Person, PersonId, Team, TeamId
from db.store import audit, people, tickets
from tests.db.files import opened
from tests.db.world import NOON, TICKETS, add_people

ON_ONE_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
ZONES = [UTC, timezone(timedelta(hours=-9, minutes=-30)), timezone(timedelta(hours=14))]


def test_block_that_raises_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as tx:
        add_team_and_fail(tx)
    with store.read() as tx:
        assert people.teams(tx) == ()


def add_team_and_fail(tx: Transaction) -> None:
    people.add_team(tx, Team(TeamId("t"), "Team"))
    raise ZeroDivisionError


def test_read_transaction_cannot_write(store: Store) -> None:
    with pytest.raises((DatabaseUnavailable, DBAPIError)), store.read() as tx:
        people.add_team(tx, Team(TeamId("t"), "Team"))
    with store.write() as tx:
        people.add_team(tx, Team(TeamId("t"), "Team"))
    with store.read() as tx:
        assert people.teams(tx) == (Team(TeamId("t"), "Team"),)


def test_text_that_is_no_text_is_told_without_the_text(store: Store) -> None:
    """Half of a surrogate pair, as of bytes that are no UTF-8; in a column, in JSON, in what is looked for."""
    broken = "Secret \udc80"
    person = Person(PersonId("p"), broken)
    entry = AuditEntry(NOON, None, "test", "person", "p", after={"words": broken})
    for act in (
        lambda tx: people.add_person(tx, person),
        lambda tx: audit.append(tx, entry),
        lambda tx: people.person_by_email(tx, broken),
    ):
        with pytest.raises(UnstorableText) as problem, store.write() as tx:
            act(tx)
        assert problem.value.__cause__ is None
        assert problem.value.__suppress_context__
        assert "Secret" not in str(problem.value)


def test_nul_is_kept_whole_or_told(store: Store) -> None:
    team = Team(TeamId("t"), "Te\x00am")
    try:
        with store.write() as tx:
            people.add_team(tx, team)
    except UnstorableText:
        assert store.engine.dialect.name == "postgresql"
    with store.read() as tx:
        assert people.teams(tx) == ((team,) if store.engine.dialect.name == "sqlite" else ())


def test_transaction_inside_a_transaction_is_refused_at_once(store: Store) -> None:
    for outer in (store.read, store.write):
        for inner in (store.read, store.write):
            with outer(), pytest.raises(RuntimeError, match="inside a transaction"), inner():
                pass
    with store.write() as tx:
        assert people.count_people(tx) == 0


def test_threads_take_turns_on_a_database_in_memory(sqlite_store: Store) -> None:
    def add(start: int) -> None:
        for n in range(start, start + 20):
            with sqlite_store.write() as tx:
                people.add_person(tx, Person(PersonId(f"p{n:03}"), "Somebody"))
            with sqlite_store.read() as tx:
                assert people.person(tx, PersonId(f"p{n:03}")) is not None

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite_store.read() as tx:
        assert people.count_people(tx) == 60


def test_opening_a_store_touches_nothing(sqlite_url: str) -> None:
    open_store(sqlite_url).close()
    open_store("postgresql+psycopg://nobody@nowhere.invalid/none").close()
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/x.sqlite", "postgresql+psycopg://nobody@/x?host=/no/such"])
def test_database_that_does_not_answer_is_unavailable(url: str) -> None:
    store = open_store(url)
    with pytest.raises(DatabaseUnavailable), store.read():
        pass
    store.close()


def test_refusals_and_errors_do_not_tell_stored_values(store: Store) -> None:
    told: list[BaseException] = []
    try:
        with store.write() as tx:
            people.set_credential(tx, Credential(PersonId("nobody"), "SECRET", datetime(2026, 3, 2, tzinfo=UTC)))
    except StoreProblem as refusal:
        told.append(refusal)
    try:
        with store.write() as tx:
            tx.connection.execute(text("select :value from not_a_table"), {"value": "SECRET"})
    except (DBAPIError, DatabaseUnavailable) as error:
        told += [error, *([error.__cause__] if error.__cause__ else [])]
    assert len(told) >= 2
    assert not any("SECRET" in str(one) for one in told)


def test_new_file_is_opened_while_another_process_has_it_locked(tmp_path: Path) -> None:
    """SQLite's busy timeout does not cover the change to WAL."""
    library = sqlite_library()
    other = library.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with closing(other), opened(f"sqlite:///{tmp_path / 'new.db'}") as store:
        release = threading.Timer(0.2, other.rollback)
        release.start()
        with store.read() as tx:
            assert tx.connection.scalar(text("PRAGMA journal_mode")) == "wal"
        release.join()


def test_sqlite_runs_with_the_recipe(file_store: Store) -> None:
    recipe = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
        "secure_delete": 1,
        "trusted_schema": 0,
    }
    with file_store.write() as tx:
        found = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in recipe}
        version = tx.connection.exec_driver_sql("select sqlite_version()").scalar_one()
    assert found == recipe
    # The first release without the bug that two connections restarting the WAL can corrupt the file.
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_postgres_runs_with_the_recipe(postgres_store: Store) -> None:
    recipe = {
        "statement_timeout": "30s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "TimeZone": "UTC",
        "transaction_isolation": "read committed",
    }
    with postgres_store.read() as tx:
        found = {name: tx.connection.exec_driver_sql(f"show {name}").scalar_one() for name in recipe}
    assert found == recipe


@pytest.fixture
def probed(store: Store) -> Store:
    """A database with one metric, whose value a test may change."""
    ticket = replace(TICKETS[0], metrics=(Metric("csat", Decimal(0), "points"),))
    with store.write() as tx:
        add_people(tx)
        tickets.add_conversations(tx, [Conversation(ticket, ())])
    return store


def round_trip(store: Store, column: Column[Any], value: object) -> object:
    with store.write() as tx:
        tx.connection.execute(update(column.table).values({column.name: value}))
        stored: object = tx.connection.execute(select(column)).scalar_one()
    return stored


@ON_ONE_STORE
@given(value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_decimal_comes_back_equal(probed: Store, value: Decimal) -> None:
    back = round_trip(probed, tables.ticket_metric.c.value, value)
    assert isinstance(back, Decimal)
    assert back == value


@ON_ONE_STORE
@given(moment=st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.sampled_from(ZONES)))  # noqa: DTZ001
def test_time_comes_back_equal_and_in_utc(probed: Store, moment: datetime) -> None:
    back = round_trip(probed, tables.ticket.c.created_at, moment)
    assert isinstance(back, datetime)
    assert back == moment
    assert back.utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_decimal_that_is_no_number_is_refused(probed: Store, value: Decimal) -> None:
    with pytest.raises(StatementError, match="not a number"):
        round_trip(probed, tables.ticket_metric.c.value, value)


def test_time_without_a_zone_is_refused(probed: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        round_trip(probed, tables.ticket.c.created_at, datetime(2026, 3, 2))  # noqa: DTZ001


def test_times_on_sqlite_sort_as_text(sqlite_store: Store) -> None:
    moments = [
        datetime(1, 1, 3, tzinfo=UTC),
        NOON,
        NOON + timedelta(microseconds=1),
        datetime(9999, 12, 29, tzinfo=UTC),
    ]
    dialect = sqlite_store.engine.dialect
    stored = [str(tables.UtcTime().process_bind_param(moment, dialect)) for moment in moments]
    assert stored == sorted(stored)
    assert {len(one) for one in stored} == {32}
