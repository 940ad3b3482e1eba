"""A reviewer takes twenty tickets along, fills the workbook with five mistakes, and brings it back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from playwright.sync_api import expect

from db.records import AssignmentId, AssignmentState, Person, PersonId, Purpose, Role
from db.store import assignments, people
from qa_app.offline_form import Field
from qa_app.ui.pages import address_of
from qa_app.workflows import access
from qa_app.workflows.context import read_clock
from tests.journey.album import Album
from tests.journey.conftest import Enter
from tests.journey.house import House, Visitor
from tests.journey.places import look_into
from tests.journey.steps import download
from tests.qa_app.workbooks.offline_filling import find_cells, save

pytestmark = pytest.mark.journey

TRAVELLER = Person(PersonId("traveller"), "Tove Ranheim", email="tove@example.org", roles=frozenset({Role.REVIEWER}))
MISTAKES = {
    2: (Field.ANSWER, "Perhaps"),
    6: (Field.ANSWER, "=1/0"),
    10: (Field.MESSAGE, 999),
    14: (Field.PRAISE, "very much"),
    18: (Field.QUOTE, "Words that nobody ever said in this ticket"),
}


@pytest.fixture
def token(demo: House) -> str:
    """The session of a reviewer who has twenty tickets of others to grade."""
    with look_into(demo.data) as installation, installation.store.write() as tx:
        people.add_person(tx, TRAVELLER)
        known = [one for one in assignments.assignments(tx) if one.purpose is Purpose.QUALITY]
        fresh = {one.ticket_id: one for one in known}.values()
        given = [
            replace(
                one,
                id=AssignmentId(f"trip-{number}"),
                reviewer_id=TRAVELLER.id,
                state=AssignmentState.OPEN,
                finished_at=None,
                skip_reason=None,
            )
            for number, one in enumerate([*fresh][:20])
        ]
        assignments.add_assignments(tx, given)
    with look_into(demo.data) as installation:
        return access.open_session(installation.store, TRAVELLER.id, now=read_clock())


def test_twenty_reviews_come_back_and_five_are_named_by_their_cells(
    enter: Enter, token: str, tmp_path: Path, album: Album
) -> None:
    reviewer = enter(token=token)
    reviewer.open(address_of("queue"))
    reviewer.press("queue:offline")
    expect(reviewer.page.locator("h1")).to_have_text("Grade in a spreadsheet")
    reviewer.settle()
    album.keep(reviewer, "offline-take-along")
    workbook = load_workbook(download(reviewer, "offline:workbook", tmp_path))
    mistakes = fill_in(workbook)
    (tmp_path / "filled.xlsx").write_bytes(save(workbook))

    bring(reviewer, tmp_path / "filled.xlsx")
    expect(reviewer.widget("offline:go")).to_contain_text("Submit 15 reviews")
    expect(reviewer.page.get_by_text("Cells to mend: 5 cells")).to_be_visible()
    album.keep(reviewer, "offline-preview")
    reviewer.press("offline:go")
    expect(reviewer.page.get_by_text("then bring the workbook back once more: 5 cells")).to_be_visible()
    album.keep(reviewer, "offline-done")

    for place, (before, _) in mistakes.items():
        find_cells(workbook)[place].value = before
    (tmp_path / "mended.xlsx").write_bytes(save(workbook))
    bring(reviewer, tmp_path / "mended.xlsx")
    expect(reviewer.widget("offline:go")).to_contain_text("Submit 5 reviews")
    reviewer.press("offline:go")
    expect(reviewer.page.get_by_text("Nothing to grade, so nothing to take along.")).to_be_visible()


def bring(reviewer: Visitor, file: Path) -> None:
    """Drop a file on the page."""
    reviewer.settle()
    reviewer.page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(file)
    expect(reviewer.widget("offline:go")).to_be_visible()


def fill_in(workbook: Workbook) -> dict[tuple[int, str, Field], tuple[Any, object]]:
    """Fill every form and plant the mistakes; returns for each the right value and the wrong one."""
    cells = find_cells(workbook)
    planted: dict[tuple[int, str, Field], tuple[Any, object]] = {}
    offered = {sheet.title: find_offers(workbook, sheet.title) for sheet in workbook.worksheets}
    for (number, criterion, column), cell in cells.items():
        first = offered[cell.parent.title].get(cell.coordinate)
        if column is Field.ANSWER and criterion != "*":
            cell.value = first or "Seen"
        if column is Field.COMMENT:
            cell.value = "Seen on the way"
        if column is Field.REASONS and first:
            cell.value = first
        wrong = MISTAKES.get(number)
        if wrong and wrong[0] is column and criterion != "*" and not any(place[0] == number for place in planted):
            planted[number, criterion, column] = cell.value, wrong[1]
            cell.value = wrong[1]  # type: ignore[assignment]
    return planted


def find_offers(workbook: Workbook, title: str) -> dict[str, str | float]:
    """By cell, the first thing that its list or its range offers."""
    offers: dict[str, str | float] = {}
    for check in workbook[title].data_validations.dataValidation:
        for address in str(check.sqref).split():
            if check.type == "list":
                sheet, _, place = str(check.formula1).rpartition("!")
                offers[address] = workbook[sheet.strip("'")][place.replace("$", "").partition(":")[0]].value
            elif check.type == "decimal":
                offers[address] = float(str(check.formula1))
            else:
                offers[address] = "N/A"
    return offers
