"""What a calibration report says, and where it says that there is no number."""

import numpy as np
import pytest

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.ratings import Level
from qa_app.stats.severity.calibration import SeverityReport, report_severity
from qa_app.stats.severity.connection import Unconnected
from qa_app.stats.severity.fit import Fit, fit_facets
from qa_app.stats.severity.observations import FacetRatings, collect_ratings, join_tables
from tests.qa_app.stats.severity.tables import creativity, simulate
from tests.qa_app.stats.tables import make_table


def pairs(first: list[int], second: list[int]) -> FacetRatings:
    """Two raters, each with one rating per unit."""
    n = len(first)
    return collect_ratings({"person": [*range(n)] * 2, "rater": ["a"] * n + ["b"] * n}, first + second)


def test_the_most_severe_rater_comes_first_with_an_interval() -> None:
    report = report_severity(
        simulate(persons=80, severities=[-1, 0, 1], difficulties=[-0.3, 0.3], thresholds=[-1, 0, 1], seed=4)
    )
    assert isinstance(report, SeverityReport)
    assert [one.rater for one in report.raters] == ["2", "1", "0"]
    severe = report.raters[0].severity
    assert isinstance(severe, Estimate)
    assert severe.se is not None
    assert severe.low == pytest.approx(severe.value - 1.990450 * severe.se)  # R 4.2.2: qt(.975, 79)
    assert (severe.n_units, severe.n_raters, severe.n_values) == (80, 3, 160)
    assert report.raters[0].fair_average < report.raters[2].fair_average  # type: ignore[operator]
    assert [one.flags for one in report.raters] == [(), (), ()]


def test_the_report_flags_misfit_few_choices_and_disordered_thresholds() -> None:
    report = report_severity(creativity(), estimation="jmle")
    assert isinstance(report, SeverityReport)
    assert {one.rater: one.flags for one in report.raters} == {"1": (), "2": ("noisy",), "3": ()}  # outfit 1.52
    assert [use.value for use in report.categories if "disordered" in use.flags] == [3, 5, 7, 9]
    assert [use.value for use in report.categories if "few-choices" in use.flags] == [1, 2, 4, 6, 8, 9]


def test_a_rater_at_random_is_noisy() -> None:
    table = simulate(persons=150, severities=[0, 0, 0, 0], difficulties=[-0.5, 0.5], thresholds=[-1.5, 0, 1.5], seed=6)
    noise = np.random.default_rng(1).integers(0, 4, table.n_ratings)
    scores = np.where(table.codes["rater"] == 2, noise, table.categories)
    report = report_severity(collect_ratings(dict(table.codes), scores))
    assert isinstance(report, SeverityReport)
    assert [one.rater for one in report.raters if "noisy" in one.flags] == ["2"]


def test_a_category_that_nobody_chose_is_said_and_keeps_its_place() -> None:
    generator = np.random.default_rng(2)
    scores = np.array([1, 2, 4, 5])[generator.integers(0, 4, 120)]
    columns = {"person": np.repeat(np.arange(40), 3), "rater": np.tile(np.arange(3), 40)}
    table = collect_ratings(columns, scores, scale=[1, 2, 3, 4, 5])
    report = report_severity(table)
    assert isinstance(report, SeverityReport)
    assert [use.value for use in report.categories if use.flags == ("never-chosen",)] == [3]
    assert [(step.step, step.lower, step.upper) for step in report.fit.thresholds] == [(1, 1, 2), (3, 2, 4), (4, 4, 5)]
    collapsed = fit_facets(table, null_categories="collapse")
    assert isinstance(collapsed, Fit)
    assert [step.step for step in collapsed.thresholds] == [1, 2, 3]


TWO_TEAMS = collect_ratings(
    {"person": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5], "rater": [*"ababab", *"cdcd"]}, [1, 2, 3, 2, 2, 2, 1, 2, 3, 1]
)
"""Raters a and b graded units 1 to 3, raters c and d units 4 and 5."""


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (collect_ratings({"person": [1, 2, 3], "rater": ["a"] * 3}, [1, 2, 3]), "one-rater"),
        (pairs([2, 2, 2], [2, 2, 2]), "only-ends"),
        (pairs([1, 1, 2, 2], [1, 1, 2, 2]), "no-maximum"),
        (TWO_TEAMS, "unconnected"),
        (collect_ratings({"person": [], "rater": []}, []), "no-values"),
        (collect_ratings({"person": [1, 2, 3, 4], "rater": [*"abab"]}, [1, 2, 2, 1]), "unconnected"),
    ],
)
def test_there_is_no_number(table: FacetRatings, reason: str) -> None:
    report = report_severity(table)
    assert isinstance(report, Undefined)
    assert report.reason == reason


def test_unconnected_ratings_name_their_groups() -> None:
    found = report_severity(TWO_TEAMS)
    assert isinstance(found, Unconnected)
    assert found.groups == {"person": (("1", "2", "3"), ("4", "5")), "rater": (("a", "b"), ("c", "d"))}


def test_raters_nested_in_criteria_cannot_be_compared_across_them() -> None:
    # Everybody saw every unit, but a and b graded the greeting, c and d the closing: severity or difficulty?
    items = ["greeting", "greeting", "closing", "closing"]
    columns = {"person": np.repeat(np.arange(12), 4), "rater": np.array([*"abcd"] * 12), "item": np.array(items * 12)}
    found = report_severity(collect_ratings(columns, np.random.default_rng(0).integers(1, 4, 48)))
    assert isinstance(found, Unconnected)
    assert found.groups["rater"] == (("a", "b"), ("c", "d"))


def test_a_rater_who_gives_only_the_best_has_no_severity() -> None:
    generator = np.random.default_rng(3)
    scores = generator.integers(1, 4, (30, 3))
    scores[:, 2] = 3
    columns = {"person": np.repeat(np.arange(30), 3), "rater": np.tile(["a", "b", "kind"], 30)}
    report = report_severity(collect_ratings(columns, scores.ravel()))
    assert isinstance(report, SeverityReport)
    last = report.raters[-1]
    assert isinstance(last.severity, Undefined)
    assert (last.rater, last.severity.reason, last.average) == ("kind", "all-highest", 3.0)


def test_where_all_others_are_extreme_nobody_is_left_to_compare_with() -> None:
    persons = [1, 1, 2, 2, 3, 3, 1, 2, 3]
    columns = {"person": np.array(persons), "rater": np.array([*"abababaaa"]), "item": np.array([*"xxxxxxyyy"])}
    report = report_severity(collect_ratings(columns, [1, 3, 2, 3, 3, 3, 2, 3, 1]))
    assert isinstance(report, SeverityReport)
    reasons = {one.rater: one.severity.reason for one in report.raters if isinstance(one.severity, Undefined)}
    assert reasons == {"a": "alone", "b": "all-highest"}


def test_units_that_do_not_differ_leave_a_variance_of_zero() -> None:
    report = report_severity(pairs([1, 1, 2, 2], [2, 2, 1, 1]))
    assert isinstance(report, SeverityReport)
    assert report.fit.population is not None
    assert (report.fit.population.variance, report.fit.population.reliability) == (0.0, None)


def test_criteria_with_different_scales_get_thresholds_of_their_own() -> None:
    generator = np.random.default_rng(8)
    binary = make_table(generator.integers(0, 2, (40, 3)).tolist(), Level.ORDINAL, categories=[0, 1])
    graded = make_table(generator.integers(1, 6, (40, 3)).tolist(), Level.ORDINAL)
    report = report_severity(join_tables({"greeting": binary, "tone": graded}))
    assert isinstance(report, SeverityReport)
    assert [(use.element, use.value) for use in report.categories] == [
        *[("greeting", value) for value in (0, 1)],
        *[("tone", value) for value in (1, 2, 3, 4, 5)],
    ]
    assert [one.average for one in report.raters] == [None, None, None]


@pytest.mark.parametrize("empty", [{}, {"greeting": make_table([(None, None)])}])
def test_no_table_has_no_values(empty: dict[str, object]) -> None:
    found = report_severity(join_tables(empty))  # type: ignore[arg-type]
    assert isinstance(found, Undefined)
    assert found.reason == "no-values"
