"""A database as text: a zip with one file of JSON lines a table and a manifest of digests, alike from both engines.

Rows stand in the order of their keys, times in UTC with microseconds, decimals in plain notation, keys of objects
sorted: equal records make equal bytes, whichever engine they come from. Tables are read as the database describes
them and not from `db.tables`, so that a dump of an older revision can still be loaded. Nothing here replaces or
renames files; `db.upkeep` does.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    MetaData,
    Numeric,
    String,
    Table,
    bindparam,
    collate,
    func,
    inspect,
    select,
)

from db.problems import DamagedBackup

Report = Callable[[int, int], None]
"""Told now and then how much is done, of how much."""

_FORMAT = 1
_MANIFEST = "manifest.json"
_BEFORE_ZIP = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can name, for all its files: the same records make the same file."""
_VERSION_TABLE = "alembic_version"
_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table has, and the SHA-256 of its lines."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dump holds: the revision of the schema, and its tables so that each comes after those it refers to."""

    revision: str
    tables: tuple[TableDigest, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


def write_dump(connection: Connection, target: Path, *, revision: str, report: Report) -> Manifest:
    """Write all tables into a zip. The connection's transaction has to see one moment of the database."""
    tables = _tables(connection)
    total = count_rows(connection)
    done = 0
    digests: list[TableDigest] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            meter = _Meter(table.name)
            with archive.open(_entry(f"{table.name}.jsonl"), "w", force_zip64=True) as file:
                for line in _lines(connection, table):
                    file.write(meter.measure(line))
                    done += 1
                    if done % _AT_A_TIME == 0:
                        report(done, total)
            digests.append(meter.digest())
        manifest = Manifest(revision, tuple(digests))
        described = {"format": _FORMAT, **asdict(manifest)}
        archive.writestr(_entry(_MANIFEST), json.dumps(described, indent=1))
    report(total, total)
    return manifest


def check_dump(source: Path) -> Manifest:
    """Read a dump from end to end and compare it with its own manifest.

    Raises:
        DamagedBackup: it is no dump, or not whole.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _read_manifest(archive)
            for expected in manifest.tables:
                meter = _Meter(expected.name)
                with archive.open(f"{expected.name}.jsonl") as file:
                    for line in file:
                        meter.measure(line)
                if meter.digest() != expected:
                    raise DamagedBackup(f"table {expected.name} in {source.name} is not what was written")
    except (
        *(OSError, zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError),
        NotImplementedError,  # a damaged entry can name a version or a method of packing that there is not
    ) as error:
        raise DamagedBackup(f"{source.name} is no whole dump of Plumbline: {type(error).__name__}") from error
    return manifest


def load_dump(connection: Connection, source: Path, *, report: Report) -> None:
    """Fill the empty tables of a database of the dump's revision, and compare what they hold then with the manifest.

    Raises:
        DamagedBackup: the tables do not hold what the dump says; the caller has to roll back.
    """
    done = 0
    with zipfile.ZipFile(source) as archive:
        manifest = _read_manifest(archive)
        described = {table.name: table for table in _tables(connection)}
        if set(described) != {table.name for table in manifest.tables}:
            raise DamagedBackup(f"{source.name} does not have the tables of its revision {manifest.revision}")
        for digest in manifest.tables:
            with archive.open(f"{digest.name}.jsonl") as file:
                for count in _insert_rows(connection, described[digest.name], file):
                    done += count
                    report(done, 2 * manifest.rows)
    for digest in manifest.tables:
        if digest_table(connection, described[digest.name]) != digest:
            raise DamagedBackup(f"table {digest.name} does not come out of the database as it stands in {source.name}")
        done += digest.rows
        report(done, 2 * manifest.rows)


def digest_tables(connection: Connection) -> tuple[TableDigest, ...]:
    """The digests that a dump of this database would have."""
    return tuple(digest_table(connection, table) for table in _tables(connection))


def digest_table(connection: Connection, table: Table) -> TableDigest:
    """The digest that one table would have in a dump."""
    meter = _Meter(table.name)
    for line in _lines(connection, table):
        meter.measure(line)
    return meter.digest()


def count_rows(connection: Connection) -> int:
    """Rows of all tables; 0 for a database that has tables and nothing in them."""
    names = set(inspect(connection).get_table_names()) - {_VERSION_TABLE}
    counts = (select(func.count()).select_from(Table(name, MetaData())) for name in names)
    return sum(connection.execute(count).scalar_one() for count in counts)


class _Meter:
    """Counts and digests lines as they pass."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = 0
        self._hash = hashlib.sha256()

    def measure(self, line: bytes) -> bytes:
        self._rows += 1
        self._hash.update(line)
        return line

    def digest(self) -> TableDigest:
        return TableDigest(self._name, self._rows, self._hash.hexdigest())


def _tables(connection: Connection) -> list[Table]:
    """The tables as the database describes them, each after those it refers to."""
    found = MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name != _VERSION_TABLE]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return tables


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    order = [_byte_order(connection, column) for column in table.primary_key.columns]
    options = {"yield_per": _AT_A_TIME}
    with connection.execute(select(table).order_by(*order), execution_options=options) as rows:
        for row in rows.mappings():
            values = {name: _to_json(value) for name, value in row.items()}
            text = json.dumps(values, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            yield text.encode() + b"\n"


def _byte_order(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """SQLite sorts text by its bytes; PostgreSQL has to be asked to."""
    if isinstance(column.type, String) and connection.dialect.name == "postgresql":
        return collate(column, "C")
    return column


def _to_json(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return value


def _insert_rows(connection: Connection, table: Table, lines: Iterable[bytes]) -> Iterator[int]:
    """Insert line by line and yield how many at a time. References within the table are filled in at the end."""
    within = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    postponed: list[dict[str, object]] = []
    remaining = iter(lines)
    while batch := list(islice(remaining, _AT_A_TIME)):
        rows = [_from_json(table, json.loads(line)) for line in batch]
        for row in rows if within else ():
            if any(row[name] is not None for name in within):
                postponed.append({f"set_{name}": row[name] for name in [*within, *_key_names(table)]})
                row.update(dict.fromkeys(within))
        connection.execute(table.insert(), rows)
        yield len(rows)
    if postponed:
        this_one = [column == bindparam(f"set_{column.name}") for column in table.primary_key.columns]
        values: dict[str, object] = {name: bindparam(f"set_{name}") for name in within}
        connection.execute(table.update().where(*this_one).values(values), postponed)


def _key_names(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def _from_json(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    return {column.name: _of_type(column, values[column.name]) for column in table.columns}


def _of_type(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return None
    match column.type:
        case DateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case Float():
            return value
        case Numeric():
            return Decimal(value)
        case _:
            return value


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _BEFORE_ZIP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    described = json.loads(archive.read(_MANIFEST))
    if described["format"] != _FORMAT:
        raise DamagedBackup(f"the dump has format {described['format']}; this version reads format {_FORMAT}")
    tables: Sequence[dict[str, Any]] = described["tables"]
    return Manifest(str(described["revision"]), tuple(TableDigest(**table) for table in tables))
