"""Where the blocks of a plan stand: rows, columns, widths and the heights of merged rows.

Pure. Widths are in characters of the body font (the width of a digit), heights in points, as spreadsheets count them.
Programs fit the height of a row by themselves unless its cells are merged, so only merged rows are measured here;
the measure is a rough table of character widths, a little too wide on purpose.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qa_app.workbooks import text
from qa_app.workbooks.plan import Block, Cell, Chart, Column, Facts, PageBreak, Row, Sheet, Style, Table, Text
from qa_app.workbooks.words import write_number

LINE_HEIGHT = 12.9
TALLEST_ROW = 405.0
"""Just below the 409 points that Excel allows."""
CHART_ROW_HEIGHT = 15.0
GAP_HEIGHT = 12.0
TOP_MARGIN, BOTTOM_MARGIN, SIDE_MARGINS = 0.75, 0.6, 0.8
"""Inches, as page margins are given; the side margins are both together."""
_A4_LONG, _A4_SHORT, _LETTER_LONG, _LETTER_SHORT = 841.9, 595.3, 792.0, 612.0
"""Points."""
_AIR = 3.5

_WIDTHS = {
    character: width
    for width, characters in (
        (0.45, "ijl'’|"),
        (0.5, "ftI.,:;!/\\[] \u00a0"),
        (0.65, 'r(){}-`"“”*'),
        (0.9, "ckxvyzsJ"),
        (1.2, "ABEFKLPSTVXYZ&+=<>~±"),
        (1.4, "CDGHNOQRUw"),
        (1.7, "mMW%@"),
        (1.9, "—…▲▼△⚠✓✗←×"),
    )
    for character in characters
}
"""Of Arial, in digits, rounded up; every other character of a line counts as one digit, or as two where it is wide."""
_SLACK = 1.06
"""Print draws letters a little wider than the screen, on which widths are counted."""
_THINNEST = 0.45
_PADDING = 2.2
"""What a cell keeps free at its sides, indent included."""
_FILTER_BUTTON = 2.0
_SHORT_HEADER = 10
_SHORT_TABLE = 8
"""Rows of a table that is never torn apart."""
_SCALE = {
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
_DIGITS = {Style.FACT_SCORE: 1, Style.ONE_DIGIT: 1, Style.TWO_DIGITS: 2}


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
        row += here.rows + (1 if _has_gap(block) else 0)
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


def measure_columns(sheet: Sheet) -> tuple[float, ...]:
    """The sheet's grid, or widths fitted to its tables within the limits of their columns."""
    if sheet.grid:
        return sheet.grid
    widths = [8.0] * count_columns(sheet)
    for table in sheet.blocks:
        if isinstance(table, Table):
            for index, column in enumerate(table.columns):
                widths[index] = max(widths[index], _fit_column(table, index, column))
    return tuple(widths)


def read_spots(placed: Placed, columns: int) -> Iterator[Spot]:
    """Every place that a block writes to, in reading order."""
    block, row = placed.block, placed.row
    match block:
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
            for offset, cells in enumerate(block.rows, start=1):
                yield from _read_row(block, cells, row + offset)
        case Chart() | PageBreak():
            return


def count_lines(written: str, width: float, *, scale: float = 1.0) -> int:
    """Lines that a text takes when wrapped at `width` characters."""
    return sum(_count_wrapped(line, width, scale) for line in written.split("\n"))


def cut_to_height(written: str, width: float, *, most_lines: int) -> tuple[str, ...]:
    """Pieces of a text that take at most so many lines each; put together they are the text again."""
    pieces: list[str] = []
    rest = written
    more_than_fits = int(most_lines * width / _THINNEST) + 1
    while len(rest) > more_than_fits or count_lines(rest, width) > most_lines:
        fits, too_long = 1, min(len(rest), more_than_fits)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if count_lines(rest[:middle], width) <= most_lines:
                fits = middle
            else:
                too_long = middle
        end = max(rest.rfind(" ", 0, fits), rest.rfind("\n", 0, fits)) + 1
        end = end if end > fits // 2 else fits
        pieces.append(rest[:end])
        rest = rest[end:]
    return (*pieces, rest)


def measure_rows(sheet: Sheet) -> Mapping[int, float]:
    """Height of every row that something stands in."""
    widths, heights = measure_columns(sheet), dict[int, float]()
    for placed in place(sheet):
        if isinstance(placed.block, Chart):
            heights |= dict.fromkeys(range(placed.row, placed.row + placed.rows), CHART_ROW_HEIGHT)
        for spot in read_spots(placed, len(widths)):
            heights[spot.row] = max(heights.get(spot.row, 0.0), _measure_height(spot, widths))
    return heights


def find_breaks(sheet: Sheet) -> tuple[int, ...]:
    """Rows that start a page: where the plan says so, and where a heading or a chart would be torn from its rest.

    Programs differ in how much they print on a page, so what must stay together stays so on a short and on a long one.
    Everything else flows on as the program likes.
    """
    heights = measure_rows(sheet)
    repeated = heights[find_header(sheet)]
    pages = [_Page(capacity, repeated) for capacity in _measure_pages(sheet)]
    breaks: list[int] = []

    def start_page(row: int) -> None:
        breaks.append(row)
        for page in pages:
            page.used = repeated

    blocks = place(sheet)
    for index, placed in enumerate(blocks):
        opening = sum(heights[row] for row in _find_opening(blocks[index:]))
        forced = index > 0 and isinstance(blocks[index - 1].block, PageBreak)
        if placed.rows and placed.row > 1 and (forced or any(page.tears(opening) for page in pages)):
            start_page(placed.row)
        for row in range(placed.row, placed.row + placed.rows):
            if pages[-1].tears(sum(heights[kept] for kept in _find_kept(placed, row))):
                start_page(row)
            for page in pages:
                page.fill(heights[row])
        for page in pages:
            page.used += GAP_HEIGHT if _has_gap(placed.block) else 0.0
    return tuple(breaks)


def find_header(sheet: Sheet) -> int:
    """The row that is repeated on every page."""
    for placed in place(sheet):
        if isinstance(placed.block, Table) and placed.block.name and placed.block.name == sheet.header:
            return placed.row
    return 1


def find_cuts(sheets: tuple[Sheet, ...]) -> tuple[tuple[str, str, int], ...]:
    """Texts too long for a cell: sheet, cell and length. Each is cut visibly when it is written."""
    return tuple(
        (sheet.title, write_address(spot.row, spot.first), len(text.clean(spot.cell.value)))
        for sheet in sheets
        for placed in place(sheet)
        for spot in read_spots(placed, count_columns(sheet))
        if isinstance(spot.cell.value, str) and text.fit(spot.cell.value).cut
    )


def write_address(row: int, column: int) -> str:
    """Such as `AB12`."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row}"


def _measure_height(spot: Spot, widths: tuple[float, ...]) -> float:
    """Points that a spot needs when its text wraps."""
    scale = _SCALE.get(spot.style, 1.0)
    if not isinstance(spot.cell.value, str):
        return LINE_HEIGHT + _AIR
    width = (sum(widths[spot.first - 1 : spot.last]) - _PADDING) / _SLACK
    lines = count_lines(spot.cell.value, width, scale=scale)
    return min(TALLEST_ROW, lines * LINE_HEIGHT * max(scale, 1.0) + _AIR)


@dataclass(slots=True)
class _Page:
    """A page being filled with rows, in points."""

    capacity: float
    repeated: float
    used: float = 0.0

    def tears(self, height: float) -> bool:
        """Whether so much would begin on this page and not fit on it."""
        return self.used > self.repeated and self.used + height > self.capacity

    def fill(self, height: float) -> None:
        """Put a row on this page, or on the next one where it is full."""
        self.used = height + (self.used if self.used + height <= self.capacity else self.repeated)


def _measure_pages(sheet: Sheet) -> tuple[float, float]:
    """Points of rows on the shortest and on the longest page, once the sheet is scaled to the width of the page."""
    wide, short, long = (
        (_LETTER_LONG, _A4_SHORT, _LETTER_SHORT) if sheet.landscape else (_A4_SHORT, _LETTER_LONG, _A4_LONG)
    )
    needed = sum(width * 7 + 5 for width in measure_columns(sheet)) * 0.75
    scale = min(1.0, (wide - SIDE_MARGINS * 72) / needed)
    margins = (TOP_MARGIN + BOTTOM_MARGIN) * 72
    return 0.99 * (short - margins) / scale, _SLACK * (long - margins) / scale


def _find_opening(blocks: tuple[Placed, ...]) -> Iterator[int]:
    """Rows that must stay on one page with the first of these blocks: a heading takes the start of what follows."""
    for placed in blocks:
        match placed.block:
            case Text():
                yield placed.row
                continue
            case Table():
                yield from range(placed.row, placed.row + (placed.rows if placed.rows <= _SHORT_TABLE else 2))
            case _:
                yield from range(placed.row, placed.row + placed.rows)
        return


def _find_kept(placed: Placed, row: int) -> range:
    """Rows of a table that stay together from this one on: it, the rows that belong to it, and what it heads."""
    block, end = placed.block, row + 1
    if not isinstance(block, Table) or block.name or row == placed.row:
        return range(0)
    rows = block.rows[row - placed.row - 1 :]
    if rows[0][0].value is None:
        return range(0)
    if len(rows[0]) == 1 and len(rows) > 1:
        end += 1
    while end - row < len(rows) and rows[end - row][0].value is None:
        end += 1
    return range(row, end) if end - row <= _SHORT_TABLE else range(0)


def _has_gap(block: Block) -> bool:
    return isinstance(block, Table | Facts | Chart)


def _count_rows(block: Block) -> int:
    match block:
        case Text() | Row():
            return 1
        case Facts():
            return -(-len(block.pairs) * 2 // len(block.spans))
        case Table():
            return 1 + len(block.rows)
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


def _read_row(table: Table, cells: tuple[Cell, ...], row: int) -> Iterator[Spot]:
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
    whole = _measure(column.header)
    header = whole if whole <= _SHORT_HEADER else max(_measure(word) for word in column.header.split())
    shown = (_write_shown(row[index], row[index].style or column.style) for row in table.rows if len(row) > 1)
    widest = max((_measure(line) for cell in shown for line in cell.split("\n")), default=0.0)
    widest *= _SCALE.get(column.style, 1.0)
    wanted = max(header * _SCALE[Style.HEADER] + _FILTER_BUTTON, widest) * _SLACK + _PADDING + 0.1
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
        case _:
            return write_number(cell.value, _DIGITS.get(style, 0))


def _count_wrapped(line: str, width: float, scale: float) -> int:
    """Lines of one paragraph, filled word by word; a word wider than the line is broken."""
    lines, used = 1, 0.0
    for word in line.split(" "):
        size = _measure(word) * scale
        space = _WIDTHS[" "] * scale if used else 0.0
        if used + space + size <= width:
            used += space + size
            continue
        lines += 1 if used else 0
        broken, used = divmod(size, width)
        lines += int(broken)
    return lines


def _measure(line: str) -> float:
    """Width of a line in digits."""
    return sum(_measure_character(character) for character in line)


def _measure_character(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    return 1.9 if unicodedata.east_asian_width(character) in {"W", "F"} else 1.0 + 0.3 * character.isupper()
