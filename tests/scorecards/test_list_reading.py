"""Scorecards as lists: rows of cells to a form, every problem at its cell, and back."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from scorecards.document import Loaded
from scorecards.files import library, library_scorecard, list_example
from scorecards.list_reading import ListRow, read_list
from scorecards.listing import COLUMNS, ListCell, column_table, list_facts, list_rows, used_columns
from scorecards.model import Scorecard
from scorecards.problems import Severity
from tests.scorecards.forms import forms


def write(scorecard: Scorecard) -> list[ListRow]:
    columns = used_columns(scorecard)
    rows: list[tuple[ListCell, ...]] = [*list_facts(scorecard), tuple(column.header for column in columns)]
    rows += list_rows(scorecard, columns)
    return [ListRow(number, cells) for number, cells in enumerate(rows, start=1)]


def read(*rows: tuple[ListCell, ...]) -> Loaded:
    return read_list([ListRow(number, cells) for number, cells in enumerate(rows, start=1)], file="card")


@given(forms())
def test_list_of_a_form_reads_back_as_that_form(scorecard: Scorecard) -> None:
    assert read_list(write(scorecard), file="card").scorecard == scorecard


@pytest.mark.parametrize("name", library())
def test_list_of_a_shipped_scorecard_reads_back_without_its_translations(name: str) -> None:
    scorecard = library_scorecard(name)
    assert read_list(write(scorecard), file="card").scorecard == scorecard.model_copy(update={"translations": {}})


def test_example_needs_no_ids() -> None:
    """The template has no columns of ids: those that are made of its labels are the example's own."""
    example = list_example()
    columns = used_columns(example, ids=False)
    rows = [*list_facts(example), tuple(column.header for column in columns), *list_rows(example, columns)]
    assert read(*(row for row in rows if row[0] != "Id")).scorecard == example


def test_columns_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "scorecard-format.md").read_text(encoding="utf-8")
    between = page.split("<!-- columns: made by scorecards.listing.column_table -->\n\n")[1]
    assert between.split("\n<!-- end of columns -->")[0] == column_table()


def test_every_column_has_a_name_of_its_own() -> None:
    assert len({column.header.casefold() for column in COLUMNS}) == len(COLUMNS)


HEADER = ("Section", "Criterion", "Type", "Weight", "N/A", "Option", "Points", "Show if", "Reasons")


def test_words_of_people_are_understood() -> None:
    loaded = read(
        ("Name", "Chat"),
        ("Channels", "E-mail, chat"),
        HEADER,
        ("Care", "Upset?", "Yes/No", None, "x"),
        ("Care", "Tone", "choice", "1,5", "no", "Warm", 2, "Upset? = Yes", "rushed = In a hurry; Tool was down"),
        ("Care", "Tone", "choice", None, None, "Flat", 0),
    )
    assert loaded.scorecard is not None, loaded.problems
    assert [channel.value for channel in loaded.scorecard.channels] == ["email", "chat"]
    upset, tone = loaded.scorecard.criteria
    assert (upset.id, upset.allow_na, tone.allow_na, str(tone.weight)) == ("upset", True, False, "1.5")
    assert [(reason.id, reason.label) for reason in tone.reasons] == [
        ("rushed", "In a hurry"),
        ("tool-was-down", "Tool was down"),
    ]
    assert tone.show_if is not None
    assert [(part.criterion, part.is_one_of) for part in tone.show_if.all_of] == [("upset", ("yes",))]


ROWS: tuple[tuple[ListCell, ...], ...] = (
    ("Name", "Chat"),
    HEADER,
    ("Care", "Upset?", "yes/no"),
    (None, "Tone", "choice", 1, None, "Warm", 2),
    (None, None, None, None, None, "Flat", 0),
)


@pytest.mark.parametrize(
    ("row", "column", "cell", "code", "suggestion"),
    [
        (1, 1, "Nmae", "unknown-fact", "Name"),
        (2, 4, "Wieght", "unknown-column", "Weight"),
        (3, 3, "yes/nö", "unknown-value", "yes_no"),
        (4, 4, "heavy", "not-a-number", None),
        (4, 7, 0, "points-equal", None),
        (5, 7, None, "points-missing", None),
        (4, 8, "Upste? = Yes", "show-if-unknown", "upset"),
        (4, 8, "when upset", "show-if-unreadable", None),
        (5, 4, 3, "cell-misplaced", None),
        (4, 5, "perhaps", "not-true-or-false", None),
    ],
)
def test_problem_stands_at_its_cell(row: int, column: int, cell: ListCell, code: str, suggestion: str | None) -> None:
    rows = [[*cells, *[None] * (len(HEADER) - len(cells))] for cells in ROWS]
    rows[row - 1][column - 1] = cell
    errors = [each for each in read(*map(tuple, rows)).problems if each.severity is Severity.ERROR]
    found = next(each for each in errors if each.code == code)
    assert (found.line, found.suggestion) == (row, suggestion)
    assert found.column == column or code.startswith("points")  # what all options together lack


def test_sound_list_has_warnings_only() -> None:
    loaded = read(*ROWS)
    assert loaded.scorecard is not None
    assert {problem.code for problem in loaded.problems} == {"no-anchors"}


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ((("Name", "Chat"),), ["list-header"]),
        ((HEADER, (None, "Tone", "text")), ["no-name", "no-section"]),
        (
            (("Name", "N"), HEADER, ("Care",), (None, None, None, None, None, "Warm", 1)),
            ["missing-key", "no-criterion"],
        ),
    ],
)
def test_row_that_belongs_nowhere_says_what_is_missing(
    rows: tuple[tuple[ListCell, ...], ...], codes: list[str]
) -> None:
    loaded = read(*rows)
    assert loaded.scorecard is None
    errors = [problem.code for problem in loaded.problems if problem.severity is Severity.ERROR]
    assert sorted(errors) == sorted(codes)


def test_own_columns_are_left_out_with_a_word() -> None:
    rows = [*ROWS[:1], (*HEADER, "Owner (ours)"), *ROWS[2:]]
    loaded = read(*rows)
    assert loaded.scorecard is not None
    (problem,) = [each for each in loaded.problems if each.code == "unknown-column"]
    assert (problem.severity, problem.column) == (Severity.WARNING, len(HEADER) + 1)


def test_blank_rows_and_titles_say_nothing() -> None:
    moved = [replace(row, number=row.number + 3) for row in [ListRow(n, cells) for n, cells in enumerate(ROWS, 1)]]
    loaded = read_list([ListRow(1, ("Our scorecard",)), ListRow(3, (None, " ")), *moved], file="card")
    assert loaded.scorecard == read(*ROWS).scorecard
