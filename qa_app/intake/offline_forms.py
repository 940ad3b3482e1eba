"""Reads a workbook that was filled in offline: what it says it is, and the cells of its forms, wherever they stand now.

Nothing is taken from places: rows are known by their keys, columns by their headers, and sheets by what stands in them,
so that a program may save the workbook anew, and people may rename and reorder.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_app.errors import Refused
from qa_app.intake.columns import column_letter
from qa_app.intake.model import Cell, Grid, Row
from qa_app.intake.sheets import read_workbook
from qa_app.offline_form import FACTS, FORMAT, KEY, LINES, MARKER, CellProblem, Field, Line, Manifest


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell to fill in, where it was found."""

    sheet: str
    address: str
    value: Cell


@dataclass(frozen=True, slots=True)
class FoundForms:
    """A workbook that came back."""

    manifest: Manifest
    cells: Mapping[int, Mapping[tuple[str, Field], FoundCell]]
    """By the number of the ticket, then by criterion and column."""
    problems: tuple[CellProblem, ...]
    """Rows and columns that are not what they were when the workbook was made."""


def read_forms(path: Path, *, file_name: str) -> FoundForms:
    """The forms of a workbook.

    Raises:
        Refused: the file is no workbook, or none that was made here for grading, or was changed where it must not be.
    """
    grids = read_workbook(path, file_name=file_name)
    data = next((grid for grid in grids if any(_first(row) == MARKER for row in grid.rows)), None)
    if data is None:
        raise Refused(
            "offline-foreign",
            f"{file_name} is no workbook for grading offline, or its hidden sheet is gone. Take the file that you "
            "exported, or export anew.",
        )
    manifest = _read_manifest(data, file_name)
    problems: list[CellProblem] = []
    cells: dict[int, dict[tuple[str, Field], FoundCell]] = {}
    known = {line.number for line in manifest.lines}
    for grid in grids:
        for number, criterion_id, found, key in _read_rows(grid, known, problems):
            form = cells.setdefault(number, {})
            if any((criterion_id, column) in form for column in found):
                words = f"The row of this criterion stands twice, also on sheet {next(iter(form.values())).sheet}; "
                problems.append(_problem(number, key, f"{words}delete one of them.", "row-twice"))
            form |= {(criterion_id, column): cell for column, cell in found.items()}
    return FoundForms(manifest, cells, tuple(problems))


def _read_rows(
    grid: Grid, known: set[int], problems: list[CellProblem]
) -> Iterator[tuple[int, str, dict[Field, FoundCell], FoundCell]]:
    """Number, criterion, cells and key cell of every form row."""
    header = next((row for row in grid.rows if {KEY, Field.ANSWER.value} <= {*_texts(row)}), None)
    if header is None:
        return
    places = {
        name: place for place, name in enumerate(_texts(header)) if name in {KEY, *(each.value for each in Field)}
    }
    for row in grid.rows:
        key = _cell(grid, row, places[KEY])
        number, slash, criterion_id = str(key.value or "").partition("/")
        if row.number <= header.number or not slash:
            continue
        if not number.isdecimal() or int(number) not in known:
            words = "This key belongs to no ticket of this workbook; export the ticket anew."
            problems.append(_problem(0, key, words, "key-unknown"))
            continue
        missing = [column.value for column in Field if column.value not in places]
        if missing:
            words = f"The column {', '.join(missing)} is gone from this sheet; export the ticket anew."
            problems.append(_problem(int(number), key, words, "column-gone"))
            continue
        yield int(number), criterion_id, {each: _cell(grid, row, places[each.value]) for each in Field}, key


def _read_manifest(grid: Grid, file_name: str) -> Manifest:
    """What the hidden sheet says, if it still is as it was written."""
    rows = [[text.strip() for text in _texts(row)] for row in grid.rows]
    facts = {row[0]: row[1] for row in rows if len(row) > 1 and row[0] in FACTS}
    start = next((place for place, row in enumerate(rows) if tuple(row[: len(LINES)]) == LINES), len(rows))
    lines = tuple(line for row in rows[start + 1 :] if (line := _read_line(row)))
    manifest = Manifest(facts.get("Person", ""), facts.get("Made at", ""), lines)
    if facts.get("Format") != FORMAT or facts.get("Seal") != manifest.seal:
        raise Refused(
            "offline-changed",
            f"{file_name} was changed in its hidden sheet, so nobody can tell any more which ticket is which. Nothing "
            "was taken from it; export anew and copy your answers over.",
        )
    return manifest


def _read_line(row: Sequence[str]) -> Line | None:
    if len(row) < len(LINES) or not all(row[place].isdecimal() for place in (0, 3, 4)):
        return None
    return Line(int(row[0]), row[1], row[2], int(row[3]), int(row[4]), row[5])


def _cell(grid: Grid, row: Row, place: int) -> FoundCell:
    value = row.cells[place] if place < len(row.cells) else None
    return FoundCell(grid.sheet or "", f"{column_letter(place)}{row.number}", value)


def _problem(number: int, key: FoundCell, words: str, code: str) -> CellProblem:
    return CellProblem(number, key.sheet, key.address, str(key.value), words, code)


def _texts(row: Row) -> list[str]:
    return ["" if cell is None else str(cell) for cell in row.cells]


def _first(row: Row) -> object:
    return row.cells[0] if row.cells else None
