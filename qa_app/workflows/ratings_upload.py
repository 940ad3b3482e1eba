"""Ratings that a team made in a spreadsheet of its own: which column says what, then how far its raters agree.

Nothing of it is kept; the numbers are those of `plumbline agreement` on the same ratings.
"""

import contextlib
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from threading import Semaphore

from qa_app.domain.access import reach
from qa_app.errors import NotAllowed, Refused, Unavailable
from qa_app.intake.columns import find_table, normalise
from qa_app.intake.model import Cell, Grid, Table, Unreadable
from qa_app.intake.sheets import read_workbook
from qa_app.intake.tables import read_csv
from qa_app.reports import RatingsReport
from qa_app.workflows.context import Context
from qa_app.workflows.ratings_child import Request, keep, take_report
from qa_app.workflows.ratings_file import (
    LevelName,
    Line,
    RatingsFile,
    Scale,
    declare_scale,
    declare_words,
    find_rater,
    tabulate,
)

MOST_RATINGS = 500_000
_STEPS_OF_A_SCALE = 11
"""So many different whole numbers at most are taken for the steps of a scale, as 0 to 10 has."""
_MOST_WORDS = 30
_WAIT_SECONDS = 0.2
_LONGEST_SECONDS = 600
_ROOT = Path(__file__).parents[2]
_NAMES = {
    "item": ("item", "item_id", "unit", "unit_id", "ticket", "ticket_id", "case", "case_id", "call", "contact", "id"),
    "rater": ("rater", "rater_id", "reviewer", "grader", "evaluator", "coder", "judge", "annotator", "qa", "analyst"),
    "criterion": ("criterion", "question", "category", "dimension", "aspect", "line_item"),
    "value": ("value", "rating", "score", "answer", "grade", "points", "result"),
}
_DAMAGE = {
    "cell-error": "The cell shows an error of the spreadsheet; mend its formula, or empty the cell.",
    "formula-without-value": "The formula in this cell was never calculated. Open and save the workbook in a "
    "spreadsheet program to store its value, or write the value down.",
}
_ANY_DAMAGE = "The number in this cell is not finite; write the value down, or empty the cell."
_ONE = "rating"
"""What the criterion is called where the sheet has one and no name for it."""

# One measurement at a time: a second one would leave no core for the pages of everybody else.
_turn = Semaphore()


class Shape(StrEnum):
    """How a sheet of ratings can be laid out."""

    LONG = "long"
    """A row for each rating."""
    BY_RATER = "by_rater"
    """A row for each item, a column for each rater."""
    BY_CRITERION = "by_criterion"
    """A row for each item and rater, a column for each criterion."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column says what; an empty name is a column that there is not."""

    shape: Shape
    item: str
    rater: str = ""
    criterion: str = ""
    value: str = ""
    columns: tuple[str, ...] = ()
    """The raters, or the criteria, of a sheet that has a column for each."""


@dataclass(frozen=True, slots=True)
class Values:
    """How the values are measured, and in which order where they are words."""

    level: LevelName
    words: tuple[str, ...] = ()

    @property
    def scale(self) -> Scale:
        """As `tabulate` takes it."""
        return declare_words(self.words) if self.words else declare_scale(None)


@dataclass(frozen=True, slots=True)
class Guessed:
    """What a sheet looks like, and what is not clear about it."""

    layout: Layout
    kind: Values
    found: tuple[str, ...]
    """The different words among the values, as they stand there; none where all are numbers."""
    unclear: tuple[str, ...]
    """Questions to people, in sentences; none where it is plain how the sheet is to be read."""


def open_tables(context: Context, path: Path, file_name: str) -> tuple[Table, ...]:
    """The tables of a CSV file or a workbook, one for each sheet that has one.

    Raises:
        NotAllowed: the actor runs no calibrations.
        Refused: the file cannot be read, or has no table.
    """
    if reach(context.actor, "calibration.open").nothing:
        raise NotAllowed("not-allowed", "Only people who run calibrations measure agreement in a file.")
    if not path.is_file():
        raise Refused("ratings-unreadable", f"{file_name} is not there any more; drop it again.")
    grids = _read(path, file_name)
    tables = [find_table(grid) for grid in grids if sum(not row.blank for row in grid.rows) > 1]
    if not tables:
        raise Refused("ratings-empty", f"{file_name} has no table: it needs column names and rows of ratings below.")
    return tuple(tables)


def guess_reading(table: Table, layout: Layout | None = None) -> Guessed:
    """How a table is probably to be read; with a `layout`, only how its values are measured."""
    unclear: list[str] = []
    if layout is None:
        layout = _guess_layout(table, unclear)
    found = list(dict.fromkeys(line.cells[3].strip() for line in list_lines(table, layout)))
    given = [text for text in found if text and text.lower() not in {"n/a", "na", "not applicable"}]
    words = tuple(text for text in given if not _is_number(text))
    if words and len(words) > _MOST_WORDS:
        unclear.append(f"{len(words)} different texts stand where ratings are expected. Are these the right columns?")
    elif words and len(words) < len(given):
        unclear.append(f"Numbers and words are mixed; the words are {', '.join(words[:5])}. Which columns are ratings?")
    elif len(words) > 2:
        unclear.append("Have these words an order, from worst to best?")
    return Guessed(layout, Values(_guess_level(given, words)), words, tuple(unclear))


def list_lines(table: Table, layout: Layout) -> Iterator[Line]:
    """Every rating of a table, one by one; what is no rating (an empty cell) comes as an empty value."""
    places = {name: place for place, name in enumerate(table.header)}

    def text(cells: Sequence[Cell], column: str) -> str:
        place = places.get(column, len(cells))
        return _write(cells[place]) if place < len(cells) else ""

    def damage(cells: Sequence[Cell], columns: Sequence[str]) -> str:
        found = (cells[places[column]] for column in columns if places.get(column, len(cells)) < len(cells))
        return next((_DAMAGE.get(cell.code, _ANY_DAMAGE) for cell in found if isinstance(cell, Unreadable)), "")

    for row in table.rows:
        item = text(row.cells, layout.item)
        rater = text(row.cells, layout.rater)
        criterion = text(row.cells, layout.criterion) if layout.criterion else _ONE
        if layout.shape is Shape.LONG:
            columns = (layout.item, layout.rater, layout.criterion or _ONE, layout.value)
            cells = (item, rater, criterion, text(row.cells, layout.value))
            yield Line(row.number, cells, columns, table.sheet, damage(row.cells, columns))
            continue
        for column in layout.columns:
            columns = (layout.item, layout.rater or column, layout.criterion or column, column)
            who, what = (column, criterion) if layout.shape is Shape.BY_RATER else (rater, column)
            cells = (item, who, what, text(row.cells, column))
            yield Line(row.number, cells, columns, table.sheet, damage(row.cells, columns))


def read_ratings(table: Table, layout: Layout, values: Values) -> RatingsFile:
    """The ratings of a table by criterion, or everything that is wrong with them by sheet, row and column.

    Raises:
        Refused: it is larger than a page may ask for, or its values are no scale.
        NotFound: there is no rating.
    """
    n_most = len(table.rows) * max(1, len(layout.columns))
    if n_most > MOST_RATINGS:
        raise Refused(
            "ratings-size",
            f"{table.file} has up to {n_most:,} ratings, more than the {MOST_RATINGS:,} that a page measures; use "
            "`plumbline agreement`, or split the file.",
        )
    return tabulate(list_lines(table, layout), table.file, level=values.level, scale=values.scale)


def measure(
    context: Context, found: RatingsFile, name: str, *, reference: str, report: Callable[[float], None]
) -> RatingsReport:
    """The report on ratings that were read, made in a process of its own, so that no page of others waits for it.

    `reference` is the rater whose answers are the agreed ones, empty where there is none. `report` is told the seconds
    that went by; whatever it raises ends the measurement.

    Raises:
        NotFound: the reference rated nothing.
        Unavailable: it took longer or more memory than a page may ask for.
    """
    if reference:
        find_rater(found.tables, reference)
    request, begun = Request(found, name, reference, context.now()), time.monotonic()
    while not _turn.acquire(timeout=_WAIT_SECONDS):
        report(time.monotonic() - begun)
    try:
        return _ask(request, lambda: report(time.monotonic() - begun))
    finally:
        _turn.release()


def _ask(request: Request, tick: Callable[[], None]) -> RatingsReport:
    with tempfile.TemporaryDirectory(prefix="plumbline-ratings-") as folder:
        asked, answered = Path(folder, "asked"), Path(folder, "answered")
        keep(request, asked)
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", "qa_app.workflows.ratings_child", str(asked), str(answered)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # may quote the file
            env={**os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},
        )
        try:
            end = time.monotonic() + _LONGEST_SECONDS
            while child.poll() is None and time.monotonic() < end:
                tick()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(_WAIT_SECONDS)
        finally:
            child.kill()
            child.wait()
        if child.returncode != 0:
            raise Unavailable(
                "ratings-too-large",
                "Measuring this took more time or memory than a page may ask for; use `plumbline agreement` on the "
                "command line, or split the file.",
            )
        return take_report(answered)


def _read(path: Path, file_name: str) -> tuple[Grid, ...]:
    if Path(file_name).suffix.lower() == ".xlsx":
        return tuple(grid for grid in read_workbook(path, file_name=file_name) if not grid.hidden)
    return (read_csv(path, file_name=file_name, options={}),)


def _guess_layout(table: Table, unclear: list[str]) -> Layout:
    """Known names of columns first; what is left over are raters or criteria."""
    known = {part: _find(table, names) for part, names in _NAMES.items()}
    item, rater, criterion, value = (known[part] for part in ("item", "rater", "criterion", "value"))
    if not item:
        item = next((name for name in table.header if name not in {rater, criterion, value}), table.header[0])
        unclear.append(f"Which column names the item that was rated? It looks like {item!r}.")
    rest = tuple(name for name in table.header if name not in {item, rater, criterion, value})
    if rater and value:
        return Layout(Shape.LONG, item, rater, criterion, value)
    columns = (*rest, *([value] if value else []))
    if not columns:
        unclear.append("No column is left for the ratings. Which ones are they?")
    if rater:
        unclear.append(f"Is each of these columns a criterion: {', '.join(columns[:5])}?")
        return Layout(Shape.BY_CRITERION, item, rater, columns=columns)
    unclear.append(f"Is each of these columns a rater: {', '.join(columns[:5])}?")
    return Layout(Shape.BY_RATER, item, criterion=criterion, columns=columns)


def _find(table: Table, names: Sequence[str]) -> str:
    """The first column that is called by one of these names, tried in their order."""
    by_name = {normalise(column): column for column in reversed(table.header)}
    return next((by_name[name] for name in map(normalise, names) if name in by_name), "")


def _guess_level(given: Sequence[str], words: Sequence[str]) -> LevelName:
    if words:
        return LevelName.NOMINAL
    numbers = {float(text) for text in given}
    steps = all(number.is_integer() for number in numbers) and len(numbers) <= _STEPS_OF_A_SCALE
    return LevelName.ORDINAL if steps else LevelName.INTERVAL


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _write(cell: Cell) -> str:
    """A cell as the file shows it; what a spreadsheet stores as 3.0 is the 3 that people typed."""
    match cell:
        case None | Unreadable():
            return ""
        case Decimal():
            return f"{cell.normalize():f}"
        case _:
            return str(cell)
