"""Finn's coefficient and Robinson's A: two other readings of the mean squares."""

from math import inf
from typing import Literal

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.metric.distributions import chi_square_upper, f_tail, f_upper
from qa_app.stats.metric.results import EstimateAndTest, Significance
from qa_app.stats.metric.squares import mean_squares
from qa_app.stats.metric.tables import Floats, Missing

FinnDf = Literal["residual", "within"]
"""Degrees of freedom of the two-way test. `residual`: (n - 1)(k - 1), which that mean square has. `within`: n(k - 1),
as irr takes them for both models."""


def finn(
    values: Floats,
    n_levels: int,
    *,
    model: Literal["oneway", "twoway"] = "oneway",
    test_df: FinnDf = "residual",
    confidence: float = 0.95,
    missing: Missing = "none",
) -> EstimateAndTest | Undefined:
    """How far raters differ less than if all steps of the scale were equally likely (Finn 1970).

    Args:
        values: shape (units, raters).
        n_levels: steps of the declared scale, neighbours 1 apart; at least 2.
        model: whether differences between raters' means count as disagreement (oneway) or not (twoway).
        test_df: degrees of freedom of the two-way test and interval.
        confidence: of the interval, in (0, 1).
        missing: what to do with holes.

    Raises:
        ValueError: fewer than two levels, or as `take_complete`.
    """
    if n_levels < 2:
        raise ValueError(f"a scale has two steps or more, not {n_levels}")
    squares = mean_squares(values, missing)
    if isinstance(squares, Undefined):
        return squares
    one_way = model == "oneway"
    error = squares.within if one_way else squares.residual
    df = squares.df_within if one_way or test_df == "within" else squares.df_residual
    by_chance = (n_levels**2 - 1) / 12
    statistic = by_chance / error if error > 0.0 else inf
    test = Significance("F", statistic, (inf, df), f_tail(statistic, inf, df))
    share, tail = error / by_chance, (1 - confidence) / 2
    estimate = Estimate(
        1 - share,
        1 - df * share / chi_square_upper(1 - tail, df) if error > 0.0 else None,
        1 - df * share / chi_square_upper(tail, df) if error > 0.0 else None,
        n_units=squares.n_units,
        n_raters=squares.n_raters,
        n_values=squares.n_values,
        method=f"Finn 1970, {model}, " + ("chi-square" if error > 0.0 else "no interval: there is no error variance"),
        confidence=confidence,
        p=test.p,
    )
    return EstimateAndTest(estimate, test)


def robinson_a(values: Floats, *, confidence: float = 0.95, missing: Missing = "none") -> EstimateAndTest | Undefined:
    """Units' share of the sum of squares that is not the raters' (Robinson 1957): F / (F + k - 1).

    It lies in [0, 1] and is 1/k, not 0, where raters agree no better than chance. Arguments and errors as `icc`.
    """
    squares = mean_squares(values, missing)
    if isinstance(squares, Undefined):
        return squares
    k, df = squares.n_raters, (squares.df_unit, squares.df_residual)
    total = squares.unit + (k - 1) * squares.residual
    if total == 0.0:
        return squares.refuse("no-variation" if squares.rater == 0.0 else "no-unit-variation")
    low = high = None
    ratio = inf
    if squares.residual > 0.0:
        ratio, tail = squares.unit / squares.residual, (1 - confidence) / 2
        low, high = ratio / f_upper(tail, *df), ratio * f_upper(tail, df[1], df[0])
        low, high = low / (low + k - 1), high / (high + k - 1)
    test = Significance("F", ratio, df, f_tail(ratio, *df))
    estimate = Estimate(
        squares.unit / total,
        low,
        high,
        n_units=squares.n_units,
        n_raters=k,
        n_values=squares.n_values,
        method="Robinson 1957, " + ("exact F" if low is not None else "no interval: there is no error variance"),
        confidence=confidence,
        p=test.p,
    )
    return EstimateAndTest(estimate, test)
