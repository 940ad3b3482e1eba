"""The main job from end to end, in a real browser on the demo: sample, hand out, grade, calibrate, coach, contest."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journey.conftest import Enter
from tests.journey.grading import find_scorecard, key_of_best, read_queue
from tests.journey.house import House, Visitor

pytestmark = pytest.mark.journey

BEN, HENRIK, LEILA = (f"{name}@fernlatch.example" for name in ("ben.ashworth", "henrik.dahl", "leila.farouk"))
REVIEWERS = {BEN: "Ben Ashworth", HENRIK: "Henrik Dahl", LEILA: "Leila Farouk"}


def choose(visitor: Visitor, label: str, *options: str) -> None:
    """Choose in a list by its label; a list of several stays open until it is left."""
    field = visitor.page.get_by_role("combobox", name=label, exact=True)
    field.click()
    for option in options:
        visitor.page.get_by_role("option", name=option, exact=True).click()
    if visitor.page.get_by_role("listbox").count():
        field.press("Tab")
    expect(visitor.page.get_by_role("listbox")).to_have_count(0)
    visitor.settle()


def click_row(visitor: Visitor, key: str, row: int) -> None:
    """Click the button of a 0-based row of a list; tables are painted, so the place is all that there is."""
    table = visitor.widget(key).locator("canvas").first
    expect(table).to_be_visible()
    table.click(position={"x": 40, "y": 36 + 36 * row + 18})
    visitor.settle()


def dialog(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("dialog")


def test_sample_of_thirty_goes_to_three_reviewers(enter: Enter, demo: House) -> None:
    before = {email: len(read_queue(demo, email)) for email in REVIEWERS}
    manager = enter("manager")
    manager.open("/sampling")
    manager.press("sampling:new")
    manager.page.get_by_label("Name of the plan").fill("Journey: chats by team")
    choose(manager, "Channels", "Chat")
    choose(manager, "Strata", "Team")
    manager.press("sampling:draw")
    expect(dialog(manager)).to_have_count(0)
    expect(manager.page.get_by_text(re.compile(r"^30 of \d+ tickets · seed 1 · strata: Team"))).to_be_visible()
    manager.press("sampling:hand_out")
    choose(manager, "Scorecard", "Core skills, chat, version 1")
    choose(manager, "Reviewers", *REVIEWERS.values())
    manager.press("sampling:assign")
    expect(dialog(manager)).to_have_count(0)
    after = {email: len(read_queue(demo, email)) for email in REVIEWERS}
    given = {email: after[email] - before[email] for email in REVIEWERS}
    assert sum(given.values()) == 30
    assert max(after.values()) - min(after.values()) <= 1
    for email, name in REVIEWERS.items():
        expect(manager.page.get_by_text(f"{name}: 0 of {given[email]} done")).to_be_visible()


def open_queue(reviewer: Visitor, email: str, house: House) -> dict[str, str]:
    """Go to the desk with the most urgent ticket; returns what the queue says about it."""
    reviewer.open("/queue")
    first = read_queue(house, email)[0]
    reviewer.press("queue:start")
    expect(reviewer.page.get_by_role("heading", name=f"Grade {first['ticket']}")).to_be_visible()
    expect(reviewer.page.locator(".desk footer")).to_be_visible()
    return first


def press_answers(page: Page, scorecard: str, *, start: int = 0, end: int | None = None) -> None:
    """Give the best answer to these criteria, by digits alone."""
    for criterion in find_scorecard(scorecard).criteria[start:end]:
        page.keyboard.press(key_of_best(criterion))


def test_reviewer_grades_by_keyboard_and_a_draft_survives_a_reload(enter: Enter, demo: House) -> None:
    reviewer = enter("reviewer", name="Ben Ashworth")
    page, status = reviewer.page, reviewer.page.locator(".desk .status")
    first = open_queue(reviewer, BEN, demo)
    press_answers(page, first["scorecard"], end=3)
    page.keyboard.press("c")
    page.keyboard.type("Half way when the browser was reloaded.")
    page.keyboard.press("Escape")
    expect(status).to_contain_text("Saved")
    reviewer.open(page.url)
    expect(page.locator(".desk .count")).to_have_text(re.compile("^3 of "))
    expect(page.get_by_text("Half way when the browser was reloaded.")).to_be_visible()
    press_answers(page, first["scorecard"], start=3)
    graded = [first]
    for _ in range(3):
        left = read_queue(demo, BEN)
        page.keyboard.press("Control+Enter")
        following = left[1]
        expect(page.get_by_role("heading", name=f"Grade {following['ticket']}")).to_be_visible()
        graded.append(following)
        press_answers(page, following["scorecard"])
    reviewer.open("/queue")
    expect(page.get_by_text("3 done today")).to_be_visible()
    reviewer.open("/reviews")
    expect(reviewer.widget("reviews:table").locator("canvas").first).to_be_visible()
    assert next(row["ticket"] for row in read_queue(demo, BEN)) == graded[3]["ticket"]
