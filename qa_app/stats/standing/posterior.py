"""What the scores say once the variances are uncertain too: the model averaged over the ratios of its variances.

A point estimate of the variance between agents is often 0 with few reviews; taken as known, it pulls all agents to one
value and makes intervals far too narrow (Morris 1983, J. Am. Stat. Assoc. 78:47, section 4; Laird & Louis 1987, J. Am.
Stat. Assoc. 82:739). So the ratios get a distribution and are integrated out on a grid (Deely & Lindley 1981, J. Am.
Stat. Assoc. 76:833). A ratio of standard deviations is half-Cauchy (Gelman 2006, Bayesian Anal. 1:515, section 4;
Polson & Scott 2012, Bayesian Anal. 7:887), which makes its angle, arctan(sd of agents / sd of errors), uniform, and the
share of the variance that lies between agents Beta(1/2, 1/2). The mean is flat and the error variance s^2 has 1/s^2, so
that everything else is Student's t exactly, given the ratios.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, chdtri, stdtr, stdtrit

from qa_app.stats.resampling import Floats
from qa_app.stats.standing.equations import Solved, solve
from qa_app.stats.standing.scores import Sums

COARSE, FINE, SINGLE = 24, 20, 64
"""Points along each of two angles, to find where the density is and to integrate there; points along one angle."""
NEGLIGIBLE = 1e-5
"""Share of the largest density below which a point does not matter."""
NEAR = 1e-7
"""How near to its level a probability is found."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Points on the grid of ratios with their probabilities."""

    sums: Sums
    solved: Solved
    probability: Floats
    """Shape (points,), sums to 1."""
    agent_ratios: Floats
    """Variance of agents over that of errors, shape (points,); infinite where they are fixed."""
    reviewer_ratios: Floats
    """The same of reviewers; 0 where they are not in the model."""

    @property
    def scores(self) -> "Mixture":
        """Of the agents' scores."""
        return self.mix(self.solved.scores, self.solved.spread)

    @property
    def effects(self) -> "Mixture":
        """Of the reviewers less their mean."""
        return self.mix(self.solved.effects, self.solved.effects_spread)

    def mix(self, centres: Floats, spread: Floats) -> "Mixture":
        """Quantities with these centres, and variances over s^2, at each point: shapes (points, quantities)."""
        scale = np.sqrt(spread * (self.solved.squares / self.sums.df)[:, np.newaxis])
        return Mixture(self.probability, centres, scale, self.sums.df)

    def deviations(self, factor: Floats, levels: Floats) -> Floats:
        """Quantiles of sqrt(factor) s; the factor is a function of the ratios, shape (points,)."""
        df, sizes = self.sums.df, factor * self.solved.squares
        widest = np.log(sizes.max() / chdtri(df, 1 - 1e-9)) / 2
        smallest = np.log(sizes.min() / chdtri(df, 1e-9)) / 2
        logs = invert(
            lambda x: self.probability @ chdtrc(df, sizes[:, np.newaxis] * np.exp(-2 * x)),
            levels,
            np.full(levels.size, smallest),
            np.full(levels.size, widest),
        )
        return np.exp(logs)

    def shares(self, share: Floats, levels: Floats) -> Floats:
        """Quantiles of a function of the ratios alone, shape (points,)."""
        order = np.argsort(share, kind="stable")
        reached = np.cumsum(self.probability[order]) - self.probability[order] / 2
        return np.interp(levels, reached, share[order])


def average(sums: Sums) -> Posterior:
    """The model over its ratios: found coarsely where the density is, then taken there. Needs a degree of freedom."""
    free = (not sums.fixed, sums.crossed)
    spans = [(0.0, np.pi / 2)] * sum(free)
    steps = [COARSE, FINE] if len(spans) == 2 else [SINGLE]
    while True:
        points = steps.pop(0)
        axes = [low + (high - low) * (np.arange(points) + 0.5) / points for low, high in spans]
        angles = iter([grid.ravel() for grid in np.meshgrid(*axes, indexing="ij")] if axes else [])
        size = points ** len(spans)
        agents, reviewers = (
            np.tan(next(angles)) ** 2 if one else np.full(size, rest)
            for one, rest in zip(free, (np.inf, 0.0), strict=True)
        )
        solved = solve(sums, agents, reviewers)
        density = np.exp(solved.log_likelihood - solved.log_likelihood.max())
        kept = density > NEGLIGIBLE
        if not steps:
            break
        spans = [_narrow(span, kept.reshape((points,) * len(spans)), axis) for axis, span in enumerate(spans)]
    return Posterior(sums, solved.keep(kept), density[kept] / density[kept].sum(), agents[kept], reviewers[kept])


def _narrow(span: tuple[float, float], kept: NDArray[np.bool_], axis: int) -> tuple[float, float]:
    """The part of the span whose points matter, and one step on each side."""
    low, high = span
    points = kept.shape[axis]
    used = np.flatnonzero(kept.any(axis=tuple(other for other in range(kept.ndim) if other != axis)))
    step = (high - low) / points
    return max(low, low + step * (used[0] - 1)), min(high, low + step * (used[-1] + 2))


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Several quantities, each a mixture of Student's t over the points."""

    probability: Floats
    centres: Floats
    """Shape (points, quantities)."""
    scales: Floats
    df: float

    @property
    def means(self) -> Floats:
        """Shape (quantities,)."""
        return self.probability @ self.centres

    def quantiles(self, level: float) -> Floats:
        """Shape (quantities,)."""
        ends = self.centres + stdtrit(self.df, level) * self.scales
        return invert(self.reach, np.full(ends.shape[1], level), ends.min(axis=0), ends.max(axis=0))

    def reach(self, x: Floats) -> Floats:
        """Probability of being at most x, shape (quantities,)."""
        scales = np.maximum(self.scales, np.finfo(float).tiny)
        return self.probability @ stdtr(self.df, (x - self.centres) / scales)


def invert(rising: Callable[[Floats], Floats], levels: Floats, low: Floats, high: Floats) -> Floats:
    """Where rising functions reach their levels, within brackets.

    Steps of Illinois (Dowell & Jarratt 1971, BIT 11:168) and halvings in turn: quick where the function is smooth, and
    never slow where it is not.
    """
    at_low, at_high = rising(low) - levels, rising(high) - levels
    side = np.zeros(levels.size)
    found = low
    for step in range(100):
        gap = at_high - at_low
        share = np.divide(-at_low, gap, out=np.full_like(gap, 0.5), where=gap > 0)
        found = low + (0.5 if step % 3 == 2 else np.clip(share, 0, 1)) * (high - low)
        value = rising(found) - levels
        up = value > 0
        at_low = np.where(up & (side > 0), at_low / 2, at_low)
        at_high = np.where(~up & (side < 0), at_high / 2, at_high)
        high, at_high = np.where(up, found, high), np.where(up, value, at_high)
        low, at_low = np.where(up, low, found), np.where(up, at_low, value)
        side = np.where(up, 1.0, -1.0)
        if np.all((np.abs(value) < NEAR) | (high - low <= 1e-12 * np.maximum(np.abs(low), np.abs(high)))):
            break
    return found
