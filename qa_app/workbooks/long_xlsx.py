"""A table of any length as a workbook, in flat memory.

openpyxl writes everything but the rows: styles, print set-up, properties, the methods sheet, and one sample row that
tells how it styles each kind of cell. The rows themselves are written here as the XML that such a sheet holds, which
takes a fraction of the time of a cell object for each value. Nothing here can write a formula: a text is an inline
string, whatever it starts with, and the element of a formula does not occur.
"""

import io
import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Self
from xml.sax.saxutils import escape as escape_xml
from zoneinfo import ZoneInfo

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.header_footer import _HeaderFooterPart as _PagePart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.house import House
from qa_app.words import write_moment
from qa_app.workbooks import text
from qa_app.workbooks.delimited import disarm
from qa_app.workbooks.long import MOST_CUT_NAMED, Describe, Kind, LongColumn, Pages, Row, Written, turn
from qa_app.workbooks.styles import FONT, INK, MUTED, WHITE

SHEET_ROWS = 1_048_576
"""Of any workbook; the header takes one."""

_A4 = 9
_SHORT = 100
_METHODS = "Methods"
_LEGIBLE = 230
"""Characters of columns side by side that are still legible on paper; more go on a further page."""
_LEVEL = 4
"""Of compression: a quarter larger than the usual 6, in less than half of the time."""
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no zone
"""From which sheets count days, since 1 March 1900 rightly."""
_AT_ONCE = 2**20
_LARGE = 2**31 - 2**27
"""Bytes of a sheet from where on the zip notes its size in eight bytes; up to there four are read by everything."""
_ROWS_END = b"</sheetData>"
_SAMPLE = re.compile(rb'<c r="([A-Z]+)2"(?: s="(\d+)")?')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')


@dataclass(frozen=True, slots=True)
class LongBook:
    """What stands around the rows."""

    title: str
    sheet: str
    made_at: datetime
    zone: ZoneInfo
    house: House
    columns: Sequence[LongColumn]


def write_xlsx(
    target: BinaryIO, book: LongBook, pages: Pages, describe: Describe, *, sheet_rows: int = SHEET_ROWS
) -> Written:
    """Write all rows; what does not fit one sheet goes on in the next, each with its header."""
    written = Written()
    spell = _Spelling(book, _read_styles(_build(book, [1], ())), written)
    with tempfile.TemporaryDirectory(prefix="plumbline-") as folder, _Spool(Path(folder)) as spool:
        for page in filter(None, pages):
            for rows in _portions(page, spool, sheet_rows - 1):
                spool.write(spell.write_rows(rows, first=spool.counts[-1] + 2, sheet=spool.sheets), len(rows))
        spool.close()
        written.rows, written.sheets = sum(spool.counts), spool.sheets
        _pack(target, _build(book, spool.counts, describe(written)), spool, len(book.columns))
    return written


def name_sheet(book_sheet: str, number: int) -> str:
    """What the sheets of rows are called."""
    return book_sheet if number == 1 else f"{book_sheet} {number}"


class _Spool:
    """The rows of each sheet in a file of its own, until it is known what goes around them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.counts = [0]
        self.paths = [folder / "1"]
        self._into = self.paths[0].open("wb")

    @property
    def sheets(self) -> int:
        return len(self.paths)

    def open_next(self) -> None:
        self._into.close()
        self.counts.append(0)
        self.paths.append(self._folder / str(len(self.paths) + 1))
        self._into = self.paths[-1].open("wb")

    def write(self, rows: bytes, count: int) -> None:
        self._into.write(rows)
        self.counts[-1] += count

    def close(self) -> None:
        self._into.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


def _portions(page: Sequence[Row], spool: _Spool, room: int) -> Iterator[Sequence[Row]]:
    """The page in parts that fit their sheets; the spool goes on to the next sheet where one is full."""
    start = 0
    while start < len(page):
        if spool.counts[-1] == room:
            spool.open_next()
        free = room - spool.counts[-1]
        yield page[start : start + free]
        start += free


class _Spelling:
    """Values as the XML of their cells, from the style on; the address comes before."""

    def __init__(self, book: LongBook, styles: dict[str, str], written: Written) -> None:
        self._columns = book.columns
        self._letters = [get_column_letter(place) for place in range(1, len(book.columns) + 1)]
        self._zone, self._sheet, self._written = book.zone, book.sheet, written
        self._text_style, self._armed_style, self._moment_style = (styles[key] for key in ("text", "armed", "moment"))
        self._known_text = lru_cache(maxsize=16384)(self._fit)
        spellings: dict[Kind, Callable[[Any], str]] = {
            Kind.TEXT: self._spell_text,
            Kind.MOMENT: lru_cache(maxsize=4096)(self._spell_moment),
            Kind.COUNT: _spell_number,
            Kind.EXACT: _spell_exact,
            Kind.FLAG: _spell_flag,
        }
        self._spell = [spellings[column.kind] for column in book.columns]

    def write_rows(self, rows: Sequence[Row], *, first: int, sheet: int) -> bytes:
        """The rows as XML; the first of them has this number on this sheet."""
        spelt = []
        for letter, one, values in zip(self._letters, self._spell, turn(rows), strict=True):
            before = self._written.cut
            spelt.append(list(map(one, values)))
            if self._written.cut > before:
                self._name_cuts(letter, values, first, sheet)
        return "".join(
            [self._write_row(number, cells) for number, cells in enumerate(zip(*spelt, strict=True), first)]
        ).encode()

    def _write_row(self, number: int, cells: Sequence[str]) -> str:
        parts = [f'<c r="{letter}{number}"{cell}' for letter, cell in zip(self._letters, cells, strict=True) if cell]
        return f'<row r="{number}">{"".join(parts)}</row>'

    def _spell_text(self, value: str | None) -> str:
        if not value:
            return ""
        return self._known_text(value) if len(value) <= _SHORT else self._fit(value)

    def _fit(self, value: str) -> str:
        fitted = text.fit(value)
        self._written.cut += fitted.cut
        style = self._armed_style if disarm(value)[:1] == "'" else self._text_style
        return f'{style} t="inlineStr"><is><t xml:space="preserve">{escape_xml(fitted.text)}</t></is></c>'

    def _spell_moment(self, value: datetime | None) -> str:
        if value is None:
            return ""
        days = (value.astimezone(self._zone).replace(tzinfo=None) - _DAY_ZERO) / timedelta(days=1)
        return f"{self._moment_style}><v>{days}</v></c>"

    def _name_cuts(self, letter: str, values: Sequence[str | None], first: int, sheet: int) -> None:
        for number, value in enumerate(values, first):
            if len(self._written.cut_cells) < MOST_CUT_NAMED and value and text.fit(value).cut:
                self._written.cut_cells.append(f"{name_sheet(self._sheet, sheet)}!{letter}{number}")


def _spell_number(value: int | None) -> str:
    return "" if value is None else f"><v>{value}</v></c>"


def _spell_exact(value: Decimal | None) -> str:
    return "" if value is None else f"><v>{value:f}</v></c>"


def _spell_flag(value: bool | None) -> str:  # noqa: FBT001 - a column's value
    return "" if value is None else f' t="b"><v>{int(value)}</v></c>'


def _build(book: LongBook, counts: Sequence[int], methods: Sequence[tuple[str, str]]) -> bytes:
    """The whole package but for the rows: each sheet has its header and the row of samples."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for number, count in enumerate(counts, start=1):
        _lay_out(workbook.create_sheet(name_sheet(book.sheet, number)), book, count)
    _write_methods(workbook.create_sheet(_METHODS), book, methods)
    properties = workbook.properties
    properties.title = text.fit_property(book.title)
    properties.creator = properties.lastModifiedBy = text.fit_property(book.house.name or "Plumbline")
    properties.created = properties.modified = book.made_at.astimezone(UTC).replace(tzinfo=None)
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()


def _lay_out(sheet: Worksheet, book: LongBook, count: int) -> None:
    for place, column in enumerate(book.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        _style_header(_write_text(sheet.cell(1, place), column.heading), book.house)
    last = get_column_letter(len(book.columns))
    _write_text(sheet.cell(2, 1), "text")
    _write_text(sheet.cell(2, 2), "=armed").quotePrefix = True
    moment = sheet.cell(2, 3, datetime(2026, 1, 1))  # noqa: DTZ001 - sheets know no zone
    moment.number_format = f"{book.house.date_format.value} hh:mm:ss"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{count + 1}"
    wide = math.ceil(sum(column.width for column in book.columns) / _LEGIBLE)
    _set_up_print(sheet, book, f"A1:{last}{count + 1}", pages_wide=wide)


def _set_up_print(sheet: Worksheet, book: LongBook, area: str, *, pages_wide: int = 1) -> None:
    sheet.print_title_rows, sheet.print_area = "1:1", area
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.paperSize, sheet.page_setup.orientation = _A4, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.oddHeader = HeaderFooterItem(left=_PagePart(text.fit_page_text(book.title)))
    sheet.oddFooter = HeaderFooterItem(
        left=_PagePart(text.fit_page_text(book.house.name or "Plumbline")),
        center=_PagePart("Page &P of &N"),
        right=_PagePart(f"made {write_moment(book.made_at, book.zone)}"),
    )


def _write_methods(sheet: Worksheet, book: LongBook, methods: Sequence[tuple[str, str]]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 110
    for row, (label, said) in enumerate([(_METHODS, book.title), *methods], start=1):
        first, second = _write_text(sheet.cell(row, 1), label), _write_text(sheet.cell(row, 2), said)
        for cell in (first, second):
            cell.font, cell.alignment = Font(name=FONT, size=10, color=INK), Alignment(vertical="top", wrap_text=True)
        first.font = Font(name=FONT, size=10, color=MUTED)
        if row == 1:
            _style_header(first, book.house)
            _style_header(second, book.house)
    sheet.sheet_view.showGridLines = False
    _set_up_print(sheet, book, f"A1:B{max(len(methods) + 1, 1)}")


def _write_text(cell: Any, written: str) -> Cell:  # noqa: ANN401 - openpyxl's stubs know merged cells here too
    cell.value = text.fit(written).text
    cell.data_type, cell.number_format = "s", "@"
    found: Cell = cell
    return found


def _style_header(cell: Cell, house: House) -> None:
    cell.font = Font(name=FONT, size=10, bold=True, color=WHITE)
    cell.fill = PatternFill("solid", fgColor=house.accent)
    cell.alignment = Alignment(vertical="center", wrap_text=True)


def _read_styles(package: bytes) -> dict[str, str]:
    """How openpyxl styles each kind of cell, as the attribute of its element."""
    with zipfile.ZipFile(io.BytesIO(package)) as packed:
        found = _SAMPLE.findall(packed.read(_name_part(1)))
    styles = {letter: f' s="{style.decode()}"' if style else "" for letter, style in found}
    return {kind: styles[letter] for kind, letter in (("text", b"A"), ("armed", b"B"), ("moment", b"C"))}


def _name_part(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _pack(target: BinaryIO, package: bytes, spool: _Spool, columns: int) -> None:
    """The package with the rows in place of the samples."""
    spooled = enumerate(zip(spool.paths, spool.counts, strict=True), start=1)
    sheets = {_name_part(number): found for number, found in spooled}
    with (
        zipfile.ZipFile(io.BytesIO(package)) as made,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed,
    ):
        for part in made.infolist():
            content = made.read(part)
            if part.filename not in sheets:
                packed.writestr(part.filename, content)
                continue
            path, count = sheets[part.filename]
            reference = f'<dimension ref="A1:{get_column_letter(columns)}{count + 1}"/>'.encode()
            content = _DIMENSION.sub(reference, content, count=1)
            before, after = content[: content.index(b'<row r="2"')], content[content.index(_ROWS_END) :]
            size = len(before) + path.stat().st_size + len(after)
            with packed.open(part.filename, "w", force_zip64=size > _LARGE) as into, path.open("rb") as rows:
                into.write(before)
                shutil.copyfileobj(rows, into, _AT_ONCE)
                into.write(after)
