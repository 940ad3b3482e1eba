import numpy as np
import pytest

from qa_app.estimate import Undefined
from qa_app.stats.metric.icc import SHROUT_FLEISS as NAMES
from qa_app.stats.metric.icc import Form, all_iccs, from_components, icc, select_form, step_up
from qa_app.stats.metric.results import EstimateAndTest
from qa_app.stats.metric.tables import Floats
from tests.qa_app.stats.metric.tables import SHROUT_FLEISS


def defined(values: Floats, form: Form) -> EstimateAndTest:
    result = icc(values, form)
    assert isinstance(result, EstimateAndTest)
    return result


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ICC(1,1)", 0.17),
        ("ICC(2,1)", 0.29),
        ("ICC(3,1)", 0.71),
        ("ICC(1,k)", 0.44),
        ("ICC(2,k)", 0.62),
        ("ICC(3,k)", 0.91),
    ],
)
def test_shrout_and_fleiss_1979_table_4(name: str, value: float) -> None:
    assert round(defined(SHROUT_FLEISS, NAMES[name]).estimate.value, 2) == value


@pytest.mark.parametrize(
    ("form", "low", "high"),
    [
        # psych 2.2.9 and pingouin 0.6.1
        (Form.ONE, -0.132932324874751, 0.722560062328121),
        (Form.AGREEMENT, 0.018786513374712, 0.761084369648953),
        (Form.CONSISTENCY, 0.342464765033925, 0.94585825995536),
        (Form.AGREEMENT_AVERAGE, 0.0711368153025035, 0.927232040167722),
        (Form.CONSISTENCY_AVERAGE, 0.675674713816305, 0.985891678169062),
    ],
)
def test_intervals_of_other_programs(form: Form, low: float, high: float) -> None:
    estimate = defined(SHROUT_FLEISS, form).estimate
    assert (estimate.low, estimate.high) == pytest.approx((low, high), rel=1e-12)


def test_test_of_agreement_at_the_null_and_at_the_estimate() -> None:
    at_null = icc(SHROUT_FLEISS, Form.AGREEMENT)
    at_estimate = icc(SHROUT_FLEISS, Form.AGREEMENT, test_df="at_estimate")
    assert isinstance(at_null, EstimateAndTest)
    assert isinstance(at_estimate, EstimateAndTest)
    assert at_null.test is not None
    assert at_estimate.test is not None
    # pingouin 0.6.1 and irr 0.84.1, icc(x, "twoway", "agreement", "single")
    assert at_null.test.p == pytest.approx(0.00013456651648433476, rel=1e-12)
    assert at_estimate.test.p == pytest.approx(0.0112698600525559, rel=1e-12)


def test_no_agreement_at_all_is_negative() -> None:
    # Two raters who order two units the other way round: MS_unit = 0 and MS_within = 1/2, so (0 - 1/2) / (0 + 1/2).
    assert defined(np.array([[1.0, 2.0], [2.0, 1.0]]), Form.ONE).estimate.value == -1.0


def test_perfect_agreement_is_1_without_an_interval() -> None:
    table = np.array([[0.1, 0.1], [0.2, 0.2], [0.7, 0.7]])
    for form in Form:
        estimate = defined(table, form).estimate
        assert (estimate.value, estimate.low, estimate.p) == (1.0, None, 0.0)


def test_limits_of_values_in_other_units_are_the_same_where_next_to_no_freedom_is_left() -> None:
    # Satterthwaite's degrees of freedom are .010 here and F's quantile 4.5e305, of which no multiple is finite.
    table = np.array([[1.0, 1.0, 3.0, 5.0], [1.0, 4.0, 1.0, 5.0]])
    plain, tenfold = (defined(times * table, Form.AGREEMENT).estimate for times in (1.0, 10.0))
    # With F without end: -n MSE / (k MSC + (k n - k - n) MSE) = -4.25 / (139/6 + 4.25).
    assert plain.low == pytest.approx(-4.25 / (139 / 6 + 4.25), rel=1e-12)
    assert (tenfold.low, tenfold.high) == pytest.approx((plain.low, plain.high), rel=1e-9)


@pytest.mark.parametrize(
    ("rows", "form", "reason"),
    [
        ([[3.0, 3.0], [3.0, 3.0]], Form.ONE, "no-variation"),
        ([[3.0, 4.0, 5.0]], Form.ONE, "one-unit"),
        ([[3.0], [4.0]], Form.ONE, "one-rater"),
        ([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], Form.CONSISTENCY, "no-unit-variation"),
        ([[1.0, 2.0], [2.0, 1.0]], Form.ONE_AVERAGE, "no-unit-variation"),
        ([[1.0, 4.0], [4.0, 1.1], [1.2, 4.0], [4.0, 1.3]], Form.AGREEMENT_AVERAGE, "no-total-variance"),
    ],
)
def test_undefined_says_why(rows: list[list[float]], form: Form, reason: str) -> None:
    result = icc(np.array(rows), form)
    assert isinstance(result, Undefined)
    assert result.reason == reason


def test_holes_need_a_decision() -> None:
    table = np.vstack([SHROUT_FLEISS, [5.0, np.nan, 5.0, 5.0]])
    with pytest.raises(ValueError, match="holes"):
        icc(table, Form.ONE)
    assert icc(table, Form.ONE, missing="listwise") == icc(SHROUT_FLEISS, Form.ONE)


def test_all_forms_at_once_are_the_same_as_one_by_one() -> None:
    assert all_iccs(SHROUT_FLEISS) == {form: icc(SHROUT_FLEISS, form) for form in Form}


def test_average_is_stepped_up() -> None:
    one, mean = (defined(SHROUT_FLEISS, form).estimate.value for form in (Form.CONSISTENCY, Form.CONSISTENCY_AVERAGE))
    assert mean == pytest.approx(step_up(one, 4), rel=1e-14)


def test_forms_by_their_properties() -> None:
    assert select_form("twoway", "agreement", "average") is Form.AGREEMENT_AVERAGE
    assert select_form("oneway", "consistency", "single") is Form.ONE


def test_components_give_the_same_numbers_as_mean_squares() -> None:
    # Shrout & Fleiss 1979, table 3: MS 11.24 between units, 32.49 between raters, 1.02 residual (6 units, 4 raters).
    unit, rater, residual = (56.2083333333333 / 5 - 15.2916666666667 / 15) / 4, 0.0, 15.2916666666667 / 15
    rater = (97.4583333333333 / 3 - residual) / 6
    for form in (Form.AGREEMENT, Form.AGREEMENT_AVERAGE, Form.CONSISTENCY, Form.CONSISTENCY_AVERAGE):
        by_components = from_components(unit, rater, residual, form, 4)
        assert by_components == pytest.approx(defined(SHROUT_FLEISS, form).estimate.value, rel=1e-12)
