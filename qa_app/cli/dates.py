"""Days that commands are given."""

from datetime import datetime
from typing import Annotated

import typer

from qa_app.domain.assignment import due_at
from qa_app.settings import read_settings

DAY: list[str] = ["%Y-%m-%d"]
Due = Annotated[datetime | None, typer.Option(formats=DAY, help="Due day, until 18:00 on the installation's clock.")]


def read_due(day: datetime | None) -> datetime | None:
    """The moment from which what is due on this day is late; None where no day was given."""
    return due_at(day.date(), read_settings().time_zone) if day else None
