"""Sufficient statistics of a ratings table, made once: what every chance-corrected coefficient is computed from.

A row is a unit, or several units with the same ratings (`repeats`), as the cells of a contingency table are. Sums over
units are kept in whole numbers where float64 holds them exactly (below 2**53), by a common multiple of the shares
1/m, 1/(m - 1) and 1/(m (m - 1)) of a unit with m ratings: such sums depend neither on the order of units and raters nor
on the machine, and "no disagreement at all" is exactly 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import lcm
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from qa_app.stats.chance.lazy import Lazy
from qa_app.stats.chance.weights import Disagreement, Floats, Weights, disagree
from qa_app.stats.ratings import Codes

_LARGEST_MULTIPLE = 10**10
_CELLS_AT_ONCE = 2**15


@lru_cache(maxsize=256)
def _common_multiple(sizes: tuple[int, ...]) -> int:
    multiple = lcm(*(max(1, size * (size - 1)) for size in sizes))
    return multiple if multiple <= _LARGEST_MULTIPLE else 1


_DIVISORS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {"pair": lambda size: size * (size - 1), "other": lambda size: size - 1, "rating": lambda size: size}
)


@lru_cache(maxsize=256)
def _shares(of: str, multiple: int, n_sizes: int) -> Floats:
    """Shape (sizes,): the multiple divided by what a unit of 0, 1, 2, ... ratings has of it; 0 where it has none."""
    divisors = [_DIVISORS[of](size) for size in range(n_sizes)]
    shares = np.array([multiple / divisor if divisor > 0 else 0.0 for divisor in divisors])
    shares.setflags(write=False)
    return shares


@dataclass(frozen=True, eq=False)
class Counts:
    """Ratings by unit and category, with the sums that coefficients share; sums are made when first asked for."""

    scale: Floats
    """Shape (values,): what the categories are worth, ascending."""
    per_unit: Floats
    """Shape (rows, values): ratings of a unit by category."""
    codes: Codes | None = None
    """Shape (rows, raters): place on the scale, its length where there is no rating; None where raters are unknown."""
    repeats: Floats | None = None
    """Shape (rows,): units with exactly these ratings; None for one each."""
    _weighted: dict[Weights, "Weighted"] = field(default_factory=dict, init=False, repr=False)

    @Lazy
    def n_ratings(self) -> Floats:
        """Shape (rows,): ratings of a unit."""
        return self.per_unit @ np.ones(self.scale.size)

    @Lazy
    def _sizes(self) -> NDArray[np.intp]:
        return self.n_ratings.astype(np.intp)

    @Lazy
    def _by_size(self) -> tuple[float, ...]:
        """Units by their number of ratings; a tuple, because summing so few numbers takes numpy ten times as long."""
        return tuple(np.bincount(self._sizes, weights=self.repeats, minlength=2).tolist())

    @Lazy
    def n_rows(self) -> int:
        """Units of the table, with or without a rating."""
        return int(sum(self._by_size))

    @Lazy
    def n_units(self) -> int:
        """Units with a rating."""
        return int(sum(self._by_size[1:]))

    @Lazy
    def n_paired(self) -> int:
        """Units with two ratings or more: the only ones that show agreement."""
        return int(sum(self._by_size[2:]))

    @Lazy
    def n_values(self) -> int:
        """Ratings of all units."""
        return int(sum(size * units for size, units in enumerate(self._by_size)))

    @Lazy
    def n_raters(self) -> int:
        """Raters with a rating; where raters are unknown, the most ratings of a unit."""
        if self.codes is None:
            return max(self._found_sizes, default=0)
        if not len(self.codes):
            return 0
        return int(np.count_nonzero(np.minimum.reduce(self.codes, axis=0) < self.scale.size))

    @Lazy
    def _found_sizes(self) -> tuple[int, ...]:
        return tuple(size for size, units in enumerate(self._by_size) if units)

    @Lazy
    def multiple(self) -> int:
        """The common multiple of all m (m - 1), or 1 where it would be too large to help."""
        return _common_multiple(self._found_sizes)

    @Lazy
    def margins(self) -> Floats:
        """Shape (raters, values): ratings by rater and category.

        Raises:
            ValueError: the raters are unknown.
        """
        codes = self.known_codes
        n_raters, width = codes.shape[1], self.scale.size + 1
        cells = codes + width * np.arange(n_raters)
        repeats = None if self.repeats is None else np.repeat(self.repeats, n_raters)
        found = np.bincount(cells.ravel(), weights=repeats, minlength=n_raters * width)
        return found.reshape(n_raters, width)[:, :-1].astype(np.float64)

    @property
    def known_codes(self) -> Codes:
        """The codes by rater; raises ValueError where only counts are known."""
        if self.codes is None:
            raise ValueError("this needs to know who gave which rating, not only how many did")
        return self.codes

    @Lazy
    def paired(self) -> Floats:
        """Shape (rows,): 1 for a unit with two ratings or more."""
        return (self.n_ratings >= 2).astype(np.float64)

    @Lazy
    def per_pair(self) -> Floats:
        """Shape (rows,): `multiple` / (m (m - 1)), the weight of an ordered pair of ratings; 0 below two ratings."""
        return self._share("pair")

    @Lazy
    def per_other(self) -> Floats:
        """Shape (rows,): `multiple` / (m - 1); 0 below two ratings."""
        return self._share("other")

    @Lazy
    def per_rating(self) -> Floats:
        """Shape (rows,): `multiple` / m; 0 without a rating."""
        return self._share("rating")

    def _share(self, of: str) -> Floats:
        taken: Floats = _shares(of, self.multiple, len(self._by_size))[self._sizes]
        return taken

    def inner(self, first: Floats, second: Floats) -> float:
        """Sum over units of the product of two things given by row."""
        return float(self._times(first) @ second)

    @Lazy
    def mean_shares(self) -> Floats:
        """Shape (values,): mean over units of the share of ratings in each category, times `n_units * multiple`."""
        return self._times(self.per_rating) @ self.per_unit

    @Lazy
    def paired_margins(self) -> Floats:
        """Shape (values,): ratings by category in units with two ratings or more."""
        return self._times(self.paired) @ self.per_unit

    @Lazy
    def coincidences(self) -> Floats:
        """Shape (values, values): Krippendorff's coincidences times `multiple`, with self-pairs on the diagonal."""
        pairs: Floats = self.per_unit.T @ (self.per_unit * self._times(self.per_other)[:, None])
        return pairs

    def _times(self, by_row: Floats) -> Floats:
        return by_row if self.repeats is None else by_row * self.repeats

    def only(self, rows: NDArray[np.bool_]) -> "Counts":
        """The same over some of the rows."""
        return Counts(
            self.scale,
            self.per_unit[rows],
            None if self.codes is None else self.codes[rows],
            None if self.repeats is None else self.repeats[rows],
        )

    def weighted(self, weights: Weights) -> "Weighted":
        """The sums that depend on the weights; made once for each."""
        found = self._weighted.get(weights)
        if found is None:
            found = self._weighted[weights] = Weighted(self, disagree(self.scale, weights))
        return found


@dataclass(frozen=True, eq=False)
class Weighted:
    """Disagreement within units under one choice of weights."""

    counts: Counts
    disagreement: Disagreement

    @property
    def amounts(self) -> Floats:
        """Shape (values, values): disagreement, symmetric and unscaled."""
        return self.disagreement.both_ways

    @Lazy
    def pair_sums(self) -> Floats:
        """Shape (rows,): unscaled disagreement summed over ordered pairs of ratings of a unit."""
        per_unit, amounts = self.counts.per_unit, self.amounts
        sums = np.empty(len(per_unit))
        # Block by block: the products of all units would be the largest array of a coefficient.
        step = max(1, _CELLS_AT_ONCE // max(1, per_unit.shape[1]))
        for start in range(0, len(per_unit), step):
            block = per_unit[start : start + step]
            np.einsum("ik,ik->i", block @ amounts, block, out=sums[start : start + step])
        return sums

    @Lazy
    def observed(self) -> float:
        """Sum over units of the mean disagreement of its pairs, unscaled, times `multiple`."""
        return self.counts.inner(self.counts.per_pair, self.pair_sums)

    @Lazy
    def coincident(self) -> float:
        """Krippendorff's observed disagreement summed over coincidences, unscaled, times `multiple`."""
        return self.counts.inner(self.counts.per_other, self.pair_sums)
