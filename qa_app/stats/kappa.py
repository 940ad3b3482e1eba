"""Conger's kappa for two or more raters: agreement beyond what each rater's own habits would give by chance."""

import numpy as np

from qa_app.estimate import Measured
from qa_app.stats.ratings import RatingsTable
from qa_app.stats.resampling import Floats, Resampling, Statistic
from qa_app.stats.sums import Sums, common_multiple, measure


def conger_kappa(table: RatingsTable, resampling: Resampling) -> Measured:
    """Conger's (1980) kappa in the weighted form for incomplete tables of Gwet (2014); Cohen's kappa for two raters.

    1 - Do/De. Do: mean over units with two ratings or more of the mean weight over pairs of their raters. De: mean over
    pairs of raters of the weight expected from their two distributions, each taken from all of the rater's values.
    Weights: 1 for unequal nominal values; squared steps of the declared scale (ordinal) or squared differences
    (interval), as Cohen (1968) proposes.
    """
    return measure(
        table,
        _make_statistic,
        resampling=resampling,
        all_rated=True,
        width=lambda sums: sums.chosen.shape[1] * sums.chosen.shape[2],
    )


def _make_statistic(sums: Sums) -> Statistic:
    n_units, n_raters, n_found = sums.chosen.shape
    weights = sums.disagreement()
    ordered_pairs = np.where(sums.paired, sums.n_ratings * (sums.n_ratings - 1), 1.0)
    multiple = common_multiple(ordered_pairs)
    observed_per_unit = multiple * sums.pair_sums(weights) / ordered_pairs
    chosen = sums.chosen.reshape(n_units, n_raters * n_found)
    paired = sums.paired.astype(np.float64)

    def compute(counts: Floats) -> Floats:
        by_rater = (counts @ chosen).reshape(-1, n_raters, n_found)
        expected = _expected(by_rater, weights)
        n_paired = multiple * (counts @ paired)
        defined = (n_paired > 0) & (expected > 0)
        observed = (counts @ observed_per_unit) / np.where(n_paired > 0, n_paired, 1.0)
        return np.where(defined, 1.0 - observed / np.where(defined, expected, 1.0), np.nan)

    return compute


def _expected(by_rater: Floats, weights: Floats) -> Floats:
    """Mean expected weight over pairs of raters with values; 0 below two such raters or without variation.

    `by_rater` has the shape (resamples, raters, values). Each pair is met once, by adding raters one after the other,
    so that nothing is subtracted and 0 stays exactly 0.
    """
    totals = by_rater.sum(axis=2, keepdims=True)
    shares = by_rater / np.where(totals > 0, totals, 1.0)
    earlier = np.cumsum(shares, axis=1)[:, :-1]
    over_pairs = ((earlier @ weights) * shares[:, 1:]).sum(axis=(1, 2))
    n_raters = np.count_nonzero(totals[:, :, 0], axis=1)
    pairs = n_raters * (n_raters - 1) / 2
    mean: Floats = over_pairs / np.where(pairs > 0, pairs, 1.0)
    return mean
