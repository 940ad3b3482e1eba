from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from qa_app.intake.model import Cell
from qa_app.intake.moments import (
    ReadTime,
    TimeProblem,
    TimeRules,
    needs_zone,
    read_clock,
    read_time,
    read_zone,
    tell_order,
)

BERLIN = TimeRules(order="dmy", zone=ZoneInfo("Europe/Berlin"))
CHICAGO = TimeRules(order="mdy", zone=ZoneInfo("America/Chicago"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-03-02T23:58:40Z", "2026-03-02T23:58:40+00:00"),
        ("2026-03-03 09:14:02+01:00", "2026-03-03T08:14:02+00:00"),
        ("2026-03-05 08:30:02 UTC", "2026-03-05T08:30:02+00:00"),
        ("Thu, 05 Mar 2026 08:30:02 +0000", "2026-03-05T08:30:02+00:00"),
        ("1772529600", "2026-03-03T09:20:00+00:00"),  # date -u -d @1772529600
        (1772529601, "2026-03-03T09:20:01+00:00"),
        ("1772529600000", "2026-03-03T09:20:00+00:00"),
        # Without a zone of their own: Berlin is one hour ahead in winter, two in summer.
        ("2026-03-05 18:40", "2026-03-05T17:40:00+00:00"),
        ("2026-07-05 18:40", "2026-07-05T16:40:00+00:00"),
        ("02.03.2026 23:58", "2026-03-02T22:58:00+00:00"),
        ("2.3.26, 23.58 Uhr", "2026-03-02T22:58:00+00:00"),
        ("3/2/2026 11:58 PM", "2026-02-03T22:58:00+00:00"),
        ("13/02/2026 12:00 a.m.", "2026-02-12T23:00:00+00:00"),
        ("2026-03-05", "2026-03-04T23:00:00+00:00"),
        ("5 Mar 2026 18:40", "2026-03-05T17:40:00+00:00"),
        ("2026-03-05 18:40:01.250", "2026-03-05T17:40:01.250000+00:00"),
        # 46085.375 days after 1899-12-30 is 9 o'clock on 4 March 2026.
        (Decimal("46085.375"), "2026-03-04T08:00:00+00:00"),
        (46086, "2026-03-04T23:00:00+00:00"),
        (datetime(2026, 3, 5, 18, 40), "2026-03-05T17:40:00+00:00"),  # noqa: DTZ001 - as a workbook gives it
    ],
)
def test_a_time_is_the_instant_that_it_means(cell: Cell, expected: str) -> None:
    assert read_time(cell, BERLIN) == ReadTime(datetime.fromisoformat(expected))


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    rules = TimeRules(zone=UTC, epoch_1904=True)
    # 46085 days after 1904-01-01 are 1,462 days more than after 1899-12-30.
    assert read_time(46085, rules) == ReadTime(datetime(2030, 3, 5, tzinfo=UTC))


@pytest.mark.parametrize("cell", ["yesterday", "31/02/2026", "2026-13-01", "25:00", "548", 549, True, "", time(8, 30)])
def test_what_is_no_time_is_told(cell: Cell) -> None:
    read = read_time(cell, BERLIN)
    assert isinstance(read, TimeProblem)
    assert read.code == "time-unreadable"


def test_day_and_month_that_cannot_be_told_apart_are_never_guessed() -> None:
    read = read_time("03/05/2026", TimeRules(zone=UTC))
    assert isinstance(read, TimeProblem)
    assert read.code == "date-order-undecidable"


def test_a_time_without_a_zone_is_never_guessed() -> None:
    read = read_time("2026-03-05 08:30", TimeRules())
    assert isinstance(read, TimeProblem)
    assert read.code == "time-without-zone"


def test_the_hour_that_clocks_jump_over_does_not_exist() -> None:
    read = read_time("03/08/2026", CHICAGO, clock="02:30:00")
    assert isinstance(read, TimeProblem)
    assert read.code == "time-does-not-exist"


def test_the_hour_that_comes_twice_is_taken_as_the_earlier_and_said_so() -> None:
    read = read_time("11/01/2026", CHICAGO, clock="01:30:00")
    assert isinstance(read, ReadTime)
    # Daylight time is still on: five hours behind.
    assert read.at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert read.remark is not None
    assert read.remark.code == "time-occurs-twice"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["3/2/2026 11:58 PM", "13/02/2026 09:00", "2026-03-05"], ("dmy", True)),
        (["03/05/2026", "03/25/2026"], ("mdy", True)),
        (["02.03.2026", "03.04.2026"], ("dmy", True)),
        (["03/05/2026", "11/01/2026"], (None, True)),
        (["13/02/2026", "02/13/2026"], (None, True)),
        (["2026-03-05", "n/a", None, 46086], (None, False)),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_whole_column(
    cells: list[Cell], expected: tuple[str | None, bool]
) -> None:
    assert tell_order(cells) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-03-05 08:30", True),
        ("2026-03-05", True),
        ("5 Mar 2026 18:40", True),
        ("soon", False),
        ("2026-03-05T08:30Z", False),
        ("1772529600", False),
        (1772529601, False),
        (46086, True),
        (datetime(2026, 3, 5), True),  # noqa: DTZ001 - as a workbook gives it
        ("Thu, 05 Mar 2026 08:30:02 +0000", False),
    ],
)
def test_only_times_without_a_zone_of_their_own_need_one(cell: Cell, *, expected: bool) -> None:
    assert needs_zone(cell) is expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("08:30:02", time(8, 30, 2)),
        ("8.30 Uhr", time(8, 30)),
        ("12:05 am", time(0, 5)),
        (time(8, 30), time(8, 30)),
        (timedelta(hours=8, minutes=30), time(8, 30)),
        ("24:00", None),
        ("13:00 pm", None),
        ("morning", None),
    ],
)
def test_a_time_of_day_in_a_cell_of_its_own(cell: Cell, expected: time | None) -> None:
    assert read_clock(cell) == expected


def test_zones_have_names_or_offsets() -> None:
    assert [
        read_zone(name) for name in ("UTC", "+02:00", "-0330", "UTC+5", "Europe/Berlin", "Mars/Base", "../etc")
    ] == [
        UTC,
        timezone(timedelta(hours=2)),
        timezone(-timedelta(hours=3, minutes=30)),
        timezone(timedelta(hours=5)),
        ZoneInfo("Europe/Berlin"),
        None,
        None,
    ]
