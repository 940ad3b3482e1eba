"""Each rater against the rest of the raters, on the same units."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from qa_app.estimate import Estimate, Measured
from qa_app.stats.margins.bias import mean_differences
from qa_app.stats.margins.multiplicity import Control, adjust
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Floats


@dataclass(frozen=True, slots=True)
class AgainstRest:
    """One rater against the others."""

    rater: str
    agreement: Measured
    """Mean over units of the share of the other raters who gave the same value."""
    bias: Measured | None
    """Mean of the rater's value less the mean of the others; None on a nominal scale."""
    adjusted: float | None
    """The bias's p value, adjusted over the raters; None where there is none."""


def compare_with_rest(
    table: RatingsTable, *, control: Control = "holm", confidence: float = 0.95
) -> tuple[AgainstRest, ...]:
    """Each rater in the order of the table, on the units that another rater gave a value too.

    Units are the sample: the intervals are Student's over units, those of shares cut at 0 and 1, and say nothing
    about other raters.
    """
    given = ~np.isnan(table.values)
    others = given.sum(axis=1, keepdims=True) - given
    usable = given & (others > 0)
    n_values = np.where(usable, others + 1, 0).sum(axis=0)
    n_raters = int(np.count_nonzero(given.any(axis=0)))
    measure = partial(mean_differences, n_values=n_values, n_raters=n_raters, confidence=confidence)
    shares = np.where(usable, _equal(table) / np.maximum(others, 1), np.nan)
    measured = measure(shares, what="mean share of the others who agree")
    agreement = (_bound(share) if isinstance(share, Estimate) else share for share in measured)
    biases: tuple[Measured | None, ...] = (None,) * len(table.rater_ids)
    if table.level is not Level.NOMINAL:
        filled = np.where(given, table.values, 0.0)
        rest = (filled.sum(axis=1, keepdims=True) - filled) / np.maximum(others, 1)
        gaps = np.where(usable, table.values - rest, np.nan)
        biases = measure(gaps, what="mean of rater less the others")
    found = [bias.p if isinstance(bias, Estimate) and bias.p is not None else np.nan for bias in biases]
    adjusted = adjust(found, control)
    return tuple(
        AgainstRest(rater, share, bias, None if np.isnan(p) else float(p))
        for rater, share, bias, p in zip(table.rater_ids, agreement, biases, adjusted, strict=True)
    )


def _bound(share: Estimate) -> Estimate:
    """Limits within 0 and 1, beyond which there is no share; and no test, as one of a share of 0 would say nothing."""
    if share.low is None or share.high is None:
        return replace(share, p=None)
    return replace(share, low=max(0.0, share.low), high=min(1.0, share.high), p=None)


def _equal(table: RatingsTable) -> Floats:
    """How many other raters gave the same value, shape (units, raters); of no meaning where there is no value."""
    n_units, width = len(table.codes), table.scale.size + 1
    cells = table.codes + width * np.arange(n_units)[:, None]
    same: Floats = np.bincount(cells.ravel(), minlength=n_units * width)[cells] - 1.0
    return same
