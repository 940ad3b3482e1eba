"""Two worlds that differ only in unrevealed answers look the same to whoever still grades, byte by byte.

`python -m tests.torture.worlds --cases 500 --seed 1` fills two data folders for each case, goes through every page,
command, address, file and log line that the case's reviewer can reach, and compares. A quarter of the sessions are then
revealed, and the same reviewer must see a difference: the comparison is worth what it can find. Exit code 1 where a
blind reviewer saw a difference, or one who is no longer blind saw none.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from db.engine import open_store
from qa_app.workflows import calibration
from tests.qa_app.cli.terminal import Terminal
from tests.qa_app.workflows.house import FACILITATOR, House
from tests.torture.seat import Seen, look, look_at_results
from tests.torture.twins import Case, World, draw_case, fill_world, make_template

SIDES = ("one", "other")


@dataclass(slots=True)
class Report:
    """What a run has shown."""

    cases: int = 0
    seats: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    """Answers compared: pages, commands, addresses, files and logs."""
    bytes: int = 0
    leaks: list[str] = field(default_factory=list)
    """Case and place where the sides differ to a blind reviewer."""
    reveals: int = 0
    """Cases that were then revealed."""
    unseen: list[str] = field(default_factory=list)
    """Of these, the cases in which the sides still looked the same."""
    seconds: float = 0

    @property
    def good(self) -> bool:
        """Blind reviewers saw no difference, and the others did."""
        return not (self.leaks or self.unseen)

    def __str__(self) -> str:
        """One line."""
        seats = ", ".join(f"{count} {name}" for name, count in sorted(self.seats.items()))
        return (
            f"{self.cases} cases ({seats}) in {self.seconds:.0f} s: {self.looks} answers with {self.bytes} bytes "
            f"compared, {len(self.leaks)} differ; {self.reveals} cases revealed, {len(self.unseen)} without a "
            "difference then"
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """Where both worlds stand, one after the other: in the same place, or their addresses would differ."""

    folder: Path

    @property
    def template(self) -> Path:
        """A furnished installation to copy."""
        return self.folder / "template"

    @property
    def terminal(self) -> Terminal:
        """The installation that is looked at."""
        return Terminal(self.folder / "world")


def open_stage(folder: Path) -> Stage:
    """Furnish the template."""
    stage = Stage(folder)
    stage.template.mkdir()
    make_template(stage.template)
    return stage


@dataclass(frozen=True, slots=True)
class Sight:
    """What one side shows while it is blind, and after the reveal; None where it cannot be revealed."""

    world: World
    blind: Seen
    after: Seen | None


def visit(stage: Stage, case: Case, side: str) -> Sight:
    """Fill one side and go through it; after the reveal the session's page and report are enough."""
    world = fill_world(case, stage.terminal.folder, stage.template, side=side)
    blind = look(case.seat, world, stage.terminal)
    return Sight(world, blind, reveal(stage, case, world) if case.revealed else None)


def reveal(stage: Stage, case: Case, world: World) -> Seen | None:
    """What the same person sees once the facilitator has revealed; None where too little is graded."""
    if not world.revealable:
        return None
    with closing(open_store(stage.terminal.url)) as store:
        house = House(store, stage.terminal.folder / "recordings", world.now)
        calibration.reveal_session(house.act(FACILITATOR), world.session.id)
    return look_at_results(case.seat, world, stage.terminal)


def compare(one: Seen, other: Seen) -> list[str]:
    """Where two sides differ."""
    return sorted(place for place in {*one, *other} if one.get(place) != other.get(place))


def run(
    stage: Stage,
    numbers: Iterable[int],
    *,
    seed: int,
    seconds: float = float("inf"),
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Compare the worlds of each of these cases; goes on to no other once it took so many seconds."""
    report = Report()
    started = time.monotonic()
    for number in numbers:
        if report.seconds > seconds:
            break
        case = draw_case(seed, number)
        one, other = (visit(stage, case, side) for side in SIDES)
        assert one.world.hidden != other.world.hidden, f"case {case.key}: the sides are the same"
        leaks = compare(one.blind, other.blind)
        report.cases += 1
        report.seats[case.seat.name] += 1
        report.looks += len(one.blind)
        report.bytes += sum(map(len, one.blind.values()))
        report.leaks += [f"case {case.key}, {case.seat.name}: {place}" for place in leaks]
        if one.after is not None and other.after is not None:
            report.reveals += 1
            if not compare(one.after, other.after):
                report.unseen.append(f"case {case.key}, {case.seat.name}")
        report.seconds = time.monotonic() - started
        tell(f"{report.cases:4}: {report.seconds:6.0f} s, {case.seat.name}, {', '.join(leaks) or 'the same'}")
    return report


def main(words: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.worlds", description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop earlier if it takes longer")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        numbers = range(asked.first, asked.first + asked.cases)
        report = run(open_stage(Path(folder)), numbers, seed=asked.seed, seconds=60 * asked.minutes, tell=_tell)
    for line in (f"Seed {asked.seed}, from case {asked.first}: {report}", *report.leaks, *report.unseen):
        _tell(line)
    return 0 if report.good else 1


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
