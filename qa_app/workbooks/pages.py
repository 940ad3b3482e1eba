"""Where printed pages end. Pure.

Programs differ in how much they print on a page, and people in their paper. So what must stay together stays together
on the shortest page that is likely and on the longest; everything else flows on as the program likes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa_app.workbooks.layout import GAP_HEIGHT, Placed, has_gap, measure_columns, measure_rows, place
from qa_app.workbooks.measure import SLACK
from qa_app.workbooks.plan import Letterhead, PageBreak, Sheet, Table, Text

TOP_MARGIN, BOTTOM_MARGIN, SIDE_MARGINS = 0.75, 0.6, 0.8
"""Inches, as page margins are given; the side margins are both together."""
_A4_LONG, _A4_SHORT, _LETTER_LONG, _LETTER_SHORT = 841.9, 595.3, 792.0, 612.0
"""Points."""
_SHORT_TABLE = 8
"""Rows of a table that is never torn apart."""


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


def find_breaks(sheet: Sheet, heights: Mapping[int, float] | None = None) -> tuple[int, ...]:
    """Rows that start a page: where the plan says so, and where a heading or a chart would be torn from its rest.

    `heights`: of the sheet's rows, where they are measured already.
    """
    heights = measure_rows(sheet) if heights is None else heights
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
            page.used += GAP_HEIGHT if has_gap(placed.block) else 0.0
    return tuple(breaks)


def find_header(sheet: Sheet) -> int:
    """The row that is repeated on every page."""
    for placed in place(sheet):
        if isinstance(placed.block, Table) and placed.block.name and placed.block.name == sheet.header:
            return placed.row
    return 2 if isinstance(sheet.blocks[0], Letterhead) else 1


def _measure_pages(sheet: Sheet) -> tuple[float, float]:
    """Points of rows on the shortest and on the longest page, once the sheet is scaled to the width of the page."""
    wide, short, long = (
        (_LETTER_LONG, _A4_SHORT, _LETTER_SHORT) if sheet.landscape else (_A4_SHORT, _LETTER_LONG, _A4_LONG)
    )
    printed = measure_columns(sheet)[: sheet.printed_columns]
    needed = sum(width * 7 + 5 for width in printed) * 0.75
    scale = min(1.0, (wide - SIDE_MARGINS * 72) / needed)
    margins = (TOP_MARGIN + BOTTOM_MARGIN) * 72
    return 0.99 * (short - margins) / scale, SLACK * (long - margins) / scale


def _find_opening(blocks: tuple[Placed, ...]) -> Iterator[int]:
    """Rows that must stay on one page with the first of these blocks: a heading takes the start of what follows."""
    for placed in blocks:
        match placed.block:
            case Text():
                yield placed.row
                continue
            case Table(plain=True):  # the header is repeated on the next page
                yield from range(placed.row, placed.row + 2)
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
    rows = block.known_rows[row - placed.row - 1 :]
    if rows[0][0].value is None:
        return range(0)
    if len(rows[0]) == 1 and len(rows) > 1:
        end += 1
    while end - row < len(rows) and rows[end - row][0].value is None:
        end += 1
    return range(row, end) if end - row <= _SHORT_TABLE else range(0)
