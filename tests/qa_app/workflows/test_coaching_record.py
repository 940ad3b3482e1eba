"""What of the coaching leaves in a workbook: what both may read, and nothing else, whoever writes it."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from db.records import AppraisalSubject, CoachingState, Person
from db.store import scorecards
from qa_app.workflows import agenda, appraisals, coaching, exporting
from qa_app.workflows.coaching_record import gather_record
from tests.qa_app.workflows.house import BO, COACH, NINA, PERIOD_CARD, T1, UTC_ZONE, House
from tests.qa_app.workflows.test_appraisals import filled

START, END, TODAY = date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 2)
SECRET = "only-for-coaches"


@pytest.fixture
def coached(sqlite_house: House) -> House:
    """A session with private words, one called off, one outside the period; a goal; an appraisal in from both sides."""
    house = sqlite_house
    house.release(house.grade(BO, T1))
    coach = house.act(COACH)
    held = coaching.plan_session(coach, NINA.id, day=TODAY)
    agenda.add_proposals(coach, held.id, agenda.propose_agenda(coach, NINA.id, zone=UTC_ZONE)[:1])
    agenda.add_point(coach, held.id, f"{SECRET} point", shared=False)
    agenda.add_point(coach, held.id, "The new return form")
    coaching.save_notes(coach, held.id, shared="Went well", private=f"{SECRET} note", expected_revision=0)
    coaching.move_session(coach, held.id, CoachingState.HELD)
    coaching.move_session(coach, held.id, CoachingState.FOLLOWED_UP, words="It has become a habit")
    off = coaching.plan_session(coach, NINA.id, day=TODAY)
    coaching.move_session(coach, off.id, CoachingState.CANCELLED, words="Ill")
    coaching.plan_session(coach, NINA.id, day=date(2026, 5, 1))
    coaching.hold_session(coach, NINA.id, held_on=date(2026, 2, 1), shared_notes="Long ago")
    coaching.set_goal(coach, NINA.id, skill="empathy", text="Name the feeling first", due_on=None, target=Decimal(80))
    with house.store.write() as tx:
        scorecards.add_version(tx, PERIOD_CARD)
    for answered, end in ((False, END - timedelta(days=1)), (True, END)):
        made = appraisals.open_appraisal(
            coach, NINA.id, subject=AppraisalSubject.PERIOD, version_id=PERIOD_CARD.id, start=START, end=end
        )
        ratings = filled("2" if answered else "1")
        comment = "A good start" if answered else f"{SECRET} for now"
        appraisals.submit_side(coach, made.id, ratings, comment=comment, expected_revision=0)
        if answered:
            appraisals.submit_side(house.act(NINA), made.id, filled("3"), comment="", expected_revision=0)
    return house


def test_a_record_holds_the_sessions_of_the_period_and_the_planned_ones(coached: House) -> None:
    record = gather_record(coached.act(COACH), NINA.id, start=START, end=END, zone=UTC_ZONE)
    assert [(view.session.state, view.session.held_on) for view in record.sessions] == [
        (CoachingState.PLANNED, date(2026, 5, 1)),
        (CoachingState.FOLLOWED_UP, TODAY),
    ]
    assert [line.goal.text for line in record.goals] == ["Name the feeling first"]
    assert [bool(view.pairs) for view in record.appraisals] == [True, False]


@pytest.mark.parametrize("reader", [COACH, NINA], ids=["coach", "agent"])
def test_a_workbook_holds_what_both_may_read_and_nothing_private(coached: House, reader: Person) -> None:
    file = exporting.export_coaching(coached.act(reader), NINA.id, start=START, end=END, zone=UTC_ZONE)
    workbook = load_workbook(io.BytesIO(file.content))
    cells = [str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]
    assert not any(SECRET in cell for cell in cells)
    told = [str(row[0].value) for row in workbook["Goals and sessions"].iter_rows() if row[0].value]
    wanted = (
        "Went well",
        "It has become a habit",
        "A good start",
        "Waits for Nina North; answers are shown once both sides are in.",
    )
    assert [line for line in told if line in wanted] == list(wanted)
    assert "The new return form" in cells
    assert "Long ago" not in cells
