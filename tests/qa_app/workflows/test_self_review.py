from datetime import date

import pytest

from db.records import Purpose, Review
from db.store import assignments, reviews
from qa_app.errors import Conflict, NotAllowed, NotFound
from qa_app.workflows import agent_results, grading, self_review
from tests.factories import NOON, fill
from tests.qa_app.workflows.house import ADMIN, BO, COACH, MANAGER, NINA, SAM, T1, T2, UTC_ZONE, House


def test_agent_reviews_a_released_ticket_on_the_same_desk(house: House) -> None:
    review = house.grade(BO, T1, {"empathy": "3"})
    house.release(review)
    assignment_id = self_review.start_self_review(house.act(NINA), review.id)
    assert self_review.start_self_review(house.act(NINA), review.id) == assignment_id
    assert [asked.ticket for asked in self_review.list_asked(house.act(NINA))] == [T1]
    desk = grading.open_desk(house.act(NINA), assignment_id)
    assert (desk.assignment.purpose, desk.version.id) == (Purpose.SELF, review.scorecard_version_id)

    own = house.submit(NINA, assignment_id, fill())

    assert (own.purpose, own.saw_other_grades) == (Purpose.SELF, True)
    for reader in (NINA, COACH, MANAGER):
        line = self_review.find_self_review(house.act(reader), review.id)
        assert line is not None
        assert line.review == own
    with pytest.raises(Conflict) as refusal:
        self_review.start_self_review(house.act(NINA), review.id)
    assert refusal.value.code == "self-done"
    assert self_review.list_asked(house.act(NINA)) == ()


def test_self_review_asked_before_the_release_is_blind(house: House) -> None:
    review = house.grade(BO, T1)
    assignment_id = self_review.ask_self_review(house.act(COACH), review.id, due_at=NOON)
    with pytest.raises(NotFound):
        self_review.find_self_review(house.act(NINA), review.id)
    own = house.submit(NINA, assignment_id, fill({"empathy": "2"}))
    assert own.saw_other_grades is False
    house.release(review)
    assert self_review.find_self_review(house.act(NINA), review.id) is not None


def test_self_review_enters_no_score_and_hides_nothing_from_blind_grades(house: House) -> None:
    review = house.grade(BO, T1, {"empathy": "3"})
    house.release(review)

    def score() -> object:
        start, end = date(2026, 3, 1), date(2026, 3, 31)
        report = agent_results.report_agent(house.act(COACH), NINA.id, start=start, end=end, zone=UTC_ZONE)
        return report.score, [line.review.id for line in report.reviews]

    before = score()
    house.submit(NINA, self_review.start_self_review(house.act(NINA), review.id), fill({"identity": "no"}))
    assert score() == before
    with house.store.read() as tx:
        assert reviews.reviewed_ticket_ids(tx, [T1.id, T2.id]) == {T1.id}


def test_nobody_reviews_for_another(house: House) -> None:
    review: Review = house.grade(BO, T1)
    with pytest.raises(NotFound):  # not released yet
        self_review.start_self_review(house.act(NINA), review.id)
    house.release(review)
    with pytest.raises(NotFound):
        self_review.start_self_review(house.act(SAM), review.id)
    for person in (BO, COACH, ADMIN):
        with pytest.raises(NotAllowed):
            self_review.start_self_review(house.act(person), review.id)
    with pytest.raises(NotAllowed):
        self_review.ask_self_review(house.act(BO), review.id)
    with pytest.raises(NotAllowed):
        self_review.find_self_review(house.act(BO), review.id)
    with house.store.read() as tx:
        assert assignments.assignments(tx, purpose=Purpose.SELF) == ()
