"""Disputes: an agent contests a released review, criterion by criterion; what is open, and what came of it."""

from collections.abc import Mapping
from dataclasses import replace

from db.engine import Transaction
from db.problems import DuplicateKey, StaleRevision
from db.records import (
    AssignmentState,
    AuditEntry,
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeKind,
    DisputeState,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
)
from db.store import assignments, audit, disputes, people, reviews, scorecards
from qa_app.domain.access import allows, require
from qa_app.domain.disputes import (
    Terms,
    due_after,
    name_owner,
    require_move,
    require_raisable,
    tell_terms,
)
from qa_app.errors import Conflict, NotFound
from qa_app.workflows.context import Context
from qa_app.workflows.dispute_rows import DisputeRow, SecondGrade, describe_disputes
from qa_app.workflows.reviews import find_readable, move_review
from qa_app.workflows.scope import find_blind_tickets, require_some


def raise_dispute(
    context: Context,
    review_id: ReviewId,
    *,
    reason: str,
    items: tuple[DisputeItem, ...] = (),
    kind: DisputeKind = DisputeKind.GRADES,
) -> Dispute:
    """Contest a released review, by the rules of its scorecard version.

    Raises:
        Refused: no reason, too late, too often, or a review in a state that cannot be contested.
        Conflict: it is contested or superseded already.
    """
    now = context.now()
    with context.store.write() as tx:
        review, version = _find_contestable(tx, context, review_id)
        dispute = Dispute(
            id=DisputeId(context.new_id()),
            review_id=review_id,
            raised_by=context.actor.id,
            raised_at=now,
            state=DisputeState.OPEN,
            reason=reason.strip(),
            items=tuple(replace(item, reason=item.reason.strip()) for item in items),
            due_at=due_after(now, version.scorecard.disputes),
            kind=kind,
        )
        require_raisable(dispute, review, _tell_terms(tx, context, review, version), version.scorecard)
        move_review(tx, context, review, ReviewState.DISPUTED)
        try:
            disputes.add_dispute(tx, dispute)
        except DuplicateKey as error:
            raise Conflict("dispute-open", "This review is contested already; wait for the decision.") from error
        after = {"review": review_id, "kind": kind, "criteria": len(items)}
        note_change(tx, context, "dispute.raise", dispute.id, after)
    return dispute


def withdraw_dispute(context: Context, dispute_id: DisputeId) -> Dispute:
    """Take a dispute back before it is decided; the review counts as read, and a second grade is no longer asked.

    Raises:
        NotFound: no such dispute that the actor may read. Conflict: it was decided already.
    """
    with context.store.write() as tx:
        dispute, review, agent = find_open(tx, context, dispute_id)
        require(context.actor, "dispute.raise", team_id=agent.team_id if agent else None, owner_id=review.agent_id)
        withdrawn = replace(
            dispute, state=DisputeState.WITHDRAWN, decided_by=context.actor.id, decided_at=context.now()
        )
        close_dispute(tx, context, withdrawn)
        move_review(tx, context, review, ReviewState.ACKNOWLEDGED)
        note_change(tx, context, "dispute.withdraw", dispute_id, {"review": review.id})
    return withdrawn


def find_terms(context: Context, review_id: ReviewId) -> Terms:
    """What may be contested of a review, and until when; raises NotFound where the actor may not read it."""
    with context.store.read() as tx:
        review = find_readable(tx, context, review_id)
        return _tell_terms(tx, context, review, _version(tx, review))


def list_disputes(
    context: Context, *, state: DisputeState | None = None, review_id: ReviewId | None = None
) -> tuple[DisputeRow, ...]:
    """Disputes within the actor's reach: open ones first, by when they are due, then the others, newest first.

    Left out are those of tickets that the actor grades blind, and what hidden checks hide.
    """
    within = require_some(context.actor, "dispute.read")
    with context.store.read() as tx:
        found = disputes.disputes(tx, state=state, review_ids=[review_id] if review_id else None)
        rows = describe_disputes(tx, context.actor, within, found)
    open_ = [row for row in rows if row.dispute.state is DisputeState.OPEN]
    ended = [row for row in rows if row.dispute.state is not DisputeState.OPEN]
    open_.sort(key=lambda row: (row.dispute.due_at or row.dispute.raised_at, row.dispute.id))
    ended.sort(key=lambda row: (row.dispute.decided_at or row.dispute.raised_at, row.dispute.id), reverse=True)
    return (*open_, *ended)


def find_dispute(context: Context, dispute_id: DisputeId) -> DisputeRow:
    """One dispute; raises NotFound where there is none that the actor may read."""
    within = require_some(context.actor, "dispute.read")
    with context.store.read() as tx:
        stored = disputes.dispute(tx, dispute_id)
        rows = describe_disputes(tx, context.actor, within, [stored] if stored else [])
    if not rows:
        raise _nothing()
    return rows[0]


def may_decide(context: Context, row: DisputeRow) -> bool:
    """Whether the actor may decide this dispute now; why not is said by deciding it."""
    if row.dispute.state is not DisputeState.OPEN:
        return False
    owner = name_owner(row.dispute, row.review, row.version.scorecard.disputes, second_grader=_done_by(row.second))
    actor = context.actor
    if actor.id == row.review.agent_id or (actor.id == row.review.reviewer_id and owner != actor.id):
        return False
    return allows(actor, "dispute.decide", team_id=row.agent.team_id if row.agent else None, owner_id=owner)


def find_open(tx: Transaction, context: Context, dispute_id: DisputeId) -> tuple[Dispute, Review, Person | None]:
    """An open dispute with its review and the agent, for the caller's transaction.

    Raises:
        NotFound: no such dispute, or none that the actor may read. Conflict: it has ended.
    """
    dispute = disputes.dispute(tx, dispute_id)
    if dispute is None or not describe_disputes(
        tx, context.actor, require_some(context.actor, "dispute.read"), [dispute]
    ):
        raise _nothing()
    review, agent = _find_review(tx, dispute.review_id)
    if dispute.state is not DisputeState.OPEN:
        state = dispute.state.value.replace("_", " ")
        raise Conflict("dispute-decided", f"This dispute is {state} by now; reload to see the decision.")
    return dispute, review, agent


def close_dispute(tx: Transaction, context: Context, ended: Dispute) -> None:
    """Write how a dispute ended; a second grade that is still open is asked no longer. Raises Conflict where it has."""
    require_move(DisputeState.OPEN, ended.state)
    try:
        disputes.decide(tx, ended)
    except StaleRevision as error:
        raise Conflict("dispute-decided", "This dispute was decided in the meantime; reload to see it.") from error
    if ended.assignment_id is None:
        return
    asked = assignments.assignment(tx, ended.assignment_id, lock=True)
    if asked is not None and asked.state is AssignmentState.OPEN:
        now = context.now()
        assignments.set_assignment_state(tx, asked.id, AssignmentState.WITHDRAWN, at=now, reason="The dispute ended.")
        entry = AuditEntry(now, context.actor.id, "assignment.withdraw", "assignment", asked.id)
        audit.append(tx, replace(entry, after={"dispute": ended.id}))


def note_change(
    tx: Transaction, context: Context, action: str, dispute_id: DisputeId, after: Mapping[str, object]
) -> None:
    """Keep a change of a dispute in the audit: ids, states and counts."""
    audit.append(tx, AuditEntry(context.now(), context.actor.id, action, "dispute", dispute_id, after=after))


def _find_contestable(tx: Transaction, context: Context, review_id: ReviewId) -> tuple[Review, ScorecardVersion]:
    review, agent = _find_review(tx, review_id)
    require(context.actor, "dispute.raise", team_id=agent.team_id if agent else None, owner_id=review.agent_id)
    if review.ticket_id in find_blind_tickets(tx, context.actor.id):
        raise NotFound("no-review", "There is no such review, or none that you may read.")
    if reviews.is_superseded(tx, review_id):
        raise Conflict("review-superseded", "This review was corrected; contest its newest version.")
    return review, _version(tx, review)


def _find_review(tx: Transaction, review_id: ReviewId) -> tuple[Review, Person | None]:
    review = reviews.review(tx, review_id)
    if review is None or review.purpose is not Purpose.QUALITY:
        raise NotFound("no-review", "There is no such review, or none that you may read.")
    return review, people.person(tx, review.agent_id) if review.agent_id else None


def _version(tx: Transaction, review: Review) -> ScorecardVersion:
    version = scorecards.version(tx, review.scorecard_version_id)
    if version is None:
        raise NotFound("no-review", "The scorecard of this review is gone; tell an admin.")
    return version


def _tell_terms(tx: Transaction, context: Context, review: Review, version: ScorecardVersion) -> Terms:
    """Rounds count over the corrections of a review, as long as it is the same agent's."""
    chain, older = [review.id], review.supersedes_id
    while older is not None and older not in chain:
        previous = reviews.review(tx, older)
        if previous is None or previous.agent_id != review.agent_id:
            break
        chain.append(older)
        older = previous.supersedes_id
    earlier = disputes.disputes(tx, review_ids=chain)
    used = sum(1 for one in earlier if one.state not in {DisputeState.WITHDRAWN, DisputeState.OPEN})
    return tell_terms(review, version.scorecard.disputes, rounds_used=used, now=context.now())


def _done_by(second: SecondGrade | None) -> PersonId | None:
    done = second is not None and second.state is AssignmentState.DONE
    return second.grader.id if done and second and second.grader else None


def _nothing() -> NotFound:
    return NotFound("no-dispute", "There is no such dispute, or none that you may read.")
