"""Days that commands are given."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from qa_app.domain.assignment import due_at
from qa_app.settings import read_settings
from qa_app.workflows.context import Context
from qa_app.workflows.period import choose_period

DAY: list[str] = ["%Y-%m-%d"]
Due = Annotated[datetime | None, typer.Option(formats=DAY, help="Due day, until 18:00 on the installation's clock.")]


def read_due(day: datetime | None) -> datetime | None:
    """The moment from which what is due on this day is late; None where no day was given."""
    return due_at(day.date(), read_settings().time_zone) if day else None


def read_period(
    start: datetime | None, end: datetime | None, *, context: Context, zone: ZoneInfo, days: int = 56
) -> tuple[date, date]:
    """First and last day: up to today, and so many days, where nothing else is said; raises Refused."""
    today = context.now().astimezone(zone).date()
    return choose_period(start.date() if start else None, end.date() if end else None, today=today, days=days)
