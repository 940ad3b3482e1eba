"""Reads written books back the way Excel does, so that tests can say what stands in a sheet."""

import io
import re
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.workbooks.plan import Book
from qa_app.workbooks.writer import write_book

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def write_bytes(book: Book) -> bytes:
    file = io.BytesIO()
    write_book(book, file)
    return file.getvalue()


def write_and_load(book: Book) -> Workbook:
    return load_workbook(io.BytesIO(write_bytes(book)))


def decode(written: str) -> str:
    """What Excel shows for a stored text (ECMA-376 Part 1, 22.9.2.19 ST_Xstring); openpyxl leaves cells as stored."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), written)


def read_value(cell: Cell | MergedCell) -> object:
    return decode(cell.value) if isinstance(cell.value, str) else cell.value


def read_filled(workbook: Workbook) -> Iterator[Cell]:
    """Every cell with something in it, of every sheet."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert isinstance(cell, Cell)
                    yield cell


def read_table(sheet: Worksheet, name: str) -> list[dict[str, object]]:
    """The rows of a real Excel table, by header."""
    header, *rows = sheet[sheet.tables[name].ref]
    names = [str(cell.value) for cell in header]
    return [dict(zip(names, (read_value(cell) for cell in row), strict=True)) for row in rows]


def read_rows_below(sheet: Worksheet, header: str, *, nth: int = 1) -> list[list[object]]:
    """The filled cells of each row below the nth one that starts with `header`, up to the first empty row."""
    rows = [[read_value(cell) for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    start = [index for index, row in enumerate(rows) if row and row[0] == header][nth - 1]
    found: list[list[object]] = []
    for row in rows[start + 1 :]:
        if not row:
            break
        found.append(row)
    return found


def read_charts(workbook: Workbook, title: str) -> list[Any]:
    """The charts of a sheet; openpyxl gives them no public name and no types."""
    charts: list[Any] = workbook[title]._charts  # type: ignore[attr-defined]
    return charts


def as_stored(number: float) -> float:
    """A number as openpyxl writes it: 16 significant digits."""
    return float(f"{number:.16g}")
