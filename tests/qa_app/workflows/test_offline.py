"""Grading in a spreadsheet: out, filled, back. What is wrong is named by its cell and costs no other review."""

import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from db.engine import Store
from db.records import AssignmentId, Evidence, Person, Rating, Review, ReviewState
from db.store import reviews
from qa_app.errors import PlumblineError
from qa_app.offline_form import Field
from qa_app.workflows import grading, undo
from qa_app.workflows.grading import Filled
from qa_app.workflows.offline_export import export_offline
from qa_app.workflows.offline_import import Fate, Outcome, Preview, apply_offline, preview_offline
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.factories import fill
from tests.qa_app.workbooks.offline_filling import Entry, fill_workbook, find_cells, save
from tests.qa_app.workflows.house import BO, CY, T1, T2, T3, UTC_ZONE, House

pytestmark = pytest.mark.long

A, C, R, P, M, Q = Field
BEST: Mapping[str, Entry] = {
    "greeting": {A: "Yes"},
    "empathy": {A: "5"},
    "solution": {A: "Solved"},
    "identity": {A: "Yes"},
    "wait": {A: 0},
}


def fill_in(number: int, changes: Mapping[str, Entry] | None = None) -> dict[tuple[int, str], Entry]:
    """The best answers of one form but for these."""
    return {(number, key): entry for key, entry in {**BEST, **(changes or {})}.items()}


def export(house: House, person: Person = BO) -> bytes:
    return export_offline(house.act(person), zone=UTC_ZONE).content


def bring(house: House, content: bytes, person: Person = BO) -> Preview:
    return preview_offline(house.act(person), content, file_name="back.xlsx")


def fates(found: Preview | tuple[Outcome, ...]) -> list[Fate]:
    return [one.fate for one in (found.reviews if isinstance(found, Preview) else found)]


def draft_of(house: House, assignment_id: AssignmentId) -> Review | None:
    with house.store.read() as tx:
        return reviews.draft_of(tx, assignment_id)


def submitted(house: House, assignment_id: AssignmentId) -> Review:
    with house.store.read() as tx:
        found = reviews.review_of(tx, assignment_id)
    assert found is not None
    return found


def test_a_filled_form_is_the_review_that_the_desk_would_have_made(sqlite_house: House) -> None:
    house = sqlite_house
    assignment_id = house.assign(BO)
    changes: Mapping[str, Entry] = {
        "empathy": {A: 4, C: "Warm.", P: "yes", M: 2, Q: "I am"},
        "greeting": {A: "yes", Q: "Where  is"},
        "solution": {A: "Not solved", R: "Tool was down; policy not known"},
        "identity": {A: "YES", M: 1},
        "wait": {A: "0,50"},
        "note": {A: "n/a", C: "Nothing to add"},
        "*": {C: "In all:\nfine."},
    }
    content = fill_workbook(export(house), fill_in(1, changes))
    preview = bring(house, content)
    assert fates(preview) == [Fate.SUBMIT]
    assert fates(apply_offline(house.act(BO), preview)) == [Fate.SUBMIT]
    review = submitted(house, assignment_id)
    assert review.ratings == (
        Rating("greeting", Answer.choose("yes")),
        Rating("empathy", Answer.choose("4"), "Warm.", praise=True),
        Rating("solution", Answer.choose("none"), "", ("policy", "tool")),
        Rating("identity", Answer.choose("yes")),
        Rating("wait", Answer.measure(Decimal("0.50"))),
        Rating("note", NOT_APPLICABLE, "Nothing to add"),
    )
    assert review.evidence == (
        Evidence("greeting", "Where is", 1, 0, 8),
        Evidence("empathy", "I am", 2, 12, 16),
        Evidence("identity", "Where is my parcel?", 1, 0, 19),
    )
    assert (review.comment, review.saw_other_grades, review.state) == ("In all:\nfine.", False, ReviewState.SUBMITTED)
    assert review.score == fill_score(house, review)


def fill_score(house: House, review: Review) -> object:
    """The score of the same ratings given at the desk."""
    other = house.assign(CY)
    return house.submit(CY, other, Filled(review.ratings)).score


def test_every_kind_of_mistake_is_named_by_its_cell_and_its_review_left_alone(sqlite_house: House) -> None:
    house = sqlite_house
    for ticket in (T1, T2, T3):
        house.assign(BO, ticket)
    content = export(house)
    wrong: Mapping[str, Entry] = {
        "greeting": {A: "Perhaps", P: "maybe"},
        "empathy": {A: "n/a"},
        "solution": {A: "Not solved", R: "Weather"},
        "identity": {A: "Yes", M: 9},
        "wait": {A: 0.3, Q: "never said"},
        "note": {A: "=1/0", C: "x" * 20_001},
    }
    filled = fill_workbook(content, {**fill_in(1), **fill_in(2, wrong), **fill_in(3, {"wait": {A: None}})})
    preview = bring(house, filled)
    assert fates(preview) == [Fate.SUBMIT, Fate.REFUSED, Fate.DRAFT]
    at = {(criterion, column): cell.coordinate for (number, criterion, column), cell in places(content).items()}
    named = {(problem.sheet, problem.cell, problem.found, problem.code) for problem in preview.cells}
    assert named == {
        ("2 102", at["greeting", A], "Perhaps", "unknown-option"),
        ("2 102", at["greeting", P], "maybe", "praise-unclear"),
        ("2 102", at["empathy", A], "n/a", "na-not-allowed"),
        ("2 102", at["solution", R], "Weather", "unknown-reason"),
        ("2 102", at["identity", M], "9", "no-message"),
        ("2 102", at["wait", A], "0.3", "number-off-step"),
        ("2 102", at["wait", Q], "never said", "quote-not-found"),
        ("2 102", at["note", A], "", "cell-unreadable"),
        ("2 102", at["note", C], "x" * 119 + "…", "text-too-long"),
    }
    messages = {problem.code: problem.message for problem in preview.cells}
    assert messages["unknown-option"] == "Is no answer of this criterion; valid: Yes, No."
    assert messages["no-message"] == "There is no such message; there are 1 to 2."
    (lacking,) = preview.reviews[2].problems
    assert (lacking.cell, lacking.code) == (at["wait", A], "missing-answer")
    outcomes = apply_offline(house.act(BO), preview)
    assert fates(outcomes) == [Fate.SUBMIT, Fate.REFUSED, Fate.DRAFT]
    stored = [draft_of(house, one.assignment_id) for one in preview.reviews]
    assert [draft is not None and len(draft.ratings) for draft in stored] == [False, False, 4]


def places(content: bytes) -> dict[tuple[int, str, Field], Cell]:
    return {key: cell for key, cell in find_cells(load_workbook(io.BytesIO(content))).items() if key[0] == 2}


def test_the_same_file_again_changes_nothing_and_a_mended_one_adds_the_rest(house: House) -> None:
    first, second, third = (house.assign(BO, ticket) for ticket in (T1, T2, T3))
    content = fill_workbook(
        export(house), {**fill_in(1), **fill_in(2, {"wait": {A: "long"}}), (3, "greeting"): {A: "No"}}
    )
    apply_offline(house.act(BO), bring(house, content))
    review, draft = submitted(house, first), draft_of(house, third)
    again = bring(house, content)
    assert fates(again) == [Fate.SAME, Fate.REFUSED, Fate.SAME]
    assert fates(apply_offline(house.act(BO), again)) == [Fate.SAME, Fate.REFUSED, Fate.SAME]
    assert (submitted(house, first), draft_of(house, third)) == (review, draft)
    mended = fill_workbook(content, {(2, "wait"): {A: 1}, **fill_in(3, {"greeting": {A: "No"}})})
    outcomes = apply_offline(house.act(BO), bring(house, mended))
    assert fates(outcomes) == [Fate.SAME, Fate.SUBMIT, Fate.SUBMIT]
    assert submitted(house, second).submission_key != submitted(house, third).submission_key
    undo.undo_submit(house.act(BO), second)
    assert fates(bring(house, mended))[1] == Fate.SUBMIT


def test_a_draft_that_changed_meanwhile_is_shown_beside_the_workbook_and_taken_only_when_told(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    assignment_id = house.assign(BO)
    content = fill_workbook(export(house), fill_in(1, {"*": {C: "Workbook"}}))
    desk = grading.save_draft(
        house.act(BO), assignment_id, replace(fill({"greeting": "no"}), comment="Desk"), expected_revision=0
    )
    preview = bring(house, content)
    (asked,) = preview.reviews
    assert asked.fate is Fate.ASK
    assert [(one.criterion, one.column, one.stored, one.workbook) for one in asked.differences] == [
        ("Greeting", "Answer", "No", "Yes"),
        ("Overall comment", "Comment", "Desk", "Workbook"),
    ]
    assert fates(apply_offline(house.act(BO), preview)) == [Fate.ASK]
    assert draft_of(house, assignment_id) == desk
    assert fates(apply_offline(house.act(BO), preview, take={assignment_id})) == [Fate.SUBMIT]
    assert submitted(house, assignment_id).comment == "Workbook"


def test_what_a_workbook_cannot_show_of_a_draft_stays(sqlite_house: House) -> None:
    house = sqlite_house
    assignment_id = house.assign(BO)
    odd = "Odd \x1b and _x000D_ and \r\n " + "x" * 25_000
    evidence = (
        Evidence("greeting", "Where", 1, 0, 5),
        Evidence("greeting", "parcel", 1, 12, 18),
        Evidence("greeting", "", start_seconds=3.5),
    )
    rated = tuple(replace(one, comment=odd) if one.criterion_id == "empathy" else one for one in fill().ratings[:3])
    grading.save_draft(house.act(BO), assignment_id, Filled(rated, evidence, odd), expected_revision=0)
    content = export(house)
    assert fates(bring(house, content)) == [Fate.SAME]
    filled = fill_workbook(
        content, {(1, "identity"): {A: "Yes"}, (1, "wait"): {A: 1}, (1, "greeting"): {Q: "Where is"}}
    )
    apply_offline(house.act(BO), bring(house, filled))
    review = submitted(house, assignment_id)
    assert review.ratings[:3] == rated
    assert (review.comment, review.evidence[:2]) == (odd, evidence[1:])
    assert review.evidence[2:] == (Evidence("greeting", "Where is", 1, 0, 8),)


def test_rows_and_sheets_may_move_and_be_renamed(sqlite_house: House) -> None:
    house = sqlite_house
    house.assign(BO, T1)
    house.assign(BO, T2)
    filled = fill_workbook(export(house), {**fill_in(1), **fill_in(2, {"greeting": {A: "No"}})})
    workbook = load_workbook(io.BytesIO(filled))
    sheet = workbook["1 101"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    for number, row in enumerate(reversed(rows), start=7):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    sheet.title = "Done!"
    workbook.move_sheet("2 102", -2)
    workbook.remove(workbook["How to"])
    assert fates(bring(house, save(workbook))) == [Fate.SUBMIT, Fate.SUBMIT]


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("foreign", "offline-foreign"),
        ("changed", "offline-changed"),
        ("elsewhere", "offline-elsewhere"),
        ("person", "offline-other-person"),
    ],
)
def test_a_file_that_is_not_the_actors_own_is_refused(
    sqlite_house: House, file_store: Store, harm: str, code: str
) -> None:
    house = sqlite_house
    house.assign(BO)
    workbook = load_workbook(io.BytesIO(export(house)))
    data = workbook["Plumbline data"]
    if harm == "foreign":
        workbook.remove(data)
    if harm == "changed":
        next(cell for row in data.iter_rows() for cell in row if cell.value == "id001").value = "id002"
    content = save(workbook)
    visited = House(file_store, house.recordings_dir) if harm == "elsewhere" else house
    with pytest.raises(PlumblineError) as refusal:
        bring(visited, content, CY if harm == "person" else BO)
    assert refusal.value.code == code
