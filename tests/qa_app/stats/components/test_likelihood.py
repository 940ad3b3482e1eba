"""The equations and the search against dense matrices, along each way of elimination."""

import numpy as np
import pytest

from qa_app.stats.components import LongTable, leads, level_effects, long_table
from qa_app.stats.components.counts import Design, build_design
from qa_app.stats.components.equations import Equations
from qa_app.stats.components.leads import BlockLead, DiagonalLead
from qa_app.stats.components.likelihood import Likelihood, average_information, log_curvature
from qa_app.stats.components.table import build_effect
from tests.qa_app.stats.components.designs import dense_criterion, dense_fit, fitted, indicators, random_table

DESIGNS = {
    "one effect": (["p"], {"p": 7}, 40),
    "crossed": (["p", "r"], {"p": 12, "r": 4}, 60),
    "nested": (["p", "p:r"], {"p": 6, "r": 4}, 70),
    "three facets": (["p", "r", "i", "p:r", "p:i"], {"p": 8, "r": 3, "i": 3}, 120),
    "labels reused": (["t", "r:t", "p"], {"p": 9, "t": 3, "r": 3}, 80),
}


def design_of(table: LongTable, effects: list[str]) -> Design:
    return build_design([build_effect(table, name) for name in effects], table.n_rows)


def likelihood_of(table: LongTable, effects: list[str], *, restricted: bool = True) -> Likelihood:
    equations = Equations(design_of(table, effects))
    return Likelihood(equations, equations.sums(table.scores[:, None]), restricted=restricted)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("restricted", [True, False])
def test_criterion_is_that_of_dense_matrices(name: str, restricted: bool) -> None:  # noqa: FBT001
    effects, sizes, n_rows = DESIGNS[name]
    table = random_table(sizes, n_rows, seed=5)
    relative = np.linspace(0.2, 1.4, len(effects))
    point = likelihood_of(table, effects, restricted=restricted).at(relative)
    components = np.append(relative, 1.0) * point.residual
    assert point.criterion == pytest.approx(
        dense_criterion(table, effects, components, restricted=restricted), rel=1e-11
    )


@pytest.mark.parametrize("name", DESIGNS)
def test_slope_is_that_of_differences(name: str) -> None:
    effects, sizes, n_rows = DESIGNS[name]
    likelihood = likelihood_of(random_table(sizes, n_rows, seed=6), effects)
    relative = np.linspace(0.3, 0.9, len(effects))
    slope = likelihood.slope(likelihood.at(relative))
    steps = 1e-5 * np.eye(len(effects))
    differences = [
        (likelihood.at(relative + step).criterion - likelihood.at(relative - step).criterion) / 2e-5 for step in steps
    ]
    assert slope == pytest.approx(np.array(differences), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("name", DESIGNS)
def test_slope_at_zero(name: str) -> None:
    effects, sizes, n_rows = DESIGNS[name]
    likelihood = likelihood_of(random_table(sizes, n_rows, seed=7), effects)
    nothing = np.zeros(len(effects))
    base = likelihood.at(nothing)
    slope = likelihood.slope(base)
    for e, one in enumerate(np.eye(len(effects))):
        ahead, further = (likelihood.at(step * one).criterion for step in (1e-5, 2e-5))
        assert slope[e] == pytest.approx((4 * ahead - 3 * base.criterion - further) / 2e-5, rel=1e-4, abs=1e-3)


@pytest.mark.long
@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("seed", [1, 2])
def test_optimum_is_that_of_a_direct_search(name: str, seed: int) -> None:
    effects, sizes, n_rows = DESIGNS[name]
    table = random_table(sizes, n_rows, seed=seed)
    found = fitted(table, effects)
    components, criterion = dense_fit(table, effects, restricted=True)
    assert found.reml_criterion is not None
    assert found.reml_criterion <= criterion + 1e-8
    own = dense_criterion(table, effects, np.array(list(found.values.values())), restricted=True)
    assert found.reml_criterion == pytest.approx(own, rel=1e-11)
    if found.reml_criterion > criterion - 1e-7:
        assert np.array(list(found.values.values())) == pytest.approx(components, abs=2e-3)


def test_levels_are_conditional_means_of_the_normal_model() -> None:
    effects, sizes, n_rows = DESIGNS["three facets"]
    table = random_table(sizes, n_rows, seed=3)
    found = fitted(table, effects)
    patterns = {effect: indicators(table, effect) for effect in effects}
    covariance = found.values["residual"] * np.eye(n_rows)
    for effect, z in patterns.items():
        covariance += found.values[effect] * z @ z.T
    inverse = np.linalg.inv(covariance)
    residual = table.scores - found.intercept.value
    for effect, z in patterns.items():
        scale = found.values[effect]
        means = scale * z.T @ inverse @ residual
        variances = scale - scale**2 * np.diag(z.T @ inverse @ z)
        levels = list(level_effects(found, effect).values())
        assert [level.value for level in levels] == pytest.approx(means.tolist(), abs=1e-9)
        assert [level.se for level in levels] == pytest.approx(np.sqrt(variances.clip(0)).tolist(), abs=1e-9)


def test_ways_of_elimination_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    effects, sizes, n_rows = DESIGNS["three facets"]
    table = random_table(sizes, n_rows, seed=4)
    design = design_of(table, effects)
    relative = np.array([0.5, 0.2, 0.0, 0.7, 1.1])
    ways = [BlockLead(design, 0, (0, 3, 4)), DiagonalLead(design, 4), DiagonalLead(design, 1)]
    monkeypatch.setattr(leads, "GROUPED_CELLS", 0)
    ways.append(DiagonalLead(design, 0))
    criteria, slopes = [], []
    for way in ways:
        monkeypatch.setattr("qa_app.stats.components.equations.choose_lead", lambda _, way=way: way)
        likelihood = likelihood_of(table, effects)
        point = likelihood.at(relative)
        criteria.append(point.criterion)
        slopes.append(likelihood.slope(point))
    assert criteria == pytest.approx([criteria[0]] * 4, rel=1e-12)
    for slope in slopes:
        assert slope == pytest.approx(slopes[0], rel=1e-9)


def test_average_information_is_near_the_curvature() -> None:
    # Both estimate the same information; with 2,000 rows they are within a tenth of each other.
    table = random_table({"p": 200, "r": 40}, 2000, seed=8)
    likelihood = likelihood_of(table, ["p", "r"])
    found = fitted(table, ["p", "r"])
    assert found.point is not None
    point = likelihood.at(found.point.variances)
    average, observed = average_information(likelihood, point), log_curvature(likelihood, point)
    assert np.diag(average) == pytest.approx(np.diag(observed), rel=0.1)


def test_a_variance_that_would_be_negative_is_zero() -> None:
    # Raters who balance each other out exactly on every unit: the between-unit mean square is zero.
    scores = np.array([1.0, 3.0, 3.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0, 3.0])
    table = long_table({"u": np.repeat(np.arange(5), 2)}, scores)
    found = fitted(table, ["u"])
    assert found.values == {"u": 0.0, "residual": pytest.approx(np.var(scores, ddof=1))}
    assert found.at_zero == ("u",)
    assert found.components["u"].se is None
    assert fitted(table, ["u"], "anova_type1").values["u"] < 0


def test_an_effect_that_the_search_first_lost_at_zero_comes_back() -> None:
    # A table on which a search over standard deviations steps onto zero, where their slopes vanish, and would stay.
    effects, seed = ["a", "a:t", "r", "c", "a:c", "a:r"], 61033833
    facets = random_table({"a": 6, "t": 4, "r": 3, "c": 3}, 129, seed)
    scores = np.round(np.random.default_rng(seed).normal(size=129))
    table = long_table(dict(zip(facets.facets, facets.codes, strict=True)), scores)
    found = fitted(table, effects)
    nothing = dense_criterion(table, effects, np.array([0, 0, 0, 0, 0, 0, np.var(scores, ddof=1)]), restricted=True)
    assert found.values["a"] > 0
    assert found.reml_criterion is not None
    assert found.reml_criterion < nothing
