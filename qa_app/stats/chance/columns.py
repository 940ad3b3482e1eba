"""What is summed over the units of a table for the bootstrap, laid out so that B resamples are one product.

Columns of whole numbers are cut into limbs so small that float32 holds their sums exactly: a product in float32 takes
half the time, and these sums depend neither on the order of units nor on the machine. Other columns stay in float64.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.weights import Floats, Weights
from qa_app.stats.resampling import Times

Part = tuple[str, Weights | None]
"""Sums over units that a coefficient needs: a name and, where they depend on it, the weights."""

Sums = Mapping[Part, Floats]
"""Each of shape (resamples, values), or (resamples, raters, values) for the margins of raters."""

_EXACT = 2**24
"""Whole numbers up to here are exact in float32."""
_MOST_LIMBS = 3
"""Beyond these a column is cheaper in float64."""
_THIN = 1 / 64
"""Share of ratings in a one-hot matrix below which the sparse product is the faster one."""
_WIDENED_AT_ONCE = 2**17


class _Place(NamedTuple):
    """Where a part's limbs stand, and what they are worth."""

    first: int
    width: int
    worth: tuple[float, ...]
    """Of each limb, the lowest first; empty for a part in float64."""
    divisor: float


class Columns:
    """The columns of one table."""

    def __init__(self, counts: Counts, parts: tuple[Part, ...]) -> None:
        self._n_values = counts.scale.size
        self._by_rater = _one_hot(counts) if ("by_rater", None) in parts else None
        narrow: list[NDArray[np.float32]] = []
        wide: list[Floats] = []
        self._places: dict[Part, _Place] = {}
        base = 2.0 ** np.floor(np.log2((_EXACT - 1) / max(1, counts.n_rows)))
        for part in parts:
            if part[0] == "by_rater":
                continue
            column, divisor = _by_row(counts, part)
            limbs = _cut(column, base)
            place = sum(each.shape[1] for each in (narrow if limbs else wide))
            worth = tuple(base**power for power in range(len(limbs)))
            self._places[part] = _Place(place, column.shape[1], worth, divisor)
            narrow += limbs
            wide += [] if limbs else [column]
        ratings = [self._by_rater] if isinstance(self._by_rater, np.ndarray) else []
        self._narrow = np.hstack([*narrow, *ratings]) if narrow or ratings else None
        self._wide = np.hstack(wide) if wide else None

    def add_up(self, times: Times) -> dict[Part, Floats]:
        """The sums of some resamples; `times` has the shape (resamples, rows)."""
        narrow = np.empty((len(times), 0)) if self._narrow is None else (times @ self._narrow).astype(np.float64)
        wide = np.empty((len(times), 0)) if self._wide is None else _multiply(times, self._wide)
        batch = {part: _join(place, narrow, wide) for part, place in self._places.items()}
        if self._by_rater is not None:
            width = self._by_rater.shape[1]
            margins = (
                narrow[:, narrow.shape[1] - width :]
                if isinstance(self._by_rater, np.ndarray)
                else (self._by_rater.T @ np.ascontiguousarray(times.T)).T.astype(np.float64)
            )
            batch["by_rater", None] = margins.reshape(len(times), -1, self._n_values)
        return batch


def _cut(column: Floats, base: float) -> list[NDArray[np.float32]]:
    """Limbs below `base` of whole numbers from 0 up, the lowest first; none where they would be too many."""
    if not column.size or column.min() < 0 or column.max() >= base**_MOST_LIMBS or (column != np.rint(column)).any():
        return []
    limbs: list[NDArray[np.float32]] = []
    rest = column
    while not limbs or rest.any():
        higher = np.floor(rest / base)
        limbs.append((rest - base * higher).astype(np.float32))
        rest = higher
    return limbs


def _join(place: _Place, narrow: Floats, wide: Floats) -> Floats:
    if not place.worth:
        return wide[:, place.first : place.first + place.width] / place.divisor
    starts = range(place.first, place.first + place.width * len(place.worth), place.width)
    limbs = [narrow[:, start : start + place.width] for start in starts]
    total = limbs[0]
    for worth, limb in zip(place.worth[1:], limbs[1:], strict=True):
        total = total + worth * limb
    return total if place.divisor == 1.0 else total / place.divisor


def _multiply(times: Times, table: Floats) -> Floats:
    """Their product in float64, block by block: the counts are widened in the processor's cache."""
    sums = np.zeros((len(times), table.shape[1]))
    step = max(1, _WIDENED_AT_ONCE // len(times))
    for start in range(0, len(table), step):
        sums += times[:, start : start + step].astype(np.float64) @ table[start : start + step]
    return sums


def _one_hot(counts: Counts) -> "NDArray[np.float32] | csr_array":
    """Shape (rows, raters * values): 1 where this rater gave this value; sparse where most raters rated little."""
    codes, n_values = counts.known_codes, counts.scale.size
    n_rows, n_raters = codes.shape
    given = codes < n_values
    if np.count_nonzero(given) < _THIN * given.size * n_values:
        rows, raters = np.nonzero(given)
        cells = raters * n_values + codes[rows, raters]
        return csr_array((np.ones(rows.size, dtype=np.float32), (rows, cells)), shape=(n_rows, n_raters * n_values))
    chosen: NDArray[np.bool_] = codes[:, :, None] == np.arange(n_values)
    return chosen.reshape(n_rows, -1).astype(np.float32)


def _by_row(counts: Counts, part: Part) -> tuple[Floats, float]:
    """What is summed over units, of shape (rows, values), and what the sums are to be divided by."""
    name, weights = part
    if name in {"observed", "coincident"} and weights is not None:
        weighted = counts.weighted(weights)
        share = counts.per_pair if name == "observed" else counts.per_other
        return (share * weighted.pair_sums)[:, None], counts.multiple * weighted.disagreement.largest
    if name == "pairs":
        return upper(counts.per_unit, counts.per_unit) * counts.per_other[:, None], counts.multiple
    if name == "shares":
        return counts.per_unit * counts.per_rating[:, None], counts.multiple
    plain: Mapping[str, Callable[[], Floats]] = {
        "paired": lambda: counts.paired[:, None],
        "rated": lambda: np.ones((len(counts.per_unit), 1)),
        "margins": lambda: counts.per_unit * counts.paired[:, None],
    }
    return plain[name](), 1.0


def upper(first: Floats, second: Floats) -> Floats:
    """Products of every two different values, lower before upper, both ways; last axis values to pairs."""
    low, high = np.triu_indices(first.shape[-1], k=1)
    products: Floats = first[..., low] * second[..., high] + first[..., high] * second[..., low]
    return products
