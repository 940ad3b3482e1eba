"""Undo of a submit: for half a minute, and only while nothing has come of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from db.engine import Transaction
from db.problems import DuplicateKey, StaleRevision
from db.records import AssignmentId, AssignmentState, AuditEntry, Purpose, Review, ReviewState, Ticket
from db.store import assignments, audit, calibration, reviews, tickets
from qa_app.domain.checks import disguise_review
from qa_app.domain.review_states import UNDO_WINDOW, require_undoable
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.context import Context


@dataclass(frozen=True, slots=True)
class Undoable:
    """The actor's last submit, as long as it can be taken back."""

    review: Review
    ticket: Ticket
    until: datetime


def find_undoable(context: Context) -> Undoable | None:
    """The actor's last submit where it can still be undone."""
    now = context.now()
    with context.store.read() as tx:
        recent = reviews.reviews(
            tx, reviewer_id=context.actor.id, states=(ReviewState.SUBMITTED,), submitted_from=now - UNDO_WINDOW
        )
        if not recent:
            return None
        last = recent[-1]
        try:
            _require_undoable(tx, last, now)
        except Refused:
            return None
        ticket = tickets.ticket(tx, last.ticket_id)
    return offer_undo(last, ticket) if ticket else None


def offer_undo(submitted: Review, ticket: Ticket) -> Undoable | None:
    """The offer that goes with a submit of just now, without asking the store; None for what is not submitted."""
    if submitted.submitted_at is None or submitted.purpose is Purpose.DISPUTE:
        return None
    return Undoable(disguise_review(submitted), ticket, submitted.submitted_at + UNDO_WINDOW)


def undo_submit(context: Context, assignment_id: AssignmentId) -> Review:
    """Turn the review that the actor submitted for an assignment back into its draft; the assignment opens again.

    Every answer, comment and quote stays; score, submission time and key go. The audit keeps both acts.

    Raises:
        NotFound: no such assignment of the actor's.
        Refused: the half minute is over, or something has come of the review; the message says what.
        Conflict: the ticket stands in the actor's queue again by another assignment.
    """
    now = context.now()
    with context.store.write() as tx:
        assignment = assignments.assignment(tx, assignment_id)
        if assignment is None or assignment.reviewer_id != context.actor.id:
            raise NotFound("no-assignment", "There is no such assignment of yours.")
        submitted = reviews.review_of(tx, assignment_id)
        if submitted is None:
            raise Refused("undo-state", "This ticket is not submitted, so there is nothing to undo.")
        _require_undoable(tx, submitted, now)
        draft = replace(
            submitted, state=ReviewState.DRAFT, saved_at=now, submitted_at=None, submission_key=None,
            saw_other_grades=None, score=None,
        )  # fmt: skip
        try:
            draft = reviews.reopen(tx, draft, expected_revision=submitted.revision)
            assignments.set_assignment_state(tx, assignment_id, AssignmentState.OPEN, at=now)
        except (StaleRevision, DuplicateKey) as error:
            raise Conflict("undo-conflict", "This ticket is in your queue again already; go on there.") from error
        audit.append(tx, _entry(context, submitted))
    return disguise_review(draft)


def _require_undoable(tx: Transaction, review: Review, now: datetime) -> None:
    session = calibration.session(tx, review.session_id) if review.session_id else None
    require_undoable(review, now=now, session=session)
    # Whatever was done to a review, such as a correction or a release, is in the audit under its id.
    newest = audit.entries(tx, object_type="review", object_id=review.id, limit=1)
    corrected = reviews.is_superseded(tx, review.id)
    if corrected or not newest or newest[0].action != "review.submit":
        raise Refused("undo-used", "Something was done with this review in the meantime; correct it instead.")


def _entry(context: Context, submitted: Review) -> AuditEntry:
    before: dict[str, object] = {"state": submitted.state}
    # As with the submit itself: the scores of a calibration stand with the reviews only.
    if submitted.purpose is not Purpose.CALIBRATION and submitted.score is not None:
        before |= {"raw": submitted.score.raw, "reported": submitted.score.reported}
    return AuditEntry(
        context.now(), context.actor.id, "review.undo", "review", submitted.id,
        before=before, after={"state": ReviewState.DRAFT},
    )  # fmt: skip
