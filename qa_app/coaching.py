"""What coaching shows: one record for page, command and workbook, so that their figures cannot differ.

Workflows fill these; pages only lay them out. No arithmetic here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.records import (
    AgendaPoint,
    Appraisal,
    AppraisalSide,
    CoachingSession,
    CoachingState,
    Goal,
    GoalId,
    GoalState,
    Objective,
    Person,
    PointKind,
    ReviewId,
    ScorecardVersion,
)
from qa_app.estimate import Measured
from qa_app.reports import EvidenceLine


@dataclass(frozen=True, slots=True)
class Place:
    """Where something shows: one answer of a released review, and the message or the second it rests on."""

    review_id: ReviewId
    criterion_id: str | None
    ticket: str
    """The helpdesk's number."""
    words: str
    """The criterion and its answer."""
    evidence: EvidenceLine | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A point that the data suggest for an agenda."""

    kind: PointKind
    text: str
    skill: str | None = None
    place: Place | None = None
    goal_id: GoalId | None = None


@dataclass(frozen=True, slots=True)
class PointLine:
    """A point of an agenda with who added it and where it shows."""

    point: AgendaPoint
    by: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A skill before and after a day, over released random reviews by the day of the ticket, in percent and points."""

    before_from: date
    before_to: date
    after_from: date
    after_to: date
    """All days inclusive."""
    before: Measured
    after: Measured
    change: Measured
    """Within noise where its interval holds 0."""
    team_before: Measured
    """Mean of the means of all colleagues who have reviews before."""
    team_change: Measured
    """Mean of the changes of the colleagues who have reviews on both sides."""
    compared: Measured
    """Change less the team's: the difference in differences."""
    remarks: tuple[str, ...]
    """How to read it, in sentences."""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal with its names and its follow-up."""

    goal: Goal
    label: str
    """Of the skill."""
    by: str
    ended_by: str
    follow_up: FollowUp

    def overdue(self, today: date) -> bool:
        """Whether it is open past its day; what is due today is not overdue yet."""
        return is_overdue(self.goal, today)


def is_overdue(goal: Goal | Objective, today: date) -> bool:
    """Whether a goal or an objective is open past its day."""
    return goal.state is GoalState.OPEN and goal.due_on is not None and goal.due_on < today


def is_follow_up_due(session: CoachingSession, today: date) -> bool:
    """Whether a held session is to be looked back on by now."""
    return session.state is CoachingState.HELD and session.follow_up_on is not None and session.follow_up_on <= today


@dataclass(frozen=True, slots=True)
class CoachingView:
    """One coaching session with its agenda, as far as the reader may see it."""

    session: CoachingSession
    agent: Person
    coach: str
    points: tuple[PointLine, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """One objective of a team with its progress over released random reviews, each agent counting once, in percent."""

    objective: Objective
    team: str
    label: str
    by: str
    before: Measured
    """Over the eight weeks up to the day it was shared."""
    since: Measured
    change: Measured
    """Mean of the agents' changes, over agents with reviews on both sides."""
    remark: str
    """How it stands to its target."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an agent should be talked to, with how urgent it is: the largest first."""

    weight: int
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent of the coach's, with the reasons to talk."""

    agent: Person
    team: str | None
    reasons: tuple[Reason, ...]
    """The most urgent first."""
    next_on: date | None
    last_on: date | None

    @property
    def weight(self) -> int:
        """How urgent it is to talk: the reasons together."""
        return sum(reason.weight for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class CoachList:
    """Whom to talk to next, the most urgent first."""

    candidates: tuple[Candidate, ...]
    note: str
    """What is counted, and how many of the fallen scores chance alone would bring."""


@dataclass(frozen=True, slots=True)
class SelfView:
    """How an agent grades a skill of the own work against the reviewer of the same tickets, in percent."""

    skill: str
    label: str
    own: Measured
    reviewer: Measured
    difference: Measured
    """Own less reviewer's, ticket by ticket: above 0 the agent is kinder."""
    n_blind: int
    """Self-reviews that were made without having seen the reviewer's grades."""
    n_reviews: int


@dataclass(frozen=True, slots=True)
class CriterionPair:
    """One criterion of an appraisal as both answered it, in words; None where there is no submitted answer."""

    criterion_id: str
    section: str
    label: str
    agent: str | None
    agent_comment: str
    coach: str | None
    coach_comment: str
    apart: Decimal | None
    """Agent's less coach's value in points of 100; None where one has none."""


@dataclass(frozen=True, slots=True)
class AppraisalView:
    """An appraisal as far as the reader may see it."""

    appraisal: Appraisal
    """With the sides that the reader may see: before both have submitted, none but the own one."""
    version: ScorecardVersion
    agent: Person
    coach: Person
    own: AppraisalSide | None
    """The reader's own side, if any."""
    waiting_for: tuple[str, ...]
    """Names of those who have not submitted."""
    scores: Mapping[str, Decimal | None]
    """`agent` and `coach` to the reported score; empty before both have submitted."""
    pairs: tuple[CriterionPair, ...]
    """Side by side; empty before both have submitted."""
