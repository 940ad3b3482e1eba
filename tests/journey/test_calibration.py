"""A calibration in real browsers: four reviewers grade blind at once, and the facilitator reveals.

Page, command and workbook tell the same; a meeting on the wall decides. PLUMBLINE_SCREENSHOTS keeps a picture of each
step in a folder of one's own.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import expect

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.words import write_short
from tests.journey.album import Album
from tests.journey.conftest import Enter
from tests.journey.desk import Desk
from tests.journey.grading import choose_options, find_scorecard, grade, read_queue
from tests.journey.house import House, Visitor
from tests.journey.meeting import DECISION, LAPTOP, TO_DO, WALL, decide, enter_meeting, mask
from tests.journey.places import open_session_of
from tests.journey.steps import choose, dialog, download

pytestmark = pytest.mark.journey

ELENA, *_EMAILS = (
    f"{name}@fernlatch.example"
    for name in ("elena.vasquez", "ben.ashworth", "henrik.dahl", "leila.farouk", "ngozi.eze")
)
NAMES = ("Ben Ashworth", "Henrik Dahl", "Leila Farouk", "Ngozi Eze")
REVIEWERS = dict(zip(_EMAILS, NAMES, strict=True))
BEN = _EMAILS[0]
NAME = "Journey: web contacts"
CARD = "Core skills, chat, version 1"
TICKETS = 6
SEEN_BY_NOBODY = "Only its writer has seen this before the reveal."
SHOWN = {
    "Same answer, %": ("same", 0),
    "Kappa": ("kappa", 2),
    "Krippendorff’s α": ("alpha", 2),
}
"""Column of the page to the key of the command's report, and the digits shown."""
WRITTEN = {"Same answer, %": "same", "Kappa": "kappa", "Krippendorff’s alpha": "alpha"}
"""Measure in the workbook to the key of the command's report."""


Figures = dict[str, dict[str, Measured]]
"""Criterion to measure to figure."""


def read_command(house: House, session_id: str) -> Figures:
    """What `plumbline calibration report` prints for programs."""
    printed = json.loads(house.command("calibration", "report", session_id, "--as", ELENA, "--format", "json"))
    rows = printed["agreement"]
    return {row["criterion"]: {key: _read_measured(row[key]) for key, _ in SHOWN.values()} for row in rows}


def _read_measured(found: dict[str, Any]) -> Measured:
    return Undefined(**found) if "reason" in found else Estimate(**found)


def open_session(facilitator: Visitor) -> str:
    """Set a session up for 6 web contacts and four reviewers; returns its id."""
    facilitator.open("/calibration")
    facilitator.press("calibration:new")
    facilitator.page.get_by_label("Name", exact=True).fill(NAME)
    choose(facilitator, "Scorecard", CARD)
    choose(facilitator, "Reviewers", *REVIEWERS.values())
    choose(facilitator, "Channels", "Web")
    expect(facilitator.page.get_by_label("At random")).to_have_value(str(TICKETS))
    facilitator.press("calibration:open")
    expect(dialog(facilitator)).to_have_count(0)
    facilitator.settle()
    facilitator.page.get_by_role("link", name=NAME).click()
    expect(facilitator.page.locator("h1")).to_have_text(NAME)
    expect(facilitator.page).to_have_url(re.compile("session="))
    return parse_qs(urlsplit(facilitator.page.url).query)["session"][0]


def grade_first(reviewers: Mapping[str, Visitor], session_id: str, album: Album) -> str:
    """All have the same ticket on their desks at once, and answer and submit it in turns; returns the ticket.

    The first of them comes from the session's page, the others by the address of the ticket that stands there.
    """
    scorecard, ticket = find_scorecard(CARD), ""
    desks = [Desk(reviewer) for reviewer in reviewers.values()]
    for email, desk in zip(reviewers, desks, strict=True):
        if ticket:
            queue = read_queue(desk.visitor.house, email)
            assignment = next(row["assignment"] for row in queue if row["ticket"] == ticket)
            desk.visitor.open(f"/desk?assignment={assignment}")
        else:
            desk.visitor.open(f"/session?session={session_id}")
            desk.visitor.press("session:grade")
            desk.await_first()
            ticket = desk.ticket
        expect(desk.page.get_by_text("Calibration, blind")).to_be_visible()
        desk.expect_answered(0, scorecard)
    for lean, desk in enumerate(desks):
        desk.answer(scorecard, choose_options(scorecard, TICKETS - 1, lean=lean), comment=SEEN_BY_NOBODY)
    for desk in desks:
        desk.expect_answered(len(scorecard.criteria), scorecard)
    album.keep(desks[0].visitor, "1-desk")
    for desk in desks:
        desk.submit()
    return ticket


def grade_rest(house: House, first: str, folder: Path) -> None:
    """All other grades of the session by command; the reviewers differ in every third criterion."""
    tickets: list[str] = []
    for lean, email in enumerate(REVIEWERS):
        queue = [
            row
            for row in read_queue(house, email)
            if row["purpose"] == "calibration" and (row["ticket"] in tickets or not tickets)
        ]
        tickets = tickets or [row["ticket"] for row in queue]
        assert len(tickets) == TICKETS - 1
        assert first not in tickets
        queue.sort(key=lambda row: tickets.index(row["ticket"]))
        grade(house, email, queue, lean=lean, folder=folder, comment=SEEN_BY_NOBODY)


def expect_blind(visitor: Visitor, session_id: str) -> None:
    """The session's page counts grades and shows none, and its workbook is refused."""
    visitor.open(f"/session?session={session_id}")
    page = visitor.page
    for name in REVIEWERS.values():
        expect(page.get_by_text(f"{name}: {TICKETS} of {TICKETS}")).to_be_visible()
    expect(page.get_by_text(SEEN_BY_NOBODY)).to_have_count(0)
    expect(page.get_by_role("tab")).to_have_count(0)
    expect(page.locator("table, canvas")).to_have_count(0)
    assert page.request.get(f"/export/calibration/{session_id}").status in {404, 409}


def reveal(facilitator: Visitor) -> None:
    facilitator.press("session:reveal_open")
    facilitator.press("session:reveal")
    expect(dialog(facilitator)).to_have_count(0)
    expect(facilitator.page.get_by_role("heading", name="What to fix first")).to_be_visible()
    facilitator.settle()
    facilitator.page.get_by_role("tab", name="Agreement").click()
    expect(facilitator.page.get_by_role("table", name="Agreement by criterion", exact=True)).to_be_visible()
    facilitator.settle()


def read_page(visitor: Visitor) -> dict[str, dict[str, str]]:
    """Criterion to column to what the page's table says."""
    table = visitor.page.get_by_role("table", name="Agreement by criterion", exact=True)
    head, *rows = [row.locator("th, td").all_inner_texts() for row in table.locator("tr").all()]
    return {row[0]: {column: row[head.index(column)] for column in SHOWN} for row in rows}


def read_workbook(file: Path) -> dict[tuple[str, str], tuple[object, ...]]:
    """Criterion and measure to value, low and high."""
    sheet = openpyxl.load_workbook(file)["Agreement"]
    return {
        (str(row[3]), str(row[1])): row[5:8]
        for row in sheet.iter_rows(values_only=True)
        if row[0] == "How it was graded" and row[1] in WRITTEN
    }


def expected_limits(measured: Measured) -> tuple[object, ...]:
    """Value, low and high as a workbook holds them: with 16 digits, and nothing where there is no number."""
    found = (measured.value, measured.low, measured.high) if isinstance(measured, Estimate) else (None, None, None)
    return tuple(None if number is None else pytest.approx(number, rel=1e-15) for number in found)


def expect_disagreement(printed: Figures) -> None:
    """Reviewers lean in every third criterion, so there and only there answers differ, and alpha has its interval.

    Where the options go into four, each ticket gets each of them as often: no resample differs from another, and there
    is no interval.
    """
    criteria = find_scorecard(CARD).criteria
    percents = {name: row["same"] for name, row in printed.items()}
    alphas = {name: row["alpha"] for name, row in printed.items()}
    assert list(printed) == [criterion.label for criterion in criteria]
    assert [name for name, found in percents.items() if isinstance(found, Estimate) and found.value < 100] == [
        criterion.label for criterion in criteria[::3]
    ]
    assert [criterion.label for criterion in criteria[::3] if expected_limits(alphas[criterion.label])[1] is None] == [
        criterion.label for criterion in criteria[::3] if len(REVIEWERS) % len(criterion.options) == 0
    ]


def test_calibration_is_blind_until_revealed_and_every_report_agrees(
    enter: Enter, demo: House, tmp_path: Path, album: Album
) -> None:
    facilitator = enter("facilitator")
    reviewers = {email: enter(token=open_session_of(demo, email)) for email in REVIEWERS}
    reviewer = reviewers[BEN]
    session_id = open_session(facilitator)
    first = grade_first(reviewers, session_id, album)
    grade_rest(demo, first, tmp_path)
    for visitor, email in ((facilitator, ELENA), (reviewer, BEN)):
        expect_blind(visitor, session_id)
        assert demo.command("calibration", "report", session_id, "--as", email, check=False) == ""

    album.keep(facilitator, "2-blind")
    reveal(facilitator)
    album.keep(facilitator, "4-agreement")
    printed = read_command(demo, session_id)
    expect_disagreement(printed)
    assert read_page(facilitator) == {
        name: {column: write_short(row[key], digits=digits) for column, (key, digits) in SHOWN.items()}
        for name, row in printed.items()
    }
    assert read_workbook(download(facilitator, "session:workbook", tmp_path)) == {
        (name, measure): expected_limits(row[key]) for name, row in printed.items() for measure, key in WRITTEN.items()
    }

    hold_meeting(facilitator, reviewer, session_id, first, album)


def hold_meeting(facilitator: Visitor, reviewer: Visitor, session_id: str, first: str, album: Album) -> None:
    """The facilitator decides on the wall by keys; a reviewer reads the same page along, and the minutes keep it.

    `first` is the ticket that all graded at the desk, where only some criteria got a comment.
    """
    facilitator.page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    wall = enter_meeting(facilitator)
    mask(facilitator, wall)
    album.keep(facilitator, "5-wall")
    decide(facilitator, wall)
    album.keep(facilitator, "6-decided")
    address = facilitator.page.url
    for place in (2, 3):
        facilitator.page.keyboard.press("ArrowRight")
        expect(wall.get_by_text(f"Ticket {place} of {TICKETS}")).to_be_visible()
        if not wall.page.locator("h1").inner_text().startswith(f"{first} "):
            break
    expect(wall.get_by_text(SEEN_BY_NOBODY).first).to_be_visible()
    expect(wall.locator(".option[data-agreed]")).to_have_count(0)

    reviewer.open(address.removeprefix(reviewer.house.address))
    read_only = reviewer.page.locator(".wall")
    expect(read_only.locator(".findings")).to_contain_text(DECISION)
    agreed = read_only.locator(".option[data-agreed]")
    expect(agreed).to_have_count(1)
    said = agreed.inner_text()
    reviewer.page.keyboard.press("1")
    reviewer.settle()
    expect(read_only.get_by_role("button", name="Write down a finding")).to_have_count(0)
    expect(agreed).to_have_text(said, use_inner_text=True)
    album.keep(reviewer, "7-read-along")

    facilitator.page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    facilitator.open(f"/minutes?session={session_id}")
    facilitator.page.get_by_text(TO_DO).click()
    expect(facilitator.page.get_by_text("To do (0 of 1 left)")).to_be_visible()
    album.keep(facilitator, "8-minutes")
    assert TO_DO in facilitator.page.request.get(f"/print/meeting/{session_id}").text()
