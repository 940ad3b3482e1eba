"""How long a calibration's results take to stand in a browser after the reveal: `python -m benchmarks.session_page`.

A real server serves a session of 200 tickets, 12 reviewers and 15 criteria, all of them graded; a real Chromium
reveals it. Timed until the results stand and the server has ended the page: right after the reveal, at a second look,
for a reviewer who looks then, and somebody else's queue while the results are measured. A session of six tickets and
three reviewers in the same run is what it would take if size cost nothing. Exit code 1 where the limit is missed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.session import SESSION, Size, fill_store
from benchmarks.timing import tell
from db.engine import open_store
from db.records import PersonId, SessionState
from db.revisions import upgrade
from qa_app.workflows.access import open_session
from qa_app.workflows.context import read_clock
from tests.journey.house import PATIENCE, Visitor, launch_browser, serve

PAGE = f"/session?session={SESSION}"
LARGE, SMALL = Size(200, 12, 15), Size(6, 3, 15)
LIMIT = 2.0
"""Seconds from the reveal to the results."""
REVEAL, AGAIN, OTHER = "reveal, results painted", "second look, page loaded anew", "a reviewer's look, page loaded anew"
QUEUE, ALONE = "somebody's queue meanwhile, page loaded anew", "the same queue alone"
FACILITATOR, REVIEWER, BYSTANDER = "fay", "r0", "r1"
Found = dict[str, float]


def measure(browser: Browser, folder: Path, size: Size, *, bystander: bool) -> Found:
    """Seconds by what was done, on a server of its own; with a bystander, the queue takes the place of later looks."""
    tokens = prepare(folder, size)
    with serve(folder) as house:
        people = {name: Visitor(browser, house) for name in tokens}
        for name, token in tokens.items():
            people[name].take_session(token)
        facilitator, looker = people[FACILITATOR], people[BYSTANDER if bystander else REVIEWER]
        looker.open("/account")  # the first page of a server compiles what all pages share
        found = {ALONE: _time(lambda: looker.open("/queue"))} if bystander else {}
        facilitator.open(PAGE)
        facilitator.press("session:reveal_open")
        button = facilitator.widget("session:reveal").locator("button").first
        expect(button).to_be_visible()
        facilitator.settle()
        if bystander:
            button.click()
            found[QUEUE] = _time(lambda: looker.open("/queue"))
        else:
            found[REVEAL] = _time(lambda: _see_results(facilitator, button.click))
            found[AGAIN] = _time(lambda: _see_results(facilitator, lambda: facilitator.page.goto(PAGE)))
            found[OTHER] = _time(lambda: _see_results(looker, lambda: looker.page.goto(PAGE)))
        for visitor in people.values():
            visitor.leave()
    return found


def prepare(folder: Path, size: Size) -> dict[str, str]:
    """A data folder with the session, still blind; returns a sign-in for each person who looks."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'plumbline.sqlite'}"
    upgrade(url)
    store = open_store(url)
    fill_store(store, size, state=SessionState.OPEN)
    people = (FACILITATOR, REVIEWER, BYSTANDER)
    tokens = {name: open_session(store, PersonId(name), now=read_clock()) for name in people}
    store.close()
    return tokens


def _see_results(visitor: Visitor, act: Callable[[], object]) -> None:
    act()
    expect(visitor.page.get_by_role("heading", name="What to fix first")).to_be_visible()
    visitor.settle()


def _time(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> int:
    """Print seconds for the large and the small session, and their ratio; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.session_page", description=__doc__)
    parser.parse_args(arguments)
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch_browser(playwright)
        sizes = {"large": LARGE, "small": SMALL}
        found = {
            name: measure(browser, Path(folder) / name, size, bystander=False)
            | measure(browser, Path(folder) / f"{name}-bystander", size, bystander=True)
            for name, size in sizes.items()
        }
        browser.close()
    tell(f"{'seconds':46}{'200 x 12 x 15':>14}{'6 x 3 x 15':>12}{'ratio':>8}")
    for what in (REVEAL, AGAIN, OTHER, QUEUE, ALONE):
        large, small = found["large"][what], found["small"][what]
        tell(f"{what:46}{large:14.2f}{small:12.2f}{large / small:8.1f}")
    return 0 if found["large"][REVEAL] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
