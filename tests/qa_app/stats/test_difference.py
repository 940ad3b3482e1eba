import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.difference import difference

LATER, EARLIER = [88.0, 91.5, 79.0, 95.0], [72.0, 80.0, 85.5]


def test_without_probabilities_it_is_welchs_interval() -> None:
    measured = difference(LATER, EARLIER)
    theirs = ttest_ind(LATER, EARLIER, equal_var=False)  # SciPy 1.17
    interval = theirs.confidence_interval()
    assert isinstance(measured, Estimate)
    assert (measured.value, measured.low, measured.high) == pytest.approx(
        (353.5 / 4 - 237.5 / 3, interval.low, interval.high)
    )
    assert (measured.n_units, measured.n_values, measured.confidence) == (7, 7, 0.95)
    assert measured.method == f"Welch, {theirs.df:.1f} degrees of freedom, 4 against 3"


def test_other_confidence_widens_the_interval() -> None:
    measured = difference(LATER, EARLIER, confidence=0.99)
    interval = ttest_ind(LATER, EARLIER, equal_var=False).confidence_interval(0.99)
    assert isinstance(measured, Estimate)
    assert (measured.low, measured.high, measured.confidence) == pytest.approx((interval.low, interval.high, 0.99))


def test_values_weigh_by_the_inverse_of_their_probability() -> None:
    measured = difference([60, 100], [50, 50, 80], probabilities=([0.5, 0.25], [1.0, 1.0, 0.5]))
    assert isinstance(measured, Estimate)
    # (60 * 2 + 100 * 4) / 6 less (50 + 50 + 80 * 2) / 4
    assert measured.value == pytest.approx(520 / 6 - 260 / 4)
    # Variances 2 * ((2/6 * -26.667)**2 + (4/6 * 13.333)**2) = 316.05 and 1.5 * (2 * (1/4 * 15)**2 + (2/4 * 15)**2)
    # = 126.56; freedom 442.61**2 / (316.05**2 / 1 + 126.56**2 / 2) = 1.817; t at 0.975 is 4.7466 by scipy.stats.t.ppf.
    assert measured.high is not None
    assert measured.high - measured.value == pytest.approx(4.7466 * 442.612**0.5, rel=1e-3)


@given(
    st.lists(st.floats(0, 100), min_size=2, max_size=9),
    st.lists(st.floats(0, 100), min_size=2, max_size=9),
    st.floats(0.01, 1),
)
def test_equal_probabilities_change_nothing(later: list[float], earlier: list[float], share: float) -> None:
    plain = difference(later, earlier)
    weighted = difference(later, earlier, probabilities=([share] * len(later), [share] * len(earlier)))
    assert isinstance(plain, Estimate)
    assert isinstance(weighted, Estimate)
    assert weighted.value == pytest.approx(plain.value, abs=1e-9)
    if plain.low is not None and plain.low < plain.value - 1e-6:
        assert (weighted.low, weighted.high) == pytest.approx((plain.low, plain.high), rel=1e-6)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.lists(st.floats(0, 100), min_size=1, max_size=9))
def test_difference_turns_its_sign_with_its_groups(later: list[float], earlier: list[float]) -> None:
    there, back = difference(later, earlier), difference(earlier, later)
    assert isinstance(there, Estimate)
    assert isinstance(back, Estimate)
    assert back.value == pytest.approx(-there.value, abs=1e-9)
    if there.low is not None and there.high is not None and back.low is not None and back.high is not None:
        assert (back.low, back.high) == pytest.approx((-there.high, -there.low), abs=1e-6)


@pytest.mark.parametrize(("later", "earlier"), [([], [80.0]), ([80.0], []), ([], [])])
def test_empty_group_leaves_the_difference_undefined(later: list[float], earlier: list[float]) -> None:
    measured = difference(later, earlier)
    assert isinstance(measured, Undefined)
    assert measured.reason == "no-values"


@pytest.mark.parametrize(
    ("later", "earlier"),
    [([90.0], [80.0, 70.0]), ([90.0, 90.0], [80.0, 80.0]), ([100.0, 100.0, 100.0], [40.0, 60.0, 80.0])],
)
def test_values_that_do_not_show_how_they_vary_have_no_interval(later: list[float], earlier: list[float]) -> None:
    measured = difference(later, earlier)
    assert isinstance(measured, Estimate)
    assert (measured.low, measured.high) == (None, None)
    assert measured.method == "no interval: too few values, or all equal, to show how they vary"


def test_spread_too_small_to_square_still_has_its_interval() -> None:
    measured = difference([0.0, 3e-143], [0.0, 3e-143])
    assert isinstance(measured, Estimate)
    assert measured.method == "Welch, 2.0 degrees of freedom, 2 against 2"


@pytest.mark.parametrize("shares", [([0.5], [1.0]), ([0.0, 1.0], [1.0]), ([0.5, 1.5], [1.0])])
def test_probabilities_that_do_not_fit_are_refused(shares: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="one probability"):
        difference([80.0, 90.0], [70.0], probabilities=shares)
