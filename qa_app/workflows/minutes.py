"""What stays of a meeting: who was there, what is to be done by whom, and a word in private for each reviewer."""

from collections.abc import Mapping

from db.engine import Transaction
from db.problems import DuplicateKey, UnknownId
from db.records import AuditEntry, CalibrationSession, Feedback, Finding, FindingId, PersonId, SessionId, SessionState
from db.store import audit, calibration
from qa_app.domain.access import allows, require
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.meeting import require_revealed

_LONGEST = 4000


def note_attendance(context: Context, session_id: SessionId, person_id: PersonId, *, there: bool) -> None:
    """Note whether a reviewer is at the meeting; a later note takes the place of an earlier one.

    Raises:
        Refused: the session is not revealed, or is closed.
        NotFound: the person is no reviewer of the session.
    """
    session = _require_recording(context, session_id)
    with context.store.write() as tx:
        try:
            calibration.note_attendance(tx, session_id, {person_id: there})
        except UnknownId as error:
            raise NotFound("not-in-session", "This person is no reviewer of the session.") from error
        _record(tx, context, "calibration.attendance", session, {"reviewer": person_id, "there": there})


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


def finish_finding(context: Context, session_id: SessionId, finding_id: FindingId, *, done: bool) -> None:
    """Tick what a finding asked for as done, or take the tick back; its owner may, and who runs sessions.

    Raises:
        Refused: the session is not revealed, or the finding is neither the actor's nor the actor may record.
        NotFound: the session has no such finding.
        Conflict: somebody was faster.
    """
    session = require_revealed(context, session_id)
    with context.store.write() as tx:
        finding = calibration.finding(tx, finding_id)
        if finding is None or finding.session_id != session_id:
            raise NotFound("no-finding", "This session has no such finding.")
        if not may_finish(context, finding):
            raise Refused("finding-not-yours", "Its owner ticks it off, or who runs sessions.")
        try:
            if done:
                calibration.finish_finding(tx, finding_id, by=context.actor.id, at=context.now())
            else:
                calibration.reopen_finding(tx, finding_id)
        except (DuplicateKey, UnknownId) as error:
            raise Conflict("finding-ticked", "Somebody else was faster; reload to see it.") from error
        action = "calibration.finding_done" if done else "calibration.finding_reopen"
        _record(tx, context, action, session, {"finding": finding_id})


def may_finish(context: Context, finding: Finding) -> bool:
    """Whether the actor may tick a finding off."""
    return finding.owner_id == context.actor.id or allows(context.actor, "calibration.record")


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
