"""The model score = mean + agent + reviewer + error, solved at given ratios of its variances.

Henderson's mixed-model equations (Henderson 1975, Biometrics 31:423; Robinson 1991, Stat. Sci. 6:15), agents swept out
as a diagonal. Agents, reviewers and errors are normal with variances g_a s^2, g_r s^2 and s^2, where g is a ratio; a
review of weight w counts as w reviews. Without reviewers in the model this is the one-way model of agents. Agents whose
ratio is infinite are fixed: each has a constant of its own (BLUE), and there is no mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_app.stats.resampling import Floats
from qa_app.stats.standing.scores import Sums

_CELLS = 4_000_000
"""Numbers in one array at most; more points are solved in portions."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The model at each of several points, that is pairs of ratios; arrays start with the points.

    An agent's score is that as graded by all reviewers alike: mean + agent + mean of the reviewers.
    """

    squares: Floats
    """Residual sum of squares, shape (points,); s^2 is about squares / df."""
    log_likelihood: Floats
    """Restricted, with s^2 integrated out against 1/s^2, up to a constant; shape (points,)."""
    scores: Floats
    """Of each agent, shape (points, agents)."""
    own: Floats
    """The part of their variances over s^2 that each agent has alone; shape (points, agents)."""
    loadings: Floats
    """The part they share is the product of these, shape (points, agents, columns)."""
    effects: Floats
    """Reviewers less their mean, shape (points, reviewers); none where they are not in the model."""
    effects_spread: Floats
    """Variances of these over s^2."""

    @property
    def spread(self) -> Floats:
        """Variances of the agents' scores over s^2, shape (points, agents)."""
        return np.asarray(self.own + np.sum(self.loadings**2, axis=2))

    def keep(self, points: NDArray[np.bool_]) -> "Solved":
        """Some of the points only."""
        return Solved(*(getattr(self, name)[points] for name in Solved.__slots__))


def solve(sums: Sums, agent_ratios: Floats, reviewer_ratios: Floats) -> Solved:
    """Solve at these points, shapes (points,). Ratios are at least 0; those of fixed agents are infinite."""
    size = max(1, _CELLS // max(1, sums.columns.size))
    parts = [
        _solve(sums, agent_ratios[at : at + size], reviewer_ratios[at : at + size])
        for at in range(0, agent_ratios.size, size)
    ]
    return (
        parts[0]
        if len(parts) == 1
        else Solved(*(np.concatenate([getattr(part, name) for part in parts]) for name in Solved.__slots__))
    )


def _solve(sums: Sums, agent_ratios: Floats, reviewer_ratios: Floats) -> Solved:
    with np.errstate(divide="ignore"):
        shrink = 1 / (sums.per_agent + 1 / agent_ratios[:, None])
    # Reviewers in units of their standard deviation: nothing is divided by their ratio, and 0 is one like others.
    n_columns = sums.columns.shape[1]
    scale = np.ones((agent_ratios.size, n_columns))
    scale[:, sums.constants :] = np.sqrt(reviewer_ratios)[:, None]
    swept = sums.gram - np.matmul(sums.columns.T, shrink[:, :, None] * sums.columns)
    system = scale[:, :, None] * swept * scale[:, None, :]
    inner = np.arange(sums.constants, n_columns)
    system[:, inner, inner] += 1
    factor = np.linalg.cholesky(system)
    root = np.linalg.inv(factor)
    right = scale * (sums.column_scores - (shrink * sums.agent_scores) @ sums.columns)
    half = np.matmul(root, right[:, :, None])
    squares = sums.squares - shrink @ sums.agent_scores**2 - np.sum(half[:, :, 0] ** 2, axis=1)
    squares = np.maximum(squares, np.finfo(float).eps * sums.squares)
    log_determinant = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    if not sums.fixed:
        log_determinant += np.log1p(agent_ratios[:, None] * sums.per_agent).sum(axis=1)
    mean = np.ones(n_columns)
    mean[sums.constants :] = 1 / max(inner.size, 1)
    # How each agent's score, and each reviewer less the mean of all, moves with the columns.
    to_score = np.matmul(scale[:, None, :] * (mean - shrink[:, :, None] * sums.columns), root.transpose(0, 2, 1))
    apart = np.eye(n_columns)[sums.constants :] - np.where(np.arange(n_columns) < sums.constants, 0, mean)
    to_effect = np.matmul(scale[:, None, :] * apart, root.transpose(0, 2, 1))
    return Solved(
        squares,
        -0.5 * log_determinant - sums.df / 2 * np.log(np.maximum(squares, np.finfo(float).tiny)),
        sums.centre + shrink * sums.agent_scores + np.matmul(to_score, half)[:, :, 0],
        shrink,
        to_score,
        np.matmul(to_effect, half)[:, :, 0],
        np.sum(to_effect**2, axis=2),
    )
