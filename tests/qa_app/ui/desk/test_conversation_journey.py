"""Reading on the desk: letters with quotes and signatures, search, and evidence in what is folded or far away."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.qa_app.ui.desk.samples import LETTERS
from tests.qa_app.ui.desk.steps import open_case, row, select_words, stored

pytestmark = pytest.mark.journey
CHOSEN = "Array.from(CSS.highlights.get('desk-found-now') ?? [], (range) => range.toString())"


def message(page: Page, seq: int) -> Locator:
    return page.locator(".desk .message").nth(seq - 1)


def test_letters_fold_quotes_and_keep_every_character(page: Page, playground: str) -> None:
    open_case(page, playground, "letters-read")
    texts = page.locator(".desk .text").evaluate_all("(found) => found.map((each) => each.textContent)")
    assert texts == [each.text for each in LETTERS.messages]
    reply = message(page, 5)
    expect(reply.locator(".flag")).to_have_text("Under review")
    expect(message(page, 3).locator(".flag")).to_have_count(0)
    expect(reply.locator(".signature")).to_contain_text("Billing, Harbour Energy")
    expect(reply.locator(".item").first).to_have_attribute("data-sign", "1.")
    link = reply.get_by_role("link", name="on its way")
    expect(link).to_have_attribute("href", "https://pay.example/r?id=1042")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("data-target", "pay.example")
    fold = reply.get_by_role("button", name="Show quoted text, 3 lines")
    expect(reply.get_by_text("days late")).not_to_be_visible()
    fold.click()
    expect(reply.get_by_text("days late")).to_be_visible()
    reply.get_by_role("button", name="Hide quoted text").click()
    expect(fold).to_be_focused()
    expect(page.locator(".desk .lapse")).to_have_text(
        ["6 min later", "3 h later", "6 min later", "Fri 13 Nov 2026 · 26 h later", "Tue 17 Nov 2026 · 3 days later"]
    )


def test_evidence_behind_an_emoji_in_folded_text_is_at_its_place(page: Page, playground: str) -> None:
    case_id = "letters-evidence"
    open_case(page, playground, case_id)
    letter = message(page, 4)
    letter.get_by_role("button", name="Show quoted text").click()
    select_words(page, "> the neighbour's?")
    page.keyboard.press("e")
    expect(letter.locator("mark")).to_have_text("> the neighbour's?")
    expect(page.locator(".desk .status")).to_contain_text("Saved")
    [piece] = stored(playground, case_id)["draft"]["evidence"]
    start = LETTERS.messages[3].text.index("> the neighbour's?")
    assert (piece["start_char"], piece["end_char"]) == (start, start + len("> the neighbour's?"))
    page.reload()
    expect(page.locator(".desk footer")).to_be_visible()
    expect(letter.locator("mark")).not_to_be_visible()
    row(page, "Greets by name").locator(".jump").click()
    expect(letter.locator("mark")).to_be_visible()


def test_search_by_keyboard_alone_ends_in_evidence(page: Page, playground: str) -> None:
    case_id = "letters-search"
    open_case(page, playground, case_id)
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search the conversation")
    expect(field).to_be_focused()
    page.keyboard.insert_text("NEIGHBOUR")  # at once: letters that come slowly are looked for one by one
    found = page.locator(".desk .found")
    expect(found).to_have_text("1 of 2")
    page.keyboard.press("Enter")
    expect(found).to_have_text("2 of 2")
    expect(message(page, 4).locator(".quoted")).to_be_visible()
    assert page.evaluate(CHOSEN) == ["neighbour"]
    page.keyboard.press("Shift+Enter")
    expect(found).to_have_text("1 of 2")
    page.keyboard.press("Escape")
    expect(field).not_to_be_visible()
    assert page.evaluate("CSS.highlights.size") == 0
    page.keyboard.press("e")
    expect(message(page, 3).locator("mark")).to_have_text("neighbour")
    expect(row(page, "Greets by name").locator(".jump")).to_have_text("neighbour")
    page.keyboard.press("1")  # the keys are the scorecard's again
    expect(row(page, "Greets by name").get_by_role("radio", name="Yes", checked=True)).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("nowhere")
    expect(found).to_have_text("Not found")


def test_search_and_evidence_reach_far_lines_of_a_long_chat(page: Page, playground: str) -> None:
    case_id = "long1500-far"
    open_case(page, playground, case_id)
    page.keyboard.press("/")
    page.keyboard.type("1400. <b>hello")
    # An expectation that fails at first draws up the whole page's accessibility tree, which takes its time here.
    page.locator(".desk .found", has_text="1 of 1").wait_for()
    expect(message(page, 1401)).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(row(page, "Greets by name").locator(".jump")).to_be_visible()
    page.locator(".desk .messages").focus()
    page.keyboard.press("Home")
    expect(page.locator(".desk .facts")).to_be_in_viewport(ratio=1)
    row(page, "Greets by name").locator(".jump").click()
    expect(message(page, 1401)).to_be_in_viewport()


def test_blind_case_numbers_agents_and_marks_the_one_under_review(page: Page, playground: str) -> None:
    open_case(page, playground, "letters-blind")
    expect(message(page, 3).locator("b")).to_have_text("Agent 1")
    expect(message(page, 5).locator("b")).to_have_text("Agent 2")
    expect(message(page, 5).locator(".flag")).to_have_text("Under review")
    expect(page.locator(".desk .facts")).not_to_contain_text("Priya")
