"""Writes a planned book as an .xlsx file. The only module that opens openpyxl, with `styles` and `charts`.

Decides nothing about content. Every text is written as text: typed so, marked with Excel's quote prefix, freed of
what a workbook cannot hold, cut visibly where it is too long. No formula is ever written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import BinaryIO

from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles import Color
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as _PagePart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.workbooks import text
from qa_app.workbooks.charts import make_chart
from qa_app.workbooks.entry import open_cells, protect
from qa_app.workbooks.layout import (
    GAP_HEIGHT,
    Placed,
    Spot,
    find_anchors,
    measure_columns,
    measure_rows,
    place,
    read_spots,
)
from qa_app.workbooks.pages import BOTTOM_MARGIN, SIDE_MARGINS, TOP_MARGIN, find_breaks, find_header
from qa_app.workbooks.plan import Book, Chart, Link, Mark, OneOf, Shade, Sheet, Table, Value, WebLink
from qa_app.workbooks.styles import ACCENT, AMBER, WHITE, add_styles, shade

_A4 = 9
_CELL_PADDING = 0.71
"""What Excel adds to a column's width in characters for its padding of 5 pixels."""
_FIRST_DAY = date(1900, 3, 1)
"""Sheets count days from here on rightly; earlier ones are written as text."""

_Targets = Mapping[tuple[str, str], str]
"""Sheet title of the plan and anchor to the place in the file."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet being written."""

    sheet: Sheet
    into: Worksheet
    placed: tuple[Placed, ...]
    widths: tuple[float, ...]
    targets: _Targets


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a table that charts draw from stands."""

    sheet: Worksheet
    table: Table
    header_row: int


def write_book(book: Book, target: BinaryIO) -> None:
    """Write the whole book."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook)
    titles = text.name_sheets(sheet.title for sheet in book.sheets)
    targets = {
        (sheet.title, anchor): f"'{title}'!A{row}"
        for sheet, title in zip(book.sheets, titles, strict=True)
        for anchor, row in find_anchors(sheet).items()
    }
    pages = [
        _Page(sheet, workbook.create_sheet(title), place(sheet), measure_columns(sheet), targets)
        for sheet, title in zip(book.sheets, titles, strict=True)
    ]
    sources = {
        placed.block.name: _Source(page.into, placed.block, placed.row)
        for page in pages
        for placed in page.placed
        if isinstance(placed.block, Table) and placed.block.name
    }
    for page in pages:
        _write_sheet(page, sources)
        _set_up_print(page, book)
    _describe(workbook, book)
    workbook.save(target)


def _write_sheet(page: _Page, sources: Mapping[str, _Source]) -> None:
    into = page.into
    into.sheet_view.showGridLines = False
    into.sheet_format.defaultRowHeight, into.sheet_format.customHeight = GAP_HEIGHT, True
    for index, width in enumerate(page.widths, start=1):
        into.column_dimensions[get_column_letter(index)].width = width + _CELL_PADDING
    for placed in page.placed:
        for spot in read_spots(placed, len(page.widths)):
            _write_spot(page, spot)
        match placed.block:
            case Table():
                _finish_table(page, placed.block, placed.row)
                open_cells(into, placed.block, placed.row, _find_ranges(sources))
            case Chart():
                _hang_chart(page, placed.block, placed.row, sources)
            case _:
                pass
    for row, height in measure_rows(page.sheet).items():
        into.row_dimensions[row].height = round(height, 2)
    for row in find_breaks(page.sheet):
        into.row_breaks.append(Break(id=row - 1))
    into.sheet_state = "hidden" if page.sheet.hidden else "visible"
    if page.sheet.protected:
        protect(into)


def _write_spot(page: _Page, spot: Spot) -> None:
    for column in range(spot.first, spot.last + 1):
        page.into.cell(spot.row, column).style = spot.style.value
    cell = page.into.cell(spot.row, spot.first)
    if isinstance(cell, MergedCell):
        raise TypeError(f"{cell.coordinate} is written twice")
    _write_value(cell, spot.cell.value)
    match spot.cell.link:
        case Link(sheet=sheet, anchor=anchor):
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=page.targets[sheet, anchor])
        case WebLink(url=url) if text.accept_url(url):
            cell.hyperlink = Hyperlink(ref=cell.coordinate, target=url)
        case _:
            pass
    if spot.last > spot.first:
        page.into.merge_cells(start_row=spot.row, end_row=spot.row, start_column=spot.first, end_column=spot.last)


def _write_value(cell: SheetCell, value: Value) -> None:
    match value:
        case None | "":
            return
        case str():
            _write_text(cell, value)
        case date() if (value.date() if isinstance(value, datetime) else value) < _FIRST_DAY:
            _write_text(cell, value.isoformat(" ") if isinstance(value, datetime) else value.isoformat())
        case date():
            cell.value = value
        case _:
            cell.value = value


def _write_text(cell: SheetCell, written: str) -> None:
    """Text stays text: openpyxl takes `=1+1` for a formula and `#N/A` for an error until the type is set."""
    cell.value = text.fit(written).text
    cell.data_type = "s"
    cell.quotePrefix = True


def _finish_table(page: _Page, table: Table, row: int) -> None:
    """Colours by content, and the real table over the cells."""
    last = row + len(table.rows)
    rules = [(mark.column, _make_mark(mark, table, row)) for mark in table.marks]
    rules += [(scale.column, _make_shade(scale)) for scale in table.shades]
    for header, rule in rules:
        letter = _find_letter(table, header)
        page.into.conditional_formatting.add(f"{letter}{row + 1}:{letter}{last}", rule)
    if table.name and not table.plain:
        reference = f"A{row}:{get_column_letter(len(table.columns))}{last}"
        page.into.add_table(ExcelTable(name=table.name, displayName=table.name, ref=reference))


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


def _hang_chart(page: _Page, chart: Chart, row: int, sources: Mapping[str, _Source]) -> None:
    """The chart over free rows and over all columns of its sheet, so it can leave neither its place nor the page."""
    source = sources[chart.table]
    drawing = make_chart(source.sheet, chart, source.table, header_row=source.header_row)
    drawing.anchor = TwoCellAnchor(  # type: ignore[assignment]  # the stubs know only its default, a cell
        _from=AnchorMarker(col=0, row=row - 1),
        to=AnchorMarker(col=len(page.widths), row=row - 1 + chart.height),
    )
    page.into.add_chart(drawing)


def _set_up_print(page: _Page, book: Book) -> None:
    """Every sheet: one page wide, a header row on every page, what it is and which page of how many."""
    into, last = page.into, page.placed[-1]
    header_row = find_header(page.sheet)
    into.print_title_rows = f"{header_row}:{header_row}"
    if page.sheet.header and page.sheet.freeze:
        into.freeze_panes = f"{get_column_letter(page.sheet.frozen_columns + 1)}{header_row + 1}"
    bottom = max(last.row + last.rows - 1, 1)
    into.print_area = f"A1:{get_column_letter(len(page.widths))}{bottom}"
    into.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    into.sheet_properties.tabColor = Color(ACCENT)
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
        left=_PagePart("Plumbline", size=8),
        center=_PagePart("Page &P of &N", size=8),
        right=_PagePart(f"{book.made_at:%Y-%m-%d %H:%M}", size=8),
    )


def _describe(workbook: Workbook, book: Book) -> None:
    properties = workbook.properties
    properties.title = text.fit_property(book.title)
    properties.subject = text.fit_property(book.subject)
    properties.creator = properties.lastModifiedBy = "Plumbline"
    properties.created = properties.modified = book.made_at.astimezone(UTC).replace(tzinfo=None)
