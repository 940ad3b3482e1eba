"""What a whole review costs a reviewer: twelve criteria, two comments and one quote, by keys alone and by mouse.

The counts stand in docs/user-guide/effort.md as well. The letters of the comments count for neither: both need them.
"""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.qa_app.ui.desk.steps import open_case, ratings, rest, row, status, stored

pytestmark = pytest.mark.journey

CARD = "&card=core-chat&sections=3"
"""The twelve soft skills of the shipped card for chats."""
ANSWERS = {
    "empathy": "1",
    "patience": "2",
    "de_escalation": "answers",
    "friendly_tone": "3",
    "positive_framing": "3",
    "attentiveness": "3",
    "playback": "yes",
    "curiosity": "2",
    "clear_explanation": "3",
    "problem_solving": "4",
    "ownership": "stays_with_it",
    "advocacy": "2",
}
DIGITS = "123333123442"
"""The place of each answer among its criterion's options."""
COMMENTS = {"empathy": "Blames the courier before asking.", "positive_framing": "Says what can be done, and by when."}
KEYS = 12 + 2 * 2 + 5 + 1
"""A digit for each answer; C and Esc around each comment; J four times and E for the fourth message; Ctrl+Enter."""
PRESSES = 12 + 2 + 2 + 1
"""One for each answer; one into each comment; one drawn over the words of a quote, one on Pin; one on Submit."""


@dataclass
class Hand:
    """Counts what it does."""

    page: Page
    count: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def click(self, target: Locator) -> None:
        target.click()
        self.count += 1

    def draw_over(self, words: str) -> None:
        """Select words by pressing at their begin and letting go at their end."""
        rest(self.page)  # a letter of a font that comes late stands elsewhere
        left, right, middle = self.page.locator(".text", has_text=words).evaluate(
            """(text, words) => {
                const leaf = text.firstChild, start = leaf.textContent.indexOf(words);
                const range = document.createRange();
                range.setStart(leaf, start);
                range.setEnd(leaf, start + words.length);
                const box = range.getBoundingClientRect();
                return [box.left, box.right, box.top + box.height / 2];
            }""",
            words,
        )
        self.page.mouse.move(left + 1, middle)
        self.page.mouse.down()
        self.page.mouse.move(right - 1, middle, steps=4)
        self.page.mouse.up()
        self.count += 1


def expect_submitted(page: Page, playground: str, case_id: str, quote: str) -> None:
    expect(status(page)).to_have_text("Submitted")
    assert ratings(playground, case_id) == ANSWERS
    draft = stored(playground, case_id)["draft"]
    assert {rating["criterion"]: rating["comment"] for rating in draft["ratings"] if rating["comment"]} == COMMENTS
    assert [(piece["criterion"], piece["quote"]) for piece in draft["evidence"]] == [("attentiveness", quote)]
    assert len(stored(playground, case_id)["submits"]) == 1


def test_whole_review_takes_22_keys(page: Page, playground: str) -> None:
    case_id = "chat-keys-counted"
    open_case(page, playground, case_id + CARD)
    hand = Hand(page)
    for criterion, digit in zip(ANSWERS, DIGITS, strict=True):
        if criterion in COMMENTS:
            hand.press("c")
            page.keyboard.type(COMMENTS[criterion])
            hand.press("Escape")
        if criterion == "attentiveness":
            hand.press("j", "j", "j", "j", "e")
        hand.press(digit)
    hand.press("Control+Enter")
    expect_submitted(
        page, playground, case_id, "Hi Mina, Jon here. Delivered and not there, on a birthday week: let me look."
    )
    assert (KEYS, hand.count) == (22, 22)


def test_whole_review_takes_17_presses_of_the_mouse(page: Page, playground: str) -> None:
    case_id = "chat-clicks-counted"
    open_case(page, playground, case_id + CARD)
    hand = Hand(page)
    rows = page.locator(".desk .row:not(.overall)")
    for place, (criterion, digit) in enumerate(zip(ANSWERS, DIGITS, strict=True)):
        hand.click(rows.nth(place).get_by_role("radio").nth(int(digit) - 1))
        if criterion == "empathy":  # its lowest level asks for a comment, so the field is there already
            hand.click(row(page, "Empathy").get_by_role("textbox"))
        elif criterion in COMMENTS:
            hand.click(rows.nth(place).get_by_role("button", name="Comment", exact=True))
        if criterion in COMMENTS:
            page.keyboard.type(COMMENTS[criterion])
        if criterion == "attentiveness":
            hand.draw_over("on a birthday week")
            hand.click(page.get_by_role("button", name="Pin to Attentiveness"))
    hand.click(page.get_by_role("button", name="Submit"))
    expect_submitted(page, playground, case_id, "on a birthday week")
    assert (PRESSES, hand.count) == (17, 17)
