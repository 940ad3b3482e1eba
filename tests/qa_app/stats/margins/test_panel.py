import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from qa_app.estimate import Undefined
from qa_app.stats.margins.panel import cochran_q, friedman
from qa_app.stats.margins.result import MarginTest
from qa_app.stats.margins.symmetry import mcnemar
from qa_app.stats.margins.tables import tabulate

Binary = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SHROUT_FLEISS = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
"""Shrout & Fleiss 1979, Psychol. Bull. 86:420, table 2."""

TASTE = ((1, 1, 1), (1, 1, 0), (1, 0, 0), (1, 1, 0), (1, 0, 0), (0, 0, 0))


def panels() -> st.SearchStrategy[Binary]:
    return arrays.arrays(
        np.float64, st.tuples(st.integers(1, 8), st.integers(2, 4)), elements=st.sampled_from([0.0, 1.0])
    )


def test_friedman_with_ties() -> None:
    # R 4.2.2, friedman.test
    result = friedman(np.array(SHROUT_FLEISS, dtype=float))
    assert isinstance(result, MarginTest)
    assert (result.statistic, result.df, result.n_raters) == pytest.approx((15.6101694915254, 3, 4), rel=1e-12)
    assert result.p == pytest.approx(0.00136293991715359, rel=1e-10)


def test_cochrans_q_by_hand() -> None:
    # Column sums 5, 3, 1, T = 9, row sums 3, 2, 1, 2, 1, 0: 2 (3 x 35 - 81) / (3 x 9 - 19) = 48 / 8.
    result = cochran_q(np.array(TASTE, dtype=float))
    assert isinstance(result, MarginTest)
    assert (result.statistic, result.df, result.n_units, result.n_discordant) == pytest.approx((6.0, 2, 6, 4))
    assert result.p == pytest.approx(np.exp(-3))  # chi-square with 2 df


def test_units_with_a_hole_are_left_out() -> None:
    holed = np.vstack([np.array(TASTE, dtype=float), [np.nan, 1.0, 0.0]])
    assert cochran_q(holed) == cochran_q(np.array(TASTE, dtype=float))
    assert friedman(holed) == friedman(np.array(TASTE, dtype=float))


@given(panels())
def test_cochrans_q_is_friedmans_statistic_on_two_values(values: Binary) -> None:
    q, ranks = cochran_q(values), friedman(values)
    if isinstance(q, Undefined):
        assert q == ranks
        return
    assert isinstance(ranks, MarginTest)
    assert q.statistic == pytest.approx(ranks.statistic)


@given(panels().filter(lambda values: values.shape[1] == 2))
def test_with_two_raters_it_is_mcnemars_test(values: Binary) -> None:
    plain = mcnemar(tabulate(values[:, 0], values[:, 1], (0.0, 1.0))).one()
    q = cochran_q(values)
    assert isinstance(q, MarginTest) == isinstance(plain, MarginTest)
    if isinstance(q, MarginTest) and isinstance(plain, MarginTest):
        assert q.statistic == pytest.approx(plain.statistic)


@given(panels())
def test_which_of_the_two_values_is_higher_does_not_matter(values: Binary) -> None:
    assert cochran_q(1 - values) == cochran_q(values)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([[1.0, 1.0], [0.0, 0.0]], "no-differences"),
        ([[1.0, np.nan], [np.nan, 0.0]], "no-complete-unit"),
        ([[1.0], [0.0]], "one-rater"),
    ],
)
def test_what_cannot_be_tested_says_why(values: list[list[float]], reason: str) -> None:
    for test in (cochran_q, friedman):
        result = test(np.array(values))
        assert isinstance(result, Undefined)
        assert result.reason == reason


def test_cochrans_q_takes_two_values() -> None:
    with pytest.raises(ValueError, match="two values"):
        cochran_q(np.array(SHROUT_FLEISS, dtype=float))
