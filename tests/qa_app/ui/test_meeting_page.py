"""The meeting's page without its browser part: what the wall is given, what it may send, and the pages after it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from db.records import CalibrationSession, Person, PersonId, TicketId
from qa_app.errors import Refused
from qa_app.ui.meeting.sheet import case_json, minutes_json, sheet_json
from qa_app.ui.meeting.steps import Agree, Find, read_step
from qa_app.ui.pages import PAGES
from qa_app.workflows import calibration, findings, meeting, minutes
from qa_app.workflows.context import Installation
from qa_app.workflows.findings import NewFinding
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.factories import make_scorecard
from tests.qa_app.ui.test_guard import client_of, enter
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, CY, DI, FACILITATOR, T1, T2, T3, UTC_ZONE, House

STEP = {"key": "12345678", "ticket": T1.id, "criterion": "wait"}
NUMBER = {**STEP, "act": "agree", "choice": "7.5"}
FINDING = {
    **STEP,
    "act": "find",
    "cause": "slip",
    "decision": "So be it.",
    "action": "",
    "owner": "",
    "due": "",
    "guideline": False,
}


@pytest.fixture
def session(house: House) -> CalibrationSession:
    """Bo and Cy graded two tickets blind."""
    session = house.open_session(T1.id, T2.id)
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {"greeting": "no", "wait": 7.5})}, BO, CY)
    return session


def visit(installation: Installation, person: Person, name: str, session: CalibrationSession) -> AppTest:
    at = start(installation, person)
    at.query_params["session"] = session.id
    at.switch_page(str(next(page for page in PAGES if page.name == name).path)).run()
    assert not at.exception
    return at


def parts(at: AppTest) -> dict[str, Any]:
    """The data of every component on the page by the component's name."""
    nodes = [node.proto for node in at.get("bidi_component")]
    return {node.component_name: json.loads(node.json or node.mixed.json) for node in nodes}


@pytest.mark.parametrize("name", ["meeting", "minutes"])
def test_page_says_that_it_is_blind(
    name: str, session: CalibrationSession, house: House, installation: Installation
) -> None:
    at = visit(installation, FACILITATOR, name, session)
    assert parts(at) == {}
    assert "still blind" in " ".join(element.value for element in at.markdown)


def test_wall_has_the_worst_ticket_and_says_who_may_record(
    session: CalibrationSession, house: House, installation: Installation
) -> None:
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    given = {person: parts(visit(installation, person, "meeting", session)) for person in (FACILITATOR, BO)}
    walls = {person: found["plumbline_meeting"]["sheet"] for person, found in given.items()}
    assert [walls[person]["records"] for person in given] == [True, False]
    case = given[BO]["plumbline_meeting_courier"]["case"]
    assert case["id"] == T2.id
    assert [(voice["person"], voice["choice"]) for voice in case["questions"][0]["voices"]] == [
        (BO.id, "yes"),
        (CY.id, "no"),
    ]


def test_numbers_and_not_applicable_travel_as_choices(house: House, session: CalibrationSession) -> None:
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    context = house.act(FACILITATOR)
    agreed = {"ticket_id": T2.id, "criterion_id": "wait"}
    calibration.record_agreed(context, session.id, **agreed, answer=Answer.measure(Decimal("7.5")))  # type: ignore[arg-type]
    held = meeting.prepare_meeting(context, session.id)
    told = minutes_json(meeting.follow_meeting(context, session.id), held)
    by = {"by": FACILITATOR.name, "at": house.now.isoformat()}
    assert told["agreed"] == [{"ticket": T2.id, "criterion": "wait", "choice": "7.5", "words": "7.5 min", **by}]
    case = case_json(held.cases[0], meeting.view_conversation(context, session.id, T2.id), zone=UTC_ZONE, blind=True)
    assert [message["seq"] for message in case["messages"]] == [1, 2]  # type: ignore[attr-defined]
    assert json.loads(json.dumps(sheet_json(held)))["tickets"][0]["id"] == T2.id


def test_closed_meeting_says_so_and_days_are_written_as_everywhere(house: House, session: CalibrationSession) -> None:
    context = house.act(FACILITATOR)
    calibration.reveal_session(context, session.id)
    new = NewFinding("greeting", "slip", "Ask.", action="Tell", due_on=date(2026, 11, 30))
    findings.record_finding(context, session.id, new)
    assert sheet_json(meeting.prepare_meeting(context, session.id))["closed"] is False
    calibration.close_session(context, session.id)
    held = meeting.prepare_meeting(context, session.id)
    assert sheet_json(held)["closed"] is True
    told = minutes_json(meeting.follow_meeting(context, session.id), held)["findings"]
    assert [finding["due"] for finding in told] == ["30 Nov 2026"]  # type: ignore[attr-defined]


def test_print_view_tells_who_was_not_blind_from_who_did_not_grade(house: House, installation: Installation) -> None:
    first = house.open_session(T1.id, T2.id)
    house.grade_session(first, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    calibration.reveal_session(house.act(FACILITATOR), first.id)
    again = house.open_session(T1.id, T3.id, graders=(BO, CY, DI))
    house.grade_session(again, {"Bo": ({}, {}), "Cy": ({}, {}), "Di": ({}, {})}, BO, CY, DI)
    calibration.reveal_session(house.act(FACILITATOR), again.id)
    cases = {case.ticket.id: case for case in meeting.prepare_meeting(house.act(DI), again.id).cases}
    assert (cases[T1.id].seen_by, cases[T3.id].seen_by) == ((BO.id, CY.id), ())
    with client_of(installation) as client:
        enter(client, installation, DI)
        page = client.get(f"/print/meeting/{again.id}").text
    # Five criteria that two answers can be compared on; of T1 only Di's grade is blind.
    assert "☐ Fay Facilitator <small>(facilitator, not noted)</small>" in page
    assert page.count("Graded, but not blind: Bo, Cy (not counted).") == 1
    assert page.count("No two blind answers to compare on 5 criteria.") == 1
    assert page.count("Nobody differed on 5 criteria.") == 1


def test_steps_are_read_with_distrust() -> None:
    number, finding = read_step(NUMBER), read_step({**FINDING, "owner": "bo", "due": "2026-12-04"})
    assert isinstance(number, Agree)
    assert number.answer(make_scorecard()) == Answer.measure(Decimal("7.5"))
    assert Agree(**{**NUMBER, "choice": "n/a"}).answer(make_scorecard()) == NOT_APPLICABLE  # type: ignore[arg-type]
    assert isinstance(finding, Find)
    assert finding.finding() == NewFinding(
        "wait", "slip", "So be it.", TicketId(T1.id), owner_id=PersonId("bo"), due_on=date(2026, 12, 4)
    )


@pytest.mark.parametrize(
    "payload",
    [None, {}, "go", {**NUMBER, "key": ""}, {**NUMBER, "choice": 1}, {**NUMBER, "act": "reveal"}, {**NUMBER, "x": 1}],
)
def test_step_of_another_shape_is_refused(payload: object) -> None:
    with pytest.raises(Refused, match="Reload"):
        read_step(payload)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({**NUMBER, "choice": "x"}, "no number"),
        ({**FINDING, "due": "x"}, "no date"),
    ],
)
def test_value_that_is_none_is_said(step: dict[str, object], words: str) -> None:
    read = read_step(step)
    with pytest.raises(Refused, match=words):
        read.answer(make_scorecard()) if isinstance(read, Agree) else read.finding()  # type: ignore[union-attr]


def test_minutes_tick_off_and_tell_in_private(
    session: CalibrationSession, house: House, installation: Installation
) -> None:
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    new = NewFinding("greeting", "slip", "A name is a greeting.", action="Tell *everybody*", owner_id=BO.id)
    finding = findings.record_finding(house.act(FACILITATOR), session.id, new)
    minutes.give_feedback(house.act(FACILITATOR), session.id, BO.id, "For Bo only.")

    at = visit(installation, BO, "minutes", session)
    assert [text.value for text in at.text] == ["For Bo only."]
    at.checkbox(f"finding:done:{finding.id}").check().run()

    assert meeting.follow_meeting(house.act(BO), session.id).findings[0].done_by == BO.id
    others = visit(installation, CY, "minutes", session)
    assert [text.value for text in others.text] == []
    assert not others.checkbox
    assert ":material/check_box: Tell \\*everybody\\*" in [text.value for text in others.markdown]


def test_print_view_has_answers_and_to_dos_and_no_private_word(
    session: CalibrationSession, house: House, installation: Installation
) -> None:
    with client_of(installation) as client:
        enter(client, installation, CY)
        assert client.get(f"/print/meeting/{session.id}").status_code == 409
        calibration.reveal_session(house.act(FACILITATOR), session.id)
        new = NewFinding("greeting", "slip", "<b>A name</b> is a greeting.", action="Tell everybody", owner_id=BO.id)
        findings.record_finding(house.act(FACILITATOR), session.id, new)
        minutes.give_feedback(house.act(FACILITATOR), session.id, CY.id, "For Cy only.")

        page = client.get(f"/print/meeting/{session.id}").text
        assert "&lt;b&gt;A name&lt;/b&gt; is a greeting." in page
        assert "<td>Tell everybody</td><td>Bo</td>" in page
        assert "For Cy only." not in page
        assert "Bo</div>" in page
        assert "Bo</div>" not in client.get(f"/print/meeting/{session.id}?masked=1").text
        assert client.get("/print/meeting/none").status_code == 404
