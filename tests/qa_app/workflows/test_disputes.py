from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.records import DisputeId, DisputeItem, DisputeState, Person, Review, ReviewId, ReviewState, Role
from db.store import audit, people, reviews
from qa_app.errors import Conflict, NotAllowed, NotFound, Refused
from qa_app.workflows import disputes
from qa_app.workflows.disputes import DisputeRow
from qa_app.workflows.reviews import acknowledge_review, list_reviews, view_review
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.factories import fill
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CY,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    SAM,
    T1,
    T4,
    VERSION,
    House,
)

S = DisputeState
ITEMS = (DisputeItem("greeting", "I said hello", Answer.choose("yes")), DisputeItem("empathy", "I said sorry"))


@pytest.fixture
def review(house: House) -> Review:
    """Nina's released review: (0 + 0.5 * 2 + 1 + 1 + 1) / 6 = 66.7 %."""
    graded = house.grade(BO, T1, {"greeting": "no", "empathy": "3"}, comment="Hm")
    house.release(graded)
    return house.stored(graded.id)


def test_dispute_is_filed_with_its_criteria_and_a_day_to_decide_by(house: House, review: Review) -> None:
    house.tick(days=14)
    dispute = disputes.raise_dispute(house.act(NINA), review.id, reason=" Too hard ", items=ITEMS)
    assert (dispute.state, dispute.reason, dispute.items) == (S.OPEN, "Too hard", ITEMS)
    assert (dispute.raised_by, dispute.raised_at) == (NINA.id, house.now)
    assert dispute.due_at == house.now + timedelta(days=7)
    assert house.stored(review.id).state is ReviewState.DISPUTED
    (row,) = disputes.list_disputes(house.act(MANAGER))
    assert row == DisputeRow(dispute, house.stored(review.id), T1, VERSION, NINA, BO)
    with house.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert (entry.action, entry.after) == ("dispute.raise", {"review": review.id, "criteria": 2})


def test_acknowledged_review_can_be_contested_too(house: House, review: Review) -> None:
    acknowledge_review(house.act(NINA), review.id)
    assert disputes.raise_dispute(house.act(NINA), review.id, reason="On second thought").state is S.OPEN


def test_coach_contests_on_the_agents_behalf(house: House, review: Review) -> None:
    dispute = disputes.raise_dispute(house.act(COACH), review.id, reason="Nina is shy")
    assert dispute.raised_by == COACH.id


def test_dispute_that_does_not_fit_is_refused_and_moves_nothing(house: House, review: Review) -> None:
    unreleased = house.grade(BO, T4)
    refused = []
    for actor, review_id, reason, items in (
        (NINA, review.id, " ", ()),
        (NINA, review.id, "", (DisputeItem("greeting", " "),)),
        (NINA, review.id, "Too hard", (DisputeItem("colour", "Blue"),)),
        (SAM, unreleased.id, "Too hard", ()),
        (SAM, review.id, "Not mine", ()),
        (BO, review.id, "My own", ()),
        (ADMIN, review.id, "For her", ()),
        (NINA, ReviewId("none"), "Too hard", ()),
    ):
        with pytest.raises(Refused) as refusal:
            disputes.raise_dispute(house.act(actor), review_id, reason=reason, items=items)
        refused.append(refusal.value.code)
    assert refused == [*["dispute-not-possible"] * 4, *["not-allowed"] * 3, "no-review"]
    assert house.stored(review.id) == review


def test_time_to_contest_ends_fourteen_days_after_the_release(house: House, review: Review) -> None:
    house.tick(days=14, seconds=1)
    with pytest.raises(Refused) as refusal:
        disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    assert "The time to contest it ended on 16 March 2026" in refusal.value.message


def test_review_is_contested_once_at_a_time(house: House, review: Review) -> None:
    disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    with pytest.raises(Refused):
        disputes.raise_dispute(house.act(COACH), review.id, reason="Too hard")


def test_upheld_review_keeps_its_score_and_cannot_be_contested_again(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    house.tick(days=1)
    decided = disputes.decide_dispute(house.act(MANAGER), raised.id, decision=" It stands. ")
    assert decided == replace(
        raised,
        state=S.UPHELD,
        decided_by=MANAGER.id,
        decided_at=house.now,
        decision="It stands.",
        items=tuple(replace(item, upheld=True) for item in ITEMS),
    )
    (row,) = disputes.list_disputes(house.act(NINA))
    assert row.dispute == decided
    assert house.stored(review.id) == replace(review, state=ReviewState.UPHELD)
    with pytest.raises(Refused):
        disputes.raise_dispute(house.act(NINA), review.id, reason="Still too hard")


@pytest.mark.parametrize(
    ("answers", "state", "score"),
    [
        # Everything right: six of six.
        ({"greeting": Answer.choose("yes"), "empathy": Answer.choose("5")}, S.REVISED, "100.0"),
        # Half of the double weight of empathy is lost: five of six.
        ({"greeting": Answer.choose("yes"), "empathy": Answer.choose("3")}, S.PARTLY_REVISED, "83.3"),
        # Solution drops out: (0 + 0.5 * 2 + 1 + 1) / 5
        ({"solution": NOT_APPLICABLE}, S.PARTLY_REVISED, "60.0"),
    ],
    ids=["whole", "part", "another criterion"],
)
def test_revised_review_is_superseded_by_one_that_the_agent_finds_released(
    house: House, review: Review, answers: dict[str, Answer], state: DisputeState, score: str
) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    decided = disputes.decide_dispute(house.act(MANAGER), raised.id, decision="Right.", answers=answers)
    changed = {key for key, answer in answers.items() if answer_of(review, key) != answer}
    assert decided.state is state
    assert {item.criterion_id: item.upheld for item in decided.items} == {
        item.criterion_id: item.criterion_id not in changed for item in ITEMS
    }
    (row,) = list_reviews(house.act(NINA))
    assert (row.review.supersedes_id, row.review.state, row.review.supersede_reason) == (
        review.id, ReviewState.RELEASED, "Right.",
    )  # fmt: skip
    assert row.review.score is not None
    assert row.review.score.reported == Decimal(score)
    for rating in row.review.ratings:
        assert (rating.answer == answer_of(review, rating.criterion_id)) is (rating.criterion_id not in changed)
        assert (rating.comment == "Right.") is (rating.criterion_id in changed)
    assert view_review(house.act(NINA), row.review.id).history == (review.id,)
    assert house.stored(review.id) == replace(review, state=ReviewState.REVISED)


def test_dispute_without_criteria_is_revised_by_any_new_answer(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="All of it")
    answers = {"greeting": Answer.choose("yes")}
    assert disputes.decide_dispute(house.act(MANAGER), raised.id, decision="Yes", answers=answers).state is S.REVISED


def test_nobody_decides_about_own_grades_or_own_work(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    author = replace(BO, roles=frozenset({Role.REVIEWER, Role.FACILITATOR}))
    agent = replace(NINA, roles=frozenset({Role.AGENT, Role.MANAGER}))
    with house.store.write() as tx:
        people.update_person(tx, author)
        people.update_person(tx, agent)
    for decider in (author, agent):
        with pytest.raises(NotAllowed) as refusal:
            disputes.decide_dispute(house.act(decider), raised.id, decision="It stands.")
        assert refusal.value.code == "own-dispute"
    for decider in (CY, COACH, SAM):
        with pytest.raises(NotAllowed):
            disputes.decide_dispute(house.act(decider), raised.id, decision="It stands.")
    assert disputes.decide_dispute(house.act(FACILITATOR), raised.id, decision="It stands.").state is S.UPHELD


def test_dispute_is_decided_once(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    disputes.decide_dispute(house.act(MANAGER), raised.id, decision="It stands.")
    with pytest.raises(Conflict) as refusal:
        disputes.decide_dispute(house.act(ADMIN), raised.id, decision="It does not.")
    assert refusal.value.code == "dispute-decided"


def test_decision_that_does_not_fit_is_refused_and_changes_nothing(house: House, review: Review) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard", items=ITEMS)
    refused = []
    for dispute_id, words, answers in (
        (raised.id, " ", {}),
        (DisputeId("none"), "Yes", {}),
        (raised.id, "Yes", {"colour": Answer.choose("blue")}),
        (raised.id, "Yes", {"greeting": Answer.choose("perhaps")}),
        (raised.id, "Yes", {"greeting": NOT_APPLICABLE}),
        (raised.id, "Yes", {"wait": Answer.measure(Decimal("0.3"))}),
    ):
        with pytest.raises(Refused) as refusal:
            disputes.decide_dispute(house.act(MANAGER), dispute_id, decision=words, answers=answers)
        refused.append(refusal.value.code)
    assert refused == ["dispute-decision", "no-dispute", "dispute-criterion", *["dispute-answer"] * 3]
    (row,) = disputes.list_disputes(house.act(MANAGER), state=S.OPEN)
    assert row.dispute == raised
    with house.store.read() as tx:
        assert reviews.count_reviews(tx, superseded=True) == 1


@pytest.mark.parametrize(
    ("actor", "finds"),
    [(ADMIN, True), (MANAGER, True), (LEAD, True), (COACH, True), (CY, True), (NINA, True), (SAM, False)],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_disputes_are_listed_as_far_as_one_reaches(house: House, review: Review, actor: Person, *, finds: bool) -> None:
    raised = disputes.raise_dispute(house.act(NINA), review.id, reason="Too hard")
    assert [row.dispute for row in disputes.list_disputes(house.act(actor))] == ([raised] if finds else [])


def test_lead_neither_sees_nor_decides_disputes_of_other_teams(house: House) -> None:
    of_sam = house.grade(BO, T4)
    house.release(of_sam)
    raised = disputes.raise_dispute(house.act(SAM), of_sam.id, reason="Too hard")
    assert disputes.list_disputes(house.act(LEAD)) == ()
    with pytest.raises(NotAllowed):
        disputes.decide_dispute(house.act(LEAD), raised.id, decision="It stands.")


def test_calibration_grade_cannot_be_contested(house: House) -> None:
    session = house.open_session()
    graded = house.submit(BO, house.queue_of(BO, session.id)[T1.id], fill())
    with pytest.raises(NotFound):
        disputes.raise_dispute(house.act(NINA), graded.id, reason="Too hard")


def answer_of(review: Review, criterion_id: str) -> Answer:
    return next(rating.answer for rating in review.ratings if rating.criterion_id == criterion_id)
