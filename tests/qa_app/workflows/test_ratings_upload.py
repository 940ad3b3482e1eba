"""Ratings from a spreadsheet: how its layout is told, what is asked, and that the figures are the command's."""

from pathlib import Path

import openpyxl
import pytest

from db.records import RowIssue
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.intake.model import Table
from qa_app.reports import RatingsReport
from qa_app.workflows.ratings_file import LevelName, read_ratings
from qa_app.workflows.ratings_report import report_file
from qa_app.workflows.ratings_upload import (
    Layout,
    Shape,
    Values,
    guess_reading,
    list_lines,
    measure,
    open_tables,
)
from qa_app.workflows.ratings_upload import read_ratings as read_table
from tests.qa_app.workflows.house import BO, FACILITATOR, House

LONG = """item,rater,criterion,value
t1,Ann,tone,4
t1,Bob,tone,3
t2,Ann,tone,5
t2,Bob,tone,5
t3,Ann,tone,n/a
t3,Bob,tone,2
"""
BY_RATER = """Ticket;Criterion;Ann;Bob
t1;tone;4;3
t2;tone;5;5
t3;tone;n/a;2
"""
BY_CRITERION = """Ticket ID,Reviewer,tone
t1,Ann,4
t1,Bob,3
t2,Ann,5
t2,Bob,5
t3,Ann,n/a
t3,Bob,2
"""


def open_text(house: House, folder: Path, text: str, name: str = "ratings.csv") -> Table:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    [table] = open_tables(house.act(FACILITATOR), path, name)
    return table


def by_command(path: Path, *, level: LevelName, house: House) -> RatingsReport:
    """What `plumbline agreement FILE --level …` reports."""
    found = read_ratings(path, level=level, scale=None, criterion=None)
    return report_file(
        found,
        path.name,
        reference=None,
        critical=frozenset(),
        n_resamples=2000,
        seed=1,
        interval="bootstrap",
        made_at=house.now,
    )


def by_page(house: House, table: Table) -> RatingsReport:
    guessed = guess_reading(table)
    found = read_table(table, guessed.layout, guessed.kind)
    return measure(house.act(FACILITATOR), found, table.file, reference="", report=lambda _seconds: None)


@pytest.mark.parametrize(
    ("text", "layout", "n_questions"),
    [
        (LONG, Layout(Shape.LONG, "item", "rater", "criterion", "value"), 0),
        (BY_RATER, Layout(Shape.BY_RATER, "Ticket", criterion="Criterion", columns=("Ann", "Bob")), 1),
        (BY_CRITERION, Layout(Shape.BY_CRITERION, "Ticket ID", "Reviewer", columns=("tone",)), 1),
    ],
)
def test_three_layouts_say_the_same(
    text: str, layout: Layout, n_questions: int, sqlite_house: House, tmp_path: Path
) -> None:
    table = open_text(sqlite_house, tmp_path, text)
    guessed = guess_reading(table)
    assert guessed.layout == layout
    assert len(guessed.unclear) == n_questions
    assert guessed.kind == Values(LevelName.ORDINAL)
    assert {line.cells for line in list_lines(table, layout)} == {
        tuple(line.split(",")) for line in LONG.splitlines()[1:]
    }


@pytest.mark.long
def test_figures_are_those_of_the_command(sqlite_house: House, tmp_path: Path) -> None:
    made = by_page(sqlite_house, open_text(sqlite_house, tmp_path, LONG))
    assert made == by_command(tmp_path / "ratings.csv", level=LevelName.ORDINAL, house=sqlite_house)


@pytest.mark.long
def test_figures_of_real_ratings_are_those_of_the_command(shared_data: Path, sqlite_house: House) -> None:
    path = shared_data / "ratings" / "recipe_quality.csv"
    [table] = open_tables(sqlite_house.act(FACILITATOR), path, path.name)
    assert guess_reading(table).unclear == ()
    assert by_page(sqlite_house, table) == by_command(path, level=LevelName.ORDINAL, house=sqlite_house)


def test_workbook_reads_like_the_csv(sqlite_house: House, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Week 3"
    for row in (["Ticket", "Criterion", "Ann", "Bob"], ["t1", "tone", 4, 3.0], ["t2", "tone", 5, "five"]):
        book.active.append(row)
    path = tmp_path / "ratings.xlsx"
    book.save(path)
    [table] = open_tables(sqlite_house.act(FACILITATOR), path, path.name)
    assert [line.cells[3] for line in list_lines(table, guess_reading(table).layout)] == ["4", "3", "5", "five"]

    found = read_table(table, guess_reading(table).layout, Values(LevelName.ORDINAL))
    assert [(issue.sheet, issue.row, issue.column, issue.found) for issue in found.issues] == [
        ("Week 3", 3, "Bob", "five")
    ]
    assert all(isinstance(issue, RowIssue) for issue in found.issues)


def test_formula_without_a_value_is_named_and_measured_nowhere(sqlite_house: House, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Ticket", "Criterion", "Ann", "Bob"], ["t1", "tone", 4, "=C2-1"], ["t2", "tone", "=1/0", 5]):
        book.active.append(row)
    path = tmp_path / "ratings.xlsx"
    book.save(path)  # openpyxl writes formulas without their values
    [table] = open_tables(sqlite_house.act(FACILITATOR), path, path.name)
    guessed = guess_reading(table)
    assert guessed.found == ()
    found = read_table(table, guessed.layout, Values(LevelName.ORDINAL))
    words = (
        "The formula in this cell was never calculated. Open and save the workbook in a spreadsheet program to store "
        "its value, or write the value down."
    )
    assert [(issue.sheet, issue.row, issue.column, issue.message) for issue in found.issues] == [
        ("Sheet", 2, "Bob", words),
        ("Sheet", 3, "Ann", words),
    ]
    assert found.tables == {}


def test_words_are_names_until_somebody_orders_them(sqlite_house: House, tmp_path: Path) -> None:
    rows = "".join(f"t{place},Ann,tone,{word}\n" for place, word in enumerate(("good", "fair", "good", "poor")))
    table = open_text(sqlite_house, tmp_path, f"item,rater,criterion,value\n{rows}")
    guessed = guess_reading(table)
    assert guessed.kind == Values(LevelName.NOMINAL)
    assert guessed.found == ("good", "fair", "poor")
    assert len(guessed.unclear) == 1
    ordered = read_table(table, guessed.layout, Values(LevelName.ORDINAL, ("poor", "fair", "good")))
    assert ordered.words == {0: "poor", 1: "fair", 2: "good"}
    assert ordered.tables["tone"].categories == (0, 1, 2)


@pytest.mark.parametrize(
    ("given", "level"),
    [
        (("1", "5"), LevelName.ORDINAL),
        (("0.5", "2"), LevelName.INTERVAL),
        (("3", "87", "100", *map(str, range(10, 20))), LevelName.INTERVAL),
    ],
)
def test_numbers_are_steps_where_they_are_few_and_whole(
    given: tuple[str, ...], level: LevelName, sqlite_house: House, tmp_path: Path
) -> None:
    rows = "".join(f"t{place},Ann,tone,{text}\n" for place, text in enumerate(given))
    table = open_text(sqlite_house, tmp_path, f"item,rater,criterion,value\n{rows}")
    assert guess_reading(table).kind == Values(level)


def test_reviewers_and_empty_files_are_refused(sqlite_house: House, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("item,rater\n")
    with pytest.raises(NotAllowed):
        open_tables(sqlite_house.act(BO), path, path.name)
    with pytest.raises(Refused, match="no table"):
        open_tables(sqlite_house.act(FACILITATOR), path, path.name)


def test_unknown_reference_is_named_before_anything_runs(sqlite_house: House, tmp_path: Path) -> None:
    table = open_text(sqlite_house, tmp_path, LONG)
    found = read_table(table, guess_reading(table).layout, Values(LevelName.ORDINAL))
    with pytest.raises(NotFound, match="near are Bob"):
        measure(sqlite_house.act(FACILITATOR), found, "x", reference="Rob", report=lambda _seconds: None)


class LeftError(Exception):
    """Somebody left the page."""


@pytest.mark.long
def test_leaving_the_page_ends_the_measurement(sqlite_house: House, tmp_path: Path) -> None:
    def leave(_seconds: float) -> None:
        raise LeftError

    table = open_text(sqlite_house, tmp_path, LONG)
    found = read_table(table, guess_reading(table).layout, Values(LevelName.ORDINAL))
    with pytest.raises(LeftError):
        measure(sqlite_house.act(FACILITATOR), found, "x", reference="", report=leave)
    # The next one gets its turn.
    assert by_page(sqlite_house, table).sections
