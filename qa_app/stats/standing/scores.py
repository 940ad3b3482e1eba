"""Scores of reviews with who was graded and who graded: what all estimates of this folder read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from qa_app.stats.resampling import Floats

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """One row a review. Build it with `score_table`."""

    agents: tuple[str, ...]
    reviewers: tuple[str, ...]
    agent: Codes
    """Shape (reviews,): positions in `agents`."""
    reviewer: Codes
    """Shape (reviews,): positions in `reviewers`."""
    scores: Floats
    """Shape (reviews,), finite."""
    weights: Floats
    """Shape (reviews,): 1/probability, scaled so that an agent's sum to the agent's effective number of reviews."""

    def select(self, kept: NDArray[np.bool_]) -> "ScoreTable":
        """The rows kept, with the agents and reviewers that occur in them."""
        agents, agent = np.unique(self.agent[kept], return_inverse=True)
        reviewers, reviewer = np.unique(self.reviewer[kept], return_inverse=True)
        return ScoreTable(
            tuple(self.agents[place] for place in agents),
            tuple(self.reviewers[place] for place in reviewers),
            agent.astype(np.intp),
            reviewer.astype(np.intp),
            self.scores[kept],
            self.weights[kept],
        )


def score_table(
    agents: Sequence[str],
    reviewers: Sequence[str],
    scores: Sequence[float],
    *,
    probabilities: Sequence[float] | None = None,
) -> ScoreTable:
    """Reviews as columns of equal length; agents and reviewers keep their order of first appearance.

    Reviews weigh by 1/probability. The weights of an agent are scaled to sum to (sum of w)**2 / (sum of w**2), the
    number of equally likely reviews that would tell as much (Kish 1965, section 11.7; scaling method 1 of Pfeffermann,
    Skinner, Holmes, Goldstein & Rasbash 1998, J. R. Stat. Soc. B 60:23). Equal probabilities thus weigh 1 each.

    Raises:
        ValueError: columns of unequal length, a score that is not finite, or a probability outside of (0, 1].
    """
    values = np.asarray(scores, dtype=np.float64)
    shares = np.ones(values.size) if probabilities is None else np.asarray(probabilities, dtype=np.float64)
    if not len(agents) == len(reviewers) == values.size == shares.size:
        raise ValueError("agents, reviewers, scores and probabilities must be equally many")
    if not np.all(np.isfinite(values)) or not np.all((shares > 0) & (shares <= 1)):
        raise ValueError("scores must be finite, and probabilities in (0, 1]")
    agent_names, agent = _number(agents)
    reviewer_names, reviewer = _number(reviewers)
    weights = 1 / shares
    total = np.bincount(agent, weights, len(agent_names))
    squares = np.bincount(agent, weights**2, len(agent_names))
    return ScoreTable(agent_names, reviewer_names, agent, reviewer, values, weights * (total / squares)[agent])


def _number(labels: Sequence[str]) -> tuple[tuple[str, ...], Codes]:
    places = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    return tuple(places), np.array([places[label] for label in labels], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Sums:
    """All that a linear model of agents and reviewers needs of the scores, which are taken from their mean.

    The columns of the model are the constant, unless agents are fixed and thus have constants of their own, and then
    the reviewers, where they are in the model.
    """

    table: ScoreTable
    crossed: bool
    """Whether reviewers are in the model."""
    fixed: bool = False
    """Whether agents are taken as they come and not as drawn from a common distribution."""

    @cached_property
    def constants(self) -> int:
        """Columns before those of the reviewers."""
        return 0 if self.fixed else 1

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of the error."""
        return self.total - (len(self.table.agents) if self.fixed else 1)

    @cached_property
    def centre(self) -> float:
        """Weighted mean of all scores."""
        return float(np.average(self.table.scores, weights=self.table.weights))

    @cached_property
    def total(self) -> float:
        """Effective number of reviews."""
        return float(self.table.weights.sum())

    @cached_property
    def cells(self) -> Floats:
        """Weight of each agent under each reviewer, shape (agents, reviewers)."""
        shape = len(self.table.agents), len(self.table.reviewers)
        places = self.table.agent * shape[1] + self.table.reviewer
        cells = np.bincount(places, self.table.weights, shape[0] * shape[1])
        return cells.astype(np.float64, copy=False).reshape(shape)

    @cached_property
    def per_agent(self) -> Floats:
        """Effective number of reviews of each agent."""
        return np.asarray(self.cells.sum(axis=1))

    @cached_property
    def columns(self) -> Floats:
        """Weight of each agent in each column, shape (agents, columns)."""
        parts = [self.per_agent[:, np.newaxis]][: self.constants]
        return np.column_stack([*parts, self.cells if self.crossed else self.cells[:, :0]])

    @cached_property
    def gram(self) -> Floats:
        """X'WX of the columns."""
        met = self.columns.sum(axis=0)
        gram = np.diag(met)
        if self.constants:
            gram[0, :] = gram[:, 0] = met
        return gram

    @cached_property
    def agent_scores(self) -> Floats:
        """Weighted sums of scores by agent."""
        return self._sum(self.table.agent, len(self.table.agents))

    @cached_property
    def column_scores(self) -> Floats:
        """X'Wy of the columns."""
        by_reviewer = self._sum(self.table.reviewer, len(self.table.reviewers))
        constant = np.array([by_reviewer.sum()])[: self.constants]
        return np.concatenate([constant, by_reviewer if self.crossed else by_reviewer[:0]])

    @cached_property
    def squares(self) -> float:
        """Weighted sum of squares of the scores, y'Wy."""
        return float(self.table.weights @ (self.table.scores - self.centre) ** 2)

    def _sum(self, codes: Codes, size: int) -> Floats:
        sums = np.bincount(codes, self.table.weights * (self.table.scores - self.centre), size)
        return sums.astype(np.float64, copy=False)


def find_parts(table: ScoreTable) -> tuple[Codes, Codes]:
    """The connected part of each agent and of each reviewer.

    Two agents can be compared beyond the severity of those who graded them only within one part (Weeks & Williams
    1964, Technometrics 6:319).
    """
    n_agents, n_reviewers = len(table.agents), len(table.reviewers)
    size = n_agents + n_reviewers
    links = coo_array((np.ones(table.scores.size), (table.agent, table.reviewer + n_agents)), shape=(size, size))
    parts = np.asarray(connected_components(links.tocsr(), directed=False)[1], dtype=np.intp)
    return parts[:n_agents], parts[n_agents:]
