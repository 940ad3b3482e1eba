"""The change of a mean between two groups of reviews, with Welch's interval."""

from collections.abc import Sequence

import numpy as np
import scipy

from qa_app.estimate import Estimate, Measured
from qa_app.stats.reasons import undefined


def difference(
    later: Sequence[float],
    earlier: Sequence[float],
    *,
    probabilities: tuple[Sequence[float], Sequence[float]] | None = None,
    confidence: float = 0.95,
) -> Measured:
    """Mean of `later` less mean of `earlier`, each weighted by 1/probability where probabilities are given.

    Interval: Welch 1947, Biometrika 34:28, with the linearised variances of `mean` (Särndal, Swensson & Wretman 1992,
    section 5.7) in the place of s**2 / n. Undefined where a group is empty; without an interval where a group has one
    value only or equal ones, as with `mean`: three equal scores are not known exactly.

    Raises:
        ValueError: probabilities that do not fit the values.
    """
    n_values = len(later) + len(earlier)
    if not later or not earlier:
        return undefined("no-values", n_units=0, n_raters=0, n_values=n_values)
    shares = probabilities or ([1.0] * len(later), [1.0] * len(earlier))
    (mean_later, var_later), (mean_earlier, var_earlier) = (
        summarise(values, share) for values, share in zip((later, earlier), shares, strict=True)
    )
    value = mean_later - mean_earlier
    low, high, method = None, None, "no interval: too few values, or all equal, to show how they vary"
    variance = var_later + var_earlier
    if vary(later) and vary(earlier) and variance > 0:
        shares_of_variance = var_later / variance, var_earlier / variance  # squares of variances can underflow
        freedom = 1.0 / sum(s**2 / (n - 1) for s, n in zip(shares_of_variance, (len(later), len(earlier)), strict=True))
        margin = float(scipy.stats.t.ppf((1 + confidence) / 2, freedom)) * variance**0.5
        low, high = value - margin, value + margin
        method = f"Welch, {freedom:.1f} degrees of freedom, {len(later)} against {len(earlier)}"
    return Estimate(value, low, high, n_values, 0, method, confidence=confidence, n_values=n_values)


def vary(values: Sequence[float]) -> bool:
    """Whether values show how they vary: two at least that differ."""
    return len(values) > 1 and min(values) < max(values)


def summarise(values: Sequence[float], shares: Sequence[float]) -> tuple[float, float]:
    """The mean weighted by 1/probability and its variance; the variance of a single value is 0 and must not be used.

    Raises:
        ValueError: probabilities that do not fit the values.
    """
    y, p = np.asarray(values, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    if p.shape != y.shape or not np.all((p > 0) & (p <= 1)):
        raise ValueError("there must be one probability in (0, 1] per value")
    weights = 1.0 / p
    mean = float((weights * y).sum() / weights.sum())
    terms = weights * (y - mean) / weights.sum()
    n = y.size
    return mean, n / max(n - 1, 1) * float((terms**2).sum())
