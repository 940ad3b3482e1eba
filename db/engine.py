"""Opening a database, and the two kinds of transactions on it. Nothing connects before the first transaction.

The SQLite recipe: WAL, synchronous FULL (NORMAL loses acknowledged work in a power cut), foreign keys, a busy
timeout, BEGIN IMMEDIATE for writes, and one write lock a process, which makes waiting fair. The PostgreSQL recipe:
READ COMMITTED, timeouts, and an advisory lock for the head of the audit chain.
"""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from db.problems import DatabaseUnavailable, UnstorableText

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
_LONGEST_WAIT_SECONDS = 30
_WRITING = "plumbline_writing"
_SOUND_SQLITE = (3, 51, 3)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction: what every function of `db.store` takes first. Never outlives its `with` block."""

    connection: Connection

    @property
    def on_sqlite(self) -> bool:
        """Whether the few statements with two spellings take SQLite's."""
        return self.connection.dialect.name == "sqlite"


class _Open(threading.local):
    """Whether this thread is inside a transaction of the store."""

    transaction = False


@dataclass(frozen=True, slots=True)
class Store:
    """A database, ready for transactions. A thread has one at a time: pass the open one on."""

    engine: Engine
    _write_lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _open: _Open = field(default_factory=_Open, repr=False, compare=False)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that can only read; in a file or on a server it never waits for writers."""
        with self._turn(alone=self._in_memory), self._transaction(writing=False) as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """A read of many statements that all see the database as it was at the first of them."""
        with self._turn(alone=self._in_memory), self._transaction(writing=False, whole=True) as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits when its block ends and rolls back when the block raises."""
        with self._turn(alone=self._on_sqlite), self._transaction(writing=True) as tx:
            yield tx

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    @property
    def _on_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def _in_memory(self) -> bool:
        return isinstance(self.engine.pool, StaticPool)

    @contextmanager
    def _turn(self, *, alone: bool) -> Iterator[None]:
        if self._open.transaction:
            raise RuntimeError("a transaction inside a transaction: pass the open one on instead")
        with _held(self._write_lock) if alone else nullcontext():
            self._open.transaction = True
            try:
                yield
            finally:
                self._open.transaction = False

    @contextmanager
    def _transaction(self, *, writing: bool, whole: bool = False) -> Iterator[Transaction]:
        options: dict[str, Any] = {_WRITING: writing} if self._on_sqlite else {"postgresql_readonly": not writing}
        if whole and not self._on_sqlite:  # SQLite's transactions are snapshots as they are
            options["isolation_level"] = "REPEATABLE READ"
        try:
            with self.engine.connect().execution_options(**options) as connection, connection.begin():
                yield Transaction(connection)
        except OperationalError as error:
            raise DatabaseUnavailable(f"the database did not answer as it should: {_kind(error)}") from error
        except UnicodeEncodeError:
            # The error holds the text, which belongs into no log.
            raise UnstorableText from None
        except DataError as error:
            if not is_unstorable(error):
                raise
            raise UnstorableText from None


@contextmanager
def _held(lock: threading.Lock) -> Iterator[None]:
    if not lock.acquire(timeout=_LONGEST_WAIT_SECONDS):
        raise DatabaseUnavailable(f"another change has held the database for {_LONGEST_WAIT_SECONDS} seconds")
    try:
        yield
    finally:
        lock.release()


def is_unstorable(error: DataError) -> bool:
    """Whether text holds NUL: the driver refuses it before there is a state to tell, the server refuses it in JSON."""
    return getattr(error.orig, "sqlstate", None) in {None, "22P05"}


def _kind(error: OperationalError) -> str:
    """SQLite's messages carry no values; PostgreSQL's may, so only their class is told."""
    state = getattr(error.orig, "sqlstate", "")
    return str(error.orig) if state == "" else f"{type(error.orig).__name__} ({state})"


def writing(connection: Connection) -> Connection:
    """The connection, set so that its transactions take SQLite's write lock when they begin."""
    return connection.execution_options(**{_WRITING: True}) if connection.dialect.name == "sqlite" else connection


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL: `sqlite:///path`, `sqlite://` (memory) or `postgresql+psycopg://…`."""
    parsed = make_url(url)
    engine = _open_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _open_postgres(parsed)
    return Store(engine)


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite URL; None for memory and for PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def sqlite_library() -> ModuleType:
    """The SQLite to use: the package's own where there is one, because the system's is often older.

    Releases before 3.51.3 can corrupt a WAL file when two connections restart it at the same moment.
    """
    try:
        import pysqlite3.dbapi2 as sqlite  # noqa: PLC0415 - there is none for Windows
    except ImportError:
        import sqlite3 as sqlite  # noqa: PLC0415
    if sqlite.sqlite_version_info < _SOUND_SQLITE:
        _log.warning("SQLite %s has a bug that can corrupt the database; use 3.51.3 or newer", sqlite.sqlite_version)
    library: ModuleType = sqlite
    return library


# Unicode as it is, so that erased text can be searched for in the file; NaN is no JSON and PostgreSQL refuses it.
_write_json = partial(json.dumps, ensure_ascii=False, allow_nan=False)


def _read_json(text: str) -> object:
    """A stored JSON value; most are empty lists, which need no parser."""
    return [] if text == "[]" else json.loads(text)


def _open_sqlite(url: URL) -> Engine:
    in_memory = sqlite_path(url.render_as_string(hide_password=False)) is None
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 8, "max_overflow": 24}
    engine = create_engine(
        url,
        module=sqlite_library(),
        connect_args={"timeout": _LONGEST_WAIT_SECONDS, "check_same_thread": False},
        json_serializer=_write_json,
        json_deserializer=_read_json,
        hide_parameters=True,
        **pool,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        _set_patiently(cursor, pragma)
    cursor.close()


def _set_patiently(cursor: DBAPICursor, pragma: str) -> None:
    """SQLite's own wait does not cover the change to WAL, which a new file sees from several processes at once."""
    end = time.monotonic() + _LONGEST_WAIT_SECONDS
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite_library().OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgres(url: URL) -> Engine:
    # The driver warns of every failed statement, and its messages can hold the values.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    timeouts = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        connect_args={"connect_timeout": 5, "options": timeouts},
        json_serializer=_write_json,
        hide_parameters=True,
    )
