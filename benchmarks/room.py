"""How often the calibration room names the right reviewer and criterion: the tables of docs/algorithms/calibration.md.

Run `python -m benchmarks.room > table.md`. Teams are simulated (`benchmarks.team`): six reviewers whose true severities
differ by less than what is named, eight criteria on five levels. In one world nothing is wrong; in the others one
reviewer is stricter, or has become so, and one criterion is read by everybody in a way of their own.
"""

import os

# Before numpy is imported: many small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.tables import Floats
from benchmarks.team import Steps, Team, draw_answers
from benchmarks.timing import tell
from qa_app.estimate import Undefined
from qa_app.stats.causes.distances import Distances, measure_distances
from qa_app.stats.causes.drift import find_drift, split_late
from qa_app.stats.causes.naming import name_causes
from qa_app.stats.ratings import Level, RatingsTable

REVIEWER, CRITERION = 1, 3
"""Who is stricter, and what is ambiguous, where anybody or anything is."""
LEVELS = (0.0, 1.0, 2.0, 3.0, 4.0)
TICKETS = (6, 8, 12, 24, 48)
SESSIONS = 6
"""Of those over time; the reviewer has changed in the last two."""


@dataclass(frozen=True, slots=True)
class World:
    """What is wrong, in standard deviations of the tickets' quality; a level of the scale is one of them."""

    stricter: float = 0.0
    ambiguous: float = 0.0
    """Of the errors on that criterion; they are .45 elsewhere."""

    @property
    def team(self) -> Team:
        """The team of this world."""
        return Team(ambiguous={CRITERION: self.ambiguous} if self.ambiguous else {})

    @property
    def drift(self) -> Mapping[int, float]:
        """Who is stricter, and by how much."""
        return {REVIEWER: self.stricter} if self.stricter else {}


WORLDS: Mapping[str, World] = {
    "nothing wrong": World(),
    "half a level stricter; ambiguous, twice the error": World(0.5, 0.9),
    "a level stricter; ambiguous, three times the error": World(1.0, 1.4),
}


@dataclass(slots=True)
class Tally:
    """Of how many repetitions something was named."""

    right: int = 0
    missed: int = 0
    false: int = 0
    """Repetitions in which anybody or anything else was named."""

    def count(self, named: set[str], wanted: str | None) -> None:
        """Add one repetition."""
        self.right += wanted in named
        self.missed += wanted is not None and wanted not in named
        self.false += bool(named - {wanted})


def build_distances(answers: Steps | Floats) -> Distances:
    """Answers of shape (tickets, reviewers, criteria) as the room measures them; nan where there is none."""
    n_tickets, n_raters, n_items = answers.shape
    units, raters = tuple(map(str, range(n_tickets))), tuple(f"r{place}" for place in range(n_raters))
    nowhere = np.zeros((n_tickets, n_raters), dtype=np.bool_)
    values = answers.astype(np.float64)
    return measure_distances(
        {f"c{n}": RatingsTable(values[:, :, n], nowhere, Level.ORDINAL, LEVELS, units, raters) for n in range(n_items)}
    )


def simulate_session(world: World, n_tickets: int, *, repetitions: int, seed: int) -> Mapping[str, Tally]:
    """Tallies of reviewers, criteria and tickets over single sessions, or windows, of so many tickets."""
    random = np.random.Generator(np.random.Philox(seed))
    tallies = {family: Tally() for family in ("rater", "item", "unit")}
    wanted = {"rater": f"r{REVIEWER}" if world.stricter else None, "item": f"c{CRITERION}" if world.ambiguous else None}
    for _ in range(repetitions):
        found = name_causes(build_distances(draw_answers(world.team, n_tickets, random, drift=world.drift)))
        if isinstance(found, Undefined):
            raise TypeError(found.explanation)
        for family, tally in tallies.items():
            tally.count({cause.name for cause in found.named if cause.family == family}, wanted.get(family))
    return tallies


def simulate_drift(world: World, n_tickets: int, *, repetitions: int, seed: int) -> Tally:
    """Drift alerts after six sessions of so many tickets, of which the last two have the stricter reviewer."""
    random = np.random.Generator(np.random.Philox(seed))
    tally = Tally()
    late = split_late(np.repeat(np.arange(SESSIONS), n_tickets).tolist())
    for _ in range(repetitions):
        answers = np.concatenate(
            [
                draw_answers(world.team, n_tickets, random, drift=world.drift if number >= SESSIONS - 2 else {})
                for number in range(SESSIONS)
            ]
        )
        found = () if late is None else find_drift(build_distances(answers), late)
        tally.count({change.name for change in found if change.alert}, f"r{REVIEWER}" if world.stricter else None)
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    print("| tickets | world | who | right | missed | false alarm |\n| --- | --- | --- | --- | --- | --- |")
    for n_tickets in TICKETS:
        for name, world in WORLDS.items():
            tell(f"{n_tickets} tickets, {name}")
            found = simulate_session(world, n_tickets, repetitions=wanted.repetitions, seed=wanted.seed)
            for family, who in (("rater", "reviewer"), ("item", "criterion"), ("unit", "ticket")):
                print(f"| {n_tickets} | {name} | {who} | {_write(found[family])} |")
    print("\n| tickets a session | world | right | missed | false alarm |\n| --- | --- | --- | --- | --- |")
    for n_tickets in (4, 6, 8, 12):
        for name, world in WORLDS.items():
            tally = simulate_drift(world, n_tickets, repetitions=wanted.repetitions, seed=wanted.seed)
            print(f"| {n_tickets} | {name} | {_write(tally)} |")


def _write(tally: Tally) -> str:
    return f"{tally.right} | {tally.missed} | {tally.false}"


if __name__ == "__main__":
    main()
