"""Opening a database, and the two kinds of transactions on it.

The SQLite recipe: WAL, synchronous FULL (NORMAL loses acknowledged work in a power cut), foreign keys, a busy
timeout, BEGIN IMMEDIATE for writes, and one write lock a process, which makes waiting fair. The PostgreSQL recipe:
READ COMMITTED, timeouts, and an advisory lock for the head of the audit chain.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
_WRITING = "plumbline_writing"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction: what every function of `db.store` takes first. Never outlives its `with` block."""

    connection: Connection

    @property
    def on_sqlite(self) -> bool:
        """Whether the few statements with two spellings take SQLite's."""
        return self.connection.dialect.name == "sqlite"


@dataclass(frozen=True, slots=True)
class Store:
    """A database, ready for transactions."""

    engine: Engine
    _write_lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads; never waits for writers."""
        with self.engine.connect() as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits when its block ends and rolls back when the block raises."""
        lock = self._write_lock if self.engine.dialect.name == "sqlite" else threading.Lock()
        with lock, self.engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
            yield Transaction(connection)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


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


def _open_sqlite(url: URL) -> Engine:
    # The operating system's SQLite is often older than 3.51.3, which ends a bug that corrupts WAL files;
    # the package brings a current one.
    import pysqlite3.dbapi2 as sqlite  # noqa: PLC0415 - not installable on Windows, where Python's own is current

    in_memory = sqlite_path(str(url)) is None
    arguments: dict[str, object] = {"timeout": 30, "check_same_thread": False}
    if in_memory:
        engine = create_engine(url, module=sqlite, connect_args=arguments, poolclass=StaticPool)
    else:
        engine = create_engine(url, module=sqlite, connect_args=arguments, pool_size=8, max_overflow=24)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _open_postgres(url: URL) -> Engine:
    timeouts = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    return create_engine(
        url, pool_pre_ping=True, pool_size=8, max_overflow=24, connect_args={"connect_timeout": 5, "options": timeouts}
    )
