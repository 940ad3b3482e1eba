"""The meeting after a reveal, and what stays of it."""

from decimal import Decimal

import pytest

from db.records import CalibrationSession, PersonId, Role, VersionState
from db.store import people
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows import calibration, calibration_results, findings, meeting, minutes
from qa_app.workflows.findings import NewFinding
from scorecards.answers import Answer
from tests.factories import make_person
from tests.qa_app.workflows.house import ADMIN, BO, COACH, CY, DI, FACILITATOR, NINA, T1, T2, T3, VERSION, House

DOT = make_person("Dot", Role.REVIEWER, Role.MANAGER)


@pytest.fixture
def session(house: House) -> CalibrationSession:
    """Bo and Cy agree on T1 but for a step of empathy, and differ on T2 in greeting and solution."""
    session = house.open_session(T1.id, T2.id)
    graded = {"Bo": ({"empathy": "4"}, {}), "Cy": ({}, {"greeting": "no", "solution": "none"})}
    house.grade_session(session, graded, BO, CY)
    return session


def reveal(house: House, session: CalibrationSession) -> None:
    calibration.reveal_session(house.act(FACILITATOR), session.id)


def test_worst_ticket_and_criterion_come_first(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    held = meeting.prepare_meeting(house.act(FACILITATOR), session.id)
    assert [case.ticket.id for case in held.cases] == [T2.id, T1.id]
    worst = [question.criterion.id for question in held.cases[0].questions]
    # Greeting and solution are a whole scale apart, in the scorecard's order; free text is nothing to agree on.
    assert worst == ["greeting", "solution", "empathy", "identity", "wait"]
    assert held.cases[1].questions[0].criterion.id == "empathy"
    # Five criteria, two of them 100 apart.
    assert held.cases[0].disagreement is not None
    assert held.cases[0].disagreement.points == 40
    assert [voice.person_id for voice in held.cases[0].questions[0].voices] == [BO.id, CY.id]


def test_largest_differences_follow_the_order_of_the_meeting_between_equals(house: House) -> None:
    session = house.open_session(T1.id, T2.id)
    graded = {"Bo": ({}, {}), "Cy": ({"greeting": "no"}, {"greeting": "no", "solution": "none"})}
    house.grade_session(session, graded, BO, CY)
    reveal(house, session)
    held = meeting.prepare_meeting(house.act(FACILITATOR), session.id)
    sheets = calibration_results.report_session(house.act(FACILITATOR), session.id).sheets
    assert [case.ticket.id for case in held.cases] == [T2.id, T1.id]
    # All three are a whole scale apart; T2 has two of them.
    assert [sheet.ticket_id for sheet in sheets[:3]] == [T2.id, T2.id, T1.id]
    assert {sheet.spread for sheet in sheets[:3]} == {Decimal(100)}


def test_nothing_shows_before_the_facilitator_reveals(house: House, session: CalibrationSession) -> None:
    for read in (meeting.prepare_meeting, meeting.follow_meeting, minutes.list_feedback):
        for person in (FACILITATOR, BO, ADMIN):
            with pytest.raises(Refused, match="still blind"):
                read(house.act(person), session.id)
    with pytest.raises(Refused, match="still blind"):
        minutes.note_attendance(house.act(FACILITATOR), session.id, BO.id, there=True)


def test_reviewers_look_on_and_strangers_see_nothing(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    assert meeting.prepare_meeting(house.act(FACILITATOR), session.id).records
    of_bo = meeting.prepare_meeting(house.act(BO), session.id)
    assert (of_bo.records, of_bo.edits, of_bo.owners) == (False, False, ())
    for stranger in (DI, COACH, NINA):
        with pytest.raises((NotFound, NotAllowed)):
            meeting.prepare_meeting(house.act(stranger), session.id)
    calibration.close_session(house.act(FACILITATOR), session.id)
    assert not meeting.prepare_meeting(house.act(FACILITATOR), session.id).records


def test_masks_are_the_same_for_everybody(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    masks = [meeting.prepare_meeting(house.act(person), session.id).masks for person in (FACILITATOR, BO)]
    assert masks[0] == masks[1]
    assert sorted(masks[0].values()) == ["A", "B"]


def test_minutes_follow_what_is_decided(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    context = house.act(FACILITATOR)
    agree = {"ticket_id": T2.id, "criterion_id": "greeting"}
    calibration.record_agreed(context, session.id, **agree, answer=Answer.choose("yes"))  # type: ignore[arg-type]
    calibration.record_agreed(context, session.id, **agree, answer=Answer.choose("no"))  # type: ignore[arg-type]
    finding = findings.record_finding(context, session.id, NewFinding("greeting", "slip", "A name is a greeting."))
    minutes.note_attendance(context, session.id, BO.id, there=True)
    minutes.note_attendance(context, session.id, CY.id, there=False)
    found = meeting.follow_meeting(house.act(BO), session.id)
    assert [reference.answer for reference in found.agreed] == [Answer.choose("no")]
    assert found.findings == (finding,)
    assert found.attended == {BO.id: True, CY.id: False}
    with pytest.raises(NotFound):
        minutes.note_attendance(context, session.id, DI.id, there=True)
    with pytest.raises(NotAllowed):
        minutes.note_attendance(house.act(BO), session.id, BO.id, there=False)


def test_conversation_is_of_the_session_only(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    conversation = meeting.view_conversation(house.act(BO), session.id, T1.id)
    assert conversation is not None
    assert conversation.ticket.id == T1.id
    with pytest.raises(NotFound):
        meeting.view_conversation(house.act(BO), session.id, T3.id)


def test_guideline_is_edited_in_the_draft_of_the_next_version(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    draft = meeting.open_guideline(house.act(FACILITATOR), session.id)
    assert (draft.state, draft.scorecard_id, draft.number) == (VersionState.DRAFT, VERSION.scorecard_id, 2)
    assert meeting.open_guideline(house.act(FACILITATOR), session.id).id == draft.id
    with pytest.raises(NotAllowed):
        meeting.open_guideline(house.act(BO), session.id)


def test_feedback_is_for_one_reviewer_alone(house: House, session: CalibrationSession) -> None:
    with house.store.write() as tx:
        people.add_person(tx, DOT)
    reveal(house, session)
    minutes.give_feedback(house.act(FACILITATOR), session.id, BO.id, " Read the guideline on greetings. ")
    minutes.give_feedback(house.act(FACILITATOR), session.id, CY.id, "Thank you.")
    assert minutes.list_feedback(house.act(BO), session.id) == {BO.id: "Read the guideline on greetings."}
    assert minutes.list_feedback(house.act(FACILITATOR), session.id).keys() == {BO.id, CY.id}
    minutes.give_feedback(house.act(FACILITATOR), session.id, CY.id, "")
    assert minutes.list_feedback(house.act(FACILITATOR), session.id).keys() == {BO.id}
    with pytest.raises(NotAllowed):
        minutes.give_feedback(house.act(BO), session.id, CY.id, "You too.")
    with pytest.raises(NotFound):
        minutes.give_feedback(house.act(FACILITATOR), session.id, PersonId("di"), "Hello.")


def test_to_do_is_ticked_by_its_owner_or_who_runs_sessions(house: House, session: CalibrationSession) -> None:
    reveal(house, session)
    new = NewFinding("greeting", "guideline_gap", "Unclear.", action="Add examples", owner_id=BO.id)
    finding = findings.record_finding(house.act(FACILITATOR), session.id, new)
    findings.finish_finding(house.act(BO), finding.id, done=True)
    [done] = meeting.follow_meeting(house.act(CY), session.id).findings
    assert (done.done_by, done.done_at) == (BO.id, house.now)
    with pytest.raises(Refused, match="faster"):
        findings.finish_finding(house.act(FACILITATOR), finding.id, done=True)
    with pytest.raises(Refused, match="owner"):
        findings.finish_finding(house.act(CY), finding.id, done=False)
    findings.finish_finding(house.act(FACILITATOR), finding.id, done=False)
    assert meeting.follow_meeting(house.act(CY), session.id).findings[0].done_at is None
