"""Intraclass correlations of tables with holes, by the analysis of variance."""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

import numpy as np

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.metric.cells import count_cells
from qa_app.stats.metric.distributions import f_tail, f_upper
from qa_app.stats.metric.icc import Form, from_components
from qa_app.stats.metric.replicated import estimate_random
from qa_app.stats.metric.results import IncompleteIcc, Significance
from qa_app.stats.metric.squares import ROUNDING, clear, find_floor
from qa_app.stats.metric.tables import Floats, check_table, refuse

Method = Literal["ipsation_brueckl_heuer", "anova_henderson"]
"""`ipsation_brueckl_heuer`: rater effects are taken off the values, then Ebel's one-way formulas hold (Brueckl 2011,
pp. 96-99, as the R package irrNA). `anova_henderson`: components by equating sums of squares with their expectations
(Henderson 1953, method 1); values only."""

RaterMean = Literal["grand_mean", "rated_units"]
"""What a rater's mean is compared with: the mean of all values, or the mean of the units that this rater valued, which
takes several rounds (Brueckl 2011, eq. 4.30; irrNA's oneG)."""

_STOP = 1e-6
"""Rounds end when the rater effect still found explains no more than this share of the total sum of squares: one
ten-thousandth of Cohen's small effect (eta squared 1 %)."""
_MOST_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares with the counts that holes leave."""

    n_units: int
    n_raters: int
    n_values: int
    k0: float
    unit: float
    error: float
    df_error: float
    rater: float

    @property
    def df_unit(self) -> int:
        return self.n_units - 1


def icc_missing(
    values: Floats,
    form: Form,
    *,
    method: Method = "ipsation_brueckl_heuer",
    rater_mean: RaterMean = "grand_mean",
    r0: float = 0.0,
    confidence: float = 0.95,
) -> IncompleteIcc | Undefined:
    """One intraclass correlation from every value there is; units and raters without any value are left out.

    By its definition the two-way forms are not 1 where raters agree completely and cells are missing, which is why the
    registry does not offer them for such tables.

    Equal to `icc` on a complete table, except for the interval of ICC(A,k), which irrNA takes from degrees of freedom
    at the estimate for the mean of raters.

    Args:
        values: shape (units, raters), nan for holes.
        form: which of the six.
        method: how raters are told from units.
        rater_mean: for the ipsation only.
        r0: the value under the null hypothesis, in [0, 1).
        confidence: of the interval, in (0, 1).

    Raises:
        ValueError: r0 or confidence out of range, or not a table.
    """
    check_table(values)
    if not 0.0 <= r0 < 1.0 or not 0.0 < confidence < 1.0:
        raise ValueError(f"r0 {r0} or confidence {confidence} is out of range")
    given = ~np.isnan(values)
    kept = values[given.any(axis=1)][:, given.any(axis=0)]
    reason = _refuse_sparse(kept)
    if reason is not None:
        return refuse(values, reason)
    if method == "anova_henderson":
        return _by_components(kept, form, confidence)
    squares = _one_way(kept) if form in {Form.ONE, Form.ONE_AVERAGE} else _two_way(kept, rater_mean)
    result = _from_squares(squares, form, r0=r0, confidence=confidence)
    return refuse(kept, result) if isinstance(result, str) else result


def _refuse_sparse(kept: Floats) -> str | None:
    per_unit = np.count_nonzero(~np.isnan(kept), axis=1)
    if kept.size == 0:
        return "no-values"
    if kept.shape[1] < 2:
        return "one-rater"
    if kept.shape[0] < 2:
        return "one-unit"
    return None if int(per_unit.max()) > 1 else "no-pairs"


def _one_way(kept: Floats) -> _Squares:
    """Ebel 1951, eqs. 7 to 12: between and within units, with k_0 in the place of the number of raters."""
    per_unit = np.count_nonzero(~np.isnan(kept), axis=1)
    total, n_units = int(per_unit.sum()), kept.shape[0]
    means = np.nanmean(kept, axis=1)
    grand = float(np.nanmean(kept))
    within = float(np.nansum((kept - means[:, None]) ** 2))
    between = float(per_unit @ (means - grand) ** 2)
    floor = total * find_floor(kept)
    return _Squares(
        n_units=n_units,
        n_raters=kept.shape[1],
        n_values=total,
        k0=_mean_ratings(per_unit.astype(np.float64)),
        unit=between / (n_units - 1) if between > floor else 0.0,
        error=within / (total - n_units) if within > floor else 0.0,
        df_error=total - n_units,
        rater=0.0,
    )


def _mean_ratings(per_unit: Floats) -> float:
    """Ebel's k_0 (1951; Snedecor & Cochran 1989, p. 245), close to the harmonic mean of the values per unit."""
    total = per_unit.sum()
    return float((total - per_unit @ per_unit / total) / (per_unit.size - 1))


def _two_way(kept: Floats, rater_mean: RaterMean) -> _Squares:
    """Take the rater effects off, then as one way with the residual's degrees of freedom (n - 1)(mean k - 1)."""
    per_rater = np.count_nonzero(~np.isnan(kept), axis=0).astype(np.float64)
    grand = float(np.nanmean(kept))
    centred = kept - grand
    total_square = float(np.nansum(centred**2))
    corrected, references = _ipsate(centred, per_rater, total_square, rater_mean)
    one_way = _one_way(corrected + grand)
    raters = float(per_rater @ ((np.nanmean(centred, axis=0) + grand) ** 2 - (references + grand) ** 2))
    df_error = (one_way.n_units - 1) * (one_way.n_values / one_way.n_units - 1)
    # The corrected values keep the grand mean only where every rater valued as many units; irrNA takes the deviation
    # of the unit means from the mean of all values as they were given.
    means = np.nanmean(corrected, axis=1)
    per_unit = np.count_nonzero(~np.isnan(corrected), axis=1)
    unit = max(0.0, float(per_unit @ ((means + grand) ** 2 - grand**2))) / (one_way.n_units - 1)
    return _Squares(
        n_units=one_way.n_units,
        n_raters=one_way.n_raters,
        n_values=one_way.n_values,
        k0=one_way.k0,
        unit=unit if one_way.unit > 0.0 else 0.0,
        error=one_way.error * one_way.df_error / df_error,
        df_error=df_error,
        rater=raters / (one_way.n_raters - 1),
    )


def _ipsate(
    centred: Floats, per_rater: Floats, total_square: float, rater_mean: RaterMean
) -> tuple[Floats, Floats | float]:
    """Values without rater effects, and the means that raters were compared with in the round that counted last."""
    holes = np.isnan(centred)

    def reference(values: Floats) -> Floats | float:
        if rater_mean == "grand_mean":
            return 0.0
        means = np.where(holes, 0.0, np.nanmean(values, axis=1)[:, None])
        found: Floats = means.sum(axis=0) / per_rater
        return found

    references = reference(centred)
    effects = references - np.nanmean(centred, axis=0)
    corrected = centred + effects
    for _ in range(_MOST_ROUNDS):
        if float(per_rater @ effects**2) <= _STOP * total_square:
            break
        following = reference(corrected)
        effects = following - np.nanmean(corrected, axis=0)
        if float(per_rater @ effects**2) <= _STOP * total_square:
            break
        references, corrected = following, corrected + effects
    return corrected, references


def _from_squares(squares: _Squares, form: Form, *, r0: float, confidence: float) -> IncompleteIcc | str:
    agreement = form in {Form.AGREEMENT, Form.AGREEMENT_AVERAGE}
    if squares.df_error <= 0.0:
        return "too-few-units"
    if squares.unit == 0.0 and squares.error == 0.0 and (squares.rater <= 0.0 or not agreement):
        return "no-variation"
    rater = (squares.rater - squares.error) / squares.n_units if agreement else 0.0
    total = squares.unit + (rater if form.averages else (squares.k0 - 1) * squares.error + squares.k0 * rater)
    if total <= ROUNDING * (squares.unit + squares.error + abs(rater)):
        return "no-unit-variation" if squares.unit == 0.0 else "no-total-variance"
    value = (squares.unit - squares.error) / total
    test = _test(squares, 1.0 if form.averages else squares.k0, r0, agreement=agreement)
    tail = (1 - confidence) / 2
    limits = _limit_agreement(squares, value, tail, form) if agreement else _limit_ratio(squares, tail, form)
    low, high = limits if limits is not None else (None, None)
    how = "Ebel 1951" if form in {Form.ONE, Form.ONE_AVERAGE} else "ipsation, Brueckl 2011"
    estimate = Estimate(
        value,
        low,
        high,
        n_units=squares.n_units,
        n_raters=squares.n_raters,
        n_values=squares.n_values,
        method=f"{form.value} with holes, {how}, "
        + ("F for normal values" if limits else "no interval: there is no error variance"),
        confidence=confidence,
        p=test.p,
    )
    return IncompleteIcc(estimate, test, squares.k0)


def _mix(squares: _Squares, rho: float, raters: float) -> tuple[float, float]:
    """McGraw & Wong 1996, table 8, with k_0 raters: what the units are compared with, and its degrees of freedom."""
    odds = raters * rho / (squares.n_units * (1 - rho))
    rater, error = odds * squares.rater, (1 + odds * (squares.n_units - 1)) * squares.error
    spread = rater**2 / (squares.n_raters - 1) + error**2 / squares.df_error
    mixed = clear(rater + error, abs(rater) + abs(error))
    return mixed, mixed**2 / spread if spread > 0.0 else squares.df_error


def _test(squares: _Squares, raters: float, r0: float, *, agreement: bool) -> Significance:
    if agreement:
        mixed, df = _mix(squares, r0, raters)
    else:
        mixed, df = squares.error * (1 + (raters - 1) * r0) / (1 - r0), squares.df_error
    statistic = squares.unit / mixed if mixed > 0.0 else inf
    return Significance("F", statistic, (squares.df_unit, df), f_tail(statistic, squares.df_unit, df))


def _limit_ratio(squares: _Squares, tail: float, form: Form) -> tuple[float, float] | None:
    if squares.error == 0.0 or squares.unit == 0.0:
        return None
    ratio = squares.unit / squares.error
    low = ratio / f_upper(tail, squares.df_unit, squares.df_error)
    high = ratio * f_upper(tail, squares.df_error, squares.df_unit)
    if form.averages:
        return 1 - 1 / low, 1 - 1 / high
    return (low - 1) / (low + squares.k0 - 1), (high - 1) / (high + squares.k0 - 1)


def _limit_agreement(squares: _Squares, value: float, tail: float, form: Form) -> tuple[float, float] | None:
    if value >= 1.0:
        return None
    n, k0 = squares.n_units, squares.k0
    df = _mix(squares, value, k0)[1]
    if df == 0.0:
        return None
    upper_f, lower_f = f_upper(tail, squares.df_unit, df), f_upper(tail, df, squares.df_unit)
    if not isfinite(upper_f) or not isfinite(lower_f):
        return None
    rest = squares.rater - squares.error
    if not form.averages:
        rest = k0 * squares.rater + (k0 * n - k0 - n) * squares.error
    low = n * (squares.unit / upper_f - squares.error) / (rest + n * squares.unit / upper_f)  # as `icc`: no overflow
    high = n * (lower_f * squares.unit - squares.error) / (rest + n * lower_f * squares.unit)
    return low, high


def _by_components(kept: Floats, form: Form, confidence: float) -> IncompleteIcc | Undefined:
    squares = _one_way(kept)
    if form in {Form.ONE, Form.ONE_AVERAGE}:
        unit, rater, residual = (squares.unit - squares.error) / squares.k0, 0.0, squares.error
    else:
        units = np.arange(kept.shape[0])
        cells = count_cells(kept, units)
        found = None if cells.n_values <= sum(kept.shape) - 1 else estimate_random(cells)
        if found is None:
            return refuse(kept, "too-few-units")
        unit, rater, residual = found
    value = from_components(unit, rater, residual, form, squares.k0)
    if value is None:
        return refuse(kept, "no-variation" if squares.unit == squares.error == 0.0 else "no-total-variance")
    estimate = Estimate(
        value,
        None,
        None,
        n_units=squares.n_units,
        n_raters=squares.n_raters,
        n_values=squares.n_values,
        method=f"{form.value} with holes, components by Henderson 1953, no interval: resample the units",
        confidence=confidence,
    )
    return IncompleteIcc(estimate, None, squares.k0)
