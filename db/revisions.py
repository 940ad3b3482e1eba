"""The schema's revisions: how a database stands to this version of Plumbline, and bringing it up step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from db.engine import Store, open_store, sqlite_path, writing
from db.problems import DatabaseUnavailable, ForeignDatabase, NewerDatabase
from db.records import DatabaseState, DatabaseStatus

_ADVISORY_LOCK = 7401331
"""PostgreSQL: lets one process at a time take a step."""
_NO_SUCH_DATABASE = "3D000"


def status(url: str) -> DatabaseStatus:
    """How the database at this URL stands. Makes nothing, not even an empty file.

    Raises:
        ForeignDatabase: it holds tables that Plumbline did not make.
        DatabaseUnavailable: it does not answer.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return _describe(url, DatabaseState.MISSING, None)
    store = open_store(url)
    try:
        with store.engine.connect() as connection:
            return _read_status(url, connection)
    except DatabaseError as error:
        if _database_missing(error):
            return _describe(url, DatabaseState.MISSING, None)
        raise DatabaseUnavailable(f"the database at {location(url)} does not answer") from error
    finally:
        store.close()


def upgrade(url: str) -> DatabaseStatus:
    """Bring the database up to this version, making a SQLite file where there is none.

    Every step is a transaction of its own, so that an interrupted upgrade goes on where it stopped.

    Raises:
        NewerDatabase: a newer version of Plumbline wrote it; nothing was changed.
        ForeignDatabase: it holds tables that Plumbline did not make; nothing was changed.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    store = open_store(url)
    try:
        return upgrade_store(store)
    except DatabaseError as error:
        raise DatabaseUnavailable(f"the database at {location(url)} does not answer") from error
    finally:
        store.close()


def upgrade_store(store: Store, *, to: str = "head") -> DatabaseStatus:
    """The same for a store that is open already, such as one in memory; `to` names an earlier revision."""
    url = store.engine.url.render_as_string(hide_password=False)
    with _foreign_keys_off(store.engine) as connection:
        while True:
            with connection.begin():
                _take_turn(connection)
                before = _read_status(url, connection)
                if before.state is DatabaseState.AHEAD:
                    raise NewerDatabase(
                        f"the database has revision {before.revision}, this version knows {before.head}"
                    )
                if before.revision == _target(to):
                    return before
                command.upgrade(_config(connection), "+1")


def downgrade_store(store: Store, *, to: str) -> DatabaseStatus:
    """Take a database back to an earlier revision (`base`: to nothing), step by step. For tests and emergencies."""
    url = store.engine.url.render_as_string(hide_password=False)
    with _foreign_keys_off(store.engine) as connection, connection.begin():
        _take_turn(connection)
        command.downgrade(_config(connection), to)
        return _read_status(url, connection)


def location(url: str) -> str:
    """Where a database is, for people: a path, or host and name; never a password."""
    path = sqlite_path(url)
    if path is not None:
        return str(path)
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return "memory"
    host = parsed.host or parsed.query.get("host") or "localhost"
    return f"{host}/{parsed.database}"


def head_revision() -> str:
    """The revision that this version of Plumbline works with."""
    return _target("head")


def knows(revision: str) -> bool:
    """Whether this version of Plumbline knows a revision; it does not know those of newer versions."""
    return revision in {script.revision for script in _script().walk_revisions()}


def _target(to: str) -> str:
    script = _script().get_revision(to)
    if script is None:
        raise ValueError(f"there is no revision {to}")
    return script.revision


def _read_status(url: str, connection: Connection) -> DatabaseStatus:
    heads = MigrationContext.configure(connection).get_current_heads()
    if not heads:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        if tables:
            raise ForeignDatabase(f"{location(url)} holds tables that Plumbline did not make: {min(tables)}, …")
        return _describe(url, DatabaseState.EMPTY, None)
    revision = heads[0]
    if not knows(revision):
        return _describe(url, DatabaseState.AHEAD, revision)
    current = revision == head_revision()
    return _describe(url, DatabaseState.CURRENT if current else DatabaseState.BEHIND, revision)


def _describe(url: str, state: DatabaseState, revision: str | None) -> DatabaseStatus:
    return DatabaseStatus(state, revision, head_revision(), location(url))


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config(attributes={"connection": connection})
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _foreign_keys_off(engine: Engine) -> Iterator[Connection]:
    """A connection for migrations: SQLite changes a table by rebuilding it, and dropping the old one would cascade.

    The setting does nothing inside a transaction, so it is made on the driver's connection, before one begins.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield writing(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
            driver.close()


def _take_turn(connection: Connection) -> None:
    """Wait for other processes that migrate; on SQLite the transaction itself holds the write lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _database_missing(error: DatabaseError) -> bool:
    # While connecting, the driver gives the message but not the code.
    state = getattr(error.orig, "sqlstate", None)
    return state == _NO_SUCH_DATABASE or "does not exist" in str(error.orig)
