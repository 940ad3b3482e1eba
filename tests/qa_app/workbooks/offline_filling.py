"""A workbook for grading offline, filled in the way people do: by its cells, found by ticket, criterion and column."""

import io
from collections.abc import Iterator, Mapping

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from qa_app.offline_form import KEY, Field

Entry = Mapping[Field, str | float | None]
"""By column, what is written into a row."""
Entries = Mapping[tuple[int, str], Entry]
"""By number of the ticket and criterion."""


def find_cells(workbook: Workbook) -> dict[tuple[int, str, Field], Cell]:
    """The cells to fill in."""
    return {(number, criterion, column): cell for number, criterion, column, cell in _find(workbook)}


def fill_workbook(content: bytes, entries: Entries) -> bytes:
    """The workbook with these cells written, saved by openpyxl."""
    workbook = load_workbook(io.BytesIO(content))
    cells = find_cells(workbook)
    for (number, criterion), entry in entries.items():
        for column, value in entry.items():
            cells[number, criterion, column].value = value
    return save(workbook)


def save(workbook: Workbook) -> bytes:
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _find(workbook: Workbook) -> Iterator[tuple[int, str, Field, Cell]]:
    for sheet in workbook.worksheets:
        places: dict[str, int] = {}
        for row in sheet.iter_rows():
            names = {str(cell.value): place for place, cell in enumerate(row)}
            if KEY in names:
                places = names
            elif places and "/" in str(row[places[KEY]].value):
                number, _, criterion = str(row[places[KEY]].value).partition("/")
                for column in Field:
                    cell = row[places[column]]
                    assert isinstance(cell, Cell)
                    yield int(number), criterion, column, cell
