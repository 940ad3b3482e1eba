"""Sheets that are written while their rows come, in a memory that does not grow with them.

A worksheet of openpyxl's write-only mode, whose rows are put into words here: openpyxl writes a formula without its
result, so that whoever does not calculate would see nothing, and takes longer to build a tree for each cell.
"""

import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import IO, Any, cast
from xml.sax.saxutils import escape as escape_xml

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import tostring

from qa_app.workbooks import text
from qa_app.workbooks.layout import Spot, write_address
from qa_app.workbooks.plan import Cut, Formula, Style, Value

_FIRST_DAY = date(1900, 3, 1)
"""Sheets count days from here on rightly; earlier ones are written as text."""


class SheetStream(WorksheetWriter):
    """Writes one sheet to a temporary file: what stands above its rows, the rows, what stands below."""

    def __init__(self, sheet: WriteOnlyWorksheet, rows: Iterable[str]) -> None:
        """`rows` are asked for when the sheet is closed, and may set up what stands below them."""
        self._wanted = rows
        super().__init__(sheet)

    def get_stream(self) -> Generator[Any, Any, None]:
        """Takes elements, and gives its file to whoever sends True (as openpyxl's own stream does)."""
        with open(str(self.out), "wb") as file:  # noqa: PTH123 - a name that openpyxl made
            file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{SHEET_MAIN_NS}">'.encode())
            try:
                while True:
                    element = yield
                    if element is True:
                        yield file
                    elif element is not None:
                        file.write(tostring(element))
            except GeneratorExit:
                file.write(b"</worksheet>")

    def write_rows(self) -> None:
        """All rows, as they come."""
        file = cast("IO[bytes]", self.xf.send(True))
        file.write(b"<sheetData>")
        for row in self._wanted:
            file.write(row.encode())
        file.write(b"</sheetData>")
        self.xf.send(None)

    def discard(self) -> None:
        """Remove the file of a book that is not finished; a saved book has removed it."""
        self.close()
        if os.path.exists(str(self.out)):  # noqa: PTH110 - as above
            self.cleanup()


@dataclass(slots=True)
class CellWriter:
    """Puts cells of one workbook into words."""

    workbook: Workbook
    cuts: list[Cut] = field(default_factory=list)
    """What did not fit its cell, so far."""
    _styles: dict[tuple[Style, bool], int] = field(default_factory=dict)

    def write_row(self, row: int, height: float, spots: Iterable[Spot], *, sheet: str) -> str:
        """A row with its cells from left to right."""
        cells = "".join([self._write_spot(spot, sheet) for spot in spots])
        return f'<row r="{row}" ht="{round(height, 2):g}" customHeight="1">{cells}</row>'

    def _write_spot(self, spot: Spot, sheet: str) -> str:
        cell = self._write_cell(spot, spot.cell.value, sheet)
        if spot.last == spot.first:
            return cell
        style = self._find_style(spot.style, quoted=False)
        rest = (f'<c r="{write_address(spot.row, column)}" s="{style}"/>' for column in _after(spot))
        return cell + "".join(rest)

    def _write_cell(self, spot: Spot, value: Value, sheet: str) -> str:
        place = f'<c r="{write_address(spot.row, spot.first)}" s="'
        if isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) < _FIRST_DAY:
            value = value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        match value:
            case None | "":
                return f'{place}{self._find_style(spot.style, quoted=False)}"/>'
            case str():
                return f'{place}{self._find_style(spot.style, quoted=True)}" {self._write_text(spot, value, sheet)}</c>'
            case Formula():
                return f'{place}{self._find_style(spot.style, quoted=False)}"{_write_formula(spot.row, value)}</c>'
            case _:
                style = self._find_style(spot.style, quoted=False)
                return f'{place}{style}" t="n"><v>{_write_number(value)}</v></c>'

    def _write_text(self, spot: Spot, value: str, sheet: str) -> str:
        """Text stays text: typed as such, and marked with Excel's quote prefix for whoever edits it later."""
        if len(value) <= _SHORT:
            return _write_short(value)
        fitted = text.fit(value)
        if fitted.cut:
            self.cuts.append(Cut(sheet, write_address(spot.row, spot.first), len(text.clean(value))))
        return _write_inline(fitted.text)

    def _find_style(self, style: Style, *, quoted: bool) -> int:
        """The number that the workbook's list of formats has for a named style."""
        known = self._styles.get((style, quoted))
        if known is None:
            cell = WriteOnlyCell(self.workbook.worksheets[0])
            cell.style = style.value
            if quoted:
                cell.quotePrefix = True
            known = self._styles[style, quoted] = int(cell.style_id)
        return known


_SHORT = 80
"""Characters up to which texts are likely to come again: names, labels, states."""


@lru_cache(maxsize=8192)
def _write_short(value: str) -> str:
    return _write_inline(text.fit(value).text)


def _write_inline(fitted: str) -> str:
    space = ' xml:space="preserve"' if fitted != fitted.strip() else ""
    return f't="inlineStr"><is><t{space}>{escape_xml(fitted)}</t></is>'


def _write_number(value: float | Decimal | date) -> str:
    """With up to 16 digits, as openpyxl has it; a day is counted."""
    if isinstance(value, date):
        return f"{to_excel(value):.16g}"  # type: ignore[no-untyped-call]  # the stubs say nothing of it
    return str(value) if isinstance(value, int) else f"{float(value):.16g}"


def _write_formula(row: int, formula: Formula) -> str:
    """The rule over this row's cells, with what it comes to."""
    written = escape_xml(formula.rule.value.format_map(_name_places(row, formula)))
    result = formula.result
    if result is None:
        return f"><f>{written}</f>"
    if isinstance(result, str):
        return f' t="str"><f>{written}</f><v>{escape_xml(result)}</v>'
    return f' t="n"><f>{written}</f><v>{_write_number(result)}</v>'


def _name_places(row: int, formula: Formula) -> dict[str, str]:
    places = {}
    for name, (first, last) in formula.columns.items():
        start, end = write_address(row, first), write_address(row, last)
        whole = name.startswith("all_")
        if whole:
            start, end = (address.removesuffix(str(row)) for address in (start, end))
        places[name] = start if start == end and not whole else f"{start}:{end}"
    return places


def _after(spot: Spot) -> range:
    """Columns of a spot after its first."""
    return range(spot.first + 1, spot.last + 1)
