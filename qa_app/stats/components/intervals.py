"""Intervals and covariance of variance components."""

from dataclasses import replace

import numpy as np
from scipy.special import chdtri, gammaincinv, ndtri

from qa_app.estimate import Estimate
from qa_app.stats.components.likelihood import Likelihood, Point, average_information
from qa_app.stats.components.table import Floats


def likelihood_covariance(likelihood: Likelihood, point: Point) -> Floats:
    """Inverse average information of the components and the residual, nan for components at zero.

    Gilmour, Thompson & Cullis 1995, Biometrics 51:1440: the mean of observed and expected information, both of which
    it equals on balanced tables. The criterion's curvature in (log residual variance, log relative variances) is turned
    into that of the variances; shape (effects + 1, effects + 1), residual last.
    """
    free = np.flatnonzero(point.variances > 0)
    # With s the log residual variance and r^2 = df * residual at the optimum, the criterion df s + r^2(g) exp(-s) + ...
    # has curvature df in s, and the slope of r^2 by log g_e is -g_e |Z_e'H^-1(y-b)|^2.
    mixed = (point.variances * point.scores[:, 0])[free] / point.residual
    full = np.empty((free.size + 1, free.size + 1))
    full[-1, -1] = point.degrees
    full[-1, :-1] = full[:-1, -1] = mixed
    # The profiled curvature is the Schur complement of the full one.
    full[:-1, :-1] = average_information(likelihood, point) + np.outer(mixed, mixed) / point.degrees
    by_log = 2 * np.linalg.inv(full)
    slopes = np.zeros((free.size + 1, free.size + 1))
    values = point.variances[free] * point.residual
    slopes[:-1, :-1] = np.diag(values)
    slopes[:-1, -1] = values
    slopes[-1, -1] = point.residual
    out = np.full((len(point.variances) + 1,) * 2, np.nan)
    places = [*free.tolist(), len(point.variances)]
    out[np.ix_(places, places)] = slopes @ by_log @ slopes.T
    return out


def component_estimate(value: float, variance: float, *, n_levels: int, n_values: int, confidence: float) -> Estimate:
    """A component with Satterthwaite's interval: 2 value^2 / variance degrees of freedom of a scaled chi-square.

    Satterthwaite 1946, Biometrics Bull. 2:110. Without a variance, or for a value that is not positive, no interval.
    """
    blank = Estimate(value, None, None, n_levels, 0, "", confidence, n_values)
    if not np.isfinite(variance):
        words = "no interval: the estimate lies at zero" if value == 0 else "no interval: this method has none"
        return replace(blank, method=words)
    se = float(np.sqrt(variance))
    if value <= 0:
        return replace(blank, method="no interval: the estimate is negative", se=se)
    df = 2 * value**2 / variance
    tail = (1 - confidence) / 2
    lowest, highest = 2 * float(gammaincinv(df / 2, tail)), float(chdtri(df, tail))
    if not np.isfinite(df * value / lowest if lowest > 0 else np.inf):
        return replace(blank, method="no interval: the estimate cannot be told from zero", se=se)
    low, high = df * value / highest, df * value / lowest
    words = f"Satterthwaite's chi-square interval, {df:.1f} degrees of freedom"
    return replace(blank, low=low, high=high, method=words, se=se)


def wald_estimate(value: float, variance: float, *, n_units: int, n_values: int, confidence: float) -> Estimate:
    """A value with its normal interval."""
    se = float(np.sqrt(variance))
    reach = -float(ndtri((1 - confidence) / 2)) * se
    return Estimate(
        value,
        value - reach,
        value + reach,
        n_units=n_units,
        n_raters=0,
        n_values=n_values,
        method="normal interval",
        confidence=confidence,
        se=se,
    )
