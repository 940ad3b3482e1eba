"""Intraclass correlations of complete tables (Shrout & Fleiss 1979; McGraw & Wong 1996)."""

from enum import StrEnum
from math import inf, isfinite
from typing import Literal

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.metric.distributions import f_tail, f_upper
from qa_app.stats.metric.results import EstimateAndTest, Significance
from qa_app.stats.metric.squares import ROUNDING, MeanSquares, clear, mean_squares
from qa_app.stats.metric.tables import Floats, Missing


class Form(StrEnum):
    """The six numbers behind McGraw & Wong's ten cases: cases 2 and 3 (raters random or fixed) share their formulas.

    Shrout & Fleiss write 1 for one-way, 2 for agreement and 3 for consistency.
    """

    ONE = "ICC(1)"
    ONE_AVERAGE = "ICC(k)"
    AGREEMENT = "ICC(A,1)"
    AGREEMENT_AVERAGE = "ICC(A,k)"
    CONSISTENCY = "ICC(C,1)"
    CONSISTENCY_AVERAGE = "ICC(C,k)"

    @property
    def averages(self) -> bool:
        """Whether the form speaks of the mean of all raters, not of one rater."""
        return self.value.endswith("k)")


SHROUT_FLEISS = {
    "ICC(1,1)": Form.ONE,
    "ICC(1,k)": Form.ONE_AVERAGE,
    "ICC(2,1)": Form.AGREEMENT,
    "ICC(2,k)": Form.AGREEMENT_AVERAGE,
    "ICC(3,1)": Form.CONSISTENCY,
    "ICC(3,k)": Form.CONSISTENCY_AVERAGE,
}
"""Shrout & Fleiss' names of the forms."""

TestDf = Literal["at_null", "at_estimate"]
"""Where the denominator degrees of freedom of the agreement test are taken (Satterthwaite): at the value under the null
hypothesis, as McGraw & Wong 1996 have it and psych and pingouin do, or at the estimate as irr does (which puts the
estimate for the mean of raters into the formula for one rater)."""


def select_form(
    model: Literal["oneway", "twoway"],
    agreement: Literal["agreement", "consistency"],
    unit: Literal["single", "average"],
) -> Form:
    """The form by its three properties; a one-way model has no raters to be consistent about and ignores the second."""
    average = unit == "average"
    if model == "oneway":
        return Form.ONE_AVERAGE if average else Form.ONE
    if agreement == "agreement":
        return Form.AGREEMENT_AVERAGE if average else Form.AGREEMENT
    return Form.CONSISTENCY_AVERAGE if average else Form.CONSISTENCY


def icc(
    values: Floats,
    form: Form,
    *,
    r0: float = 0.0,
    confidence: float = 0.95,
    missing: Missing = "none",
    test_df: TestDf = "at_null",
) -> EstimateAndTest | Undefined:
    """One intraclass correlation with its F interval and the F test of "no more than r0".

    Both take values as normal. Of grades on a short scale the interval holds the truth too seldom, at any size
    (docs/algorithms/agreement/coverage.md): the registry's measures show the bootstrap's.

    Args:
        values: shape (units, raters).
        form: which of the six.
        r0: the value under the null hypothesis, below 1.
        confidence: of the interval, in (0, 1).
        missing: what to do with holes.
        test_df: where the degrees of freedom of the agreement test are taken.

    Raises:
        ValueError: r0 or confidence out of range, or as `take_complete`.
    """
    _check_levels(r0, confidence)
    squares = mean_squares(values, missing)
    if isinstance(squares, Undefined):
        return squares
    result = from_squares(squares, form, r0=r0, confidence=confidence, test_df=test_df)
    return squares.refuse(result) if isinstance(result, str) else result


def all_iccs(
    values: Floats, *, confidence: float = 0.95, missing: Missing = "none"
) -> dict[Form, EstimateAndTest | Undefined] | Undefined:
    """All forms from one pass over the table, tested against 0. Arguments and errors as `icc`."""
    _check_levels(0.0, confidence)
    squares = mean_squares(values, missing)
    if isinstance(squares, Undefined):
        return squares
    results = {form: from_squares(squares, form, r0=0.0, confidence=confidence, test_df="at_null") for form in Form}
    return {form: squares.refuse(found) if isinstance(found, str) else found for form, found in results.items()}


def _check_levels(r0: float, confidence: float) -> None:
    if not r0 < 1.0:
        raise ValueError(f"r0 must be below 1, not {r0}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")


def from_squares(
    squares: MeanSquares, form: Form, *, r0: float, confidence: float, test_df: TestDf
) -> EstimateAndTest | str:
    """The result from mean squares, or the code of the reason why there is none."""
    value = compute_value(squares, form)
    if isinstance(value, str):
        return value
    if form in {Form.AGREEMENT, Form.AGREEMENT_AVERAGE}:
        test = _test_agreement(squares, form, value, r0=r0, test_df=test_df)
        limits = _limit_agreement(squares, (1 - confidence) / 2, averages=form.averages)
        how = "McGraw & Wong 1996, F for normal values with Satterthwaite's degrees of freedom"
        how += ", Spearman-Brown of the limits for one rater" if form.averages else ""
    else:
        test = _test_ratio(squares, form, r0)
        limits = _limit_ratio(squares, form, (1 - confidence) / 2)
        how = "Shrout & Fleiss 1979, F, exact for normal values"
    low, high = limits if limits is not None else (None, None)
    estimate = Estimate(
        value,
        low,
        high,
        n_units=squares.n_units,
        n_raters=squares.n_raters,
        n_values=squares.n_units * squares.n_raters,
        method=f"{form.value}, {how}"
        if limits is not None
        else f"{form.value}, no interval: there is no error variance",
        confidence=confidence,
        p=test.p,
    )
    return EstimateAndTest(estimate, test)


def compute_value(squares: MeanSquares, form: Form) -> float | str:
    """The value (McGraw & Wong 1996, table 4), or the code of the reason why there is none."""
    n, k = squares.n_units, squares.n_raters
    error = squares.within if form in {Form.ONE, Form.ONE_AVERAGE} else squares.residual
    rater = (squares.rater - error) / n if form in {Form.AGREEMENT, Form.AGREEMENT_AVERAGE} else 0.0
    if squares.unit == 0.0 and squares.within == 0.0:
        return "no-variation"
    total = squares.unit + (rater if form.averages else (k - 1) * error + k * rater)
    if total <= ROUNDING * (squares.unit + error + abs(rater)):
        return "no-unit-variation" if squares.unit == 0.0 else "no-total-variance"
    return (squares.unit - error) / total


def from_components(unit: float, rater: float, residual: float, form: Form, n_raters: float) -> float | None:
    """The value from variance components, however estimated (REML, ANOVA with holes); None without total variance.

    One-way forms count the rater component as error. `n_raters`: how many raters a mean is taken over.
    """
    consistent = form in {Form.CONSISTENCY, Form.CONSISTENCY_AVERAGE}
    error = residual if consistent else residual + rater
    total = unit + (error / n_raters if form.averages else error)
    return unit / total if total > 0.0 else None


def _error_of(squares: MeanSquares, form: Form) -> tuple[float, int]:
    if form in {Form.ONE, Form.ONE_AVERAGE}:
        return squares.within, squares.df_within
    return squares.residual, squares.df_residual


def _test_ratio(squares: MeanSquares, form: Form, r0: float) -> Significance:
    error, df_error = _error_of(squares, form)
    raters = 1 if form.averages else squares.n_raters
    under_null = error * (1 + (raters - 1) * r0) / (1 - r0)
    statistic = squares.unit / under_null if under_null > 0.0 else inf
    return Significance("F", statistic, (squares.df_unit, df_error), f_tail(statistic, squares.df_unit, df_error))


def _limit_ratio(squares: MeanSquares, form: Form, tail: float) -> tuple[float, float] | None:
    """McGraw & Wong 1996, table 7: both limits by the F ratio that they correspond to."""
    error, df_error = _error_of(squares, form)
    if error == 0.0:
        return None
    ratio = squares.unit / error
    low = ratio / f_upper(tail, squares.df_unit, df_error)
    high = ratio * f_upper(tail, df_error, squares.df_unit)
    if form.averages:
        return (1 - 1 / low, 1 - 1 / high) if low > 0.0 else None
    k = squares.n_raters
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _satterthwaite(squares: MeanSquares, rho: float, raters: int) -> tuple[float, float]:
    """What the mean square between units is compared with at an agreement of rho, and its degrees of freedom.

    McGraw & Wong 1996, table 8: a MS_rater + b MS_residual. `raters`: k for one rater, 1 for the mean of raters. Below
    rho = 0 the two can cancel, which leaves no degrees of freedom.
    """
    n = squares.n_units
    odds = raters * rho / (n * (1 - rho))
    rater, residual = odds * squares.rater, (1 + odds * (n - 1)) * squares.residual
    spread = rater**2 / (squares.n_raters - 1) + residual**2 / squares.df_residual
    mixed = clear(rater + residual, abs(rater) + abs(residual))
    return mixed, mixed**2 / spread if spread > 0.0 else float(squares.df_residual)


def _test_agreement(squares: MeanSquares, form: Form, value: float, *, r0: float, test_df: TestDf) -> Significance:
    mixed, df = _satterthwaite(squares, r0, 1 if form.averages else squares.n_raters)
    statistic = squares.unit / mixed if mixed > 0.0 else inf
    if test_df == "at_estimate":
        df = _satterthwaite(squares, value, squares.n_raters)[1] if value < 1.0 else float(squares.df_residual)
    return Significance("F", statistic, (squares.df_unit, df), f_tail(statistic, squares.df_unit, df))


def _limit_agreement(squares: MeanSquares, tail: float, *, averages: bool) -> tuple[float, float] | None:
    """McGraw & Wong 1996, table 7 with the erratum, for one rater; stepped up by Spearman-Brown for the mean."""
    value = compute_value(squares, Form.AGREEMENT)
    if isinstance(value, str) or value >= 1.0:
        return None
    n, k = squares.n_units, squares.n_raters
    df = _satterthwaite(squares, value, k)[1]
    if df == 0.0:
        return None
    rest = k * squares.rater + (k * n - k - n) * squares.residual
    upper_f, lower_f = f_upper(tail, squares.df_unit, df), f_upper(tail, df, squares.df_unit)
    if not isfinite(upper_f) or not isfinite(lower_f):
        return None
    # Over the quantile, which with next to no degrees of freedom is so large that products with it overflow.
    low = n * (squares.unit / upper_f - squares.residual) / (rest + n * squares.unit / upper_f)
    high = n * (lower_f * squares.unit - squares.residual) / (rest + n * lower_f * squares.unit)
    if not averages:
        return low, high
    return (step_up(low, k), step_up(high, k)) if 1 + (k - 1) * low > 0.0 else None


def step_up(value: float, times: float) -> float:
    """Reliability of the mean of `times` raters from that of one (Spearman 1910; Brown 1910)."""
    return times * value / (1 + (times - 1) * value)
