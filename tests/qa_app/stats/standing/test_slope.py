import pytest
from scipy.stats import linregress
from scipy.stats import t as student

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.standing.slope import slope

TIMES, SCORES = [0.0, 0.3, 1.1, 1.4, 2.0], [70.0, 74.0, 71.0, 80.0, 79.0]


def test_slope_is_that_of_scipy() -> None:
    found, theirs = slope(TIMES, SCORES), linregress(TIMES, SCORES)
    assert isinstance(found, Estimate)
    margin = float(student.ppf(0.975, 3)) * theirs.stderr
    assert (found.value, found.low, found.high) == pytest.approx(
        (theirs.slope, theirs.slope - margin, theirs.slope + margin)
    )


def test_equal_probabilities_change_nothing() -> None:
    assert slope(TIMES, SCORES, probabilities=[0.2] * 5) == slope(TIMES, SCORES)


def test_review_that_stands_for_two_counts_for_two() -> None:
    weighted = slope([*TIMES, 3.0], [*SCORES, 90.0], probabilities=[1.0] * 5 + [0.5])
    twice = slope([*TIMES, 3.0, 3.0], [*SCORES, 90.0, 90.0])
    assert isinstance(weighted, Estimate)
    assert isinstance(twice, Estimate)
    assert weighted.value == pytest.approx(twice.value)


@pytest.mark.parametrize(
    ("times", "scores"), [([], []), ([0.0, 1.0], [70.0, 80.0]), ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])]
)
def test_few_reviews_or_one_day_have_no_trend(times: list[float], scores: list[float]) -> None:
    found = slope(times, scores)
    assert isinstance(found, Undefined)
    assert found.reason == "too-few-moments"


def test_reviews_on_a_line_have_no_interval() -> None:
    found = slope([0.0, 1.0, 2.0], [70.0, 72.0, 74.0])
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(2.0)
    assert (found.low, found.high) == (None, None)


def test_columns_must_fit() -> None:
    with pytest.raises(ValueError, match="equally many"):
        slope([0.0], [70.0, 71.0])
