"""Disputes: an agent contests a released review, criterion by criterion; somebody else decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from db.engine import Transaction
from db.problems import DuplicateKey, StaleRevision
from db.records import (
    AuditEntry,
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeState,
    Person,
    Purpose,
    Rating,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
    Ticket,
)
from db.store import audit, disputes, people, reviews, scorecards, tickets
from qa_app.domain.access import require
from qa_app.domain.disputes import CONTEST_WITHIN, require_decider, require_raisable
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.grading import Filled
from qa_app.workflows.reviews import move_review, supersede
from qa_app.workflows.scope import agent_of, find_blind_tickets, reaches_agent, require_some
from scorecards.answers import Answer
from scorecards.scoring import Given, check

_ABOUT_WORDS = frozenset({"comment-required", "reason-required"})
"""Problems of an answer that the words of a decision make good."""
DECIDE_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute with what deciding it needs."""

    dispute: Dispute
    review: Review
    ticket: Ticket
    version: ScorecardVersion
    agent: Person | None
    reviewer: Person


def raise_dispute(
    context: Context, review_id: ReviewId, *, reason: str, items: tuple[DisputeItem, ...] = ()
) -> Dispute:
    """Contest a released review.

    Raises:
        Refused: no reason, too late, or a review in a state that cannot be contested.
        Conflict: it is contested or superseded already.
    """
    now = context.now()
    with context.store.write() as tx:
        review, agent = _review(tx, review_id)
        require(context.actor, "dispute.raise", team_id=agent.team_id if agent else None, owner_id=review.agent_id)
        if reviews.is_superseded(tx, review_id):
            raise Conflict("review-superseded", "This review was corrected; contest its newest version.")
        dispute = Dispute(
            id=DisputeId(context.new_id()),
            review_id=review_id,
            raised_by=context.actor.id,
            raised_at=now,
            state=DisputeState.OPEN,
            reason=reason.strip(),
            items=items,
            due_at=now + DECIDE_WITHIN,
        )
        require_raisable(
            dispute,
            review,
            first_released_at=review.released_at or now,
            days=CONTEST_WITHIN.days,
            criterion_ids={rating.criterion_id for rating in review.ratings},
        )
        move_review(tx, context, review, ReviewState.DISPUTED)
        try:
            disputes.add_dispute(tx, dispute)
        except DuplicateKey as error:
            raise Conflict("dispute-open", "This review is contested already; wait for the decision.") from error
        audit.append(tx, _entry(context, "dispute.raise", dispute, {"review": review_id, "criteria": len(items)}))
    return dispute


def list_disputes(
    context: Context, *, state: DisputeState | None = None, review_id: ReviewId | None = None
) -> tuple[DisputeRow, ...]:
    """Disputes within the actor's reach, oldest first, but for tickets graded blind and what hidden checks hide."""
    within = require_some(context.actor, "dispute.read")
    with context.store.read() as tx:
        hidden = find_blind_tickets(tx, context.actor.id)
        found = disputes.disputes(tx, state=state, review_ids=[review_id] if review_id else None)
        contested = reviews.reviews_by_id(tx, [dispute.review_id for dispute in found], context.actor.id)
        keys = [key for review in contested.values() for key in (review.agent_id, review.reviewer_id) if key]
        known = people.people_by_id(tx, keys)
        texts = tickets.tickets_by_id(tx, [review.ticket_id for review in contested.values()])
        versions = scorecards.versions_by_id(tx, [review.scorecard_version_id for review in contested.values()])
    return tuple(
        DisputeRow(
            dispute,
            review,
            texts[review.ticket_id],
            versions[review.scorecard_version_id],
            agent_of(review, known),
            known[review.reviewer_id],
        )
        for dispute in found
        if dispute.review_id in contested
        for review in (contested[dispute.review_id],)
        if review.ticket_id not in hidden and reaches_agent(within, context.actor, agent_of(review, known))
    )


def decide_dispute(
    context: Context, dispute_id: DisputeId, *, decision: str, answers: Mapping[str, Answer] | None = None
) -> Dispute:
    """Decide a dispute: with new answers the review is revised, without any it is upheld.

    The author of the review does not decide about it.

    Raises:
        Refused: no words for the agent, an answer that does not fit, or one's own grade.
        Conflict: it was decided already.
    """
    if not decision.strip():
        raise Refused("dispute-decision", "Write what was decided and why; the agent reads it.")
    words = decision.strip()
    with context.store.write() as tx:
        dispute, review = _decidable(tx, context, dispute_id)
        changed = _changed(tx, review, answers or {})
        decided = replace(
            dispute,
            state=_verdict(dispute, changed),
            decided_by=context.actor.id,
            decided_at=context.now(),
            decision=words,
            items=tuple(replace(item, upheld=item.criterion_id not in changed) for item in dispute.items),
        )
        try:
            disputes.decide(tx, decided)
        except StaleRevision as error:
            raise Conflict("dispute-decided", "This dispute was decided in the meantime; reload to see it.") from error
        if changed:
            _revise(tx, context, review, changed, words)
        else:
            move_review(tx, context, review, ReviewState.UPHELD)
        after = {"state": decided.state, "changed": sorted(changed)}
        audit.append(tx, _entry(context, "dispute.decide", decided, after))
    return decided


def _decidable(tx: Transaction, context: Context, dispute_id: DisputeId) -> tuple[Dispute, Review]:
    dispute = disputes.dispute(tx, dispute_id)
    review, agent = _review(tx, dispute.review_id) if dispute else (None, None)
    if dispute is None or review is None or review.ticket_id in find_blind_tickets(tx, context.actor.id):
        raise NotFound("no-dispute", "There is no such dispute, or none that you may read.")
    require(context.actor, "dispute.decide", team_id=agent.team_id if agent else None)
    require_decider(review, context.actor.id)
    if dispute.state is not DisputeState.OPEN:
        raise Conflict("dispute-decided", f"This dispute is {dispute.state} by now; reload to see the decision.")
    return dispute, review


def _revise(tx: Transaction, context: Context, review: Review, changed: Mapping[str, Answer], words: str) -> None:
    # The old comment argued for the old answer; the decision argues for the new one.
    ratings = tuple(
        replace(rating, answer=changed[rating.criterion_id], comment=words)
        if rating.criterion_id in changed
        else rating
        for rating in review.ratings
    )
    filled = Filled(ratings, review.evidence, review.comment, review.active_seconds)
    move_review(tx, context, review, ReviewState.REVISED)
    # The agent finds the new version as a released review, to be read like any other.
    supersede(tx, context, replace(review, state=ReviewState.RELEASED), filled, reason=words)


def _changed(tx: Transaction, review: Review, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that differ from those of the review; all must fit their criteria."""
    before: dict[str, Rating] = {rating.criterion_id: rating for rating in review.ratings}
    unknown = [criterion_id for criterion_id in answers if criterion_id not in before]
    if unknown:
        raise Refused("dispute-criterion", f"{', '.join(unknown)} is not part of this review.")
    version = scorecards.version(tx, review.scorecard_version_id)
    given = {key: Given(answers.get(key, rating.answer)) for key, rating in before.items()}
    problems = check(version.scorecard, given) if version else ()
    misfits = [each.message for each in problems if each.criterion_id in answers and each.code not in _ABOUT_WORDS]
    if misfits:
        raise Refused("dispute-answer", f"The new answers do not fit. {'; '.join(misfits)}.")
    return {key: answer for key, answer in answers.items() if before[key].answer != answer}


def _verdict(dispute: Dispute, changed: Mapping[str, Answer]) -> DisputeState:
    if not changed:
        return DisputeState.UPHELD
    contested = {item.criterion_id for item in dispute.items}
    return DisputeState.REVISED if contested <= set(changed) else DisputeState.PARTLY_REVISED


def _review(tx: Transaction, review_id: ReviewId) -> tuple[Review, Person | None]:
    review = reviews.review(tx, review_id)
    if review is None or review.purpose is not Purpose.QUALITY:
        raise NotFound("no-review", "There is no such review, or none that you may read.")
    return review, people.person(tx, review.agent_id) if review.agent_id else None


def _entry(context: Context, action: str, dispute: Dispute, after: Mapping[str, object]) -> AuditEntry:
    return AuditEntry(context.now(), context.actor.id, action, "dispute", dispute.id, after=after)
