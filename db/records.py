"""The frozen records that everyone speaks: what goes into the store and what comes out.

No record holds a connection, and none is changed after it was made (`dataclasses.replace` makes the next one).
Times are aware UTC. Ids are text, made by the caller, so that seeds make whole databases reproducible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import NewType

from scorecards.answers import Answer
from scorecards.model import Channel, Scorecard

TeamId = NewType("TeamId", str)
PersonId = NewType("PersonId", str)
TicketId = NewType("TicketId", str)
RecordingId = NewType("RecordingId", str)
ImportBatchId = NewType("ImportBatchId", str)
ScorecardVersionId = NewType("ScorecardVersionId", str)
PlanId = NewType("PlanId", str)
SampleId = NewType("SampleId", str)
AssignmentId = NewType("AssignmentId", str)
ReviewId = NewType("ReviewId", str)
SessionId = NewType("SessionId", str)
"""A calibration session; sign-in sessions are rows keyed by a token hash."""
SeriesId = NewType("SeriesId", str)
CertificateId = NewType("CertificateId", str)
FindingId = NewType("FindingId", str)
CoachingId = NewType("CoachingId", str)
PointId = NewType("PointId", str)
"""A point of a coaching session's agenda."""
GoalId = NewType("GoalId", str)
StepId = NewType("StepId", str)
ObjectiveId = NewType("ObjectiveId", str)
AppraisalId = NewType("AppraisalId", str)
DisputeId = NewType("DisputeId", str)
TemplateId = NewType("TemplateId", str)


# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Role(StrEnum):
    """What a person may be asked to do; the access policy says what follows from it."""

    ADMIN = "admin"
    MANAGER = "manager"
    FACILITATOR = "facilitator"
    REVIEWER = "reviewer"
    COACH = "coach"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Team:
    """A group of agents."""

    id: TeamId
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Anyone we name: an agent seen in a ticket, or somebody with an account, or both."""

    id: PersonId
    name: str
    email: str | None = None
    """Lower case; unique where given; what one signs in with."""
    external_id: str | None = None
    team_id: TeamId | None = None
    roles: frozenset[Role] = frozenset()
    team_scope: frozenset[TeamId] = frozenset()
    """Teams that a manager, facilitator, reviewer or coach is limited to; empty: all teams."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Credential:
    """The password of a local account."""

    person_id: PersonId
    password_hash: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A revocable session row: the cookie holds the token, the database its SHA-256 only."""

    token_hash: str
    person_id: PersonId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


# ── Tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────


class MessageRole(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; the file itself is not kept."""

    name: str
    media_type: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a ticket. Seconds count from the start of the recording."""

    seq: int
    role: MessageRole
    text: str
    html: str | None = None
    author_name: str | None = None
    author_ref: str | None = None
    external_id: str | None = None
    sent_at: datetime | None = None
    internal: bool = False
    start_seconds: float | None = None
    end_seconds: float | None = None
    channel_no: int | None = None
    confidence: float | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """An outcome that came along with a ticket. Absent metrics have no record; they are never 0."""

    name: str
    value: Decimal
    unit: str
    scale: str | None = None
    hours: str | None = None
    """`calendar` or `business` for durations, where known."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Where a recording lies: outside the database, by the SHA-256 of its content."""

    id: RecordingId
    ticket_id: TicketId
    content_hash: str
    media_type: str
    size_bytes: int
    original_name: str
    duration_seconds: float | None = None
    channels: int | None = None
    sample_rate: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One customer contact under review, without its messages."""

    id: TicketId
    source: str
    external_id: str
    channel: Channel
    created_at: datetime
    content_hash: str
    version: int = 1
    """Counts imports that changed the content; a review keeps the version that its author saw."""
    subject: str | None = None
    status: str | None = None
    solved_at: datetime | None = None
    language: str | None = None
    team_id: TeamId | None = None
    agent_id: PersonId | None = None
    """The agent under review."""
    other_agent_ids: tuple[PersonId, ...] = ()
    requester_name: str | None = None
    requester_ref: str | None = None
    url: str | None = None
    parent_external_id: str | None = None
    tags: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = ()
    import_batch_id: ImportBatchId | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket as a reviewer sees it: one version with its messages and recordings."""

    ticket: Ticket
    messages: tuple[Message, ...]
    recordings: tuple[Recording, ...] = ()


@dataclass(frozen=True, slots=True)
class Facets:
    """What the filters of a frame can choose from: the values that tickets have, each list in order."""

    channels: tuple[Channel, ...]
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    sources: tuple[str, ...]
    metrics: tuple[str, ...]


class IssueLevel(StrEnum):
    """Whether a row was refused or taken with a remark."""

    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RowIssue:
    """One problem in somebody's file, with the place where it stands."""

    level: IssueLevel
    code: str
    message: str
    """Where, what was found, what is valid, what to do: one or two sentences."""
    file: str
    row: int | None = None
    """1-based line or row of the file, header included."""
    sheet: str | None = None
    column: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """One file brought in, with what came of it."""

    id: ImportBatchId
    source: str
    file_name: str
    file_hash: str
    format: str
    actor_id: PersonId
    at: datetime
    rows_read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    issues: tuple[RowIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A remembered answer to "which column is what", found again by the header it was made for."""

    name: str
    kind: str
    """`tickets`, `messages` or `speakers`."""
    header_hash: str
    columns: Mapping[str, str]
    """Field of the interchange format to column (or speaker label to role)."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Zone, date order, decimal sign, encoding, delimiter and the like."""


# ── Scorecards ───────────────────────────────────────────────────────────────────────────────────────────────────


class VersionState(StrEnum):
    """Life of a scorecard version."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class ScorecardVersion:
    """One version of a scorecard. Published ones are immutable."""

    id: ScorecardVersionId
    scorecard_id: str
    """The scorecard's own id (slug), shared by its versions."""
    number: int
    state: VersionState
    scorecard: Scorecard
    content_hash: str
    structure_hash: str
    created_at: datetime
    created_by: PersonId
    published_at: datetime | None = None


# ── Sampling and assignment ──────────────────────────────────────────────────────────────────────────────────────


class Selection(StrEnum):
    """How a ticket came under review. Random and targeted ones are never averaged together."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    TARGETED = "targeted"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class MetricRange:
    """Tickets whose metric lies within; tickets without the metric are left out."""

    name: str
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Who may be drawn: filters on tickets. Empty tuples and None mean no filter."""

    channels: tuple[Channel, ...] = ()
    team_ids: tuple[TeamId, ...] = ()
    agent_ids: tuple[PersonId, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    created_from: datetime | None = None
    created_before: datetime | None = None
    metrics: tuple[MetricRange, ...] = ()
    reviewed: bool | None = None
    """True: only tickets with a submitted review; False: only those without; None: both."""


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """Who may be drawn and how many, written down before drawing."""

    id: PlanId
    name: str
    frame: Frame
    size: int
    """Tickets wanted in all; with `per_agent` the most that are drawn."""
    strata: tuple[str, ...] = ()
    """Names of ticket fields that make the strata: channel, team, agent, language; empty: simple random."""
    per_agent: int | None = None
    created_at: datetime | None = None
    created_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One drawn ticket, with the probability with which this plan draws it."""

    ticket_id: TicketId
    rank: int
    stratum: str
    probability: Decimal
    """Inclusion probability, in (0, 1]."""
    replaced_by: TicketId | None = None
    replacement_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn. Anyone can draw it again from plan, seed and frame."""

    id: SampleId
    plan: SamplingPlan
    seed: int
    frame_hash: str
    frame_size: int
    selection: Selection
    drawn_at: datetime
    drawn_by: PersonId
    items: tuple[SampleItem, ...]


class Purpose(StrEnum):
    """What a review is for. Only `quality` reviews make an agent's score."""

    QUALITY = "quality"
    CALIBRATION = "calibration"
    SELF = "self"
    DISPUTE = "dispute"
    CHECK = "check"


class AssignmentState(StrEnum):
    """Life of an assignment."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Assignment:
    """This reviewer grades this ticket on this scorecard version by then."""

    id: AssignmentId
    ticket_id: TicketId
    scorecard_version_id: ScorecardVersionId
    reviewer_id: PersonId
    purpose: Purpose
    selection: Selection
    state: AssignmentState
    assigned_at: datetime
    assigned_by: PersonId
    due_at: datetime | None = None
    sample_id: SampleId | None = None
    session_id: SessionId | None = None
    finished_at: datetime | None = None
    skip_reason: str | None = None


class CheckKind(StrEnum):
    """What a hidden check compares."""

    PAIR = "pair"
    """The same ticket given to another reviewer."""
    REPEAT = "repeat"
    """The same ticket given to the same reviewer again, weeks later."""


@dataclass(frozen=True, slots=True)
class HiddenCheck:
    """An everyday assignment that is a check. Its reviewer must not be able to tell, and it makes no agent's score."""

    assignment_id: AssignmentId
    kind: CheckKind
    of_assignment_id: AssignmentId
    """The everyday assignment whose grades it is compared with."""
    drawn_at: datetime
    drawn_by: PersonId


@dataclass(frozen=True, slots=True)
class CheckRule:
    """How much of a scorecard's everyday work is checked. 0 is none, and where no rule is set there is none either."""

    scorecard_id: str
    pair_percent: Decimal
    """Of the tickets handed out, so many percent go to a second reviewer too."""
    repeat_percent: Decimal
    """To what a reviewer is handed out, so many percent of earlier tickets are added once more."""
    repeat_weeks: int
    """So many weeks at least, and at most twice as many, lie between a grade and its repeat."""
    by: PersonId
    at: datetime


# ── Reviews ──────────────────────────────────────────────────────────────────────────────────────────────────────


class ReviewState(StrEnum):
    """Life of a review (DESIGN: a submitted review never changes; a correction supersedes it)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RELEASED = "released"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    REVISED = "revised"
    CLOSED = "closed"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Rating:
    """The answer to one criterion, with what the reviewer wrote about it."""

    criterion_id: str
    answer: Answer
    comment: str = ""
    reason_ids: tuple[str, ...] = ()
    praise: bool = False
    """Marked by the reviewer as worth telling the agent; it is no answer and counts in no score."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that a criterion rests on: a stretch of a message, or of the recording, or both."""

    criterion_id: str
    quote: str
    message_seq: int | None = None
    start_char: int | None = None
    end_char: int | None = None
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What one criterion contributed to a stored score; from these rows the score is recomputed."""

    criterion_id: str
    value: Decimal | None
    """In [0, 1]; None where the criterion did not apply, was not asked or has no score."""
    applied_weight: Decimal
    """Share of the whole that the criterion carried in this review, 0 where it did not apply."""


@dataclass(frozen=True, slots=True)
class AutoFailFlag:
    """An answer that brings something down, kept beside the scores and never written over them."""

    level: str
    criterion_id: str
    option_id: str


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score as kept with its review: three fields side by side, none overwriting another."""

    rule: str
    raw: Decimal | None
    reported: Decimal | None
    auto_fails: tuple[AutoFailFlag, ...]
    passed: bool | None
    band: str | None
    results: tuple[CriterionResult, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One filled scorecard."""

    id: ReviewId
    ticket_id: TicketId
    ticket_version: int
    scorecard_version_id: ScorecardVersionId
    reviewer_id: PersonId
    agent_id: PersonId | None
    purpose: Purpose
    selection: Selection
    state: ReviewState
    revision: int
    """Counts saves of the draft; a save that names another revision is refused."""
    started_at: datetime
    saved_at: datetime
    ratings: tuple[Rating, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    comment: str = ""
    assignment_id: AssignmentId | None = None
    session_id: SessionId | None = None
    submitted_at: datetime | None = None
    released_at: datetime | None = None
    active_seconds: int = 0
    submission_key: str | None = None
    """Made by the browser for one submit; the same key twice is the same submit."""
    supersedes_id: ReviewId | None = None
    supersede_reason: str | None = None
    saw_other_grades: bool | None = None
    """What its author could see when submitting: False is a blind grade, the only kind that agreement uses."""
    score: StoredScore | None = None


@dataclass(frozen=True, slots=True)
class CommentTemplate:
    """Words that reviewers write often."""

    id: TemplateId
    label: str
    text: str
    created_at: datetime
    owner_id: PersonId | None = None
    """Whose own it is; None: everybody's."""


# ── Calibration ──────────────────────────────────────────────────────────────────────────────────────────────────


class SessionState(StrEnum):
    """Life of a calibration session."""

    DRAFT = "draft"
    OPEN = "open"
    REVEALED = "revealed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class SessionKind(StrEnum):
    """Where the grades of a calibration session come from."""

    FRESH = "fresh"
    """Every reviewer grades every ticket for the session."""
    EXISTING = "existing"
    """Everyday reviews that are provably blind count as grades; what is missing is graded for the session."""


class ReferencePolicy(StrEnum):
    """Whose answer is right in a calibration session."""

    EXPERT = "expert"
    MEETING = "meeting"
    """What the meeting agrees on."""


@dataclass(frozen=True, slots=True)
class SessionTicket:
    """A ticket of a session; everyday agreement is estimated from random ones only."""

    ticket_id: TicketId
    position: int
    selection: Selection


@dataclass(frozen=True, slots=True)
class CalibrationSession:
    """The same tickets graded blind by several reviewers."""

    id: SessionId
    name: str
    scorecard_version_id: ScorecardVersionId
    facilitator_id: PersonId
    state: SessionState
    created_at: datetime
    tickets: tuple[SessionTicket, ...]
    reviewer_ids: tuple[PersonId, ...]
    expert_id: PersonId | None = None
    due_at: datetime | None = None
    opened_at: datetime | None = None
    revealed_at: datetime | None = None
    closed_at: datetime | None = None
    seed: int = 1
    """Of the bootstrap behind the session's intervals."""
    kind: SessionKind = SessionKind.FRESH
    reference_policy: ReferencePolicy = ReferencePolicy.MEETING
    criterion_ids: tuple[str, ...] | None = None
    """The criteria that are graded, in the scorecard's order; None: all of them."""
    agent_hidden: bool = True
    """Whether queue and desk keep the agent's name back."""
    series_id: SeriesId | None = None
    """The series that opened it."""


@dataclass(frozen=True, slots=True)
class CalibrationSeries:
    """Sessions that come again: the next one opens on `next_on`, with a quota of tickets drawn anew."""

    id: SeriesId
    name: str
    scorecard_id: str
    """The scorecard's own id; a session takes the version that is in force when it opens."""
    facilitator_id: PersonId
    frame: Frame
    """Who may be drawn."""
    random_tickets: int
    """Of each session; the random core that everyday agreement is estimated from."""
    reviewer_ids: tuple[PersonId, ...]
    every_weeks: int
    days_to_grade: int
    """From the day it opens to its deadline."""
    next_on: date
    created_at: datetime
    created_by: PersonId
    contested_tickets: int = 0
    expert_id: PersonId | None = None
    reference_policy: ReferencePolicy = ReferencePolicy.MEETING
    criterion_ids: tuple[str, ...] | None = None
    agent_hidden: bool = True
    seed: int = 1
    """Of the first session's draw; each later one takes the next number."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the facilitator tells one reviewer of a session; only that reviewer and who runs sessions read it."""

    session_id: SessionId
    reviewer_id: PersonId
    text: str
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Reference:
    """An agreed or expert answer: a layer of its own that never overwrites a grade."""

    session_id: SessionId
    ticket_id: TicketId
    criterion_id: str
    answer: Answer
    kind: str
    """`agreed` or `expert`."""
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What a calibration decided about one criterion of one ticket."""

    id: FindingId
    session_id: SessionId
    criterion_id: str
    cause: str
    """ambiguous_text, guideline_gap, slip, edge_case or other."""
    decision: str
    by: PersonId
    at: datetime
    ticket_id: TicketId | None = None
    action: str = ""
    owner_id: PersonId | None = None
    due_on: date | None = None
    guideline_needs_update: bool = False
    done_at: datetime | None = None
    done_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """When a reviewer is calibrated for a scorecard: agreement with the reference, and how sure it has to be."""

    scorecard_id: str
    least_agreement: Decimal
    """The lower end of the 95% interval of exact agreement with the reference lies at or above this share."""
    least_answers: int
    """Answers compared with a reference, at least."""
    window_days: int
    """Sessions revealed in so many days before count together."""
    valid_days: int
    by: PersonId
    at: datetime
    required: bool = False
    """Whether only people with a valid certificate may be given tickets of this scorecard."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """This person is calibrated for this scorecard until then."""

    id: CertificateId
    person_id: PersonId
    scorecard_id: str
    granted_at: datetime
    expires_at: datetime
    granted_by: PersonId
    figures: Mapping[str, float]
    """What it rested on: agreement, low, high, answers, tickets and the rule's limit."""
    session_ids: tuple[SessionId, ...]
    withdrawn_at: datetime | None = None


# ── Coaching and disputes ────────────────────────────────────────────────────────────────────────────────────────


class CoachingState(StrEnum):
    """Life of a coaching session."""

    PLANNED = "planned"
    HELD = "held"
    FOLLOWED_UP = "followed_up"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CoachingSession:
    """A meeting of a coach and an agent about released reviews."""

    id: CoachingId
    agent_id: PersonId
    coach_id: PersonId
    held_on: date
    """The day it was held on; until then the day it is planned for."""
    created_at: datetime
    shared_notes: str = ""
    private_notes: str = ""
    """For coaches and leads: in no page and no file of the agent's."""
    review_ids: tuple[ReviewId, ...] = ()
    state: CoachingState = CoachingState.HELD
    revision: int = 0
    """Counts changes of notes and state; a change that names another one is refused."""
    follow_up_on: date | None = None
    outcome: str = ""
    """What the follow-up found, for both to read."""


class PointKind(StrEnum):
    """What a point of an agenda is about."""

    PRAISE = "praise"
    PRACTISE = "practise"
    GOAL = "goal"
    DISPUTE = "dispute"
    UNREAD = "unread"
    """Reviews that the agent has not acknowledged."""
    OWN = "own"
    """Somebody's own words."""


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """One point of a coaching session's agenda, with the place that shows it."""

    id: PointId
    coaching_id: CoachingId
    position: int
    kind: PointKind
    text: str
    added_by: PersonId
    added_at: datetime
    shared: bool = True
    """False: for coaches and leads only."""
    done: bool = False
    """Talked about."""
    skill: str | None = None
    review_id: ReviewId | None = None
    criterion_id: str | None = None
    """The criterion of that review whose evidence shows it."""
    goal_id: GoalId | None = None


class GoalState(StrEnum):
    """Life of a goal, and of an objective."""

    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class GoalStep:
    """One thing to practise on the way to a goal."""

    id: StepId
    text: str
    done_at: datetime | None = None
    done_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What an agent practises next, for one skill, with a date."""

    id: GoalId
    agent_id: PersonId
    skill: str
    text: str
    state: GoalState
    created_at: datetime
    created_by: PersonId
    due_on: date | None = None
    coaching_id: CoachingId | None = None
    target: Decimal | None = None
    """Mean of the skill to reach, in percent."""
    steps: tuple[GoalStep, ...] = ()
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    why: str = ""
    """Why it was met or dropped."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What a whole team works on, for one skill, with a date."""

    id: ObjectiveId
    team_id: TeamId
    skill: str
    text: str
    state: GoalState
    created_at: datetime
    created_by: PersonId
    due_on: date | None = None
    target: Decimal | None = None
    """Mean of the skill to reach, in percent."""
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    why: str = ""


class AppraisalSubject(StrEnum):
    """What an appraisal looks at."""

    PERIOD = "period"
    """An agent over a stretch of time."""
    ROLE_PLAY = "role_play"


@dataclass(frozen=True, slots=True)
class AppraisalSide:
    """One scorecard as the coach or the agent filled it in; a draft until it is submitted."""

    person_id: PersonId
    revision: int
    saved_at: datetime
    ratings: tuple[Rating, ...] = ()
    comment: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One scorecard filled in twice, by the coach and by the agent about the own work. It is no review of a ticket."""

    id: AppraisalId
    agent_id: PersonId
    coach_id: PersonId
    subject: AppraisalSubject
    scorecard_version_id: ScorecardVersionId
    start: date
    end: date
    """Inclusive; of a role-play the same day."""
    created_at: datetime
    about: str = ""
    """What was played, or what the period was about."""
    due_on: date | None = None
    sides: tuple[AppraisalSide, ...] = ()


class DisputeState(StrEnum):
    """Life of a dispute."""

    OPEN = "open"
    UPHELD = "upheld"
    REVISED = "revised"
    PARTLY_REVISED = "partly_revised"
    WRONG_AGENT = "wrong_agent"
    """The work was somebody else's: the review went to them, or is voided."""
    WITHDRAWN = "withdrawn"


class DisputeKind(StrEnum):
    """What an agent contests."""

    GRADES = "grades"
    WRONG_AGENT = "wrong_agent"
    """That it was their work at all."""


@dataclass(frozen=True, slots=True)
class DisputeItem:
    """One contested criterion, with the answer that the agent proposes."""

    criterion_id: str
    reason: str
    proposed: Answer | None = None
    upheld: bool | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """An agent contests a released review."""

    id: DisputeId
    review_id: ReviewId
    raised_by: PersonId
    raised_at: datetime
    state: DisputeState
    reason: str
    items: tuple[DisputeItem, ...] = ()
    due_at: datetime | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    decision: str = ""
    kind: DisputeKind = DisputeKind.GRADES
    assignment_id: AssignmentId | None = None
    """Who grades it a second time, blind; the last one where somebody gave it back."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That a released review was read, or that its time to be read was over."""

    review_id: ReviewId
    at: datetime
    by: PersonId | None
    """The agent; None where it came by itself after the days that the scorecard sets."""
    comment: str = ""


# ── Audit ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of state: who, when, what, before, after, why. Append-only and chained by hash.

    Holds ids, states and counts only: never customer text, so that erasing a person does not break the chain.
    """

    at: datetime
    actor_id: PersonId | None
    action: str
    """Dotted, such as `review.submit`."""
    object_type: str
    object_id: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    why: str = ""
    seq: int = 0
    """Gap-free, given by the store; 0 before."""
    previous_hash: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What a walk along the whole chain found. The head is worth keeping elsewhere: it shows cuts at the end."""

    entries: int
    """Entries that hold: all of them, or those before the first broken one."""
    head_hash: str
    """Hash of the last entry that holds; empty for whoever still grades blind."""
    first_broken_seq: int | None = None
    reason: str | None = None


# ── The database itself ──────────────────────────────────────────────────────────────────────────────────────────


class DatabaseState(StrEnum):
    """How a database stands to this version of Plumbline."""

    MISSING = "missing"
    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """Where a database is and which revision it has."""

    state: DatabaseState
    revision: str | None
    head: str
    """The revision that this version of Plumbline works with."""
    location: str
    """A path, or host and name of a server's database; never a password."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written, whole and checked."""

    path: Path
    revision: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore left behind."""

    status: DatabaseStatus
    kept: Path | None
    """Where the file lies that was the database before; None where there was none."""
