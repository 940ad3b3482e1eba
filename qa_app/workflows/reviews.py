"""Submitted reviews: find them, read one, release them to agents, correct or void one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    Acknowledgement,
    AuditEntry,
    Conversation,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
    Ticket,
    TicketId,
)
from db.store import acknowledgements, audit, people, reviews, scorecards, tickets
from qa_app.domain.access import Reach, require
from qa_app.domain.acknowledgement import require_asked
from qa_app.domain.checks import disguise_review
from qa_app.domain.review_states import COMPLETE, SHOWN_TO_AGENT, require_move
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.reports import ReviewLine
from qa_app.workflows.context import Context
from qa_app.workflows.grading import Filled
from qa_app.workflows.scope import Graded, agent_of, find_blind_tickets, reaches_agent, require_some
from qa_app.workflows.scoring import check_complete, score_ratings
from qa_app.workflows.wording import describe_review

READABLE = tuple(state for state in ReviewState if state in COMPLETE)
FOR_AGENTS = tuple(state for state in READABLE if state in SHOWN_TO_AGENT)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review in a list."""

    review: Review
    ticket: Ticket
    agent: Person | None
    reviewer: Person


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review with everything that reading it needs."""

    line: ReviewLine
    conversation: Conversation
    version: ScorecardVersion
    agent: Person | None
    reviewer: Person
    history: tuple[ReviewId, ...]
    """Ids of the reviews that this one supersedes, newest first, as far back as the actor may read them."""
    newest: ReviewId | None
    """The last correction of this review that the actor may read; None where there is none."""
    acknowledgement: Acknowledgement | None = None


def list_reviews(
    context: Context,
    *,
    agent_id: PersonId | None = None,
    reviewer_id: PersonId | None = None,
    ticket_id: TicketId | None = None,
    submitted_from: datetime | None = None,
    submitted_before: datetime | None = None,
    states: Sequence[ReviewState] = READABLE,
) -> tuple[ReviewRow, ...]:
    """Quality reviews that the actor may read, newest first. Calibration grades are never among them.

    Neither are others' hidden checks; the actor's own stand among them as quality reviews.
    """
    within = require_some(context.actor, "review.read")
    with context.store.read() as tx:
        hidden = find_blind_tickets(tx, context.actor.id)
        found = reviews.reviews(
            tx,
            agent_id=agent_id,
            reviewer_id=reviewer_id,
            ticket_ids=[ticket_id] if ticket_id else None,
            purpose=Purpose.QUALITY,
            viewer=context.actor.id,
            states=states,
            submitted_from=submitted_from,
            submitted_before=submitted_before,
        )
        named = [key for review in found for key in (review.reviewer_id, review.agent_id) if key]
        found_people = people.people_by_id(tx, named)
        readable = [
            review
            for review in found
            if review.ticket_id not in hidden and may_read(within, context.actor, review, found_people)
        ]
        found_tickets = tickets.tickets_by_id(tx, [review.ticket_id for review in readable])
    return tuple(
        ReviewRow(
            disguise_review(review),
            found_tickets[review.ticket_id],
            found_people.get(review.agent_id) if review.agent_id else None,
            found_people[review.reviewer_id],
        )
        for review in reversed(readable)
    )


def view_review(context: Context, review_id: ReviewId) -> ReviewView:
    """One submitted quality review.

    Raises:
        NotFound: no such review, or none that the actor may read.
    """
    with context.store.read() as tx:
        review, agent = _read(tx, context, review_id)
        version = _version(tx, review)
        conversation = tickets.conversation(tx, review.ticket_id, version=review.ticket_version)
        reviewer = people.person(tx, review.reviewer_id)
        history = _history(tx, context, review, agent)
        newest = _newest(tx, context, review, agent)
        read = acknowledgements.acknowledgements(tx, [review_id]).get(review_id)
    if conversation is None or reviewer is None:
        raise NotFound("no-review", "There is no such review.")
    return ReviewView(
        line=describe_review(disguise_review(review), conversation, version, reviewer=reviewer.name),
        conversation=conversation,
        version=version,
        agent=agent,
        reviewer=reviewer,
        history=history,
        newest=newest,
        acknowledgement=read,
    )


def release_reviews(context: Context, review_ids: Sequence[ReviewId]) -> int:
    """Show submitted reviews to their agents; returns how many changed. Released ones stay as they are.

    Hidden checks that their authors sent no later are released with them, though no agent sees those: one that stayed
    as it was among released ones would be known for a check.
    """
    released, last = 0, dict[PersonId, datetime]()
    with context.store.write() as tx:
        for review, agent in _read_all(tx, context, review_ids):
            _require_for(context, "review.release", review, agent)
            if review.state is ReviewState.SUBMITTED:
                move_review(tx, context, review, ReviewState.RELEASED)
                released += 1
                last[review.reviewer_id] = max(last.get(review.reviewer_id, _sent(review)), _sent(review))
        for reviewer_id, until in last.items():
            _release_checks(tx, context, reviewer_id, until)
    return released


def _release_checks(tx: Transaction, context: Context, reviewer_id: PersonId, until: datetime) -> None:
    waiting = reviews.reviews(tx, reviewer_id=reviewer_id, purpose=Purpose.CHECK, states=(ReviewState.SUBMITTED,))
    for review in waiting:
        if _sent(review) <= until:
            move_review(tx, context, review, ReviewState.RELEASED)


def _sent(review: Review) -> datetime:
    return review.submitted_at or review.saved_at


def acknowledge_review(context: Context, review_id: ReviewId, *, comment: str = "") -> Acknowledgement:
    """The agent confirms having read a released review, with or without a comment.

    Raises:
        Refused: its scorecard asks for no acknowledgement, or the review is not released (any more).
    """
    with context.store.write() as tx:
        review, _ = _read(tx, context, review_id)
        require(context.actor, "review.acknowledge", owner_id=review.agent_id)
        rules = _version(tx, review).scorecard.acknowledgement
        made = Acknowledgement(review.id, context.now(), context.actor.id, require_asked(rules, comment))
        move_review(tx, context, review, ReviewState.ACKNOWLEDGED)
        acknowledgements.add_acknowledgement(tx, made)
    return made


def void_review(context: Context, review_id: ReviewId, *, reason: str) -> None:
    """Take a review out of all figures; it stays readable in the audit.

    Raises:
        Refused: no reason given, or the review is contested.
    """
    if not reason.strip():
        raise Refused("void-reason", "Say why the review is voided; the audit keeps the reason.")
    with context.store.write() as tx:
        review, agent = _read(tx, context, review_id)
        _require_for(context, "review.void", review, agent)
        _refuse_contested(review)
        move_review(tx, context, review, ReviewState.VOIDED, why=reason.strip())


def correct_review(context: Context, review_id: ReviewId, filled: Filled, *, reason: str) -> Review:
    """Supersede a submitted review by a corrected one; the old one stays readable.

    Raises:
        Refused: no reason given, an answer is missing, or the review is contested or was superseded already.
    """
    if not reason.strip():
        raise Refused("correction-reason", "Say why the review is corrected; agent and audit see the reason.")
    with context.store.write() as tx:
        old, agent = _read(tx, context, review_id)
        _require_for(context, "review.correct", old, agent)
        _refuse_contested(old)
        check_complete(_version(tx, old).scorecard, filled.ratings)
        return disguise_review(supersede(tx, context, old, filled, reason=reason.strip()))


def supersede(tx: Transaction, context: Context, old: Review, filled: Filled, *, reason: str) -> Review:
    """Write the corrected review within the caller's transaction."""
    later = reviews.reviews(tx, ticket_ids=[old.ticket_id], states=READABLE, superseded=True)
    if any(other.supersedes_id == old.id for other in later):
        raise Conflict("review-superseded", "This review was corrected already; open its newest version.")
    now = context.now()
    new = replace(
        old,
        id=ReviewId(context.new_id()),
        ratings=filled.ratings,
        evidence=filled.evidence,
        comment=filled.comment,
        revision=0,
        saved_at=now,
        submission_key=None,
        supersedes_id=old.id,
        supersede_reason=reason,
        saw_other_grades=True,
        score=score_ratings(_version(tx, old).scorecard, filled.ratings),
    )
    reviews.add_review(tx, new)
    entry = AuditEntry(
        now, context.actor.id, "review.correct", "review", new.id,
        before={"review": old.id, "reported": _reported(old)}, after={"reported": _reported(new)}, why=reason,
    )  # fmt: skip
    audit.append(tx, entry)
    return new


def move_review(tx: Transaction, context: Context, review: Review, state: ReviewState, *, why: str = "") -> None:
    """Move a review to another state within the caller's transaction, with its audit entry.

    Raises:
        Refused: the state machine has no such move. Conflict: somebody moved it meanwhile.
    """
    require_move(review.state, state)
    now = context.now()
    try:
        reviews.set_review_state(tx, review.id, state, at=now, expected=review.state)
    except StaleRevision as error:
        raise Conflict("review-moved", "Somebody changed this review in the meantime; reload to see it.") from error
    entry = AuditEntry(
        now, context.actor.id, f"review.{state}", "review", review.id,
        before={"state": review.state}, after={"state": state}, why=why,
    )  # fmt: skip
    audit.append(tx, entry)


def may_read(within: Reach, actor: Person, review: Graded, found: Mapping[PersonId, Person]) -> bool:
    """Whether the actor may read a submitted quality review.

    Agents read theirs once released, authors what they wrote, the others what their reach allows.
    """
    if review.agent_id == actor.id:
        return review.state in FOR_AGENTS
    return review.reviewer_id == actor.id or reaches_agent(within, actor, agent_of(review, found))


def find_readable(tx: Transaction, context: Context, review_id: ReviewId) -> Review:
    """A submitted quality review that the actor may read, for the caller's transaction; raises NotFound."""
    return _read(tx, context, review_id)[0]


def _read(tx: Transaction, context: Context, review_id: ReviewId) -> tuple[Review, Person | None]:
    """A review that the actor may read, with its agent; raises NotFound."""
    return _read_all(tx, context, [review_id])[0]


def _read_all(
    tx: Transaction, context: Context, review_ids: Sequence[ReviewId]
) -> tuple[tuple[Review, Person | None], ...]:
    within = require_some(context.actor, "review.read")
    hidden = find_blind_tickets(tx, context.actor.id)
    stored = reviews.reviews_by_id(tx, review_ids, context.actor.id)
    known = people.people_by_id(tx, [review.agent_id for review in stored.values() if review.agent_id])
    found = []
    for review_id in dict.fromkeys(review_ids):
        review = stored.get(review_id)
        if (
            review is None
            or disguise_review(review).purpose is not Purpose.QUALITY
            or review.state not in READABLE
            or review.ticket_id in hidden
            or not may_read(within, context.actor, review, known)
        ):
            raise NotFound("no-review", "There is no such review, or none that you may read.")
        found.append((review, agent_of(review, known)))
    return tuple(found)


def _require_for(context: Context, action: str, review: Review, agent: Person | None) -> None:
    """Ask the policy with the agent's team, and with the author as owner where the action is the author's."""
    require(context.actor, action, team_id=agent.team_id if agent else None, owner_id=review.reviewer_id)


def _refuse_contested(review: Review) -> None:
    if review.state is ReviewState.DISPUTED:
        raise Refused("review-contested", "This review is contested. Decide the dispute first.")


def _version(tx: Transaction, review: Review) -> ScorecardVersion:
    version = scorecards.version(tx, review.scorecard_version_id)
    if version is None:
        raise NotFound("no-review", "The scorecard of this review is gone; tell an admin.")
    return version


def _history(tx: Transaction, context: Context, review: Review, agent: Person | None) -> tuple[ReviewId, ...]:
    """What a moved review was with its former agent is not for everybody who reads it now."""
    history: list[ReviewId] = []
    within, known = require_some(context.actor, "review.read"), {agent.id: agent} if agent else {}
    older = review.supersedes_id
    while older is not None and older not in history:
        previous = reviews.review(tx, older)
        if previous is None or not _may_read_with(tx, within, context, previous, known):
            break
        history.append(older)
        older = previous.supersedes_id
    return tuple(history)


def _may_read_with(
    tx: Transaction, within: Reach, context: Context, review: Review, known: dict[PersonId, Person]
) -> bool:
    """`may_read`, looking up the agent where it is another one."""
    if review.agent_id is not None and review.agent_id not in known:
        known |= people.people_by_id(tx, [review.agent_id])
    return may_read(within, context.actor, review, known)


def _newest(tx: Transaction, context: Context, review: Review, agent: Person | None) -> ReviewId | None:
    if not reviews.is_superseded(tx, review.id):
        return None
    within = require_some(context.actor, "review.read")
    known = {agent.id: agent} if agent else {}
    found = reviews.reviews(tx, ticket_ids=[review.ticket_id], states=READABLE, superseded=True)
    corrections = {each.supersedes_id: each for each in found if _may_read_with(tx, within, context, each, known)}
    newest = None
    while (after := corrections.pop(newest or review.id, None)) is not None:
        newest = after.id
    return newest


def _reported(review: Review) -> str | None:
    return None if review.score is None or review.score.reported is None else str(review.score.reported)
