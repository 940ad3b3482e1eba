"""Measures as functions of sums over units: resampling units is then one matrix product.

A resample that draws unit i c_i times has the sums C @ features with C of shape (resamples, units). So 2,000 resamples
cost one product and a vectorised finish, and leaving each unit out costs one subtraction.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qa_app.stats.metric.icc import Form
from qa_app.stats.metric.squares import ROUNDING, find_floor
from qa_app.stats.metric.tables import Floats, check_table


@dataclass(frozen=True, slots=True, eq=False)
class UnitSums:
    """Some measures of one complete table."""

    names: tuple[str, ...]
    features: Floats
    """Shape (units, features); the first feature is 1."""
    finish: Callable[[Floats], Floats]
    """From sums of shape (resamples, features) to values of shape (resamples, names), nan where undefined."""

    def resample(self, counts: Floats) -> Floats:
        """Values, shape (resamples, names), when each unit is drawn as often as `counts` (resamples, units) says."""
        return self.finish(counts @ self.features)

    def leave_out(self) -> Floats:
        """Values without each unit in turn, shape (units, names)."""
        return self.finish(self.features.sum(axis=0) - self.features)

    def jackknife(self) -> Floats:
        """Standard error of each measure (Efron & Tibshirani 1993, eq. 11.5); nan where a value is undefined."""
        left = self.leave_out()
        n = left.shape[0]
        return np.asarray(np.sqrt((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0)), dtype=np.float64)


def sum_iccs(values: Floats) -> UnitSums:
    """The six intraclass correlations of a complete table, named as `Form` has them."""
    centred = _centre(values)
    totals = centred.sum(axis=1)
    within = _settle(
        ((centred - totals[:, None] / centred.shape[1]) ** 2).sum(axis=1), centred.shape[1] * find_floor(values)
    )
    features = np.column_stack([np.ones_like(totals), centred, totals**2, within])

    def finish(sums: Floats) -> Floats:
        return _finish_iccs(sums, values.shape[1])

    return UnitSums(tuple(form.value for form in Form), features, finish)


def _finish_iccs(sums: Floats, k: int) -> Floats:
    n, of_raters, squares, within = sums[:, 0], sums[:, 1:-2], sums[:, -2], sums[:, -1]
    grand = of_raters.sum(axis=1)
    rater = _clear((of_raters**2).sum(axis=1) / n - grand**2 / (n * k), within)
    residual = _clear(within - rater, within) / ((n - 1) * (k - 1))
    unit = _clear((squares - grand**2 / n) / k, squares / k) / (n - 1)
    rater, within = rater / (k - 1), within / (n * (k - 1))
    columns = []
    for form in Form:
        error = within if form in {Form.ONE, Form.ONE_AVERAGE} else residual
        agreement = form in {Form.AGREEMENT, Form.AGREEMENT_AVERAGE}
        shift = (rater - error) / n if agreement else np.zeros_like(error)
        total = unit + (shift if form.averages else (k - 1) * error + k * shift)
        exists = total > ROUNDING * (unit + error + np.abs(shift))
        columns.append(np.divide(unit - error, total, out=np.full(total.shape, np.nan), where=exists))
    return np.column_stack(columns)


def sum_one_way(values: Floats) -> UnitSums:
    """ICC(1) and ICC(k) of a table with holes (Ebel 1951, as `icc_missing`), named as `Form` has them.

    Every unit has a value; a unit with a single one tells of units and not of error.
    """
    check_table(values)
    given = ~np.isnan(values)
    per_unit = given.sum(axis=1).astype(np.float64)
    centred = np.where(given, values - np.nanmean(values), 0.0)
    totals = centred.sum(axis=1)
    within = (np.where(given, centred - (totals / per_unit)[:, None], 0.0) ** 2).sum(axis=1)
    within = _settle(within, per_unit * find_floor(values))
    features = np.column_stack([np.ones_like(totals), per_unit, per_unit**2, totals, totals**2 / per_unit, within])
    return UnitSums((Form.ONE.value, Form.ONE_AVERAGE.value), features, _finish_one_way)


def _finish_one_way(sums: Floats) -> Floats:
    n, n_values, squares, grand, between, within = sums.T
    per_unit = (n_values - squares / n_values) / (n - 1)
    unit = _clear(between - grand**2 / n_values, between) / (n - 1)
    df_error = n_values - n
    error = np.divide(within, df_error, out=np.full(n.shape, np.nan), where=df_error > 0)
    columns = []
    for total in (unit + (per_unit - 1) * error, unit):
        exists = total > ROUNDING * (unit + error)
        columns.append(np.divide(unit - error, total, out=np.full(n.shape, np.nan), where=exists))
    return np.column_stack(columns)


def sum_pair(values: Floats) -> UnitSums:
    """Lin's concordance correlation (population moments), Pearson's r, and the bias of two raters."""
    if values.shape[1] != 2:
        raise ValueError(f"this compares two raters, not {values.shape[1]}")
    centred = _centre(values)
    first, second = centred.T
    features = np.column_stack([np.ones_like(first), first, second, first**2, second**2, first * second])

    def finish(sums: Floats) -> Floats:
        means = sums / sums[:, :1]
        square1 = _clear(means[:, 3] - means[:, 1] ** 2, means[:, 3])
        square2 = _clear(means[:, 4] - means[:, 2] ** 2, means[:, 4])
        cross = means[:, 5] - means[:, 1] * means[:, 2]
        location = means[:, 1] - means[:, 2]
        varies = (square1 > 0.0) & (square2 > 0.0)
        blank = np.full(cross.shape, np.nan)
        ccc = np.divide(2 * cross, square1 + square2 + location**2, out=blank.copy(), where=varies)
        return np.column_stack([ccc, np.divide(cross, np.sqrt(square1 * square2), out=blank, where=varies), location])

    return UnitSums(("lin_ccc", "pearson_r", "bias"), features, finish)


def sum_overall_ccc(values: Floats) -> UnitSums:
    """The overall concordance correlation of a complete table."""
    centred = _centre(values)
    totals = centred.sum(axis=1)
    features = np.column_stack([np.ones_like(totals), centred, totals**2, (centred**2).sum(axis=1)])
    k = values.shape[1]

    def finish(sums: Floats) -> Floats:
        n, of_raters, of_totals, squares = sums[:, 0], sums[:, 1:-2], sums[:, -2], sums[:, -1]
        grand = of_raters.sum(axis=1)
        variances = _clear(squares - (of_raters**2).sum(axis=1) / n, squares)
        covariances = of_totals - grand**2 / n - variances  # twice the sum over pairs
        means = of_raters / n[:, None]
        apart = k * ((means - means.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        weight = (k - 1) * variances / (n - 1) + apart
        value = np.full(n.shape, np.nan)
        np.divide(covariances / (n - 1), weight, out=value, where=variances > 0.0)
        return value[:, None]

    return UnitSums(("overall_ccc",), features, finish)


def _centre(values: Floats) -> Floats:
    check_table(values)
    if np.isnan(values).any():
        raise ValueError("the table has holes; leave those units out first")
    centred: Floats = values - values.mean()
    return centred


def _clear(difference: Floats, scale: Floats) -> Floats:
    cleared: Floats = np.where(difference <= ROUNDING * scale, 0.0, difference)
    return cleared


def _settle(squares: Floats, floor: Floats | float) -> Floats:
    settled: Floats = np.where(squares > floor, squares, 0.0)
    return settled
