"""Coaching pages: notes that two people type at once, and an appraisal that keeps itself answer by answer."""

from datetime import timedelta
from pathlib import Path

from streamlit.testing.v1 import AppTest

from db.records import AppraisalSubject, DisputeState, Person
from db.store import scorecards
from qa_app.ui.pages import PAGES
from qa_app.words import write_day
from qa_app.workflows import agenda, appraisals, coaching, disputes
from qa_app.workflows.context import Installation, read_clock
from scorecards.answers import MISSING, Answer
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, COACH, MANAGER, NINA, PERIOD_CARD, T1, House

TODAY = read_clock().date()
NEXT = {"agent:follow_up", "agent:next_session", "agent:new_plan"}
"""Buttons of an agent's page that lead to a session."""


def show(installation: Installation, person: Person, name: str, **link: str) -> AppTest:
    """A page of records in its own tab."""
    at = start(installation, person)
    at.query_params = dict(link)
    path: Path = next(page for page in PAGES if page.name == name).path
    return at.switch_page(str(path)).run()


def test_notes_that_were_changed_elsewhere_are_told_and_kept(house: House, installation: Installation) -> None:
    session = coaching.plan_session(house.act(COACH), NINA.id, day=TODAY)
    at = show(installation, COACH, "coaching_session", coaching=session.id)
    shared, private = at.text_area
    shared.set_value("First").run()
    assert coaching.list_coaching(house.act(COACH), NINA.id)[0].shared_notes == "First"
    kept = coaching.save_notes(house.act(MANAGER), session.id, shared="Manager", private="", expected_revision=1)
    private.set_value("Mine").run()
    assert at.error[0].value.startswith("Somebody, or another tab, changed this session")
    assert at.warning[0].value.startswith("These notes were changed elsewhere.")
    assert at.text_area[1].value == "Mine"
    assert coaching.list_coaching(house.act(COACH), NINA.id) == (kept,)
    at.button(key=f"agenda:notes_take:{session.id}").click().run()
    assert ([area.value for area in at.text_area], list(at.warning)) == (["Manager", ""], [])


def test_long_point_stands_with_its_beginning_and_unfolds(house: House, installation: Installation) -> None:
    session = coaching.plan_session(house.act(COACH), NINA.id, day=TODAY)
    words = "word " * 799 + "last"
    point = agenda.add_point(house.act(COACH), session.id, words)
    at = show(installation, COACH, "coaching_session", coaching=session.id)
    label = at.checkbox(key=f"agenda:done:{point.id}").label
    assert label == ("word " * 120).rstrip() + " …"
    (unfolded,) = (each for each in at.expander if each.label == "All 3,999 characters")
    assert [text.value for text in unfolded.text] == [words]


def test_appraisal_keeps_each_answer_and_says_what_is_missing(house: House, installation: Installation) -> None:
    with house.store.write() as tx:
        scorecards.add_version(tx, PERIOD_CARD)
    made = appraisals.open_appraisal(
        house.act(COACH), NINA.id, subject=AppraisalSubject.PERIOD, version_id=PERIOD_CARD.id, start=TODAY, end=TODAY
    )
    at = show(installation, NINA, "appraisal", appraisal=made.id)
    at.radio(key=f"appraisal:answer:{made.id}:empathy").set_value("3").run()
    at.text_area(key=f"appraisal:comment:{made.id}:empathy").set_value("On 4 March").run()
    at.text_area(key=f"appraisal:comment:{made.id}:teamwork").set_value("Swapped two shifts").run()
    own = appraisals.view_appraisal(house.act(NINA), made.id).own
    assert own is not None
    assert [(one.criterion_id, one.answer, one.comment) for one in own.ratings] == [
        ("empathy", Answer.choose("3"), "On 4 March"),
        ("teamwork", MISSING, "Swapped two shifts"),
    ]
    at.button(key="appraisal:submit").click().run()
    assert at.error[0].value.startswith("The scorecard cannot be submitted yet")
    again = show(installation, NINA, "appraisal", appraisal=made.id)
    assert again.radio(key=f"appraisal:answer:{made.id}:empathy").value == "3"


def test_agent_page_offers_what_comes_next(house: House, installation: Installation) -> None:
    at = show(installation, COACH, "agent", agent=NINA.id)
    assert [each.label for each in at.button if each.key in NEXT] == ["Plan a session"]
    last_week, today = TODAY - timedelta(days=7), TODAY
    house.now = read_clock()  # a session is held today or earlier
    held = coaching.hold_session(house.act(COACH), NINA.id, held_on=last_week, shared_notes="Talked")
    coaching.replan_session(house.act(COACH), held.id, day=last_week, follow_up_on=today)
    coaching.plan_session(house.act(COACH), NINA.id, day=today)
    at = show(installation, COACH, "agent", agent=NINA.id)
    assert [each.label for each in at.button if each.key in NEXT] == ["Follow up", f"Session of {write_day(today)}"]


def test_dispute_is_withdrawn_after_a_question(house: House, installation: Installation) -> None:
    graded = house.grade(BO, T1)
    house.release(graded)
    raised = disputes.raise_dispute(house.act(NINA), graded.id, reason="Too hard")
    at = show(installation, NINA, "dispute", dispute=raised.id)
    at.button(key="dispute:withdraw_open").click().run()
    assert disputes.find_dispute(house.act(NINA), raised.id).dispute.state is DisputeState.OPEN
    at.button(key="dispute:withdraw").click().run()
    assert disputes.find_dispute(house.act(NINA), raised.id).dispute.state is DisputeState.WITHDRAWN
