"""Words on the desk: comment templates and praise, by key and by pointer."""

import pytest
from playwright.sync_api import Page, expect

from tests.qa_app.ui.desk.steps import open_case, row, status, stored

pytestmark = pytest.mark.journey


def comments(playground: str, case_id: str) -> dict[str, str]:
    """Criterion to its stored comment."""
    return {rating["criterion"]: rating["comment"] for rating in stored(playground, case_id)["draft"]["ratings"]}


def test_template_is_found_by_a_few_letters_and_inserted_where_the_caret_is(page: Page, playground: str) -> None:
    case_id = "chat-templates"
    open_case(page, playground, case_id)
    page.keyboard.press("c")
    page.keyboard.type("Opening: /")
    listed = page.get_by_role("listbox", name="Comment templates").get_by_role("option")
    expect(listed.locator("b")).to_have_text(["named", "sum-up", "too-soon"])
    page.keyboard.type("troub")  # in the words of two of them
    expect(listed.locator("b")).to_have_text(["named", "too-soon"])
    field = row(page, "Greets by name").get_by_role("textbox", name="Comment on Greets by name")
    expect(field).to_have_attribute("aria-activedescendant", "template-0")
    page.keyboard.press("ArrowDown")
    expect(listed.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Opening: The steps came before the trouble was named.")
    expect(listed).to_have_count(0)
    page.keyboard.type(" Ok.")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    page.get_by_role("button", name="Comment templates").click()  # by pointer; the field keeps the focus
    listed.filter(has_text="sum-up").click()
    expect(status(page)).to_contain_text("Saved")
    assert comments(playground, case_id) == {
        "greeting": "Opening: The steps came before the trouble was named. Ok.",
        "empathy": "Sum the request up once, before you solve it.",
    }


def test_slash_within_words_and_escape_leave_the_comment_alone(page: Page, playground: str) -> None:
    open_case(page, playground, "chat-slash")
    page.keyboard.press("c")
    page.keyboard.type("24/7")
    listed = page.get_by_role("listbox", name="Comment templates")
    expect(listed).to_be_hidden()
    page.keyboard.type(" /")
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    field = row(page, "Greets by name").get_by_role("textbox", name="Comment on Greets by name")
    expect(field).to_have_value("24/7 /")
    expect(field).to_be_focused()


def test_praise_is_given_and_taken_back(page: Page, playground: str) -> None:
    case_id = "chat-praise"
    open_case(page, playground, case_id)
    star = row(page, "Empathy").get_by_role("button", name="Praise")
    page.keyboard.press("p")
    expect(row(page, "Greets by name").get_by_role("button", name="Praise")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("p")
    expect(row(page, "Greets by name").get_by_role("button", name="Praise")).to_have_attribute("aria-pressed", "false")
    expect(status(page)).to_contain_text("Saved")
    ratings = stored(playground, case_id)["draft"]["ratings"]
    assert [rating["criterion"] for rating in ratings if rating.get("praise")] == ["empathy"]
    page.reload()
    expect(page.locator(".desk footer")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(star).to_have_attribute("aria-pressed", "true")
