"""Numbers printed in books and by other programs."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from qa_app.estimate import Estimate
from qa_app.stats.components import d_study, level_effects, profile_deviations
from tests.qa_app.stats.components.designs import brennan_1, dense_criterion, fitted, rajaratnam


@pytest.mark.parametrize("method", ["reml", "anova_type1", "henderson1"])
def test_brennan_data_set_1(method: str) -> None:
    # Brennan 2001, synthetic data set 1: .0574, .0754, .1269.
    assert {name: round(value, 4) for name, value in fitted(brennan_1(), ["p", "i"], method).values.items()} == {
        "p": 0.0574,
        "i": 0.0754,
        "residual": 0.1269,
    }


@pytest.mark.parametrize(
    ("items", "generalizability", "dependability"),
    [(5, 0.693, 0.586), (10, 0.819, 0.740), (15, 0.871, 0.810), (20, 0.901, 0.850)],
)
def test_brennan_d_studies(items: int, generalizability: float, dependability: float) -> None:
    # Brennan 2001, D study statistics for synthetic data set 1; printed from rounded components.
    study = d_study(fitted(brennan_1(), ["p", "i"]), object_of_measurement="p", n={"i": items})
    assert isinstance(study.generalizability, Estimate)
    assert isinstance(study.dependability, Estimate)
    assert study.generalizability.value == pytest.approx(generalizability, abs=1e-3)
    assert study.dependability.value == pytest.approx(dependability, abs=1e-3)


def test_plain_counts_of_unequal_subtests_are_what_gtheory_divides_by() -> None:
    # gtheory 0.1.2 gives .696 and .370; the second follows from the 4 distinct labels of items instead of the 8 items.
    found = fitted(rajaratnam(), ["p", "h", "i:h", "p:h"])
    study = d_study(found, object_of_measurement="p", n={"h": 3, "i": 8 / 3})
    assert isinstance(study.generalizability, Estimate)
    assert isinstance(study.dependability, Estimate)
    assert round(study.generalizability.value, 3) == 0.696
    assert round(study.dependability.value, 3) == 0.375
    v = found.values
    error = v["p:h"] / 3 + v["residual"] / 8 + v["h"] / 3 + v["i:h"] / 4
    assert round(v["p"] / (v["p"] + error), 3) == 0.370


def test_brennan_unequal_subtests() -> None:
    # Brennan 2001, section 7.2, unbalanced p x (i:h): components and coefficients as printed; he prints .9913 for
    # p:h, from rounded coefficients, where the T terms 1390, 1424, 1440, 1564.5, 1610 and 1296 give .99143.
    found = fitted(rajaratnam(), ["p", "h", "i:h", "p:h"], "henderson1")
    assert found.values == pytest.approx(
        {"p": 1.2014, "h": 2.9161, "i:h": 0.2946, "p:h": 0.9913, "residual": 0.8429}, abs=1.5e-4
    )
    study = d_study(found, object_of_measurement="p", n="as_observed")
    assert isinstance(study.generalizability, Estimate)
    assert isinstance(study.dependability, Estimate)
    assert round(study.generalizability.value, 3) == 0.716
    assert round(study.dependability.value, 4) == 0.4277


def test_sequential_sums_of_squares() -> None:
    # VCA 1.5.2, anovaVCA(score ~ p + i, Data, NegVC=TRUE) on synthetic data set 1.
    found = fitted(brennan_1(), ["p", "i"], "anova_type1")
    assert found.ss == pytest.approx({"p": 7.34166666666667, "i": 9.69166666666667, "residual": 12.5583333333333})
    assert found.ms == pytest.approx({"p": 0.815740740740741, "i": 0.881060606060607, "residual": 0.126851851851852})
    assert found.total == pytest.approx(0.259680134680135)
    assert found.df_total == pytest.approx(50.7955007823489)


def test_likelihoods() -> None:
    # lme4 1.1-31, lmer(score ~ 1 + (1|p) + (1|i)), REML=TRUE and FALSE.
    reml, ml = fitted(brennan_1(), ["p", "i"]), fitted(brennan_1(), ["p", "i"], "ml")
    assert reml.reml_criterion == pytest.approx(134.860212869452, rel=1e-9)
    assert reml.intercept.value == pytest.approx(0.558333333333335)
    assert reml.intercept.se == pytest.approx(0.114380560210253, rel=1e-7)
    assert ml.log_likelihood == pytest.approx(-66.1663440986437, rel=1e-9)
    assert list(ml.values.values()) == pytest.approx([0.053683223014448, 0.0711028284912804, 0.1269617031682], rel=5e-6)


def test_balanced_standard_errors() -> None:
    # Searle, Casella & McCulloch 1992, section 4.5: a component is a combination of independent mean squares of
    # variance 2 MS^2/df; with p of 10 and i of 12 var(p) = (2/144) (MSp^2/9 + MSe^2/99).
    reml, anova = fitted(brennan_1(), ["p", "i"]), fitted(brennan_1(), ["p", "i"], "anova_type1")
    by_hand = np.sqrt(2 / 144 * (0.815740740740741**2 / 9 + 0.126851851851852**2 / 99))
    assert anova.components["p"].se == pytest.approx(by_hand)
    assert reml.components["p"].se == pytest.approx(by_hand, rel=1e-6)
    assert reml.components["residual"].se == pytest.approx(np.sqrt(2 / 99) * 0.126851851851852, rel=1e-6)


def test_balanced_levels_are_shrunk_means() -> None:
    # Robinson 1991: in a balanced table the prediction is the deviation of the mean times s_i / (s_i + s_e/n_p).
    table = brennan_1()
    found = fitted(table, ["p", "i"])
    shrink = found.values["i"] / (found.values["i"] + found.values["residual"] / 10)
    means = np.bincount(table.codes[1], table.scores) / 10 - np.mean(table.scores)
    levels = level_effects(found, "i")
    assert [levels[str(item)].value for item in range(12)] == pytest.approx((shrink * means).tolist())


def test_one_way_profile_limits() -> None:
    # By definition the profiled criterion exceeds its minimum by chi-square's 95% quantile, 3.8415, at both limits;
    # profiled here over the residual by a scalar search on the dense likelihood.
    table = brennan_1()
    found = profile_deviations(table, ["p"])
    assert isinstance(found, dict)
    best = fitted(table, ["p"], "ml").log_likelihood
    assert best is not None
    for limit in (found["p"].low, found["p"].high):
        assert limit is not None
        profiled = minimize_scalar(
            lambda s, limit=limit: dense_criterion(table, ["p"], np.array([limit**2, s**2]), restricted=False),
            bounds=(0.3, 0.7),
            method="bounded",
            options={"xatol": 1e-8},
        )
        assert profiled.fun + 2 * best == pytest.approx(3.841458820694124, abs=1e-5)
