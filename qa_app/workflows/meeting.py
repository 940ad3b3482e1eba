"""The meeting after a reveal: ticket by ticket and criterion by criterion, the largest disagreement first.

The blind grades do not change any more, so they are read once (`prepare_meeting`); what the meeting itself decides is
read anew after each step (`follow_meeting`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from string import ascii_uppercase

from db.records import (
    CalibrationSession,
    Conversation,
    Evidence,
    Finding,
    Person,
    PersonId,
    Purpose,
    Rating,
    Reference,
    Review,
    ScorecardVersion,
    SessionId,
    SessionState,
    Ticket,
    TicketId,
)
from db.store import calibration as store
from db.store import people, reviews, scorecards
from db.store import tickets as ticket_store
from qa_app.domain.access import allows, require
from qa_app.domain.calibration import REVEALED, graders
from qa_app.domain.disagreement import Disagreement, Ruler, average, rank
from qa_app.domain.review_states import COMPLETE
from qa_app.errors import NotFound, Refused
from qa_app.workflows import tickets
from qa_app.workflows.calibration import find_session
from qa_app.workflows.context import Context
from qa_app.workflows.findings import find_owners
from qa_app.workflows.forms import form_of
from qa_app.workflows.scorecard_drafts import start_next
from qa_app.workflows.wording import tell_apart
from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion, CriterionType, Section

_LETTERS = ascii_uppercase


@dataclass(frozen=True, slots=True)
class Voice:
    """One reviewer's blind answer, and why."""

    person_id: PersonId
    answer: Answer
    comment: str
    reasons: tuple[str, ...]
    """In the words of the scorecard."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One criterion of one ticket: who chose what."""

    section: Section
    criterion: Criterion
    voices: tuple[Voice, ...]
    """In the session's order; who has not submitted is left out."""
    disagreement: Disagreement | None


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket of the meeting, with what there is to talk about."""

    ticket: Ticket
    questions: tuple[Question, ...]
    """The largest disagreement first. Criteria that are answered in free text have no answer to agree on."""
    disagreement: Disagreement | None
    seen_by: tuple[PersonId, ...] = ()
    """Who graded it, but not blind, in the session's order; their answers are left out."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """All that the wall shows of a revealed session, except what the meeting decides."""

    session: CalibrationSession
    version: ScorecardVersion
    facilitator: Person
    people: tuple[Person, ...]
    """Everybody who graded, in the session's order."""
    masks: Mapping[PersonId, str]
    """A letter for each of them, in an order that says nothing; the same for everybody and every time."""
    owners: tuple[Person, ...]
    """Who can be given something to do."""
    cases: tuple[Case, ...]
    """The largest disagreement first."""
    records: bool
    """Whether the actor may write down what is decided: only while the session is revealed and not closed."""
    edits: bool
    """Whether the actor may open a draft of the scorecard."""

    def case(self, ticket_id: str) -> Case:
        """A ticket of the session; the first one where there is no such ticket."""
        return next((case for case in self.cases if case.ticket.id == ticket_id), self.cases[0])


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the meeting has decided so far."""

    agreed: tuple[Reference, ...]
    findings: tuple[Finding, ...]
    attended: Mapping[PersonId, bool]
    """Which reviewers were there and which were not; of whom nothing was noted is left out."""


def prepare_meeting(context: Context, session_id: SessionId) -> Meeting:
    """A revealed session as a meeting goes through it.

    Raises:
        Refused: it is not revealed; until then nobody sees anybody's answers.
        NotFound: no such session for this actor.
    """
    session = require_revealed(context, session_id)
    keys = graders(session)
    with context.store.read() as tx:
        version = scorecards.version(tx, session.scorecard_version_id)
        found = reviews.reviews(tx, session_id=session.id, purpose=Purpose.CALIBRATION)
        named = tell_apart(people.people_by_id(tx, [session.facilitator_id, *keys]))
        known = ticket_store.tickets_by_id(tx, [item.ticket_id for item in session.tickets])
        records = session.state is SessionState.REVEALED and allows(context.actor, "calibration.record")
        owners = find_owners(tx, context, session) if records else ()
    if version is None:
        raise NotFound("no-session", "The scorecard of this session is gone; tell an admin.")
    graded = {(each.ticket_id, each.reviewer_id): each for each in found if each.saw_other_grades is False}
    seen = {(each.ticket_id, each.reviewer_id) for each in found if each.state in COMPLETE} - graded.keys()
    rulers = [
        (section, criterion, Ruler(criterion))
        for section in form_of(version, session).version.scorecard.sections
        for criterion in section.criteria
        if criterion.type is not CriterionType.TEXT
    ]
    cases = [
        replace(
            _lay_out(known[item.ticket_id], rulers, [graded.get((item.ticket_id, key)) for key in keys]),
            seen_by=tuple(key for key in keys if (item.ticket_id, key) in seen),
        )
        for item in session.tickets
    ]
    return Meeting(
        session=session,
        version=version,
        facilitator=named[session.facilitator_id],
        people=tuple(named[key] for key in keys),
        masks=_mask(session),
        owners=owners,
        cases=tuple(sorted(cases, key=lambda case: rank(case.disagreement), reverse=True)),
        records=records,
        edits=records and allows(context.actor, "scorecard.write"),
    )


def follow_meeting(context: Context, session_id: SessionId) -> Minutes:
    """What the meeting has decided so far; raises as `prepare_meeting` does."""
    session = require_revealed(context, session_id)
    with context.store.read() as tx:
        references = store.references(tx, session.id)
        return Minutes(
            agreed=tuple(item for item in references if item.kind == "agreed"),
            findings=store.findings(tx, session.id),
            attended=store.attendance(tx, session.id),
        )


def view_conversation(context: Context, session_id: SessionId, ticket_id: TicketId) -> Conversation | None:
    """The conversation of one of the session's tickets; None where it is out of the actor's reach.

    Raises as `prepare_meeting` does.
    """
    session = require_revealed(context, session_id)
    if ticket_id not in {item.ticket_id for item in session.tickets}:
        raise NotFound("not-in-session", "This ticket is not part of the session.")
    try:
        return tickets.view_ticket(context, ticket_id)
    except NotFound:
        return None


def open_guideline(context: Context, session_id: SessionId) -> ScorecardVersion:
    """The draft in which the session's scorecard gets better words; begun from its newest version where there is none.

    Raises:
        NotAllowed: the actor may not write scorecards.
    """
    session = require_revealed(context, session_id)
    require(context.actor, "scorecard.write")
    with context.store.read() as tx:
        version = scorecards.version(tx, session.scorecard_version_id)
        if version is None:
            raise NotFound("no-session", "The scorecard of this session is gone; tell an admin.")
        newest = scorecards.versions(tx, scorecard_id=version.scorecard_id)[0]
    return start_next(context, newest.id)


def require_revealed(context: Context, session_id: SessionId) -> CalibrationSession:
    """A session that the actor runs or took part in, once everybody may see everybody's answers.

    Raises:
        Refused: it is not revealed.
        NotFound: no such session for this actor.
    """
    session = find_session(context, session_id)
    if session.state not in REVEALED:
        raise Refused("session-blind", "This session is still blind. The meeting begins when it is revealed.")
    return session


_Asked = tuple[Section, Criterion, Ruler]


def _lay_out(ticket: Ticket, asked: Sequence[_Asked], graded: Sequence[Review | None]) -> Case:
    rated = [(review, {rating.criterion_id: rating for rating in review.ratings}) for review in graded if review]
    questions = [_ask(*one, rated) for one in asked]
    questions.sort(key=lambda question: rank(question.disagreement), reverse=True)
    return Case(ticket, tuple(questions), average([question.disagreement for question in questions]))


def _ask(
    section: Section, criterion: Criterion, ruler: Ruler, rated: Sequence[tuple[Review, Mapping[str, Rating]]]
) -> Question:
    voices = tuple(
        Voice(
            review.reviewer_id,
            rating.answer,
            rating.comment,
            tuple(reason.label for reason in criterion.reasons if reason.id in rating.reason_ids),
            tuple(item for item in review.evidence if item.criterion_id == criterion.id),
        )
        for review, ratings in rated
        if (rating := ratings.get(criterion.id)) and rating.answer.state is not AnswerState.MISSING
    )
    return Question(section, criterion, voices, ruler.measure(voice.answer for voice in voices))


def _mask(session: CalibrationSession) -> Mapping[PersonId, str]:
    keys = sorted(graders(session), key=lambda key: sha256(f"{session.id}:{key}".encode()).digest())
    return {key: _LETTERS[place] if place < len(_LETTERS) else str(place + 1) for place, key in enumerate(keys)}
