"""Krippendorff's alpha: agreement beyond chance, for any number of raters, levels and missing values."""

import numpy as np

from qa_app.estimate import Measured
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Floats, Resampling, Statistic
from qa_app.stats.sums import Sums, common_multiple, measure


def krippendorff_alpha(table: RatingsTable, resampling: Resampling) -> Measured:
    """Krippendorff's (2011) alpha: 1 - Do/De over units with two values or more, with the metric of the table's level.

    Nominal: 0 or 1. Interval: squared difference. Ordinal: squared difference of mid-ranks among the pairable values,
    which depends on the values themselves and is made anew in each resample.
    """
    if table.level is Level.ORDINAL:
        return measure(table, _make_ordinal, resampling=resampling, width=lambda sums: 2 * sums.steps.size**2)
    return measure(table, _make_fixed, resampling=resampling, width=lambda sums: 2 * sums.steps.size)


def _make_fixed(sums: Sums) -> Statistic:
    weights = sums.disagreement()
    others = sums.n_ratings - 1
    multiple = common_multiple(others)
    observed_per_unit = multiple * sums.pair_sums(weights) / others

    def compute(counts: Floats) -> Floats:
        margins = counts @ sums.per_unit
        expected = ((margins @ weights) * margins).sum(axis=1)
        return _alpha(counts @ observed_per_unit, multiple * expected, margins)

    return compute


def _make_ordinal(sums: Sums) -> Statistic:
    lower, upper = np.triu_indices(sums.steps.size, k=1)
    others = sums.n_ratings - 1
    multiple = common_multiple(others)
    pairs_per_unit = 2 * multiple * sums.per_unit[:, lower] * sums.per_unit[:, upper] / others[:, None]

    def compute(counts: Floats) -> Floats:
        margins = counts @ sums.per_unit
        twice_mid_ranks = 2 * np.cumsum(margins, axis=1) - margins
        weights = (twice_mid_ranks[:, upper] - twice_mid_ranks[:, lower]) ** 2
        observed = ((counts @ pairs_per_unit) * weights).sum(axis=1)
        expected = 2 * (margins[:, lower] * margins[:, upper] * weights).sum(axis=1)
        return _alpha(observed, multiple * expected, margins)

    return compute


def _alpha(observed: Floats, expected: Floats, margins: Floats) -> Floats:
    """One division, so that whole numbers give the nearest float64; nan where nothing varies."""
    n_values = margins.sum(axis=1)
    varies = expected > 0
    return np.where(varies, (expected - (n_values - 1) * observed) / np.where(varies, expected, 1.0), np.nan)
