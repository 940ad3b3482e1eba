"""Deciding disputes: criterion by criterion, with words for the agent; or whose work it was."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from db.engine import Transaction
from db.records import (
    AssignmentState,
    Dispute,
    DisputeId,
    DisputeKind,
    DisputeState,
    Person,
    PersonId,
    Review,
    ReviewState,
    Role,
    ScorecardVersion,
)
from db.store import assignments, people, scorecards
from qa_app.domain.access import allows, require
from qa_app.domain.disputes import (
    conclude,
    find_misfits,
    name_owner,
    needs_second_grade,
    require_decider,
    require_words,
    tell_deciders,
)
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.disputes import close_dispute, find_open, note_change
from qa_app.workflows.grading import Filled
from qa_app.workflows.reviews import move_review, supersede
from scorecards.answers import Answer

_MOVED = "This review stood with another agent before."


@dataclass(frozen=True, slots=True)
class _Open:
    """An open dispute that the actor may decide."""

    dispute: Dispute
    review: Review
    version: ScorecardVersion
    second_in: bool


def decide_dispute(
    context: Context,
    dispute_id: DisputeId,
    *,
    decision: str,
    answers: Mapping[str, Answer] | None = None,
    without_second: bool = False,
) -> Dispute:
    """Decide a dispute: with new answers the review is revised, without any it is upheld.

    Leads decide, and whoever the scorecard names: the second grader, or the author. Where it asks for a blind second
    grade, that comes first, unless a lead decides `without_second`.

    Raises:
        Refused: no words for the agent, an answer that does not fit, one's own grade, or no second grade yet.
        Conflict: it was decided already.
    """
    words = require_words(decision)
    with context.store.write() as tx:
        found = _find_decidable(tx, context, dispute_id)
        dispute, review = found.dispute, found.review
        _require_second(found, without_second=without_second)
        changed = _find_changed(found, answers or {})
        decided = replace(
            dispute,
            state=conclude(dispute.items, changed),
            decided_by=context.actor.id,
            decided_at=context.now(),
            decision=words,
            items=tuple(replace(item, upheld=item.criterion_id not in changed) for item in dispute.items),
        )
        close_dispute(tx, context, decided)
        if changed:
            _revise(tx, context, review, changed, words)
        else:
            move_review(tx, context, review, ReviewState.UPHELD)
        after = {"state": decided.state, "changed": sorted(changed), "second_grade": found.second_in}
        note_change(tx, context, "dispute.decide", dispute_id, after)
    return decided


def settle_wrong_agent(
    context: Context, dispute_id: DisputeId, *, decision: str, move_to: PersonId | None = None, void: bool = False
) -> Dispute:
    """Agree that the work was somebody else's: the review moves to the right agent, who finds it newly released.

    With `void` it moves to nobody and counts nowhere.

    Raises:
        Refused: no words, a dispute about grades, or somebody who is no agent or the same one.
        Conflict: it was decided already.
    """
    words = require_words(decision)
    with context.store.write() as tx:
        found = _find_decidable(tx, context, dispute_id)
        dispute, review = found.dispute, found.review
        if dispute.kind is not DisputeKind.WRONG_AGENT:
            raise Refused("dispute-kind", "This dispute is about grades; decide on those.")
        right = None if void else _find_right_agent(tx, context, review, move_to)
        decided = replace(
            dispute,
            state=DisputeState.WRONG_AGENT,
            decided_by=context.actor.id,
            decided_at=context.now(),
            decision=words,
        )
        close_dispute(tx, context, decided)
        if right is None:
            move_review(tx, context, review, ReviewState.VOIDED, why=words)
        else:
            _move_to(tx, context, review, right)
        after = {"state": decided.state, "moved_to": right.id if right else None}
        note_change(tx, context, "dispute.decide", dispute_id, after)
    return decided


def _find_decidable(tx: Transaction, context: Context, dispute_id: DisputeId) -> _Open:
    dispute, review, agent = find_open(tx, context, dispute_id)
    version = scorecards.version(tx, review.scorecard_version_id)
    if version is None:
        raise NotFound("no-dispute", "The scorecard of this dispute is gone; tell an admin.")
    asked = assignments.assignment(tx, dispute.assignment_id, lock=True) if dispute.assignment_id else None
    graded_by = asked.reviewer_id if asked is not None and asked.state is AssignmentState.DONE else None
    owner = name_owner(dispute, review, version.scorecard.disputes, second_grader=graded_by)
    if not allows(context.actor, "dispute.decide", team_id=agent.team_id if agent else None, owner_id=owner):
        raise NotAllowed("not-allowed", tell_deciders(dispute, version.scorecard.disputes))
    require_decider(review, context.actor.id, owner=owner)
    return _Open(dispute, review, version, graded_by is not None)


def _require_second(found: _Open, *, without_second: bool) -> None:
    needed = needs_second_grade(found.dispute, found.version.scorecard.disputes)
    if needed and not found.second_in and not without_second:
        raise Refused(
            "second-missing",
            "Nobody has graded this ticket again yet, as its scorecard asks. Choose somebody who does, wait for the "
            "grade, or decide without it.",
        )


def _find_changed(found: _Open, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that differ from those of the review; all must fit their criteria."""
    if answers and found.dispute.kind is DisputeKind.WRONG_AGENT:
        raise Refused("dispute-kind", "This dispute is about whose work it was; its grades stay as they are.")
    before = {rating.criterion_id: rating.answer for rating in found.review.ratings}
    unknown = [criterion_id for criterion_id in answers if criterion_id not in before]
    if unknown:
        raise Refused("dispute-criterion", f"{', '.join(unknown)} is not part of this review.")
    misfits = find_misfits(found.version.scorecard, before, answers)
    if misfits:
        raise Refused("dispute-answer", f"The new answers do not fit. {' '.join(misfits)}")
    return {key: answer for key, answer in answers.items() if before[key] != answer}


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


def _move_to(tx: Transaction, context: Context, review: Review, right: Person) -> None:
    """What was decided about the first agent is not for the second one's eyes; their time to contest begins now."""
    filled = Filled(review.ratings, review.evidence, review.comment, review.active_seconds)
    move_review(tx, context, review, ReviewState.REVISED)
    anew = replace(review, state=ReviewState.RELEASED, agent_id=right.id, released_at=context.now())
    supersede(tx, context, anew, filled, reason=_MOVED)


def _find_right_agent(tx: Transaction, context: Context, review: Review, move_to: PersonId | None) -> Person:
    right = people.person(tx, move_to) if move_to else None
    if right is None or Role.AGENT not in right.roles or right.id == review.agent_id:
        raise Refused("dispute-agent", "Choose another agent to whom the review belongs, or void it.")
    require(context.actor, "dispute.decide", team_id=right.team_id)
    if right.id == review.reviewer_id:
        raise Refused("dispute-agent", "The author of the review cannot be its agent; void it instead.")
    return right
