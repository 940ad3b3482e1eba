"""The keeper of a draft against a server whose answers get lost, on an empty page with a clock of its own."""

from typing import Any

import pytest
from playwright.sync_api import Page

from qa_app.ui.desk.bundle import join_modules

pytestmark = pytest.mark.journey

SET_UP = """
async (source) => {
    const { Keeper } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    globalThis.content = (comment) => ({ ratings: [], evidence: [], comment });
    globalThis.now = content("");
    globalThis.sent = [];
    globalThis.woken = 0;
    globalThis.trouble = null;
    globalThis.keeper = new Keeper({
        caseId: "a", draft: { revision: 3, saved_at: null },
        read: () => now, activeSeconds: () => 0, wake: () => (woken += 1), ask: async () => trouble, report: () => {},
        send: (event, payload) => sent.push([event, payload.revision, payload.comment]),
    });
    globalThis.write = (comment) => { now = content(comment); keeper.edited(); };
    globalThis.hear = (ack) =>
        keeper.hear({ key: keeper.underWay.key, error: null, conflict: null, dropped: [], ...ack });
}
"""


@pytest.fixture
def keeper(empty_page: Page) -> Page:
    """A keeper of the draft of revision 3; `write` edits it, `hear` answers what is under way.

    The page has no address, so the browser forbids it any storage: saving goes on without.
    """
    empty_page.evaluate(SET_UP, join_modules(("score.js", "form.js", "draft.js")))
    return empty_page


def state(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("[keeper.status, keeper.revision, sent.at(-1)]")
    return found


def test_what_arrived_before_a_long_cut_is_no_other_version(keeper: Page) -> None:
    keeper.evaluate("write('first')")
    keeper.clock.run_for(1000)  # it arrives as revision 4, and its answer gets lost
    for minute in range(10):
        keeper.evaluate("(minute) => write(`later ${minute}`)", minute)
        keeper.clock.run_for(60_000)
    assert state(keeper) == ["unsaved", 3, ["draft", 3, "later 9"]]
    keeper.evaluate("hear({ conflict: { ...content('first'), revision: 4, saved_at: null } })")
    assert state(keeper) == ["saving", 4, ["draft", 4, "later 9"]]


def test_what_somebody_else_saved_meanwhile_is_another_version(keeper: Page) -> None:
    keeper.evaluate("write('mine')")
    keeper.clock.run_for(1000)
    keeper.evaluate("hear({ conflict: { ...content('theirs'), revision: 4, saved_at: null } })")
    assert state(keeper) == ["conflict", 3, ["draft", 3, "mine"]]


def test_database_that_cannot_be_written_to_is_tried_again_without_a_run_of_the_page(keeper: Page) -> None:
    keeper.evaluate("write('first')")
    keeper.clock.run_for(1000)
    keeper.evaluate("hear({ error: { code: 'database-unavailable', message: 'Not now.' } })")
    keeper.clock.run_for(2900)
    assert keeper.evaluate("sent.length") == 1
    keeper.clock.run_for(200)
    assert (keeper.evaluate("sent.length"), *state(keeper)) == (2, "unsaved", 3, ["draft", 3, "first"])
    assert keeper.evaluate("woken") == 0
    keeper.evaluate("hear({ revision: 4, saved_at: 'now', submitted: false })")
    assert state(keeper)[:2] == ["saved", 4]


def test_submit_does_not_wait_for_the_save_under_way(keeper: Page) -> None:
    keeper.evaluate("write('mine')")
    keeper.clock.run_for(1000)
    keeper.evaluate("globalThis.save = keeper.underWay.key; keeper.submit()")
    assert state(keeper) == ["submitting", 3, ["submitted", 3, "mine"]]
    assert keeper.evaluate("keeper.followed === save") is True
    # The answer to the save may come, or be overtaken by the one to the submit.
    keeper.evaluate("hear({ key: save, revision: 4, saved_at: 'now', submitted: false })")
    assert state(keeper) == ["submitting", 4, ["submitted", 3, "mine"]]
    keeper.evaluate("hear({ revision: 5, saved_at: 'now', submitted: true })")
    assert state(keeper)[:2] == ["submitted", 5]


def test_submit_whose_save_got_lost_goes_on_with_what_arrived(keeper: Page) -> None:
    keeper.evaluate("write('first')")
    keeper.clock.run_for(1000)
    keeper.evaluate("write('second'); keeper.submit()")
    keeper.evaluate("hear({ conflict: { ...content('first'), revision: 4, saved_at: null } })")
    assert state(keeper) == ["submitting", 4, ["submitted", 4, "second"]]


def test_no_answer_for_want_of_a_database_wakes_nothing_until_it_is_back(keeper: Page) -> None:
    keeper.evaluate("trouble = 'database'; write('first'); keeper.submit()")
    keeper.clock.run_for(20_000)
    assert keeper.evaluate("[keeper.status, keeper.trouble, woken]") == ["unsent", "database", 0]
    keeper.evaluate("trouble = null")
    keeper.clock.run_for(20_000)
    assert keeper.evaluate("[keeper.trouble, woken > 0, new Set(sent.map(String)).size]") == [None, True, 1]
    keeper.evaluate("hear({ revision: 4, saved_at: 'now', submitted: true })")
    assert state(keeper)[:2] == ["submitted", 4]


@pytest.mark.parametrize("told", ["answer", "silence"])
def test_session_that_ended_stops_all_sending(keeper: Page, told: str) -> None:
    keeper.evaluate("write('first')")
    keeper.clock.run_for(1000)
    if told == "answer":
        keeper.evaluate("hear({ error: { code: 'session-ended', message: 'Over.' } })")
    else:
        keeper.evaluate("trouble = 'signed-out'")
        keeper.clock.run_for(3000)
    keeper.evaluate("write('second'); keeper.submit()")
    keeper.clock.run_for(60_000)
    assert keeper.evaluate("[keeper.status, keeper.busy, sent.length, woken]") == ["signed-out", False, 1, 0]


def test_work_that_was_taken_back_keeps_what_was_answered_meanwhile_and_then_rests(keeper: Page) -> None:
    keeper.evaluate("write('first')")
    keeper.clock.run_for(1000)
    keeper.evaluate("write('second')")
    keeper.evaluate("hear({ error: { code: 'assignment-ended', message: 'Fay revealed it.', ways: [] } })")
    assert state(keeper) == ["ended", 3, ["draft", 3, "second"]]
    keeper.evaluate("hear({ conflict: { ...content('first'), revision: 4, saved_at: null } })")
    assert state(keeper) == ["ended", 4, ["draft", 4, "second"]]
    keeper.evaluate("hear({ error: { code: 'assignment-ended', message: 'Fay revealed it.', ways: [] } })")
    count = keeper.evaluate("sent.length")
    keeper.evaluate("keeper.submit(); keeper.save()")
    keeper.clock.run_for(60_000)
    assert (keeper.evaluate("sent.length"), keeper.evaluate("keeper.isLocked")) == (count, True)
