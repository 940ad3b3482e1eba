"""Disputes: until when an agent may contest, what must be said, who may decide, and what follows for the review."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from db.records import Dispute, DisputeItem, DisputeState, PersonId, Review, ReviewState
from qa_app.domain.moves import Move, find_move
from qa_app.errors import NotAllowed, Refused

_S = DisputeState

MOVES: tuple[Move[DisputeState], ...] = (
    Move("uphold", frozenset({_S.OPEN}), _S.UPHELD, "dispute.decide"),
    Move("revise", frozenset({_S.OPEN}), _S.REVISED, "dispute.decide"),
    Move("revise in part", frozenset({_S.OPEN}), _S.PARTLY_REVISED, "dispute.decide"),
    Move("withdraw", frozenset({_S.OPEN}), _S.WITHDRAWN, "dispute.raise"),
)

REVIEW_AFTER: Mapping[DisputeState, ReviewState] = MappingProxyType(
    {
        _S.OPEN: ReviewState.DISPUTED,
        _S.UPHELD: ReviewState.UPHELD,
        _S.REVISED: ReviewState.REVISED,
        _S.PARTLY_REVISED: ReviewState.REVISED,
        _S.WITHDRAWN: ReviewState.ACKNOWLEDGED,
    }
)
"""The state of the review while a dispute is open, and once it has ended."""


CONTESTABLE = frozenset({ReviewState.RELEASED, ReviewState.ACKNOWLEDGED})
CONTEST_WITHIN = timedelta(days=14)
"""How long after its release a review can be contested."""


def require_move(source: DisputeState, target: DisputeState) -> Move[DisputeState]:
    """The move from one state to another; raises Refused where there is none."""
    return find_move(MOVES, source=source, target=target, thing="dispute")


def end_of_window(first_released_at: datetime, *, days: int) -> datetime:
    """Until when the review may be contested; a correction does not start the time again."""
    return first_released_at + timedelta(days=days)


def is_contestable(review: Review, *, now: datetime) -> bool:
    """Whether the state of a review and the time since its release let a dispute be raised."""
    released = review.released_at or now
    return review.state in CONTESTABLE and now <= end_of_window(released, days=CONTEST_WITHIN.days)


def require_raisable(
    dispute: Dispute, review: Review, *, first_released_at: datetime, days: int, criterion_ids: Collection[str]
) -> None:
    """Do nothing where the dispute may be raised.

    Raises:
        Refused: the review's state, the window or the dispute itself does not allow it; all is said at once.
    """
    problems = []
    if review.state not in CONTESTABLE:
        problems.append(f"The review is {review.state}; only a released or acknowledged one can be contested.")
    end = end_of_window(first_released_at, days=days)
    if dispute.raised_at > end:
        problems.append(f"The time to contest it ended on {end:%d %B %Y}, {days} days after its release.")
    if not dispute.reason.strip() and not dispute.items:
        problems.append("Say what you contest: a reason for the whole review, or one for each criterion.")
    problems.extend(
        f"Criterion {item.criterion_id!r} is contested without a reason; give one."
        for item in dispute.items
        if not item.reason.strip()
    )
    problems.extend(
        f"There is no criterion {item.criterion_id!r} on this scorecard."
        for item in dispute.items
        if item.criterion_id not in criterion_ids
    )
    if problems:
        raise Refused("dispute-not-possible", " ".join(problems))


def require_decider(review: Review, decider: PersonId) -> None:
    """Do nothing where the decider is somebody other than the author and the agent of the review.

    Raises:
        NotAllowed: one would judge one's own grade or one's own work.
    """
    if decider in {review.reviewer_id, review.agent_id}:
        raise NotAllowed(
            "own-dispute",
            "A dispute is decided by somebody who neither gave the grade nor did the work. Ask a colleague.",
        )


def conclude(items: Collection[DisputeItem]) -> DisputeState:
    """What the decisions on the single criteria come to.

    Raises:
        Refused: there are none, or some are still open.
    """
    undecided = [item.criterion_id for item in items if item.upheld is None]
    if undecided or not items:
        what = f"Still open: {', '.join(undecided)}." if undecided else "The dispute names no criterion."
        raise Refused("dispute-undecided", f"{what} Decide on each contested criterion, or on the review as a whole.")
    upheld = sum(1 for item in items if item.upheld)
    if upheld == len(items):
        return DisputeState.UPHELD
    return DisputeState.REVISED if upheld == 0 else DisputeState.PARTLY_REVISED
