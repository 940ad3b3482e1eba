"""Backup and restore. A backup that is there is whole, and a restore happens or does not: there is no half of either.

SQLite is copied by `VACUUM INTO` while others write (a plain copy of the file would lose what is still in the WAL),
checked, synced and only then given its name. PostgreSQL, and whoever names a target ending in `.zip`, gets the dump
of `db.dumps`. Either engine takes back either kind, so that a team can move from one to the other.
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, IntegrityError

from db.dumps import Report, check_dump, count_rows, load_dump, write_dump
from db.engine import Store, open_store, sqlite_library, sqlite_path
from db.problems import (
    BackupExists,
    DamagedBackup,
    DatabaseInUse,
    DatabaseNotEmpty,
    DatabaseNotReady,
    DatabaseUnavailable,
    ForeignDatabase,
    NewerDatabase,
)
from db.records import Backup, DatabaseState, Restored
from db.revisions import downgrade_store, head_revision, knows, location, status, upgrade_store

_WAIT_FOR_OTHERS_SECONDS = 2
_AT_REST = "mode=ro&immutable=1"
"""How SQLite opens a file that nobody writes to, also where nothing can be written beside it."""


def _say_nothing(_done: int, _total: int) -> None:
    pass


def backup(url: str, target: Path, *, report: Report = _say_nothing) -> Backup:
    """Write a backup to a new file: a copy for SQLite, a dump for PostgreSQL and for targets ending in `.zip`.

    Raises:
        BackupExists: there is a file of this name; backups are never overwritten.
        DatabaseNotReady: there is nothing to back up.
        DamagedBackup: the database itself is damaged; a copy of it would be no backup.
    """
    revision = status(url).revision
    if revision is None:
        raise DatabaseNotReady(f"there is nothing to back up in {location(url)}")
    if target.exists():
        raise BackupExists(f"{target} is there already; name another file")
    source = sqlite_path(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(target) as partial:
        if source is None or target.suffix == ".zip":
            _dump(url, partial, revision=revision, report=report)
        else:
            _copy(source, partial, mode="mode=rw", report=report)
        _settle(partial)
        partial.rename(target)
        _settle(target.parent)
    return Backup(target, revision, target.stat().st_size)


def restore(source: Path, url: str, *, report: Report = _say_nothing) -> Restored:
    """Put a backup in the place of the database, brought up to this version.

    On SQLite the old file is kept beside the new one. On PostgreSQL the database has to be empty: the old one stays
    where it is, and `PLUMBLINE_DATABASE_URL` names the new one.

    Raises:
        DamagedBackup: the source is no backup, or not whole.
        NewerDatabase: a newer version of Plumbline made it.
        ForeignDatabase: the database to replace is none of Plumbline.
        DatabaseInUse: something else has the SQLite file open.
        DatabaseNotEmpty: the PostgreSQL database has records.
    In all cases nothing was changed.
    """
    if not source.is_file():
        raise DamagedBackup(f"there is no file {source}")
    path = sqlite_path(url)
    if path is None:
        _restore_to_server(source, url, report)
        return Restored(status(url), None)
    with suppress(DatabaseUnavailable):  # a damaged database may be replaced, one of something else may not
        status(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(path) as partial:
        _fill_file(source, partial, report)
        _settle(partial)
        kept = _swap_in(partial, path)
    return Restored(status(url), kept)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """An empty file beside the target, for its owner alone, gone when the block ends unless it was given a name."""
    partial = target.with_name(f".{target.name}.partial")
    _remove(partial)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield partial
    finally:
        _remove(partial)


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def _settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    if path.is_dir() and os.name != "posix":
        return  # Windows keeps names by itself and cannot open folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ── SQLite files ─────────────────────────────────────────────────────────────────────────────────────────────────


def _connect(path: Path, mode: str) -> Any:  # noqa: ANN401 - either of two SQLite modules
    uri = f"{path.absolute().as_uri()}?{mode}"
    return closing(sqlite_library().connect(uri, uri=True, isolation_level=None, timeout=_WAIT_FOR_OTHERS_SECONDS))


def _copy(source: Path, target: Path, *, mode: str, report: Report) -> None:
    """A checked copy of one moment of a SQLite file; opened with `mode=rw`, others may be writing to it meanwhile.

    Raises:
        DamagedBackup: the source cannot be read, or the copy is not sound.
    """
    report(0, 2)
    try:
        with _connect(source, mode) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        report(1, 2)
        with _connect(target, _AT_REST) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            found += [f"broken reference in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
    except sqlite_library().DatabaseError as error:
        raise DamagedBackup(f"{source} cannot be read as a database: {error}") from error
    if found != ["ok"]:
        raise DamagedBackup(f"{source} is damaged: {found[0]}")
    report(2, 2)


def _fill_file(source: Path, partial: Path, report: Report) -> None:
    if zipfile.is_zipfile(source):
        revision = _checked_revision(source)
        with _opened(_url_of(partial)) as store:
            upgrade_store(store, to=revision)
            _load(store, source, report)
            upgrade_store(store)
        return
    has_wal = source.with_name(f"{source.name}-wal").exists()
    _copy(source, partial, mode="mode=rw" if has_wal else _AT_REST, report=report)
    try:
        with _opened(_url_of(partial)) as store:
            before = status(_url_of(partial))
            if before.revision is None:
                raise DamagedBackup(f"{source} is an empty database")
            upgrade_store(store)
    except ForeignDatabase as error:
        raise DamagedBackup(f"{source} is a database of something else than Plumbline") from error


def _swap_in(partial: Path, path: Path) -> Path | None:
    """Give a finished database its name. The old file gets another one, and is there at any moment."""
    if not path.exists():
        partial.rename(path)
        _settle(path.parent)
        return None
    names = (path.with_name(f"{path.stem}.before-restore-{n}{path.suffix}") for n in count(1))
    kept = next(name for name in names if not name.exists())
    with _alone_with(path):
        try:
            kept.hardlink_to(path)
        except OSError:  # a file system without links
            shutil.copy2(path, kept)
            _settle(kept)
        partial.replace(path)
        _settle(path.parent)
    return kept


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """Nobody else has the database open, and nothing of it is left in a WAL, which the new file would take for its own.

    A file that SQLite cannot read is nobody's.
    """
    with _connect(path, "mode=rw") as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite_library().DatabaseError as error:
            if str(error) == "database is locked":
                raise DatabaseInUse(f"{path} is in use; stop Plumbline first, then restore") from error
        rest = path.with_name(f"{path.name}-wal")
        if rest.exists():
            raise DatabaseInUse(f"{rest} belongs to the old database; move both away, then restore")
        yield


def _url_of(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string()


# ── Dumps ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dump(url: str, target: Path, *, revision: str, report: Report) -> None:
    with _opened(url) as store, store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # All statements see the moment of the first one.
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            write_dump(connection, target, revision=revision, report=report)


def _checked_revision(source: Path) -> str:
    revision = check_dump(source).revision
    if not knows(revision):
        raise NewerDatabase(f"{source} has revision {revision}, this version knows {head_revision()}")
    return revision


def _load(store: Store, source: Path, report: Report) -> None:
    try:
        with store.write() as tx:
            if count_rows(tx.connection) > 0:
                raise DatabaseNotEmpty(f"somebody wrote to {location(str(store.engine.url))} during the restore")
            load_dump(tx.connection, source, report=report)
    except (IntegrityError, DataError) as error:
        raise DamagedBackup(f"{source} has rows that the database does not take") from error


def _restore_to_server(source: Path, url: str, report: Report) -> None:
    before = status(url)
    if before.state is DatabaseState.MISSING:
        raise DatabaseUnavailable(f"there is no database {before.location}; make an empty one first")
    if before.state is DatabaseState.AHEAD:
        raise NewerDatabase(f"{before.location} has revision {before.revision}, this version knows {before.head}")
    with tempfile.TemporaryDirectory(prefix="plumbline-restore-") as folder, _opened(url) as store:
        if before.revision is not None:
            _refuse_records(store)
        dump = _as_dump(source, Path(folder))
        revision = _checked_revision(dump)
        if before.revision not in (None, revision):
            downgrade_store(store, to="base")
        upgrade_store(store, to=revision)
        _load(store, dump, report)
        upgrade_store(store)


def _refuse_records(store: Store) -> None:
    with store.read() as tx:
        if count_rows(tx.connection) > 0:
            raise DatabaseNotEmpty(f"{location(str(store.engine.url))} has records; restore into an empty database")


def _as_dump(source: Path, folder: Path) -> Path:
    """The source itself, or a dump of it where it is a SQLite file."""
    if zipfile.is_zipfile(source):
        return source
    copy, dump = folder / "copy.sqlite", folder / "copy.zip"
    _fill_file(source, copy, _say_nothing)
    _dump(_url_of(copy), dump, revision=head_revision(), report=_say_nothing)
    return dump


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()
