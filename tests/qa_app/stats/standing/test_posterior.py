import numpy as np
import pytest
from scipy.stats import chi2, ttest_1samp
from scipy.stats import t as student

from qa_app.stats.resampling import Floats
from qa_app.stats.standing import posterior
from qa_app.stats.standing.equations import solve
from qa_app.stats.standing.posterior import average, invert
from qa_app.stats.standing.scores import Sums, score_table
from tests.qa_app.stats.standing.worked import make_table


def test_grid_is_fine_enough() -> None:
    # The same integral over 150 x 150 points of the whole square, every one of them kept.
    sums = Sums(make_table(), crossed=True)
    angles = (np.arange(150) + 0.5) / 150 * np.pi / 2
    agents, reviewers = (np.tan(grid.ravel()) ** 2 for grid in np.meshgrid(angles, angles, indexing="ij"))
    solved = solve(sums, agents, reviewers)
    probability = np.exp(solved.log_likelihood - solved.log_likelihood.max())
    probability /= probability.sum()
    found = average(sums).scores
    scales = np.sqrt(solved.spread * (solved.squares / sums.df)[:, np.newaxis])
    assert found.means == pytest.approx(probability @ solved.scores, abs=0.01)
    for level in (0.025, 0.975):
        reached = probability @ student.cdf((found.quantiles(level) - solved.scores) / scales, sums.df)
        assert reached == pytest.approx(np.full(6, level), abs=1e-4)


def test_agent_alone_has_the_mean_with_students_interval() -> None:
    scores = [70.0, 85.0, 90.0, 78.0]
    found = average(Sums(score_table(["a"] * 4, ["r"] * 4, scores), crossed=False)).scores
    theirs = ttest_1samp(scores, 0).confidence_interval()
    assert found.means == pytest.approx([80.75])
    assert (found.quantiles(0.025)[0], found.quantiles(0.975)[0]) == pytest.approx((theirs.low, theirs.high), abs=1e-4)


def test_error_of_an_agent_alone_has_the_chi_square_interval() -> None:
    scores = [70.0, 85.0, 90.0, 78.0]
    found = average(Sums(score_table(["a"] * 4, ["r"] * 4, scores), crossed=False))
    factor = np.ones((found.probability.size, 1))
    limits = [found.deviations(factor, level)[0] for level in (0.025, 0.5, 0.975)]
    squares = 3 * np.var(scores, ddof=1)
    assert limits == pytest.approx(np.sqrt(squares / chi2.ppf([0.975, 0.5, 0.025], 3)), rel=1e-5)


def test_variance_that_reml_sets_to_zero_keeps_an_interval() -> None:
    # R 4.2.2, lme4 1.1.31: lmer(y ~ 1 + (1|a)) puts the variance of agents at 0 (singular fit), the residual at 134.
    sums = Sums(make_table(), crossed=False)
    found = average(sums)
    assert found.solved.log_likelihood[0] == found.solved.log_likelihood.max()
    factor = found.agent_ratios[:, np.newaxis]
    low, middle, high = (float(found.deviations(factor, level)[0]) for level in (0.025, 0.5, 0.975))
    assert 0 < low < 1 < middle < 5 < high < 15


def test_inversion_reaches_its_levels_even_where_the_function_is_a_cliff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior, "NEAR", 1e-12)

    def rising(x: Floats) -> Floats:
        return np.asarray(0.5 + np.arctan(1e8 * (x - 0.3)) / np.pi)

    levels = np.array([0.001, 0.4, 0.999])
    assert rising(invert(rising, levels, np.full(3, -1e3), np.full(3, 1e3))) == pytest.approx(levels, abs=1e-6)
