"""A manager makes a scorecard out of a shipped one: changes a weight, tries it, sees what it does, publishes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import Enter
from tests.journey.house import Visitor
from tests.journey.steps import choose, dialog
from tests.journey.test_every_page import PAPER, judge_theme

pytestmark = pytest.mark.journey

NAME = "Core for the night shift"


def test_scorecard_is_made_of_a_shipped_one_and_published(enter: Enter) -> None:
    manager = enter("manager")
    start_copy(manager)
    change_weight(manager)
    try_preview(manager)
    assert [fault for scheme in PAPER for fault in judge_theme(manager, scheme)] == []
    publish(manager)
    change_again(manager)


def start_copy(visitor: Visitor) -> None:
    visitor.open("/scorecards")
    visitor.press("scorecards:new")
    dialog(visitor).get_by_label("Name", exact=True).fill(NAME)
    dialog(visitor).get_by_label("Name", exact=True).press("Tab")
    choose(visitor, "Begin with", "Core skills, chat (shipped)")
    visitor.press("scorecards:new:start")
    expect(visitor.page.locator("h1")).to_have_text(NAME)
    visitor.settle()


def expect_weight(page: Page, weight: str) -> None:
    row = page.locator(".preview").get_by_role("group", name=re.compile("^Empathy"))
    expect(row.locator(".weight")).to_have_text(f"Weight {weight}")


def change_weight(visitor: Visitor) -> None:
    """The address names the criterion, so a reload comes back to it with the edit kept."""
    page = visitor.page
    visitor.widget("builder:outline").get_by_role("button", name="Empathy", exact=True).click()
    expect(page).to_have_url(re.compile("criterion=empathy"))
    visitor.settle()
    weight = page.get_by_role("spinbutton", name="Weight")
    weight.fill("4")
    weight.press("Enter")
    expect_weight(page, "×4")
    page.reload()
    visitor.settle()
    expect(weight).to_have_value("4")


def try_preview(visitor: Visitor) -> None:
    """The desk's own scorecard: it opens at the criterion, scores what is clicked, and keeps answers over an edit."""
    page = visitor.page
    active = page.locator(".preview .row.active")
    expect(active.locator(".name")).to_have_text("Empathy")
    active.get_by_role("radio").first.click()
    expect(page.locator(".preview .score strong")).not_to_have_text("–")
    count = page.locator(".preview .count")
    expect(count).to_have_text(re.compile("^1 of "))
    answered = count.inner_text()
    question = page.get_by_role("textbox", name="Question", exact=True)
    question.fill("Empathy in words")
    question.press("Enter")
    expect(active.locator(".name")).to_have_text("Empathy in words")
    visitor.settle()
    expect(count).to_have_text(answered)
    paper = page.locator(".desk.preview")
    visitor.widget("builder:scheme").get_by_role("radio", name="Dark").click()
    expect(paper).to_have_css("background-color", "rgb(16, 18, 22)")


def publish(visitor: Visitor) -> None:
    visitor.press("builder:publish_open")
    expect(dialog(visitor).get_by_text("No version is in force yet")).to_be_visible()
    visitor.press("builder:publish")
    expect(visitor.page.get_by_text("Version 1 is published and never changes.")).to_be_visible()


def change_again(visitor: Visitor) -> None:
    """The next version shows what an edit does to scores, and an edit is taken back."""
    page = visitor.page
    visitor.press("builder:start")
    weight = page.get_by_role("spinbutton", name="Weight")
    expect(weight).to_be_visible()
    visitor.settle()
    weight.fill("5")
    weight.press("Enter")
    expect_weight(page, "×5")
    page.get_by_role("tab", name="What it changes").click()
    expect(page.get_by_text("A new pool of scores begins with version 2")).to_be_visible()
    expect(page.get_by_text('The weight of criterion "Empathy in words" changed from 4 to 5.')).to_be_visible()
    visitor.press("builder:undo")
    expect(page.get_by_text("Nothing has changed against version 1 yet")).to_be_visible()
