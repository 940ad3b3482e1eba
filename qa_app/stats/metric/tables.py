"""What the measures of numbers take: arrays of shape (units, raters), nan where no value was given."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa_app.estimate import Undefined
from qa_app.stats.reasons import undefined

Floats = NDArray[np.float64]

Missing = Literal["none", "listwise"]
"""`none`: the table must be complete. `listwise`: units with any hole are left out."""


def take_complete(values: Floats, missing: Missing) -> Floats:
    """The units with a value from every rater.

    Raises:
        ValueError: not a table, an infinite value, or a hole where none is allowed.
    """
    if values.ndim == 2 and np.isfinite(values.sum()):
        return values  # one pass in the common case: a hole or an infinite value would have spoilt the sum
    check_table(values)
    holes = np.isnan(values).any(axis=1)
    if not holes.any():
        return values
    if missing == "none":
        raise ValueError("the table has holes; say how to treat them")
    kept: Floats = values[~holes]
    return kept


def check_table(values: Floats) -> None:
    """Refuse what is not a table of numbers.

    Raises:
        ValueError: the array has not two dimensions, or an infinite value.
    """
    if values.ndim != 2:
        raise ValueError(f"values must have the shape (units, raters), not {values.shape}")
    if np.isinf(values).any():
        raise ValueError("values must be finite")


def refuse_small(values: Floats, least_units: int = 2) -> Undefined | None:
    """Why a complete table is too small to compare anything, or None."""
    n_units, n_raters = values.shape
    reason = None
    if values.size == 0:
        reason = "no-values"
    elif n_raters < 2:
        reason = "one-rater"
    elif n_units < 2:
        reason = "one-unit"
    elif n_units < least_units:
        reason = "too-few-units"
    return None if reason is None else refuse(values, reason)


def refuse(values: Floats, reason: str) -> Undefined:
    """An Undefined with the counts of this table."""
    n_values = int(np.count_nonzero(~np.isnan(values)))
    return undefined(reason, n_units=values.shape[0], n_raters=values.shape[1], n_values=n_values)


def take_pair(values: Floats, missing: Missing) -> Floats:
    """The complete units of a table of exactly two raters.

    Raises:
        ValueError: another number of raters, or as `take_complete`.
    """
    kept = take_complete(values, missing)
    if kept.shape[1] != 2:
        raise ValueError(f"this compares two raters, not {kept.shape[1]}")
    return kept
