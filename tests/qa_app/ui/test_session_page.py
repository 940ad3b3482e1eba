"""A revealed calibration on its page: measured once, and again as soon as somebody changed something."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from db.records import CalibrationSession, Person, SessionState
from qa_app.reports import CalibrationReport
from qa_app.ui.pages import PAGES
from qa_app.workflows import calibration, findings, grading
from qa_app.workflows.access import open_session
from qa_app.workflows.context import Installation, read_clock
from tests.factories import fill
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, CY, DI, FACILITATOR, T1, T2, House

PAGE = next(page for page in PAGES if page.name == "session")


@pytest.fixture
def session(house: House) -> CalibrationSession:
    """Bo and Cy graded two tickets, and everybody may look."""
    session = house.open_session(T1.id, T2.id)
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {"greeting": "no"})}, BO, CY)
    return calibration.reveal_session(house.act(FACILITATOR), session.id)


def visit(installation: Installation, person: Person, session: CalibrationSession) -> AppTest:
    at = start(installation, person)
    at.query_params["session"] = session.id
    at.switch_page(str(PAGE.path)).run()
    assert not at.exception
    return at


def kept(at: AppTest) -> CalibrationReport:
    report: CalibrationReport = at.session_state["session:report"][1]
    return report


def test_rerun_measures_nothing_again(session: CalibrationSession, installation: Installation) -> None:
    at = visit(installation, BO, session)
    first = kept(at)

    at.run()
    open_session(installation.store, CY.id, now=read_clock())
    at.run()

    assert kept(at) is first
    assert "Findings (0)" in [tab.label for tab in at.tabs]


def test_change_by_somebody_else_is_shown_at_once(
    session: CalibrationSession, house: House, installation: Installation
) -> None:
    at = visit(installation, BO, session)
    finding = findings.NewFinding("greeting", "slip", "A name is a greeting.")
    findings.record_finding(house.act(FACILITATOR), session.id, finding)

    at.run()

    assert [line.finding.decision for line in kept(at).findings] == ["A name is a greeting."]
    assert "Findings (1)" in [tab.label for tab in at.tabs]


def test_other_session_takes_the_place_of_the_first(
    session: CalibrationSession, house: House, installation: Installation
) -> None:
    at = visit(installation, FACILITATOR, session)
    other = house.open_session(T1.id, T2.id)
    house.grade_session(other, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    calibration.reveal_session(house.act(FACILITATOR), other.id)

    at.query_params["session"] = other.id
    at.run()

    assert kept(at).session.id == other.id


def test_every_tab_is_drawn_when_it_is_opened(session: CalibrationSession, installation: Installation) -> None:
    at = visit(installation, FACILITATOR, session)
    drawn = {}
    for label in [tab.label for tab in at.tabs]:
        at.session_state["session:tab"] = label
        at.run()
        assert not at.exception
        drawn[label] = [heading.value for heading in at.subheader]
    assert drawn == {
        "Overview": ["What to fix first", "What to talk about first"],
        "Agreement": ["Agreement by criterion", "Who agrees with the others on what"],
        "Reviewers": ["Severity", "Against the others and against the reference", "Critical criteria"],
        "Over time": [],
        "Answers side by side": [],
        "Findings (0)": [],
        "Methods": [],
    }


def test_open_session_can_be_changed_here_and_does_not_lead_to_its_reveal(
    house: House, installation: Installation
) -> None:
    open_one = house.open_session(T1.id, T2.id)
    assert f"cancel:{open_one.id}" not in {button.key for button in visit(installation, BO, open_one).button}
    at = visit(installation, FACILITATOR, open_one)
    assert at.button("session:reveal_open").proto.type == "secondary"
    at.button(f"cancel:{open_one.id}").click().run()
    at.text_input(key="cancel:why").input("The card changes")
    at.button("cancel:send").click().run()
    assert not at.exception
    assert calibration.find_session(house.act(FACILITATOR), open_one.id).state is SessionState.CANCELLED
    assert "session:reveal_open" not in {button.key for button in at.button}


def test_reveal_says_that_somebody_is_at_work(house: House, installation: Installation) -> None:
    open_one = house.open_session(T1.id, T2.id)
    queue = house.queue_of(BO, open_one.id)
    working = replace(house.act(BO), now=read_clock)
    grading.save_draft(working, queue[T1.id], fill(), expected_revision=0)
    at = visit(installation, FACILITATOR, open_one)
    at.button("session:reveal_open").click().run()
    assert [warning.value for warning in at.warning] == [
        "4 grades are still missing and will stay so.",
        "1 reviewer saved answers in the last 5 minutes, and could not finish.",
    ]


def test_closing_says_what_is_not_done_and_ends_the_session(
    session: CalibrationSession, house: House, installation: Installation
) -> None:
    at = visit(installation, FACILITATOR, session)
    at.button("session:close_open").click().run()
    assert not at.exception
    assert [warning.value for warning in at.warning] == ["So far it has 0 agreed answers and 0 findings."]
    at.button("session:close").click().run()
    assert not at.exception
    assert calibration.find_session(house.act(FACILITATOR), session.id).state is SessionState.CLOSED


def test_desk_of_a_revealed_session_keeps_the_answers_for_their_author(
    house: House, installation: Installation
) -> None:
    one = house.open_session(T1.id, T2.id, graders=(BO, CY, DI))
    house.grade_session(one, {"Bo": ({}, {}), "Cy": ({}, {})}, BO, CY)
    assignment_id = house.queue_of(DI, one.id)[T1.id]
    draft = fill({"empathy": "2"}, comment="Half done.")
    grading.save_draft(house.act(DI), assignment_id, draft, expected_revision=0)
    calibration.reveal_session(house.act(FACILITATOR), one.id)
    at = start(installation, DI)
    at.query_params["assignment"] = assignment_id
    at.switch_page(str(next(page for page in PAGES if page.name == "desk").path)).run()
    assert not at.exception
    assert "Fay Facilitator revealed “Week 10”" in at.info[0].value
    assert [text.value for text in at.text] == ["Half done."]
    assert at.get("bidi_component") == []
