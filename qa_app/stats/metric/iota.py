"""Agreement of raters on several variables at once (Janson & Olsson 2001)."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.metric.tables import Floats, check_table, refuse_small
from qa_app.stats.reasons import undefined

Scale = Literal["quantitative", "nominal"]


def iota(tables: Sequence[Floats], scale: Scale, *, standardize: bool = False) -> Estimate | Undefined:
    """1 less the mean squared distance of two raters on a unit over that of two raters on any two units.

    One nominal variable: Conger's kappa. Units with a hole in any variable are left out.

    Args:
        tables: one array of shape (units, raters) for each variable, all alike.
        scale: whether distance is squared difference, or 1 for each variable that differs.
        standardize: divide each quantitative variable by its standard deviation over all values first, so that none
            counts more for its unit of measurement.

    Raises:
        ValueError: no table, tables of different shapes, or standardized nominal variables.
    """
    if not tables or len({table.shape for table in tables}) > 1:
        raise ValueError("iota needs tables of one shape")
    if standardize and scale == "nominal":
        raise ValueError("nominal variables have no standard deviation")
    for table in tables:
        check_table(table)
    whole = ~np.isnan(np.hstack(tables)).any(axis=1)
    kept = [np.asarray(table[whole], dtype=np.float64) for table in tables]
    small = refuse_small(kept[0])
    if small is not None:
        return small
    n, k = kept[0].shape
    observed = expected = 0.0
    for table in kept:
        apart, by_chance = _count_apart(table) if scale == "nominal" else _square_apart(table)
        # A constant variable tells nothing apart, and has no standard deviation to divide by.
        weight = 1 / float(table.var()) if standardize and by_chance > 0.0 else 1.0
        observed, expected = observed + weight * apart, expected + weight * by_chance
    counts = {"n_units": n, "n_raters": k, "n_values": n * k * len(kept)}
    if expected == 0.0:
        return undefined("no-variation", **counts)
    how = "nominal" if scale == "nominal" else "quantitative, standardized" if standardize else "quantitative"
    return Estimate(
        1 - observed / expected,
        None,
        None,
        **counts,
        method=f"Janson & Olsson 2001, {how}, no interval: resample the units",
        observed=observed,
        chance=expected,
    )


def _square_apart(table: Floats) -> tuple[float, float]:
    """Mean squared difference of two raters on one unit, and on any two units."""
    n, k = table.shape
    if np.ptp(table) == 0.0:
        return 0.0, 0.0
    centred = table - table.mean()
    of_units, of_raters = centred.mean(axis=1, keepdims=True), centred.mean(axis=0)
    within = 2 * float(((centred - of_units) ** 2).sum()) / (n * (k - 1))
    inside = float(((centred - of_raters) ** 2).sum()) / (n * k)
    between = 2 * float((of_raters**2).sum()) / (k - 1)
    # Mean over pairs of raters of (variance + variance + squared difference of means); the means sum to 0.
    return within, 2 * inside + between


def _count_apart(table: Floats) -> tuple[float, float]:
    """Share of pairs of raters who differ on one unit, and on any two units by the raters' distributions."""
    n, k = table.shape
    categories, codes = np.unique(table, return_inverse=True)
    codes = codes.reshape(n, k)
    q = categories.size
    of_units = np.bincount((codes + q * np.arange(n)[:, None]).ravel(), minlength=n * q).reshape(n, q)
    of_raters = np.bincount((codes + q * np.arange(k)).ravel(), minlength=k * q).reshape(k, q)
    pairs = k * (k - 1)
    apart = n * k * k - int((of_units**2).sum())
    alike = int((of_raters.sum(axis=0) ** 2).sum()) - int((of_raters**2).sum())
    return apart / (n * pairs), 1 - alike / (n * n * pairs)
