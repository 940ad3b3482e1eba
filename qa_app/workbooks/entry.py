"""Cells that people fill in: what they take, when they are due, and the protection of everything around them."""

from collections.abc import Callable
from decimal import Decimal

from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.workbooks import text
from qa_app.workbooks.measure import count_lines
from qa_app.workbooks.plan import Between, Cell, Due, OneOf, Table, Tone
from qa_app.workbooks.styles import shade

_NOTE_WIDTH = 60
"""In characters."""


def open_cells(into: Worksheet, table: Table, row: int, find_range: Callable[[OneOf], str]) -> None:
    """Give the cells of a table, whose header stands in `row`, what they take and their notes."""
    letters = _name_columns(table)
    for number, cells in enumerate(table.known_rows, start=row + 1):
        if len(cells) != len(letters):
            continue
        for cell, letter in zip(cells, letters.values(), strict=True):
            _open_cell(into, cell, f"{letter}{number}", find_range)
            if cell.note:
                into._comments.append(_write_note(cell.note, f"{letter}{number}"))  # type: ignore[attr-defined]  # noqa: SLF001 - where openpyxl's own rows put theirs
            if cell.due is not None:
                rule = _colour_when(cell.due, f"{letter}{number}", f"{letters[cell.due.column]}{number}")
                into.conditional_formatting.add(f"{letter}{number}", rule)


def protect(into: Worksheet) -> None:
    """Only open cells can be changed; rows and columns can still be made larger."""
    into.protection.sheet = True
    into.protection.formatColumns = into.protection.formatRows = False


def hide_columns(into: Worksheet, table: Table) -> None:
    """Before the sheet's rows are written."""
    letters = _name_columns(table)
    for column in table.columns:
        if column.hidden:
            into.column_dimensions[letters[column.header]].hidden = True


def _write_note(words: str, address: str) -> CommentRecord:
    """A note as high as its text is long; it is cut visibly where Excel would cut it."""
    lines = count_lines(words, _NOTE_WIDTH)
    fitted, height = text.fit(words).text, min(600, 16 * lines + 16)
    note = CommentRecord(ref=address, author="Plumbline", height=height, width=_NOTE_WIDTH * 7)
    note.text.t = fitted
    return note


def _name_columns(table: Table) -> dict[str, str]:
    letters, place = {}, 1
    for column in table.columns:
        letters[column.header] = get_column_letter(place)
        place += column.span
    return letters


def _open_cell(into: Worksheet, cell: Cell, address: str, find_range: Callable[[OneOf], str]) -> None:
    match cell.takes:
        case OneOf() as offered:
            check = DataValidation(type="list", formula1=find_range(offered), showErrorMessage=offered.only)
            check.error = "Choose one of the list; it opens with the arrow beside the cell."
        case Between() as span:
            check = _check_number(span, address)
        case None:
            return
    check.allow_blank = True
    check.errorTitle = "Not an answer here"
    check.add(address)
    into.data_validations.append(check)


def _check_number(span: Between, address: str) -> DataValidation:
    low, high = (_write(bound) for bound in (span.low, span.high))
    error = f"A number from {low} to {high}" + (f", or {span.or_word}." if span.or_word else ".")
    if not span.or_word:
        return DataValidation(
            type="decimal", operator="between", formula1=low, formula2=high, showErrorMessage=True, error=error
        )
    formula = f'OR({address}="{span.or_word}",AND(ISNUMBER({address}),{address}>={low},{address}<={high}))'
    return DataValidation(type="custom", formula1=formula, showErrorMessage=True, error=error)


def _colour_when(due: Due, empty: str, other: str) -> Rule:
    held = ",".join(f'{other}="{text.clean(value).replace(chr(34), chr(34) * 2)}"' for value in due.values)
    condition = f"OR({held})" if due.values else f"LEN({other})>0"
    return Rule(type="expression", dxf=shade(Tone.WARNING), formula=[f"AND(LEN({empty})=0,{condition})"])


def _write(number: Decimal) -> str:
    return format(number, "f")
