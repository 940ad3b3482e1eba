"""Each rater against a reference: confusions, hits and false alarms on critical values, and bias."""

from dataclasses import dataclass

import numpy as np

from qa_app.estimate import Estimate, Measured
from qa_app.stats.margins.bias import mean_differences
from qa_app.stats.margins.result import Counts
from qa_app.stats.pair_tables import count_pairs
from qa_app.stats.proportion import proportion, wilson_limits
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.reasons import undefined


@dataclass(frozen=True, slots=True, eq=False)
class AgainstReference:
    """One rater against the reference, on units with values of both."""

    rater: str
    categories: tuple[float, ...]
    confusion: Counts
    """Shape (categories, categories): rows the reference, columns the rater."""
    accuracy: Measured
    """Share of equal values, Wilson's interval."""
    hit_rate: Measured
    """Share of the units critical by the reference that the rater called critical too (sensitivity)."""
    false_alarm_rate: Measured
    """Share of the other units that the rater called critical (1 - specificity)."""
    positive_agreement: Measured
    """2a / (2a + b + c): agreement on "critical" that does not grow with the uncritical units."""
    negative_agreement: Measured
    """2d / (2d + b + c): the same on "not critical"."""
    bias: Measured | None
    """Mean of rater less reference, in the units of the scale; None on a nominal scale, where it has no meaning."""


def compare_with_reference(
    table: RatingsTable, *, reference: str, critical: frozenset[float], confidence: float = 0.95
) -> tuple[AgainstReference, ...]:
    """Each rater but the reference, in the order of the table.

    Hit and false-alarm rates carry Wilson's intervals. Positive and negative agreement: Cicchetti & Feinstein 1990, J.
    Clin. Epidemiol. 43:551; the standard error is that of Graham & Bull 1998, J. Clin. Epidemiol. 51:763. Given the
    number of units that anyone called critical, a is binomial with share J = a / (a + b + c); the interval is Wilson's
    of J, carried over by 2J / (1 + J), which never leaves [0, 1] and exists where a, b or c is 0.

    Args:
        table: ratings of the raters and of the reference.
        reference: rater id of the reference.
        critical: the values that count as critical.
        confidence: of the intervals.

    Raises:
        ValueError: a reference that is not in the table, or a critical value outside of its categories.
    """
    if reference not in table.rater_ids:
        raise ValueError(f"the reference {reference!r} is no rater of the table")
    tensor = count_pairs(table.codes, table.scale.size).astype(np.int64)
    categories = tuple(table.scale.tolist())
    if not critical <= set(categories):
        raise ValueError(f"critical values {sorted(critical)} outside of the categories {categories}")
    place = table.rater_ids.index(reference)
    others = [column for column in range(len(table.rater_ids)) if column != place]
    marked = np.isin(categories, sorted(critical))
    own = table.values[:, others] - table.values[:, [place]]
    biases: tuple[Measured | None, ...] = (None,) * len(others)
    if table.level is not Level.NOMINAL:
        n_values = 2 * np.count_nonzero(~np.isnan(own), axis=0)
        what = "mean of rater less reference"
        biases = mean_differences(own, n_values=n_values, n_raters=2, what=what, confidence=confidence)
    return tuple(
        _against(table.rater_ids[column], tensor[place, column], categories, marked, bias, confidence)
        for column, bias in zip(others, biases, strict=True)
    )


def positive_agreement(both: int, one: int, *, confidence: float = 0.95) -> Measured:
    """Agreement on a value: `both` units that both gave it, `one` units that only one of the two gave it.

    Undefined where nobody gave it; see `compare_with_reference` for the interval.
    """
    n = both + one
    if n == 0:
        return undefined("value-never-given", n_units=0, n_raters=2, n_values=0)
    low, high = (2 * limit / (1 + limit) for limit in wilson_limits(both, n, confidence=confidence))
    weight = 2 * both + one
    return Estimate(
        2 * both / weight,
        low,
        high,
        n_units=n,
        n_raters=2,
        method="share of specific agreement; Wilson score interval of the units on which anyone gave the value",
        confidence=confidence,
        n_values=2 * n,
        se=2 * (both * one * n) ** 0.5 / weight**2,
    )


def _against(
    rater: str,
    confusion: Counts,
    categories: tuple[float, ...],
    marked: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    bias: Measured | None,
    confidence: float,
) -> AgainstReference:
    hits, misses = int(confusion[np.ix_(marked, marked)].sum()), int(confusion[np.ix_(marked, ~marked)].sum())
    alarms, quiet = int(confusion[np.ix_(~marked, marked)].sum()), int(confusion[np.ix_(~marked, ~marked)].sum())
    return AgainstReference(
        rater,
        categories,
        confusion,
        accuracy=_share(int(np.trace(confusion)), int(confusion.sum()), "no-pairs", confidence),
        hit_rate=_share(hits, hits + misses, "none-critical", confidence),
        false_alarm_rate=_share(alarms, alarms + quiet, "all-critical", confidence),
        positive_agreement=positive_agreement(hits, misses + alarms, confidence=confidence),
        negative_agreement=positive_agreement(quiet, misses + alarms, confidence=confidence),
        bias=bias,
    )


def _share(successes: int, trials: int, reason: str, confidence: float) -> Measured:
    if trials == 0:
        return undefined(reason, n_units=0, n_raters=2, n_values=0)
    return proportion(successes, trials, n_raters=2, confidence=confidence)
