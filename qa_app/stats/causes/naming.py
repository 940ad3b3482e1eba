"""Whether disagreement is a problem of raters, of items or of units: who and what stands out, one after the other.

Raters come first, then items without the raters named, then units without either, so that one cause is not told as
several. Within each family the one that stands out most is named and left out, and the others are looked at again: a
single severe rater makes all others look lenient, a single bad item makes the others look good. The family-wise error
of each step is held by Bonferroni, the first step of Holm 1979 (Scand. J. Stat. 6:65), and what is certain but small
is not named. `docs/algorithms/calibration.md` has the rules and what a simulation found of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.causes.distances import Distances, average
from qa_app.stats.margins.bias import ROUNDING
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats

LEVEL = 0.05
"""Family-wise error of each family: raters, items, units."""
LEAST_UNITS = 6
"""Units from which anything is named."""
LEAST_RATERS = 3
"""Of two raters nobody can say which one is the problem."""
LEAST_ITEMS = 3
"""An item stands out against others, and a unit against others over several items."""
FURTHER = 0.05
"""Distance, as a share of guessing: what is named is shown to be further apart by more than this."""
LEANING = 0.04
"""Share of the scale: who is named severe or lenient is shown to lean by more than this."""
ONE_ALONE = 0.5
"""Share of an item's excess that is left without one rater, or of a rater's without one item, below which it is that
rater's reading of that item."""

Family = Literal["rater", "item", "unit"]
Kind = Literal["severe", "lenient", "apart", "ambiguous", "one-rater", "contested"]


@dataclass(frozen=True, slots=True)
class Cause:
    """One rater, item or unit that stands out."""

    family: Family
    name: str
    kind: Kind
    """Raters: severe, lenient, or apart from the others without leaning. Items: ambiguous to all, or read differently
    by one rater. Units: contested."""
    excess: Estimate
    """Further apart by so much, as a share of guessing; for a rater than the others among themselves, for an item than
    on the other items, for a unit than on the other units."""
    lean: Estimate | None
    """Raters: the others' values less their own, as a share of the scale, positive being strict; None where all items
    are names."""
    distance: float
    """Mean distance, as a share of guessing: of the rater to the others, on the item, on the unit."""
    gain: float
    """Share of all disagreement that would be gone without it, and without those of its family named before."""
    p: float
    """Adjusted by Bonferroni over what was left in its family."""
    by: str | None = None
    """Of an item: the one rater who reads it differently; not asked of `LEAST_RATERS`. Of a rater: the one item that
    most of the excess is on."""


@dataclass(frozen=True, slots=True)
class Causes:
    """What was named, and what could have been."""

    named: tuple[Cause, ...]
    """Largest gain first."""
    distance: float
    """Mean distance over everything: 0 is the same answer, 1 is guessing."""
    n_units: int
    n_items: int
    n_raters: int
    asked: tuple[Family, ...]
    """The families that there was enough of to ask about."""


def name_causes(distances: Distances) -> Causes | Undefined:
    """Name raters, items and units in turn; Undefined below `LEAST_UNITS` units that two raters gave values."""
    everybody = list(range(len(distances.raters)))
    cells = distances.between(everybody)
    there = ~np.isnan(cells)
    n_units = int(np.count_nonzero(there.any(axis=0)))
    n_items = int(np.count_nonzero(there.any(axis=1)))
    if n_units < LEAST_UNITS:
        n_raters, n_values = len(everybody), int(np.count_nonzero(there))
        return undefined("too-few-units", n_units=n_units, n_raters=n_raters, n_values=n_values)
    of_raters: tuple[Family, ...] = ("rater",) if len(everybody) >= LEAST_RATERS else ()
    of_items: tuple[Family, ...] = ("item", "unit") if n_items >= LEAST_ITEMS else ()
    asked = (*of_raters, *of_items)
    whole = _overall(cells)
    raters = _name_raters(distances, whole) if "rater" in asked else []
    odd = {cause.name for cause in raters}
    kept = [place for place in everybody if distances.raters[place] not in odd]
    items, units = [], []
    if "item" in asked:
        items = _name_items(distances, kept, whole)
        ambiguous = {cause.name for cause in items}
        left = [place for place, name in enumerate(distances.items) if name not in ambiguous]
        units = _name_units(distances, kept, left, whole)
    named = sorted([*raters, *items, *units], key=lambda cause: -cause.gain)
    return Causes(tuple(named), whole, n_units, n_items, len(everybody), asked)


def _name_raters(distances: Distances, whole: float) -> list[Cause]:
    left, found = list(range(len(distances.raters))), []
    before = whole
    while len(left) >= LEAST_RATERS:
        apart, lean = _Sample(distances.apart(left)), _Sample(distances.lean(left))
        far, leaning = apart.above(FURTHER), 2 * lean.beyond(LEANING)
        p = np.minimum(far, leaning) * 2 * len(left)
        place = int(np.argmin(p))
        if not p[place] <= LEVEL:
            break
        leans = leaning[place] * 2 * len(left) <= LEVEL
        kind: Kind = ("severe" if lean.mean[place] > 0 else "lenient") if leans else "apart"
        rest = [rater for rater in left if rater != left[place]]
        without = _overall(distances.between(rest))
        found.append(
            Cause(
                "rater",
                distances.raters[left[place]],
                kind,
                apart.estimate(place, len(left), "further from the others than they from each other"),
                lean.estimate(place, len(left), "values of the others less their own") if lean.n[place] else None,
                without + float(apart.mean[place]),
                (before - without) / whole,
                float(p[place]),
                _find_item(distances, left[place], left),
            )
        )
        left, before = rest, without
    return found


def _find_item(distances: Distances, rater: int, raters: Sequence[int]) -> str | None:
    """The one item without which most of a rater's excess is gone, if there is one."""
    excess = distances.apart_on(rater, raters)
    there = np.flatnonzero(~np.isnan(excess))
    if there.size < LEAST_ITEMS:
        return None
    mean = float(excess[there].mean())
    if mean <= 0:
        return None  # somebody can lean and be no further away; then no item has most of it
    most = int(there[np.argmax(excess[there])])
    rest = float(excess[there].sum() - excess[most]) / (there.size - 1)
    return distances.items[most] if rest < ONE_ALONE * mean else None


def _name_items(distances: Distances, raters: Sequence[int], whole: float) -> list[Cause]:
    cells = distances.between(raters)
    left = [item for item in range(len(cells)) if not np.isnan(cells[item]).all()]
    found: list[Cause] = []
    n_items = len(left)
    while len(left) >= LEAST_ITEMS:
        sample = _Sample(_against_others(cells[left]))
        p = sample.above(FURTHER) * len(left)
        place = int(np.argmin(p))
        if not p[place] <= LEVEL:
            break
        item = left[place]
        excess = sample.estimate(place, len(raters), "further apart than on the other items")
        by = _find_reader(distances, raters, left, item, excess.value)
        distance = _overall(cells[item])
        gain = excess.value / n_items / whole
        kind: Kind = "ambiguous" if by is None else "one-rater"
        found.append(Cause("item", distances.items[item], kind, excess, None, distance, gain, float(p[place]), by))
        left.remove(item)
    return found


def _against_others(cells: Floats) -> Floats:
    """Each row less the mean of the other rows, unit by unit; nan where the row or all others have no number."""
    there = ~np.isnan(cells)
    filled = np.where(there, cells, 0.0)
    n_others = there.sum(axis=0) - there
    others: Floats = np.divide(
        filled.sum(axis=0) - filled, n_others, out=np.full(cells.shape, np.nan), where=n_others > 0
    )
    return cells - others


def _find_reader(
    distances: Distances, raters: Sequence[int], items: Sequence[int], item: int, excess: float
) -> str | None:
    """The one rater without whom most of the item's excess is gone, if there is one."""
    if len(raters) <= LEAST_RATERS:
        return None
    place = items.index(item)
    left = []
    for rater in raters:
        cells = distances.between([other for other in raters if other != rater])[items]
        left.append(_overall(_against_others(cells)[place]))
    least = int(np.argmin(left))
    return distances.raters[raters[least]] if left[least] < ONE_ALONE * excess else None


def _name_units(distances: Distances, raters: Sequence[int], items: Sequence[int], whole: float) -> list[Cause]:
    """Outliers by externally studentised distance (Cook & Weisberg 1982, Residuals and Influence, 2.2.2)."""
    distance = average(distances.between(raters)[items], axis=0)
    left = np.flatnonzero(~np.isnan(distance)).tolist()
    found: list[Cause] = []
    n_units = len(left)
    while len(left) >= LEAST_UNITS and len(items) >= LEAST_ITEMS:
        place, excess, p = _find_outlier(distance[left], len(raters))
        if not p <= LEVEL:
            break
        unit = left[place]
        gain = excess.value / n_units / whole
        found.append(Cause("unit", distances.units[unit], "contested", excess, None, float(distance[unit]), gain, p))
        left.remove(unit)
    return found


def _overall(cells: Floats) -> float:
    """The mean of all that is there; 0 where nothing is left to disagree on."""
    there = cells[~np.isnan(cells)]
    return float(there.mean()) if there.size else 0.0


def _find_outlier(values: Floats, n_raters: int) -> tuple[int, Estimate, float]:
    """The largest value, its distance from the mean of the others, and p adjusted over all."""
    place = int(np.argmax(values))
    others = np.delete(values, place)
    n = others.size
    excess = float(values[place] - others.mean())
    error = float(others.std(ddof=1)) * (1 + 1 / n) ** 0.5
    p = float(stdtr(n - 1, (FURTHER - excess) / error)) if error > 0 else float(excess <= FURTHER)
    margin = float(stdtrit(n - 1, 0.975)) * error
    method = f"less the mean of the {n} other units, Student's t of a further unit, {n - 1} degrees of freedom"
    estimate = Estimate(excess, excess - margin, excess + margin, n + 1, n_raters, method, se=error)
    return place, estimate, min(1.0, p * values.size)


class _Sample:
    """Means over units of several rows, shape (rows, units), with what Student's t needs of them."""

    def __init__(self, values: Floats) -> None:
        there = ~np.isnan(values)
        self.n = np.count_nonzero(there, axis=1)
        enough = np.maximum(self.n, 2)
        self.mean: Floats = np.where(there, values, 0.0).sum(axis=1) / np.maximum(self.n, 1)
        squares = (np.where(there, values - self.mean[:, None], 0.0) ** 2).sum(axis=1)
        self.se: Floats = np.sqrt(squares / (enough - 1) / enough)
        self.se[self.se <= ROUNDING * np.abs(self.mean)] = 0.0
        self._freedom = enough - 1

    def above(self, limit: float) -> Floats:
        """One-sided p that the mean is not above the limit; 1 where there are too few units, or nothing varies."""
        return np.where(self.mean > 0, self.beyond(limit), 1.0)

    def beyond(self, limit: float) -> Floats:
        """One-sided p that the mean is no further from 0 than the limit, in the direction in which it is.

        A two-sided question counts it twice. 1 where there are too few units, or where nothing varies.
        """
        distance = np.abs(self.mean) - limit
        t = np.divide(distance, self.se, out=np.zeros(self.se.shape), where=self.se > 0)
        return np.asarray(np.where((self.n >= LEAST_UNITS) & (self.se > 0), stdtr(self._freedom, -t), 1.0))

    def estimate(self, row: int, n_raters: int, what: str) -> Estimate:
        """One row with its interval."""
        mean, se, n = float(self.mean[row]), float(self.se[row]), int(self.n[row])
        margin = float(stdtrit(n - 1, 0.975)) * se
        method = f"mean of {n} units, {what}; Student's t, {n - 1} degrees of freedom"
        return Estimate(mean, mean - margin, mean + margin, n, n_raters, method, se=se)
