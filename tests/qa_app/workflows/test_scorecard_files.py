"""Scorecards as files: what is written as an Excel list reads back, and problems name their cell."""

import io
from collections.abc import Mapping
from datetime import datetime

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from qa_app.errors import Refused
from qa_app.workflows.scorecard_files import read_file, write_list, write_template
from scorecards.document import dump
from scorecards.files import library_scorecard, list_example
from tests.factories import CARD, NOON, make_scorecard
from tests.qa_app.workflows.house import MANAGER, VERSION, House


def edit_template(edit: Mapping[str, str | datetime], *, drop_header: bool = False) -> bytes:
    """The template with some cells of its first sheet changed."""
    book = openpyxl.load_workbook(io.BytesIO(write_template(now=NOON).content))
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    for cell, value in edit.items():
        sheet[cell] = value
    if drop_header:
        book.remove(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def find_header(column: str) -> tuple[str, int]:
    """Letter and row of a column's header in the template."""
    sheet = openpyxl.load_workbook(io.BytesIO(write_template(now=NOON).content)).worksheets[0]
    (found,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == column]
    return found.column_letter, found.row


def test_template_reads_back_as_the_example() -> None:
    read = read_file(write_template(now=NOON).content, name="list.xlsx")
    assert read.problems == ()
    assert read.scorecard == list_example()


def test_list_of_a_version_keeps_its_ids(sqlite_house: House) -> None:
    file = write_list(sqlite_house.act(MANAGER), VERSION.id)
    assert file.name == "care-1.xlsx"
    assert read_file(file.content, name=file.name).scorecard == make_scorecard()


def test_problem_names_its_cell() -> None:
    letter, header = find_header("Type")
    read = read_file(edit_template({f"{letter}{header + 1}": "scael"}), name="list.xlsx")
    assert read.scorecard is None
    assert read.problems[0].startswith(f"list.xlsx, sheet Scorecard, cell {letter}{header + 1}: ")
    assert 'did you mean "scale"?' in read.problems[0]


@pytest.mark.parametrize(
    ("value", "words"),
    [(datetime(2026, 1, 2), "a date or time"), ("=1/0", "no value")],  # noqa: DTZ001 - sheets know no zone
)
def test_cell_that_holds_no_text_and_no_number_is_named(value: str | datetime, words: str) -> None:
    letter, header = find_header("Criterion")
    read = read_file(edit_template({f"{letter}{header + 1}": value}), name="list.xlsx")
    assert read.scorecard is None
    assert any(f"cell {letter}{header + 1}: the cell holds {words}" in problem for problem in read.problems)


def test_workbook_without_a_list_says_which_headers_it_needs() -> None:
    read = read_file(edit_template({}, drop_header=True), name="list.xlsx")
    assert read.scorecard is None
    assert any("no row has the headers Criterion and Type" in problem for problem in read.problems)


def test_document_is_read_with_lines() -> None:
    assert read_file(dump(library_scorecard("practice")).encode(), name="a.yaml").scorecard is not None
    read = read_file(CARD.replace("type: choice", "type: choise").encode(), name="a.yaml")
    assert read.scorecard is None
    assert read.problems[0].startswith("a.yaml:")


def test_file_that_is_no_workbook_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read_file(b"id: care", name="list.xlsx")
    assert refusal.value.code == "workbook-unreadable"
