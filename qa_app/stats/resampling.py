"""Bootstrap over units: drawing, and limits from what was drawn. Knows nothing of any coefficient.

Units are resampled, raters are not unless it is said: an interval speaks about other units graded by these raters. A
value that does not exist in a resample (all answers equal by chance) is left out there, counted, and the count is
reported.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, pdtr, stdtrit

from qa_app.estimate import Interval

Floats = NDArray[np.float64]
Times = NDArray[np.float32]
"""How often units are drawn: whole numbers, which float32 holds exactly in half the memory."""

_CELLS_AT_ONCE = 4_000_000
LEAST_UNITS = 5
"""Units from which there is an interval."""
NARROW_BELOW = 20
"""Units below which an interval is told to be too narrow."""
COVERAGE_PAGE = "docs/algorithms/agreement/coverage.md"
COVERAGE_AT_TEN = "86 to 90"
"""Of 100 intervals of 95 %, how many held the truth with 10 units where answers were not nearly all alike."""
COVERAGE = (
    f"in a simulation {COVERAGE_AT_TEN} of 100 intervals of 95 % held the truth with 10 units, 77 for alpha where "
    f"nearly all answers were alike, and 92 to 93 with 20 units ({COVERAGE_PAGE})"
)
"""What `benchmarks.coverage` counted for the intervals made here; a test holds it against the page."""
_LEAST_DEFINED = 0.5
_DECIMALS = 12

_MANY_UNITS = 256
_MARGIN = 4.0
"""Standard deviations of a Poisson sum that are left below the number of units."""
_CELLS = 2**16
_MOST_TIMES = 40
_UNDECIDED = -1.0


@dataclass(frozen=True, slots=True)
class Resampling:
    """How to resample; the same settings on the same data give the same interval, bit for bit."""

    seed: int
    n_resamples: int = 2000
    confidence: float = 0.95

    def generator(self) -> np.random.Generator:
        """A fresh source of random numbers; Philox, so that it is the same on every platform."""
        return np.random.Generator(np.random.Philox(self.seed))


def draw_counts(
    n_units: int, resampling: Resampling, *, repeats: Floats | None = None, cells_at_once: int = _CELLS_AT_ONCE
) -> Iterator[Times]:
    """How often each unit is drawn, in batches of shape (resamples, rows); the batches' size changes no number.

    Args:
        n_units: units to draw in each resample.
        resampling: seed and number of resamples.
        repeats: shape (rows,): units that a row stands for; without it every row is one unit.
        cells_at_once: the most counts of one batch.
    """
    draw = _choose(n_units, resampling, repeats)
    step = max(1, cells_at_once // max(1, n_units if repeats is None else repeats.size))
    missing = resampling.n_resamples
    while missing > 0:
        times = draw(min(step, missing))
        missing -= len(times)
        if len(times):
            yield times


def _choose(n_units: int, resampling: Resampling, repeats: Floats | None) -> Callable[[int], Times]:
    random = resampling.generator()
    if repeats is not None:
        shares = repeats / repeats.sum()
        return lambda size: random.multinomial(n_units, shares, size=size).astype(np.float32)
    if n_units >= _MANY_UNITS:
        return _ManyUnits(n_units, resampling).draw
    return lambda size: _tally(random.integers(n_units, size=(size, n_units), dtype=np.uint32))


def _tally(drawn: NDArray[np.uint32]) -> Times:
    """How often each unit stands in each row; shape (resamples, units) for as many draws as units."""
    size, n_units = drawn.shape
    cells = np.add(drawn, n_units * np.arange(size)[:, None], dtype=np.intp)
    return np.bincount(cells.ravel(), minlength=size * n_units).reshape(size, n_units).astype(np.float32)


class _ManyUnits:
    """The same distribution at a third of the time: independent Poisson counts, then the few draws still missing.

    Given their sum, independent Poisson counts of equal means are multinomial (Johnson, Kotz & Balakrishnan 1997,
    Discrete Multivariate Distributions, ch. 35.4). Their mean is chosen so low that the sum stays below n but for one
    resample in 30,000, which is drawn anew; what is missing up to n is drawn unit by unit. A count comes from 16 random
    bits and a table, or from 53 more bits where these do not decide.
    """

    def __init__(self, n_units: int, resampling: Resampling) -> None:
        self._n_units = n_units
        self._bits = np.random.Philox(resampling.seed)
        # Streams of their own, so that resamples are the same however they are batched; raters have the first jump.
        self._finer, self._places = (np.random.Generator(self._bits.jumped(times)) for times in (2, 3))
        self._cuts = _CELLS * pdtr(np.arange(_MOST_TIMES), 1.0 - _MARGIN / n_units**0.5)
        whole = self._cuts[self._cuts < _CELLS].astype(np.intp)
        self._table = np.cumsum(np.bincount(whole, minlength=_CELLS)).astype(np.float32)
        self._table[whole] = _UNDECIDED

    def draw(self, size: int) -> Times:
        """At most so many resamples; shape (resamples, units)."""
        times = np.empty((size, self._n_units), dtype=np.float32)
        kept = np.empty(size, dtype=np.bool_)
        step = max(1, _CELLS // self._n_units)
        for start in range(0, size, step):
            block = times[start : start + step]
            self._fill(block)
            kept[start : start + step] = self._complete(block)
        return times if kept.all() else times[kept]

    def _fill(self, times: Times) -> None:
        """Poisson counts for a few resamples, so few that they stay in the processor's cache."""
        raw = self._bits.random_raw(len(times) * -(-self._n_units // 4)).astype("<u8", copy=False)
        words = raw.view("<u2").reshape(len(times), -1)[:, : self._n_units].reshape(-1)
        flat = times.reshape(-1)
        self._table.take(words, out=flat, mode="clip")
        undecided = np.flatnonzero(flat == _UNDECIDED)
        finer = words[undecided] + self._finer.random(undecided.size)
        flat[undecided] = np.searchsorted(self._cuts, finer, side="right")

    def _complete(self, times: Times) -> NDArray[np.bool_]:
        """Draw what is missing; shape (resamples,): whether no more had been drawn than there are units."""
        n_units = self._n_units
        missing = n_units - (times @ np.ones(n_units, dtype=np.float32)).astype(np.intp)
        fewer = np.maximum(missing, 0)
        places = self._places.integers(n_units, size=int(fewer.sum()), dtype=np.uint32)
        np.add.at(times.reshape(-1), np.repeat(n_units * np.arange(len(times)), fewer) + places, np.float32(1.0))
        return missing >= 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was resampled, for the rules and the words of an interval."""

    n_units: int
    """Units that were resampled."""
    n_telling: int
    """Those that show agreement: with few of them there is no interval, or a wider one."""
    over: str = "units"


def find_limits(drawn: Floats, value: float, influence: Floats, resampling: Resampling, sample: Drawn) -> Interval:
    """The interval of a value: BCa (Efron 1987), or percentile where its correction is not finite.

    The acceleration is that of the influence values (Efron & Tibshirani 1993, eq. 14.15, infinitesimal jackknife).

    Args:
        drawn: shape (resamples,); nan where the value does not exist.
        value: the estimate itself.
        influence: shape (units,): how each unit moves it, of sum 0.
        resampling: the settings.
        sample: what was resampled.
    """
    few = sample.n_telling
    if few < LEAST_UNITS:
        return Interval(None, None, f"no interval: {few} units are too few to resample, it takes {LEAST_UNITS}")
    # Rounded, so that resamples tie where they are equal but for the order of summation: BCa counts ties.
    defined = np.sort(np.round(drawn[~np.isnan(drawn)], _DECIMALS))
    left_out = drawn.size - defined.size
    what = f"{drawn.size} resamples of {sample.n_units} units, seed {resampling.seed}"
    remark = f", undefined in {left_out} of them, which were left out" if left_out else ""
    if defined.size <= _LEAST_DEFINED * drawn.size:
        return Interval(None, None, f"no interval: undefined in {left_out} of {what}")
    if defined[0] == defined[-1]:
        return Interval(None, None, f"no interval: the value is the same in all of {what}{remark}")
    tails = ndtri((1.0 + np.array([-1.0, 1.0]) * _widen(resampling.confidence, few)) / 2.0)
    corrected = _correct(tails, defined, round(value, _DECIMALS), influence)
    kind = "percentile" if corrected is None else "BCa"
    low, high = _quantiles(defined, ndtr(tails if corrected is None else corrected))
    caution = f"; still too narrow below {NARROW_BELOW} units ({COVERAGE_PAGE})" if few < NARROW_BELOW else ""
    how = f"bootstrap over {sample.over}, {kind}, widened for few units, {what}{remark}{caution}"
    return Interval(low, high, how)


def _widen(confidence: float, n_units: int) -> float:
    """The level at which quantiles of a bootstrap distribution give the wanted confidence with few units.

    The bootstrap takes the spread among n units for the true one and so comes out too narrow. Hesterberg 2015,
    Am. Stat. 69:371 ("expanded percentile"), widens it by sqrt(n / (n - 1)) and from the normal to Student's t.
    """
    quantile = (n_units / (n_units - 1)) ** 0.5 * float(stdtrit(n_units - 1, (1 + confidence) / 2))
    return 1.0 - 2.0 * float(ndtr(-quantile))


def _correct(tails: Floats, defined: Floats, value: float, influence: Floats) -> Floats | None:
    """Quantiles with bias correction and acceleration (Efron & Tibshirani 1993, eq. 14.10); None if not finite.

    `defined` ascends.
    """
    below = float(defined.searchsorted(value, "left") + defined.searchsorted(value, "right")) / (2 * defined.size)
    spread = float(influence @ influence)
    if not 0.0 < below < 1.0 or not spread > 0.0:
        return None
    bias = float(ndtri(below))
    acceleration = float((influence * influence) @ influence) / (6.0 * spread**1.5)
    shifted = bias + tails
    corrected: Floats = bias + shifted / (1.0 - acceleration * shifted)
    return corrected


def _quantiles(ascending: Floats, shares: Floats) -> list[float]:
    """By linear interpolation, as numpy's and R's default (Hyndman & Fan 1996, definition 7)."""
    places = shares * (ascending.size - 1)
    below = np.minimum(places.astype(np.intp), ascending.size - 2)
    low, high = ascending[below], ascending[below + 1]
    quantiles: list[float] = (low + (places - below) * (high - low)).tolist()
    return quantiles
