"""A small world for the tests of the store: two people who grade, one who is graded, three tickets, one scorecard."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AutoFailFlag,
    CalibrationSession,
    Conversation,
    CriterionResult,
    Evidence,
    Message,
    MessageRole,
    Person,
    PersonId,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    Role,
    ScorecardVersion,
    ScorecardVersionId,
    Selection,
    SessionId,
    SessionState,
    SessionTicket,
    StoredScore,
    Team,
    TeamId,
    Ticket,
    TicketId,
    VersionState,
)
from db.store import assignments, calibration, people, scorecards, tickets
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.model import Channel, Criterion, CriterionType, Scorecard, Section

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

RETURNS = Team(TeamId("returns"), "Returns")
AGENT = Person(PersonId("agent"), "Ada Lind", roles=frozenset({Role.AGENT}), team_id=RETURNS.id)
REVIEWER = Person(PersonId("rev1"), "Bo Ray", roles=frozenset({Role.REVIEWER}))
OTHER_REVIEWER = Person(PersonId("rev2"), "Cy Moss", roles=frozenset({Role.REVIEWER, Role.FACILITATOR}))

CONVERSATIONS = tuple(
    Conversation(
        Ticket(
            TicketId(f"t{n}"),
            source="desk",
            external_id=str(100 + n),
            channel=Channel.CHAT,
            created_at=NOON + timedelta(hours=n),
            content_hash=f"{n}" * 64,
            agent_id=AGENT.id,
            team_id=RETURNS.id,
        ),
        (Message(1, MessageRole.CUSTOMER, "Where is my parcel?"), Message(2, MessageRole.AGENT, "On its way.")),
    )
    for n in (1, 2, 3)
)
TICKETS = tuple(one.ticket for one in CONVERSATIONS)

VERSION = ScorecardVersion(
    ScorecardVersionId("v1"),
    scorecard_id="core",
    number=1,
    state=VersionState.PUBLISHED,
    scorecard=Scorecard(
        id="core",
        label="Core",
        sections=(
            Section(
                id="all",
                label="All",
                criteria=(
                    Criterion(id="greeting", label="Greeting", type=CriterionType.YES_NO),
                    Criterion(id="empathy", label="Empathy", type=CriterionType.SCALE, levels=5, weight=Decimal("2.5")),
                ),
            ),
        ),
    ),
    content_hash="c" * 64,
    structure_hash="5" * 64,
    created_at=NOON,
    created_by=REVIEWER.id,
    published_at=NOON,
)

DRAFT = Review(
    ReviewId("r1"),
    ticket_id=TICKETS[0].id,
    ticket_version=1,
    scorecard_version_id=VERSION.id,
    reviewer_id=REVIEWER.id,
    agent_id=AGENT.id,
    purpose=Purpose.QUALITY,
    selection=Selection.RANDOM,
    state=ReviewState.DRAFT,
    revision=1,
    started_at=NOON,
    saved_at=NOON,
    ratings=(Rating("greeting", Answer.choose("yes")), Rating("empathy", MISSING)),
)
SUBMITTED = replace(
    DRAFT,
    state=ReviewState.SUBMITTED,
    ratings=(
        Rating("greeting", Answer.choose("no"), comment="=1+1 is text", reason_ids=("rushed", "no_name")),
        Rating("empathy", NOT_APPLICABLE),
        Rating("wait", Answer.measure(Decimal("2.50"))),
        Rating("summary", Answer.write("ünïcode ✓")),
    ),
    evidence=(
        Evidence("greeting", "On its way.", message_seq=2, start_char=0, end_char=11),
        Evidence("greeting", "…", start_seconds=1.25, end_seconds=2.5),
    ),
    comment="Over all fine",
    submitted_at=NOON + timedelta(minutes=9),
    saved_at=NOON + timedelta(minutes=9),
    active_seconds=540,
    submission_key="key-1",
    saw_other_grades=False,
    score=StoredScore(
        rule="S1",
        raw=Decimal("66.67"),
        reported=Decimal(0),
        auto_fails=(AutoFailFlag("form", "greeting", "no"),),
        passed=False,
        band=None,
        results=(
            CriterionResult("wait", Decimal("0.3333333333333333333333333333"), Decimal("0.4")),
            CriterionResult("empathy", None, Decimal(0)),
            CriterionResult("greeting", Decimal(0), Decimal("0.6")),
        ),
    ),
)

ASSIGNMENT = Assignment(
    AssignmentId("a1"),
    ticket_id=TICKETS[0].id,
    scorecard_version_id=VERSION.id,
    reviewer_id=REVIEWER.id,
    purpose=Purpose.QUALITY,
    selection=Selection.RANDOM,
    state=AssignmentState.OPEN,
    assigned_at=NOON,
    assigned_by=OTHER_REVIEWER.id,
    due_at=NOON + timedelta(days=3),
)

SESSION = CalibrationSession(
    SessionId("s1"),
    name="March",
    scorecard_version_id=VERSION.id,
    facilitator_id=OTHER_REVIEWER.id,
    state=SessionState.OPEN,
    created_at=NOON,
    tickets=(SessionTicket(TICKETS[1].id, 1, Selection.RANDOM), SessionTicket(TICKETS[0].id, 2, Selection.BY_HAND)),
    reviewer_ids=(OTHER_REVIEWER.id, REVIEWER.id),
    seed=2**40,
)


def add_people(tx: Transaction) -> None:
    """The team and the three people."""
    people.add_team(tx, RETURNS)
    for person in (AGENT, REVIEWER, OTHER_REVIEWER):
        people.add_person(tx, person)


def add_ground(tx: Transaction) -> None:
    """People, tickets and the scorecard version: what a review rests on."""
    add_people(tx)
    tickets.add_conversations(tx, CONVERSATIONS)
    scorecards.add_version(tx, VERSION)


def add_work(tx: Transaction) -> None:
    """The ground, and besides an assignment and a calibration session."""
    add_ground(tx)
    assignments.add_assignments(tx, [ASSIGNMENT])
    calibration.add_session(tx, SESSION)
