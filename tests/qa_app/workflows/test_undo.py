from dataclasses import replace

import pytest

from db.records import AssignmentState, Review, ReviewState
from db.store import assignments, audit, reviews
from qa_app.domain.review_states import UNDO_WINDOW
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows import calibration, grading, undo
from qa_app.workflows.grading import Filled
from qa_app.workflows.reviews import correct_review, void_review
from tests.factories import fill
from tests.qa_app.workflows.house import BO, CY, FACILITATOR, MANAGER, T1, T2, VERSION, House

SECONDS = UNDO_WINDOW.total_seconds()


def undone(house: House, review: Review) -> Review:
    assert review.assignment_id is not None
    return undo.undo_submit(house.act(BO), review.assignment_id)


def test_undo_gives_the_draft_back_as_it_was_and_opens_the_assignment(house: House) -> None:
    assignment_id = house.assign(BO)
    grading.save_draft(house.act(BO), assignment_id, fill(), expected_revision=0)
    submitted = house.submit(BO, assignment_id, fill({"empathy": "3"}, comment="Fine"))
    house.tick(seconds=SECONDS)

    draft = undone(house, submitted)

    assert draft == house.stored(submitted.id)
    assert draft == replace(
        submitted, state=ReviewState.DRAFT, revision=submitted.revision + 1, saved_at=house.now, submitted_at=None,
        submission_key=None, saw_other_grades=None, score=None,
    )  # fmt: skip
    assert grading.open_desk(house.act(BO), assignment_id).standing.draft == draft
    with house.store.read() as tx:
        assignment = assignments.assignment(tx, assignment_id)
        entry = audit.entries(tx)[0]
        assert reviews.count_reviews(tx, reviewer_id=BO.id) == 0
    assert assignment is not None
    assert (assignment.state, assignment.finished_at) == (AssignmentState.OPEN, None)
    # Weights 1, 2, 1, 1, 1 with empathy at 2/4: (1 + 1 + 1 + 1 + 1) / 6.
    assert (entry.action, entry.object_id, entry.actor_id) == ("review.undo", submitted.id, BO.id)
    assert (entry.before, entry.after) == (
        {"state": "submitted", "raw": "83.3", "reported": "83.3"}, {"state": "draft"},
    )  # fmt: skip


def test_undone_review_is_submitted_anew_with_another_key(house: House) -> None:
    submitted = house.grade(BO)
    undone(house, submitted)
    assert submitted.assignment_id is not None
    house.tick(minutes=3)
    again = grading.submit_review(
        house.act(BO), submitted.assignment_id, fill({"empathy": "2"}), submission_key="another"
    )
    assert (again.id, again.submitted_at) == (submitted.id, house.now)
    with house.store.read() as tx:
        assert [entry.action for entry in audit.entries(tx)] == ["review.submit", "review.undo", "review.submit"]
        assert reviews.count_reviews(tx, reviewer_id=BO.id) == 1


def test_late_repeat_of_the_undone_submit_changes_nothing(house: House) -> None:
    assignment_id = house.assign(BO)
    context = house.act(BO)
    draft = grading.save_draft(context, assignment_id, fill(), expected_revision=0)
    grading.submit_review(context, assignment_id, fill(), submission_key="k1", expected_revision=draft.revision)
    reopened = undo.undo_submit(context, assignment_id)
    with pytest.raises(Conflict) as refusal:
        grading.submit_review(context, assignment_id, fill(), submission_key="k1", expected_revision=draft.revision)
    assert refusal.value.code == "draft-conflict"
    assert house.stored(reopened.id) == reopened


def test_offer_names_the_last_submit_until_the_window_is_over(house: House) -> None:
    assert undo.find_undoable(house.act(BO)) is None
    house.grade(BO, T1)
    house.tick(seconds=5)
    last = house.grade(BO, T2)
    house.grade(CY, T1)
    offered = undo.find_undoable(house.act(BO))
    assert offered == undo.Undoable(last, T2, house.now + UNDO_WINDOW)
    house.tick(seconds=SECONDS + 0.001)
    assert undo.find_undoable(house.act(BO)) is None


def test_nothing_is_undone_late_or_once_something_has_come_of_it(house: House) -> None:
    late, released, voided, corrected = (house.grade(BO, ticket) for ticket in (T1, T2, T1, T2))
    house.release(released)
    void_review(house.act(MANAGER), voided.id, reason="Wrong ticket")
    correct_review(house.act(BO), corrected.id, fill(), reason="Slip")
    refused = {}
    for review in (released, voided, corrected):
        with pytest.raises(Refused) as refusal:
            undone(house, review)
        refused[review.id] = refusal.value.code
    house.tick(seconds=SECONDS + 0.001)
    with pytest.raises(Refused) as refusal:
        undone(house, late)
    assert refusal.value.code == "undo-late"
    assert refused == {released.id: "undo-state", voided.id: "undo-state", corrected.id: "undo-correction"}
    assert house.stored(late.id) == late


def test_somebody_elses_submit_and_an_open_assignment_are_not_undone(house: House) -> None:
    review = house.grade(BO)
    assert review.assignment_id is not None
    with pytest.raises(NotFound):
        undo.undo_submit(house.act(CY), review.assignment_id)
    with pytest.raises(Refused) as refusal:
        undo.undo_submit(house.act(BO), house.assign(BO, T2))
    assert refusal.value.code == "undo-state"


def test_ticket_that_is_open_again_by_another_assignment_is_not_opened_twice(house: House) -> None:
    review = house.grade(BO)
    house.assign(BO)
    with pytest.raises(Conflict) as refusal:
        undone(house, review)
    assert refusal.value.code == "undo-conflict"
    assert house.stored(review.id) == review


def test_calibration_grade_is_undone_until_the_reveal(house: House) -> None:
    session = house.open_session(T1.id, T2.id)
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    with house.store.read() as tx:
        first, second = (review for review in reviews.reviews(tx, session_id=session.id) if review.reviewer_id == BO.id)
    undone(house, first)
    with house.store.read() as tx:
        entry = audit.entries(tx)[0]
    assert entry.before == {"state": "submitted"}  # no score of a blind grade
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    with pytest.raises(Refused) as refusal:
        undone(house, second)
    assert refusal.value.code == "undo-revealed"
    assert undo.find_undoable(house.act(BO)) is None


def test_undo_keeps_evidence_and_time(house: House) -> None:
    assignment_id = house.assign(BO)
    filled = replace(fill(), active_seconds=95)
    review = house.submit(BO, assignment_id, filled)
    draft = undone(house, review)
    assert Filled(draft.ratings, draft.evidence, draft.comment, draft.active_seconds) == filled
    assert draft.scorecard_version_id == VERSION.id
