"""Estimates against the likelihood written out rating by rating, with a general optimiser."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa_app.stats.severity.design import Model
from qa_app.stats.severity.fit import Fit, fit_facets
from qa_app.stats.severity.observations import collect_ratings
from tests.qa_app.stats.severity.tables import long_table

Floats = NDArray[np.float64]
Rows = list[tuple[int, int, int, int]]
MODELS: list[Model] = ["rsm", "pcm"]
STEP_FACETS = {"rsm": None, "pcm": "item"}

# Six persons, two raters, two items, scores 0 to 2; person 6 was seen by rater 2 only, and two cells are missing.
ROWS: Rows = [
    *[(1, 1, 1, 0), (1, 1, 2, 1), (1, 2, 1, 0), (1, 2, 2, 0)],
    *[(2, 1, 1, 2), (2, 1, 2, 1), (2, 2, 1, 1), (2, 2, 2, 2)],
    *[(3, 1, 1, 1), (3, 1, 2, 2), (3, 2, 1, 0), (3, 2, 2, 1)],
    *[(4, 1, 1, 2), (4, 2, 1, 1), (4, 2, 2, 0)],
    *[(5, 1, 1, 0), (5, 1, 2, 2), (5, 2, 1, 1)],
    *[(6, 2, 1, 2), (6, 2, 2, 1)],
]


def log_probability(place: float, score: int, sums: Floats) -> float:
    logits = np.arange(sums.size) * place - sums
    return float(logits[score] - np.log(np.exp(logits).sum()))


def severities(free: Floats) -> tuple[Floats, Floats, list[Floats]]:
    """Raters and items from one free number each, then the inner step sum of each item."""
    raters, items = np.array([free[0], -free[0]]), np.array([free[1], -free[1]])
    return raters, items, [np.array([0.0, inner, 0.0]) for inner in free[2:4]]


def maximise(function: Callable[[Floats], float], start: Floats) -> tuple[Floats, float]:
    def lowered(free: Floats) -> float:
        return -function(free)

    found = minimize(lowered, start, method="BFGS", options={"gtol": 1e-9})
    return np.asarray(found.x), -float(found.fun)


@pytest.mark.parametrize("model", MODELS)
def test_joint_likelihood(model: Model) -> None:
    def likelihood(free: Floats) -> float:
        raters, items, sums = severities(free if model == "pcm" else np.concatenate([free[:3], free[2:]]))
        persons = free[-6:]
        return sum(
            log_probability(persons[p - 1] - raters[r - 1] - items[i - 1], x, sums[i - 1]) for p, r, i, x in ROWS
        )

    n_steps = 2 if model == "pcm" else 1
    best, height = maximise(likelihood, np.zeros(2 + n_steps + 6))
    fit = fit_facets(long_table(ROWS), estimation="jmle", model=model, step_facet=STEP_FACETS[model])
    assert isinstance(fit, Fit)
    assert fit.log_likelihood == pytest.approx(height, abs=1e-9)
    assert fit.facets["rater"].measure[0] == pytest.approx(best[0], abs=1e-5)
    assert fit.facets["item"].measure[0] == pytest.approx(best[1], abs=1e-5)
    assert [sums[1] for sums in fit.step_sums] == pytest.approx(best[2 : 2 + n_steps], abs=1e-5)
    assert fit.facets["person"].measure == pytest.approx(best[-6:], abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_marginal_likelihood_with_its_curvature(model: Model) -> None:
    nodes, weights = hermgauss(30)

    def likelihood(free: Floats) -> float:
        raters, items, sums = severities(free if model == "pcm" else np.concatenate([free[:3], free[2:]]))
        total = 0.0
        for person in range(1, 7):
            at = free[-2] + np.sqrt(2) * np.exp(free[-1]) * nodes
            own = [(r, i, x) for p, r, i, x in ROWS if p == person]
            each = [
                sum(log_probability(place - raters[r - 1] - items[i - 1], x, sums[i - 1]) for r, i, x in own)
                for place in at
            ]
            total += float(np.log(np.sum(weights * np.exp(each)) / np.sqrt(np.pi)))
        return total

    n_steps = 2 if model == "pcm" else 1
    best, height = maximise(likelihood, np.zeros(4 + n_steps))
    fit = fit_facets(long_table(ROWS), model=model, step_facet=STEP_FACETS[model])
    assert isinstance(fit, Fit)
    assert fit.population is not None
    assert fit.log_likelihood == pytest.approx(height, abs=1e-9)
    assert fit.facets["rater"].measure[0] == pytest.approx(best[0], abs=1e-5)
    assert fit.facets["item"].measure[0] == pytest.approx(best[1], abs=1e-5)
    assert [sums[1] for sums in fit.step_sums] == pytest.approx(best[2:-2], abs=1e-5)
    assert (fit.population.mean, fit.population.variance) == pytest.approx((best[-2], np.exp(2 * best[-1])), abs=1e-4)
    errors = np.sqrt(np.diag(np.linalg.inv(-curvature(likelihood, best))))
    assert fit.facets["rater"].se == pytest.approx([errors[0]] * 2, rel=1e-4)
    assert fit.facets["item"].se == pytest.approx([errors[1]] * 2, rel=1e-4)
    assert fit.population.variance_se == pytest.approx(2 * np.exp(2 * best[-1]) * errors[-1], rel=1e-3)


# Errors that three raters counted in 24 texts, 0 to 9 without a declared scale; few texts have many.
COUNTED = """021 944 012 010 031 015 100 121 413 121 024 210 012 062 292 102 266 147 122 110 002 230 110 802"""


def test_marginal_likelihood_of_counts_from_a_start_that_is_far_off() -> None:
    # At the start even the complete-data information is indefinite, and the search once ended there.
    counted = np.array([[int(digit) for digit in row] for row in COUNTED.split()])
    nodes, weights = hermgauss(80)

    def likelihood(free: Floats) -> float:
        raters, sums = np.append(free[:2], -free[:2].sum()), np.concatenate([[0.0], free[2:10], [0.0]])
        places = free[10] + np.sqrt(2) * np.exp(free[11]) * nodes - raters[:, None]
        logits = places[:, :, None] * np.arange(10) - sums
        logs = logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))
        each = sum(logs[rater][:, counted[:, rater]] for rater in range(3))
        return float(np.log(weights @ np.exp(each) / np.sqrt(np.pi)).sum())

    fit = fit_facets(
        collect_ratings({"person": np.repeat(np.arange(24), 3), "rater": np.tile(np.arange(3), 24)}, counted.ravel())
    )
    assert isinstance(fit, Fit)
    assert fit.population is not None
    found = np.concatenate(
        [
            fit.facets["rater"].measure[:2],
            fit.step_sums[0][1:-1],
            [fit.population.mean, np.log(fit.population.variance) / 2],
        ]
    )
    height = likelihood(found)
    assert fit.log_likelihood == pytest.approx(height, abs=1e-9)
    assert all(likelihood(found + move) < height for step in np.eye(12) for move in (1e-3 * step, -1e-3 * step))
    errors = np.sqrt(np.diag(np.linalg.inv(-curvature(likelihood, found))))
    assert fit.facets["rater"].se[:2] == pytest.approx(errors[:2], rel=1e-3)
    assert fit.population.variance_se == pytest.approx(2 * fit.population.variance * errors[-1], rel=1e-3)


def curvature(function: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> Floats:
    """Second derivatives by central differences."""
    moves = np.eye(at.size) * step
    return np.array(
        [
            [
                (function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b))
                / (4 * step**2)
                for b in moves
            ]
            for a in moves
        ]
    )
