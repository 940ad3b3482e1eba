"""How often nominal 95 % intervals hold the true coefficient: the table of docs/algorithms/agreement/coverage.md.

Run `python -m benchmarks.coverage > table.md`. Units are drawn from a population in which every rater gives a true
value or, with some probability, any value of the scale: the coefficient of that population is computed exactly, from
the joint distribution of two ratings, and no interval is asked about anything else.
"""

import os

# Before numpy is imported: many small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from benchmarks.tables import Floats
from benchmarks.timing import tell
from qa_app.estimate import Estimate, Undefined
from qa_app.stats.chance.bootstrap import KINDS, Wanted, draw, resample
from qa_app.stats.chance.counting import count
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.inference import Inference, IntervalName, conclude
from qa_app.stats.metric.icc import Form, icc
from qa_app.stats.metric.incomplete import icc_missing
from qa_app.stats.metric.results import EstimateAndTest, IncompleteIcc
from qa_app.stats.metric.unit_sums import UnitSums, sum_iccs, sum_one_way
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Drawn, Resampling, draw_counts, find_limits

SCALE = (1.0, 2.0, 3.0)
SHARES: Mapping[str, tuple[float, ...]] = {"even": (1 / 3, 1 / 3, 1 / 3), "skewed": (0.05, 0.1, 0.85)}
FOLLOWED: Mapping[str, float] = {"moderate": 0.75, "high": 0.92}
"""Probability that a rater gives the true value for sure; otherwise any value of the scale, all alike."""
UNITS, RATERS = (10, 20, 50, 200), (3, 6)
HOLES = (0.0, 0.3)
ANALYTIC: tuple[IntervalName, ...] = ("t", "fisher", "logit")
METHODS = (*ANALYTIC, "F", "percentile", "BCa")
"""BCa: widened for few units, as the app shows it. F: McGraw & Wong 1996, with holes Ebel 1951; both take ratings as
normal."""
COEFFICIENTS: Mapping[str, Wanted] = {
    "kappa": Wanted("conger_kappa", "quadratic"),
    "AC2": Wanted("gwet_ac", "quadratic"),
    "alpha": Wanted("krippendorff_alpha", "quadratic"),
}
ICC, ONE_WAY = Form.AGREEMENT.value, Form.ONE.value
"""Of tables without holes, and of tables with holes."""

Limits = tuple[float | None, float | None]


class Setting(NamedTuple):
    """One population and one size of table."""

    n_units: int
    n_raters: int
    agreement: str
    prevalence: str
    holes: float


class Tally(NamedTuple):
    """How often an interval held the truth, and how often there was one."""

    held: int = 0
    given: int = 0
    asked: int = 0

    def add(self, limits: Limits, truth: float) -> "Tally":
        """With one more interval; none was given where a limit is None."""
        low, high = limits
        if low is None or high is None:
            return Tally(self.held, self.given, self.asked + 1)
        return Tally(self.held + (low <= truth <= high), self.given + 1, self.asked + 1)

    def join(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.held + other.held, self.given + other.given, self.asked + other.asked)


Tallies = Mapping[tuple[str, str], Tally]


def draw_ratings(setting: Setting, random: np.random.Generator) -> Floats:
    """Shape (units, raters); a unit has holes at random."""
    shape = (setting.n_units, setting.n_raters)
    truth = random.choice(SCALE, size=(setting.n_units, 1), p=SHARES[setting.prevalence])
    values = np.where(random.random(shape) < FOLLOWED[setting.agreement], truth, random.choice(SCALE, size=shape))
    values[random.random(shape) < setting.holes] = np.nan
    return values


def true_values(setting: Setting) -> dict[str, float]:
    """The coefficients of the population, from the distribution of a rating and of a pair of ratings of one unit."""
    followed, scale = FOLLOWED[setting.agreement], np.array(SCALE)
    given = followed * np.eye(scale.size) + (1 - followed) / scale.size
    shares = np.array(SHARES[setting.prevalence])
    pairs = given.T @ (shares[:, None] * given)
    margins = pairs.sum(axis=1)
    apart = ((scale[:, None] - scale) / (scale[-1] - scale[0])) ** 2
    observed, by_chance = float((pairs * apart).sum()), float(margins @ apart @ margins)
    uniform = (1 - apart).sum() / (scale.size * (scale.size - 1)) * float((margins * (1 - margins)).sum())
    # Raters are alike, so kappa and alpha are one, and so is the ICC: covariance of two ratings over their variance.
    pooled = 1 - observed / by_chance
    return {"kappa": pooled, "alpha": pooled, ICC: pooled, ONE_WAY: pooled, "AC2": 1 - observed / (1 - uniform)}


def find_intervals(values: Floats, seed: int, n_resamples: int) -> Iterator[tuple[str, str, Limits]]:
    """Coefficient, method and limits of every interval of one table."""
    shape = values.shape
    ids = tuple(map(str, range(shape[0]))), tuple(map(str, range(shape[1])))
    counts = count(RatingsTable(values, np.zeros(shape, dtype=np.bool_), Level.INTERVAL, SCALE, *ids))
    resampling = Resampling(seed, n_resamples)
    drawn = draw(counts, tuple(COEFFICIENTS.values()), resampling) if counts.n_paired else {}
    shown = resample(counts, tuple(COEFFICIENTS.values()), resampling)
    for name, wanted in COEFFICIENTS.items():
        for method in ANALYTIC:
            yield name, method, _analytic(counts, wanted, method)
        yield name, "percentile", _percentile(drawn.get(wanted))
        yield name, "BCa", (shown[wanted].low, shown[wanted].high)
    yield from _icc_intervals(values, resampling)


def _analytic(counts: Counts, wanted: Wanted, interval: IntervalName) -> Limits:
    found = conclude(counts, lambda: KINDS[wanted.kind].compute(counts, wanted.weights), Inference(interval=interval))
    return (found.low, found.high) if isinstance(found, Estimate) else (None, None)


def _percentile(drawn: Floats | None) -> Limits:
    if drawn is None or np.isnan(drawn).mean() > 0.5:
        return None, None
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return (float(low), float(high)) if low < high else (None, None)


def _icc_intervals(values: Floats, resampling: Resampling) -> Iterator[tuple[str, str, Limits]]:
    """F limits and the bootstrap's from sums over units: of agreement in complete tables, else of one way."""
    kept = values[~np.isnan(values).all(axis=1)]
    if np.isnan(values).any():
        yield from _both_ways(kept, ONE_WAY, icc_missing(kept, Form.ONE), sum_one_way, resampling)
    else:
        yield from _both_ways(kept, ICC, icc(kept, Form.AGREEMENT), sum_iccs, resampling)


def _both_ways(
    values: Floats,
    name: str,
    measured: EstimateAndTest | IncompleteIcc | Undefined,
    sum_up: Callable[[Floats], UnitSums],
    resampling: Resampling,
) -> Iterator[tuple[str, str, Limits]]:
    yield name, "F", _limits_of(measured)
    if isinstance(measured, Undefined):
        return
    sums, n_units = sum_up(values), len(values)
    place = sums.names.index(name)
    drawn = np.concatenate([sums.resample(times.astype(np.float64)) for times in draw_counts(n_units, resampling)])
    without = sums.leave_out()[:, place]
    yield name, "percentile", _percentile(drawn[:, place])
    influence = (n_units - 1) * (without.mean() - without)
    sample = Drawn(n_units, int(np.count_nonzero((~np.isnan(values)).sum(axis=1) > 1)))
    interval = find_limits(drawn[:, place], measured.estimate.value, influence, resampling, sample)
    yield name, "BCa", (interval.low, interval.high)


def _limits_of(measured: EstimateAndTest | IncompleteIcc | Undefined) -> Limits:
    if isinstance(measured, Undefined):
        return None, None
    return measured.estimate.low, measured.estimate.high


def simulate(setting: Setting, n_tables: int, n_resamples: int, seed: int) -> Tallies:
    """All intervals of that many tables of one setting."""
    random = np.random.Generator(np.random.Philox(seed))
    truth = true_values(setting)
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for place in range(n_tables):
        for name, method, limits in find_intervals(draw_ratings(setting, random), seed + place, n_resamples):
            tallies[name, method] = tallies[name, method].add(limits, truth[name])
    return tallies


def pool(several: Sequence[Tallies]) -> Tallies:
    """Tallies of settings together."""
    total: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for tallies in several:
        for key, tally in tallies.items():
            total[key] = total[key].join(tally)
    return total


def show_rows(label: str, tallies: Tallies) -> Iterator[str]:
    """A row for each coefficient: share of intervals that hold the truth, and of tables without an interval."""
    for name in (*COEFFICIENTS, ICC, ONE_WAY):
        if all(tally.asked == 0 for (found, _), tally in tallies.items() if found == name):
            continue
        cells = []
        for method in METHODS:
            tally = tallies.get((name, method))
            if tally is None or not tally.given:
                cells.append("")
                continue
            left_out = 1 - tally.given / tally.asked
            none = f" ({left_out:.0%} none)" if left_out >= 0.005 else ""
            cells.append(f"{tally.held / tally.given:.1%}{none}")
        yield f"| {label} | {name} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=150, help="tables of each setting")
    parser.add_argument("--resamples", type=int, default=400, help="resamples of each table")
    parser.add_argument("--seed", type=int, default=20)
    chosen = parser.parse_args(arguments)
    settings = [Setting(*each) for each in product(UNITS, RATERS, FOLLOWED, SHARES, HOLES)]
    found: dict[Setting, Tallies] = {}
    for place, setting in enumerate(settings):
        tell(f"{place + 1}/{len(settings)} {setting}")
        found[setting] = simulate(setting, chosen.tables, chosen.resamples, chosen.seed + 100_000 * place)
    error = (0.95 * 0.05) ** 0.5
    print(
        f"Seed {chosen.seed}, {chosen.tables} tables of each of {len(settings)} settings, {chosen.resamples} resamples."
    )
    for title, field in (("units", 0), ("units, by prevalence", 3), ("units, by holes", 4)):
        print(f"\n## By {title}\n")
        print(f"<!-- worked: coverage by {title} -->")
        print(f"| {title} | coefficient | {' | '.join(METHODS)} |\n| {' | '.join(['---'] * (2 + len(METHODS)))} |")
        groups: dict[tuple[object, ...], list[Tallies]] = defaultdict(list)
        for setting in settings:
            groups[(setting.n_units, setting[field]) if field else (setting.n_units,)].append(found[setting])
        for key, several in groups.items():
            label = ", ".join(str(part) for part in key)
            print("\n".join(show_rows(label, pool(several))))
        size = chosen.tables * len(next(iter(groups.values())))
        print(f"\nMonte Carlo standard error at 95 %: {error / size**0.5:.1%}.")


if __name__ == "__main__":
    main()
