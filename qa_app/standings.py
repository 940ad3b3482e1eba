"""How the agents of a team stand, as pages, commands and workbooks show it. No arithmetic here.

Scores are percent, differences points of 100. Headline figures rest on reviews drawn at random; targeted ones stand
apart.
"""

from dataclasses import dataclass
from datetime import date, datetime

from db.records import Person, PersonId
from qa_app.estimate import Measured
from qa_app.methods import Method


@dataclass(frozen=True, slots=True)
class SkillStanding:
    """One skill of one agent."""

    skill: str
    label: str
    mean: Measured
    smoothed: Measured
    """The mean drawn towards the team's, the further the fewer the reviews."""


@dataclass(frozen=True, slots=True)
class AgentStanding:
    """One agent among the team."""

    agent: Person
    score: Measured
    """Mean reported score of reviews drawn at random, as graded."""
    smoothed: Measured
    """The score drawn towards the team's, the further the fewer the reviews."""
    adjusted: Measured
    """Smoothed, and as if every reviewer had graded the agent alike often: the twin that severity does not move."""
    targeted: Measured
    """Mean of targeted and hand-picked reviews; never mixed into the others."""
    passed: Measured
    """Share of passed reviews among those with a verdict, percent."""
    n_reviews: int
    """Behind `score`."""
    rank_low: int | None
    """Best place that the data allow, 1 is the highest score; None where the agent has no place."""
    rank_high: int | None
    """Worst place that the data allow."""
    tied_with: tuple[PersonId, ...]
    """Agents whom the data cannot split from this one, both directions alike."""
    skills: tuple[SkillStanding, ...]
    smallest_difference: Measured
    """Smallest difference of two scores from as many reviews as this one that is not measurement error alone."""


@dataclass(frozen=True, slots=True)
class ReviewerSeverity:
    """How severe a reviewer is beside the team's other reviewers."""

    reviewer_id: PersonId
    name: str
    severity: Measured
    """Points below what the average reviewer gives for the same work; negative is lenient."""
    n_reviews: int
    n_agents: int


@dataclass(frozen=True, slots=True)
class TeamReport:
    """A team over a period."""

    team: str
    start: date
    end: date
    """Inclusive, in the installation's time zone."""
    made_at: datetime
    mean: Measured
    """Mean reported score of the team's reviews drawn at random."""
    standings: tuple[AgentStanding, ...]
    """The best estimate first; agents without a score last, by name."""
    between: Measured
    """Standard deviation of the agents' true scores, points."""
    reliability: Measured
    """Share of the variance of the agents' means that their true scores explain, from 0 to 1."""
    smallest_difference: Measured
    """The same as an agent's, for the team's usual number of reviews."""
    reviewers: tuple[ReviewerSeverity, ...]
    """The most severe first."""
    methods: tuple[Method, ...]
