"""Intervals of severities that hold where the ratings of one unit hang together."""

import numpy as np
import pytest
from scipy.stats import norm, t

from qa_app.estimate import Estimate
from qa_app.stats.severity.calibration import SeverityReport, report_severity
from qa_app.stats.severity.cells import count_cells
from qa_app.stats.severity.design import make_design
from qa_app.stats.severity.fit import Fit, fit_facets
from qa_app.stats.severity.observations import FacetRatings, Floats, collect_ratings
from qa_app.stats.severity.posterior import Parameters, integrate, lay_grid
from qa_app.stats.severity.robust import measure_robust_errors, score_chunk
from tests.qa_app.stats.severity.tables import draw, simulate

SIMPLE = simulate(persons=6, severities=[-0.5, 0, 0.5], difficulties=[-0.3, 0.3], thresholds=[-1, 0, 1], seed=5)


def test_the_score_of_a_person_is_the_slope_of_the_likelihood() -> None:
    # By central differences, at a point that is not the maximum.
    cells = count_cells(make_design(SIMPLE, drop_persons=False))
    at = np.array([-0.4, 0.1, 0.3, -0.2, 0.2, 0.0, -0.9, -0.8, 0.0, 0.25, -0.1])  # stack, mean, log sd

    def look(point: Floats) -> Parameters:
        return Parameters(point[:-2], float(point[-2]), float(point[-1]))

    def likelihood(point: Floats) -> float:
        return integrate(cells, look(point), lay_grid(cells, look(point)), second=False).log_likelihood

    steps = 1e-5 * np.eye(at.size)
    slopes = [(likelihood(at + step) - likelihood(at - step)) / 2e-5 for step in steps]
    grid = lay_grid(cells, look(at))
    (chunk,) = cells.chunks
    scores = score_chunk(cells, look(at), grid, chunk)
    ends = [5, 8]  # the sums of the lowest and the highest step are 0 by definition and have no slope
    free = [place for place in range(at.size) if place not in ends]
    assert scores.shape == (6, 11)
    assert scores.sum(axis=0)[free] == pytest.approx(np.array(slopes)[free], abs=1e-7)


def test_criteria_copied_under_other_names_tell_nothing_new() -> None:
    once = simulate(persons=40, severities=[-0.6, 0, 0.6], difficulties=[0], thresholds=[-1, 0, 1], seed=7)
    twice = collect_ratings(
        {
            "person": np.tile(once.codes["person"], 2),
            "rater": np.tile(once.codes["rater"], 2),
            "item": np.repeat([0, 1], once.n_ratings),
        },
        np.tile(once.categories, 2),
    )
    # Two copies stretch the scale, so each error is told in units of how far the raters lie apart.
    full, robust = zip(*(errors(table) for table in (once, twice)), strict=True)
    assert full[1] / full[0] == pytest.approx(np.full(3, 0.63), abs=0.02)  # as if there had been more work
    assert robust[1] / robust[0] == pytest.approx(np.ones(3), abs=0.02)


def errors(table: FacetRatings) -> tuple[Floats, Floats]:
    """Standard errors of three raters over their range: from the information, and from the spread of the units."""
    fit = fit_facets(table)
    assert isinstance(fit, Fit)
    assert fit.marginal is not None
    apart = np.ptp(fit.facets["rater"].measure)
    return fit.facets["rater"].se / apart, measure_robust_errors(fit.marginal).se[:3] / apart


def test_one_unit_tells_no_interval() -> None:
    columns = {"person": [*range(8), *range(8), 0], "rater": [*"aaaaaaaabbbbbbbbc"]}
    report = report_severity(collect_ratings(columns, [1, 2, 3, 2, 1, 2, 3, 2, 1, 3, 2, 2, 2, 2, 3, 1, 2]))
    assert isinstance(report, SeverityReport)
    found = {one.rater: one.severity for one in report.raters}
    alone = found["c"]
    assert isinstance(alone, Estimate)
    assert (alone.low, alone.high) == (None, None)
    assert alone.method == "many-facet Rasch model, MML; one unit tells no interval"
    assert isinstance(found["a"], Estimate)
    assert found["a"].low is not None


@pytest.mark.long
def test_intervals_hold_where_a_rater_likes_or_dislikes_a_unit() -> None:
    """Eight raters on twelve units and six criteria; a liking of N(0, 0.8^2) for each rater and unit."""
    generator = np.random.default_rng(1)
    persons, raters, items = 12, 8, 6
    person, rater, item = (axis.ravel() for axis in np.indices((persons, raters, items)))
    difficulties = np.linspace(-0.5, 0.5, items)
    inside = np.zeros(2)
    for _ in range(60):
        # Nobody is severe: with likings that the model does not know of, other severities come out nearer to 0.
        ability, liking = generator.normal(0, 1, persons), generator.normal(0, 0.8, (persons, raters))
        places = ability[person] - difficulties[item] + liking[person, rater]
        scores = draw(places, np.array([-1.5, -0.5, 0.5, 1.5]), generator)
        table = collect_ratings({"person": person, "rater": rater, "item": item}, scores, scale=[0, 1, 2, 3, 4])
        fit = fit_facets(table)
        assert isinstance(fit, Fit)
        assert fit.marginal is not None
        found, robust = fit.facets["rater"], measure_robust_errors(fit.marginal).se[:raters]
        reach = np.stack([norm.ppf(0.975) * found.se, t.ppf(0.975, persons - 1) * robust])
        inside += np.sum(np.abs(found.measure) <= reach, axis=1)
    full, by_unit = (inside / (60 * raters)).tolist()
    assert full < 0.8  # said to be 95 %
    assert by_unit > 0.92
