"""From tables to counts: ratings by unit and rater, contingency tables of two raters, raters by unit and category."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.weights import Floats
from qa_app.stats.ratings import Codes, RatingsTable

CategoriesFrom = Literal["declared", "declared_ranked", "observed", "observed_ranked"]
"""declared: the whole scale, used or not. observed: values that occur. ranked: weights count steps, not differences."""

Missing = Literal["available", "listwise", "none"]
"""available: every rating is used. listwise: units with a hole are dropped. none: a hole is an error."""

_CELLS_AT_ONCE = 2**15


def count(
    table: RatingsTable, *, categories_from: CategoriesFrom = "declared", missing: Missing = "available"
) -> Counts:
    """The sufficient statistics of a table.

    Raises:
        ValueError: there is a hole though `missing` is "none".
    """
    scale, codes = table.scale, table.codes
    if missing != "available":
        complete = (codes < scale.size).all(axis=1)
        if missing == "none" and not complete.all():
            raise ValueError("the table has holes")
        codes = codes[complete]
    if categories_from in {"observed", "observed_ranked"}:
        scale, codes = _keep_observed(scale, codes)
    if categories_from in {"declared_ranked", "observed_ranked"}:
        scale = np.arange(1.0, scale.size + 1)
    return Counts(scale, _by_category(codes, scale.size), codes)


def count_contingency(cells: Sequence[Sequence[float]] | Floats, scale: Sequence[float] = ()) -> Counts:
    """Two raters: rows the first rater's categories, columns the second's; the scale is 1, 2, ... unless given.

    Raises:
        ValueError: the table is not square, does not fit the scale, or has a cell that is no whole number from 0 up.
    """
    table = _check_counts(cells)
    values = _make_scale(scale, table.shape[1])
    if table.shape[0] != table.shape[1]:
        raise ValueError(f"a contingency table is square, not {table.shape}")
    first, second = np.nonzero(table)
    codes = np.column_stack([first, second])
    return Counts(values, _by_category(codes, values.size), codes, table[first, second])


def count_by_category(counts: Sequence[Sequence[float]] | Floats, scale: Sequence[float] = ()) -> Counts:
    """Units in rows, categories in columns: how many raters chose it; the scale is 1, 2, ... unless given.

    Raises:
        ValueError: the counts do not fit the scale, or one is no whole number from 0 up.
    """
    table = _check_counts(counts)
    return Counts(_make_scale(scale, table.shape[1]), table)


def merge(first: Counts, second: Counts) -> Counts:
    """Counts of two batches of units, by the same raters on the same scale, as if counted at once.

    Raises:
        ValueError: scales or raters differ.
    """
    if not np.array_equal(first.scale, second.scale):
        raise ValueError("batches must share their scale")
    codes = None
    if first.codes is not None and second.codes is not None:
        if first.codes.shape[1] != second.codes.shape[1]:
            raise ValueError("batches must share their raters")
        codes = np.concatenate([first.codes, second.codes])
    repeats = None
    if first.repeats is not None or second.repeats is not None:
        repeats = np.concatenate([_repeats(first), _repeats(second)])
    return Counts(first.scale, np.concatenate([first.per_unit, second.per_unit]), codes, repeats)


def collapse(counts: Counts) -> Counts:
    """The same with equal rows counted once: what a running total of many batches keeps."""
    rows: NDArray[np.float64] | Codes = counts.per_unit if counts.codes is None else counts.codes
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    repeats = np.bincount(place.ravel(), weights=_repeats(counts), minlength=first.size).astype(np.float64)
    codes = None if counts.codes is None else counts.codes[first]
    return Counts(counts.scale, counts.per_unit[first], codes, repeats)


def _repeats(counts: Counts) -> Floats:
    return np.ones(len(counts.per_unit)) if counts.repeats is None else counts.repeats


def _by_category(codes: Codes, n_values: int) -> Floats:
    """Block by block, so that what lies between codes and counts stays in the processor's cache."""
    (n_units, n_raters), width = codes.shape, n_values + 1
    counts = np.empty((n_units, n_values))
    step = max(1, _CELLS_AT_ONCE // max(1, n_raters))
    firsts = width * np.arange(min(step, n_units))[:, None]
    for start in range(0, n_units, step):
        block = codes[start : start + step]
        cells = block + firsts[: len(block)]
        found = np.bincount(cells.ravel(), minlength=len(block) * width)
        counts[start : start + step] = found.reshape(-1, width)[:, :-1]
    return counts


def _keep_observed(scale: Floats, codes: Codes) -> tuple[Floats, Codes]:
    used = np.bincount(codes.ravel(), minlength=scale.size + 1)[:-1] > 0
    places = np.append(np.cumsum(used) - 1, np.count_nonzero(used))
    return scale[used], places.astype(codes.dtype)[codes]


def _check_counts(counts: Sequence[Sequence[float]] | Floats) -> Floats:
    table = np.array(counts, dtype=np.float64)
    if table.ndim != 2 or not (table >= 0).all() or not (table == np.rint(table)).all():
        raise ValueError("counts are whole numbers from 0 up, in rows and columns")
    return table


def _make_scale(scale: Sequence[float], n_values: int) -> Floats:
    values = np.array(scale, dtype=np.float64) if scale else np.arange(1.0, n_values + 1)
    if values.size != n_values:
        raise ValueError(f"the scale has {values.size} values, the counts {n_values}")
    return values
