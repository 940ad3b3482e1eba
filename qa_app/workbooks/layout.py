"""Where the blocks of a plan stand: rows, columns, and how wide and high these are.

Pure. Widths are in characters of the body font (the width of a digit), heights in points, as spreadsheets count them.
Every row gets a height: not all programs fit rows to wrapped text by themselves, and none where cells are merged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from qa_app.words import write_number
from qa_app.workbooks import text
from qa_app.workbooks.measure import SLACK, count_lines, longest_part, measure_line
from qa_app.workbooks.plan import (
    Block,
    Cell,
    Chart,
    Column,
    Facts,
    Formula,
    Letterhead,
    PageBreak,
    Row,
    Sheet,
    Style,
    Table,
    Text,
)

LINE_HEIGHT = 12.9
TALLEST_ROW = 405.0
"""Just below the 409 points that Excel allows."""
LETTERHEAD_HEIGHT = 40.0
CHART_ROW_HEIGHT = 15.0
GAP_HEIGHT = 12.0
_AIR = 3.5
ONE_LINE = LINE_HEIGHT + _AIR
"""Height of a row in which nothing wraps."""

_PADDING = 2.2
"""What a cell keeps free at its sides, indent included."""
_FILTER_BUTTON = 2.0
_SHORT_HEADER = 10
_SCALE = {
    Style.LETTERHEAD: 1.2,
    Style.TITLE: 1.8,
    Style.FIGURE: 1.8,
    Style.HEADING: 1.3,
    Style.STRONG: 1.08,
    Style.LABEL: 1.0,
    Style.HEADER: 1.08,
    Style.HEADER_NUMBER: 1.08,
    Style.HEADER_FILTER: 1.08,
    Style.SECTION: 1.08,
}
_DIGITS = {Style.FACT_SCORE: 1, Style.ONE_DIGIT: 1, Style.TWO_DIGITS: 2, Style.THREE_DIGITS: 3}


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with its first row, counted from 1."""

    block: Block
    row: int

    @property
    def rows(self) -> int:
        """Rows that the block itself takes, without the free row below it."""
        return _count_rows(self.block)


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where something is written: columns `first` to `last` of one row, counted from 1."""

    row: int
    first: int
    last: int
    cell: Cell
    style: Style


def place(sheet: Sheet) -> tuple[Placed, ...]:
    """The blocks from top to bottom; tables, facts and charts have a free row below them."""
    placed: list[Placed] = []
    row = 1
    for block in sheet.blocks:
        here = Placed(block, row)
        placed.append(here)
        row += here.rows + (1 if has_gap(block) else 0)
    return tuple(placed)


def find_anchors(sheet: Sheet) -> Mapping[str, int]:
    """The row of every anchor; the empty anchor is the top."""
    return {"": 1} | {
        placed.block.anchor: placed.row
        for placed in place(sheet)
        if isinstance(placed.block, Text) and placed.block.anchor
    }


def count_columns(sheet: Sheet) -> int:
    """Columns that a sheet uses, at least one."""
    return max([len(sheet.grid), 1, *(_count_columns(block) for block in sheet.blocks)])


def has_gap(block: Block) -> bool:
    """Whether a row is left free below the block."""
    return isinstance(block, Table | Facts | Chart)


def measure_columns(sheet: Sheet) -> tuple[float, ...]:
    """The sheet's grid, or widths fitted to its tables within the limits of their columns."""
    if sheet.grid:
        return sheet.grid
    widths = [8.0] * count_columns(sheet)
    for table in sheet.blocks:
        if isinstance(table, Table):
            for index, column in enumerate(table.columns):
                fitted = column.widest if table.is_open else _fit_column(table, index, column)
                widths[index] = max(widths[index], fitted)
    return tuple(widths)


def read_spots(placed: Placed, columns: int) -> Iterator[Spot]:
    """Every place that a block writes to, in reading order."""
    block, row = placed.block, placed.row
    match block:
        case Letterhead():
            yield Spot(row, 1, columns, Cell(block.name), Style.LETTERHEAD)
        case Text():
            yield Spot(row, 1, columns, Cell(block.text, block.style, block.link), block.style)
        case Row():
            for index, cell in enumerate(block.cells):
                first = 1 + index * block.span
                yield Spot(row, first, first + block.span - 1, cell, _choose_style(cell, Style.TEXT))
        case Facts():
            yield from _read_facts(block, row)
        case Table():
            yield from _read_headers(block, row)
            for offset, cells in enumerate(block.known_rows, start=1):
                yield from read_row(block, cells, row + offset)
        case Chart() | PageBreak():
            return


def measure_rows(sheet: Sheet) -> Mapping[int, float]:
    """Height of every row that something stands in."""
    widths, heights = measure_columns(sheet), dict[int, float]()
    for placed in place(sheet):
        if isinstance(placed.block, Chart):
            heights |= dict.fromkeys(range(placed.row, placed.row + placed.rows), CHART_ROW_HEIGHT)
        for spot in read_spots(placed, sheet.printed_columns or len(widths)):
            heights[spot.row] = max(heights.get(spot.row, 0.0), measure_height(spot, widths))
    return heights


def write_address(row: int, column: int) -> str:
    """Such as `AB12`."""
    return f"{_write_letters(column)}{row}"


@lru_cache(maxsize=16_384)
def _write_letters(column: int) -> str:
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def measure_height(spot: Spot, widths: tuple[float, ...]) -> float:
    """Points that a spot needs when its text wraps."""
    scale = _SCALE.get(spot.style, 1.0)
    if spot.style is Style.LETTERHEAD:
        return LETTERHEAD_HEIGHT
    if not isinstance(spot.cell.value, str) or not spot.cell.value:
        return ONE_LINE
    width = (sum(widths[spot.first - 1 : spot.last]) - _PADDING) / SLACK
    start = longest_part(spot.cell.value, width, lines=TALLEST_ROW / LINE_HEIGHT)
    lines = count_lines(start, width, scale=scale)
    return min(TALLEST_ROW, lines * LINE_HEIGHT * max(scale, 1.0) + _AIR)


def _count_rows(block: Block) -> int:
    match block:
        case Letterhead() | Text() | Row():
            return 1
        case Facts():
            return -(-len(block.pairs) * 2 // len(block.spans))
        case Table():
            return 1 + len(block.known_rows)
        case Chart():
            return block.height
        case PageBreak():
            return 0


def _count_columns(block: Block) -> int:
    match block:
        case Facts():
            return sum(block.spans)
        case Row():
            return block.span * len(block.cells)
        case Table():
            return sum(column.span for column in block.columns)
        case _:
            return 1


def _read_facts(facts: Facts, row: int) -> Iterator[Spot]:
    per_row = len(facts.spans) // 2
    for index, (label, cell) in enumerate(facts.pairs):
        offset, pair = divmod(index, per_row)
        first = 1 + sum(facts.spans[: pair * 2])
        middle = first + facts.spans[pair * 2]
        last = middle + facts.spans[pair * 2 + 1] - 1
        yield Spot(row + offset, first, middle - 1, Cell(label), Style.LABEL)
        yield Spot(row + offset, middle, last, cell, _choose_style(cell, Style.TEXT))


def _read_headers(table: Table, row: int) -> Iterator[Spot]:
    headers = text.name_columns(column.header for column in table.columns)
    first = 1
    for header, column in zip(headers, table.columns, strict=True):
        over_numbers = Style.HEADER_FILTER if table.name else Style.HEADER_NUMBER
        style = over_numbers if column.style.holds_number else Style.HEADER
        yield Spot(row, first, first + column.span - 1, Cell(header), style)
        first += column.span


def read_row(table: Table, cells: tuple[Cell, ...], row: int) -> Iterator[Spot]:
    """Every place that one row of a table writes to."""
    if len(cells) == 1 and len(table.columns) > 1:
        last = sum(column.span for column in table.columns)
        yield Spot(row, 1, last, cells[0], _choose_style(cells[0], Style.TEXT))
        return
    first = 1
    for cell, column in zip(cells, table.columns, strict=True):
        yield Spot(row, first, first + column.span - 1, cell, _choose_style(cell, column.style))
        first += column.span


def _choose_style(cell: Cell, usual: Style) -> Style:
    return cell.style or (Style.LINK if cell.link is not None else usual)


def _fit_column(table: Table, index: int, column: Column) -> float:
    """Wide enough for the longest line within the limits; a long header may wrap, but not within a word."""
    named = longest_part(column.header, column.widest, lines=1)
    whole = measure_line(named)
    header = whole if whole <= _SHORT_HEADER else max(map(measure_line, named.split()), default=0.0)
    rows = (row for row in table.known_rows if len(row) == len(table.columns))
    shown = (_write_shown(row[index], row[index].style or column.style) for row in rows)
    lines = (longest_part(line, column.widest, lines=1) for cell in shown for line in cell.split("\n"))
    widest = max(map(measure_line, lines), default=0.0)
    widest *= _SCALE.get(column.style, 1.0)
    wanted = max(header * _SCALE[Style.HEADER] + _FILTER_BUTTON, widest) * SLACK + _PADDING + 0.1
    return max(column.narrowest, min(wanted, column.widest))


def _write_shown(cell: Cell, style: Style) -> str:
    """About what a reader sees in the cell."""
    match cell.value:
        case None:
            return ""
        case str():
            return cell.value
        case datetime():
            return "2000-01-01 00:00"
        case date():
            return "2000-01-01"
        case Formula(result=result):
            return _write_shown(Cell(result), style)
        case _:
            return write_number(cell.value, _DIGITS.get(style, 0))
