"""The round trip through LibreOffice: it opens the workbook, types into it, saves it in its own way."""

import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from db.records import AssignmentState
from db.store import assignments, tickets
from qa_app.offline_form import Field
from qa_app.workflows.offline_export import export_offline
from qa_app.workflows.offline_import import Fate, apply_offline, preview_offline
from tests.factories import make_conversation
from tests.office import needs_hand, type_into
from tests.qa_app.workbooks.offline_filling import find_cells
from tests.qa_app.workflows.house import BO, NINA, UTC_ZONE, House

pytestmark = [pytest.mark.long, needs_hand]
A, C, R, P, M, Q = Field
GOOD: Mapping[tuple[str, Field], str] = {
    ("greeting", A): "Yes",
    ("greeting", M): "2",
    ("greeting", Q): "I am sorry",
    ("empathy", A): "1",
    ("empathy", C): "=Not a formula, and not a word about the wait: “éß漢👍”",
    ("empathy", P): "Yes",
    ("solution", A): "Not solved",
    ("solution", R): "Tool was down",
    ("identity", A): "Yes",
    ("wait", A): "0.5",
    ("note", A): "1/2",
    ("*", C): "-5 and so on",
}
MISTAKES: Mapping[int, tuple[tuple[str, Field], str, str]] = {
    3: (("greeting", A), "Perhaps", "unknown-option"),
    7: (("wait", A), "11", "number-out-of-range"),
    11: (("empathy", A), "N/A", "na-not-allowed"),
    15: (("solution", R), "The weather", "unknown-reason"),
    19: (("greeting", Q), "Words that nobody said", "quote-not-found"),
}
"""By ticket: the cell, what is typed there instead, and what it is called."""


def test_of_twenty_reviews_with_five_mistakes_fifteen_come_in_and_five_are_named_by_their_cell(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    more = [make_conversation(number, agent=NINA) for number in range(11, 31)]
    with house.store.write() as tx:
        tickets.add_conversations(tx, more)
    given = [house.assign(BO, conversation.ticket) for conversation in more]
    content = export_offline(house.act(BO), zone=UTC_ZONE).content
    cells = find_cells(load_workbook(io.BytesIO(content)))
    typed = {(number, *place): text for number in range(1, 21) for place, text in GOOD.items()}
    typed |= {(number, *place): text for number, (place, text, _) in MISTAKES.items()}
    edits = [(cells[place].parent.title, cells[place].coordinate, text) for place, text in typed.items()]
    (tmp_path / "out.xlsx").write_bytes(content)
    locked = type_into(tmp_path / "out.xlsx", tmp_path / "renamed.xlsx", [*edits, ("1 111", "C8", "changed")])
    assert locked == [("1 111", "C8")]

    preview = preview_offline(house.act(BO), (tmp_path / "renamed.xlsx").read_bytes(), file_name="renamed.xlsx")
    expected = {
        (cells[number, *place].parent.title, cells[number, *place].coordinate, text, code)
        for number, (place, text, code) in MISTAKES.items()
    }
    assert {(one.sheet, one.cell, one.found, one.code) for one in preview.cells} == expected
    outcomes = apply_offline(house.act(BO), preview)
    assert [one.fate for one in outcomes].count(Fate.SUBMIT) == 15
    assert {one.returned.number for one in outcomes if one.fate is Fate.REFUSED} == MISTAKES.keys()
    with house.store.read() as tx:
        done = assignments.assignments(tx, reviewer_id=BO.id, state=AssignmentState.DONE)
    assert {one.id for one in done} == {key for number, key in enumerate(given, start=1) if number not in MISTAKES}
    first = next(one for one in preview.reviews if one.number == 1)
    assert first.filled is not None
    comments = {rating.criterion_id: rating.comment for rating in first.filled.ratings}
    assert (comments["empathy"], first.filled.comment) == (GOOD["empathy", C], "-5 and so on")
    again = preview_offline(house.act(BO), (tmp_path / "renamed.xlsx").read_bytes(), file_name="renamed.xlsx")
    assert [one.fate for one in again.reviews].count(Fate.SAME) == 15
