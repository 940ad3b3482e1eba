"""What a reviewer is told of work that somebody else ended, and what stays of it."""

from datetime import timedelta

import pytest

from db.records import AssignmentId, CalibrationSession, Purpose
from db.store import assignments, reviews
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.ui.desk.ended import list_ways, tell_ending
from qa_app.workflows import calibration, endings, grading, returning
from tests.factories import fill
from tests.qa_app.workflows.house import BO, CY, DI, FACILITATOR, T1, T2, UTC_ZONE, House


@pytest.fixture
def session(house: House) -> CalibrationSession:
    """Bo and Cy are done; Di is at her first ticket, with a first answer saved."""
    session = house.open_session(T1.id, T2.id, graders=(BO, CY, DI))
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    return session


def begin(house: House, session: CalibrationSession) -> AssignmentId:
    """Di's first save."""
    assignment_id = house.queue_of(DI, session.id)[T1.id]
    grading.save_draft(house.act(DI), assignment_id, fill({"empathy": "2"}), expected_revision=0)
    return assignment_id


def kept(house: House, assignment_id: AssignmentId) -> dict[str, str]:
    draft = endings.find_ending(house.act(DI), assignment_id).draft
    assert draft is not None
    return {line.criterion_id: line.answer for line in draft.ratings}


def test_what_comes_after_the_reveal_is_kept_and_refused(house: House, session: CalibrationSession) -> None:
    assignment_id = begin(house, session)
    before = kept_none(house, assignment_id)
    house.tick(minutes=25)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    with pytest.raises(Conflict, match="the session was revealed") as refusal:
        grading.save_draft(house.act(DI), assignment_id, fill({"empathy": "4"}), expected_revision=1)
    assert (before, refusal.value.code) == ("no-assignment", grading.ENDED)
    assert kept(house, assignment_id)["empathy"] == "4"
    with pytest.raises(Conflict, match="the session was revealed"):
        grading.submit_review(house.act(DI), assignment_id, fill(), submission_key="late")
    with house.store.read() as tx:
        assert reviews.count_reviews(tx, reviewer_id=DI.id) == 0
    # Noon plus 25 minutes; Di's other ticket was withdrawn as well.
    ending = endings.find_ending(house.act(DI), assignment_id)
    words = tell_ending(ending, now=house.now, zone=UTC_ZONE)
    assert words == "Fay Facilitator revealed “Week 10” at 12:25; it no longer takes grades."
    results = ("Results of the session", f"/session?session={session.id}")
    assert list_ways(ending, None) == (results, ("My queue", "/queue"))
    assert list_ways(ending, AssignmentId("a2")) == (results, ("Next ticket", "/desk?assignment=a2"))
    later = tell_ending(ending, now=house.now + timedelta(days=1), zone=UTC_ZONE)
    assert later.startswith(f"Fay Facilitator revealed “Week 10” on {ending.at:%-d %b %Y}, 12:25")


def kept_none(house: House, assignment_id: AssignmentId) -> str:
    """Of an assignment that is open nothing ended."""
    with pytest.raises(NotFound) as refusal:
        endings.find_ending(house.act(DI), assignment_id)
    return refusal.value.code


def test_another_tab_that_saved_last_is_not_overwritten_after_the_reveal(
    house: House, session: CalibrationSession
) -> None:
    assignment_id = begin(house, session)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    with pytest.raises(Conflict, match="another tab"):
        grading.save_draft(house.act(DI), assignment_id, fill({"empathy": "4"}), expected_revision=0)
    assert kept(house, assignment_id)["empathy"] == "2"


def test_cancelled_session_says_who_and_why_and_leads_to_no_results(house: House, session: CalibrationSession) -> None:
    assignment_id = begin(house, session)
    calibration.cancel_session(house.act(FACILITATOR), session.id, why="Wrong tickets.")
    ending = endings.find_ending(house.act(DI), assignment_id)
    words = tell_ending(ending, now=house.now, zone=UTC_ZONE)
    assert words == "Fay Facilitator cancelled “Week 10” at 12:00: Wrong tickets."
    assert list_ways(ending, None) == (("My queue", "/queue"),)
    with pytest.raises(Refused, match="the session was cancelled") as refusal:
        grading.open_desk(house.act(DI), assignment_id)
    assert refusal.value.code == grading.ENDED


def test_ending_is_for_the_reviewer_alone(house: House, session: CalibrationSession) -> None:
    assignment_id = begin(house, session)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    for person in (BO, FACILITATOR):
        with pytest.raises(NotFound):
            endings.find_ending(house.act(person), assignment_id)


def test_own_return_is_no_ending_by_somebody_else(house: House) -> None:
    assignment_id = house.assign(DI, T1)
    returning.skip_assignment(house.act(DI), assignment_id, reason="Known customer")
    with house.store.read() as tx:
        found = assignments.assignment(tx, assignment_id)
    assert found is not None
    assert found.purpose is Purpose.QUALITY
    with pytest.raises(Conflict) as refusal:
        grading.save_draft(house.act(DI), assignment_id, fill(), expected_revision=0)
    assert refusal.value.code == "assignment-finished"


def test_reveal_warns_of_who_saved_answers_just_now(house: House, session: CalibrationSession) -> None:
    fay = house.act(FACILITATOR)
    assert calibration.count_at_work(fay, session.id) == 0
    begin(house, session)
    house.tick(minutes=4, seconds=59)
    assert calibration.count_at_work(fay, session.id) == 1
    house.tick(seconds=1)
    assert calibration.count_at_work(fay, session.id) == 0
