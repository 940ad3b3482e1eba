"""The reviewer's day: the queue, one ticket on the desk, drafts, the submit, the next ticket."""

from dataclasses import dataclass, replace
from typing import Final

from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    Assignment,
    AssignmentId,
    AssignmentState,
    AuditEntry,
    Conversation,
    Evidence,
    Person,
    PersonId,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
    SessionState,
    Ticket,
)
from db.store import assignments, audit, calibration, disputes, people, reviews, scorecards, tickets
from qa_app.domain.access import require
from qa_app.domain.checks import disguise, disguise_review
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.blindness_proof import could_see_others
from qa_app.workflows.context import Context
from qa_app.workflows.forms import Form, find_form, form_of
from qa_app.workflows.scoring import check_complete
from qa_app.workflows.wording import name_version

TEXT_LIMIT: Final = 20_000
"""Characters of one comment or answer."""
EVIDENCE_LIMIT: Final = 500
"""Pieces of evidence of one review."""

_FINISHED = {
    AssignmentState.DONE: "Your review of this ticket is submitted and stored. There is nothing left to grade here.",
    AssignmentState.SKIPPED: "You skipped this ticket. There is nothing left to grade here.",
}
_TOO_LATE = {
    AssignmentState.DONE: (
        "This ticket is submitted already, from another tab or device, and counts once. What stands here was not added."
    ),
    AssignmentState.SKIPPED: "This ticket was given back from another tab or device. What stands here was not kept.",
}
ENDED = "assignment-ended"
"""The code of a refusal because somebody else took the assignment back; see `endings.find_ending`."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the desk sends: the scorecard as far as it is filled."""

    ratings: tuple[Rating, ...]
    evidence: tuple[Evidence, ...] = ()
    comment: str = ""
    active_seconds: int = 0
    ticket_version: int | None = None
    """The version of the ticket that was on the desk; None: the one there is now."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open assignment in a reviewer's queue."""

    assignment: Assignment
    ticket: Ticket
    agent: Person | None
    scorecard: str
    """Label and version number."""
    asked: int
    """Criteria that are asked."""
    answered: int
    """Criteria with an answer in the draft."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that grading one ticket needs."""

    assignment: Assignment
    conversation: Conversation
    form: Form
    agent: Person | None
    standing: "Standing"

    @property
    def version(self) -> ScorecardVersion:
        """The scorecard version with the criteria that are asked."""
        return self.form.version


@dataclass(frozen=True, slots=True)
class Standing:
    """What changes while a ticket is on the desk."""

    draft: Review | None
    position: int
    """1-based place of this assignment in the queue."""
    queue_length: int
    next_id: AssignmentId | None
    """What the desk shows after this one, as the queue is now."""


def list_queue(context: Context) -> tuple[QueueRow, ...]:
    """The actor's open assignments, most urgent first."""
    require(context.actor, "review.grade", owner_id=context.actor.id)
    with context.store.read() as tx:
        open_ = assignments.assignments(tx, reviewer_id=context.actor.id, state=AssignmentState.OPEN)
        found = tickets.tickets_by_id(tx, [assignment.ticket_id for assignment in open_])
        agents = people.people_by_id(tx, [ticket.agent_id for ticket in found.values() if ticket.agent_id])
        versions = scorecards.versions_by_id(tx, [assignment.scorecard_version_id for assignment in open_])
        drafts = reviews.drafts_of(tx, [assignment.id for assignment in open_])
        sessions = calibration.sessions_by_id(tx, [one.session_id for one in open_ if one.session_id])
        again = disputes.disputes_of(tx, [one.id for one in open_ if one.purpose is Purpose.DISPUTE])
    forms = {
        one.id: form_of(
            versions[one.scorecard_version_id],
            sessions[one.session_id] if one.session_id else None,
            again.get(one.id),
        )
        for one in open_
    }
    return tuple(
        _queue_row(disguise(one), found[one.ticket_id], agents, forms[one.id], drafts.get(one.id)) for one in open_
    )


def open_desk(context: Context, assignment_id: AssignmentId) -> Desk:
    """The ticket, the scorecard and the draft of one of the actor's assignments.

    Raises:
        NotFound: no such assignment of the actor's. Refused: it is finished or withdrawn.
    """
    with context.store.read() as tx:
        assignment = _unfinished(tx, context, assignment_id)
        standing = _standing(tx, context, assignment_id)
        draft = standing.draft
        conversation = tickets.conversation(tx, assignment.ticket_id, version=draft.ticket_version if draft else None)
        form = find_form(tx, assignment)
        if conversation is None:
            raise NotFound("assignment-broken", "The ticket of this assignment is gone; tell an admin.")
        agent_id = conversation.ticket.agent_id
        agent = people.person(tx, agent_id) if agent_id else None
    return Desk(disguise(assignment), conversation, form, agent, standing)


def follow_desk(context: Context, assignment_id: AssignmentId) -> Standing:
    """What may have changed since the desk was opened, without reading the ticket again; raises as `open_desk`."""
    with context.store.read() as tx:
        _unfinished(tx, context, assignment_id)
        return _standing(tx, context, assignment_id)


def find_next(context: Context) -> AssignmentId | None:
    """The most urgent of the actor's open assignments; None where nothing is left."""
    with context.store.read() as tx:
        queue = assignments.open_queue(tx, context.actor.id)
    return queue[0] if queue else None


def save_draft(context: Context, assignment_id: AssignmentId, filled: Filled, *, expected_revision: int) -> Review:
    """Keep a draft; the first save makes it (expected revision 0).

    What comes after the assignment was withdrawn is kept for its author as well, and refused all the same.

    Raises:
        Conflict: another tab or device saved since; the stored draft is untouched. Or the assignment takes no work.
        Unavailable: the database cannot be written to now.
    """
    with context.writing() as tx:
        assignment = _own_assignment(tx, context, assignment_id, lock=True)
        refusal = _find_refusal(tx, assignment)
        if refusal is not None and assignment.state is not AssignmentState.WITHDRAWN:
            raise refusal
        saved = _keep_draft(tx, context, assignment, filled, expected_revision)
    if refusal is not None:
        raise refusal
    return disguise_review(saved)


def _keep_draft(tx: Transaction, context: Context, assignment: Assignment, filled: Filled, revision: int) -> Review:
    """The draft as it is stored now, on top of the one of this revision."""
    stored = reviews.draft_of(tx, assignment.id)
    if stored is None:
        if revision != 0:
            raise _draft_conflict()
        stored = _new_draft(tx, context, assignment, filled.ticket_version)
        reviews.add_review(tx, stored)
    elif stored.revision != revision:
        raise _draft_conflict()
    changed = replace(
        stored, ratings=filled.ratings, evidence=filled.evidence, comment=filled.comment, saved_at=context.now(),
        active_seconds=max(stored.active_seconds, filled.active_seconds),
    )  # fmt: skip
    try:
        reviews.save_draft(tx, changed, expected_revision=stored.revision)
    except StaleRevision as error:
        raise _draft_conflict() from error
    return replace(changed, revision=stored.revision + 1)


def submit_review(
    context: Context,
    assignment_id: AssignmentId,
    filled: Filled,
    *,
    submission_key: str,
    expected_revision: int | None = None,
) -> Review:
    """Lock a review and score it. The same key again returns the first result; nothing is counted twice.

    `expected_revision` is the saved draft that the work is based on; None is for whole scorecards that come at once.

    Raises:
        Refused: the scorecard is not complete; the message names each criterion.
        Conflict: the assignment was submitted under another key, or another tab has saved since.
        Unavailable: the database cannot be written to now.
    """
    now = context.now()
    with context.writing() as tx:
        assignments.assignment(tx, assignment_id, lock=True)  # two submits at the same moment come one by one
        earlier = reviews.review_by_key(tx, submission_key)
        if earlier is not None:
            if earlier.assignment_id != assignment_id or earlier.reviewer_id != context.actor.id:
                raise Conflict("submission-key-used", "This submission key belongs to another review; reload the page.")
            return disguise_review(earlier)
        assignment = find_open(tx, context, assignment_id)
        form = find_form(tx, assignment)
        check_complete(form.version.scorecard, filled.ratings)
        stored = reviews.draft_of(tx, assignment_id)
        if expected_revision not in {None, stored.revision if stored else 0}:
            raise _draft_conflict()
        if stored is None:
            stored = _new_draft(tx, context, assignment, filled.ticket_version)
            reviews.add_review(tx, stored)
        review = replace(
            stored,
            state=ReviewState.SUBMITTED,
            ratings=filled.ratings,
            evidence=filled.evidence,
            comment=filled.comment,
            active_seconds=max(stored.active_seconds, filled.active_seconds),
            saved_at=now,
            submitted_at=now,
            submission_key=submission_key,
            saw_other_grades=could_see_others(tx, context, assignment),
            score=form.score(filled.ratings),
        )
        reviews.submit(tx, review, expected_revision=stored.revision)
        assignments.set_assignment_state(tx, assignment_id, AssignmentState.DONE, at=now)
        audit.append(tx, _submit_entry(context, review))
    return disguise_review(replace(review, revision=stored.revision + 1))


def find_open(tx: Transaction, context: Context, assignment_id: AssignmentId) -> Assignment:
    """An assignment of the actor's that takes work, held for the caller's transaction: two tabs come one by one.

    Raises:
        NotFound: no such assignment of the actor's. Conflict: it is finished, or its session takes no grades any more.
    """
    assignment = _own_assignment(tx, context, assignment_id, lock=True)
    refusal = _find_refusal(tx, assignment)
    if refusal is not None:
        raise refusal
    return assignment


def _find_refusal(tx: Transaction, assignment: Assignment) -> Conflict | None:
    """Why an assignment takes no work; None where it does."""
    if assignment.state is AssignmentState.WITHDRAWN:
        return Conflict(ENDED, f"{_tell_withdrawn(assignment)} Your answers so far are kept, and count nowhere.")
    if assignment.state is not AssignmentState.OPEN:
        return Conflict("assignment-finished", _TOO_LATE[assignment.state])
    if assignment.session_id is not None:
        session = calibration.session(tx, assignment.session_id)
        if session is None or session.state not in {SessionState.OPEN, SessionState.REVEALED}:
            return Conflict("session-not-open", "This calibration session takes no grades any more.")
    return None


def _tell_withdrawn(assignment: Assignment) -> str:
    return f"This ticket was taken out of your queue: {assignment.skip_reason or 'no reason was given'}."


def _queue_row(
    assignment: Assignment,
    ticket: Ticket,
    agents: dict[PersonId, Person],
    form: Form,
    draft: Review | None,
) -> QueueRow:
    return QueueRow(
        assignment=assignment,
        ticket=ticket,
        agent=agents.get(ticket.agent_id) if ticket.agent_id and not form.agent_hidden else None,
        scorecard=name_version(form.version),
        asked=len(form.version.scorecard.criteria),
        answered=sum(rating.answer.state != "missing" for rating in draft.ratings) if draft else 0,
    )


def _standing(tx: Transaction, context: Context, assignment_id: AssignmentId) -> Standing:
    queue = assignments.open_queue(tx, context.actor.id)
    following = (one for one in queue if one != assignment_id)
    draft = reviews.draft_of(tx, assignment_id)
    return Standing(
        disguise_review(draft) if draft else None, queue.index(assignment_id) + 1, len(queue), next(following, None)
    )


def _unfinished(tx: Transaction, context: Context, assignment_id: AssignmentId) -> Assignment:
    assignment = _own_assignment(tx, context, assignment_id)
    if assignment.state is AssignmentState.WITHDRAWN:
        raise Refused(ENDED, _tell_withdrawn(assignment))
    if assignment.state is not AssignmentState.OPEN:
        raise Refused("assignment-finished", _FINISHED[assignment.state])
    return assignment


def _own_assignment(
    tx: Transaction, context: Context, assignment_id: AssignmentId, *, lock: bool = False
) -> Assignment:
    assignment = assignments.assignment(tx, assignment_id, lock=lock)
    if assignment is None or assignment.reviewer_id != context.actor.id:
        raise NotFound("no-assignment", "There is no such assignment in your queue.")
    action = "review.self" if assignment.purpose is Purpose.SELF else "review.grade"
    require(context.actor, action, owner_id=assignment.reviewer_id)
    return assignment


def _new_draft(tx: Transaction, context: Context, assignment: Assignment, seen_version: int | None) -> Review:
    ticket = tickets.ticket(tx, assignment.ticket_id)
    if ticket is None:
        raise NotFound("assignment-broken", "The ticket of this assignment is gone; tell an admin.")
    return Review(
        id=ReviewId(context.new_id()),
        ticket_id=ticket.id,
        ticket_version=seen_version or ticket.version,
        scorecard_version_id=assignment.scorecard_version_id,
        reviewer_id=context.actor.id,
        agent_id=ticket.agent_id,
        purpose=assignment.purpose,
        selection=assignment.selection,
        state=ReviewState.DRAFT,
        revision=0,
        started_at=context.now(),
        saved_at=context.now(),
        assignment_id=assignment.id,
        session_id=assignment.session_id,
    )


def _submit_entry(context: Context, review: Review) -> AuditEntry:
    after: dict[str, object] = {
        "ticket": review.ticket_id,
        "ticket_version": review.ticket_version,
        "scorecard_version": review.scorecard_version_id,
        "purpose": review.purpose,
        "blind": review.saw_other_grades is False,
    }
    # The audit is read before a calibration is revealed, so its scores stand with the reviews only.
    if review.purpose is not Purpose.CALIBRATION and review.score is not None:
        after |= {"raw": review.score.raw, "reported": review.score.reported}
    return AuditEntry(context.now(), context.actor.id, "review.submit", "review", review.id, after=after)


def _draft_conflict() -> Conflict:
    return Conflict(
        "draft-conflict",
        "This ticket was saved from another tab or device in the meantime. Nothing was overwritten: "
        "load the other version, or keep yours.",
    )
