"""Krippendorff's alpha in his own four metrics, and in Gwet's formulation with agreement weights."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from qa_app.estimate import Measured
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.forms import one_less
from qa_app.stats.chance.inference import DEFAULT, Coefficient, Inference, conclude
from qa_app.stats.chance.weights import Floats, WeightName, Weights
from qa_app.stats.ratings import Level

METRICS: Mapping[Level, WeightName] = MappingProxyType(
    {
        Level.NOMINAL: "unweighted",
        Level.ORDINAL: "mid_ranks",
        Level.INTERVAL: "quadratic",
        Level.RATIO: "ratio",
    }
)
"""Krippendorff's own metric for each level, by the name of the weights that mean the same."""


def krippendorff_alpha(
    counts: Counts, *, metric: Level | Weights = Level.NOMINAL, inference: Inference = DEFAULT
) -> Measured:
    """1 - Do / De over units with two ratings or more (Krippendorff 2011; Hayes & Krippendorff 2007).

    Args:
        counts: what it is computed from.
        metric: a level, for Krippendorff's own metric, or weights, for Gwet's (2014) formulation. They are equal for
            nominal and unweighted, interval and quadratic, ratio and ratio; the two ordinal forms differ.
        inference: conventions for standard error, interval and test. Standard error: Gwet (2014), of the form without
            the factor (N - 1) / N; for the ordinal metric with the metric's own variation.
    """
    weights = METRICS[metric] if isinstance(metric, Level) else metric
    return conclude(counts, lambda: alpha(counts, weights), inference)


def alpha(counts: Counts, weights: Weights) -> Coefficient | None:
    """Alpha from the counts; None where the values of units with two ratings do not vary."""
    if weights == "mid_ranks":
        return _ordinal(counts)
    weighted = counts.weighted(weights)
    margins, largest = counts.paired_margins, weighted.disagreement.largest
    sums = weighted.amounts @ margins
    every, n_values = float(margins @ sums), float(margins.sum())
    if every == 0.0:
        return None
    value = one_less((weighted.coincident, n_values - 1), (counts.multiple, every))
    unit = counts.multiple * largest
    observed, expected = weighted.coincident / (unit * n_values), every / (n_values**2 * largest)

    def influence() -> Floats:
        scaled = counts.per_other * weighted.pair_sums / unit - observed * counts.paired * counts.n_ratings
        slopes = 2.0 * (sums / (n_values * largest) - expected)
        moved = scaled - observed / expected * counts.paired * (counts.per_unit @ slopes)
        return moved * (counts.n_paired / n_values / -expected)

    return _coefficient(counts, value, observed, expected, n_values, influence)


def _ordinal(counts: Counts) -> Coefficient | None:
    """Squared differences of mid-ranks among the pairable values (Krippendorff 2011, eq. for ordinal data).

    Observed and expected sums S and E are polynomials in the coincidences and in the margins, through which the metric
    changes; their derivatives by a unit's weight give the influence values.
    """
    margins = counts.paired_margins
    n_values = float(margins.sum())
    ranks = 2.0 * margins.cumsum() - margins  # twice the mid-ranks
    metric = (ranks[:, None] - ranks) ** 2
    together = float(np.vdot(counts.coincidences, metric))
    every = float(margins @ metric @ margins)
    if every == 0.0:
        return None
    value = one_less((together, n_values - 1), (counts.multiple, every))
    farthest = float(metric[0, -1]) or float(metric.max())
    observed = together / (counts.multiple * n_values * farthest)
    expected = every / (n_values**2 * farthest)

    def influence() -> Floats:
        pairs = counts.coincidences / counts.multiple
        by_rank_observed = 4.0 * (pairs.sum(axis=1) * ranks - pairs @ ranks)
        by_rank_expected = 4.0 * margins * (n_values * ranks - margins @ ranks)
        observed_slopes = _through_ranks(by_rank_observed)
        expected_slopes = _through_ranks(by_rank_expected) + 2.0 * metric @ margins
        own = np.einsum("ik,ik->i", counts.per_unit @ metric, counts.per_unit) * counts.per_other / counts.multiple
        sums = together / counts.multiple
        moved_observed = own + counts.paired * (counts.per_unit @ observed_slopes)
        moved_expected = counts.paired * (counts.per_unit @ expected_slopes)
        share = sums / every
        own_size = counts.n_ratings * counts.paired * share
        moved: Floats = own_size + n_values * (moved_observed - share * moved_expected) / every
        return moved * -counts.n_paired

    return _coefficient(counts, value, observed, expected, n_values, influence)


def _through_ranks(by_rank: Floats) -> Floats:
    """Derivatives by twice the mid-ranks to derivatives by the margins: a value moves its own rank and all above it."""
    above: Floats = by_rank.sum() - np.cumsum(by_rank)
    return 2.0 * above + by_rank


def _coefficient(
    counts: Counts, value: float, observed: float, expected: float, n_values: float, influence: Callable[[], Floats]
) -> Coefficient:
    """Observed agreement with the small-sample term of Gwet (2014): 1 / N of it is certain."""
    together = 1.0 - (1.0 - 1.0 / n_values) * observed
    return Coefficient(value, together, 1.0 - expected, counts.n_paired, influence, n_values=int(n_values))
