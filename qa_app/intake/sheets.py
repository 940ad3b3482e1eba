"""Reads Excel workbooks (.xlsx): checks the archive, lets a child process parse it, and takes plain rows back.

Formulas are never evaluated: what counts is the value that the spreadsheet program stored with them.
"""

import zipfile
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from qa_app.errors import Refused
from qa_app.intake.expendable import Limits, ask_child
from qa_app.intake.model import Cell, Grid, Row, Unreadable

_MOST_PARTS = 2_000
_MOST_BYTES = 300 * 1024 * 1024
"""Of all parts together, unpacked."""
_MOST_RATIO = 100
_RATIO_MATTERS_FROM = 20 * 1024 * 1024
"""Small workbooks of equal rows shrink by more than the ratio and harm nobody."""


def read_workbook(path: Path, *, file_name: str, limits: Limits | None = None) -> tuple[Grid, ...]:
    """Every sheet of a workbook, in its order.

    Raises:
        Refused: the file is no workbook, or too large, or built to do harm.
    """
    _check_archive(path, file_name)
    answer = ask_child("qa_app.intake.sheet_child", {"path": str(path)}, limits=limits or Limits())
    grids: list[Grid] = []
    rows: list[Row] = []
    head: dict[str, object] | None = None
    for line in answer.lines:
        if isinstance(line, dict) and "refused" in line:
            raise Refused(str(line["refused"]), f"{file_name}: {line['message']}")
        if isinstance(line, dict):
            if head is not None:
                grids.append(_grid(file_name, head, rows))
            head, rows = line, []
        elif isinstance(line, list):
            rows.append(Row(int(line[0]), tuple(_cell(cell) for cell in line[1])))
    if not answer.finished:
        raise Refused(
            "workbook-unreadable",
            f"{file_name} could not be read within the limits of memory and time. Save only the needed sheet to a new "
            "workbook, or as CSV, and import that.",
        )
    if head is not None:
        grids.append(_grid(file_name, head, rows))
    return tuple(grids)


def _grid(file_name: str, head: dict[str, object], rows: list[Row]) -> Grid:
    return Grid(
        file=file_name,
        rows=tuple(rows),
        sheet=str(head["sheet"]),
        hidden=bool(head["hidden"]),
        epoch_1904=bool(head["epoch_1904"]),
    )


def _check_archive(path: Path, file_name: str) -> None:
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic == b"\xd0\xcf\x11\xe0":
        raise Refused(
            "workbook-old",
            f"{file_name} is an old .xls workbook or has a password. Open it, save it as .xlsx without a password, and "
            "import that.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("workbook-unreadable", f"{file_name} is no .xlsx workbook, or it is cut off.") from error
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    bomb = total > _MOST_BYTES or (total > _RATIO_MATTERS_FROM and total / packed > _MOST_RATIO)
    if bomb or len(parts) > _MOST_PARTS:
        raise Refused(
            "workbook-too-large",
            f"{file_name} unpacks to {total // 2**20} MiB in {len(parts)} parts; {_MOST_BYTES // 2**20} MiB, a packing "
            f"ratio of {_MOST_RATIO} and {_MOST_PARTS} parts are the most. Save the needed sheet to a new workbook.",
        )
    if any(part.filename.startswith(("/", "\\")) or ".." in part.filename.split("/") for part in parts):
        raise Refused("workbook-hostile", f"{file_name} holds parts with paths that lead out of it; it was not opened.")


def _cell(value: object) -> Cell:
    """A cell as the child wrote it: plain JSON, or a list of its kind and its text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if not isinstance(value, list):
        raise TypeError("the sheet child answers with plain values and lists")
    kind, text = str(value[0]), str(value[1])
    if kind == "number":
        return _number(text)
    if kind == "moment":
        return datetime.fromisoformat(text)
    if kind == "clock":
        return time.fromisoformat(text)
    if kind == "duration":
        return timedelta(seconds=float(text))
    return Unreadable(kind, text)


def _number(text: str) -> Cell:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Unreadable("cell-not-a-number", text)
    if not number.is_finite():
        return Unreadable("cell-not-a-number", text)
    return int(number) if number == number.to_integral_value() and abs(number) < 10**18 else number
