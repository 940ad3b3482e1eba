from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.planning.width import Expectation, Means, Model, expected_variance, plan_width, units_from_pilot

MODELS: tuple[Model, ...] = ("dirichlet-multinomial", "common-correlation")
EXPECTED = Expectation(0.6, (0.2, 0.3, 0.5))


@pytest.mark.parametrize("model", MODELS)
@given(st.floats(0.05, 0.95), st.floats(0.0, 0.95))
def test_two_raters_and_two_values_have_the_variance_of_donner_and_eliasziw(
    model: Model, share: float, kappa: float
) -> None:
    # Donner & Eliasziw 1992, Stat. Med. 11:1511: (1 - k) ((1 - k)(1 - 2k) + k (2 - k) / (2 p (1 - p)))
    value, variance = expected_variance("fleiss_kappa", Expectation(kappa, (share,), model=model), 2)
    assert value == pytest.approx(kappa)
    expected = (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * share * (1 - share)))
    assert variance == pytest.approx(expected)


def test_percent_agreement_of_two_raters_is_a_share() -> None:
    # Equal with probability pa = pe + kappa (1 - pe), pe = .38; variance pa (1 - pa).
    value, variance = expected_variance("percent_agreement", EXPECTED, 2)
    assert value == pytest.approx(0.38 + 0.6 * 0.62)
    assert variance == pytest.approx(value * (1 - value))


def test_brennan_prediger_rescales_it() -> None:
    share, share_variance = expected_variance("percent_agreement", EXPECTED, 4)
    value, variance = expected_variance("brennan_prediger", EXPECTED, 4)
    assert value == pytest.approx((share - 1 / 3) / (2 / 3))
    assert variance == pytest.approx(share_variance / (2 / 3) ** 2)


@pytest.mark.long
@pytest.mark.parametrize("coefficient", ["fleiss_kappa", "gwet_ac"])
@pytest.mark.parametrize("model", MODELS)
def test_the_variance_is_that_of_simulated_studies(coefficient: str, model: Model) -> None:
    # 4,000 studies of 400 units x 3 raters; the standard error of a variance from 4,000 is 2.2 %.
    generator = np.random.default_rng(20261122)
    shares, kappa, shape = np.array(EXPECTED.shares), 0.6, (4000, 400)
    if model == "dirichlet-multinomial":
        spread = generator.dirichlet(shares * (1 - kappa) / kappa, size=shape)
        counts = generator.multinomial(3, spread)
    else:
        together = generator.random(shape) < kappa
        counts = np.where(
            together[..., None],
            3 * generator.multinomial(1, shares, size=shape),
            generator.multinomial(3, shares, size=shape),
        )
    agreed = ((counts * (counts - 1)).sum(axis=2) / 6).mean(axis=1)
    margins = counts.sum(axis=1) / 1200
    chance = (margins**2).sum(axis=1) if coefficient == "fleiss_kappa" else (margins * (1 - margins)).sum(axis=1) / 2
    simulated = np.var((agreed - chance) / (1 - chance)) * 400
    expected = Expectation(kappa, EXPECTED.shares, model=model)
    _, variance = expected_variance("fleiss_kappa" if coefficient == "fleiss_kappa" else "gwet_ac", expected, 3)
    assert variance == pytest.approx(simulated, rel=0.1)


def test_squared_weights_keep_kappa() -> None:
    squared = ((0.0, 1.0, 4.0), (1.0, 0.0, 1.0), (4.0, 1.0, 0.0))
    value, _ = expected_variance("fleiss_kappa", Expectation(0.6, EXPECTED.shares, disagreement=squared), 3)
    assert value == pytest.approx(0.6)


def test_plans_are_sorted_by_cost_and_reach_the_width() -> None:
    plans = plan_width("fleiss_kappa", EXPECTED, width=0.2, means=Means(minutes_per_rating=6.0))
    assert isinstance(plans, tuple)
    assert {plan.n_raters for plan in plans} == {2, 3, 4, 5, 6}
    assert [plan.minutes for plan in plans] == sorted(plan.minutes for plan in plans)
    for plan in plans:
        assert plan.width <= 0.2
        assert plan.minutes == plan.n_units * plan.n_raters * 6.0
        _, variance = expected_variance("fleiss_kappa", EXPECTED, plan.n_raters)
        assert 2 * 1.959963985 * (variance / (plan.n_units - 1)) ** 0.5 > 0.2


def test_limits_leave_out_plans() -> None:
    plans = plan_width("fleiss_kappa", EXPECTED, width=0.2, means=Means(units=100))
    assert isinstance(plans, tuple)
    assert {plan.n_raters for plan in plans} == {4, 5, 6}


def test_what_cannot_be_reached_is_said_in_words() -> None:
    refused = plan_width("gwet_ac", EXPECTED, width=0.05, means=Means(units=100))
    assert isinstance(refused, Undefined)
    assert refused.explanation == (
        "No study can have these properties together. The narrowest interval that can be had is 0.152 wide, with 100 "
        "units and 6 raters."
    )
    nothing = plan_width("gwet_ac", EXPECTED, width=0.05, means=Means(minutes=3.0))
    assert isinstance(nothing, Undefined)
    assert "does not suffice for two units" in nothing.explanation


def test_a_pilots_standard_error_shrinks_with_the_root() -> None:
    pilot = Estimate(0.5, 0.3, 0.7, n_units=25, n_raters=3, method="", se=0.1)
    # Full width 4 x .0979982 at 25 units; half of it needs four times as many.
    assert units_from_pilot(pilot, 2 * 1.959963985 * 0.1) == 25
    assert units_from_pilot(pilot, 1.959963985 * 0.1) == 100


def test_a_pilot_without_a_standard_error_plans_nothing() -> None:
    refused = units_from_pilot(Estimate(0.5, None, None, n_units=25, n_raters=3, method=""), 0.2)
    assert isinstance(refused, Undefined)
    assert refused.reason == "infeasible"


REFUSED: list[Callable[[], object]] = [
    lambda: Expectation(1.0, (0.5,)),
    lambda: Expectation(0.5, (0.5, 0.2)),
    lambda: Expectation(0.5, (0.5,), disagreement=((0.0,),)),
    lambda: Means(raters=(1, 2)),
    lambda: Means(minutes_per_rating=0),
    lambda: plan_width("gwet_ac", EXPECTED, width=0),
    lambda: units_from_pilot(Estimate(0.5, None, None, 25, 3, ""), 0),
]


def test_numbers_outside_of_their_ranges_are_refused() -> None:
    for call in REFUSED:
        with pytest.raises(ValueError, match=r"lies in|sum to 1|shape|two raters|above 0"):
            call()
