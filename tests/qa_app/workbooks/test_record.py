"""Goals, coaching sessions and appraisals in the coaching workbook."""

from datetime import date

from db.records import ReviewId
from qa_app.packs import CoachingRecord
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.plan import Link, Table, Text
from qa_app.workbooks.record import plan_record
from tests.qa_app.workbooks.agent_reports import make_agent_report
from tests.qa_app.workbooks.factories import BERLIN
from tests.qa_app.workbooks.reading import read_rows_below, write_and_load
from tests.qa_app.workbooks.records import make_record

TODAY = date(2026, 11, 2)


def test_a_goal_stands_with_its_steps_and_before_and_after() -> None:
    record = CoachingRecord(goals=make_record().goals)
    blocks = plan_record(record, {}, who="Maya", today=TODAY, zone=BERLIN).blocks[3:]
    steps, compared = (block for block in blocks if isinstance(block, Table))
    assert [block.text for block in blocks if isinstance(block, Text)] == [
        "Goal: Empathy · ▲ overdue · until 15 Oct 2026 · to 80 %",
        "Name the feeling first",
        "Before: tickets of 22 Jul 2026 to 15 Sep 2026; after: of 16 Sep 2026 to 25 Oct 2026.",
        "Too few reviews to tell.",
    ]
    assert [[cell.value for cell in row] for row in steps.rows] == [
        ["Rehearse", date(2026, 9, 21)],  # half past eleven in the evening of the 20th in UTC
        ["Use it in chats", "—"],
    ]
    assert [[cell.value for cell in row] for row in compared.rows] == [
        ["Before", "61.4 ± 8.0 (n = 9)", "64.0 ± 5.0 (n = 6)"],
        ["After", "70.1 ± 7.5 (n = 8)", None],
        ["Change, points", "≈ +8.7 (-2.5 to +19.9), within noise, n = 17", "— no grade yet"],
        ["Change less the colleagues’", "— no grade yet", None],
    ]


def test_a_session_stands_with_its_agenda_and_what_came_of_it() -> None:
    record = CoachingRecord(sessions=make_record().sessions)
    blocks = plan_record(record, {ReviewId("review-1"): 7}, who="Maya", today=TODAY, zone=BERLIN).blocks
    (agenda,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.value for cell in row] for row in agenda.rows] == [
        ["Practise", "Empathy is low.", "T-48201", "Empathy: 2 Seldom", "✓"],
        ["Point", "The new form", "—", "—", "—"],
    ]
    assert agenda.known_rows[0][2].link == Link("Review details", "review-7")
    assert [block.text for block in blocks[-4:] if isinstance(block, Text)] == [
        "Notes", "We listened to two calls.", "What came of it", "It has become a habit.",
    ]  # fmt: skip


def test_an_appraisal_lays_both_sides_next_to_each_other() -> None:
    workbook = write_and_load(
        plan_coaching(make_agent_report(reviews=1), make_record(), time_zone=BERLIN, app_version="1")
    )
    assert read_rows_below(workbook["Goals and sessions"], "Criterion") == [
        ["With customers"],
        ["Empathy", "Mostly", "Seldom", "+33"],
        ["T-48201"],
        ["Best moment", "The outage", "—", "—"],
    ]
    (goal,) = read_rows_below(workbook["Summary"], "Skill", nth=3)
    assert (goal[:3], goal[4]) == (
        ["Empathy", "Name the feeling first", "▲ overdue"],
        "≈ +8.7 (-2.5 to +19.9), within noise, n = 17",
    )
