import pytest

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.proportion import in_percent, proportion
from tests.qa_app.worked import read_worked


@pytest.mark.parametrize("row", read_worked("algorithms/agreement.md", "shares"), ids=lambda row: row["trials"])
def test_wilsons_interval_as_worked_in_the_documentation(row: dict[str, str]) -> None:
    measured = proportion(int(row["successes"]), int(row["trials"]))
    assert isinstance(measured, Estimate)
    assert (measured.low, measured.high) == pytest.approx((float(row["low"]), float(row["high"])), abs=5e-4)
    assert measured.value == int(row["successes"]) / int(row["trials"])


def test_wilsons_formula_by_hand() -> None:
    # z = 1.959964; centre (9 + z^2/2) / (10 + z^2), half width z sqrt(9 x 1 / 10 + z^2 / 4) / (10 + z^2).
    measured = proportion(9, 10)
    assert isinstance(measured, Estimate)
    assert (measured.low, measured.high) == pytest.approx((0.5958500, 0.9821238), abs=1e-6)


def test_no_trials_have_no_share() -> None:
    assert proportion(0, 0) == Undefined("no-values", "There is no value that this could be computed from.", 0, 0)


def test_more_successes_than_trials_are_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="must not be greater"):
        proportion(3, 2)


def test_percent_scales_value_and_limits() -> None:
    measured = in_percent(Estimate(0.5, 0.25, None, 4, 2, "method"))
    assert measured == Estimate(50.0, 25.0, None, 4, 2, "method")
    nothing = Undefined("no-values", "Nobody.", 0, 0)
    assert in_percent(nothing) is nothing
