"""The life of a review: which states follow on which, who may move it, who may see it and where it counts."""

from datetime import datetime, timedelta

from db.records import CalibrationSession, Purpose, Review, ReviewState, SessionState
from qa_app.domain.moves import Move, find_move
from qa_app.errors import Refused

_S = ReviewState

MOVES: tuple[Move[ReviewState], ...] = (
    Move("submit", frozenset({_S.DRAFT}), _S.SUBMITTED, "review.grade"),
    Move("release", frozenset({_S.SUBMITTED}), _S.RELEASED, "review.release"),
    Move("acknowledge", frozenset({_S.RELEASED}), _S.ACKNOWLEDGED, "review.acknowledge"),
    Move("dispute", frozenset({_S.RELEASED, _S.ACKNOWLEDGED, _S.UPHELD}), _S.DISPUTED, "dispute.raise"),
    Move("uphold", frozenset({_S.DISPUTED}), _S.UPHELD, "dispute.decide"),
    Move("revise", frozenset({_S.DISPUTED}), _S.REVISED, "dispute.decide"),
    Move("withdraw the dispute", frozenset({_S.DISPUTED}), _S.ACKNOWLEDGED, "dispute.raise"),
    Move("close", frozenset({_S.ACKNOWLEDGED, _S.UPHELD, _S.REVISED}), _S.CLOSED, "review.release"),
    Move("void", frozenset(_S) - {_S.VOIDED}, _S.VOIDED, "review.void"),
)
"""A correction is no move: it is a new review that supersedes this one, which keeps its state and stays readable.
Neither is the undo of a submit: within its half minute the submit has not become final yet."""

UNDO_WINDOW = timedelta(seconds=30)
"""How long the author can undo a submit; from then on a submitted review never changes."""

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


def require_undoable(review: Review, *, now: datetime, session: CalibrationSession | None) -> None:
    """Do nothing where the author may undo the submit of this review; `session` is its calibration, if any.

    Raises:
        Refused: it is too late, or others may have seen it already.
    """
    if review.state is not ReviewState.SUBMITTED or review.submitted_at is None:
        raise Refused("undo-state", f"This review is {review.state} by now; what others have seen is not undone.")
    if review.purpose is Purpose.DISPUTE:
        raise Refused("undo-dispute", "A second grade for a dispute stays as it is: it shows the first one at once.")
    if review.supersedes_id is not None:
        raise Refused("undo-correction", "A correction is not undone; correct the review once more instead.")
    if now - review.submitted_at > UNDO_WINDOW:
        seconds = int(UNDO_WINDOW.total_seconds())
        raise Refused("undo-late", f"A submit can be undone for {seconds} seconds. Correct the review instead.")
    if session is not None and session.state is not SessionState.OPEN:
        raise Refused("undo-revealed", "The calibration was revealed, so its grades stay as they are.")


def shown_to_agent(review: Review) -> bool:
    """Whether the agent under review may see it, given that the access policy lets the agent see own reviews.

    Only released work for the agent's own score, never a calibration, a second opinion or a check.
    """
    return review.purpose in _SHOWN_PURPOSES and review.state in SHOWN_TO_AGENT


def counts_in_score(review: Review) -> bool:
    """Whether it makes part of the agent's score; superseded reviews are left out by whoever lists them."""
    return review.purpose is Purpose.QUALITY and review.state in COMPLETE - {_S.REVISED}
