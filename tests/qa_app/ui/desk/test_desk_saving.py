"""Saving and submitting in a real browser: what is acknowledged is there, and nothing is sent or taken twice."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.qa_app.ui.desk.conftest import Open
from tests.qa_app.ui.desk.steps import (
    chosen,
    complete,
    expect_ratings,
    open_case,
    ratings,
    rest,
    row,
    spoken,
    status,
    stored,
)
from tests.torture.cable import Cable

pytestmark = pytest.mark.journey

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LISTEN = """() => {
    globalThis.heard = [];
    const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
        .map((host) => host.shadowRoot).find((shadow) => shadow.querySelector('.desk'));
    const status = root.querySelector('.desk footer [role=status]');
    const hear = () => status.textContent && heard.push(status.textContent);
    new MutationObserver(hear).observe(status, { childList: true, characterData: true, subtree: true });
}"""


def reload_and_mend(page: Page, cable: Cable) -> None:
    """Load the page anew over a cable that is whole again, without the old page sending anything over it."""
    page.reload(wait_until="commit")
    cable.mend()


def test_cut_connection_keeps_grading_and_saves_later(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-cut"
    open_case(page, playground, case_id)
    page.evaluate(LISTEN)
    page.keyboard.press("1")
    expect(status(page)).to_contain_text("Saved")
    cable.pull()
    page.keyboard.press("3")
    expect(chosen(page, "Empathy", "3: Names the trouble")).to_be_visible()
    expect(status(page)).to_have_text("Not saved")
    expect(spoken(page)).to_have_text("Not saved")
    page.keyboard.press("2")
    assert ratings(playground, case_id) == {"greeting": "yes"}
    cable.mend()
    expect(status(page)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"greeting": "yes", "empathy": "3", "listening": "2"}
    assert set(page.evaluate("heard")) == {"Not saved"}  # and nothing of the routine
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('plumbline'))") == []


def test_save_whose_answer_got_lost_is_not_another_version(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-deaf"
    open_case(page, playground, case_id)
    cable.deaf = True
    page.keyboard.press("1")
    expect(status(page)).to_have_text("Not saved")
    expect_ratings(page, playground, case_id, {"greeting": "yes"})
    cable.pull()
    page.keyboard.press("3")
    cable.mend()
    expect(status(page)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"greeting": "yes", "empathy": "3"}


def test_reload_before_the_answer_restores_the_work(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-reload"
    open_case(page, playground, case_id)
    cable.pull()
    page.keyboard.press("2")
    expect(chosen(page, "Greets by name", "No")).to_be_visible()
    reload_and_mend(page, cable)
    expect(page.locator(".notice")).to_contain_text("Restored what this tab had not saved yet.")
    expect(status(page)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"greeting": "no"}
    page.keyboard.press("3")  # goes on where the work was left
    expect(chosen(page, "Empathy", "3: Names the trouble")).to_be_visible()


def test_reload_after_a_save_whose_answer_got_lost_is_not_another_version(
    page: Page, cable: Cable, playground: str
) -> None:
    case_id = "chat-deaf-reload"
    open_case(page, playground, case_id)
    page.keyboard.press("1")
    expect(status(page)).to_contain_text("Saved")
    cable.deaf = True
    page.keyboard.press("3")
    expect(status(page)).to_have_text("Not saved")
    cable.pull()
    page.keyboard.press("2")  # was never sent
    expect(chosen(page, "Listens and asks", "Follows")).to_be_visible()
    expect_ratings(page, playground, case_id, {"greeting": "yes", "empathy": "3"})
    reload_and_mend(page, cable)
    expect(page.locator(".notice")).to_have_text("Restored what this tab had not saved yet.")
    expect(status(page)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"greeting": "yes", "empathy": "3", "listening": "2"}


def test_what_the_server_did_not_take_is_said(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-dropped"
    open_case(page, playground, case_id)
    cable.pull()
    page.keyboard.press("1")
    expect(chosen(page, "Greets by name", "Yes")).to_be_visible()
    # A copy that quotes words which the ticket no longer has.
    page.evaluate(
        """(name) => {
            const copy = JSON.parse(sessionStorage.getItem(name));
            copy.evidence.push({ criterion: "empathy", quote: "parcels", message_seq: 2, start_char: 14, end_char: 21,
                start_seconds: null, end_seconds: null });
            sessionStorage.setItem(name, JSON.stringify(copy));
        }""",
        f"plumbline.desk.{case_id}",
    )
    reload_and_mend(page, cable)
    expect(page.locator(".notice")).to_have_text(
        "Not everything could be saved. Evidence for criterion 'empathy' quotes words that do not stand at its place. "
        "Reload the page to see what was saved.",
    )
    expect(status(page)).to_have_text("Saved in part")
    page.reload()
    expect(status(page)).to_contain_text("Saved")
    expect(row(page, "Empathy").locator(".chips .jump")).to_have_count(0)
    assert ratings(playground, case_id) == {"greeting": "yes"}


def test_two_tabs_end_in_a_choice_and_overwrite_nothing(
    page: Page, browser: Browser, open_page: Open, playground: str
) -> None:
    case_id = "chat-tabs"
    other = open_page(browser.new_context())
    open_case(page, playground, case_id)
    open_case(other, playground, case_id)
    page.keyboard.press("1")
    expect(status(page)).to_contain_text("Saved")
    other.keyboard.press("2")
    expect(status(other)).to_have_text("Two versions")
    expect(other.locator(".notice")).to_contain_text("with one answer. Nothing was overwritten.")
    assert ratings(playground, case_id) == {"greeting": "yes"}
    other.get_by_role("button", name="Keep mine").click()
    expect(status(other)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"greeting": "no"}
    page.keyboard.press("4")
    expect(status(page)).to_have_text("Two versions")
    page.get_by_role("button", name="Load the other version").click()
    expect(status(page)).to_contain_text("Saved")
    expect(chosen(page, "Greets by name", "No")).to_be_visible()
    expect(row(page, "Empathy").get_by_role("radio", checked=True)).to_have_count(0)


def test_refusal_is_shown_and_nothing_is_lost(page: Page, playground: str) -> None:
    case_id = "chat-refused"
    open_case(page, playground, case_id)
    complete(page)
    page.get_by_label("Overall comment").last.fill("refuse me")
    expect(page.locator(".notice")).to_contain_text("This assignment was withdrawn.")
    expect(status(page)).to_have_text("Not saved")
    page.keyboard.press("Control+Enter")
    expect(status(page)).to_have_text("Not saved")
    assert stored(playground, case_id)["submits"] == []
    page.get_by_label("Overall comment").last.fill("take me")
    expect(status(page)).to_contain_text("Saved")
    assert stored(playground, case_id)["draft"]["comment"] == "take me"


def test_impatient_submits_are_one_submit(page: Page, playground: str) -> None:
    case_id = "chat-impatient"
    open_case(page, playground, case_id)
    complete(page)
    page.get_by_role("button", name="Submit").dblclick()
    page.keyboard.press("Control+Enter")
    expect(status(page)).to_have_text("Submitted")
    page.keyboard.press("2")
    expect(chosen(page, "Greets by name", "Yes")).to_be_visible()
    assert len(stored(playground, case_id)["submits"]) == 1
    assert ratings(playground, case_id)["greeting"] == "yes"


def test_submit_over_a_cut_connection_arrives_once(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-late"
    open_case(page, playground, case_id)
    complete(page)
    expect(status(page)).to_contain_text("Saved")
    cable.pull()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("Not submitted yet")
    cable.mend()
    expect(status(page)).to_have_text("Submitted")
    assert len(stored(playground, case_id)["submits"]) == 1


def test_saves_do_not_send_the_case_again(page: Page, cable: Cable, playground: str) -> None:
    open_case(page, playground, "long300-bytes")
    rest(page)
    cable.received.clear()
    page.keyboard.press("1")
    expect(status(page)).to_contain_text("Saved")
    rest(page)
    # The case alone is about 50 KB, the desk's code 80 KB.
    assert sum(cable.received) < 10_000


def test_press_beside_the_desk_saves_what_waits_for_a_pause(page: Page, playground: str) -> None:
    case_id = "chat-leaving"
    page.clock.install(time=NOON)
    open_case(page, playground, case_id)
    rest(page)
    page.clock.pause_at(NOON + timedelta(hours=1))
    page.keyboard.press("1")
    page.get_by_role("button", name="Skip").click()
    page.clock.run_for(300)  # half as long as a pause
    expect_ratings(page, playground, case_id, {"greeting": "yes"})
