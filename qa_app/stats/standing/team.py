"""How the agents of a team stand by their reviews: smoothed, adjusted for who graded, ranked as far as data allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats
from qa_app.stats.standing.error import between, error_factors, reliability, smallest_difference
from qa_app.stats.standing.posterior import Mixture, Posterior, average
from qa_app.stats.standing.ranks import rank
from qa_app.stats.standing.scores import ScoreTable, Sums, find_parts

Bounds = tuple[float, float]


class Measure(Protocol):
    """A figure of the whole team."""

    def __call__(self, found: Posterior, *, confidence: float) -> Estimate:
        """From the posterior."""


SMOOTHED = "drawn towards the team, the uncertainty of the variances included"
ADJUSTED = "drawn towards the team, as if all reviewers had graded alike often"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agent may stand."""

    best: int
    worst: int
    tied: tuple[str, ...]
    """Agents whom the data cannot split from this one."""


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """All estimates of a team; mappings by agent, in the order of the table, or by reviewer."""

    smoothed: Mapping[str, Measured]
    adjusted: Mapping[str, Measured]
    places: Mapping[str, Place]
    smallest_differences: Mapping[str, Measured]
    severities: Mapping[str, Measured]
    """Points below what the average reviewer of the connected part gives for the same work."""
    between: Measured
    reliability: Measured
    smallest_difference: Measured
    """For the mean error of the agents."""


def stand(table: ScoreTable, *, bounds: Bounds | None = None, confidence: float = 0.95) -> TeamStanding:
    """Everything that can be said of these scores.

    `bounds`: smallest and largest possible score; estimates and limits are cut there. Reviewers are adjusted for within
    the connected part with the most reviews, if it has two of them; other agents have no adjusted score.
    """
    simple = smooth(table)
    crossed = adjust_for_reviewers(table)
    best = simple if isinstance(crossed, Undefined) else crossed
    ranks = rank(table, crossed=isinstance(crossed, Posterior))
    places = {
        agent: Place(
            int(ranks.best[at]),
            int(ranks.worst[at]),
            tuple(table.agents[other] for other in np.flatnonzero(ranks.tied[at])),
        )
        for at, agent in enumerate(table.agents)
    }
    apart = undefined("apart", n_units=table.scores.size, n_raters=len(table.reviewers), n_values=table.scores.size)
    return TeamStanding(
        smoothed=_scores(simple, table, SMOOTHED, bounds, confidence),
        adjusted=dict.fromkeys(table.agents, apart) | _scores(crossed, table, ADJUSTED, bounds, confidence),
        places=places,
        smallest_differences=_differences(simple, table, confidence) | _differences(best, table, confidence),
        severities=dict.fromkeys(table.reviewers, apart) | _severities(crossed, table, confidence),
        between=_of_team(best, confidence, between),
        reliability=_of_team(best, confidence, reliability),
        smallest_difference=_usual_difference(best, confidence),
    )


def smooth(table: ScoreTable) -> Posterior | Undefined:
    """The one-way model of agents; Undefined where nothing shows how an agent's scores vary."""
    return _fit(Sums(table, crossed=False), "no-repeats")


def adjust_for_reviewers(table: ScoreTable) -> Posterior | Undefined:
    """The model of agents and reviewers, in the connected part with the most reviews."""
    agent_parts, reviewer_parts = find_parts(table)
    sizes = np.bincount(agent_parts[table.agent])
    if not sizes.size:
        return _undefined("no-values", table)
    largest = int(sizes.argmax())
    if np.count_nonzero(reviewer_parts == largest) == 1:
        return _undefined("one-reviewer" if len(table.reviewers) == 1 else "apart", table)
    part = table.select(agent_parts[table.agent] == largest)
    return _fit(Sums(part, crossed=True), "saturated")


def smooth_scores(
    table: ScoreTable, *, bounds: Bounds | None = None, confidence: float = 0.95
) -> Mapping[str, Measured]:
    """Each agent's score drawn towards the team."""
    return _scores(smooth(table), table, SMOOTHED, bounds, confidence)


def _fit(sums: Sums, reason: str) -> Posterior | Undefined:
    """Undefined with the reason where too few reviews are left for the error once all effects are fixed."""
    table = sums.table
    if not table.scores.size:
        return _undefined("no-values", table)
    effects = len(table.agents) + (len(table.reviewers) - 1 if sums.crossed else 0)
    if sums.total - effects < 1 - 1e-9:
        return _undefined(reason, table)
    if np.ptp(table.scores) == 0:
        return _undefined("equal-scores", table)
    return average(sums)


def _undefined(reason: str, table: ScoreTable) -> Undefined:
    n = table.scores.size
    return undefined(reason, n_units=n, n_raters=len(table.reviewers), n_values=n)


def _scores(
    found: Posterior | Undefined, table: ScoreTable, words: str, bounds: Bounds | None, confidence: float
) -> dict[str, Measured]:
    if isinstance(found, Undefined):
        return dict.fromkeys(table.agents, found)
    used = found.sums.table
    reviews = np.bincount(used.agent)
    reviewers = np.count_nonzero(found.sums.cells, axis=1)
    return dict(
        zip(
            used.agents,
            _estimates(found.scores, words, reviews.tolist(), reviewers.tolist(), bounds, confidence),
            strict=True,
        )
    )


def _severities(found: Posterior | Undefined, table: ScoreTable, confidence: float) -> dict[str, Measured]:
    if isinstance(found, Undefined):
        return dict.fromkeys(table.reviewers, found)
    used, effects = found.sums.table, found.effects
    lower = Mixture(effects.probability, -effects.centres, effects.scales, effects.df)
    reviews = np.bincount(used.reviewer).tolist()
    words = "points below the mean of the reviewers, drawn towards 0"
    listed = _estimates(lower, words, reviews, [len(used.reviewers)] * len(reviews), None, confidence)
    return dict(zip(used.reviewers, listed, strict=True))


def _estimates(
    mixture: Mixture,
    words: str,
    n_reviews: Sequence[int],
    n_reviewers: Sequence[int],
    bounds: Bounds | None,
    confidence: float,
) -> list[Measured]:
    ends = (mixture.quantiles((1 - confidence) / 2), mixture.means, mixture.quantiles((1 + confidence) / 2))
    cut: list[Floats] = [end if bounds is None else np.clip(end, *bounds) for end in ends]
    rows = zip(*(end.tolist() for end in cut), n_reviews, n_reviewers, strict=True)
    return [
        Estimate(value, low, high, reviews, reviewers, words, confidence, reviews)
        for low, value, high, reviews, reviewers in rows
    ]


def _differences(found: Posterior | Undefined, table: ScoreTable, confidence: float) -> dict[str, Measured]:
    if isinstance(found, Undefined):
        return dict.fromkeys(table.agents, found)
    used, factors = found.sums.table, error_factors(found)
    reviews = np.bincount(used.agent).tolist()
    return {
        agent: smallest_difference(found, factors[:, at], n_reviews=reviews[at], confidence=confidence)
        for at, agent in enumerate(used.agents)
    }


def _of_team(found: Posterior | Undefined, confidence: float, measure: Measure) -> Measured:
    if isinstance(found, Undefined):
        return found
    if len(found.sums.table.agents) == 1:
        return _undefined("one-agent", found.sums.table)
    return measure(found, confidence=confidence)


def _usual_difference(found: Posterior | Undefined, confidence: float) -> Measured:
    if isinstance(found, Undefined):
        return found
    sums = found.sums
    usual = round(sums.total / len(sums.table.agents))
    return smallest_difference(found, error_factors(found).mean(axis=1), n_reviews=usual, confidence=confidence)
