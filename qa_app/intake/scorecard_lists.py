"""Reads a scorecard from a workbook: finds the sheet with the list, and says which cells hold nothing that it takes."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from qa_app.errors import Refused
from qa_app.intake.columns import column_letter
from qa_app.intake.model import Cell, Grid, Unreadable, shorten
from qa_app.intake.sheets import read_workbook
from scorecards.document import Loaded
from scorecards.list_reading import ListRow, is_header, read_list
from scorecards.listing import ListCell
from scorecards.problems import Problem, Severity


def read_scorecard_list(path: Path, *, file_name: str) -> Loaded:
    """The scorecard in the first sheet that has the list's header, or in the first sheet, with all its problems.

    Lines and columns of the problems are rows and columns of the sheet, both from 1.

    Raises:
        Refused: the file is no workbook, or too large, or built to do harm, or empty.
    """
    grids = [grid for grid in read_workbook(path, file_name=file_name) if grid.rows]
    if not grids:
        raise Refused("workbook-empty", f"{file_name} holds no cell. Start from the template of a list.")
    grid = next(
        (grid for grid in grids if any(is_header(_numbered(grid, row)) for row in range(len(grid.rows)))), grids[0]
    )
    file = f"{file_name}, sheet {grid.sheet}"
    unreadable = tuple(_find_unreadable(grid, file))
    rows = (ListRow(row.number, tuple(map(_take, row.cells))) for row in grid.rows)
    loaded = read_list(rows, file=file)
    problems = sorted((*unreadable, *loaded.problems), key=lambda problem: (problem.line, problem.column))
    return Loaded(None if unreadable else loaded.scorecard, tuple(problems))


def _numbered(grid: Grid, row: int) -> dict[int, ListCell]:
    return {place: _take(cell) for place, cell in enumerate(grid.rows[row].cells, start=1)}


def _take(cell: Cell) -> ListCell:
    return cell if isinstance(cell, str | int | Decimal) else None


def _find_unreadable(grid: Grid, file: str) -> Iterator[Problem]:
    for row in grid.rows:
        for place, cell in enumerate(row.cells, start=1):
            if cell is None or isinstance(cell, str | int | Decimal):
                continue
            if isinstance(cell, Unreadable):
                message = f"the cell holds no value ({shorten(cell.found) or 'a formula that was never calculated'})"
                yield Problem("cell-unreadable", message, file, row.number, place, "")
            else:
                message = f"the cell holds a date or time ({cell}); format it as text and write it again"
                yield Problem("cell-is-a-date", message, file, row.number, place, "")


def format_cell_problem(problem: Problem) -> str:
    """One line for a terminal or a page, with the cell as spreadsheet programs call it."""
    warning = " warning:" if problem.severity is Severity.WARNING else ""
    hint = f'; did you mean "{problem.suggestion}"?' if problem.suggestion else ""
    cell = f"{column_letter(problem.column - 1)}{problem.line}"
    return f"{problem.file}, cell {cell}:{warning} {problem.message}{hint} [{problem.code}]"
