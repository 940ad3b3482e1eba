import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.mean import mean
from tests.qa_app.worked import read_worked

SCORES = [72.0, 88.5, 91.0, 64.0, 100.0, 79.0]


def test_without_probabilities_it_is_students_interval() -> None:
    measured = mean(SCORES, n_raters=2)
    assert isinstance(measured, Estimate)
    theirs = ttest_1samp(SCORES, 0).confidence_interval()  # SciPy 1.17
    assert (measured.value, measured.low, measured.high) == pytest.approx((494.5 / 6, theirs.low, theirs.high))
    assert (measured.n_units, measured.n_raters, measured.n_values) == (6, 2, 6)
    assert measured.method == "mean of 6, unweighted; Student's t, 5 degrees of freedom"


@pytest.mark.parametrize("row", read_worked("algorithms/agreement.md", "means"), ids=lambda row: row["correction"])
def test_weighted_mean_as_worked_in_the_documentation(row: dict[str, str]) -> None:
    finite = row["correction"] == "finite"
    measured = mean([60, 80, 100], probabilities=[0.5, 0.25, 0.25], finite=finite)
    assert isinstance(measured, Estimate)
    assert measured.low is not None
    assert measured.value == float(row["mean"])
    assert measured.value - measured.low == pytest.approx(4.302653 * float(row["variance"]) ** 0.5, abs=1e-4)
    assert measured.value - measured.low == pytest.approx(float(row["margin"]), abs=1e-4)
    assert "weighted by 1/probability" in measured.method
    assert ("finite population correction" in measured.method) == finite


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20), st.floats(0.01, 1))
def test_equal_probabilities_change_nothing(values: list[float], probability: float) -> None:
    plain, weighted = mean(values), mean(values, probabilities=[probability] * len(values))
    assert isinstance(plain, Estimate)
    assert isinstance(weighted, Estimate)
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.low == (None if plain.low is None else pytest.approx(plain.low, abs=1e-6))


def test_limits_are_cut_at_the_ends_of_the_range() -> None:
    measured = mean([100, 100, 40], bounds=(0, 100))
    assert isinstance(measured, Estimate)
    assert measured.high == 100.0
    assert measured.low is not None
    assert measured.low == 0.0


def test_one_value_has_a_mean_but_no_margin() -> None:
    measured = mean([80])
    assert isinstance(measured, Estimate)
    assert (measured.value, measured.low, measured.high) == (80.0, None, None)
    assert measured.method == "mean of 1, unweighted; no interval: one value does not show how values vary"


def test_equal_values_have_no_margin() -> None:
    measured = mean([80, 80, 80])
    assert isinstance(measured, Estimate)
    assert (measured.value, measured.low, measured.high) == (80.0, None, None)
    assert "all 3 values are equal" in measured.method


def test_a_complete_review_has_no_margin_to_state() -> None:
    measured = mean([60, 80], probabilities=[1, 1], finite=True)
    assert isinstance(measured, Estimate)
    assert (measured.value, measured.low, measured.high) == (70.0, 70.0, 70.0)
    assert measured.method.endswith("no margin, because every ticket was reviewed")


def test_no_values_have_no_mean() -> None:
    measured = mean([])
    assert isinstance(measured, Undefined)
    assert measured.reason == "no-values"


@pytest.mark.parametrize("probabilities", [[0.5], [0.5, 0.0], [0.5, 1.5], [0.5, float("nan")]])
def test_probabilities_that_cannot_be_are_refused(probabilities: list[float]) -> None:
    with pytest.raises(ValueError, match=r"one probability in \(0, 1\] per value"):
        mean([1, 2], probabilities=probabilities)


def test_a_finite_population_needs_probabilities() -> None:
    with pytest.raises(ValueError, match="needs the inclusion probabilities"):
        mean([1, 2], finite=True)


def test_weighted_intervals_hold_the_mean_of_the_tickets_about_as_often_as_they_say() -> None:
    # Two strata of 40 and 160 tickets with different scores, 10 drawn from each: weights 4 and 16.
    random = np.random.Generator(np.random.Philox(11))
    small, large = random.normal(60, 10, 40), random.normal(80, 10, 160)
    truth = float(np.concatenate([small, large]).mean())
    held = 0
    for _ in range(500):
        drawn = [*random.choice(small, 10, replace=False), *random.choice(large, 10, replace=False)]
        measured = mean(drawn, probabilities=[0.25] * 10 + [0.0625] * 10)
        assert isinstance(measured, Estimate)
        assert measured.low is not None
        assert measured.high is not None
        held += measured.low <= truth <= measured.high
    assert 0.92 <= held / 500 <= 1.0
