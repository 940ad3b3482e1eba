import gzip
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Inspector, inspect, text
from sqlalchemy.engine import make_url

from db import revisions
from db.engine import Store, open_store
from db.problems import DatabaseUnavailable, ForeignDatabase, NewerDatabase
from db.records import DatabaseState, Rating, ReviewId
from db.store import audit, calibration, people, reviews
from db.tables import metadata
from scorecards.answers import MISSING
from tests.db.world import AGENT, OTHER_REVIEWER, REVIEWER, SESSION, SUBMITTED, add_work


@pytest.fixture
def empty_store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.close()


def test_upgrade_makes_a_database_current(database_url: str) -> None:
    before = revisions.status(database_url)
    after = revisions.upgrade(database_url)
    assert before.state in (DatabaseState.MISSING, DatabaseState.EMPTY)
    assert (before.revision, after.state, after.revision) == (None, DatabaseState.CURRENT, revisions.head_revision())
    assert revisions.status(database_url) == after == revisions.upgrade(database_url)


def test_status_of_a_missing_file_makes_no_file(sqlite_url: str, tmp_path: Path) -> None:
    assert revisions.status(sqlite_url).state is DatabaseState.MISSING
    assert list(tmp_path.iterdir()) == []


def test_status_of_a_missing_database_on_a_server_is_missing(postgres_url: str) -> None:
    missing = make_url(postgres_url).set(database="not_there").render_as_string(hide_password=False)
    assert revisions.status(missing).state is DatabaseState.MISSING
    with pytest.raises(DatabaseUnavailable):
        revisions.upgrade(missing)


def test_status_of_a_database_without_tables_is_empty(postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite").touch()
    for url in (postgres_url, f"sqlite:///{tmp_path / 'empty.sqlite'}"):
        assert revisions.status(url).state is DatabaseState.EMPTY


def test_new_file_lies_in_a_new_folder_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "data" / "p.sqlite"
    revisions.upgrade(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_database_of_a_newer_version_is_refused_and_left_alone(database_url: str) -> None:
    revisions.upgrade(database_url)
    write(database_url, "update alembic_version set version_num = '9999'")
    status = revisions.status(database_url)
    assert (status.state, status.revision) == (DatabaseState.AHEAD, "9999")
    with pytest.raises(NewerDatabase, match="9999"):
        revisions.upgrade(database_url)
    assert revisions.status(database_url) == status


def test_database_of_something_else_is_refused_and_left_alone(database_url: str) -> None:
    write(database_url, "create table invoices (id integer primary key)")
    for refused in (revisions.status, revisions.upgrade):
        with pytest.raises(ForeignDatabase, match="invoices"):
            refused(database_url)
    store = open_store(database_url)
    assert inspect(store.engine).get_table_names() == ["invoices"]
    store.close()


def test_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"not a database, but long enough to look at\n" * 100)
    before = path.read_bytes()
    for refused in (revisions.status, revisions.upgrade):
        with pytest.raises(DatabaseUnavailable):
            refused(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_location_never_tells_a_password() -> None:
    assert revisions.location("postgresql+psycopg://me:secret@db.example.org/plumbline") == "db.example.org/plumbline"
    assert revisions.location("sqlite:///data/p.sqlite") == "data/p.sqlite"
    assert revisions.location("sqlite://") == "memory"


def test_schema_of_the_migrations_equals_the_tables(empty_store: Store) -> None:
    """Alembic's own check passes with a CHECK missing, so the two schemas are compared as the engine describes them."""
    with empty_store.write() as tx:
        metadata.create_all(tx.connection)
    by_tables = describe(inspect(empty_store.engine))
    with empty_store.write() as tx:
        metadata.drop_all(tx.connection)
    revisions.upgrade_store(empty_store)
    by_migrations = describe(inspect(empty_store.engine))
    assert set(by_migrations) == set(metadata.tables)
    assert by_migrations == by_tables


RELEASED = Path(__file__).parent / "released"


@pytest.mark.parametrize("released", sorted(RELEASED.glob("*.gz")), ids=lambda path: path.name)
def test_released_database_upgrades_and_keeps_its_data(released: Path, tmp_path: Path) -> None:
    """A file as that revision wrote it, with people, tickets, a scorecard, assignments and a submitted review."""
    path = tmp_path / "plumbline.sqlite"
    path.write_bytes(gzip.decompress(released.read_bytes()))
    url = f"sqlite:///{path}"
    assert revisions.status(url).state is DatabaseState.BEHIND
    assert revisions.upgrade(url).state is DatabaseState.CURRENT
    store = open_store(url)
    with store.read() as tx:
        kept = reviews.review(tx, SUBMITTED.id)
        sessions = calibration.sessions(tx)
        assert audit.verify(tx).first_broken_seq is None
    with store.write() as tx:
        reviews.add_review(
            tx,
            replace(
                SUBMITTED, id=ReviewId("new"), submission_key="new", ratings=(Rating("empathy", MISSING, praise=True),)
            ),
        )
        praised = reviews.review(tx, ReviewId("new"))
    described = describe(inspect(store.engine))
    store.close()
    assert kept == SUBMITTED
    assert sessions == (SESSION,)
    assert praised is not None
    assert [rating.praise for rating in praised.ratings] == [True]
    assert {name for name, _ in described["rating"]["checks"]} == {
        "ck_rating_parts", "ck_rating_praise", "ck_rating_state",
    }  # fmt: skip


def test_every_table_has_the_rules_that_the_comparison_must_see(sqlite_store: Store) -> None:
    """Guards the comparison itself: what it describes is not empty."""
    described = describe(inspect(sqlite_store.engine))["assignment"]
    assert "ck_assignment_state" in {name for name, _ in described["checks"]}
    one_open = ("ux_assignment_open", ("ticket_id", "reviewer_id", "purpose"), True, "state = 'open'")
    assert one_open in described["indexes"]
    assert len(described["foreign_keys"]) == 6
    assert described["primary_key"] == ("pk_assignment", ("id",))


def describe(inspector: Inspector) -> dict[str, dict[str, Any]]:
    """Everything that a schema says, by table, in few queries."""
    columns, keys = inspector.get_multi_columns(), inspector.get_multi_pk_constraint()
    uniques, checks = inspector.get_multi_unique_constraints(), inspector.get_multi_check_constraints()
    foreign_keys, indexes = inspector.get_multi_foreign_keys(), inspector.get_multi_indexes()
    return {
        table[1]: {
            "columns": [(one["name"], str(one["type"]), one["nullable"], one["default"]) for one in columns[table]],
            "collations": [getattr(one["type"], "collation", None) for one in columns[table]],
            "primary_key": (keys[table]["name"], tuple(keys[table]["constrained_columns"])),
            "uniques": {(one["name"], tuple(one["column_names"])) for one in uniques.get(table, [])},
            "checks": {(one["name"], one["sqltext"]) for one in checks.get(table, [])},
            "foreign_keys": {
                (
                    one["name"],
                    tuple(one["constrained_columns"]),
                    one["referred_table"],
                    tuple(one["referred_columns"]),
                    one["options"].get("ondelete"),
                )
                for one in foreign_keys.get(table, [])
            },
            "indexes": {
                (one["name"], tuple(one["column_names"]), bool(one["unique"]), partial(one.get("dialect_options", {})))
                for one in indexes.get(table, [])
            },
        }
        for table in columns
        if table[1] != "alembic_version"
    }


def partial(options: Mapping[str, Any]) -> str:
    return next((str(value) for option, value in options.items() if option.endswith("_where")), "")


def test_down_and_up_again_gives_the_same_schema(empty_store: Store) -> None:
    revisions.upgrade_store(empty_store)
    first = describe(inspect(empty_store.engine))
    with empty_store.write() as tx:
        add_work(tx)
    down = revisions.downgrade_store(empty_store, to="base")
    assert down.state is DatabaseState.EMPTY
    revisions.upgrade_store(empty_store)
    assert describe(inspect(empty_store.engine)) == first
    with empty_store.read() as tx:
        assert people.count_people(tx) == 0


def test_attendance_of_reviewers_is_kept_where_everybody_has_one_since_0006(empty_store: Store) -> None:
    revisions.upgrade_store(empty_store)
    with empty_store.write() as tx:
        add_work(tx)
        for person_id, there in ((REVIEWER.id, True), (OTHER_REVIEWER.id, False), (AGENT.id, True)):
            calibration.note_attendance(tx, SESSION.id, person_id, there=there)
    revisions.downgrade_store(empty_store, to="0005")
    noted = "select person_id, attended from session_reviewer where attended is not null order by person_id"
    with empty_store.read() as tx:
        assert tx.connection.execute(text(noted)).all() == [(REVIEWER.id, True), (OTHER_REVIEWER.id, False)]
    revisions.upgrade_store(empty_store)
    with empty_store.read() as tx:
        # The agent is no reviewer of the session: the earlier table had no place for anybody else.
        assert calibration.attendance(tx, SESSION.id) == {REVIEWER.id: True, OTHER_REVIEWER.id: False}
        assert calibration.sessions(tx) == (SESSION,)


def test_foreign_keys_hold_again_after_an_upgrade(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    revisions.upgrade_store(store)
    with store.read() as tx:
        assert tx.connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    store.close()


KILLED_UPGRADE = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from db.revisions import upgrade

seen = 0

@event.listens_for(Engine, "before_cursor_execute")
def kill_in_the_middle(*statement):
    global seen
    seen += "CREATE TABLE" in statement[2]
    if seen == 15:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""


@pytest.mark.long
def test_upgrade_killed_in_the_middle_goes_on_later(database_url: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_UPGRADE, database_url], check=False, cwd=Path(__file__).parents[2]
    )
    assert killed.returncode == -signal.SIGKILL
    assert revisions.status(database_url).state is DatabaseState.EMPTY
    assert revisions.upgrade(database_url).state is DatabaseState.CURRENT


def test_upgrades_at_the_same_time_do_not_meet(database_url: str) -> None:
    ended: list[DatabaseState] = []
    threads = [threading.Thread(target=lambda: ended.append(revisions.upgrade(database_url).state)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [DatabaseState.CURRENT] * 4


def write(url: str, statement: str) -> None:
    store = open_store(url)
    with store.write() as tx:
        tx.connection.execute(text(statement))
    store.close()
