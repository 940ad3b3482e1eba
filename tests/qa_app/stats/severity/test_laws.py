"""Laws that hold for every table."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa_app.stats.severity import posterior
from qa_app.stats.severity.fit import Estimation, Fit, fit_facets
from qa_app.stats.severity.observations import collect_ratings
from tests.qa_app.stats.severity.tables import long_table, simulate

Row = tuple[int, int, int, int]
ESTIMATIONS: list[Estimation] = ["mml", "jmle"]


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Eight persons, three raters, two items, scores 0 to 3, up to six cells missing."""
    cells = [(person, rater, item) for person in range(8) for rater in range(3) for item in range(2)]
    scores = draw(st.lists(st.integers(0, 3), min_size=len(cells), max_size=len(cells)))
    missing = draw(st.sets(st.integers(0, len(cells) - 1), max_size=6))
    return [
        (*cell, score) for place, (cell, score) in enumerate(zip(cells, scores, strict=True)) if place not in missing
    ]


def fitted(rows: Sequence[Row], estimation: Estimation, free: str | None = None) -> Fit:
    fit = fit_facets(long_table(rows), estimation=estimation, free=free)
    assume(isinstance(fit, Fit))
    assert isinstance(fit, Fit)
    return fit


def measures(fit: Fit, facet: str) -> dict[str, float]:
    found = fit.facets[facet]
    return dict(zip(found.labels, found.measure.tolist(), strict=True))


@pytest.mark.parametrize("n_items", [1, 10])
def test_nodes_lie_as_close_as_rounding_can_tell(n_items: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four ratings a person, whose posteriors are wide, and forty, whose are narrow."""
    table = simulate(
        persons=60, severities=[-1, 0, 0.5, 1], difficulties=[0] * n_items, thresholds=[-1.5, 0, 1.5], seed=3
    )
    fit = fit_facets(table)
    monkeypatch.setattr(posterior, "SPACING", 0.25)
    monkeypatch.setattr(posterior, "WIDE_SPACING", 0.25)
    finer = fit_facets(table)
    assert isinstance(fit, Fit)
    assert isinstance(finer, Fit)
    for facet in ("rater", "person"):
        assert fit.facets[facet].measure == pytest.approx(finer.facets[facet].measure, abs=1e-11)
        assert fit.facets[facet].se == pytest.approx(finer.facets[facet].se, abs=1e-11)


@pytest.mark.parametrize("estimation", ESTIMATIONS)
@settings(max_examples=15, deadline=None)
@given(rows=tables(), data=st.data())
def test_the_order_of_rows_does_not_matter(estimation: Estimation, rows: list[Row], data: st.DataObject) -> None:
    fit = fitted(rows, estimation)
    shuffled = fitted(data.draw(st.permutations(rows)), estimation)
    assert measures(shuffled, "rater") == pytest.approx(measures(fit, "rater"), abs=1e-7)
    assert shuffled.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-8)


@pytest.mark.parametrize("estimation", ESTIMATIONS)
@settings(max_examples=15, deadline=None)
@given(rows=tables())
def test_new_names_for_raters_change_only_the_names(estimation: Estimation, rows: list[Row]) -> None:
    fit = fitted(rows, estimation)
    renamed = fitted([(person, 9 - rater, item, score) for person, rater, item, score in rows], estimation)
    expected = {str(9 - int(label)): value for label, value in measures(fit, "rater").items()}
    assert measures(renamed, "rater") == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("estimation", ESTIMATIONS)
@settings(max_examples=15, deadline=None)
@given(rows=tables())
def test_a_scale_read_backwards_changes_the_sign_of_every_measure(estimation: Estimation, rows: list[Row]) -> None:
    fit = fitted(rows, estimation)
    backwards = fitted([(*row[:3], 7 - row[3]) for row in rows], estimation)
    for facet in ("rater", "item", "person"):
        expected = {label: -value for label, value in measures(fit, facet).items()}
        assert measures(backwards, facet) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("estimation", ESTIMATIONS)
@settings(max_examples=15, deadline=None)
@given(rows=tables())
def test_facets_are_centred_and_the_free_one_takes_up_the_shift(estimation: Estimation, rows: list[Row]) -> None:
    fit, other = fitted(rows, estimation), fitted(rows, estimation, free="item")
    assert fit.facets["rater"].measure.sum() == pytest.approx(0, abs=1e-9)
    assert fit.facets["item"].measure.sum() == pytest.approx(0, abs=1e-9)
    assert sum(step.measure for step in fit.thresholds) == pytest.approx(0, abs=1e-9)
    mean = fit.population.mean if fit.population is not None else fit.facets["person"].measure.mean()
    assert other.facets["item"].measure == pytest.approx(fit.facets["item"].measure - mean, abs=1e-9)
    assert other.facets["rater"].measure == pytest.approx(fit.facets["rater"].measure, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(rows=tables())
def test_joint_estimates_reproduce_every_total(rows: list[Row]) -> None:
    """At the maximum each element's expected score is its observed one, so the residuals of each sum to 0."""
    fit = fitted(rows, "jmle")
    assert fit.convergence.converged
    assert fit.convergence.gradient <= 1e-8


def test_simulated_severities_lie_in_their_intervals() -> None:
    truth = np.array([-0.8, -0.3, 0.0, 0.3, 0.8])
    table = simulate(
        persons=400, severities=truth.tolist(), difficulties=[-0.4, 0, 0.4], thresholds=[-1.5, 0, 1.5], seed=20
    )
    fit = fit_facets(table)
    assert isinstance(fit, Fit)
    assert fit.population is not None
    raters = fit.facets["rater"]
    assert np.abs((raters.measure - truth) / raters.se).max() < 3
    assert abs(fit.population.variance - 1.44) < 3 * (fit.population.variance_se or 0)
    assert raters.fit.infit == pytest.approx(np.ones(5), abs=0.1)
    joint = fit_facets(table, estimation="jmle")
    assert isinstance(joint, Fit)
    assert np.ptp(joint.facets["rater"].measure) > np.ptp(raters.measure)


def test_mean_squares_have_expectation_one_under_the_model() -> None:
    squares = []
    for seed in range(12):
        fit = fit_facets(
            simulate(persons=60, severities=[-0.5, 0.5], difficulties=[-0.5, 0.5], thresholds=[-1, 1], seed=seed)
        )
        assert isinstance(fit, Fit)
        squares.append(fit.facets["rater"].fit.infit)
    assert np.mean(squares) == pytest.approx(1, abs=0.05)


def test_each_item_may_have_a_scale_and_thresholds_of_its_own() -> None:
    generator = np.random.default_rng(5)
    person, rater, item = (axis.ravel() for axis in np.indices((80, 3, 2)))
    score = generator.integers(0, np.where(item == 0, 2, 5))
    fit = fit_facets(
        collect_ratings({"person": person, "rater": rater, "item": item}, score), model="pcm", step_facet="item"
    )
    assert isinstance(fit, Fit)
    assert [(step.element, step.step) for step in fit.thresholds] == [("0", 1), ("1", 1), ("1", 2), ("1", 3), ("1", 4)]
