"""A reviewer in a real browser, whose interactions are timed inside the page (see probe.js)."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Locator, Page

from benchmarks.desk.figures import Times
from db.records import AssignmentId, AssignmentState
from db.store import assignments
from qa_app.workflows import grading
from qa_app.workflows.context import Context
from tests.journey.house import House, Visitor

_PROBE: Final = Path(__file__).with_name("probe.js")
_BARE: Final = """<p id=bare>0</p><script>
const bare = document.querySelector("#bare");
addEventListener("keydown", () => { bare.textContent = Number(bare.textContent) + 1; });
</script>"""


class Reviewer:
    """One reviewer, one window, one person's pace: pauses between interactions are drawn by a seed."""

    def __init__(self, browser: Browser, house: House, token: str) -> None:
        self.visitor = Visitor(browser, house)
        self.visitor.take_session(token)
        self.visitor.context.add_init_script(path=_PROBE)
        self.page: Page = self.visitor.page
        self.dice = random.Random(1)  # noqa: S311 - repeatable, not secret

    def answer_by_key(self, count: int) -> Times:
        """Press the digit of another answer than the one that stands there; until answer and score are painted."""
        return self._repeat(count, self._answer_by_key)

    def answer_by_click(self, count: int) -> Times:
        """The same with the mouse."""
        return self._repeat(count, self._answer_by_click)

    def submit(self, count: int) -> Times:
        """Change an answer and press Ctrl+Enter; from the key until the next ticket is painted."""
        return self._repeat(count, self._submit)

    def open_from_queue(self, context: Context, count: int) -> Times:
        """Press "Start grading" on the queue of a page that was just loaded; until the ticket is painted.

        Each ticket is opened once and then skipped beside the browser, so that nothing is kept of it.
        """
        return self._repeat(count, lambda: self._open_from_queue(context))

    def load_desk(self, context: Context, count: int) -> Times:
        """Load the page of a ticket by its address; from the beginning of the navigation until it is painted."""
        return self._repeat(count, lambda: self._load_desk(context))

    def open_desk(self) -> None:
        """Go to the first ticket of the queue."""
        self.visitor.open("/queue")
        self.page.locator(".st-key-queue-start button").click()
        self.page.locator(".desk footer .count").wait_for()
        self.visitor.settle()

    def leave(self) -> list[str]:
        """Close the window; returns the script errors that it saw."""
        self.visitor.leave()
        return self.visitor.problems

    def _repeat(self, count: int, interact: Callable[[], float]) -> Times:
        samples = []
        for _ in range(count):
            samples.append(interact())
            self.page.wait_for_timeout(self.dice.uniform(100, 500))
        return Times(tuple(samples), os.getloadavg()[0])

    def _time(self, what: str, act: Callable[[], None]) -> float:
        self.page.evaluate("what => plumblineProbe.arm(what)", what)
        act()
        return float(self.page.evaluate("plumblineProbe.took"))

    @property
    def _rows(self) -> Locator:
        return self.page.locator(".desk .row:not(.overall)")

    def _choose(self) -> tuple[int, int]:
        """A criterion and an answer that it does not have, none that fails the review: 0-based places."""
        free: list[tuple[int, int]] = self._rows.evaluate_all(
            """rows => rows.flatMap((row, place) => [...row.querySelectorAll("[role=radio]")].map((radio, nth) => [
                place, nth, radio.ariaChecked !== "true" && radio.dataset.choice !== "N/A"
                    && !radio.querySelector("svg"),
            ]).filter(([, , fits]) => fits).map(([place, nth]) => [place, nth]))"""
        )
        row, nth = self.dice.choice(free)
        return row, nth

    def _answer_by_key(self) -> float:
        row, place = self._choose()
        active: int = self._rows.evaluate_all("rows => rows.findIndex(row => row.classList.contains('active'))")
        steps = row - (active if active >= 0 else self._rows.count())
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        self.page.wait_for_timeout(100)
        return self._time("answer", lambda: self.page.keyboard.press(str(place + 1)))

    def _answer_by_click(self) -> float:
        row, place = self._choose()
        radio = self._rows.nth(row).get_by_role("radio").nth(place)
        radio.scroll_into_view_if_needed()
        radio.hover()
        box = radio.bounding_box()
        if box is None:
            raise AssertionError("an answer that is not in sight cannot be clicked")
        return self._time(
            "answer", lambda: self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        )

    def _submit(self) -> float:
        self._answer_by_key()
        self.page.wait_for_timeout(self.dice.uniform(100, 700))
        return self._time("ticket", lambda: self.page.keyboard.press("Control+Enter"))

    def _open_from_queue(self, context: Context) -> float:
        assignment_id = grading.list_queue(context)[0].assignment.id
        self.visitor.open("/queue")
        start = self.page.locator(".st-key-queue-start button")
        took = self._time("ticket", start.click)
        _put_aside(context, assignment_id)
        return took

    def _load_desk(self, context: Context) -> float:
        assignment_id = grading.list_queue(context)[0].assignment.id
        self.page.goto(f"/desk?assignment={assignment_id}")
        took = float(self.page.evaluate("plumblineProbe.loaded"))
        _put_aside(context, assignment_id)
        return took


def _put_aside(context: Context, assignment_id: AssignmentId) -> None:
    """Take a ticket out of the queue, beside the server."""
    with context.store.write() as tx:
        assignments.set_assignment_state(
            tx, assignment_id, AssignmentState.SKIPPED, at=context.now(), reason="measured"
        )


def paint_bare_frame(browser: Browser, count: int) -> Times:
    """A key that changes one word of an empty page: what no page of any kind can go below, here and now."""
    context = browser.new_context()
    page = context.new_page()
    page.set_content(_BARE)
    page.add_script_tag(path=_PROBE)
    dice = random.Random(1)  # noqa: S311 - repeatable, not secret
    samples = []
    for _ in range(count):
        page.evaluate("plumblineProbe.arm('bare')")
        page.keyboard.press("1")
        samples.append(float(page.evaluate("plumblineProbe.took")))
        page.wait_for_timeout(dice.uniform(100, 500))
    context.close()
    return Times(tuple(samples), os.getloadavg()[0])
