"""The desk's place on the page when Streamlit mounts it anew: one desk takes the keys, and its news never stop.

The modules stand on an empty page, mounted as Streamlit mounts them: each place is a shadow root of its own, and a
clean-up may come late or not at all; its source promises no order.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from qa_app.ui.desk.bundle import DESK_MODULES, join_modules
from qa_app.ui.desk.case import BLIND, DeskDraft, build_case, draft_json
from tests.qa_app.ui.desk.samples import CHAT, VERSION

pytestmark = pytest.mark.journey

SET_UP = """
async ([source, case_, draft]) => {
    const load = (version) => import(URL.createObjectURL(
        new Blob([source, `// ${version}`], { type: "text/javascript" })));
    const newest = await load(1);
    const work = JSON.parse(case_);
    Object.assign(globalThis, {
        load, newest, sent: [], woken: 0,
        news: (id) => newest.bringNews("desk", { case: id, draft: JSON.parse(draft), ack: null, undo: null }),
        bring: (id) => newest.bringCase("desk", { ...work, id }),
        place: () => {
            const shadow = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
            shadow.innerHTML = '<div><div class="host"><div class="desk"></div></div></div>';
            return shadow;
        },
        mount: (parentElement, { default: run } = newest, name = "") => run({
            data: { desk: "desk" }, parentElement,
            setStateValue: (event, payload) => sent.push([name, event, payload]),
            setTriggerValue: (event, payload) => sent.push([name, event, payload]),
        }),
        shown: (shadow) => {
            const desk = shadow.querySelector(".desk");
            return [desk.dataset.case ?? null, desk.querySelectorAll("[aria-checked=true]").length];
        },
    });
    newest.lineOf("desk").wake = () => (woken += 1);
    news("a");
    bring("a");
}
"""


@pytest.fixture
def blank(empty_page: Page) -> Page:
    """An empty page that knows the modules; the server has named case "a" and brought it, and no desk is mounted."""
    case = build_case(CHAT, VERSION, case_id="a", agent=None, hidden=BLIND, audio_urls={})
    empty_page.route("http://desk.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    empty_page.goto("http://desk.test/")  # an address of its own gives it session storage
    empty_page.evaluate(SET_UP, [join_modules(DESK_MODULES), json.dumps(case), json.dumps(draft_json(DeskDraft()))])
    return empty_page


def answered(page: Page) -> list[Any]:
    """Where the page shows the desk last mounted: its case, and how many answers stand there after one more key."""
    page.keyboard.press("2")
    shown: list[Any] = page.evaluate("shown(second)")
    return shown


def test_desk_in_a_new_place_takes_over_before_the_old_one_is_cleaned_up(blank: Page) -> None:
    blank.evaluate("globalThis.first = place(); globalThis.clean = mount(first); globalThis.second = place()")
    blank.keyboard.press("1")
    assert blank.evaluate("shown(first)") == ["a", 1]
    blank.evaluate("void mount(second, newest, 'second')")
    assert answered(blank) == ["a", 2]  # the first answer was not saved yet: restored
    blank.evaluate("clean(); first.host.remove()")
    assert answered(blank) == ["a", 3]
    blank.clock.run_for(1000)
    assert [(name, event) for name, event, _ in blank.evaluate("sent")] == [("second", "draft")]
    blank.evaluate("bring('b'); news('b')")
    assert answered(blank) == ["b", 1]


def test_late_run_of_a_place_that_was_left_does_not_take_over_again(blank: Page) -> None:
    blank.evaluate("globalThis.first = place(); globalThis.second = place(); mount(first); void mount(second)")
    blank.evaluate("void mount(first)()")  # a change of the theme runs it again, then it goes
    assert answered(blank) == ["a", 1]


def test_newer_code_takes_over_from_the_desk_of_an_older_server(blank: Page) -> None:
    blank.evaluate("globalThis.second = place(); void mount(second)")
    blank.keyboard.press("1")
    blank.evaluate("async () => void mount(second, await load(2), 'newer')")  # nobody cleans the old run up
    assert answered(blank) == ["a", 2]
    blank.clock.run_for(1000)
    assert [(name, event) for name, event, _ in blank.evaluate("sent")] == [("newer", "draft")]


def test_what_is_sent_says_which_cases_the_browser_holds(blank: Page) -> None:
    blank.evaluate("globalThis.second = place(); void mount(second); bring('b')")
    blank.keyboard.press("1")
    blank.clock.run_for(1000)
    assert [payload["held"] for _, _, payload in blank.evaluate("sent")] == [["a", "b"]]


def test_desk_stands_again_where_streamlit_replaced_its_element(blank: Page) -> None:
    blank.evaluate("globalThis.second = place(); void mount(second)")
    blank.keyboard.press("1")
    blank.evaluate(
        "second.replaceChildren(second.firstChild.cloneNode()); second.firstChild.innerHTML = '<div class=desk></div>'"
    )
    assert answered(blank) == ["a", 2]


def test_case_whose_courier_got_lost_is_asked_for(blank: Page) -> None:
    blank.evaluate("globalThis.second = place(); mount(second); news('b')")
    blank.clock.run_for(1900)
    assert blank.evaluate("woken") == 0
    blank.clock.run_for(200)
    assert blank.evaluate("woken") == 1
    blank.evaluate("bring('b')")
    blank.clock.run_for(10_000)
    assert (blank.evaluate("woken"), answered(blank)) == (1, ["b", 1])
