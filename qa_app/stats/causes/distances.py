"""How far answers are apart, on one footing for items of any scale: 0 is the same answer, 1 what guessing would give.

The distance of two values is their steps apart over the steps of the scale, or 0 and 1 for names, divided by its mean
over two answers that are drawn evenly from the scale. So a mean distance is 1 less the coefficient of Brennan &
Prediger (1981, Educ. Psychol. Meas. 41:687) with linear weights (Gwet 2014, ch. 4), which does not fall to 0 where
nearly all answers are the same; that matters here, because a rare answer is no disagreement.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Floats

Pairs = NDArray[np.float64]
"""Shape (units, raters, raters): distances, nan where one of the two gave no value, and on the diagonal."""


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Every two raters on every item of every unit."""

    pairs: Floats
    """Shape (items, units, raters, raters): distances, nan where one of the two gave no value, and on the diagonal."""
    gaps: Floats
    """The same shape: value of the first less that of the second, as a share of the scale; nan for names too."""
    items: tuple[str, ...]
    units: tuple[str, ...]
    raters: tuple[str, ...]

    def between(self, raters: Sequence[int]) -> Floats:
        """Mean distance of all pairs of these raters; shape (items, units), nan where no two gave a value."""
        return average(self.pairs[np.ix_(*self._all, raters, raters)], axis=(2, 3))

    def by_unit(self, raters: Sequence[int]) -> Floats:
        """The same over all items, shape (units,); nan where no two gave a value."""
        return average(self.between(raters), axis=0)

    def apart(self, raters: Sequence[int]) -> Floats:
        """How much further each of these is from the others than the others are from each other.

        Shape (raters, units): the mean over the items to which the rater and two others gave a value; nan without one.
        """
        return average(self._further(raters), axis=0).T

    def apart_on(self, rater: int, raters: Sequence[int]) -> Floats:
        """The same of one of these raters on each item, mean over units; shape (items,)."""
        return average(self._further(raters)[:, :, list(raters).index(rater)], axis=1)

    def _further(self, raters: Sequence[int]) -> Floats:
        """Shape (items, units, raters)."""
        pairs = self.pairs[np.ix_(*self._all, raters, raters)]
        given = ~np.isnan(pairs)
        own, n_own = np.where(given, pairs, 0.0).sum(axis=3), given.sum(axis=3)
        rest = own.sum(axis=2, keepdims=True) - 2 * own
        n_rest = n_own.sum(axis=2, keepdims=True) - 2 * n_own
        there = (n_own > 0) & (n_rest > 0)
        return np.where(there, own / np.maximum(n_own, 1) - rest / np.maximum(n_rest, 1), np.nan)

    def lean(self, raters: Sequence[int]) -> Floats:
        """Mean of the others' values less one's own, as a share of the scale: positive is strict, as severity is.

        Shape (raters, units).
        """
        gaps = average(self.gaps[np.ix_(*self._all, raters, raters)], axis=2)
        return average(gaps, axis=0).T

    @property
    def _all(self) -> tuple[range, range]:
        return range(len(self.items)), range(len(self.units))


def measure_distances(tables: Mapping[str, RatingsTable]) -> Distances:
    """The distances of all items, by name.

    Raises:
        ValueError: no table, or tables of different units or raters.
    """
    kept = list(tables.values())
    if not kept or any((one.unit_ids, one.rater_ids) != (kept[0].unit_ids, kept[0].rater_ids) for one in kept):
        raise ValueError("distances need at least one table, and the same units and raters in each")
    measured = [_measure(table) for table in kept]
    pairs, gaps = (np.stack(parts) for parts in zip(*measured, strict=True))
    return Distances(pairs, gaps, tuple(tables), kept[0].unit_ids, kept[0].rater_ids)


def measure_lean(tables: Iterable[RatingsTable], reference: int) -> Floats:
    """The values of one of the raters less those of each, as a share of the scale: mean over items.

    Positive is strict. Shape (raters, units). The row of the reference itself is 0 or nan; names have no values.
    Raises ValueError without a table.
    """
    gaps = []
    for table in tables:
        values, span = _find_values(table)
        named = table.level is Level.NOMINAL
        gaps.append(np.full_like(values, np.nan) if named else (values[:, [reference]] - values) / span)
    return average(np.stack(gaps), axis=0).T


def _measure(table: RatingsTable) -> tuple[Pairs, Pairs]:
    """Distances of one item, and signed gaps as a share of the scale."""
    named, (values, span) = table.level is Level.NOMINAL, _find_values(table)
    gaps = (values[:, :, None] - values[:, None, :]) / span
    itself = np.arange(values.shape[1])
    gaps[:, itself, itself] = np.nan
    distances = np.where(np.isnan(gaps), np.nan, gaps != 0) if named else np.abs(gaps)
    return distances / _expect(table), np.full_like(gaps, np.nan) if named else gaps


def _find_values(table: RatingsTable) -> tuple[Floats, float]:
    """Numbers as they are, steps by their place; and the width of the scale, 1 where it has none."""
    if not table.categories:
        return table.values, float(np.ptp(table.scale)) if table.scale.size > 1 else 1.0
    given = table.codes < table.scale.size
    return np.where(given, table.codes.astype(np.float64), np.nan), float(max(table.scale.size - 1, 1))


def _expect(table: RatingsTable) -> float:
    """Mean distance of two answers drawn evenly from the scale; of numbers without a scale, from those given."""
    size = table.scale.size
    if size < 2:
        return 1.0
    if table.level is Level.NOMINAL:
        return 1.0 - 1.0 / size
    if table.categories:
        return (size + 1) / (3 * size)
    found = np.sort(table.values[~np.isnan(table.values)])
    # Mean absolute difference of all ordered pairs, a value with itself among them, by ranks (Gini 1912).
    ranks = 2 * np.arange(found.size) - found.size + 1
    return 2 * float(ranks @ found) / found.size**2 / float(np.ptp(found))


def average(values: Floats, axis: int | tuple[int, ...]) -> Floats:
    """The mean of what is there; nan where nothing is."""
    there = ~np.isnan(values)
    count = np.count_nonzero(there, axis=axis)
    total: Floats = np.where(there, values, 0.0).sum(axis=axis)
    means: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return means
