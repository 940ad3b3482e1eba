"""Setting calibrations up on their page: what is filled in is what opens, and what it will be worth is said before."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from streamlit.testing.v1 import AppTest

from db.records import Frame, Person, ReferencePolicy, Selection, SessionState
from qa_app.ui.pages import PAGES
from qa_app.ui.widgets.frame import escape
from qa_app.ui.widgets.session_setup import describe_foresight
from qa_app.workflows import calibration, calibration_series, certificates, checks, findings, sampling
from qa_app.workflows.calibration_planning import Foresight
from qa_app.workflows.context import Installation
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, CY, DI, FACILITATOR, T1, T2, T3, VERSION, House

PAGE = next(page for page in PAGES if page.name == "calibration")


def visit(installation: Installation, person: Person) -> AppTest:
    at = start(installation, person)
    at.switch_page(str(PAGE.path)).run()
    assert not at.exception
    return at


def look_at(at: AppTest, view: str) -> None:
    """Turn to the tab whose label begins so."""
    at.session_state["calibration:tab"] = next(tab.label for tab in at.tabs if tab.label.startswith(view))
    at.run()
    assert not at.exception


def press(at: AppTest, key: str) -> None:
    at.button(key=key).click().run()
    assert not at.exception


def test_session_opens_as_it_was_filled_in(house: House, installation: Installation) -> None:
    house.grade(BO, T3)
    house.grade(CY, T3, {"greeting": "no"})
    at = visit(installation, FACILITATOR)
    press(at, "calibration:new")
    at.text_input(key="calibration:name").input("Week 10")
    at.multiselect(key="calibration:reviewers").set_value([BO.id, CY.id])
    at.number_input(key="calibration:count").set_value(0)
    at.number_input(key="calibration:contested").set_value(1)
    at.multiselect(key="calibration:tickets").set_value([T1.id])
    at.multiselect(key="calibration:criteria").set_value(["greeting"])
    at.checkbox(key="calibration:show_agent").check()
    press(at, "calibration:open")
    (row,) = calibration.list_sessions(house.act(FACILITATOR))
    made = row.session
    assert [(item.ticket_id, item.selection) for item in made.tickets] == [
        (T3.id, Selection.TARGETED), (T1.id, Selection.BY_HAND),
    ]  # fmt: skip
    assert (made.name, made.criterion_ids, made.agent_hidden, made.reference_policy) == (
        "Week 10", ("greeting",), False, ReferencePolicy.MEETING,
    )  # fmt: skip


def test_open_session_can_be_given_another_day_and_be_cancelled(house: House, installation: Installation) -> None:
    session = house.open_session()
    at = visit(installation, FACILITATOR)
    press(at, f"deadline:{session.id}")
    at.text_input(key="deadline:why").input("Two are ill")
    press(at, "deadline:send")
    moved = calibration.find_session(house.act(FACILITATOR), session.id)
    assert moved.due_at is not None
    press(at, f"cancel:{session.id}")
    press(at, "cancel:send")
    assert calibration.find_session(house.act(FACILITATOR), session.id).state is SessionState.OPEN, "no reason given"
    press(at, f"cancel:{session.id}")
    at.text_input(key="cancel:why").input("The card changes")
    press(at, "cancel:send")
    assert calibration.find_session(house.act(FACILITATOR), session.id).state is SessionState.CANCELLED


def test_series_is_kept_as_it_was_filled_in(house: House, installation: Installation) -> None:
    at = visit(installation, FACILITATOR)
    look_at(at, "Series")
    press(at, "series:new")
    at.text_input(key="series:name").input("Chat")
    at.multiselect(key="series:reviewers").set_value([BO.id, CY.id])
    at.multiselect(key="series:sources").set_value(["desk"])
    at.selectbox(key="series:expert").set_value(DI.id)
    at.multiselect(key="series:criteria").set_value(["greeting"])
    at.checkbox(key="series:show_agent").check()
    press(at, "series:add")
    (row,) = calibration_series.list_series(house.act(FACILITATOR))
    made = row.series
    assert (made.frame, made.expert_id, made.criterion_ids, made.agent_hidden) == (
        Frame(sources=("desk",)), DI.id, ("greeting",), False,
    )  # fmt: skip
    # It is due at once, which stands in the tab's label: the reader stays there, and sees it.
    assert [tab.label for tab in at.tabs][2] == at.session_state["calibration:tab"] == "Series (1 due)"
    assert "**Chat**" in [text.value for text in at.markdown]


def test_what_is_left_to_do_is_ticked_off_on_the_page(house: House, installation: Installation) -> None:
    session = house.open_session(T1.id)
    house.grade_session(session, {"Bo": ({},), "Cy": ({},)}, BO, CY)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    # The house's clock stands in March and the page's does not, so the day is past.
    new = findings.NewFinding("empathy", "slip", "So be it", None, "Reword *it*", BO.id, house.now.date())
    made = findings.record_finding(house.act(FACILITATOR), session.id, new)
    at = visit(installation, FACILITATOR)
    look_at(at, "To do (1, 1 overdue)")
    at.checkbox(key=f"finding:done:{made.id}").check().run()
    assert not at.exception
    assert "To do" in [tab.label for tab in at.tabs]
    (line,) = findings.list_findings(house.act(BO))
    assert line.done_by == "Fay Facilitator"


def test_series_opens_from_the_page_once(house: House, installation: Installation) -> None:
    new = calibration_series.NewSeries(
        "Chat", VERSION.scorecard_id, (BO.id, CY.id), first_on=house.now.date() - timedelta(days=1), random_tickets=1
    )
    calibration_series.add_series(house.act(FACILITATOR), new)
    at = visit(installation, FACILITATOR)
    look_at(at, "Series (1 due)")
    press(at, "series:run")
    assert len(calibration.list_sessions(house.act(FACILITATOR))) == 1
    assert "series:run" not in {button.key for button in at.button}


def test_reviewers_see_neither_picks_nor_series_nor_buttons(house: House, installation: Installation) -> None:
    plan = sampling.NewPlan("P", Frame(), size=1)
    new = calibration.NewSession("Mix", VERSION.id, (), (BO.id, CY.id), plan=plan)
    calibration.open_session(house.act(FACILITATOR), new)
    at = visit(installation, BO)
    assert {button.key for button in at.button if button.key and ":" in button.key} == set()
    assert not any("at random" in text.value for text in at.markdown)
    assert [heading.value for heading in at.subheader] == []


def test_certificate_is_granted_from_the_page(house: House, installation: Installation) -> None:
    # The house's clock stands in March and the page's does not, so the window is wide.
    rule = certificates.NewRule(VERSION.scorecard_id, Decimal("0.3"), least_answers=5, window_days=3650)
    certificates.set_rule(house.act(FACILITATOR), rule)
    new = calibration.NewSession("E", VERSION.id, (T1.id, T2.id), (BO.id, CY.id), expert_id=DI.id)
    session = calibration.open_session(house.act(FACILITATOR), new)
    house.grade_session(session, {"Bo": ({}, {}), "Cy": ({}, {}), "Di": ({}, {})}, BO, CY, DI)
    calibration.reveal_session(house.act(FACILITATOR), session.id)
    at = visit(installation, FACILITATOR)
    look_at(at, "Certificates")
    press(at, f"grant:{BO.id}:{VERSION.scorecard_id}")
    found = {row.person.id: row.newest is not None for row in certificates.list_certificates(house.act(FACILITATOR))}
    assert found == {BO.id: True, CY.id: False, DI.id: False}
    assert [button.key for button in at.button if button.key and button.key.startswith("grant:")] == [
        f"grant:{CY.id}:{VERSION.scorecard_id}"
    ]


def test_worth_of_a_session_is_told_with_its_price() -> None:
    seen = Foresight(
        tickets=6, reviewers=4, expected=0.6, share=0.25, half_width=0.512, minutes_each=4.1, measured=137,
        useful_tickets=70,
    )  # fmt: skip
    assert describe_foresight(seen) == (
        "**6 tickets × 4 reviewers**: agreement on a yes/no criterion will be known to about **±0.51** (95%, if it is "
        "0.6 and one answer in 4 is the rarer one). ±0.15 takes 70 tickets; sessions of one scorecard add up. "
        "Grading takes about **1 h 38 min** in all: 4 min 6 s a review, from 137 past ones."
    )
    assert "No grading time was measured" in describe_foresight(replace(seen, minutes_each=None))


def test_rates_of_hidden_checks_are_set_and_their_results_chosen(house: House, installation: Installation) -> None:
    at = visit(installation, FACILITATOR)
    look_at(at, "Hidden checks")
    press(at, "checks:new")
    at.number_input(key="checks:pairs").set_value(2.5)
    press(at, "checks:keep")
    ((_, rule),) = checks.list_rules(house.act(FACILITATOR)).rules
    assert (rule.pair_percent, rule.repeat_percent, rule.repeat_weeks) == (Decimal("2.5"), Decimal(2), 6)
    at.selectbox(key="checks:results").select("care").run()
    assert not at.exception
    written = "\n".join(element.value for element in at.markdown)
    assert escape("Care: 2.5% to a second reviewer · 2% to the same one again after 6 weeks") in written
    assert escape("Nothing to compare yet") in written
    assert [tab.label for tab in at.tabs][-1] == "Hidden checks"
    assert not visit(installation, BO).tabs
