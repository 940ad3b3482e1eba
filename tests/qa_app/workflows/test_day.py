from dataclasses import replace
from datetime import timedelta

from qa_app.ui.present import describe_day, describe_duration
from qa_app.workflows.day import Day, summarise_day
from tests.factories import NOON, fill
from tests.qa_app.workflows.house import BO, CY, T1, T2, T3, T4, House

TOMORROW = NOON + timedelta(hours=12)


def test_day_counts_open_overdue_and_submitted_work(house: House) -> None:
    house.assign(BO, T1, due_at=NOON - timedelta(minutes=1))
    house.assign(BO, T2, due_at=NOON + timedelta(minutes=1))
    house.assign(BO, T3, due_at=TOMORROW)
    house.submit(BO, house.assign(BO, T4), replace(fill(), active_seconds=240))
    house.submit(CY, house.assign(CY, T4), replace(fill(), active_seconds=900))
    context = house.act(BO)
    assert summarise_day(context, day_start=NOON, day_end=TOMORROW) == Day(
        open=3, overdue=1, due_today=1, submitted_today=1, active_seconds=240
    )
    house.tick(days=1)
    assert summarise_day(context, day_start=house.now, day_end=house.now + timedelta(days=1)) == Day(
        open=3, overdue=3, due_today=0, submitted_today=0, active_seconds=0
    )


def test_day_is_told_in_a_sentence() -> None:
    assert describe_day(Day(3, 1, 1, 2, 510)) == (
        "Today: 2 reviews submitted · 8 min 30 s of active time, 4 min 15 s each · 1 ticket more due today"
    )
    assert describe_day(Day(0, 0, 0, 0, 0)) == "Today: nothing submitted · nothing more due today"
    assert [describe_duration(timedelta(seconds=seconds)) for seconds in (0, 59, 60, 3599, 3600, 8000)] == [
        "0 s", "59 s", "1 min", "59 min", "1 h", "2 h 13 min",
    ]  # fmt: skip
