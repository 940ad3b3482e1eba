"""Percent agreement, exact and within one step: how often two raters of the same unit agree. No chance correction."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa_app.estimate import Estimate, Measured
from qa_app.stats.proportion import wilson_limits
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Floats, Resampling, Statistic
from qa_app.stats.sums import Sums, common_multiple, measure


def percent_agreement(table: RatingsTable, resampling: Resampling) -> Measured:
    """Share of pairs of raters with the same value, averaged over units (Gwet 2014, ch. 2), in [0, 1]."""
    return _measure(table, lambda sums: np.abs(sums.steps[:, None] - sums.steps) > 0, resampling)


def within_one(table: RatingsTable, resampling: Resampling) -> Measured:
    """The same with pairs counted as agreeing that lie at most one step of the declared scale apart, in [0, 1].

    Raises:
        ValueError: nominal data, or a scale of fewer than three steps, where every pair would agree.
    """
    if table.level is Level.NOMINAL or len(table.categories) < 3:
        raise ValueError("agreement within one step needs a declared scale of at least three ordered steps")
    return _measure(table, lambda sums: np.abs(sums.steps[:, None] - sums.steps) > 1, resampling)


def _measure(table: RatingsTable, differ: Callable[[Sums], NDArray[np.bool_]], resampling: Resampling) -> Measured:
    def make_statistic(sums: Sums) -> Statistic:
        ordered_pairs = sums.n_ratings * (sums.n_ratings - 1)
        multiple = common_multiple(ordered_pairs)
        agreeing = ordered_pairs - sums.pair_sums(differ(sums).astype(np.float64))
        per_unit = multiple * agreeing / ordered_pairs

        def compute(counts: Floats) -> Floats:
            shares: Floats = (counts @ per_unit) / (multiple * counts.sum(axis=1))
            return shares

        return compute

    measured = measure(table, make_statistic, resampling=resampling)
    return _at_the_end(measured) if isinstance(measured, Estimate) else measured


def _at_the_end(estimate: Estimate) -> Estimate:
    """Limits where all pairs of all units agree, or none: resampling such units shows nothing new.

    Agreement is then a share of whole units, and Wilson's limit of that share bounds it: the mean share of agreeing
    pairs is at least the share of units in which all pairs agree, and at most the share in which any pair does.
    """
    if estimate.low is not None or estimate.value not in {0.0, 1.0}:
        return estimate
    alike = round(estimate.value) * estimate.n_units
    low, high = wilson_limits(alike, estimate.n_units, confidence=estimate.confidence)
    which = "all pairs" if alike else "any pair"
    method = f"Wilson score interval over units, {alike} of {estimate.n_units} with agreement of {which}"
    return replace(estimate, low=low, high=high, method=method)
