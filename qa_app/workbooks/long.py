"""Tables of any length: what their columns hold, and how each value stands in CSV.

Rows come a page at a time and are gone once they are written, so that memory stays flat.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, BinaryIO

from qa_app.workbooks.delimited import disarm

Value = str | int | Decimal | datetime | bool | None
Row = Sequence[Value]
Pages = Iterable[Sequence[Row]]
MOST_CUT_NAMED = 200
_SHORT = 100
"""Longer texts hardly come twice, and are not remembered."""


class RawForm(StrEnum):
    """What kind of file a long table is written as."""

    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


class Kind(StrEnum):
    """What all values of a column are, where they are not None."""

    TEXT = "text"
    MOMENT = "moment"
    """Aware; in UTC in CSV and Parquet, on the installation's clock in workbooks."""
    COUNT = "count"
    EXACT = "exact"
    """A Decimal of up to 12 places."""
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class LongColumn:
    """One column: what programs call it, what people read above it."""

    id: str
    heading: str
    kind: Kind
    width: float
    """In characters, on a sheet."""


@dataclass(slots=True)
class Written:
    """What became of the rows."""

    rows: int = 0
    sheets: int = 1
    cut: int = 0
    """Cells whose text did not fit."""
    cut_cells: list[str] = field(default_factory=list)
    """The first of them, by sheet and address."""


Describe = Callable[[Written], Sequence[tuple[str, str]]]
"""What the methods sheet says, asked for when all rows are written."""


def write_csv(target: BinaryIO, columns: Sequence[LongColumn], pages: Pages) -> Written:
    """UTF-8 with a byte-order mark, every field in quotes, no field that a program takes for a formula."""
    written = Written()
    into = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(into, quoting=csv.QUOTE_ALL)
    writer.writerow([column.id for column in columns])
    spell = [_CSV[column.kind] for column in columns]
    for page in filter(None, pages):
        spelt = [list(map(one, values)) for one, values in zip(spell, turn(page), strict=True)]
        writer.writerows(zip(*spelt, strict=True))
        written.rows += len(page)
    into.detach()
    return written


def turn(page: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    """Rows as columns."""
    return zip(*page, strict=True)


def _spell_text(value: str | None) -> str:
    if value is None:
        return ""
    return _disarm_known(value) if len(value) <= _SHORT else disarm(value)


@lru_cache(maxsize=16384)
def _disarm_known(value: str) -> str:
    return disarm(value)


@lru_cache(maxsize=16384)
def _spell_moment(value: datetime | None) -> str:
    return "" if value is None else value.isoformat()


def _spell_exact(value: Decimal | None) -> str:
    # Not remembered: 66.7 and 66.70 are the same key, but not the same text.
    return "" if value is None else format(value, "f")


def _spell_count(value: int | None) -> str:
    return "" if value is None else str(value)


def _spell_flag(value: bool | None) -> str:  # noqa: FBT001 - a column's value
    return "" if value is None else str(value).lower()


_CSV: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _spell_text,
    Kind.MOMENT: _spell_moment,
    Kind.COUNT: _spell_count,
    Kind.EXACT: _spell_exact,
    Kind.FLAG: _spell_flag,
}
