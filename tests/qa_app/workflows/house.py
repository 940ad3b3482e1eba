"""A small house for workflow tests: two teams, everybody with one role, four tickets, one scorecard in force.

Its clock stands until a test lets it go on, and its ids count up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from db.engine import Store
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    CalibrationSession,
    Person,
    Purpose,
    Review,
    ReviewId,
    Role,
    Selection,
    SessionId,
    Ticket,
    TicketId,
)
from db.store import assignments, people, reviews, scorecards, tickets
from qa_app.workflows import calibration, grading
from qa_app.workflows.context import Context
from qa_app.workflows.grading import Filled
from qa_app.workflows.reviews import release_reviews
from scorecards.files import library_scorecard
from tests.factories import NOON, fill, make_conversation, make_person, make_team, make_version

UTC_ZONE = ZoneInfo("UTC")
NORTH, SOUTH = make_team("North"), make_team("South")
ADMIN = make_person("Ada Admin", Role.ADMIN)
MANAGER = make_person("Max Manager", Role.MANAGER)
LEAD = make_person("Lou Lead", Role.MANAGER, scope=frozenset({NORTH.id}))
"""A manager of the north only."""
FACILITATOR = make_person("Fay Facilitator", Role.FACILITATOR)
BO, CY, DI = (make_person(name, Role.REVIEWER) for name in ("Bo", "Cy", "Di"))
COACH = make_person("Col Coach", Role.COACH)
NINA = make_person("Nina North", Role.AGENT, team=NORTH)
SAM = make_person("Sam South", Role.AGENT, team=SOUTH)
EVERYBODY = (ADMIN, MANAGER, LEAD, FACILITATOR, BO, CY, DI, COACH, NINA, SAM)

CONVERSATIONS = tuple(make_conversation(number, agent=NINA if number < 4 else SAM) for number in (1, 2, 3, 4))
"""t1 to t3 are Nina's, t4 is Sam's."""
T1, T2, T3, T4 = (conversation.ticket for conversation in CONVERSATIONS)
VERSION = make_version(by=ADMIN.id)
PERIOD_CARD = make_version(library_scorecard("agent-period"), by=ADMIN.id)
"""Not in the house; tests of appraisals put it there."""


@dataclass(slots=True)
class House:
    """The store with its people, and the clock and ids of every context."""

    store: Store
    recordings_dir: Path
    now: datetime = NOON
    made_ids: int = field(default=0)

    def act(self, person: Person) -> Context:
        """The surroundings of a request by this person."""
        return Context(self.store, person, lambda: self.now, self.make_id, self.recordings_dir)

    def make_id(self) -> str:
        """The next id."""
        self.made_ids += 1
        return f"id{self.made_ids:03d}"

    def tick(self, **step: float) -> None:
        """Let time pass."""
        self.now += timedelta(**step)

    def assign(
        self,
        reviewer: Person,
        ticket: Ticket = T1,
        *,
        selection: Selection = Selection.RANDOM,
        due_at: datetime | None = None,
    ) -> AssignmentId:
        """Give a reviewer a ticket that no sample drew."""
        made = Assignment(
            AssignmentId(self.make_id()),
            ticket_id=ticket.id,
            scorecard_version_id=VERSION.id,
            reviewer_id=reviewer.id,
            purpose=Purpose.QUALITY,
            selection=selection,
            state=AssignmentState.OPEN,
            assigned_at=self.now,
            assigned_by=MANAGER.id,
            due_at=due_at,
        )
        with self.store.write() as tx:
            assignments.add_assignments(tx, [made])
        return made.id

    def grade(
        self,
        reviewer: Person,
        ticket: Ticket = T1,
        changes: Mapping[str, str | float] | None = None,
        *,
        selection: Selection = Selection.RANDOM,
        comment: str = "",
    ) -> Review:
        """A submitted quality review."""
        assignment_id = self.assign(reviewer, ticket, selection=selection)
        return self.submit(reviewer, assignment_id, fill(changes, comment=comment))

    def submit(self, reviewer: Person, assignment_id: AssignmentId, filled: Filled) -> Review:
        """Submit under a key of its own."""
        return grading.submit_review(self.act(reviewer), assignment_id, filled, submission_key=f"key-{assignment_id}")

    def release(self, *given: Review) -> None:
        """Show reviews to their agents."""
        release_reviews(self.act(MANAGER), [review.id for review in given])

    def stored(self, review_id: ReviewId) -> Review:
        """The review as the store has it now."""
        with self.store.read() as tx:
            found = reviews.review(tx, review_id)
        assert found is not None
        return found

    def open_session(self, *tickets: TicketId, graders: tuple[Person, ...] = (BO, CY)) -> CalibrationSession:
        """A calibration run by the facilitator."""
        new = calibration.NewSession("Week 10", VERSION.id, tickets or (T1.id, T2.id), tuple(g.id for g in graders))
        return calibration.open_session(self.act(FACILITATOR), new)

    def queue_of(self, person: Person, session_id: SessionId) -> dict[TicketId, AssignmentId]:
        """The open assignments of a session by ticket."""
        rows = grading.list_queue(self.act(person))
        return {row.ticket.id: row.assignment.id for row in rows if row.assignment.session_id == session_id}

    def grade_session(
        self, session: CalibrationSession, given: Mapping[str, tuple[Mapping[str, str | float], ...]], *people: Person
    ) -> None:
        """Everybody's blind grades: by person the changes to the best answers, ticket by ticket."""
        for person in people:
            queue = self.queue_of(person, session.id)
            for item, changes in zip(session.tickets, given[person.name], strict=False):
                self.submit(person, queue[item.ticket_id], fill(changes))


def furnish(store: Store) -> None:
    """Put people, tickets and the scorecard into an empty database."""
    with store.write() as tx:
        for team in (NORTH, SOUTH):
            people.add_team(tx, team)
        for person in EVERYBODY:
            people.add_person(tx, person)
        tickets.add_conversations(tx, CONVERSATIONS)
        scorecards.add_version(tx, VERSION)
