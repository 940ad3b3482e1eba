"""What the packs for coaches and managers print: a team with its members, a whole programme. No arithmetic here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from db.records import Goal
from qa_app.coaching import AppraisalView, CoachingView, GoalLine
from qa_app.estimate import Measured
from qa_app.methods import Method
from qa_app.reports import Advice, ReviewLine, Section, TrendPoint
from qa_app.standings import AgentStanding, TeamReport


@dataclass(frozen=True, slots=True)
class CoachingRecord:
    """What coach and agent agreed on and talked about. Nothing private is in it, for a pack may be handed on."""

    goals: tuple[GoalLine, ...] = ()
    """Open ones first, then the newest."""
    sessions: tuple[CoachingView, ...] = ()
    """Newest first."""
    appraisals: tuple[AppraisalView, ...] = ()
    """Newest first."""


@dataclass(frozen=True, slots=True)
class Member:
    """One agent of a team, with all that the agent's own sheet shows."""

    standing: AgentStanding
    praise: tuple[Advice, ...]
    practise: tuple[Advice, ...]
    goals: tuple[Goal, ...]
    reviews: tuple[ReviewLine, ...]
    """Newest first; their evidence is without its places, for conversations are not read."""


@dataclass(frozen=True, slots=True)
class TeamPack:
    """A team over a period. Only its members' reviews are many, so they come when they are asked for."""

    report: TeamReport
    praise: tuple[Advice, ...]
    """Of the team as a whole, from the mean over its agents; `practise` likewise."""
    practise: tuple[Advice, ...]
    n_reviews: int
    criteria: Mapping[str, str]
    """Ids of all criteria that were graded with their labels, in reading order."""
    members: Callable[[], Iterator[Member]]
    """In the order of the report's standings; read anew each time."""
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a programme, with what it says in a sentence."""

    label: str
    value: Measured
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ProgrammeReport:
    """All teams within reach over a period, as a manager reads it."""

    title: str
    start: date
    end: date
    """Inclusive, in the installation's time zone."""
    made_at: datetime
    figures: tuple[Figure, ...]
    """All in percent."""
    counts: tuple[tuple[str, str], ...]
    """Labels with counts in words."""
    steps: tuple[Step, ...]
    """The most pressing first."""
    trend: tuple[TrendPoint, ...]
    trend_note: str
    """Whether the score moved more than chance would move it."""
    sections: tuple[Section, ...]
    """A sheet each; `teams` is drawn as a chart."""
    methods: tuple[Method, ...]

    @property
    def empty(self) -> bool:
        """Whether no review lies in the period."""
        return not any(figure.value.n_units for figure in self.figures)
