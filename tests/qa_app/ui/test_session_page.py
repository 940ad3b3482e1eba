"""A revealed calibration on its page: measured once, and again as soon as somebody changed something."""

import pytest
from streamlit.testing.v1 import AppTest

from db.records import CalibrationSession, Person
from qa_app.reports import CalibrationReport
from qa_app.ui.pages import PAGES
from qa_app.workflows import calibration, findings
from qa_app.workflows.access import open_session
from qa_app.workflows.context import Installation, read_clock
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, CY, FACILITATOR, T1, T2, House

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
        "Overview": ["What to fix first", "Largest differences"],
        "Agreement": ["Agreement by criterion", "Who agrees with the others on what"],
        "Reviewers": ["Severity", "Against the others and against the reference", "Critical criteria"],
        "Over time": [],
        "Answers side by side": [],
        "Findings (0)": [],
        "Methods": [],
    }
