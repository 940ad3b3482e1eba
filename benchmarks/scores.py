"""How good agents' scores are on simulated teams: the tables of docs/algorithms/agent-scores.md.

Run `python -m benchmarks.scores --repetitions 500 --seed 1 > table.md`. Teams are drawn anew each time. An agent's true
score is the mean over all of the agent's tickets and over all reviewers of the team alike, computed exactly. Scores of
kind "normal" are as the model assumes. "Graded" ones come from twelve weighted three-step criteria and an auto-fail:
bounded, skewed, with a spread that differs from agent to agent, and a severity that is not additive.
"""

import os

# Before numpy is imported: many small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import expit

from benchmarks.tables import Floats
from benchmarks.timing import tell
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.components import VarianceComponents, level_effects, long_table, variance_components
from qa_app.stats.mean import mean
from qa_app.stats.standing.posterior import Posterior
from qa_app.stats.standing.ranks import rank
from qa_app.stats.standing.scores import Codes, ScoreTable, score_table
from qa_app.stats.standing.team import adjust_for_reviewers, smooth

NORMAL_MEAN, NORMAL_ERROR = 80.0, 10.0
"""Of "normal" scores: points."""
ABILITY, TICKETS, STEP, AUTO_FAIL = 1.8, 0.8, 1.2, -3.5
"""Of "graded" scores, in logits: ability of the average agent, spread of tickets, width of the middle step, and the
place of the auto-fail, which sets the score to 0."""
BOUNDS = (0.0, 100.0)
DIFFICULTY = np.linspace(-1.2, 1.2, 12)
WEIGHT = np.tile([1.0, 1.0, 2.0], 4) / 16
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
METHODS = ("raw", "known", "smoothed", "adjusted")
"""known: drawn towards the team with the REML variance taken as known, for comparison; the app does not show it."""


class Setting(NamedTuple):
    """One kind of team."""

    name: str
    kind: Literal["normal", "graded"]
    agents: int
    reviewers: int
    reviews: int
    """Of an agent on average; from half to one and a half of it."""
    between: float
    """Standard deviation of agents: points for "normal", logits for "graded"."""
    severity: float
    """Of reviewers, in the same unit."""
    own: float
    """Share of an agent's reviews that one reviewer of the agent's own does; the others are handed out at random."""


SETTINGS = (
    Setting("equal agents, few reviews", "normal", 8, 4, 4, 0, 0, 0),
    Setting("few reviews", "normal", 8, 4, 4, 4, 0, 0),
    Setting("many reviews", "normal", 8, 4, 24, 4, 0, 0),
    Setting("severity", "normal", 8, 4, 8, 4, 5, 0),
    Setting("severity, own reviewers", "normal", 8, 4, 8, 4, 5, 0.7),
    Setting("equal agents, few reviews", "graded", 8, 4, 6, 0, 0, 0),
    Setting("small differences", "graded", 8, 4, 6, 0.2, 0, 0),
    Setting("large differences", "graded", 8, 4, 6, 0.6, 0, 0),
    Setting("severity", "graded", 8, 4, 6, 0.2, 0.5, 0),
    Setting("severity, own reviewers", "graded", 8, 4, 6, 0.6, 0.5, 0.7),
    Setting("the same, many reviews", "graded", 8, 4, 24, 0.2, 0.5, 0.7),
    Setting("large team", "graded", 24, 6, 8, 0.2, 0.5, 0.5),
    Setting("large team, many reviews", "graded", 24, 6, 24, 0.6, 0.5, 0.5),
    Setting("three agents, two reviewers", "graded", 3, 2, 8, 0.4, 0.5, 0.5),
    Setting("two agents, two reviewers", "graded", 2, 2, 8, 0.4, 0.5, 0.5),
)


class Team(NamedTuple):
    """One simulated team."""

    table: ScoreTable
    truth: Floats
    """By agent."""


class Said(NamedTuple):
    """What a method said of one agent."""

    value: float
    held: bool | None
    """Whether its interval holds the truth; None where there is none."""
    truth: float


class Tally(NamedTuple):
    """Sums over agents and teams."""

    held: int = 0
    given: int = 0
    agents: int = 0
    squares: float = 0.0

    def add(self, said: Said) -> "Tally":
        """With one agent more; one without an interval does not count for the coverage."""
        agents, squares = self.agents + 1, self.squares + (said.value - said.truth) ** 2
        return Tally(self.held + (said.held is True), self.given + (said.held is not None), agents, squares)

    def join(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.held + other.held,
            self.given + other.given,
            self.agents + other.agents,
            self.squares + other.squares,
        )


class Orders(NamedTuple):
    """What was said of the order of two agents."""

    pairs: int = 0
    split: int = 0
    """Pairs that the places call surely different."""
    wrong: int = 0
    """Of these, in the wrong order."""
    teams_wrong: int = 0
    """Teams with one such pair at least."""
    naive: int = 0
    """Pairs that the means as graded put in the wrong order."""


class Result(NamedTuple):
    """One setting, simulated."""

    tallies: dict[str, Tally]
    orders: Orders
    coverage_errors: dict[str, float]
    """Standard errors of the coverage over the teams, within which agents are not independent."""


def draw_team(setting: Setting, random: np.random.Generator) -> Team:
    """A team with its reviews and its true scores."""
    agents, reviewers = (
        random.normal(0, setting.between, setting.agents),
        random.normal(0, setting.severity, setting.reviewers),
    )
    counts = np.maximum(1, np.round(setting.reviews * random.uniform(0.5, 1.5, setting.agents))).astype(np.intp)
    agent = np.repeat(np.arange(setting.agents), counts)
    at_random = random.integers(0, setting.reviewers, agent.size)
    reviewer = np.where(random.random(agent.size) < setting.own, agent % setting.reviewers, at_random)
    if setting.kind == "normal":
        scores = NORMAL_MEAN + (agents[agent] - reviewers[reviewer]) + random.normal(0, NORMAL_ERROR, agent.size)
        truth = NORMAL_MEAN + agents - reviewers.mean()
    else:
        scores = _grade(agents[agent] - reviewers[reviewer], random)
        truth = expect(agents[:, np.newaxis] - reviewers).mean(axis=1)
    return Team(_make_table(agent, reviewer, scores), truth)


def _make_table(agent: Codes, reviewer: Codes, scores: Floats) -> ScoreTable:
    return score_table([f"{a:02d}" for a in agent.tolist()], [f"{r:02d}" for r in reviewer.tolist()], scores.tolist())


def _steps(logits: Floats) -> Floats:
    """Probabilities of at least the middle and of the highest step, shape (2, ...)."""
    return np.asarray(np.stack([expit(logits + STEP), expit(logits)]), dtype=np.float64)


def _grade(shift: Floats, random: np.random.Generator) -> Floats:
    ability = ABILITY + shift + random.normal(0, TICKETS, shift.size)
    reached = _steps(ability[:, np.newaxis] + DIFFICULTY)
    values = (random.random(reached.shape[1:]) < reached).sum(axis=0) / 2
    passed = random.random(shift.size) > expit(AUTO_FAIL - ability)
    return np.asarray(np.round(100 * (values @ WEIGHT) * passed, 1), dtype=np.float64)


def expect(shift: Floats) -> Floats:
    """The mean score over all tickets of an agent under a reviewer: by quadrature over tickets, exact otherwise."""
    ability = ABILITY + shift[..., np.newaxis] + TICKETS * NODES
    value = _steps(ability[..., np.newaxis] + DIFFICULTY).mean(axis=0) @ WEIGHT
    return np.asarray(100 * ((1 - expit(AUTO_FAIL - ability)) * value) @ (NODE_WEIGHTS / NODE_WEIGHTS.sum()))


def estimate(team: Team, kind: str) -> dict[str, list[Said]]:
    """By method what it said of every agent."""
    table, bounds = team.table, BOUNDS if kind == "graded" else None
    raw = [mean(table.scores[table.agent == at].tolist(), bounds=bounds) for at in range(len(table.agents))]
    return {
        "raw": _compare_limits(raw, team.truth),
        "known": _compare_limits(_take_as_known(table), team.truth),
        "smoothed": _reach(smooth(table), team, bounds),
        "adjusted": _reach(adjust_for_reviewers(table), team, bounds),
    }


def _compare_limits(listed: Sequence[Measured], truth: Floats) -> list[Said]:
    return [
        Said(one.value, None if one.low is None or one.high is None else one.low <= true <= one.high, true)
        for one, true in zip(listed, truth.tolist(), strict=True)
        if isinstance(one, Estimate)
    ]


def _reach(found: Posterior | Undefined, team: Team, bounds: tuple[float, float] | None) -> list[Said]:
    """An interval between two quantiles holds the truth where the probability of less lies between their levels."""
    if isinstance(found, Undefined):
        return []
    places = [team.table.agents.index(agent) for agent in found.sums.table.agents]
    truth = team.truth[places]
    held = np.abs(found.scores.reach(truth) - 0.5) <= 0.475
    values = found.scores.means if bounds is None else np.clip(found.scores.means, *bounds)
    return [Said(*row) for row in zip(values.tolist(), held.tolist(), truth.tolist(), strict=True)]


def _take_as_known(table: ScoreTable) -> list[Measured]:
    """Drawn towards the team by best linear unbiased prediction at the REML variances, as `level_effects` gives it."""
    labels = np.array(table.agents)[table.agent]
    fitted = variance_components(long_table({"agent": labels}, table.scores), ["agent"])
    if not isinstance(fitted, VarianceComponents):
        return [fitted] * len(table.agents)
    effects, centre = level_effects(fitted, "agent"), fitted.intercept.value
    return [
        Estimate(centre + one.value, centre + (one.low or 0.0), centre + (one.high or 0.0), 0, 0, "known")
        for one in (effects[agent] for agent in table.agents)
    ]


def simulate(setting: Setting, repetitions: int, seed: int) -> Result:
    """That many teams of one setting."""
    random = np.random.Generator(np.random.Philox(seed))
    tallies: dict[str, Tally] = defaultdict(Tally)
    shares: dict[str, list[float]] = defaultdict(list)
    orders = Orders()
    for _ in range(repetitions):
        team = draw_team(setting, random)
        estimates = estimate(team, setting.kind)
        for method, listed in estimates.items():
            of_team = Tally()
            for said in listed:
                of_team = of_team.add(said)
            tallies[method] = tallies[method].join(of_team)
            if of_team.given:
                shares[method].append(of_team.held / of_team.given)
        orders = _compare(orders, team, np.array([said.value for said in estimates["raw"]]))
    errors = {method: float(np.std(found, ddof=1) / len(found) ** 0.5) for method, found in shares.items()}
    return Result(dict(tallies), orders, errors)


def _compare(orders: Orders, team: Team, means: Floats) -> Orders:
    """With one team more. Who is called better must truly be better: of equal agents any order is wrong."""
    truth = team.truth
    crossed = isinstance(adjust_for_reviewers(team.table), Posterior)
    above = rank(team.table, crossed=crossed).above
    apart, gaps = truth[:, np.newaxis] - truth, means[:, np.newaxis] - means
    wrong = int(np.count_nonzero(above & (apart <= 0)))
    return Orders(
        orders.pairs + truth.size * (truth.size - 1) // 2,
        orders.split + int(above.sum()),
        orders.wrong + wrong,
        orders.teams_wrong + (wrong > 0),
        orders.naive + int(np.count_nonzero((gaps > 0) & (apart <= 0))),
    )


def list_rows(found: Sequence[tuple[Setting, Result]]) -> Iterator[str]:
    """The tables as Markdown."""
    yield "<!-- worked: coverage -->"
    yield f"| scores | team | {' | '.join(METHODS)} | Monte Carlo error |\n|{' --- |' * (len(METHODS) + 3)}"
    for setting, result in found:
        cells = [f"{result.tallies[method].held / result.tallies[method].given:.1%}" for method in METHODS]
        yield _row(setting, *cells, f"{result.coverage_errors['adjusted']:.1%}")
    yield "\n<!-- worked: mean squared error -->"
    yield f"| scores | team | {' | '.join(METHODS)} |\n|{' --- |' * (len(METHODS) + 2)}"
    for setting, result in found:
        cells = [f"{result.tallies[method].squares / result.tallies[method].agents:.1f}" for method in METHODS]
        yield _row(setting, *cells)
    yield "\n<!-- worked: orders -->"
    yield f"| scores | team | as graded, wrong | split | split, wrong | teams with a wrong split |\n|{' --- |' * 6}"
    for setting, result in found:
        orders = result.orders
        shares = (orders.naive / orders.pairs, orders.split / orders.pairs, orders.wrong / orders.pairs)
        teams = 2 * orders.pairs / (setting.agents * (setting.agents - 1))
        yield _row(setting, *(f"{share:.1%}" for share in shares), f"{orders.teams_wrong / teams:.1%}")


def _row(setting: Setting, *cells: str) -> str:
    size = f"{setting.agents} agents, {setting.reviewers} reviewers, about {setting.reviews} reviews"
    return f"| {setting.kind} | {setting.name}: {size} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=500, help="teams of each setting")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    found = []
    for place, setting in enumerate(SETTINGS):
        tell(f"{place + 1}/{len(SETTINGS)} {setting}")
        found.append((setting, simulate(setting, chosen.repetitions, chosen.seed + place)))
    print(f"Seed {chosen.seed}, {chosen.repetitions} teams of each of {len(SETTINGS)} settings.\n")
    print("\n".join(list_rows(found)))


if __name__ == "__main__":
    main()
