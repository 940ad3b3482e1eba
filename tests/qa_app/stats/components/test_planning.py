"""Plans for an agent's score, and what fixed and nested facets do to them; worked by hand from the components."""

import numpy as np
import pytest

from qa_app.estimate import Estimate
from qa_app.stats.components import (
    DesignError,
    VarianceComponents,
    bootstrap_components,
    d_study,
    dependability_grid,
    level_effects,
    long_table,
    smallest_designs,
)
from tests.qa_app.stats.components.designs import brennan_1, crossed, fitted

EFFECTS = ["agent", "agent:ticket", "reviewer", "criterion", "agent:criterion"]


def graded() -> dict[str, np.ndarray]:
    """Thirty agents with six tickets each, two of five reviewers a ticket, three criteria."""
    random = np.random.default_rng(11)
    agent, ticket, turn, criterion = (axis.ravel() for axis in np.indices((30, 6, 2, 3)))
    reviewer = (agent + ticket + turn) % 5
    scores = 3 + random.normal(size=30)[agent] * 0.5 + random.normal(size=180)[agent * 6 + ticket] * 0.7
    scores += np.linspace(-0.5, 0.5, 5)[reviewer] + random.normal(size=3)[criterion] * 0.4
    scores += random.normal(size=90)[agent * 3 + criterion] * 0.3 + random.normal(size=agent.size) * 0.6
    return {"agent": agent, "ticket": ticket, "reviewer": reviewer, "criterion": criterion, "score": scores}


def agents() -> VarianceComponents:
    columns = graded()
    scores = columns.pop("score")
    return fitted(long_table(columns, scores), EFFECTS)


def test_d_study_by_hand() -> None:
    found = agents()
    s = found.values
    study = d_study(found, object_of_measurement="agent", n={"ticket": 10, "reviewer": 2, "criterion": 3})
    relative = s["agent:ticket"] / 10 + s["agent:criterion"] / 3 + s["residual"] / 60
    absolute = relative + s["reviewer"] / 2 + s["criterion"] / 3
    assert study.universe.value == pytest.approx(s["agent"])
    assert study.error_relative.value == pytest.approx(relative)
    assert study.error_absolute.value == pytest.approx(absolute)
    assert study.sem_absolute.value == pytest.approx(np.sqrt(absolute))
    assert isinstance(study.dependability, Estimate)
    assert study.dependability.value == pytest.approx(s["agent"] / (s["agent"] + absolute))
    assert study.dependability.low is not None
    assert study.dependability.high is not None
    assert 0 < study.dependability.low < study.dependability.value < study.dependability.high < 1


def test_a_component_at_zero_is_told_to_be_taken_as_known() -> None:
    # Both raters have the mean 2, so REML puts their variance at zero, and no standard error is counted for it.
    scores = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]])
    found = fitted(crossed(scores, "p", "r"), ["p", "r"])
    study = d_study(found, object_of_measurement="p", n={"r": 2})
    assert found.at_zero == ("r",)
    assert study.note.startswith("Estimated at zero, where a component has no standard error: r.")
    assert isinstance(study.dependability, Estimate)
    assert study.dependability.method == "delta method on the logit scale; components at zero taken as known"
    assert d_study(agents(), object_of_measurement="agent", n={"ticket": 9, "reviewer": 2, "criterion": 3}).note == ""


def test_fixed_criteria_are_no_error() -> None:
    # Brennan 2001, section 4.3: with criteria fixed, agent:criterion / n counts as universe score.
    found = agents()
    s = found.values
    study = d_study(
        found, object_of_measurement="agent", n={"ticket": 10, "reviewer": 2, "criterion": 3}, fixed=["criterion"]
    )
    assert study.universe.value == pytest.approx(s["agent"] + s["agent:criterion"] / 3)
    assert study.error_relative.value == pytest.approx(s["agent:ticket"] / 10 + s["residual"] / 60)
    assert study.error_absolute.value == pytest.approx(study.error_relative.value + s["reviewer"] / 2)


def test_other_reviewers_for_each_ticket() -> None:
    # Brennan 2001, section 4.1: reviewers nested in tickets are averaged over n tickets times m reviewers.
    found = agents()
    s = found.values
    study = d_study(
        found,
        object_of_measurement="agent",
        n={"ticket": 10, "reviewer": 1, "criterion": 3},
        within={"reviewer": "ticket"},
    )
    assert study.error_absolute.value - study.error_relative.value == pytest.approx(
        s["reviewer"] / 10 + s["criterion"] / 3
    )


def test_grid_is_made_of_d_studies() -> None:
    found = agents()
    options = {"object_of_measurement": "agent", "fixed": ["criterion"]}
    grid = dependability_grid(
        found,
        grid={"ticket": [5, 20], "reviewer": [1, 3]},
        others={"criterion": 3},
        **options,  # type: ignore[arg-type]
    )
    for i, tickets in enumerate(grid.rows):
        for j, reviewers in enumerate(grid.columns):
            study = d_study(found, n={"ticket": tickets, "reviewer": reviewers, "criterion": 3}, **options)  # type: ignore[arg-type]
            assert isinstance(study.dependability, Estimate)
            assert grid.dependability[i, j] == pytest.approx(study.dependability.value)
            assert grid.sem_absolute[i, j] == pytest.approx(study.sem_absolute.value)


def test_smallest_designs_reach_what_is_wanted_and_one_ticket_less_does_not() -> None:
    found = agents()
    grid = {"ticket": range(1, 61), "reviewer": range(1, 6)}
    plans = smallest_designs(
        found, object_of_measurement="agent", wanted=0.6, grid=grid, others={"criterion": 3}, fixed=["criterion"]
    )
    assert plans
    assert [plan.gradings for plan in plans] == sorted(plan.gradings for plan in plans)
    for plan in plans:
        assert isinstance(plan.dependability, Estimate)
        assert plan.dependability.value >= 0.6
        if plan.n["ticket"] > 1:
            fewer = dependability_grid(
                found,
                object_of_measurement="agent",
                grid={"ticket": [plan.n["ticket"] - 1], "reviewer": [plan.n["reviewer"]]},
                others={"criterion": 3},
                fixed=["criterion"],
            )
            assert fewer.dependability[0, 0] < 0.6


def test_nothing_reaches_a_bound_that_reviewers_set() -> None:
    # One reviewer's severity stays in the score however many tickets: dependability has a ceiling.
    grid = {"ticket": range(1, 5), "reviewer": [1]}
    assert (
        smallest_designs(agents(), object_of_measurement="agent", wanted=0.99, grid=grid, others={"criterion": 3}) == ()
    )
    with pytest.raises(DesignError, match="between 0 and 1"):
        smallest_designs(agents(), object_of_measurement="agent", wanted=1.0, grid=grid, others={"criterion": 3})


def test_reviewers_are_found_again() -> None:
    # The severities put in lie between -0.5 and 0.5 in even steps.
    levels = level_effects(agents(), "reviewer")
    assert [levels[str(reviewer)].value for reviewer in range(5)] == pytest.approx(np.linspace(-0.5, 0.5, 5), abs=0.15)


def test_bootstrap_is_seeded_and_covers() -> None:
    found = fitted(brennan_1(), ["p", "i"])
    one, two = (bootstrap_components(found, seed=7, n_resamples=60) for _ in range(2))
    assert one.draws == pytest.approx(two.draws, rel=0, abs=0)
    assert one.draws.shape == (60 - one.failed, 3)
    for name, estimate in one.components.items():
        assert estimate.resampled is not None
        assert estimate.resampled.low is not None
        assert estimate.resampled.high is not None
        assert estimate.resampled.low < found.values[name] < estimate.resampled.high
