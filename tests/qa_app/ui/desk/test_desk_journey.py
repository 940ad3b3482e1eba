"""The desk in a real browser, as a reviewer uses it."""

import json
import re
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.qa_app.ui.desk.conftest import Cable

pytestmark = pytest.mark.journey


def open_case(page: Page, playground: str, case_id: str) -> None:
    page.goto(f"{playground}/?case={case_id}")
    expect(page.locator(".desk footer")).to_be_visible(timeout=20_000)


def stored(playground: str, case_id: str) -> dict[str, Any]:
    """What the server has of this case: its draft, and the keys of its submits."""
    with urlopen(f"{playground}/state") as answer:  # noqa: S310 our own server on the loopback
        state = json.load(answer)
    return {"draft": state["drafts"].get(case_id), "submits": state["submitted"].get(case_id, [])}


def ratings(playground: str, case_id: str) -> dict[str, str]:
    """Criterion to its stored answer, in short."""
    draft = stored(playground, case_id)["draft"]
    return {
        rating["criterion"]: rating.get("option") or rating.get("number") or rating.get("text") or rating["state"]
        for rating in draft["ratings"]
    }


def row(page: Page, label: str) -> Locator:
    return page.locator(".desk").get_by_role("group", name=label, exact=True)


def chosen(page: Page, label: str, answer: str) -> Locator:
    return row(page, label).get_by_role("radio", name=answer, checked=True)


def status(page: Page) -> Locator:
    return page.locator(".desk .status")


def select_words(page: Page, words: str) -> None:
    page.evaluate(
        """(words) => {
            const root = document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot;
            const text = [...root.querySelectorAll('.text')].find((each) => each.textContent.includes(words));
            const node = [...text.childNodes].find((each) => each.textContent.includes(words));
            const leaf = node.firstChild ?? node;
            const start = leaf.textContent.indexOf(words);
            document.getSelection().setBaseAndExtent(leaf, start, leaf, start + words.length);
        }""",
        words,
    )


def test_whole_review_by_keyboard_alone(page: Page, cable: Cable, playground: str) -> None:
    case_id = "call-keyboard"
    open_case(page, playground, case_id)
    press = page.keyboard.press
    press("1")  # greeting: yes
    press("4")  # empathy: names it and acts on it
    press("2")  # listening: follows
    press("3")  # answer: wrong; a reason and a comment are asked, so the row stays
    expect(row(page, "Correct answer")).to_have_class(re.compile("active"))
    expect(row(page, "Correct answer").locator(".ask")).to_have_text("Choose at least one reason · Write a comment")
    press("r")
    press("Space")
    press("Escape")
    press("c")
    page.keyboard.type("Said 84.20; the invoice says 48.20.")
    press("Escape")
    press("j")
    press("j")
    press("e")  # the message that J reached
    press("ArrowDown")
    press("1")  # refund: yes, so the day is asked
    expect(row(page, "Names the day it arrives")).to_be_visible()
    press("3")
    page.keyboard.type("15")  # digits go into the number
    press("Enter")
    press("2")  # identity: no, an auto-fail
    expect(page.locator(".verdict")).to_have_text("Auto-fail")
    press("ArrowUp")
    press("1")
    press("1")
    press("n")
    press("c")
    page.keyboard.type("Warm and quick.")
    expect(status(page)).to_contain_text("Saved")
    press("Control+Enter")
    expect(status(page)).to_have_text("Submitted")
    assert ratings(playground, case_id) == {
        "greeting": "yes",
        "empathy": "4",
        "listening": "2",
        "answer": "wrong",
        "refund": "yes",
        "refund-date": "3",
        "hold": "15",
        "identity": "yes",
        "extra": "yes",
        "words": "not_applicable",
    }
    draft = stored(playground, case_id)["draft"]
    assert draft["comment"] == "Warm and quick."
    assert [(piece["criterion"], piece["message_seq"]) for piece in draft["evidence"]] == [("answer", 3)]
    assert [rating["reasons"] for rating in draft["ratings"] if rating["criterion"] == "answer"] == [["knowledge"]]
    assert len(stored(playground, case_id)["submits"]) == 1


def test_selected_words_become_evidence_of_the_active_criterion(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-evidence"
    open_case(page, playground, case_id)
    row(page, "Listens and asks").get_by_role("radio", name="Follows").click()
    select_words(page, "there's nothing here")
    page.keyboard.press("e")
    chip = row(page, "Listens and asks").locator(".jump")
    expect(chip).to_have_text("there's nothing here")
    expect(page.locator(".text mark")).to_have_text("there's nothing here")
    expect(status(page)).to_contain_text("Saved")
    # The angry faces before the words are one character each in Python and two units each in the browser.
    [piece] = stored(playground, case_id)["draft"]["evidence"]
    assert (piece["message_seq"], piece["start_char"], piece["end_char"], piece["quote"]) == (2, 43, 63, "there's nothing here")

    select_words(page, "birthday week")
    page.get_by_role("button", name="Pin to Listens and asks").click()
    expect(page.locator(".text mark")).to_have_count(2)
    row(page, "Listens and asks").get_by_role("button", name="Remove this evidence").first.click()
    expect(page.locator(".text mark")).to_have_text("birthday week")


def test_texts_of_the_conversation_are_never_markup(page: Page, cable: Cable, playground: str) -> None:
    open_case(page, playground, "chat-markup")
    expect(page.locator(".message .text").nth(1)).to_have_text("<b>hello?</b> parcel says DELIVERED 😡😡 but there's nothing here")
    expect(page.locator(".message .text b")).to_have_count(0)
    expect(page.locator(".message .text").nth(5)).to_have_attribute("dir", "auto")
    expect(page.locator(".message.internal .flag")).to_have_text("Internal note")


def test_clicked_line_is_heard_and_marked(page: Page, cable: Cable, playground: str) -> None:
    case_id = "call-listen"
    open_case(page, playground, case_id)
    page.locator(".message").nth(3).locator(".text").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".message.now .text")).to_have_text("Third of May 1984, and 4471.")
    page.keyboard.press("e")  # without a selection: the second that is heard
    expect(page.locator(".chips .jump")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("+")
    expect(page.get_by_label("Speed")).to_have_value("1.25")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".message.now .text")).to_contain_text("I see both payments")
    expect(status(page)).to_contain_text("Saved")
    [piece] = stored(playground, case_id)["draft"]["evidence"]
    assert piece["message_seq"] is None
    assert 18.2 <= piece["start_seconds"] < 20


def test_recording_without_transcript_can_be_graded(page: Page, cable: Cable, playground: str) -> None:
    open_case(page, playground, "unheard-call")
    expect(page.locator(".empty")).to_contain_text("No transcript")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("e")
    expect(row(page, "Greets by name").locator(".chips .jump")).to_have_count(1)


def test_answers_of_criteria_that_are_no_longer_asked_are_not_saved(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-hidden"
    open_case(page, playground, case_id)
    row(page, "Was money promised back?").get_by_role("radio", name="Yes").click()
    row(page, "Names the day it arrives").get_by_role("radio", name="A day").click()
    row(page, "Was money promised back?").get_by_role("radio", name="No").click()
    expect(row(page, "Names the day it arrives")).to_be_hidden()
    expect(page.locator(".count")).to_have_text("1 of 9")
    expect(status(page)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"refund": "no"}


def test_submit_with_gaps_says_what_is_missing_and_goes_there(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-gaps"
    open_case(page, playground, case_id)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".notice")).to_contain_text("8 things are missing before you can submit.")
    expect(row(page, "Greets by name")).to_be_focused()
    expect(row(page, "Greets by name").locator(".ask")).to_have_text("Choose an answer")
    assert stored(playground, case_id)["submits"] == []


def test_cut_connection_keeps_grading_and_saves_later(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-cut"
    open_case(page, playground, case_id)
    page.keyboard.press("1")
    expect(status(page)).to_contain_text("Saved")
    cable.pull()
    page.keyboard.press("3")
    expect(chosen(page, "Empathy", "3: Names the trouble")).to_be_visible()
    expect(status(page)).to_have_text("Not saved", timeout=6_000)
    page.keyboard.press("2")
    assert ratings(playground, case_id) == {"greeting": "yes"}
    cable.mend()
    expect(status(page)).to_contain_text("Saved", timeout=30_000)
    assert ratings(playground, case_id) == {"greeting": "yes", "empathy": "3", "listening": "2"}
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('plumbline'))") == []


def test_reload_before_the_answer_restores_the_work(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-reload"
    open_case(page, playground, case_id)
    cable.pull()
    page.keyboard.press("2")
    expect(chosen(page, "Greets by name", "No")).to_be_visible()
    cable.mend()
    page.reload()
    expect(page.locator(".notice")).to_contain_text("Restored what this tab had not saved yet.", timeout=20_000)
    expect(status(page)).to_contain_text("Saved")
    assert ratings(playground, case_id) == {"greeting": "no"}


def test_two_tabs_end_in_a_choice_and_overwrite_nothing(
    page: Page, cable: Cable, browser: Browser, playground: str
) -> None:
    case_id = "chat-tabs"
    other = browser.new_context().new_page()
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
    other.context.close()


def test_refusal_is_shown_and_nothing_is_lost(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-refused"
    open_case(page, playground, case_id)
    page.get_by_label("Overall comment").last.fill("refuse me")
    expect(page.locator(".notice")).to_contain_text("This assignment was withdrawn.")
    expect(status(page)).to_have_text("Not saved")
    page.get_by_label("Overall comment").last.fill("take me")
    expect(status(page)).to_contain_text("Saved")
    assert stored(playground, case_id)["draft"]["comment"] == "take me"


def complete(page: Page) -> None:
    for key in ("1", "4", "3", "1", "2"):
        page.keyboard.press(key)
    page.keyboard.press("n")
    page.keyboard.press("1")
    page.keyboard.press("1")


def test_impatient_submits_are_one_submit(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-impatient"
    open_case(page, playground, case_id)
    complete(page)
    page.get_by_role("button", name="Submit").dblclick()
    page.keyboard.press("Control+Enter")
    expect(status(page)).to_have_text("Submitted")
    page.keyboard.press("2")
    assert len(stored(playground, case_id)["submits"]) == 1
    assert ratings(playground, case_id)["greeting"] == "yes"


def test_submit_over_a_cut_connection_arrives_once(page: Page, cable: Cable, playground: str) -> None:
    case_id = "chat-late"
    open_case(page, playground, case_id)
    complete(page)
    expect(status(page)).to_contain_text("Saved")
    cable.pull()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("Not submitted yet", timeout=8_000)
    cable.mend()
    expect(status(page)).to_have_text("Submitted", timeout=40_000)
    assert len(stored(playground, case_id)["submits"]) == 1


def test_saves_do_not_send_the_case_again(page: Page, cable: Cable, playground: str) -> None:
    open_case(page, playground, "long300-bytes")
    page.wait_for_timeout(500)
    cable.received.clear()
    page.keyboard.press("1")
    expect(status(page)).to_contain_text("Saved")
    page.wait_for_timeout(300)
    # The case alone is about 50 KB, the desk's code 80 KB.
    assert sum(cable.received) < 10_000


def test_long_conversation_answers_at_once(page: Page, playground: str) -> None:
    open_case(page, playground, "long1500-speed")
    took = page.evaluate(
        """async () => {
            const root = document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot;
            const times = [];
            for (const radio of [...root.querySelectorAll('.row:not([hidden]) [role=radio]')].slice(0, 20)) {
                const before = performance.now();
                radio.click();
                root.querySelector('.desk').getBoundingClientRect();
                times.push(performance.now() - before);
                await new Promise(requestAnimationFrame);
            }
            return times.sort((one, two) => one - two);
        }"""
    )
    assert took[len(took) // 2] < 50
