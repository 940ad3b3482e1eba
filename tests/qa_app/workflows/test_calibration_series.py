"""Calibrations that come again."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import CalibrationSession, Selection, SeriesId
from qa_app.domain.series import next_day
from qa_app.errors import NotAllowed, NotFound, Refused
from qa_app.workflows import access, calibration, calibration_series, grading, sampling
from qa_app.workflows.calibration_series import NewSeries
from tests.db.store.test_calibration_room import SERIES
from tests.factories import NOON
from tests.qa_app.workflows.house import ADMIN, BO, CY, FACILITATOR, MANAGER, UTC_ZONE, VERSION, House

TODAY = NOON.date()
NEW = NewSeries("Chat", VERSION.scorecard_id, (BO.id, CY.id), first_on=TODAY, random_tickets=1, every_weeks=2, seed=9)


def run(house: House) -> list[CalibrationSession | None]:
    return [one.session for one in calibration_series.run_due(house.act(MANAGER), zone=UTC_ZONE)]


def test_series_opens_when_it_is_due_and_nothing_twice(house: House) -> None:
    made = calibration_series.add_series(house.act(FACILITATOR), replace(NEW, first_on=TODAY + timedelta(days=1)))
    assert run(house) == []
    house.tick(days=1)
    (first,) = run(house)
    assert first is not None
    assert (first.name, first.series_id, first.seed, first.facilitator_id) == (
        "Chat, 2026-03-03", made.id, 9, FACILITATOR.id,
    )  # fmt: skip
    assert first.due_at == datetime.combine(date(2026, 3, 8), time(18), UTC_ZONE)
    assert [item.selection for item in first.tickets] == [Selection.RANDOM]
    assert run(house) == []
    (row,) = calibration_series.list_series(house.act(FACILITATOR))
    assert (row.series, row.scorecard, row.sessions) == (
        replace(made, next_on=date(2026, 3, 17)), "Care", (first,),
    )  # fmt: skip
    assert row.names == {BO.id: "Bo", CY.id: "Cy"}
    assert len(grading.list_queue(house.act(BO))) == 1


def test_missed_sessions_are_not_caught_up_and_each_draws_anew(house: House) -> None:
    calibration_series.add_series(house.act(FACILITATOR), NEW)
    opened = run(house)
    house.tick(days=40)
    opened += run(house)
    assert run(house) == []
    first, second = (one for one in opened if one is not None)
    assert (first.seed, second.seed) == (9, 10)
    assert first.tickets != second.tickets
    (row,) = calibration_series.list_series(house.act(FACILITATOR))
    assert row.series.next_on == TODAY + timedelta(weeks=6)


def test_series_that_cannot_open_says_why_and_keeps_no_other_back(house: House) -> None:
    calibration_series.add_series(house.act(FACILITATOR), replace(NEW, name="A", random_tickets=4))
    calibration_series.add_series(house.act(FACILITATOR), replace(NEW, name="B"))
    assert sum(one is not None for one in run(house)) == 1  # the four tickets there are go to the first
    (stuck,) = calibration_series.run_due(house.act(MANAGER), zone=UTC_ZONE)
    assert (stuck.session, stuck.series.next_on) == (None, TODAY)
    assert "The session has no ticket" in stuck.problem
    assert len(sampling.list_samples(house.act(MANAGER))) == 1, "a session that was refused leaves no sample"
    for row in calibration.list_sessions(house.act(MANAGER)):
        calibration.cancel_session(house.act(MANAGER), row.session.id, why="Make room")
    assert len(run(house)) == 1


def test_series_that_rests_opens_nothing(house: House) -> None:
    made = calibration_series.add_series(house.act(FACILITATOR), NEW)
    calibration_series.set_series_active(house.act(FACILITATOR), made.id, active=False)
    assert run(house) == []
    calibration_series.set_series_active(house.act(FACILITATOR), made.id, active=True)
    assert len(run(house)) == 1
    with pytest.raises(NotFound):
        calibration_series.set_series_active(house.act(FACILITATOR), SeriesId("none"), active=True)


def test_series_that_could_never_open_is_refused_with_all_that_is_wrong(house: House) -> None:
    access.set_active(house.act(ADMIN), CY.id, active=False)
    wrong = replace(
        NEW, name=" ", random_tickets=0, every_weeks=0, days_to_grade=0, reviewer_ids=(CY.id,), criterion_ids=("hue",)
    )
    with pytest.raises(Refused) as refusal:
        calibration_series.add_series(house.act(FACILITATOR), wrong)
    for words in ("name", "one ticket", "2 reviewers", "every week", "one day", "may not grade", "criterion hue"):
        assert words in refusal.value.message
    with pytest.raises(NotFound):
        calibration_series.add_series(house.act(FACILITATOR), replace(NEW, scorecard_id="none"))
    for act in (
        lambda: calibration_series.add_series(house.act(BO), NEW),
        lambda: calibration_series.run_due(house.act(BO), zone=UTC_ZONE),
        lambda: calibration_series.list_series(house.act(BO)),
    ):
        with pytest.raises(NotAllowed):
            act()


@given(weeks=st.integers(1, 8), late=st.integers(0, 400))
def test_next_day_keeps_the_weekday_and_comes_after_today(weeks: int, late: int) -> None:
    made = replace(SERIES, every_weeks=weeks, next_on=TODAY)
    today = TODAY + timedelta(days=late)
    following = next_day(made, today=today)
    assert today < following <= today + timedelta(weeks=weeks)
    assert (following - made.next_on).days % (7 * weeks) == 0
