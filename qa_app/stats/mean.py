"""Means of scores with Student's interval; reviews from unequal samples count by the inverse of their probability.

Estimator: Hájek 1971; Särndal, Swensson & Wretman 1992, section 5.7. Variance by Taylor linearisation as if drawn with
replacement (the same book, sections 5.5 and 2.9): n / (n - 1) times the sum of ((y - mean) w / sum of w)**2, which is
s**2 / n for equal weights. Limits by Student's t with n - 1 degrees of freedom.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import scipy

from qa_app.estimate import Estimate, Measured
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats


def mean(
    values: Sequence[float],
    *,
    probabilities: Sequence[float] | None = None,
    finite: bool = False,
    bounds: tuple[float, float] | None = None,
    n_raters: int = 0,
    confidence: float = 0.95,
) -> Measured:
    """The mean with its interval. Raises ValueError where probabilities do not fit, or where `finite` has none.

    Args:
        values: one number per review.
        probabilities: of inclusion, in (0, 1]; each value weighs 1/probability.
        finite: whether only the tickets that could be drawn matter: then each term of the variance carries the finite
            population correction (1 - probability), and a complete review has no margin.
        bounds: smallest and largest possible mean; limits are cut there.
        n_raters: how many people graded, where known.
        confidence: of the interval.
    """
    if not values:
        return undefined("no-values", n_units=0, n_raters=n_raters, n_values=0)
    y = np.asarray(values, dtype=np.float64)
    p = _check(probabilities, y.size, finite=finite)
    correction = 1.0 - p if finite else np.ones_like(p)
    value = float(np.average(y, weights=1.0 / p))
    low, high, how = _limits(y, 1.0 / p, value, correction=correction, confidence=confidence)
    if low is not None and high is not None and bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    kind = "weighted by 1/probability" if np.ptp(p) > 0 else "unweighted"
    return Estimate(
        value,
        low,
        high,
        n_units=y.size,
        n_raters=n_raters,
        method=f"mean of {y.size}, {kind}; {how}",
        confidence=confidence,
        n_values=y.size,
    )


def mean_rows(rows: Iterable[Floats], *, n_raters: int, bounds: tuple[float, float] | None = None) -> list[Measured]:
    """The mean of each row over the units that have a number; nan is none."""
    return [mean(row[~np.isnan(row)].tolist(), bounds=bounds, n_raters=n_raters) for row in rows]


def _check(probabilities: Sequence[float] | None, n_values: int, *, finite: bool) -> Floats:
    if probabilities is None:
        if finite:
            raise ValueError("the finite population correction needs the inclusion probabilities")
        return np.ones(n_values)
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape != (n_values,) or not np.all((p > 0) & (p <= 1)):
        raise ValueError("there must be one probability in (0, 1] per value")
    return p


def _limits(
    y: Floats, weights: Floats, value: float, *, correction: Floats, confidence: float
) -> tuple[float | None, float | None, str]:
    n = y.size
    if not np.any(correction):
        return value, value, "no margin, because every ticket was reviewed"
    if n == 1:
        return None, None, "no interval: one value does not show how values vary"
    if np.ptp(y) == 0:
        return None, None, f"no interval: all {n} values are equal and do not show how values vary"
    terms = weights * (y - value) / weights.sum()
    variance = n / (n - 1) * float((correction * terms**2).sum())
    margin = float(scipy.stats.t.ppf((1 + confidence) / 2, n - 1)) * variance**0.5
    corrected = ", finite population correction" if np.any(correction < 1) else ""
    return value - margin, value + margin, f"Student's t, {n - 1} degrees of freedom{corrected}"
