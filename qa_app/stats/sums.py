"""What every agreement coefficient is made of: counts per unit, disagreement weights, and integers where possible.

Disagreement is summed as it is, never as one less the agreement, and in whole numbers wherever the scale allows:
float64 holds whole numbers below 2**53 exactly, so such a sum depends neither on the order of units and raters nor on
the machine, and "no disagreement at all" is exactly 0.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from math import lcm

import numpy as np
from numpy.typing import NDArray

from qa_app.estimate import Estimate, Measured
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats, Resampling, Statistic, bootstrap_interval

_LARGEST_MULTIPLE = 10**9
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """A table's ratings as indicators over the values that occur."""

    chosen: Floats
    """Shape (units, raters, values): 1 where this rater gave this value to this unit."""
    per_unit: Floats
    """Shape (units, values): how many raters gave this value."""
    n_ratings: Floats
    """Shape (units,): ratings of a unit; at least 1."""
    steps: Floats
    """Shape (values,): the values' places on the declared scale, or among the found values where none is declared."""
    amounts: Floats
    """Shape (values,): the values themselves, times a power of ten that makes them whole where possible."""
    level: Level

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Shape (units,): units with two ratings or more, the only ones that show agreement."""
        return self.n_ratings >= 2

    @property
    def n_raters(self) -> int:
        """Raters with at least one value."""
        return int(np.count_nonzero(self.chosen.sum(axis=(0, 2))))

    def only(self, units: NDArray[np.bool_]) -> "Sums":
        """The same over some of the units; values that no longer occur keep their column."""
        return replace(self, chosen=self.chosen[units], per_unit=self.per_unit[units], n_ratings=self.n_ratings[units])

    def disagreement(self) -> Floats:
        """Weights of shape (values, values): 0 or 1 for nominal data, squared distances otherwise.

        Ordinal distances are steps of the declared scale, interval distances are differences.
        """
        if self.level is Level.NOMINAL:
            return 1.0 - np.eye(self.steps.size)
        places = self.steps if self.level is Level.ORDINAL else self.amounts
        return (places[:, None] - places[None, :]) ** 2

    def pair_sums(self, weights: Floats) -> Floats:
        """Disagreement summed over ordered pairs of raters within each unit; shape (units,).

        The weights' diagonal is 0, so no rating disagrees with itself.
        """
        sums: Floats = ((self.per_unit @ weights) * self.per_unit).sum(axis=1)
        return sums


def sum_up(table: RatingsTable) -> Sums:
    """Indicators of all units with at least one value."""
    rated = ~np.isnan(table.values).all(axis=1)
    values = table.values[rated]
    found = np.unique(values[~np.isnan(values)])
    chosen = (values[:, :, None] == found).astype(np.float64)
    per_unit = chosen.sum(axis=1)
    scale = np.array(table.categories) if table.categories else found
    steps = np.searchsorted(scale, found).astype(np.float64)
    return Sums(chosen, per_unit, per_unit.sum(axis=1), steps, _whole(found), table.level)


def common_multiple(numbers: Floats) -> int:
    """The least common multiple of whole numbers, or 1 where it would be too large to help."""
    multiple = lcm(*(int(number) for number in np.unique(numbers)))
    return multiple if multiple <= _LARGEST_MULTIPLE else 1


def measure(
    table: RatingsTable,
    make_statistic: Callable[[Sums], Statistic],
    *,
    resampling: Resampling,
    all_rated: bool = False,
    width: Callable[[Sums], int] | None = None,
) -> Measured:
    """Estimate a coefficient with its interval, or say why there is none.

    Args:
        table: the ratings.
        make_statistic: builds the coefficient from the sums of the units that count.
        resampling: seed and size of the bootstrap.
        all_rated: whether units with a single value count too (they do in some measures of chance agreement).
        width: how many cells the statistic holds for one resample.
    """
    sums = sum_up(table)
    paired = int(np.count_nonzero(sums.paired))
    used = sums if all_rated else sums.only(sums.paired)
    n_values = int(used.n_ratings.sum())
    if reason := _reason(sums, paired):
        return undefined(reason, n_units=paired, n_raters=sums.n_raters, n_values=n_values)
    statistic = make_statistic(used)
    value = float(statistic(np.ones((1, used.n_ratings.size)))[0])
    if np.isnan(value):
        return undefined("no-variation", n_units=paired, n_raters=sums.n_raters, n_values=n_values)
    interval = bootstrap_interval(
        statistic, n_units=used.n_ratings.size, width=width(used) if width else 0, resampling=resampling
    )
    return Estimate(
        value,
        interval.low,
        interval.high,
        n_units=paired,
        n_raters=sums.n_raters,
        method=interval.method,
        confidence=resampling.confidence,
        n_values=n_values,
    )


def _reason(sums: Sums, paired: int) -> str | None:
    if sums.n_ratings.size == 0:
        return "no-values"
    if sums.n_raters < 2:
        return "one-rater"
    if paired == 0:
        return "no-pairs"
    return "one-unit" if paired == 1 else None


def _whole(values: Floats) -> Floats:
    """Values times the power of ten that clears their decimals; unchanged where they have too many."""
    exponents = [Decimal(repr(float(value))).normalize().as_tuple().exponent for value in values]
    decimals = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    if not 0 < decimals <= _MOST_DECIMALS:
        return values
    return np.rint(values * 10.0**decimals)
