"""The expendable child that reads workbooks, with openpyxl. Run as `python -m qa_app.intake.sheet_child`.

openpyxl uses defusedxml where it is installed, which refuses entities; its read-only mode keeps memory flat.
Answers with an object for each sheet, followed by a list `[row number, cells]` for each row that is not blank.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import repeat

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.xml import DEFUSEDXML

from qa_app.intake.expendable import answer, take_request

_MOST_ROWS = 200_000
_MOST_COLUMNS = 500
_MOST_CELLS = 3_000_000
_MOST_TEXT = 256 * 1024 * 1024
_FORMULA_MARKS = (b"<f>", b"<f ")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

_AnyCell = Cell | MergedCell | ReadOnlyCell | EmptyCell


class _TooLargeError(Exception):
    pass


class _Meter:
    """Counts what has been given out, and stops at the caps."""

    def __init__(self) -> None:
        self.rows = self.cells = self.text = 0

    def add(self, cells: list[object]) -> None:
        self.rows += 1
        self.cells += len(cells)
        self.text += sum(len(cell) for cell in cells if isinstance(cell, str))
        if len(cells) > _MOST_COLUMNS:
            raise _TooLargeError(f"a row has {len(cells)} columns; {_MOST_COLUMNS} are the most")
        if self.rows > _MOST_ROWS or self.cells > _MOST_CELLS or self.text > _MOST_TEXT:
            raise _TooLargeError(f"more than {_MOST_ROWS:,} rows, {_MOST_CELLS:,} cells or 256 MiB of text")


def _encode(cell: _AnyCell, formula: _AnyCell | None) -> object:
    value = cell.value
    if value is None:
        return ["formula-without-value", ""] if formula is not None and formula.data_type == "f" else None
    if cell.data_type == "e":
        return ["cell-error", str(value)]
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return ["number", repr(value)]
    return _encode_time(value) or _decode(str(value))


def _decode(text: str) -> str:
    """What a stored text reads like: programs write some characters as `_xHHHH_` (ECMA-376 Part 1, 22.9.2.19).

    openpyxl leaves them as stored. A carriage return belongs to the line end beside it.
    """
    return _ESCAPED.sub(_decode_one, text).replace("\r", "")


def _decode_one(found: re.Match[str]) -> str:
    # LibreOffice writes a tab in a cell of several lines as the character 1.
    sign = chr(int(found.group(1), 16)).replace("\x01", "\t")
    return sign if sign.isprintable() or sign in "\t\n\r" else "\ufffd"


def _encode_time(value: object) -> list[str] | None:
    if isinstance(value, datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, date):
        return ["moment", datetime.combine(value, time()).isoformat()]
    if isinstance(value, time):
        return ["clock", value.isoformat()]
    return ["duration", str(value.total_seconds())] if isinstance(value, timedelta) else None


def _read(path: str, meter: _Meter) -> Iterator[object]:
    values = openpyxl.load_workbook(path, read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(path, read_only=True) if _has_formulas(path) else None
    for sheet in values.worksheets:
        yield {
            "sheet": sheet.title,
            "hidden": sheet.sheet_state != "visible",
            "epoch_1904": values.epoch == CALENDAR_MAC_1904,
        }
        yield from _rows(values, formulas, sheet.title, meter)


def _rows(values: Workbook, formulas: Workbook | None, title: str, meter: _Meter) -> Iterator[object]:
    # The dimension that a file states may lie, and a false one costs gigabytes of empty cells.
    sheet = values[title]
    sheet.reset_dimensions()
    twins: Iterable[tuple[_AnyCell, ...] | None] = repeat(None)
    if formulas is not None:
        formulas[title].reset_dimensions()
        twins = formulas[title].iter_rows()
    for number, (row, twin) in enumerate(zip(sheet.iter_rows(), twins, strict=False), start=1):
        partners = twin if twin is not None and len(twin) == len(row) else repeat(None)
        cells = [_encode(cell, partner) for cell, partner in zip(row, partners, strict=False)]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            meter.add(cells)
            yield [number, cells]


def _has_formulas(path: str) -> bool:
    """Whether any sheet holds a formula: only then is a second pass worth its time."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            with archive.open(name) as part:
                tail = b""
                while chunk := part.read(1 << 20):
                    if any(mark in tail + chunk for mark in _FORMULA_MARKS):
                        return True
                    tail = chunk[-2:]
    return False


def run() -> None:
    """Answer with the sheets of the requested workbook, or with one refusal."""
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl does not use defusedxml; workbooks are not read without it")
    request = take_request()
    try:
        for line in _read(str(request["path"]), _Meter()):
            answer(line)
    except _TooLargeError as error:
        answer({"refused": "workbook-too-large", "message": f"The workbook has {error}. Import it in parts."})
    # A broken file can raise nearly anything inside the parser; to people it is one and the same thing.
    except Exception as error:  # noqa: BLE001
        answer(
            {
                "refused": "workbook-unreadable",
                "message": f"The workbook cannot be read ({type(error).__name__}). Open it in a spreadsheet program, "
                "save it under a new name as .xlsx, and import that.",
            }
        )


if __name__ == "__main__":
    run()
