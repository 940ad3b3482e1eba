"""Who grades otherwise than before, and on which items raters came apart or together: one stretch against another."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa_app.estimate import Estimate, Measured
from qa_app.stats.causes.distances import Distances
from qa_app.stats.causes.naming import FURTHER, LEANING, LEAST_RATERS, LEVEL
from qa_app.stats.difference import difference
from qa_app.stats.mean import mean_rows
from qa_app.stats.resampling import Floats

LEAST_EACH = 12
"""Units on either side from which a change is told: below, nothing is called drift."""


@dataclass(frozen=True, slots=True)
class Change:
    """One rater or item, the later units less the earlier ones."""

    name: str
    change: Measured
    """A rater's leaning as a share of the scale, or an item's distance as a share of guessing."""
    alert: bool
    """Whether it is shown to be larger than what is too small to name, all raters or items considered."""


def split_late(periods: Sequence[int]) -> NDArray[np.bool_] | None:
    """Which units are late: the last periods that hold `LEAST_EACH` of them; None where either side has fewer.

    `periods`: the period of each unit, rising with time.
    """
    order = np.asarray(periods)
    for start in sorted(set(periods), reverse=True):
        late = order >= start
        if np.count_nonzero(late) >= LEAST_EACH:
            return late if np.count_nonzero(~late) >= LEAST_EACH else None
    return None


def find_drift(distances: Distances, late: NDArray[np.bool_]) -> tuple[Change, ...]:
    """Every rater's change, in their order; whoever is told of is left out before the others are looked at again."""
    left, told = list(range(len(distances.raters))), {}
    while len(left) >= LEAST_RATERS:
        lean = distances.lean(left)
        surest = max(range(len(left)), key=lambda row: _surplus(lean[row], late, LEANING, len(left)))
        if _surplus(lean[surest], late, LEANING, len(left)) <= 0:
            break
        told[left[surest]] = _compare(lean[surest], late)
        left = [rater for place, rater in enumerate(left) if place != surest]
    lean = distances.lean(left)
    rest = {rater: _compare(lean[row], late) for row, rater in enumerate(left)}
    return tuple(
        Change(name, told.get(rater) or rest[rater], rater in told) for rater, name in enumerate(distances.raters)
    )


def find_item_changes(distances: Distances, late: NDArray[np.bool_]) -> tuple[Change, ...]:
    """Every item's change of distance, over all raters."""
    cells = distances.between(range(len(distances.raters)))
    return tuple(
        Change(name, _compare(row, late), _surplus(row, late, FURTHER, len(cells)) > 0)
        for name, row in zip(distances.items, cells, strict=True)
    )


def compare_late(names: Sequence[str], rows: Floats, late: NDArray[np.bool_]) -> tuple[Change, ...]:
    """The change of the mean of each row, without any alert; `rows`: shape (names, units)."""
    return tuple(Change(name, _compare(row, late), alert=False) for name, row in zip(names, rows, strict=True))


def average_periods(
    rows: Floats, periods: Sequence[int], *, n_raters: int, bounds: tuple[float, float] | None = None
) -> list[tuple[Measured, ...]]:
    """The mean of each row in each period, in the order of time; `rows`: shape (names, units)."""
    order = np.asarray(periods)
    stretches = [order == period for period in sorted(set(periods))]
    return [tuple(mean_rows([row[stretch] for stretch in stretches], n_raters=n_raters, bounds=bounds)) for row in rows]


def compare_periods(values: Floats, periods: Sequence[int]) -> list[Measured]:
    """The change of the mean from each period to the next, with Welch's interval; `values`: shape (units,)."""
    order, known = np.asarray(periods), ~np.isnan(values)
    parts = [values[known & (order == period)].tolist() for period in sorted(set(periods))]
    return [difference(later, earlier) for earlier, later in pairwise(parts)]


def _compare(values: Floats, late: NDArray[np.bool_], confidence: float = 0.95) -> Measured:
    there = ~np.isnan(values)
    return difference(values[there & late].tolist(), values[there & ~late].tolist(), confidence=confidence)


def _surplus(values: Floats, late: NDArray[np.bool_], limit: float, n_asked: int) -> float:
    """By how much the nearer end of the interval lies beyond the limit, on either side of 0; Bonferroni over all."""
    found = _compare(values, late, 1 - LEVEL / n_asked)
    if not isinstance(found, Estimate) or found.low is None or found.high is None:
        return -np.inf
    return max(found.low, -found.high) - limit
