"""Kills the tab, the server and the network while somebody grades: `python -m tests.torture.desk --kills 200`.

The same seed strikes at the same places. Prints a line for each ticket, then one of figures, and what was lost if
anything was; exit code 1 where an acknowledged answer is not in the store or is there twice, where a key that the desk
should have taken had no effect, and where the page came to nothing within two minutes.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from qa_app.workflows.upkeep import open_installation
from tests.journey.house import DESKTOP, launch_browser
from tests.torture.cable import Cable
from tests.torture.kept import check_database, look_up
from tests.torture.memory import Kind, Strike
from tests.torture.mortal import CRITERIA, MortalServer, prepare
from tests.torture.reviewer import PATIENCE, Reviewer, Stalled

SPARE = 4
"""Tickets that stay in the queue, so that there is a next one after the last submit."""
SHARES = {Kind.SERVER: 3, Kind.TAB: 3, Kind.RELOAD: 1, Kind.NETWORK: 2, Kind.DEAF: 1}
"""Of ten kills."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has shown."""

    strikes: Counter[str]
    saves: int
    submits: int
    mute: Counter[str]
    """Why keys had no effect."""
    pressed_again: Counter[str]
    """Why a submit was pressed anew."""
    lost: list[str]
    """Acknowledged answers and submits that are not in the store."""
    half: list[str]
    doubled: list[str]
    faults: list[str]
    """Keys that the desk should have taken, errors of scripts, and a wait without end, which ends the run."""
    seconds: float

    @property
    def good(self) -> bool:
        """Nothing acknowledged is lost, nothing is there twice or in part, and the desk did what it was told."""
        return not (self.lost or self.half or self.doubled or self.faults)

    def __str__(self) -> str:
        """One line."""
        return (
            f"{_count(self.strikes, 'kills')} in {self.seconds:.0f} s: {self.saves} saves and {self.submits} submits "
            f"acknowledged, {_count(self.mute, 'keys without effect')}, "
            f"{_count(self.pressed_again, 'submits pressed again')}; lost {len(self.lost)}, half {len(self.half)}, "
            f"doubled {len(self.doubled)}, faults {len(self.faults)}"
        )


def _count(counts: Counter[str], what: str) -> str:
    parts = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return f"{counts.total()} {what}" + (f" ({parts})" if parts else "")


def plan_strikes(kinds: Sequence[Kind], *, seed: int) -> list[Strike]:
    """One strike a ticket, of these kinds in random order; half of them around the submit."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    submit = len(CRITERIA) + 1
    strikes = []
    for kind in dice.sample(kinds, len(kinds)):
        key = dice.choice((*range(submit), *((submit, submit + 1) * (submit // 2))))
        # A submit is committed some 20 ms after its key; a draft is sent 0.6 s after the last answer.
        after = dice.uniform(0, 0.1) if key > submit else dice.uniform(0, 0.9)
        strikes.append(Strike(kind, key, after, dice.uniform(0.1, 2)))
    return strikes


def torture(
    browser: Browser,
    folder: Path,
    kinds: Sequence[Kind],
    *,
    seed: int,
    seconds: float = float("inf"),
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Grade one ticket for each of these kills, look up what the database holds then, and check that it is sound.

    Goes on to no other ticket once it took so many seconds. Tells of each ticket how long it took.
    """
    started = time.monotonic()
    strikes = plan_strikes(kinds, seed=seed)
    server = MortalServer(folder / "data")
    prepare(server.settings, tickets=len(strikes) + SPARE, seed=seed)
    window = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="en-GB")
    window.set_default_timeout(PATIENCE * 1000)
    try:
        server.start()
        installation = open_installation(server.settings)
        with closing(installation.store):
            reviewer = Reviewer(window, Cable(), server, installation, seed)
            done = _grade_all(reviewer, strikes, until=started + seconds, tell=tell)
            server.kill()
            kept = look_up(installation)
            check_database(installation, submits=len(kept.reviews))
    finally:
        window.close()
        server.stop()
    memory = reviewer.memory
    return Report(
        Counter(strike.kind.value for strike in strikes[:done]),
        memory.saves,
        len(memory.acknowledged),
        memory.mute,
        memory.pressed_again,
        [*memory.lost, *map(str, kept.lost(memory.acknowledged))],
        sorted(map(str, kept.half())),
        sorted(map(str, kept.doubled())),
        memory.faults,
        time.monotonic() - started,
    )


def _grade_all(reviewer: Reviewer, strikes: Sequence[Strike], *, until: float, tell: Callable[[str], None]) -> int:
    """Grade one ticket for each strike, and count them; ends at a wait without end, which is a fault."""
    try:
        reviewer.start()
        for place, strike in enumerate(strikes):
            began = time.monotonic()
            if began > until:
                return place
            reviewer.grade(strike)
            tell(f"{place + 1:4} of {len(strikes)}: {time.monotonic() - began:5.1f} s, {strike}")
    except Stalled as stall:
        reviewer.memory.faults.append(str(stall))
    return len(reviewer.memory.acknowledged)


def main(words: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.desk", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop earlier if it takes longer")
    asked = parser.parse_args(words)
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    wanted = (kinds * (asked.kills // len(kinds) + 1))[: asked.kills]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch_browser(playwright)
        report = torture(browser, Path(folder), wanted, seed=asked.seed, seconds=60 * asked.minutes, tell=_tell)
        browser.close()
    for line in (f"Seed {asked.seed}: {report}", *report.lost, *report.half, *report.doubled, *report.faults):
        _tell(line)
    return 0 if report.good else 1


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
