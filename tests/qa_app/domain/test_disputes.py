from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.records import (
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeState,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersionId,
    Selection,
    TicketId,
)
from qa_app.domain import review_states
from qa_app.domain.access import ACTIONS
from qa_app.domain.disputes import (
    MOVES,
    REVIEW_AFTER,
    conclude,
    end_of_window,
    require_decider,
    require_move,
    require_raisable,
)
from qa_app.errors import NotAllowed, Refused

RELEASED = datetime(2026, 3, 1, 9, tzinfo=UTC)
REVIEW = Review(
    ReviewId("r"),
    TicketId("t"),
    1,
    ScorecardVersionId("v"),
    PersonId("rita"),
    PersonId("ana"),
    Purpose.QUALITY,
    Selection.RANDOM,
    ReviewState.RELEASED,
    1,
    RELEASED,
    RELEASED,
)
DISPUTE = Dispute(
    DisputeId("d"),
    REVIEW.id,
    PersonId("ana"),
    datetime(2026, 3, 8, 9, tzinfo=UTC),
    DisputeState.OPEN,
    "The customer had asked for it.",
    (DisputeItem("empathy", "See message 4."),),
)


def raise_it(dispute: Dispute, review: Review = REVIEW) -> None:
    require_raisable(dispute, review, first_released_at=RELEASED, days=7, criterion_ids={"empathy", "tone"})


def test_the_window_is_counted_from_the_first_release_to_the_second() -> None:
    assert end_of_window(RELEASED, days=7) == datetime(2026, 3, 8, 9, tzinfo=UTC)
    raise_it(DISPUTE)
    with pytest.raises(Refused, match="The time to contest it ended on 08 March 2026, 7 days after its release"):
        raise_it(replace(DISPUTE, raised_at=datetime(2026, 3, 8, 9, 0, 1, tzinfo=UTC)))


def test_all_that_a_dispute_lacks_is_said_at_once() -> None:
    dispute = replace(DISPUTE, reason=" ", items=(DisputeItem("empathy", ""), DisputeItem("mood", "No.")))
    with pytest.raises(Refused) as refusal:
        raise_it(dispute, replace(REVIEW, state=ReviewState.SUBMITTED))
    assert refusal.value.message == (
        "The review is submitted; only a released or acknowledged one can be contested. "
        "Criterion 'empathy' is contested without a reason; give one. "
        "There is no criterion 'mood' on this scorecard."
    )


def test_a_dispute_says_something() -> None:
    with pytest.raises(Refused, match="Say what you contest"):
        raise_it(replace(DISPUTE, reason="", items=()))
    raise_it(replace(DISPUTE, items=()))


@pytest.mark.parametrize("decider", ["rita", "ana"])
def test_nobody_decides_on_own_grade_or_own_work(decider: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        require_decider(REVIEW, PersonId(decider))
    assert refusal.value.code == "own-dispute"
    require_decider(REVIEW, PersonId("max"))


@pytest.mark.parametrize(
    ("upheld", "verdict"),
    [
        ([True], DisputeState.UPHELD),
        ([False, False], DisputeState.REVISED),
        ([True, False], DisputeState.PARTLY_REVISED),
    ],
)
def test_verdict_follows_from_the_single_decisions(upheld: list[bool], verdict: DisputeState) -> None:
    assert conclude([DisputeItem(f"c{n}", "why", upheld=value) for n, value in enumerate(upheld)]) is verdict


def test_an_open_criterion_keeps_the_dispute_open() -> None:
    with pytest.raises(Refused, match="Still open: tone"):
        conclude([DisputeItem("empathy", "why", upheld=True), DisputeItem("tone", "why")])
    with pytest.raises(Refused, match="names no criterion"):
        conclude([])


def test_moves_lead_from_open_to_an_end() -> None:
    assert {move.target: move.action for move in MOVES} == {
        DisputeState.UPHELD: "dispute.decide",
        DisputeState.REVISED: "dispute.decide",
        DisputeState.PARTLY_REVISED: "dispute.decide",
        DisputeState.WITHDRAWN: "dispute.raise",
    }
    assert {move.action for move in MOVES} <= set(ACTIONS)
    assert require_move(DisputeState.OPEN, DisputeState.UPHELD).name == "uphold"
    with pytest.raises(Refused, match="This dispute is upheld and cannot become open"):
        require_move(DisputeState.UPHELD, DisputeState.OPEN)


def test_the_review_can_follow_every_end_of_a_dispute() -> None:
    assert set(REVIEW_AFTER) == set(DisputeState)
    for state, review_state in REVIEW_AFTER.items():
        if state is not DisputeState.OPEN:
            review_states.require_move(ReviewState.DISPUTED, review_state)
