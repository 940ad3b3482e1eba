"""What a reviewer does on the desk, and what the server then has: the words of the journeys."""

import json
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Locator, Page, expect

from tests.journey.house import PATIENCE, wait_until

_RESTS = """() => {
    const components = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
    const roots = [document, ...components.map((each) => each.shadowRoot).filter(Boolean)];
    return document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") !== null
        && document.querySelector("[data-stale=true]") === null
        && roots.every((root) => root.getAnimations().every(({ playState }) => playState !== "running"))
        && document.fonts.status === "loaded";
}"""


def open_case(page: Page, playground: str, case_id: str) -> None:
    """Open a case that is this test's own: the playground keeps what others have graded."""
    assert stored(playground, case_id.partition("&")[0]) == {"draft": None, "submits": []}
    page.goto(f"{playground}/?case={case_id}")
    expect(page.locator(".desk footer")).to_be_visible()


def rest(page: Page) -> None:
    """Wait until nothing on the page changes by itself any more, for looks at it as a whole.

    What was saved is told in the middle of a run, and until its end the desk stands there as stale: greyed.
    """
    page.wait_for_function(_RESTS, timeout=PATIENCE, polling=50)


def stored(playground: str, case_id: str) -> dict[str, Any]:
    """What the server has of this case: its draft, and the keys of its submits."""
    with urlopen(f"{playground}/state") as answer:  # noqa: S310 our own server on the loopback
        state = json.load(answer)
    return {"draft": state["drafts"].get(case_id), "submits": state["submitted"].get(case_id, [])}


def ratings(playground: str, case_id: str) -> dict[str, str]:
    """Criterion to its stored answer, in short."""
    draft = stored(playground, case_id)["draft"] or {"ratings": []}
    return {
        rating["criterion"]: rating.get("option") or rating.get("number") or rating.get("text") or rating["state"]
        for rating in draft["ratings"]
    }


def expect_ratings(page: Page, playground: str, case_id: str, expected: dict[str, str]) -> None:
    """The server gets to these, although the page is not told."""
    wait_until(page, lambda: ratings(playground, case_id) == expected)
    assert ratings(playground, case_id) == expected


def row(page: Page, label: str) -> Locator:
    return page.locator(".desk").get_by_role("group", name=label, exact=True)


def chosen(page: Page, label: str, answer: str) -> Locator:
    return row(page, label).get_by_role("radio", name=answer, checked=True)


def status(page: Page) -> Locator:
    return page.locator(".desk .status")


def spoken(page: Page) -> Locator:
    """What a screen reader is told of the status."""
    return page.locator(".desk footer").get_by_role("status")


def select_words(page: Page, words: str) -> None:
    page.evaluate(
        """(words) => {
            const root = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
                .map((host) => host.shadowRoot).find((shadow) => shadow.querySelector('.desk'));
            const text = [...root.querySelectorAll('.text')].find((each) => each.textContent.includes(words));
            const node = [...text.childNodes].find((each) => each.textContent.includes(words));
            const leaf = node.firstChild ?? node;
            const start = leaf.textContent.indexOf(words);
            document.getSelection().setBaseAndExtent(leaf, start, leaf, start + words.length);
        }""",
        words,
    )


def complete(page: Page) -> None:
    for key in ("1", "4", "3", "1", "2"):
        page.keyboard.press(key)
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("1")
    page.keyboard.press("1")
