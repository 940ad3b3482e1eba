"""Acknowledgements: what an agent is asked to confirm, and what is acknowledged by itself because its time is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from db.problems import StaleRevision
from db.records import Acknowledgement, AuditEntry, Purpose, Review, ReviewId, ReviewState, Ticket
from db.store import acknowledgements, audit, reviews, scorecards, tickets
from qa_app.domain.access import require
from qa_app.domain.acknowledgement import acknowledged_at, is_asked
from qa_app.workflows.context import Context
from qa_app.workflows.reviews import find_readable
from qa_app.workflows.scope import find_blind_tickets, require_some


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """A released review that its agent has not confirmed yet."""

    review: Review
    ticket: Ticket
    by_itself_at: datetime | None
    """When it is acknowledged without the agent; None where it never is."""


def list_unacknowledged(context: Context) -> tuple[Unacknowledged, ...]:
    """What the actor is asked to confirm having read, the longest released first."""
    require(context.actor, "review.acknowledge", owner_id=context.actor.id)
    with context.store.read() as tx:
        released = reviews.graded(
            tx, agent_id=context.actor.id, purpose=Purpose.QUALITY, states=(ReviewState.RELEASED,)
        )
        versions = scorecards.versions_by_id(tx, [review.scorecard_version_id for review in released])
        found = tickets.tickets_by_id(tx, [review.ticket_id for review in released])
    rules = {key: version.scorecard.acknowledgement for key, version in versions.items()}
    asked = [review for review in released if is_asked(review, rules[review.scorecard_version_id])]
    asked.sort(key=lambda review: (review.released_at or review.saved_at, review.id))
    return tuple(
        Unacknowledged(review, found[review.ticket_id], acknowledged_at(review, rules[review.scorecard_version_id]))
        for review in asked
    )


def acknowledge_due(context: Context) -> tuple[ReviewId, ...]:
    """Acknowledge, in nobody's name, every released review whose scorecard says so by now; for schedules.

    Returns the reviews that changed. Raises NotAllowed for whoever may release no review.
    """
    require_some(context.actor, "review.release")
    with context.store.read() as tx:
        automatic = [
            version.id for version in scorecards.versions(tx) if version.scorecard.acknowledgement.mode == "automatic"
        ]
        released = (
            reviews.graded(tx, purpose=Purpose.QUALITY, states=(ReviewState.RELEASED,), scorecard_version_ids=automatic)
            if automatic
            else ()
        )
        due = _list_due(tx, context, released)
    with context.store.write() as tx:
        return tuple(review.id for review in due if _acknowledge(tx, context, review))


def settle_acknowledgement(context: Context, review_id: ReviewId) -> bool:
    """The same for one review that somebody is about to read; returns whether it changed.

    Raises:
        NotFound: no such review that the actor may read. Unavailable: the database cannot be written to now.
    """
    with context.store.read() as tx:
        review = find_readable(tx, context, review_id)
        due = review.state is ReviewState.RELEASED and _list_due(tx, context, [review])
    if not due:
        return False
    with context.writing() as tx:
        return _acknowledge(tx, context, review)


def _list_due(tx: Transaction, context: Context, released: Sequence[Review]) -> list[Review]:
    versions = scorecards.versions_by_id(tx, [review.scorecard_version_id for review in released])
    blind = find_blind_tickets(tx, context.actor.id)
    due = []
    for review in released:
        at = acknowledged_at(review, versions[review.scorecard_version_id].scorecard.acknowledgement)
        if at is not None and at <= context.now() and review.ticket_id not in blind:
            due.append(review)
    return due


def _acknowledge(tx: Transaction, context: Context, review: Review) -> bool:
    """False where somebody was faster."""
    now = context.now()
    try:
        reviews.set_review_state(tx, review.id, ReviewState.ACKNOWLEDGED, at=now, expected=ReviewState.RELEASED)
        acknowledgements.add_acknowledgement(tx, Acknowledgement(review.id, now, None))
    except StaleRevision:
        return False
    entry = AuditEntry(
        now, None, "review.acknowledged", "review", review.id,
        before={"state": ReviewState.RELEASED}, after={"state": ReviewState.ACKNOWLEDGED, "automatic": True},
    )  # fmt: skip
    audit.append(tx, entry)
    return True
