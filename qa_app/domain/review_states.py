"""The life of a review: which states follow on which, who may move it, who may see it and where it counts."""

from db.records import Purpose, Review, ReviewState
from qa_app.domain.moves import Move, find_move

_S = ReviewState

MOVES: tuple[Move[ReviewState], ...] = (
    Move("submit", frozenset({_S.DRAFT}), _S.SUBMITTED, "review.grade"),
    Move("release", frozenset({_S.SUBMITTED}), _S.RELEASED, "review.release"),
    Move("acknowledge", frozenset({_S.RELEASED}), _S.ACKNOWLEDGED, "review.acknowledge"),
    Move("dispute", frozenset({_S.RELEASED, _S.ACKNOWLEDGED}), _S.DISPUTED, "dispute.raise"),
    Move("uphold", frozenset({_S.DISPUTED}), _S.UPHELD, "dispute.decide"),
    Move("revise", frozenset({_S.DISPUTED}), _S.REVISED, "dispute.decide"),
    Move("withdraw the dispute", frozenset({_S.DISPUTED}), _S.ACKNOWLEDGED, "dispute.raise"),
    Move("close", frozenset({_S.ACKNOWLEDGED, _S.UPHELD, _S.REVISED}), _S.CLOSED, "review.release"),
    Move("void", frozenset(_S) - {_S.VOIDED}, _S.VOIDED, "review.void"),
)
"""A correction is no move: it is a new review that supersedes this one, which keeps its state and stays readable."""

SHOWN_TO_AGENT = frozenset({_S.RELEASED, _S.ACKNOWLEDGED, _S.DISPUTED, _S.UPHELD, _S.REVISED, _S.CLOSED})
COMPLETE = frozenset(_S) - {_S.DRAFT, _S.VOIDED}
"""States in which a review holds a submitted grade."""

_SHOWN_PURPOSES = frozenset({Purpose.QUALITY, Purpose.SELF})


def require_move(source: ReviewState, target: ReviewState) -> Move[ReviewState]:
    """The move from one state to another; its `action` is what the access policy is asked.

    Raises:
        Refused: there is no such move.
    """
    return find_move(MOVES, source=source, target=target, thing="review")


def moves_from(state: ReviewState) -> tuple[Move[ReviewState], ...]:
    """What can be done next."""
    return tuple(move for move in MOVES if state in move.sources)


def shown_to_agent(review: Review) -> bool:
    """Whether the agent under review may see it, given that the access policy lets the agent see own reviews.

    Only released work for the agent's own score, never a calibration, a second opinion or a check.
    """
    return review.purpose in _SHOWN_PURPOSES and review.state in SHOWN_TO_AGENT


def counts_in_score(review: Review) -> bool:
    """Whether it makes part of the agent's score; superseded reviews are left out by whoever lists them."""
    return review.purpose is Purpose.QUALITY and review.state in COMPLETE - {_S.REVISED}
