"""How far a mean score carries: what its error is worth, and how much of the differences is true.

The error of an agent's mean over n reviews has the variance s^2 / n, and with reviewers in the model that of their
severity s_r^2 times the sum of squares of their shares in the n reviews: another panel would have graded otherwise.
Smallest real difference: 1.96 sqrt(2) times the standard error of measurement (Beckerman, Roebroeck, Lankhorst, Becher,
Bezemer & Verbeek 2001, Qual. Life Res. 10:571; Weir 2005, J. Strength Cond. Res. 19:231, equation 10).
"""

import numpy as np
from scipy.special import ndtri

from qa_app.estimate import Estimate
from qa_app.stats.resampling import Floats
from qa_app.stats.standing.posterior import Posterior

_MIDDLE = 0.5


def error_factors(found: Posterior) -> Floats:
    """Variances of the errors of agents' means over s^2, shape (points, agents)."""
    sums = found.sums
    shares = np.sum((sums.cells / sums.per_agent[:, np.newaxis]) ** 2, axis=1)
    return np.asarray(1 / sums.per_agent + found.reviewer_ratios[:, np.newaxis] * shares)


def smallest_difference(found: Posterior, factor: Floats, *, n_reviews: int, confidence: float = 0.95) -> Estimate:
    """The smallest real difference of two means whose errors have this variance over s^2, shape (points,)."""
    reach = float(ndtri((1 + confidence) / 2)) * 2**0.5
    low, value, high = (reach * found.deviations(factor, _levels(confidence))).tolist()
    words = f"{reach:.2f} standard errors of measurement; median and limits over the variances"
    return _estimate(found, low, value, high, words=words, n_reviews=n_reviews, confidence=confidence)


def between(found: Posterior, *, confidence: float = 0.95) -> Estimate:
    """Standard deviation of the agents' true scores."""
    low, value, high = found.deviations(found.agent_ratios, _levels(confidence)).tolist()
    words = "standard deviation between agents: median and limits over the variances"
    return _estimate(found, low, value, high, words=words, confidence=confidence)


def reliability(found: Posterior, *, confidence: float = 0.95) -> Estimate:
    """Share of the variance of the agents' means that is between their true scores.

    Cronbach, Gleser, Nanda & Rajaratnam 1972: the generalizability coefficient for absolute decisions, averaged over
    the agents' numbers of reviews.
    """
    error = error_factors(found).mean(axis=1)
    low, value, high = found.shares(found.agent_ratios / (found.agent_ratios + error), _levels(confidence)).tolist()
    words = "true variance over the variance of means: median and limits over the variances"
    return _estimate(found, low, value, high, words=words, confidence=confidence)


def _levels(confidence: float) -> Floats:
    return np.array([(1 - confidence) / 2, _MIDDLE, (1 + confidence) / 2])


def _estimate(
    found: Posterior,
    low: float,
    value: float,
    high: float,
    *,
    words: str,
    confidence: float,
    n_reviews: int | None = None,
) -> Estimate:
    table = found.sums.table
    return Estimate(
        value,
        low,
        high,
        n_units=len(table.agents) if n_reviews is None else n_reviews,
        n_raters=len(table.reviewers),
        method=words,
        confidence=confidence,
        n_values=table.scores.size,
    )
