"""Whether scores move over time: a straight line through single reviews, with the interval of its slope."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from qa_app.estimate import Estimate, Measured
from qa_app.stats.reasons import undefined
from qa_app.stats.standing.scores import score_table

_LEAST = 3


def slope(
    times: Sequence[float],
    scores: Sequence[float],
    *,
    probabilities: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Measured:
    """Change of the scores per unit of time, by least squares on the reviews and not on means of stretches.

    Interval: Student's t with two degrees of freedom less than reviews (Draper & Smith 1998, section 1.4). With unequal
    probabilities of inclusion, reviews count as in `score_table`. Undefined below three reviews or on one day only;
    without an interval where the reviews lie on a line.

    Raises:
        ValueError: columns that do not fit together.
    """
    if len(times) != len(scores):
        raise ValueError("times and scores must be equally many")
    n = len(scores)
    if n < _LEAST or len(set(times)) == 1:
        return undefined("too-few-moments", n_units=n, n_raters=0, n_values=n)
    table = score_table(["agent"] * n, ["reviewer"] * n, scores, probabilities=probabilities)
    weights, y, x = table.weights, table.scores, np.asarray(times, dtype=np.float64)
    x = x - np.average(x, weights=weights)
    y = y - np.average(y, weights=weights)
    across = float(weights @ x**2)
    value = float(weights @ (x * y)) / across
    df = float(weights.sum()) - 2
    squares = float(weights @ (y - value * x) ** 2)
    if df <= 0 or squares <= 1e-12 * float(weights @ y**2):
        words = "slope of a line; no interval: the reviews do not show how they vary around it"
        return Estimate(value, None, None, n, 0, words, confidence, n)
    se = (squares / df / across) ** 0.5
    margin = float(stdtrit(df, (1 + confidence) / 2)) * se
    words = f"slope of a line through {n} reviews; Student's t, {df:.4g} degrees of freedom"
    return Estimate(value, value - margin, value + margin, n, 0, words, confidence, n, se=se)
