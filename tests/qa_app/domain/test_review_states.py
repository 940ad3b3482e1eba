from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.records import PersonId, Purpose, Review, ReviewId, ReviewState, ScorecardVersionId, Selection, TicketId
from qa_app.domain.access import ACTIONS
from qa_app.domain.review_states import MOVES, counts_in_score, moves_from, require_move, shown_to_agent
from qa_app.errors import Refused

# Rows: from. Columns: to. The action that the move needs; "." where there is none.
TABLE = """
from          draft submitted    released       acknowledged       disputed      upheld         revised        closed         voided
draft         .     review.grade .              .                  .             .              .              .              review.void
submitted     .     .            review.release .                  .             .              .              .              review.void
released      .     .            .              review.acknowledge dispute.raise .              .              .              review.void
acknowledged  .     .            .              .                  dispute.raise .              .              review.release review.void
disputed      .     .            .              dispute.raise      .             dispute.decide dispute.decide .              review.void
upheld        .     .            .              .                  dispute.raise .              .              review.release review.void
revised       .     .            .              .                  .             .              .              review.release review.void
closed        .     .            .              .                  .             .              .              .              review.void
voided        .     .            .              .                  .             .              .              .              .
"""  # noqa: E501 - a table
HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())
CELLS = [
    (ReviewState(row[0]), ReviewState(target), action)
    for row in ROWS
    for target, action in zip(HEAD[1:], row[1:], strict=True)
]


def make_review(state: ReviewState, purpose: Purpose = Purpose.QUALITY) -> Review:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Review(
        ReviewId("r"),
        TicketId("t"),
        1,
        ScorecardVersionId("v"),
        PersonId("reviewer"),
        PersonId("agent"),
        purpose,
        Selection.RANDOM,
        state,
        1,
        moment,
        moment,
    )


@pytest.mark.parametrize(("source", "target", "action"), CELLS)
def test_moves_between_all_pairs_of_states(source: ReviewState, target: ReviewState, action: str) -> None:
    if action == ".":
        with pytest.raises(Refused):
            require_move(source, target)
    else:
        assert require_move(source, target).action == action


def test_every_move_asks_for_an_action_that_exists() -> None:
    assert {move.action for move in MOVES} <= set(ACTIONS)


def test_a_refused_move_says_what_can_be_done() -> None:
    with pytest.raises(Refused) as refusal:
        require_move(ReviewState.SUBMITTED, ReviewState.CLOSED)
    assert refusal.value.code == "move-not-allowed"
    assert refusal.value.message == (
        "This review is submitted and cannot become closed. "
        "From here one can: release (to released), void (to voided). Reload to see its state."
    )


def test_a_voided_review_stays_voided() -> None:
    assert moves_from(ReviewState.VOIDED) == ()
    with pytest.raises(Refused, match="Nothing can follow on this state"):
        require_move(ReviewState.VOIDED, ReviewState.SUBMITTED)


@pytest.mark.parametrize("state", ReviewState)
def test_an_agent_sees_released_work_only(state: ReviewState) -> None:
    hidden = {ReviewState.DRAFT, ReviewState.SUBMITTED, ReviewState.VOIDED}
    assert shown_to_agent(make_review(state)) == (state not in hidden)


@pytest.mark.parametrize("purpose", Purpose)
def test_an_agent_never_sees_calibrations_second_opinions_and_checks(purpose: Purpose) -> None:
    shown = shown_to_agent(make_review(ReviewState.RELEASED, purpose))
    assert shown == (purpose in {Purpose.QUALITY, Purpose.SELF})


@pytest.mark.parametrize("state", ReviewState)
def test_reviews_that_count(state: ReviewState) -> None:
    out = {ReviewState.DRAFT, ReviewState.VOIDED, ReviewState.REVISED}
    assert counts_in_score(make_review(state)) == (state not in out)


@pytest.mark.parametrize("purpose", Purpose)
def test_only_quality_reviews_count(purpose: Purpose) -> None:
    review = replace(make_review(ReviewState.RELEASED), purpose=purpose)
    assert counts_in_score(review) == (purpose is Purpose.QUALITY)
