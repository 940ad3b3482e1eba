"""A contact centre that has graded for a year, written in bulk.

The conversations are the demo's, the scores are computed by the application from the answers that stand there, and
the audit chain is whole. The tickets' content hashes are made up: nobody imports these tickets again.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

from benchmarks.timing import tell
from db.engine import Transaction
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AuditEntry,
    Conversation,
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
    Selection,
    StoredScore,
    Ticket,
    TicketId,
)
from db.store import assignments, audit, reviews, tickets
from qa_app.settings import Settings, read_settings
from qa_app.workflows import access, grading, scorecards
from qa_app.workflows.context import Context, Installation, make_id, read_clock
from qa_app.workflows.demo.conversations import build_conversations
from qa_app.workflows.scoring import score_ratings
from qa_app.workflows.upkeep import open_installation
from scorecards.answers import Answer
from scorecards.model import Channel, Scorecard

CARD = "core-chat"
AGENTS = 200
LONG_MESSAGES = 1500
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
_YEAR = timedelta(days=365)
_AT_A_TIME = 2000
_FORMS = 400
"""Differently filled scorecards among the old reviews."""
_OLD_MESSAGES = 4
"""Messages of a ticket that was graded long ago; those still to grade have all of theirs."""
_CROWD_TICKETS = 40
_COMMENT = "Says what happens next, not when."

Lines = tuple[tuple[MessageRole, str], ...]
Forms = Sequence[tuple[tuple[Rating, ...], StoredScore]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a database holds, besides `AGENTS` agents and one scorecard."""

    reviews: int
    """Submitted ones, each of its own ticket."""
    crowd: int
    """Reviewers with a queue each, who grade while somebody else is measured."""
    tickets: int
    """In the queue of each reviewer who is measured."""

    @property
    def name(self) -> str:
        """Tells databases of different plans apart."""
        return f"reviews-{self.reviews}-crowd-{self.crowd}-tickets-{self.tickets}"


SHORT, LONG = ("short-alone", "short-among-many"), ("long-alone", "long-among-many")
"""Reviewers who are measured: two with the same usual chats in their queues, answered already but not submitted, and
two with the same very long ones."""


def email_of(name: str) -> str:
    """A reviewer's e-mail."""
    return f"{name}@bench.example"


def crowd_names(count: int) -> list[str]:
    """The reviewers who grade all the time."""
    return [f"crowd-{place}" for place in range(count)]


def settings_of(folder: Path) -> Settings:
    """The installation in a folder."""
    return read_settings({"PLUMBLINE_DATA_DIR": str(folder)})


def build_database(folder: Path, plan: Plan) -> Path:
    """The data folder of this plan inside `folder`; made once, then only looked up."""
    data = folder / plan.name
    mark = data / "complete"
    if not mark.exists():
        installation = open_installation(settings_of(data))
        try:
            _Builder(installation, plan).build()
        finally:
            installation.store.close()
        mark.touch()
    return data


def fill_forms(scorecard: Scorecard, *, count: int, seed: int = 1) -> Forms:
    """Complete scorecards with their scores, most answers good ones."""
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def fill() -> tuple[Rating, ...]:
        return tuple(
            Rating(
                criterion.id,
                Answer.choose(dice.choices(criterion.options, range(1, len(criterion.options) + 1))[0].id),
                _COMMENT,
                tuple(reason.id for reason in criterion.reasons[:1]),
            )
            for criterion in scorecard.criteria
        )

    forms = [fill() for _ in range(count)]
    return [(ratings, score_ratings(scorecard, ratings)) for ratings in forms]


class _Builder:
    def __init__(self, installation: Installation, plan: Plan) -> None:
        self.installation = installation
        self.plan = plan
        told = build_conversations(seed=1, until=date(2026, 11, 19))
        self.lines: list[Lines] = [_read_lines(one.ticket["messages"]) for one in told]
        self.admin = self._hire_admin()
        self.version = scorecards.publish_from_library(self.admin, CARD)
        self.agents = self._hire("agent", AGENTS, Role.AGENT)
        names = [*crowd_names(plan.crowd), *SHORT, *LONG]
        self.reviewers = dict(zip(names, self._hire_named(names), strict=True))

    def build(self) -> None:
        self._write_past()
        short = self._write_open("S", self.plan.tickets, length=None)
        long = self._write_open("L", self.plan.tickets, length=LONG_MESSAGES)
        for names, found in ((SHORT, short), (LONG, long)):
            for name in names:
                self._hand_out(name, found)
        for name in SHORT:
            self._fill_in(name)
        for name in crowd_names(self.plan.crowd):
            self._hand_out(name, self._write_open(name, _CROWD_TICKETS, length=None))

    def _hire_admin(self) -> Context:
        new = access.NewPerson("Ada Admin", email_of("admin"), frozenset({Role.ADMIN, Role.MANAGER}),
                               password=make_id())  # fmt: skip
        first = self.installation.context(Person(PersonId(make_id()), new.name))
        return self.installation.context(access.make_first_admin(first, new))

    def _hire(self, kind: str, count: int, role: Role) -> list[Person]:
        return [
            access.add_person(self.admin, access.NewPerson(f"{kind} {place}", external_id=f"{kind}-{place}",
                                                           roles=frozenset({role})))
            for place in range(count)
        ]  # fmt: skip

    def _hire_named(self, names: Sequence[str]) -> list[Person]:
        role = frozenset({Role.REVIEWER})
        return [access.add_person(self.admin, access.NewPerson(name, email_of(name), role)) for name in names]

    def _write_past(self) -> None:
        forms = fill_forms(self.version.scorecard, count=_FORMS)
        for start in range(0, self.plan.reviews, _AT_A_TIME):
            places = range(start, min(start + _AT_A_TIME, self.plan.reviews))
            with self.installation.store.write() as tx:
                self._write_graded(tx, places, forms)
            tell(f"{places.stop:,} of {self.plan.reviews:,} reviews")

    def _write_graded(self, tx: Transaction, places: range, forms: Forms) -> None:
        graders = list(self.reviewers.values())
        found = [self._converse(f"P-{place:06}", place, self._date(place), _OLD_MESSAGES) for place in places]
        given = [
            self._assign(one, graders[place % len(graders)].id, done=one.ticket.created_at + timedelta(days=1))
            for place, one in zip(places, found, strict=True)
        ]
        graded = [self._review(one, *forms[place % len(forms)]) for place, one in zip(places, given, strict=True)]
        tickets.add_conversations(tx, found)
        assignments.add_assignments(tx, [assignment for assignment, _ in given])
        reviews.add_reviews(tx, graded)
        audit.append(tx, *map(_submit_entry, graded))

    def _write_open(self, prefix: str, count: int, *, length: int | None) -> list[Conversation]:
        found = [self._converse(f"{prefix}-{place:04}", place, NOW, length) for place in range(count)]
        with self.installation.store.write() as tx:
            tickets.add_conversations(tx, found)
        return found

    def _hand_out(self, name: str, found: Sequence[Conversation]) -> None:
        given = [self._assign(one, self.reviewers[name].id)[0] for one in found]
        with self.installation.store.write() as tx:
            assignments.add_assignments(tx, given)

    def _fill_in(self, name: str) -> None:
        """Answer everything in a reviewer's queue; nothing is submitted."""
        context = self.installation.context(self.reviewers[name])
        forms = fill_forms(self.version.scorecard, count=_FORMS)
        # Where something fails the whole review, no other answer changes the score.
        whole = [ratings for ratings, score in forms if not score.auto_fails]
        for row, ratings in zip(grading.list_queue(context), cycle(whole), strict=False):
            grading.save_draft(context, row.assignment.id, grading.Filled(ratings), expected_revision=0)

    def _date(self, place: int) -> datetime:
        return NOW - _YEAR + _YEAR * place / max(self.plan.reviews, 1)

    def _converse(self, external_id: str, place: int, at: datetime, length: int | None) -> Conversation:
        lines = self.lines[place % len(self.lines)]
        if length is not None:
            lines = (lines * (length // len(lines) + 1))[:length]
        agent = self.agents[place % len(self.agents)]
        messages = tuple(
            Message(seq, role, text, author_name=agent.name if role is MessageRole.AGENT else None,
                    author_ref=agent.external_id if role is MessageRole.AGENT else None,
                    sent_at=at + timedelta(seconds=40 * seq))
            for seq, (role, text) in enumerate(lines, start=1)
        )  # fmt: skip
        head = Ticket(
            id=TicketId(make_id()),
            source="bench",
            external_id=external_id,
            channel=Channel.CHAT,
            created_at=at,
            content_hash=hashlib.sha256(external_id.encode()).hexdigest(),
            subject=f"Chat {external_id}",
            language="en",
            agent_id=agent.id,
            tags=("delivery", "first-contact"),
        )
        return Conversation(head, messages, ())

    def _assign(
        self, one: Conversation, reviewer_id: PersonId, *, done: datetime | None = None
    ) -> tuple[Assignment, Ticket]:
        assignment = Assignment(
            id=AssignmentId(make_id()),
            ticket_id=one.ticket.id,
            scorecard_version_id=self.version.id,
            reviewer_id=reviewer_id,
            purpose=Purpose.QUALITY,
            selection=Selection.RANDOM,
            state=AssignmentState.DONE if done else AssignmentState.OPEN,
            assigned_at=one.ticket.created_at,
            assigned_by=self.admin.actor.id,
            finished_at=done,
        )
        return assignment, one.ticket

    def _review(self, given: tuple[Assignment, Ticket], ratings: tuple[Rating, ...], score: StoredScore) -> Review:
        assignment, graded = given
        at = assignment.finished_at
        if at is None:
            raise ValueError("only a finished assignment has a submitted review")
        review_id = ReviewId(make_id())
        return Review(
            id=review_id,
            ticket_id=graded.id,
            ticket_version=graded.version,
            scorecard_version_id=self.version.id,
            reviewer_id=assignment.reviewer_id,
            agent_id=graded.agent_id,
            purpose=assignment.purpose,
            selection=assignment.selection,
            state=ReviewState.RELEASED,
            revision=3,
            started_at=at - timedelta(minutes=6),
            saved_at=at,
            ratings=ratings,
            comment=_COMMENT,
            assignment_id=assignment.id,
            submitted_at=at,
            released_at=at + timedelta(hours=4),
            active_seconds=300,
            submission_key=review_id,
            saw_other_grades=False,
            score=score,
        )


def _submit_entry(review: Review) -> AuditEntry:
    after = {"ticket": review.ticket_id, "scorecard_version": review.scorecard_version_id}
    return AuditEntry(review.saved_at, review.reviewer_id, "review.submit", "review", review.id, after=after)


def _read_lines(messages: object) -> Lines:
    if not isinstance(messages, list):
        raise TypeError("a demo ticket's messages are a list")
    return tuple((MessageRole(message["role"]), message["text"]) for message in messages)


def act_as(installation: Installation, name: str) -> Context:
    """The surroundings of one of the reviewers."""
    return installation.context(access.find_actor(installation.store, email_of(name)))


def open_session(installation: Installation, name: str) -> str:
    """A session of one of the reviewers; returns the token for the cookie."""
    return access.open_session(installation.store, act_as(installation, name).actor.id, now=read_clock())
