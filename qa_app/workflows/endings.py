"""What became of an assignment that takes no work any more, and of the draft that was begun on it."""

from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from db.records import Assignment, AssignmentId, AssignmentState, CalibrationSession, SessionState
from db.store import assignments, audit, calibration, people, reviews, tickets
from qa_app.errors import NotFound
from qa_app.reports import ReviewLine
from qa_app.workflows.context import Context
from qa_app.workflows.forms import find_form
from qa_app.workflows.wording import describe_review

_DONE_TO = {
    SessionState.REVEALED: "calibration.revealed",
    SessionState.CLOSED: "calibration.revealed",
    SessionState.CANCELLED: "calibration.cancelled",
}
"""By the state of a session: what was done to it that ended its assignments."""
_OF_THE_MEETING = ("calibration.agree", "calibration.attendance", "calibration.feedback")


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an assignment was withdrawn, and what its reviewer had answered by then."""

    ticket: str
    """The ticket's number."""
    at: datetime | None
    session: CalibrationSession | None
    by: str
    """Who revealed or cancelled the session; empty outside of sessions."""
    why: str
    """The reason that was given; a reveal needs none."""
    draft: ReviewLine | None
    """The reviewer's own answers; they count nowhere."""


def find_ending(context: Context, assignment_id: AssignmentId) -> Ending:
    """How one of the actor's own assignments was withdrawn; shows nobody's answers but the actor's.

    Raises:
        NotFound: no such assignment of the actor's that was withdrawn.
    """
    with context.store.read() as tx:
        found = assignments.assignment(tx, assignment_id)
        if found is None or found.reviewer_id != context.actor.id or found.state is not AssignmentState.WITHDRAWN:
            raise NotFound("no-assignment", "There is no such assignment in your queue.")
        session = calibration.session(tx, found.session_id) if found.session_id else None
        by, why = ("", found.skip_reason or "") if session is None else _find_deed(tx, session)
        draft = _describe_draft(tx, context, found)
        (ticket,) = tickets.tickets_by_id(tx, [found.ticket_id]).values()
    return Ending(ticket.external_id, found.finished_at, session, by, why, draft)


def _find_deed(tx: Transaction, session: CalibrationSession) -> tuple[str, str]:
    """Who ended the session's grading, and why."""
    deed = _DONE_TO.get(session.state)
    entries = audit.entries(tx, object_type="calibration_session", object_id=session.id, without=_OF_THE_MEETING)
    entry = next((entry for entry in entries if entry.action == deed), None)
    person = people.person(tx, entry.actor_id) if entry and entry.actor_id else None
    return person.name if person else "", entry.why if entry else ""


def _describe_draft(tx: Transaction, context: Context, assignment: Assignment) -> ReviewLine | None:
    draft = reviews.draft_of(tx, assignment.id)
    conversation = draft and tickets.conversation(tx, draft.ticket_id, version=draft.ticket_version)
    if draft is None or not conversation:
        return None
    return describe_review(draft, conversation, find_form(tx, assignment).version, reviewer=context.actor.name)
