"""Places in a ranking that the data allow, from all differences of two agents.

An agent's best place is one more than the number of agents who are surely better, the worst place the number of agents
less those who are surely worse (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev. Econ. Stud. 91:476, section 3; Klein,
Wright & Wieczorek 2020, J. R. Stat. Soc. A 183:589, for the same from overlapping intervals). "Surely" is one of all
k (k - 1) one-sided tests, held together by Holm's steps (1979), so that all places hold at once with the confidence
given, whatever the dependence. Agents are fixed here: shrunk scores would test against a pull that no agent has.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from qa_app.stats.margins.multiplicity import adjust
from qa_app.stats.resampling import Floats
from qa_app.stats.standing.posterior import Posterior, average
from qa_app.stats.standing.scores import Codes, ScoreTable, Sums, find_parts


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Places of agents, 1 the highest score."""

    best: Codes
    """Shape (agents,)."""
    worst: Codes
    above: NDArray[np.bool_]
    """Shape (agents, agents): whether the row is surely better than the column."""

    @property
    def tied(self) -> NDArray[np.bool_]:
        """Which two agents the data cannot split; shape (agents, agents)."""
        return np.asarray(~(self.above | self.above.T) & ~np.eye(self.best.size, dtype=np.bool_))


def rank(table: ScoreTable, *, crossed: bool, confidence: float = 0.95) -> Ranks:
    """Places of the table's agents; two who share no reviewer, not even by way of others, are not compared.

    `crossed`: whether the severity of reviewers is in the model. Where no degree of freedom is left for the error,
    nobody is above anybody.
    """
    n_agents = len(table.agents)
    sums = Sums(table, crossed=crossed, fixed=True)
    if sums.df <= 0 or sums.squares == 0:
        above = np.zeros((n_agents, n_agents), dtype=np.bool_)
    else:
        chances = _p_values(average(sums))
        parts, _ = find_parts(table)
        compared = (parts[:, np.newaxis] == parts) & ~np.eye(n_agents, dtype=np.bool_)
        adjusted = adjust(np.where(compared, chances, np.nan))
        above = np.nan_to_num(adjusted, nan=1.0) <= 1 - confidence
    return Ranks(1 + above.sum(axis=0), n_agents - above.sum(axis=1), above)


def _p_values(found: Posterior) -> Floats:
    """Of "the row is no better than the column", shape (agents, agents)."""
    solved, df = found.solved, found.sums.df
    n_agents = len(found.sums.table.agents)
    first, second = np.triu_indices(n_agents, 1)
    chances = np.zeros(first.size)
    for place, probability in enumerate(found.probability):
        scores, loadings, own = solved.scores[place], solved.loadings[place], solved.own[place]
        shared = loadings @ loadings.T
        total = np.diag(shared) + own
        variance = total[first] + total[second] - 2 * shared[first, second]
        scale = np.sqrt(np.maximum(variance, np.finfo(float).tiny) * solved.squares[place] / df)
        chances += probability * stdtr(df, (scores[second] - scores[first]) / scale)
    chances = np.clip(chances, 0.0, 1.0)
    out = np.full((n_agents, n_agents), np.nan)
    out[first, second], out[second, first] = chances, 1 - chances
    return out
