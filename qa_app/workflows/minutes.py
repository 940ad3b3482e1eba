"""What stays of a meeting beside its findings: who was there, and a word in private for each reviewer."""

from collections.abc import Mapping

from db.engine import Transaction
from db.records import AuditEntry, CalibrationSession, Feedback, PersonId, SessionId, SessionState
from db.store import audit, calibration
from qa_app.domain.access import allows, require
from qa_app.domain.calibration import attendants
from qa_app.errors import NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.meeting import require_revealed

_LONGEST = 4000


def note_attendance(context: Context, session_id: SessionId, person_id: PersonId, *, there: bool) -> None:
    """Note whether somebody is at the meeting; a later note takes the place of an earlier one.

    Who runs the session can be noted, its reviewers and its expert. It changes nothing of who was asked to grade.

    Raises:
        Refused: the session is not revealed, or is closed.
        NotFound: the person does not take part in the session.
    """
    session = _require_recording(context, session_id)
    if person_id not in attendants(session):
        raise NotFound("not-in-session", "This person neither runs the session nor grades in it.")
    with context.store.write() as tx:
        calibration.note_attendance(tx, session_id, person_id, there=there)
        _record(tx, context, "calibration.attendance", session, {"person": person_id, "there": there})


def give_feedback(context: Context, session_id: SessionId, reviewer_id: PersonId, text: str) -> None:
    """Tell one reviewer something in private; only that reviewer and who runs sessions read it.

    Raises:
        Refused: the session is not revealed, or the text is too long.
        NotFound: the person is no reviewer of the session.
    """
    require(context.actor, "calibration.record")
    session = require_revealed(context, session_id)
    if reviewer_id not in session.reviewer_ids:
        raise NotFound("not-in-session", "This person is no reviewer of the session.")
    if len(text) > _LONGEST:
        raise Refused("feedback-length", f"Feedback takes {_LONGEST} characters at most; shorten it.")
    with context.store.write() as tx:
        calibration.save_feedback(tx, Feedback(session_id, reviewer_id, text.strip(), context.actor.id, context.now()))
        _record(tx, context, "calibration.feedback", session, {"reviewer": reviewer_id})


def list_feedback(context: Context, session_id: SessionId) -> Mapping[PersonId, str]:
    """What reviewers were told in private: everything for those who run sessions, one's own for everybody else."""
    session = require_revealed(context, session_id)
    own_only = None if allows(context.actor, "calibration.record") else context.actor.id
    with context.store.read() as tx:
        found = calibration.feedback(tx, session.id, reviewer_id=own_only)
    return {each.reviewer_id: each.text for each in found if each.text}


def _require_recording(context: Context, session_id: SessionId) -> CalibrationSession:
    require(context.actor, "calibration.record")
    session = require_revealed(context, session_id)
    if session.state is not SessionState.REVEALED:
        raise Refused("session-closed", "This session is closed; nothing is noted any more.")
    return session


def _record(
    tx: Transaction, context: Context, action: str, session: CalibrationSession, after: Mapping[str, object]
) -> None:
    entry = AuditEntry(context.now(), context.actor.id, action, "calibration_session", session.id, after=after)
    audit.append(tx, entry)
