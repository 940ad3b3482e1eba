"""Agreement in a file of ratings, without a database: the way in for teams that only have a spreadsheet today."""

import csv
import gzip
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from db.records import IssueLevel, RowIssue
from qa_app.errors import NotFound, Refused, Unavailable
from qa_app.intake.model import shorten
from qa_app.stats.ratings import Level, LongRow, RatingsTable, build_table

_COLUMNS = ("item", "rater", "criterion", "value")
_VALUE = 3
_ALIASES = {"item_id": "item", "rater_id": "rater", "unit": "item"}
_NOT_APPLICABLE = {"n/a", "na", "not applicable"}
_MOST_STEPS = 500
"""Of a scale: tables by pairs of steps grow with their square, and people tell a few dozen apart."""
_MOST_CELLS = 50_000_000
"""Of a table: measuring that many takes about 4 GB of memory."""
_MOST_PAIRS = 200_000_000
"""Of steps, over all items; as much memory again."""
_LARGEST = 1e30
"""Squares of squares of what is read must stay numbers, and those of its inverse above zero."""


class LevelName(StrEnum):
    """Levels of measurement as commands name them."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Scale:
    """A declared scale: its values ascending and, where its steps are words, the words in that order."""

    written: str
    values: tuple[float, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One rating as it stands in somebody's file, with its place."""

    number: int
    cells: tuple[str, str, str, str]
    """Item, rater, criterion and value."""
    columns: tuple[str, str, str, str] = _COLUMNS
    """What the file calls the columns in which they stand."""
    sheet: str | None = None
    damage: str = ""
    """Why one of the cells could not be read, in a sentence; empty where all could."""


@dataclass(frozen=True, slots=True)
class RatingsFile:
    """A file of ratings as tables by criterion, or everything that is wrong with it."""

    tables: Mapping[str, RatingsTable]
    words: Mapping[float, str]
    """What the values mean, where the file has words."""
    issues: tuple[RowIssue, ...]
    """Lines that cannot be used; where there are any, there is no table."""


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    file: str
    level: LevelName
    scale: Scale
    words: dict[str | float, float] = field(default_factory=dict)
    rows: dict[str, list[LongRow]] = field(default_factory=dict)
    lines: dict[tuple[str, str, str], int] = field(default_factory=dict)
    criteria: dict[str, None] = field(default_factory=dict)
    issues: list[RowIssue] = field(default_factory=list)


def read_ratings(path: Path, *, level: LevelName, scale: str | None, criterion: str | None) -> RatingsFile:
    """Tables by criterion from a long CSV (item, rater, criterion, value), plain or compressed by gzip.

    An empty value is missing, `n/a` is an answer of its own.

    Raises:
        Refused: a column is missing, or the file or the scale cannot be read.
        NotFound: there is no rating, or no such criterion; the message names what is near.
    """
    with _readable(path), _open(path) as file:
        lines = (Line(number, cells) for number, cells in _read_lines(file, path.name))
        return tabulate(lines, path.name, level=level, scale=declare_scale(scale), criterion=criterion)


def tabulate(
    lines: Iterable[Line], file: str, *, level: LevelName, scale: Scale, criterion: str | None = None
) -> RatingsFile:
    """Tables by criterion from ratings one by one, whatever file they come from; raises as `read_ratings` does."""
    reading = _Reading(file, level, scale, words={word: float(n) for n, word in enumerate(scale.words)})
    for line in lines:
        _take(reading, line, criterion)
    if reading.issues:
        return RatingsFile({}, {}, tuple(reading.issues))
    if not reading.rows:
        lacks = "" if criterion is not None else "; it needs a line with item, rater, criterion and value for each"
        raise NotFound("no-criterion", f"{file} has no rating{_name_near(criterion, reading.criteria)}{lacks}.")
    _check_sizes(reading)
    words = {value: str(word) for word, value in reading.words.items()}
    return RatingsFile({name: _build(rows, reading) for name, rows in reading.rows.items()}, words, ())


def declare_scale(written: str | None) -> Scale:
    """The scale that somebody wrote down, such as `1..5` or `no,unsure,yes`; what occurs in the file where None."""
    return _read_scale(written) if written is not None else Scale("")


def declare_words(words: Sequence[str]) -> Scale:
    """A scale whose steps are words, the worst first."""
    return Scale(", ".join(words), tuple(float(n) for n in range(len(words))), tuple(words))


def find_rater(tables: Mapping[str, RatingsTable], wanted: str) -> str:
    """The rater of that id; raises NotFound with what is near."""
    known = dict.fromkeys(rater for table in tables.values() for rater in table.rater_ids)
    if wanted not in known:
        raise NotFound("no-rater", f"The file has no rater{_name_near(wanted, known)}.")
    return wanted


def find_values(found: RatingsFile, wanted: Sequence[str]) -> frozenset[float]:
    """The values that are written so, as words of the scale or as numbers; raises NotFound with what is near."""
    written = {word: value for value, word in found.words.items()} or {
        f"{value:g}": value for table in found.tables.values() for value in (table.categories or table.scale.tolist())
    }
    for value in wanted:
        if value not in written:
            raise NotFound("no-value", f"The scale has no value{_name_near(value, dict.fromkeys(written))}.")
    return frozenset(written[value] for value in wanted)


def _name_near(wanted: str | None, known: Mapping[str, None]) -> str:
    if wanted is None:
        return ""
    near = get_close_matches(wanted, list(known), n=3, cutoff=0.5) or list(known)[:3]
    return f" of {wanted!r}" + (f"; near are {', '.join(near)}" if near else "")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What stops reading, in words: the disk, the compression or the encoding."""
    try:
        yield
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x}"
        message = f"{path.name} is no UTF-8 text (it has the {found}); save it as CSV UTF-8."
        raise Refused("ratings-encoding", message) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"{path.name} cannot be decompressed: it is no .gz file or a damaged one. Fetch or compress it again."
        raise Refused("ratings-compression", message) from error
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror}); check that it is there and that you may read it."
        raise Unavailable("ratings-unreadable", message) from error


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_lines(file: TextIO, name: str) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    """Each line with its number, its cells in the order of our columns; a line that ends early has empty cells."""
    reader = csv.reader(file, strict=True)
    header = next(reader, [])
    found = [_ALIASES.get(column, column) for column in (cell.strip().lower() for cell in header)]
    _check_columns(header, found, name)
    places = [found.index(column) for column in _COLUMNS]
    begun = reader.line_num + 1
    try:
        for row in reader:
            if row:
                item, rater, criterion, value = (row[place] if place < len(row) else "" for place in places)
                yield reader.line_num, (item, rater, criterion, value)
            begun = reader.line_num + 1
    except csv.Error as error:
        message = (
            f"{name} is no valid CSV from line {begun} on ({error}); close each quotation mark where its cell ends."
        )
        raise Refused("ratings-csv", message) from error


def _check_columns(header: Sequence[str], found: Sequence[str], name: str) -> None:
    """Refuse a first line that does not name each of our columns once."""
    missing = [column for column in _COLUMNS if column not in found]
    twice = [column for column in _COLUMNS if found.count(column) > 1]
    if missing:
        seen = f"its first line is {','.join(header)[:80]!r}" if header else "it is empty"
        signs = [sign for sign in ";\t|" if len(header) == 1 and sign in header[0]]
        hint = f" Columns are parted by commas, not by {signs[0]!r}: save it as CSV with commas." if signs else ""
        found_out = f"lacks the column(s) {', '.join(missing)}: {seen}. It needs {', '.join(_COLUMNS)}.{hint}"
        raise Refused("ratings-columns", f"{name} {found_out}")
    if twice:
        message = f"{name} has the column(s) {', '.join(twice)} more than once; keep one and name the others otherwise."
        raise Refused("ratings-columns", message)


def _take(reading: _Reading, line: Line, criterion: str | None) -> None:
    """One line: a rating, nothing, or an issue."""
    item, rater, name, text = (cell.strip() for cell in line.cells)
    if line.damage:
        _complain(reading, line, _VALUE, "", line.damage)
        return
    reading.criteria[name] = None
    if not text or criterion not in {None, name}:
        return
    for place, cell in enumerate((item, rater, name)):
        if not cell:
            found = f"The {_COLUMNS[place]} is empty, so nobody knows what {text!r} is about."
            _complain(reading, line, place, cell, found)
            return
    value = None if text.lower() in _NOT_APPLICABLE else _read_value(reading, line, text)
    if value is not None and math.isnan(value):
        return
    first = reading.lines.setdefault((name, item, rater), line.number)
    if first != line.number:
        found = f"{rater!r} rated {item!r} on {name!r} in line {first} already; keep one of the two."
        _complain(reading, line, _VALUE, text, found)
        return
    reading.rows.setdefault(name, []).append(LongRow(item, rater, value))


def _complain(reading: _Reading, line: Line, place: int, found: str, message: str) -> None:
    reading.issues.append(
        RowIssue(
            IssueLevel.REFUSED,
            "ratings-row",
            message,
            reading.file,
            row=line.number,
            sheet=line.sheet,
            column=line.columns[place],
            found=shorten(found),
        )
    )


def _read_value(reading: _Reading, line: Line, text: str) -> float:
    """The number that stands there, or that its word stands for; nan where it cannot be used, which is an issue."""
    scale = reading.scale
    if scale.words and text in reading.words:
        return reading.words[text]
    text = shorten(text)
    if scale.words:
        near = get_close_matches(text, scale.words, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        _complain(reading, line, _VALUE, text, f"{text!r} is not on the scale {scale.written}.{hint}")
        return math.nan
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if reading.level is LevelName.NOMINAL and not scale.values:
        # Digits are a name like others, and "1" and "1.0" are one.
        return reading.words.setdefault(value if math.isfinite(value) else text, float(len(reading.words)))
    if not math.isfinite(value):
        message = f"{text!r} is no number; words need --level nominal, or their order: --scale no,unsure,yes."
        _complain(reading, line, _VALUE, text, message)
    elif scale.values and value not in scale.values:
        _complain(reading, line, _VALUE, text, f"{text} is not on the scale {scale.written}.")
    elif value and not 1 / _LARGEST <= abs(value) <= _LARGEST:
        message = f"{text} is too large or too small to compute with; sizes from 1e-30 to 1e30 are valid, and 0."
        _complain(reading, line, _VALUE, text, message)
    elif reading.level is LevelName.RATIO and value < 0:
        _complain(reading, line, _VALUE, text, f"{text} is below 0, and a ratio scale starts there.")
    else:
        return value
    return math.nan


def _check_sizes(reading: _Reading) -> None:
    """Refuse before memory is asked for that no machine has."""
    for name, rows in reading.rows.items():
        n_items, n_raters = (len({row[place] for row in rows}) for place in (0, 1))
        if n_items * n_raters > _MOST_CELLS:
            found = f"{name!r} has {n_items:,} items by {n_raters:,} raters"
            message = (
                f"{found}, more than the {_MOST_CELLS:,} cells that can be compared at once; split {reading.file}."
            )
            raise Refused("ratings-size", message)


def _build(rows: list[LongRow], reading: _Reading) -> RatingsTable:
    """A table on the declared scale; without one, names and steps are those found, and numbers may be any."""
    scale = reading.scale.values
    if not scale and reading.level in {LevelName.NOMINAL, LevelName.ORDINAL}:
        scale = tuple(sorted({row.value for row in rows if row.value is not None}))
    n_items, n_pairs = len({row.unit for row in rows}), len(scale) ** 2 // 2
    if reading.level is LevelName.ORDINAL and n_items * n_pairs > _MOST_PAIRS:
        message = f"{reading.file} has {len(scale):,} different values, too many to be steps; say --level interval."
        raise Refused("ratings-steps", message)
    return build_table(rows, level=Level(reading.level.value), categories=scale)


def _read_scale(scale: str) -> Scale:
    low, dots, high = scale.partition("..")
    words = tuple(step.strip() for step in scale.split(","))
    try:
        steps = _count_up(int(low), int(high), scale) if dots else sorted(float(word) for word in words)
    except ValueError:
        steps = []
        if not dots and len(words) > 1 and all(words) and len(set(words)) == len(words):
            return Scale(scale, tuple(float(n) for n in range(len(words))), words)
    if not steps or len(set(steps)) < len(steps) or not all(abs(step) <= _LARGEST for step in steps):
        raise Refused("ratings-scale", f"{scale!r} is no scale; write 1..5, or 0,1,2, or no,unsure,yes.")
    return Scale(scale, tuple(steps))


def _count_up(low: int, high: int, scale: str) -> list[float]:
    if low > high:
        raise Refused("ratings-scale", f"{scale!r} runs backwards; write {high}..{low}.")
    if high - low >= _MOST_STEPS:
        message = (
            f"{scale!r} has more than {_MOST_STEPS} steps; numbers that fine need no --scale but --level interval."
        )
        raise Refused("ratings-scale", message)
    return [float(step) for step in range(low, high + 1)]
