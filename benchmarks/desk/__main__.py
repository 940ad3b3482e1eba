"""How fast the grading desk is: `python -m benchmarks.desk FOLDER`.

The databases are built in FOLDER once (some minutes for 100,000 reviews) and copied for each run. A real server serves
the copy, a real Chromium grades in it, first alone, then while many reviewers grade at once; times are taken inside
the page. Each is printed beside a baseline of the same run: a bare frame, or the same on a database without old
reviews. All that runs ends with the command. Exit code 1 where a target is missed or anything failed.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks.desk.database import LONG, SHORT, Plan, act_as, build_database, crowd_names, open_session, settings_of
from benchmarks.desk.driving import Reviewer, paint_bare_frame
from benchmarks.desk.figures import Line, Times, show
from benchmarks.timing import tell
from qa_app.workflows import grading
from qa_app.workflows.context import Installation
from qa_app.workflows.upkeep import open_installation
from tests.journey.house import House, launch_browser, serve

LOADS = 10
"""How often a page is loaded by its address; a part of that is Streamlit's own start."""
WARM_UP_SECONDS = 40
"""How long the crowd grades before anything is measured; the server's garbage is collected once a minute."""
BASELINE = 30
"""Interactions on the database without old reviews."""
MOST = 100
"""Interactions that the databases have tickets for; where more are asked for, others are built."""
SPARE = 14
ANSWER_KEY, ANSWER_CLICK, SUBMIT, OPEN, LOAD = (
    "answer by key, score painted",
    "answer by click, score painted",
    "submit, next ticket painted",
    "open a 1,500-message ticket from the queue",
    "load its page by address",
)
TARGETS = {ANSWER_KEY: 20, ANSWER_CLICK: 20, SUBMIT: 200, OPEN: 1000, LOAD: 2000}

Found = dict[str, Times]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What reviewers who graded all the time saw, and what they cost the server."""

    saves: Times
    submits: Times
    errors: list[str]
    bytes_each: float
    """What the server's memory grew by, for each."""


def main(words: list[str] | None = None) -> int:
    """Build, measure, print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description="How fast the grading desk is.")
    parser.add_argument("folder", type=Path, help="where the databases are kept")
    parser.add_argument("--reviews", type=int, default=100_000)
    parser.add_argument("--reviewers", type=int, default=50, help="who grade at once; 0: nobody")
    parser.add_argument("--interactions", type=int, default=100)
    parser.add_argument("--think", type=float, default=4.0, help="mean pause of the others before an answer, seconds")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    asked = parser.parse_args(words)
    tickets = max(asked.interactions, MOST) + LOADS + SPARE
    large = build_database(asked.folder, Plan(asked.reviews, asked.reviewers, tickets))
    empty = build_database(asked.folder, Plan(0, 0, tickets))
    with sync_playwright() as playwright:
        browser = launch_browser(playwright)
        frame = paint_bare_frame(browser, asked.interactions)
        with serve_copy(large) as (house, installation):
            alone, failed = _measure(browser, house, installation, 0, asked.interactions)
            among: Found = {}
            crowd = None
            if asked.reviewers:
                with hold_crowd(house, installation, asked.reviewers, asked.think) as report:
                    among, more = _measure(browser, house, installation, 1, asked.interactions)
                    failed += more
                crowd = report[0]
        with serve_copy(empty) as (house, installation):
            beside, more = _measure(browser, house, installation, 0, min(BASELINE, asked.interactions), answers=False)
            failed += more
        browser.close()
    baselines = {ANSWER_KEY: ("bare frame", frame), ANSWER_CLICK: ("bare frame", frame)}
    baselines |= {what: ("no old reviews", times) for what, times in beside.items()}
    lines = [Line(what, TARGETS[what], alone[what], *baselines[what], among.get(what)) for what in TARGETS]
    failed += crowd.errors if crowd else []
    _print(asked.format, lines, crowd, failed, asked.reviewers)
    return 0 if all(line.met for line in lines) and not failed else 1


def _measure(
    browser: Browser, house: House, installation: Installation, turn: int, count: int, *, answers: bool = True
) -> tuple[Found, list[str]]:
    """All interactions of one person after the other, and the script errors of their pages.

    Without `answers`, which need no server, only what needs one.
    """
    found: Found = {}
    short = Reviewer(browser, house, open_session(installation, SHORT[turn]))
    short.open_desk()
    short_ones = ((ANSWER_KEY, short.answer_by_key), (ANSWER_CLICK, short.answer_by_click), (SUBMIT, short.submit))
    for what, measure in short_ones if answers else short_ones[2:]:
        found[what] = measure(count)
        tell(f"{what}: {found[what].describe()}")
    failed = short.leave()
    long = Reviewer(browser, house, open_session(installation, LONG[turn]))
    context = act_as(installation, LONG[turn])
    for what, measure_long, times in ((OPEN, long.open_from_queue, count), (LOAD, long.load_desk, min(count, LOADS))):
        found[what] = measure_long(context, times)
        tell(f"{what}: {found[what].describe()}")
    return found, [*failed, *long.leave()]


@contextmanager
def serve_copy(data: Path) -> Iterator[tuple[House, Installation]]:
    """A server on a copy of a data folder, and the same installation beside it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(data, Path(folder) / "data")
        with serve(copy) as house:
            installation = open_installation(settings_of(copy))
            try:
                yield house, installation
            finally:
                installation.store.close()


@contextmanager
def hold_crowd(house: House, installation: Installation, count: int, think: float) -> Iterator[list[Crowd]]:
    """Reviewers who grade until the block ends; the list then holds what they saw."""
    desks = {
        open_session(installation, name): grading.list_queue(act_as(installation, name))[0].assignment.id
        for name in crowd_names(count)
    }
    server = psutil.Process(house.pid)
    before = server.memory_info().rss
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.desk.crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    report: list[Crowd] = []
    try:
        seen = _ask(process, {"address": house.address, "desks": desks, "think": think})
        tell(f"{seen['seated']} reviewers grade")
        time.sleep(WARM_UP_SECONDS)
        grown = server.memory_info().rss - before
        yield report
        rest, _ = process.communicate(timeout=120)
        report.append(_read_crowd(json.loads(rest), grown / count))
    finally:
        process.kill()
        process.wait()


def _ask(process: "subprocess.Popen[str]", question: Mapping[str, object]) -> dict[str, int]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("the crowd listens and answers by its standard streams")
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    answer: dict[str, int] = json.loads(process.stdout.readline())
    return answer


def _read_crowd(seen: Mapping[str, list[float]], bytes_each: float) -> Crowd:
    load = psutil.getloadavg()[0]
    return Crowd(
        Times(tuple(seen["saves"]), load),
        Times(tuple(seen["submits"]), load),
        [f"crowd: {error}" for error in seen["errors"]],
        bytes_each,
    )


def _print(shown: str, lines: list[Line], crowd: Crowd | None, failed: list[str], reviewers: int) -> None:
    others = crowd and {
        "reviewers": reviewers,
        "saves_ms": crowd.saves.describe(),
        "submits_ms": crowd.submits.describe(),
        "mib_each": round(crowd.bytes_each / 2**20, 2),
    }
    if shown == "json":
        print(json.dumps({"lines": [line.describe() for line in lines], "crowd": others, "failed": failed}, indent=2))
        return
    print("Milliseconds: p50 / p95 / slowest. The load is the machine's average over a minute, on two cores.\n")
    print(show(lines, reviewers=reviewers))
    if others:
        print(f"\nThe others: {others}")
    print(f"\n{len(failed)} errors", *failed, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
