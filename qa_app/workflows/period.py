"""Periods of days, as pages, addresses and commands are given them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qa_app.errors import Refused

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""Of any period: further days are slips, and a calendar ends before the moment after its last one."""

Bounds = tuple[datetime, datetime]
"""A first moment, and the first one after the last."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days in the zone of the installation, both included."""

    start: date
    end: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Refuse a period without a day, or with one that is too far away."""
        require_period(self.start, self.end)

    @property
    def before(self) -> Bounds:
        """The moments of the period of equal length just before."""
        length = self.end - self.start + timedelta(days=1)
        return _midnight(self.start - length, self.zone), _midnight(self.start, self.zone)

    @property
    def bounds(self) -> Bounds:
        """Its moments."""
        return _midnight(self.start, self.zone), _midnight(self.end + timedelta(days=1), self.zone)


def require_period(start: date, end: date) -> None:
    """Do nothing where the period has a day and lies between `FIRST_DAY` and `LAST_DAY`; raises Refused."""
    for day in (start, end):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise Refused("period", f"{day} is no day of a period; valid are {FIRST_DAY} to {LAST_DAY}.")
    if end < start:
        raise Refused("period", f"The period ends ({end}) before it starts ({start}); swap the dates.")


def choose_period(start: date | None, end: date | None, *, today: date, days: int) -> tuple[date, date]:
    """The first and last day of what was asked for: up to today, and so many days, where nothing else is said.

    Raises:
        Refused: as `require_period`.
    """
    last = end or today
    require_period(start or last, last)
    return start or max(last - timedelta(days=days - 1), FIRST_DAY), last


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
