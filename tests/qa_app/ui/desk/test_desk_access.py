"""The desk for those who use no mouse, hear the page, need high contrast, or zoom to 200 %."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.axe import find_faults
from tests.qa_app.ui.desk.conftest import Open
from tests.qa_app.ui.desk.steps import open_case, rest, row, status

pytestmark = pytest.mark.journey

CONTROLS = {"button", "checkbox", "combobox", "link", "radio", "slider", "spinbutton", "tab", "textbox", "searchbox"}
FOCUSED = """() => {
    let one = document.activeElement;
    while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return {
        inside: one.getRootNode() instanceof ShadowRoot,
        what: `${one.tagName} ${one.className} ${one.ariaLabel ?? one.textContent}`,
        visible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1,
    };
}"""


def walk_by_tab(page: Page) -> Iterator[dict[str, object]]:
    """What Tab comes to, until it leaves the desk."""
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if not stop["inside"]:
            return
        yield stop
    raise AssertionError("Tab does not leave the desk")


def nameless_controls(page: Page) -> list[str]:
    """Controls of the accessibility tree that a screen reader could only call by their role."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    controls = [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]
    assert len(controls) > 20
    return [node["role"]["value"] for node in controls if not node["name"].get("value")]


def grade_half(page: Page) -> None:
    for key in ("1", "3", "2", "3"):
        page.keyboard.press(key)
    page.keyboard.press("g")
    expect(status(page)).to_contain_text("Saved")
    rest(page)


def test_tab_comes_to_every_control_shows_it_and_leaves_again(page: Page, playground: str) -> None:
    open_case(page, playground, "call-tab")
    grade_half(page)
    page.locator(".desk .messages").focus()
    stops = list(walk_by_tab(page))
    assert [stop["what"] for stop in stops if not stop["visible"]] == []
    assert len(stops) > 50
    assert str(stops[-1]["what"]).startswith("BUTTON submit")
    assert nameless_controls(page) == []

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    expect(help_).to_be_focused()
    page.keyboard.press("Tab")
    expect(help_.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".desk .submit")).not_to_be_focused()
    assert (
        find_faults(page, context={"include": [{"fromShadowDom": ["[data-testid=stBidiComponentIsolated]", ".desk"]}]})
        == []
    )


def test_what_is_heard_of_a_criterion_and_the_footer(page: Page, playground: str) -> None:
    open_case(page, playground, "chat-heard")
    grade_half(page)
    expect(page.get_by_role("region", name="Scorecard: Service conversation")).to_be_visible()
    expect(row(page, "Correct answer")).to_match_aria_snapshot("""
        - group "Correct answer":
          - button "Correct answer" [expanded]
          - text: Customer-critical Weight ×4
          - radiogroup "Correct answer":
            - radio "Right"
            - radio "Partly"
            - radio "Wrong" [checked]
          - button "Guideline and levels"
          - button "Pin evidence"
          - button "Comment"
          - term: 1 Right
          - definition: Amount, date and way of the refund are all true.
          - term: 2 Partly
          - definition: True as far as it goes; one part is left out.
          - term: 3 Wrong
          - definition: Anything untrue.
          - paragraph: Choose at least one reason · Write a comment
          - group "Why? Choose what applies":
            - checkbox "Did not know"
            - checkbox "Article out of date"
            - checkbox "Did not check the account"
          - textbox "Comment on Correct answer"
    """)
    expect(row(page, "Correct answer").get_by_role("textbox")).to_have_accessible_description(
        "Choose at least one reason · Write a comment"
    )
    expect(row(page, "Empathy")).to_have_accessible_description(
        "3 Names the trouble Says back what went wrong and what it cost: “two payments in one week, and rent is due”."
    )
    expect(page.locator(".desk footer")).to_match_aria_snapshot("""
        - group "Score":
          - strong: /[0-9.]+/
        - progressbar "Answered criteria"
        - text: /4 of 9 Saved/
        - status
        - button "Submit"
    """)


def test_desk_at_200_percent_and_in_high_contrast(browser: Browser, open_page: Open, playground: str) -> None:
    # Zoom halves the window in CSS pixels: this is a laptop of 1440 x 900 at 200 %.
    context = browser.new_context(
        viewport={"width": 720, "height": 450}, device_scale_factor=2, forced_colors="active", color_scheme="dark"
    )
    page = open_page(context)
    open_case(page, playground, "call-zoom")
    grade_half(page)
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1]
    expect(page.locator(".desk footer")).to_be_in_viewport(ratio=1)
    expect(row(page, "Correct answer")).to_be_in_viewport()
    radios = row(page, "Correct answer").get_by_role("radio")
    colours = radios.evaluate_all("radios => radios.map((radio) => getComputedStyle(radio).backgroundColor)")
    assert colours[0] == colours[1] != colours[2]
    active = row(page, "Correct answer").evaluate("row => getComputedStyle(row).borderInlineStartColor")
    other = row(page, "Empathy").evaluate("row => getComputedStyle(row).borderInlineStartColor")
    assert active != other
