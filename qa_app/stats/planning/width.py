"""How many units and raters give an interval of the wanted width, and what the grading costs.

Asymptotic variances by linearisation (Gwet 2008, Br. J. Math. Stat. Psychol. 61:29), with expectations over all
patterns of ratings under a model of the raters instead of means over data. For two raters and two values this is the
variance of Donner & Eliasziw 1992, Stat. Med. 11:1511.
"""

from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor
from typing import Literal

import numpy as np
from scipy.special import gammaln, ndtri

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.planning.result import check_errors, check_shares, infeasible
from qa_app.stats.resampling import Floats

Coefficient = Literal["percent_agreement", "brennan_prediger", "gwet_ac", "fleiss_kappa"]
Model = Literal["dirichlet-multinomial", "common-correlation"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is believed about the raters before the study.

    Raises:
        ValueError: numbers outside of their ranges.
    """

    kappa: float
    """Chance-corrected agreement of any two raters, in [0, 1)."""
    shares: tuple[float, ...]
    """Share of each category; one number for two values."""
    disagreement: tuple[tuple[float, ...], ...] | None = None
    """Weights between categories, 0 on the diagonal; nominal if not given."""
    model: Model = "dirichlet-multinomial"
    """`dirichlet-multinomial`: units differ in how their ratings spread. `common-correlation`: on a unit either all
    raters agree, or each decides alone; it asks for more units where there are many raters."""

    def __post_init__(self) -> None:
        """Refuse what no raters can be."""
        size = len(check_shares(self.shares))
        if not 0 <= self.kappa < 1:
            raise ValueError(f"the expected kappa lies in [0, 1), not {self.kappa}")
        if self.disagreement is not None and np.shape(self.disagreement) != (size, size):
            raise ValueError(f"disagreement must have the shape {(size, size)} of the shares")


@dataclass(frozen=True, slots=True)
class Means:
    """What is there to grade with.

    Raises:
        ValueError: fewer than two raters, or a cost that is not above 0.
    """

    raters: tuple[int, ...] = (2, 3, 4, 5, 6)
    """Numbers of raters to consider; every one rates every unit."""
    minutes_per_rating: float = 1.0
    units: int | None = None
    """No more units than this."""
    minutes: float | None = None
    """No more grading time than this, of all raters together."""

    def __post_init__(self) -> None:
        """Refuse what no study can use."""
        if min(self.raters, default=0) < 2 or not self.minutes_per_rating > 0:
            raise ValueError("needs two raters or more, and a cost above 0")

    def most_units(self, n_raters: int) -> int | None:
        """How many units so many raters can rate; None without a limit."""
        limits = [] if self.units is None else [self.units]
        if self.minutes is not None:
            limits.append(floor(self.minutes / (n_raters * self.minutes_per_rating) * (1 + 1e-12)))
        return min(limits, default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A study that reaches the wanted width."""

    n_units: int
    n_raters: int
    minutes: float
    """Grading time of all raters together."""
    value: float
    """The coefficient that the assumptions imply."""
    width: float
    """Expected full width of the interval."""
    method: str


def plan_width(
    coefficient: Coefficient,
    expected: Expectation,
    *,
    width: float,
    means: Means | None = None,
    confidence: float = 0.95,
) -> tuple[Plan, ...] | Undefined:
    """Plans of units and raters, the cheapest first; or in words what can be reached with what is available.

    Args:
        coefficient: `fleiss_kappa` also serves Scott's pi and Krippendorff's alpha, which have the same large-sample
            variance.
        expected: what is believed about the raters.
        width: wanted full width of the interval.
        means: raters, cost and limits; two to six raters at a minute a rating if not given.
        confidence: of the interval.

    Raises:
        ValueError: a width that is not above 0, or a confidence outside of (0, 1).
    """
    check_errors(1 - confidence)
    if not width > 0:
        raise ValueError("a width is above 0")
    at_hand = means or Means()
    z = float(ndtri((1 + confidence) / 2))
    method = f"{coefficient}, linearised variance, {expected.model} with kappa {expected.kappa:g}, normal interval"
    plans, reached = [], []
    for n_raters in at_hand.raters:
        value, variance = expected_variance(coefficient, expected, n_raters)
        wanted = max(ceil((2 * z / width) ** 2 * variance * (1 - 1e-12)), 2)
        most = at_hand.most_units(n_raters)
        if most is None or wanted <= most:
            minutes = wanted * n_raters * at_hand.minutes_per_rating
            plans.append(Plan(wanted, n_raters, minutes, value, 2 * z * (variance / wanted) ** 0.5, method))
        elif most >= 2:
            reached.append((2 * z * (variance / most) ** 0.5, most, n_raters))
    return tuple(sorted(plans, key=lambda plan: (plan.minutes, plan.n_raters))) or _nearest(reached, at_hand)


def _nearest(reached: list[tuple[float, int, int]], means: Means) -> Undefined:
    if not reached:
        return infeasible("What is available does not suffice for two units.", n_raters=min(means.raters))
    best, units, raters = min(reached)
    words = f"The narrowest interval that can be had is {best:.3g} wide, with {units} units and {raters} raters."
    return infeasible(words, n_raters=raters)


def expect_width(
    coefficient: Coefficient, expected: Expectation, *, n_units: int, n_raters: int, confidence: float = 0.95
) -> float:
    """Expected full width of the interval that so many units and raters will give.

    Below about ten units the normal interval is a rough guide.

    Raises:
        ValueError: fewer than one unit or two raters.
    """
    check_errors(1 - confidence)
    if n_units < 1 or n_raters < 2:
        raise ValueError("needs one unit or more, and two raters or more")
    z = float(ndtri((1 + confidence) / 2))
    _, variance = expected_variance(coefficient, expected, n_raters)
    return float(2 * z * (variance / n_units) ** 0.5)


def units_from_pilot(pilot: Estimate, width: float) -> int | Undefined:
    """Units for an interval of this full width with the raters of a pilot, whose standard error shrinks as 1/sqrt(n).

    Undefined where the pilot has no standard error. Raises ValueError for a width that is not above 0.
    """
    if not width > 0:
        raise ValueError("a width is above 0")
    if not pilot.se:
        return infeasible("The pilot has no standard error to go by.", n_raters=pilot.n_raters)
    z = float(ndtri((1 + pilot.confidence) / 2))
    return max(ceil(pilot.n_units * (2 * z * pilot.se / width) ** 2 * (1 - 1e-12)), 2)


def expected_variance(coefficient: Coefficient, expected: Expectation, n_raters: int) -> tuple[float, float]:
    """The coefficient that the expectation implies, and its large-sample variance times the number of units."""
    shares = np.array(check_shares(expected.shares))
    disagreement = 1.0 - np.eye(shares.size) if expected.disagreement is None else np.array(expected.disagreement)
    patterns = _patterns(n_raters, shares.size)
    probability = _probabilities(patterns, expected.kappa, shares, expected.model)
    unit = ((patterns @ disagreement) * patterns).sum(axis=1) / (n_raters * (n_raters - 1))
    observed = float(probability @ unit)
    chance, slope = _chance(coefficient, shares, disagreement)
    influence = -(unit - observed) / chance + observed / chance**2 * ((patterns / n_raters - shares) @ slope)
    return 1 - observed / chance, float(probability @ influence**2)


def _chance(coefficient: Coefficient, shares: Floats, disagreement: Floats) -> tuple[float, Floats]:
    """Disagreement by chance, and how it changes with each share."""
    size = shares.size
    flat = np.zeros(size)
    if coefficient == "percent_agreement":
        return 1.0, flat
    if coefficient == "brennan_prediger":
        return float(disagreement.mean()), flat
    if coefficient == "gwet_ac":
        factor = float((1 - disagreement).sum()) / (size * (size - 1))
        return 1 - factor * float((shares * (1 - shares)).sum()), -factor * (1 - 2 * shares)
    return float(shares @ disagreement @ shares), (disagreement + disagreement.T) @ shares


def _patterns(n_raters: int, size: int) -> Floats:
    """All ways to spread raters over categories, shape (patterns, categories); as bars between stars."""
    bars = np.array(list(combinations(range(n_raters + size - 1), size - 1)), dtype=np.float64)
    edges = np.column_stack([np.full(len(bars), -1.0), bars, np.full(len(bars), float(n_raters + size - 1))])
    return np.diff(edges, axis=1) - 1


def _probabilities(patterns: Floats, kappa: float, shares: Floats, model: Model) -> Floats:
    n_raters = int(patterns[0].sum())
    ways = np.exp(gammaln(n_raters + 1) - gammaln(patterns + 1).sum(axis=1))
    if model == "common-correlation":
        alone = (1 - kappa) * ways * (shares**patterns).prod(axis=1)
        mixed: Floats = alone + kappa * ((patterns == n_raters) * shares).sum(axis=1)
        return mixed
    steps = kappa * np.arange(n_raters)
    rising = np.cumprod(shares[:, None] * (1 - kappa) + steps, axis=1)
    table = np.column_stack([np.ones(shares.size), rising])
    together = np.take_along_axis(table, patterns.T.astype(np.int64), axis=1).prod(axis=0)
    spread: Floats = ways * together / np.prod(1 - kappa + steps)
    return spread
