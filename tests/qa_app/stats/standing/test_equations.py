import numpy as np
import pytest

from qa_app.stats.resampling import Floats
from qa_app.stats.standing.equations import solve
from qa_app.stats.standing.scores import ScoreTable, Sums, score_table
from tests.qa_app.stats.standing.worked import (
    AGENT_EFFECTS,
    AGENT_VARIANCE,
    DEVIANCES,
    MEAN,
    RESIDUAL,
    REVIEWER_EFFECTS,
    REVIEWER_VARIANCE,
    make_table,
)


def at(*values: float) -> Floats:
    return np.array(values)


def test_predictions_are_those_of_lme4() -> None:
    sums = Sums(make_table(), crossed=True)
    found = solve(sums, at(AGENT_VARIANCE / RESIDUAL), at(REVIEWER_VARIANCE / RESIDUAL))
    effects = np.array([REVIEWER_EFFECTS[key] for key in sums.table.reviewers])
    assert found.scores[0] == pytest.approx(MEAN + AGENT_EFFECTS + effects.mean(), abs=1e-4)
    assert found.effects[0] == pytest.approx(effects - effects.mean(), abs=1e-4)
    assert found.squares[0] / sums.df == pytest.approx(RESIDUAL, rel=1e-5)


def test_restricted_likelihood_is_that_of_lme4() -> None:
    ratios = np.array(list(DEVIANCES))
    found = solve(Sums(make_table(), crossed=True), ratios[:, 0] ** 2, ratios[:, 1] ** 2)
    theirs = np.array(list(DEVIANCES.values()))
    # Up to a constant: s^2 is integrated out here, and at its maximum there.
    assert -2 * (found.log_likelihood - found.log_likelihood[0]) == pytest.approx(theirs - theirs[0], abs=1e-8)


def test_fixed_agents_and_reviewers_are_those_of_lm() -> None:
    # R 4.2.2: lm(y ~ 0 + a + r, d, contrasts = list(r = "contr.sum"))
    values = (82.19313900456, 68.87269482451, 76.34661907595, 68.78430497720, 82.25084275233, 78.48284751140)
    errors = (2.78177371250, 4.04439608914, 2.33385027649, 3.85475686229, 2.58448158830, 4.49049607275)
    sums = Sums(make_table(), crossed=True, fixed=True)
    found = solve(sums, at(np.inf), at(1e9))
    residual = found.squares[0] / (27 - 6 - 2)
    assert found.scores[0] == pytest.approx(values, abs=1e-5)
    assert np.sqrt(found.spread[0] * residual) == pytest.approx(errors, abs=1e-5)
    assert dict(zip(sums.table.reviewers, found.effects[0].tolist(), strict=True)) == pytest.approx(
        {"A": 3.46063850882, "B": -15.42633353163, "C": 15.42633353163 - 3.46063850882}, abs=1e-5
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_and_spreads_are_those_of_the_covariance_written_out(*, weighted: bool) -> None:
    table = make_table()
    if weighted:
        shares = np.random.Generator(np.random.Philox(5)).uniform(0.1, 1, table.scores.size).tolist()
        labels = [table.agents[place] for place in table.agent], [table.reviewers[place] for place in table.reviewer]
        table = score_table(*labels, table.scores.tolist(), probabilities=shares)
    found = solve(Sums(table, crossed=True), at(0.4), at(1.5))
    scores, spread = write_out(table, 0.4, 1.5)
    assert found.scores[0] == pytest.approx(scores)
    assert found.spread[0] == pytest.approx(spread)


def write_out(table: ScoreTable, agents: float, reviewers: float) -> tuple[Floats, Floats]:
    """Best linear unbiased prediction of mean + agent + mean of reviewers, by generalised least squares."""
    to_agent, to_reviewer = np.eye(len(table.agents))[table.agent], np.eye(len(table.reviewers))[table.reviewer]
    covariance = agents * to_agent @ to_agent.T + reviewers * to_reviewer @ to_reviewer.T + np.diag(1 / table.weights)
    inverse = np.linalg.inv(covariance)
    ones = np.ones(table.scores.size)
    precision = ones @ inverse @ ones
    mean = ones @ inverse @ table.scores / precision
    n_reviewers = len(table.reviewers)
    with_scores = (
        agents * to_agent.T + reviewers / n_reviewers * np.ones((len(table.agents), n_reviewers)) @ to_reviewer.T
    )
    left = 1 - with_scores @ inverse @ ones
    scores = mean + with_scores @ inverse @ (table.scores - mean)
    own = agents + reviewers / n_reviewers - np.einsum("ai,ij,aj->a", with_scores, inverse, with_scores)
    return scores, own + left**2 / precision
