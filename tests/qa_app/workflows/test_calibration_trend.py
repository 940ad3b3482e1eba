"""Sessions in a line: what each point is, when a change is drift, and whether meetings helped."""

from dataclasses import replace

import pytest

from db.records import ScorecardVersionId, SessionId
from db.store import scorecards
from qa_app.errors import NotFound, Refused
from qa_app.estimate import Estimate
from qa_app.workflows import calibration, findings, minutes
from qa_app.workflows.calibration import NewSession
from qa_app.workflows.calibration_trend import trace_sessions
from scorecards.answers import Answer
from tests.qa_app.workflows.house import BO, COACH, CY, DI, FACILITATOR, T1, T2, T3, T4, VERSION, House


def hold_two(house: House) -> str:
    """Cy is stricter in the first session: empathy three levels lower and all the minutes of silence.

    The second session has a scorecard of other words.
    """
    first = house.open_session(T1.id, T2.id, graders=(BO, CY))
    house.grade_session(
        first, {"Bo": ({}, {}), "Cy": ({"empathy": "2", "wait": 10}, {"empathy": "2", "wait": 10})}, BO, CY
    )
    house.tick(days=7)
    leader = house.act(FACILITATOR)
    calibration.reveal_session(leader, first.id)
    calibration.record_agreed(leader, first.id, ticket_id=T1.id, criterion_id="empathy", answer=Answer.choose("4"))
    findings.record_finding(leader, first.id, findings.NewFinding("empathy", "slip", "Once is enough."))
    for person in (BO, CY):
        minutes.note_attendance(leader, first.id, person.id, there=True)
    edited = replace(VERSION, id=ScorecardVersionId("care-2"), number=2, content_hash="e" * 64)
    with house.store.write() as tx:
        scorecards.add_version(tx, edited)
    new = NewSession("Week 11", edited.id, (T3.id, T4.id), (BO.id, CY.id, DI.id))
    second = calibration.open_session(house.act(FACILITATOR), new)
    house.grade_session(second, {"Bo": ({}, {}), "Cy": ({}, {}), "Di": ({}, {})}, BO, CY, DI)
    house.tick(days=7)
    calibration.reveal_session(house.act(FACILITATOR), second.id)
    return second.id


def test_each_session_is_a_point_and_an_edit_is_marked(sqlite_house: House) -> None:
    second = hold_two(sqlite_house)
    trend = trace_sessions(sqlite_house.act(FACILITATOR), SessionId(second))
    assert [(stop.name, stop.n_tickets, stop.reworded, stop.met) for stop in trend.stops] == [
        ("Week 10", 2, False, "1 agreed answer, 1 finding, 2 people there"),
        ("Week 11", 2, True, ""),
    ]
    of_cy = next(course for course in trend.reviewers if course.name == "Cy")
    # Of five criteria three of four steps below Bo on one, and the whole scale on another, where more is worse.
    assert [point.value for point in of_cy.points if isinstance(point, Estimate)] == pytest.approx([175 / 5, 0.0])
    same = next(course for course in trend.agreement if course.name == "Cy")
    # Three of five criteria alike, the note not counted; then all of them.
    assert [point.value for point in same.points if isinstance(point, Estimate)] == pytest.approx([60.0, 100.0])
    empathy = next(course for course in trend.criteria if course.name == "Empathy")
    # Three steps of four, where guessing gives two fifths of the scale.
    assert [point.value for point in empathy.points if isinstance(point, Estimate)] == pytest.approx([187.5, 0.0])


def test_nothing_is_called_drift_before_there_are_enough_tickets(sqlite_house: House) -> None:
    trend = trace_sessions(sqlite_house.act(FACILITATOR), SessionId(hold_two(sqlite_house)))
    courses = (*trend.reviewers, *trend.agreement, *trend.criteria)
    assert {(course.change, course.alert) for course in courses} == {(None, False)}
    assert trend.note == (
        "Drift takes 12 tickets in the latest sessions and 12 in those before; here are 4 in all, so nothing is called "
        "drift yet."
    )


def test_meeting_is_followed_by_the_change_of_distance(sqlite_house: House) -> None:
    trend = trace_sessions(sqlite_house.act(FACILITATOR), SessionId(hold_two(sqlite_house)))
    (meeting,) = trend.meetings
    assert (meeting.before, meeting.after, meeting.team) == ("Week 10", "Week 11", "with Di")
    assert isinstance(meeting.change, Estimate)
    # Of five criteria 187.5 % of guessing on one, and on another the whole scale: of all minutes given, 10 twice and 0
    # eight times, two are 2 x .2 x .8 of it apart by guessing. Then nothing. The change is that of the whole team.
    assert meeting.change.value == pytest.approx(-(187.5 + 100 / 0.32) / 5)
    before, after = (point for point in trend.apart if isinstance(point, Estimate))
    assert meeting.change.value == pytest.approx(after.value - before.value)
    assert [section.key for section in trend.sections] == [
        *("sessions", "severity", "agreement", "distance", "meetings"),
    ]


def test_line_holds_only_sessions_that_the_reader_may_read(sqlite_house: House) -> None:
    second = SessionId(hold_two(sqlite_house))
    assert [stop.name for stop in trace_sessions(sqlite_house.act(DI), second).stops] == ["Week 11"]
    with pytest.raises((NotFound, Refused)):
        trace_sessions(sqlite_house.act(COACH), second)


def test_blind_session_has_no_line(sqlite_house: House) -> None:
    session = sqlite_house.open_session(T1.id, graders=(BO, CY))
    with pytest.raises(Refused) as refusal:
        trace_sessions(sqlite_house.act(FACILITATOR), session.id)
    assert refusal.value.code == "session-blind"
