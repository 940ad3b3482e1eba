"""Tails and quantiles straight from the incomplete beta and gamma functions: exact in both tails, and fast."""

from functools import lru_cache
from math import inf, sqrt

from scipy import special


def f_tail(value: float, df1: float, df2: float) -> float:
    """P(F > value) for F with df1 and df2 degrees of freedom; df1 may be infinite."""
    if value == inf:
        return 0.0
    if df1 == inf:
        return float(special.chdtr(df2, df2 / value)) if value > 0 else 1.0
    return float(special.betainc(df2 / 2, df1 / 2, df2 / (df2 + df1 * value)))


@lru_cache(maxsize=256)
def f_upper(tail: float, df1: float, df2: float) -> float:
    """The value that F with df1 and df2 degrees of freedom exceeds with probability `tail`.

    Kept for a while: the form for one rater and that for their mean ask for the same.
    """
    rest = float(special.betaincinv(df2 / 2, df1 / 2, tail))
    if rest == 0.0:
        return inf
    # 1 - rest has lost digits where rest is close to 1; there its complement is computed by itself.
    share = 1.0 - rest if rest < 0.5 else float(special.betainccinv(df1 / 2, df2 / 2, tail))
    return df2 * share / (df1 * rest)


def t_upper(tail: float, df: float) -> float:
    """The value that Student's t exceeds with probability `tail` < 1/2."""
    return sqrt(f_upper(2 * tail, 1.0, df))


def t_two_sided(value: float, df: float) -> float:
    """P(|t| > |value|)."""
    return f_tail(value * value, 1.0, df)


def normal_upper(tail: float) -> float:
    """The value that a standard normal variable exceeds with probability `tail`."""
    return -float(special.ndtri(tail))


def normal_two_sided(value: float) -> float:
    """P(|z| > |value|)."""
    return 2 * float(special.ndtr(-abs(value)))


def chi_square_tail(value: float, df: float) -> float:
    """P(chi-square > value)."""
    return float(special.chdtrc(df, value))


def chi_square_upper(tail: float, df: float) -> float:
    """The value that chi-square exceeds with probability `tail`."""
    return float(special.chdtri(df, tail))
