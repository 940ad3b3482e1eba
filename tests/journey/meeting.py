"""What happens at a meeting on the wall, key by key."""

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
    return wall


def names(wall: Locator) -> list[str]:
    """Who is on the options, in reading order."""
    return wall.locator(".options .chip").all_inner_texts()


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
    named = names(wall)
    visitor.page.keyboard.press("m")
    expect(wall.get_by_text("Show names")).to_be_visible()
    assert {len(name) for name in names(wall)} == {1}
    visitor.page.keyboard.press("m")
    assert names(wall) == named
