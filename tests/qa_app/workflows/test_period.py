"""Periods that people ask for: which days they may have, and what stands in for a day that was left out."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from qa_app.errors import Refused
from qa_app.workflows.period import FIRST_DAY, LAST_DAY, Period, choose_period, require_period

KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
TODAY = date(2026, 3, 31)


def test_the_longest_period_has_moments_and_a_period_before_it() -> None:
    longest = Period(FIRST_DAY, LAST_DAY, KIRITIMATI)
    assert [moment.date() for moment in longest.bounds] == [date(2000, 1, 1), date(2101, 1, 1)]
    assert [moment.date() for moment in longest.before] == [date(1898, 12, 31), date(2000, 1, 1)]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (date.min, date.max, "0001-01-01 is no day of a period; valid are 2000-01-01 to 2100-12-31."),
        (TODAY, date(2101, 1, 1), "2101-01-01 is no day of a period; valid are 2000-01-01 to 2100-12-31."),
        (TODAY, date(2026, 1, 1), "The period ends (2026-01-01) before it starts (2026-03-31); swap the dates."),
    ],
)
def test_a_period_that_is_none_is_refused(start: date, end: date, found: str) -> None:
    with pytest.raises(Refused) as refusal:
        require_period(start, end)
    assert (refusal.value.code, refusal.value.message) == ("period", found)


def test_days_that_were_left_out_are_chosen() -> None:
    assert choose_period(None, None, today=TODAY, days=31) == (date(2026, 3, 1), TODAY)
    assert choose_period(None, date(2000, 1, 5), today=TODAY, days=31) == (FIRST_DAY, date(2000, 1, 5))
    with pytest.raises(Refused, match="0001-01-01 is no day"):
        choose_period(None, date.min, today=TODAY, days=31)
