"""Do three raters or more use the scale alike? Cochran's Q for two values, Friedman's test for ordered ones."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc
from scipy.stats import rankdata

from qa_app.stats.margins.result import MarginTest, TestResult
from qa_app.stats.reasons import undefined
from qa_app.stats.resampling import Floats


def cochran_q(values: NDArray[np.float64]) -> TestResult:
    """Cochran's Q: do raters give the higher of two values equally often (Cochran 1950, Biometrika 37:256)?

    (k - 1)(k sum of G_j^2 - T^2) / (k T - sum of L_i^2), chi-square with k - 1 df; it equals Friedman's statistic.

    Args:
        values: shape (units, raters); units with a hole (nan) are left out.

    Raises:
        ValueError: more than two different values.
    """
    complete = values[~np.isnan(values).any(axis=1)]
    if np.unique(complete).size > 2:
        raise ValueError("Cochran's Q takes two values")
    higher = complete == complete.max(initial=-np.inf)
    per_rater, per_unit = higher.sum(axis=0), higher.sum(axis=1)
    k, total = values.shape[1], int(higher.sum())
    spread = (k - 1) * (k * int((per_rater**2).sum()) - total**2)
    return _judge(complete, spread, k * total - int((per_unit**2).sum()), "Cochran's Q")


def friedman(values: NDArray[np.float64]) -> TestResult:
    """Friedman's test with correction for ties (Friedman 1937, J. Am. Stat. Assoc. 32:675; ties: Conover 1999, 5.8).

    (k - 1) times the squared deviations of the raters' rank sums, over the squared deviations of all ranks; chi-square
    with k - 1 df.

    Args:
        values: shape (units, raters); units with a hole (nan) are left out.
    """
    complete = values[~np.isnan(values).any(axis=1)]
    k = values.shape[1]
    deviations = rankdata(complete, axis=1) - (k + 1) / 2 if complete.size else complete
    spread = (k - 1) * float((deviations.sum(axis=0) ** 2).sum())
    return _judge(complete, spread, float((deviations**2).sum()), "Friedman's test, corrected for ties")


def _judge(complete: Floats, spread: float, within: float, method: str) -> TestResult:
    n_units, k = complete.shape
    reason = "one-rater" if k < 2 else "no-complete-unit" if n_units == 0 else "no-differences" if within == 0 else None
    if reason:
        return undefined(reason, n_units=n_units, n_raters=k, n_values=complete.size)
    statistic = spread / within
    return MarginTest(
        statistic,
        k - 1,
        float(chdtrc(k - 1, statistic)),
        f"{method}; {n_units} units with a value of every rater",
        n_units=n_units,
        n_raters=k,
        n_discordant=int(np.count_nonzero(np.ptp(complete, axis=1))),
    )
