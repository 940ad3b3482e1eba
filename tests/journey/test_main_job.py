"""The main job in a real browser on the demo: so far a sample is drawn and handed out."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journey.conftest import Enter
from tests.journey.grading import read_queue
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
