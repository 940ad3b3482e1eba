"""Calibration: the same tickets graded blind by several reviewers, revealed at once, decided together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.engine import Transaction
from db.problems import DuplicateKey, StaleRevision
from db.records import (
    AssignmentState,
    AuditEntry,
    CalibrationSession,
    Person,
    PersonId,
    Reference,
    ReferencePolicy,
    ScorecardVersionId,
    Selection,
    SeriesId,
    SessionId,
    SessionKind,
    SessionState,
    TicketId,
)
from db.store import assignments, audit, calibration, people, reviews, scorecards
from qa_app.domain.access import reach, require
from qa_app.domain.calibration import graders, require_movable, require_move, require_revealable
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.calibration_setup import (
    Picks,
    check_set_up,
    choose_criteria,
    hand_out,
    pick_tickets,
    take_existing,
    withdraw_open,
)
from qa_app.workflows.context import Context
from qa_app.workflows.forms import form_of
from qa_app.workflows.sampling import NewPlan
from qa_app.workflows.scope import require_some
from qa_app.workflows.wording import name_version
from scorecards.answers import Answer, AnswerState
from scorecards.model import Criterion
from scorecards.values import answer_value

AT_WORK = timedelta(minutes=5)
"""Whoever saved answers so recently is taken to be grading."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a facilitator fills in."""

    name: str
    version_id: ScorecardVersionId
    ticket_ids: tuple[TicketId, ...]
    """Tickets that are picked already, by hand unless `selection` says otherwise."""
    reviewer_ids: tuple[PersonId, ...]
    selection: Selection = Selection.BY_HAND
    """How `ticket_ids` were picked; everyday agreement is estimated from random ones only."""
    plan: NewPlan | None = None
    """Draws tickets as a part of opening: a session that is refused leaves no sample behind."""
    contested: int = 0
    """So many of the most contested tickets of the plan's frame besides."""
    expert_id: PersonId | None = None
    """Whose answers are the reference; None: what the meeting agrees on."""
    due_at: datetime | None = None
    seed: int = 1
    kind: SessionKind = SessionKind.FRESH
    criterion_ids: tuple[str, ...] = ()
    """The criteria to be graded, and what their conditions rest on; empty: all."""
    agent_hidden: bool = True
    series_id: SeriesId | None = None
    facilitator_id: PersonId | None = None
    """Who runs it; None: whoever opens it."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in a list: who is done, never what they answered."""

    session: CalibrationSession
    facilitator: str
    scorecard: str
    progress: Mapping[PersonId, int]
    """Tickets submitted by grader; who has not begun is left out."""
    names: Mapping[PersonId, str]

    @property
    def submitted(self) -> int:
        """Reviews handed in so far."""
        return sum(self.progress.values())

    @property
    def expected(self) -> int:
        """Reviews when everybody is done."""
        return len(self.session.tickets) * len(self.names)


def open_session(context: Context, new: NewSession) -> CalibrationSession:
    """Set up a session and hand every ticket to every reviewer.

    Raises:
        Refused: fewer than two reviewers, no ticket, no version in force, or a reviewer is an agent of a ticket.
    """
    with context.store.write() as tx:
        return open_within(tx, context, new)


def open_within(tx: Transaction, context: Context, new: NewSession) -> CalibrationSession:
    """`open_session` as a part of somebody's transaction."""
    require_some(context.actor, "calibration.open")
    if not new.name.strip():
        raise Refused("session-name", "A session needs a name, such as the week and the scorecard.")
    session = _describe(tx, context, new)
    check_set_up(tx, context, session)
    calibration.add_session(tx, session)
    graded = take_existing(tx, context, session)
    try:
        assignments.add_assignments(tx, hand_out(session, graded, new_id=context.new_id))
    except DuplicateKey as error:
        raise Conflict(
            "session-overlap",
            "One of these reviewers has one of these tickets in another open calibration; choose other tickets.",
        ) from error
    after = {"tickets": len(session.tickets), "reviewers": len(graders(session)), "seed": session.seed}
    if session.kind is SessionKind.EXISTING:
        after["existing"] = sum(map(len, graded.values()))
    audit.append(tx, _entry(context, "calibration.open", session, after=after))
    return session


def list_sessions(context: Context) -> tuple[SessionRow, ...]:
    """Sessions, newest first; reviewers see those they take part in."""
    require_some(context.actor, "calibration.read")
    with context.store.read() as tx:
        own_only = not may_run(context.actor)
        sessions = calibration.sessions(tx, grader_id=context.actor.id if own_only else None)
        versions = scorecards.versions_by_id(tx, [session.scorecard_version_id for session in sessions])
        keys = {key for session in sessions for key in (session.facilitator_id, *graders(session))}
        found = people.people_by_id(tx, tuple(keys))
        progress = calibration.progress(tx, [session.id for session in sessions])
        return tuple(
            SessionRow(
                session=session,
                facilitator=found[session.facilitator_id].name,
                scorecard=name_version(versions[session.scorecard_version_id]),
                progress=progress.get(session.id, {}),
                names={key: found[key].name for key in graders(session)},
            )
            for session in sessions
        )


def find_session(context: Context, session_id: SessionId) -> CalibrationSession:
    """One session that the actor runs or takes part in; raises NotFound."""
    require_some(context.actor, "calibration.read")
    with context.store.read() as tx:
        session = _session(tx, session_id)
    if not may_run(context.actor) and context.actor.id not in graders(session):
        raise NotFound("no-session", "There is no such calibration session.")
    return session


def reveal_session(context: Context, session_id: SessionId) -> CalibrationSession:
    """End the blind part. Open assignments are withdrawn: an answer given after the reveal is no blind grade.

    Late and absent reviewers do not stop this; what they did not grade is simply missing.

    Raises:
        Refused: the session is not open, or nobody has graded anything.
        Conflict: somebody else has revealed it meanwhile.
    """
    require(context.actor, "calibration.reveal")
    now = context.now()
    with context.store.write() as tx:
        session = _session(tx, session_id)
        if session.state is SessionState.REVEALED:
            raise Conflict("session-revealed", "This session is revealed already; its results stand on its page.")
        progress = calibration.progress(tx, [session_id]).get(session_id, {})
        require_revealable(session, progress)
        withdraw_open(tx, context, session, "the session was revealed")
        _move(tx, context, session, SessionState.REVEALED, after={"submitted": sum(progress.values())})
    return replace(session, state=SessionState.REVEALED, revealed_at=now)


def count_at_work(context: Context, session_id: SessionId) -> int:
    """How many graders saved answers within the last `AT_WORK`, which a reveal would cut off; never who or what."""
    require(context.actor, "calibration.reveal")
    since = context.now() - AT_WORK
    with context.store.read() as tx:
        _session(tx, session_id)
        open_ones = assignments.assignments(tx, session_id=session_id, state=AssignmentState.OPEN)
        drafts = reviews.drafts_of(tx, [assignment.id for assignment in open_ones])
    return len({draft.reviewer_id for draft in drafts.values() if draft.saved_at > since})


def close_session(context: Context, session_id: SessionId) -> CalibrationSession:
    """End the meeting; results stay readable."""
    require(context.actor, "calibration.record")
    with context.store.write() as tx:
        session = _session(tx, session_id)
        require_move(session.state, SessionState.CLOSED)
        _move(tx, context, session, SessionState.CLOSED)
    return replace(session, state=SessionState.CLOSED, closed_at=context.now())


def cancel_session(context: Context, session_id: SessionId, *, why: str) -> CalibrationSession:
    """Give a session up before its reveal. What was graded stays stored, and nobody sees another's answers.

    Raises:
        Refused: no reason, or the session is revealed already.
    """
    require_some(context.actor, "calibration.open")
    if not why.strip():
        raise Refused("cancel-reason", "Say why the session is cancelled; its reviewers have worked for it.")
    with context.store.write() as tx:
        session = _session(tx, session_id)
        require_move(session.state, SessionState.CANCELLED)
        withdraw_open(tx, context, session, "the session was cancelled")
        _move(tx, context, session, SessionState.CANCELLED, why=why.strip())
    return replace(session, state=SessionState.CANCELLED)


def move_deadline(context: Context, session_id: SessionId, due_at: datetime | None, *, why: str) -> CalibrationSession:
    """Set another deadline for the grades of an open session; the audit keeps who, when, from what and why.

    Raises:
        Refused: no reason, the session takes no grades any more, or the time has passed already.
    """
    require_some(context.actor, "calibration.open")
    if not why.strip():
        raise Refused("deadline-reason", "Say why the deadline moves; the audit keeps the reason.")
    with context.store.write() as tx:
        session = _session(tx, session_id)
        require_movable(session, due_at, now=context.now())
        try:
            calibration.move_deadline(tx, session_id, due_at, expected=session.due_at)
        except StaleRevision as error:
            raise Conflict("session-moved", "Somebody moved this deadline meanwhile; reload to see it.") from error
        assignments.move_due(tx, session_id, due_at)
        entry = AuditEntry(
            context.now(), context.actor.id, "calibration.deadline", "calibration_session", session_id,
            before={"due": session.due_at}, after={"due": due_at}, why=why.strip(),
        )  # fmt: skip
        audit.append(tx, entry)
    return replace(session, due_at=due_at)


def record_agreed(
    context: Context, session_id: SessionId, *, ticket_id: TicketId, criterion_id: str, answer: Answer
) -> None:
    """Keep the answer that the meeting agreed on; the blind grades stay as they are.

    Raises:
        Refused: not revealed yet, or the answer does not fit the criterion.
    """
    require(context.actor, "calibration.record")
    with context.store.write() as tx:
        session = read_recordable(tx, session_id)
        if not _fits(find_part(tx, session, criterion_id, ticket_id), answer):
            raise Refused("agreed-answer", "This answer does not fit the criterion; choose one of its options.")
        reference = Reference(session_id, ticket_id, criterion_id, answer, "agreed", context.actor.id, context.now())
        calibration.add_references(tx, (reference,))
        after = {"ticket": ticket_id, "criterion": criterion_id, "state": answer.state, "option": answer.option_id}
        audit.append(tx, _entry(context, "calibration.agree", session, after=after))


def may_run(actor: Person) -> bool:
    """Whether the actor sets up and reveals sessions, and so sees all of them in the list."""
    return not reach(actor, "calibration.open").nothing


def read_recordable(tx: Transaction, session_id: SessionId) -> CalibrationSession:
    """A session whose meeting may still write things down; raises Refused where it is blind or closed."""
    session = _session(tx, session_id)
    if session.state is not SessionState.REVEALED:
        raise Refused("session-not-revealed", f"This session is {session.state}; findings belong to a revealed one.")
    return session


def find_part(tx: Transaction, session: CalibrationSession, criterion_id: str, ticket_id: TicketId | None) -> Criterion:
    """A criterion that the session asks; raises NotFound where it, or the ticket, is no part of the session."""
    version = scorecards.version(tx, session.scorecard_version_id)
    criteria = form_of(version, session).version.scorecard.criteria if version else ()
    criterion = next((criterion for criterion in criteria if criterion.id == criterion_id), None)
    if criterion is None or ticket_id not in {None, *(item.ticket_id for item in session.tickets)}:
        raise NotFound("not-in-session", "This ticket or criterion is not part of the session.")
    return criterion


def _describe(tx: Transaction, context: Context, new: NewSession) -> CalibrationSession:
    picks = Picks(new.plan, new.contested, new.ticket_ids, new.selection, new.seed)
    expert = () if new.expert_id is None else (new.expert_id,)
    tickets = pick_tickets(tx, context, picks, (*new.reviewer_ids, *expert))
    return CalibrationSession(
        id=SessionId(context.new_id()),
        name=new.name.strip(),
        scorecard_version_id=new.version_id,
        facilitator_id=new.facilitator_id or context.actor.id,
        state=SessionState.OPEN,
        created_at=context.now(),
        tickets=tickets,
        reviewer_ids=new.reviewer_ids,
        expert_id=new.expert_id,
        due_at=new.due_at,
        opened_at=context.now(),
        seed=new.seed,
        kind=new.kind,
        reference_policy=ReferencePolicy.EXPERT if new.expert_id else ReferencePolicy.MEETING,
        criterion_ids=choose_criteria(tx, new.version_id, new.criterion_ids),
        agent_hidden=new.agent_hidden,
        series_id=new.series_id,
    )


def _session(tx: Transaction, session_id: SessionId) -> CalibrationSession:
    session = calibration.session(tx, session_id)
    if session is None:
        raise NotFound("no-session", "There is no such calibration session.")
    return session


def _fits(criterion: Criterion, answer: Answer) -> bool:
    if answer.state is not AnswerState.CHOSEN:
        return answer.state is AnswerState.NOT_APPLICABLE and criterion.allow_na
    try:
        answer_value(criterion, answer)
    except ValueError:
        return False
    return True


def _move(
    tx: Transaction,
    context: Context,
    session: CalibrationSession,
    state: SessionState,
    *,
    after: Mapping[str, object] | None = None,
    why: str = "",
) -> None:
    try:
        calibration.set_session_state(tx, session.id, state, at=context.now(), expected=session.state)
    except StaleRevision as error:
        raise Conflict("session-moved", "Somebody changed this session in the meantime; reload to see it.") from error
    entry = _entry(context, f"calibration.{state}", session, after={"state": state, **(after or {})}, why=why)
    audit.append(tx, entry)


def _entry(
    context: Context, action: str, session: CalibrationSession, *, after: Mapping[str, object], why: str = ""
) -> AuditEntry:
    return AuditEntry(
        context.now(), context.actor.id, action, "calibration_session", session.id,
        before={"state": session.state}, after=after, why=why,
    )  # fmt: skip
