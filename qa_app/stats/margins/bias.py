"""Mean differences of raters, each with Student's interval, for all raters at once."""

from dataclasses import replace

import numpy as np
from scipy.special import stdtr, stdtrit

from qa_app.estimate import Estimate, Measured
from qa_app.stats.margins.result import Counts
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats

ROUNDING = 1e-12
"""Standard errors below this share of the mean are rounding: the values are equal."""


def mean_differences(
    differences: Floats, *, n_values: Counts, n_raters: int, what: str, confidence: float = 0.95
) -> tuple[Measured, ...]:
    """The mean of each column with its standard error, Student's interval, and the two-sided p of a mean of 0.

    Undefined for a column with fewer than two values. Where all values of a column are equal they do not show how they
    vary: then there is neither interval nor p.

    Args:
        differences: shape (units, raters); nan where there is none.
        n_values: ratings that went into each column, shape (raters,).
        n_raters: raters that went into each column.
        what: what is averaged, for the method.
        confidence: of the intervals.
    """
    given = ~np.isnan(differences)
    n = np.count_nonzero(given, axis=0)
    enough = np.maximum(n, 2)
    mean = np.where(given, differences, 0.0).sum(axis=0) / np.maximum(n, 1)
    squares = (np.where(given, differences - mean, 0.0) ** 2).sum(axis=0)
    se = np.sqrt(squares / (enough - 1) / enough)
    # Equal values whose mean is rounded, as six of 0.8, vary by the rounding alone.
    se[se <= ROUNDING * np.abs(mean)] = 0.0
    margin = stdtrit(enough - 1, (1 + confidence) / 2) * se
    t = np.divide(np.abs(mean), se, out=np.full(se.shape, np.nan), where=se > 0)
    p = 2 * stdtr(enough - 1, -t)
    columns = zip(n.tolist(), n_values.tolist(), mean.tolist(), se.tolist(), margin.tolist(), p.tolist(), strict=True)
    plain = Estimate(0.0, None, None, n_units=0, n_raters=n_raters, method=what, confidence=confidence)
    return tuple(_fill(plain, *column) for column in columns)


def _fill(plain: Estimate, n: int, n_values: int, mean: float, se: float, margin: float, p: float) -> Measured:
    if n < 2:
        return undefined("one-unit" if n else "no-pairs", n_units=n, n_raters=plain.n_raters, n_values=n_values)
    counted = replace(plain, value=mean, n_units=n, n_values=n_values, se=se)
    if se == 0:
        return replace(counted, method=f"{plain.method}; no interval: all {n} are equal")
    how = f"{plain.method}; Student's t, {n - 1} degrees of freedom"
    return replace(counted, low=mean - margin, high=mean + margin, p=p, method=how)
