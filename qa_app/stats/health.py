"""Whether an item does its work: options that nobody uses, no variation, no agreement, steps out of order.

Each rule is a limit and an interval: an item stands out where its 95 % interval lies beyond the limit as a whole, and
where only the figure does, there are too few units to tell. Units are counted, not ratings, because ratings of one
unit hang together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.causes.distances import Distances
from qa_app.stats.proportion import proportion, wilson_limits
from qa_app.stats.severity.calibration import FEWEST_CHOICES, CategoryUse

RARE = 0.05
"""An option that is chosen on fewer units is of no use to tell them apart."""
NEARLY_ALWAYS = 0.9
"""From this share of units on an answer is always the same."""
FAR = 0.5
"""Mean distance on a unit, as a share of guessing, beyond which raters do not agree on it."""
MOSTLY = 0.5
"""Share of units on which they do not, beyond which they do not agree on the item."""
_CONFIDENCE = 0.95


class Verdict(StrEnum):
    """What the interval says of a figure and its limit."""

    STANDS_OUT = "stands out"
    UNSURE = "too few to tell"
    FINE = "fine"


def judge_above(measured: Measured, limit: float) -> Verdict:
    """Whether a figure is at the limit or above it."""
    if isinstance(measured, Undefined):
        return Verdict.UNSURE
    if measured.value < limit:
        return Verdict.FINE
    return Verdict.STANDS_OUT if measured.low is not None and measured.low >= limit else Verdict.UNSURE


def judge_unused(n_chosen: int, n_units: int) -> Verdict:
    """Whether an option that was chosen on so many of the units is one that nobody uses."""
    if n_chosen:
        return Verdict.FINE
    sure = n_units > 0 and wilson_limits(0, n_units, confidence=_CONFIDENCE)[1] < RARE
    return Verdict.STANDS_OUT if sure else Verdict.UNSURE


def units_for_unused() -> int:
    """Units without a choice from which an option is told to be unused: z^2 / (n + z^2) < `RARE`, by Wilson."""
    square = float(ndtri((1 + _CONFIDENCE) / 2)) ** 2
    return int(np.floor(square * (1 - RARE) / RARE)) + 1


def units_for_always() -> int:
    """Units that all have the same answer from which it is told to be always so: n / (n + z^2) >= `NEARLY_ALWAYS`."""
    square = float(ndtri((1 + _CONFIDENCE) / 2)) ** 2
    return int(np.ceil(square * NEARLY_ALWAYS / (1 - NEARLY_ALWAYS)))


@dataclass(frozen=True, slots=True)
class Together:
    """Raters of the same units on one item."""

    n_units: int
    """Units to which two raters or more gave a value."""
    same: Measured
    """Share of them on which all gave the same."""
    far: Measured
    """Share of them on which raters are further apart than `FAR`."""


def compare_items(distances: Distances) -> tuple[Together, ...]:
    """Each item in its order, shares with Wilson's interval."""
    n_raters = len(distances.raters)
    found = []
    for row in distances.between(range(n_raters)):
        apart = row[~np.isnan(row)]
        same, far = int(np.count_nonzero(apart == 0)), int(np.count_nonzero(apart > FAR))
        found.append(Together(apart.size, *(proportion(n, apart.size, n_raters=n_raters) for n in (same, far))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Disorder:
    """A category that is nowhere the most likely one: the threshold above it lies below the one beneath it."""

    value: float
    """The category."""
    drop: Estimate
    """By how much, in logits."""
    fewest: int
    """Choices of the rarest of the three categories that the two thresholds part."""
    verdict: Verdict


def find_disorder(uses: Iterable[CategoryUse]) -> dict[str, tuple[Disorder, ...]]:
    """By item the categories that are out of order.

    The standard error of a difference is at most the sum of the two, whatever their correlation; that bound makes the
    interval, which is therefore too wide rather than too narrow. Thresholds that rest on fewer than `FEWEST_CHOICES`
    choices of a category are unsteady whatever their standard error says (Linacre 2002, J. Appl. Meas. 3:85).
    """
    by_item: dict[str, list[CategoryUse]] = {}
    for use in uses:
        if use.n_choices:
            by_item.setdefault(use.element or "", []).append(use)
    return {item: tuple(_list_disorder(found)) for item, found in by_item.items()}


def _list_disorder(uses: Sequence[CategoryUse]) -> list[Disorder]:
    found = []
    for place in range(2, len(uses)):
        before, after = uses[place - 1].threshold, uses[place].threshold
        if before is None or after is None or not after.disordered:
            continue
        value, reach = before.measure - after.measure, float(ndtri((1 + _CONFIDENCE) / 2)) * (before.se + after.se)
        fewest = min(use.n_choices for use in uses[place - 2 : place + 1])
        drop = Estimate(
            value,
            value - reach,
            value + reach,
            n_units=sum(use.n_choices for use in uses),
            n_raters=0,
            method="partial credit model; normal interval, standard error at most the sum of the thresholds'",
        )
        sure = fewest >= FEWEST_CHOICES and value > reach
        verdict = Verdict.STANDS_OUT if sure else Verdict.UNSURE
        found.append(Disorder(uses[place - 1].value, drop, fewest, verdict))
    return found
