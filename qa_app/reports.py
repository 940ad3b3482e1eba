"""What a page shows and a workbook prints: one record for both, so that their figures cannot differ.

Workflows fill these; pages and workbooks only lay them out. No arithmetic here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from db.records import (
    CalibrationSession,
    Goal,
    Person,
    PersonId,
    Rating,
    Reference,
    Review,
    ScorecardVersion,
    SessionTicket,
    Ticket,
    TicketId,
)
from qa_app.estimate import Estimate, Measured
from qa_app.followup import FindingLine
from qa_app.methods import Method as Method  # noqa: PLC0414 - part of every report
from qa_app.recounts import Recount
from qa_app.standings import AgentStanding
from scorecards.model import SkillType


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A mean over one stretch of time."""

    start: date
    end: date
    """Inclusive."""
    mean: Measured


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill of one agent over the period, in percent."""

    skill: str
    label: str
    skill_type: SkillType | None
    mean: Measured
    before: Measured
    """The same over the period of equal length just before."""
    change: Measured
    """Mean less before, in points. Within noise where its interval holds 0."""
    trend: tuple[TrendPoint, ...]
    n_reviews: int


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A quote with the place where it stands."""

    quote: str
    where: str
    """Such as `message 4, agent` or `0:42–0:50`."""
    message_seq: int | None
    seconds: float | None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RatingLine:
    """One criterion of one review, in words."""

    criterion_id: str
    section: str
    label: str
    skill: str | None
    answer: str
    """The option's label, a number with unit, the text, or `Not applicable`."""
    value: Decimal | None
    """Percent of the criterion, None where it has no score."""
    applied_weight: Decimal
    """Share of the whole in percent."""
    comment: str
    reasons: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]
    auto_fail: str | None
    critical: str | None
    praise: bool = False
    """Marked by the reviewer as worth telling the agent."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review with its ticket, as a coach reads it."""

    review: Review
    ticket: Ticket
    scorecard: str
    """Label and version number."""
    reviewer: str
    ratings: tuple[RatingLine, ...]
    recount: Recount | None = None
    """None where the review has no stored score."""
    stands_for: Decimal | None = None
    """How many tickets it counts for in the headline score, 1/probability; None where it does not enter that."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to praise or to practise next, with the numbers behind it."""

    skill: str
    label: str
    why: str
    step: str
    """What to do: one practice step, or what to keep doing."""
    mean: Measured


@dataclass(frozen=True, slots=True)
class AgentReport:
    """An agent over a period: what the coaching page shows and the coaching workbook prints."""

    agent: Person
    team: str | None
    start: date
    end: date
    """Inclusive, in the installation's time zone."""
    made_at: datetime
    score: Measured
    """Mean reported score of randomly chosen reviews, percent."""
    before: Measured
    """The same over the period of equal length just before."""
    change: Measured
    """Score less before, in points. Within noise where its interval holds 0."""
    targeted: Measured
    """Mean reported score of targeted and hand-picked reviews; never mixed into `score`."""
    passed: Measured
    """Share of passed reviews among those with a verdict, percent."""
    soft: Measured
    hard: Measured
    critical: Mapping[str, Measured]
    """Critical family to the share of reviews free of its errors, percent."""
    skills: tuple[SkillLine, ...]
    trend: tuple[TrendPoint, ...]
    reviews: tuple[ReviewLine, ...]
    praise: tuple[Advice, ...]
    practise: tuple[Advice, ...]
    goals: tuple[Goal, ...]
    methods: tuple[Method, ...]
    standing: AgentStanding | None = None
    """The agent among the team, own figures only; None where nobody of the team has a score."""
    team_mean: Measured | None = None
    """Mean of the team; to agents only where it tells nothing of one colleague."""
    slope: Measured | None = None
    """Points that the score moves in four weeks. Within noise where its interval holds 0."""


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """How far reviewers agreed on one criterion. Applicability and grade are two questions."""

    criterion_id: str
    section: str
    label: str
    level: str
    """Level of measurement: nominal, ordinal or interval."""
    percent: Measured
    """Share of reviewer pairs with the same answer, percent."""
    within_one: Measured | None
    kappa: Measured
    alpha: Measured
    applicable_percent: Measured
    applicable_alpha: Measured
    chosen: int
    not_applicable: int
    missing: int


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """Everyone's answers to one criterion of one ticket, side by side."""

    ticket_id: TicketId
    criterion_id: str
    ratings: Mapping[PersonId, Rating | None]
    """None where the reviewer has not submitted."""
    words: Mapping[PersonId, str]
    """The same in words, for the screen and the sheet."""
    apart: int | None
    """Mean distance of two answers in points of 100, as on the wall; None below two answers, and for texts."""
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class ReviewerStanding:
    """One reviewer against the others and against the reference, on the same tickets."""

    reviewer_id: PersonId
    name: str
    severity: Measured
    """In logits; positive: lower grades for the same work, 0 is the mean of the reviewers."""
    infit: float | None
    remarks: tuple[str, ...]
    """What the model says of the reviewer, in words."""
    peers: Measured
    """Same answers as the others, percent."""
    below_peers: Measured
    """Grades of the others less one's own, in points of 100: positive is strict."""
    reference: Measured
    """Same answers as the reference, percent."""
    below_reference: Measured
    hits: Measured
    """Of the critical errors by the reference, the share that the reviewer marked, percent."""
    false_alarms: Measured
    """Of the critical criteria without an error by the reference, the share that was marked, percent."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One reviewer on one criterion."""

    criterion_id: str
    reviewer_id: PersonId
    same: Measured
    """Share of the others who gave the same value, percent, mean over tickets."""


@dataclass(frozen=True, slots=True)
class CriticalLine:
    """One critical criterion against the reference, over all reviewers."""

    criterion_id: str
    label: str
    family: str
    errors: int | None
    """Tickets on which the reference marks an error; None where it says nothing of this criterion."""
    hits: Measured
    """Share of the reviewers who marked an error too, percent, mean over those tickets."""
    false_alarms: Measured
    """Share of the reviewers who marked one on the other tickets, percent."""


class Target(StrEnum):
    """What kind of problem disagreement is."""

    CRITERION = "criterion"
    REVIEWER = "reviewer"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing to fix, in words, with the numbers behind it."""

    target: Target
    key: str
    """Id of the criterion, the reviewer or the ticket."""
    name: str
    problem: str
    """A sentence: whose problem it is."""
    numbers: str
    """The numbers behind, with their interval."""
    step: str
    """What to do."""
    excess: Estimate
    """Further apart by so much, in percent of guessing."""
    gain: float
    """Share of all disagreement that would be gone without it, percent."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What can be read from the answers of one session, or of several pooled."""

    sessions: tuple[str, ...]
    """Names, newest first."""
    n_tickets: int
    n_random: int
    """Those of the tickets that were drawn at random or by strata."""
    disagreement: Measured
    """Mean distance of two answers in percent of guessing, mean over tickets: 0 is the same answer everywhere."""
    fixes: tuple[Fix, ...]
    """What to fix first, the largest gain first."""
    fixes_note: str
    """What was asked, and why nothing stands out where nothing does."""
    flips: Measured
    """Share of pairs of reviewers whose verdicts differ, percent, mean over tickets."""
    reviewers: tuple[ReviewerStanding, ...]
    """Most severe first, those without a severity last."""
    heat: tuple[HeatCell, ...]
    critical: tuple[CriticalLine, ...]
    n_agreed: int
    """Answers of the reference that the meeting agreed on."""
    n_expert: int
    """Answers of the reference that are the expert's."""


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """A revealed session: what the calibration page shows and the calibration workbook prints."""

    session: CalibrationSession
    version: ScorecardVersion
    facilitator: Person
    reviewers: tuple[Person, ...]
    attended: tuple[tuple[Person, bool | None], ...]
    """Everybody who could be at the meeting, and whether they were; None where nobody noted it."""
    tickets: tuple[tuple[SessionTicket, Ticket], ...]
    made_at: datetime
    agreement: tuple[CriterionAgreement, ...]
    readings: Readings
    """Of this session."""
    pooled: Readings | None
    """Of this session and those before it with the same structure; None where there is none to pool with."""
    everyday: tuple[CriterionAgreement, ...]
    """Agreement on the pooled tickets that were drawn at random or by strata; empty where nothing is pooled."""
    sheets: tuple[AnswerSheet, ...]
    """As a meeting goes through them: the ticket furthest apart first, and on each ticket the criterion."""
    agenda: tuple[tuple[Ticket, int | None], ...]
    """The tickets in the same order, each with the mean distance of its answers in points of 100."""
    scores: Mapping[TicketId, Mapping[PersonId, Decimal | None]]
    """Reported score by ticket and reviewer; no key where nothing was submitted."""
    findings: tuple[FindingLine, ...]
    submitted: int
    """Blind grades; the others count nowhere."""
    not_blind: tuple[tuple[PersonId, TicketId], ...]
    """Who graded which ticket after having seen others' grades of it."""
    expected: int
    sections: tuple["Section", ...]
    """The same figures as tables, for a terminal, a program and a workbook."""
    methods: tuple[Method, ...]


class Kind(StrEnum):
    """What the cells of a field hold; None is an empty cell in each."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    CHANGE = "change"
    """A difference, with its sign."""
    P = "p"
    """A p value."""
    VALUE = "value"
    """A value of the scale, as it was given."""
    MEASURED = "measured"
    """An estimate with its interval, or why there is none."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a section."""

    key: str
    """As programs read it."""
    header: str
    """As people read it."""
    kind: Kind = Kind.TEXT

    @property
    def digits(self) -> int:
        """Behind the point of its numbers: percent and points have one, all else has two."""
        return 1 if "%" in self.header or "points" in self.header.lower() else 2


FieldValue = str | int | float | Measured | None


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report of ratings, the same for a terminal, a program and a workbook."""

    key: str
    title: str
    note: str
    """What it says and how to read it, in a sentence or two."""
    fields: tuple[Field, ...]
    rows: tuple[tuple[FieldValue, ...], ...]
    none: str = ""
    """What an empty one means."""


@dataclass(frozen=True, slots=True)
class RatingsReport:
    """Agreement in a file of ratings: what to read first, what to beware of, then the details."""

    title: str
    made_at: datetime
    sections: tuple[Section, ...]
    methods: tuple[Method, ...]
