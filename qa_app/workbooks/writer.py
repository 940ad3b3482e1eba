"""Writes a planned book as an .xlsx file. The only module that opens openpyxl, with `stream`, `styles` and `charts`.

Decides nothing about content. Every text is written as text: typed so, marked with Excel's quote prefix, freed of
what a workbook cannot hold, cut visibly where it is too long. The only formulas are those of `plan.Rule`. Sheets go
to the disk row by row, so memory does not grow with them.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC
from itertools import groupby
from typing import BinaryIO, cast

from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor, TwoCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles import Color
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as _PagePart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.house import House
from qa_app.words import write_day
from qa_app.workbooks import text
from qa_app.workbooks.charts import make_chart
from qa_app.workbooks.entry import hide_columns, open_cells, protect
from qa_app.workbooks.layout import (
    CHART_ROW_HEIGHT,
    GAP_HEIGHT,
    LETTERHEAD_HEIGHT,
    ONE_LINE,
    Placed,
    Spot,
    find_anchors,
    measure_columns,
    measure_height,
    measure_rows,
    place,
    read_row,
    read_spots,
)
from qa_app.workbooks.measure import WIDEST
from qa_app.workbooks.pages import BOTTOM_MARGIN, SIDE_MARGINS, TOP_MARGIN, find_breaks, find_header
from qa_app.workbooks.plan import Book, Cell, Chart, Later, Letterhead, Link, Mark, OneOf, Shade, Sheet, Table, WebLink
from qa_app.workbooks.stream import CellWriter, SheetStream
from qa_app.workbooks.styles import AMBER, WHITE, add_styles, shade

_A4 = 9
_CELL_PADDING = 0.71
"""What Excel adds to a column's width in characters for its padding of 5 pixels."""
_MOST_LINKS = 65_530
"""On one sheet; with more, Excel calls the file damaged."""
_EMU = 12_700
"""In a point."""

_Targets = Mapping[tuple[str, str], str]
"""Sheet title of the plan and anchor to the place in the file."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a table that charts draw from stands."""

    sheet: Worksheet
    table: Table
    header_row: int


@dataclass(frozen=True, slots=True)
class _File:
    """A book being written."""

    book: Book
    house: House
    cells: CellWriter
    targets: dict[tuple[str, str], str]
    sources: dict[str, _Source]
    table_names: set[str] = field(default_factory=set)
    """Lower case: Excel takes two tables of one name for damage."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet being written."""

    file: _File
    sheet: Sheet
    into: Worksheet
    placed: tuple[Placed, ...]
    widths: tuple[float, ...]

    @property
    def printed(self) -> int:
        """Columns that are printed, over which headings go."""
        return self.sheet.printed_columns or len(self.widths)


def write_book(book: Book, target: BinaryIO, house: House | None = None) -> None:
    """Write the whole book as the house has it; whatever stops it (rows may be lazy) leaves no file behind.

    Raises:
        ValueError: two tables have the same name, or a sheet has more links than Excel can open.
    """
    house = house or House()
    workbook = Workbook(write_only=True)
    add_styles(workbook, house)
    titles = text.name_sheets(sheet.title for sheet in book.sheets)
    into = [cast("Worksheet", workbook.create_sheet(title)) for title in titles]
    file = _File(book, house, CellWriter(workbook), {}, {})
    pages: list[_Page | None] = []
    for number, (sheet, title) in enumerate(zip(book.sheets, titles, strict=True)):
        file.targets[sheet.title, ""] = f"'{title}'!A1"
        planned = _add_letterhead(sheet, house) if isinstance(sheet, Sheet) and number == 0 else sheet
        pages.append(_open_page(file, planned, into[number]) if isinstance(planned, Sheet) else None)
    with ExitStack() as unfinished:
        for page, planned, sheet_file in zip(pages, book.sheets, into, strict=True):
            now = planned.plan(file.cells.cuts) if isinstance(planned, Later) else planned
            _write_sheet(page or _open_page(file, now, sheet_file), unfinished)
        _describe(workbook, book)
        workbook.save(target)


def _add_letterhead(sheet: Sheet, house: House) -> Sheet:
    if not house.name and house.logo is None:
        return sheet
    return replace(sheet, blocks=(Letterhead(house.name), *sheet.blocks))


def _open_page(file: _File, sheet: Sheet, into: Worksheet) -> _Page:
    """Lay the sheet out, and note what other sheets refer to."""
    page = _Page(file, sheet, into, place(sheet), measure_columns(sheet))
    for anchor, row in find_anchors(sheet).items():
        file.targets[sheet.title, anchor] = f"'{into.title}'!A{row}"
    for placed in page.placed:
        if isinstance(placed.block, Table) and placed.block.name:
            file.sources[placed.block.name] = _Source(into, placed.block, placed.row)
    return page


def _write_sheet(page: _Page, unfinished: ExitStack) -> None:
    """The sheet as a file of its own, which is removed with what is `unfinished`."""
    into, header_row = page.into, find_header(page.sheet)
    into.sheet_view.showGridLines = False
    into.sheet_format.defaultRowHeight, into.sheet_format.customHeight = GAP_HEIGHT, True
    into.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    into.sheet_properties.tabColor = Color(page.file.house.accent)
    for index, width in enumerate(page.widths, start=1):
        into.column_dimensions[get_column_letter(index)].width = width + _CELL_PADDING
    for placed in page.placed:
        if isinstance(placed.block, Table):
            hide_columns(into, placed.block)
    into.sheet_state = "hidden" if page.sheet.hidden else "visible"
    if page.sheet.protected:
        protect(into)
    if page.sheet.header and page.sheet.freeze:
        into.freeze_panes = f"{get_column_letter(page.sheet.frozen_columns + 1)}{header_row + 1}"
    stream = SheetStream(cast("WriteOnlyWorksheet", into), _write_rows(page, header_row))
    unfinished.callback(stream.discard)
    into._writer = stream  # type: ignore[attr-defined]  # noqa: SLF001 - what openpyxl's own rows go through
    stream.write_top()
    into.close()  # type: ignore[attr-defined]  # write-only sheets have it
    into._hyperlinks = []  # type: ignore[attr-defined]  # noqa: SLF001 - written; a book may have many sheets


def _write_rows(page: _Page, header_row: int) -> Iterator[str]:
    """Every row from top to bottom, then what the sheet has below its rows."""
    heights = measure_rows(page.sheet)
    cells, title, last = page.file.cells, page.into.title, 1
    for placed in page.placed:
        if isinstance(placed.block, Chart):
            for row in range(placed.row, placed.row + placed.rows):
                yield cells.write_row(row, CHART_ROW_HEIGHT, (), sheet=title)
        for row, spots in groupby(read_spots(placed, page.printed), key=_row_of):
            listed = list(spots)
            _note_spots(page, listed)
            yield cells.write_row(row, heights[row], listed, sheet=title)
        last = placed.row + placed.rows - 1
        if isinstance(placed.block, Table) and placed.block.is_open:
            for last, listed in _read_open(placed.block, placed.row):
                _note_spots(page, listed)
                yield cells.write_row(last, _measure_row(listed, page.widths), listed, sheet=title)
        _finish_block(page, placed, last)
    for row in find_breaks(page.sheet, heights):
        page.into.row_breaks.append(Break(id=row - 1))
    _set_up_print(page, header_row, max(last, 1))


def _row_of(spot: Spot) -> int:
    return spot.row


def _read_open(table: Table, header_row: int) -> Iterator[tuple[int, list[Spot]]]:
    """Rows of a table as they come; an Excel table needs one, be it empty."""
    empty, row = True, header_row
    for row, cells in enumerate(table.rows, start=header_row + 1):
        empty = False
        yield row, list(read_row(table, cells, row))
    if empty:
        yield header_row + 1, list(read_row(table, (Cell(None),) * len(table.columns), header_row + 1))


def _measure_row(spots: Sequence[Spot], widths: tuple[float, ...]) -> float:
    """Height of a row, measured only where a text could be wider than its cell."""
    return max(
        (
            measure_height(spot, widths)
            for spot in spots
            if isinstance(value := spot.cell.value, str)
            and (len(value) * WIDEST > widths[spot.first - 1] or "\n" in value)
        ),
        default=ONE_LINE,
    )


def _note_spots(page: _Page, spots: Sequence[Spot]) -> None:
    """Links and merged cells, which stand below the rows."""
    into = page.into
    links = into._hyperlinks  # type: ignore[attr-defined]  # noqa: SLF001 - where openpyxl's own rows put theirs
    for spot in spots:
        place_written = f"{get_column_letter(spot.first)}{spot.row}"
        if spot.last > spot.first:
            area = CellRange(f"{place_written}:{get_column_letter(spot.last)}{spot.row}")
            into.merged_cells.ranges.add(area)
        match spot.cell.link:
            case Link(sheet=sheet, anchor=anchor):
                links.append(Hyperlink(ref=place_written, location=page.file.targets[sheet, anchor]))
            case WebLink(url=url) if text.accept_url(url):
                links.append(Hyperlink(ref=place_written, target=url))
            case _:
                pass
    if len(links) > _MOST_LINKS:
        raise ValueError(f"sheet {into.title!r} has more than {_MOST_LINKS:,} links")


def _finish_block(page: _Page, placed: Placed, last: int) -> None:
    match placed.block:
        case Table():
            _finish_table(page, placed.block, placed.row, last)
            open_cells(page.into, placed.block, placed.row, _find_ranges(page.file.sources))
        case Chart():
            _hang_chart(page, placed.block, placed.row)
        case Letterhead():
            _hang_logo(page, placed.row)
        case _:
            pass


def _finish_table(page: _Page, table: Table, row: int, last: int) -> None:
    """Colours by content, and the real table over the cells."""
    rules = [(mark.column, _make_mark(mark, table, row)) for mark in table.marks]
    rules += [(scale.column, _make_shade(scale)) for scale in table.shades]
    for header, rule in rules:
        letter = _find_letter(table, header)
        page.into.conditional_formatting.add(f"{letter}{row + 1}:{letter}{last}", rule)
    if not table.name or table.plain:
        return
    if table.name.casefold() in page.file.table_names:
        raise ValueError(f"two tables are called {table.name}")
    page.file.table_names.add(table.name.casefold())
    reference = f"A{row}:{get_column_letter(len(table.columns))}{last}"
    excel = ExcelTable(name=table.name, displayName=table.name, ref=reference)
    excel._initialise_columns()  # type: ignore[attr-defined]  # noqa: SLF001 - as openpyxl documents it
    headers = text.name_columns(column.header for column in table.columns)
    for column, header in zip(excel.tableColumns, headers, strict=True):
        column.name = text.fit(header).text
    page.into.tables.add(excel)


def _find_ranges(sources: Mapping[str, _Source]) -> Callable[[OneOf], str]:
    """Says where in the file the cells stand that a list offers."""

    def find(offered: OneOf) -> str:
        source = sources[offered.table]
        letter = _find_letter(source.table, offered.column)
        first, last = (source.header_row + 1 + row for row in (offered.rows[0], offered.rows[-1]))
        return f"'{source.sheet.title}'!${letter}${first}:${letter}${last}"

    return find


def _make_mark(mark: Mark, table: Table, row: int) -> Rule:
    prefix, first = mark.prefix, f"{_find_letter(table, mark.column)}{row + 1}"
    formula = f'LEFT({first},{len(prefix)})="{prefix}"'
    return Rule(type="beginsWith", operator="beginsWith", text=prefix, dxf=shade(mark.tone), formula=[formula])


def _make_shade(scale: Shade) -> Rule:
    stops = ColorScale(
        cfvo=[FormatObject(type="num", val=scale.low), FormatObject(type="num", val=scale.high)],
        color=[Color(WHITE), Color(AMBER)] if scale.strong == "high" else [Color(AMBER), Color(WHITE)],
    )
    return Rule(type="colorScale", colorScale=stops)


def _find_letter(table: Table, header: str) -> str:
    """The sheet column in which a table's column begins."""
    headers = [column.header for column in table.columns]
    before = table.columns[: headers.index(header)]
    return get_column_letter(1 + sum(column.span for column in before))


def _hang_chart(page: _Page, chart: Chart, row: int) -> None:
    """The chart over free rows and all printed columns of its sheet, so it can leave neither its place nor the page."""
    source, accent = page.file.sources[chart.table], page.file.house.accent
    drawing = make_chart(source.sheet, chart, source.table, header_row=source.header_row, accent=accent)
    drawing.anchor = TwoCellAnchor(  # type: ignore[assignment]  # the stubs know only its default, a cell
        _from=AnchorMarker(col=0, row=row - 1),
        to=AnchorMarker(col=page.printed, row=row - 1 + chart.height),
    )
    page.into.add_chart(drawing)


def _hang_logo(page: _Page, row: int) -> None:
    """The house's picture at the right end of its row, as large as fits without being distorted."""
    if page.file.house.logo is None:
        return
    picture = Image(io.BytesIO(page.file.house.logo))
    points = [width * 7 * 0.75 for width in page.widths]
    high, wide = LETTERHEAD_HEIGHT - 4, sum(points) / 3
    scale = min(high / picture.height, wide / picture.width)
    size = XDRPositiveSize2D(int(picture.width * scale * _EMU), int(picture.height * scale * _EMU))
    column, left = 0, sum(points) - picture.width * scale
    while left > points[column]:
        left -= points[column]
        column += 1
    start = AnchorMarker(col=column, colOff=int(left * _EMU), row=row - 1, rowOff=2 * _EMU)
    picture.anchor = OneCellAnchor(_from=start, ext=size)
    page.into.add_image(picture)


def _set_up_print(page: _Page, header_row: int, bottom: int) -> None:
    """Every sheet: one page wide, a header row on every page, what it is and which page of how many."""
    into, book, house = page.into, page.file.book, page.file.house
    into.print_title_rows = f"{header_row}:{header_row}"
    into.print_area = f"A1:{get_column_letter(page.printed)}{bottom}"
    into.page_setup.paperSize = _A4
    into.page_setup.orientation = "landscape" if page.sheet.landscape else "portrait"
    into.page_setup.fitToWidth, into.page_setup.fitToHeight = 1, 0
    into.page_margins = PageMargins(
        left=SIDE_MARGINS / 2, right=SIDE_MARGINS / 2, top=TOP_MARGIN, bottom=BOTTOM_MARGIN, header=0.35, footer=0.3
    )
    into.oddHeader = HeaderFooterItem(
        left=_PagePart(text.fit_page_text(book.title), size=8),
        right=_PagePart(text.fit_page_text(page.sheet.title), size=8),
    )
    into.oddFooter = HeaderFooterItem(
        left=_PagePart(text.fit_page_text(house.name or "Plumbline"), size=8),
        center=_PagePart("Page &P of &N", size=8),
        right=_PagePart(f"made {write_day(book.made_at)}, {book.made_at:%H:%M}", size=8),
    )


def _describe(workbook: Workbook, book: Book) -> None:
    properties = workbook.properties
    properties.title = text.fit_property(book.title)
    properties.subject = text.fit_property(book.subject)
    properties.creator = properties.lastModifiedBy = "Plumbline"
    properties.created = properties.modified = book.made_at.astimezone(UTC).replace(tzinfo=None)
