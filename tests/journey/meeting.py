"""What happens at a meeting on the wall, key by key."""

import re

from playwright.sync_api import Locator, expect

from tests.journey.house import Visitor

WALL, LAPTOP = (1920, 1080), (1440, 900)
DECISION, TO_DO = "A paraphrase counts as well.", "Add two examples to the guideline"


def enter_meeting(visitor: Visitor) -> Locator:
    """From the session's page to the wall; returns it."""
    visitor.press("session:meeting")
    wall = visitor.page.locator(".wall")
    expect(wall.locator("h2").first).to_be_visible()
    expect(visitor.page.locator("[data-testid=stHeader]")).to_be_hidden()
    visitor.settle()
    return wall


def decide(visitor: Visitor, wall: Locator) -> None:
    """The second option is agreed on, and a finding written down, by keys alone."""
    keyboard = visitor.page.keyboard
    keyboard.press("2")
    expect(wall.locator(".option[data-agreed]")).to_have_count(1)
    keyboard.press("f")
    keyboard.type(DECISION)
    keyboard.press("Tab")
    keyboard.type(TO_DO)
    keyboard.press("Control+Enter")
    expect(wall.locator(".findings li")).to_have_count(1)
    expect(wall.locator(".findings")).to_contain_text(f"To do: {TO_DO}")


def mask(visitor: Visitor, wall: Locator) -> None:
    """Names give way to letters, and come back."""
    chips = wall.locator(".options .chip")
    named = chips.all_inner_texts()
    visitor.page.keyboard.press("m")
    expect(wall.get_by_text("Show names")).to_be_visible()
    expect(chips).to_have_text([re.compile("^.$")] * len(named))
    visitor.page.keyboard.press("m")
    expect(chips).to_have_text(named, use_inner_text=True)
