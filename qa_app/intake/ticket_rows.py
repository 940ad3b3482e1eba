"""Rows of a tickets table, read by a mapping into the fields of the interchange format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from db.records import ColumnMapping, RowIssue
from qa_app.intake.columns import normalise
from qa_app.intake.mapping import COUNTS, DURATIONS, SCORES
from qa_app.intake.model import IncomingRecording, Row, Table
from qa_app.intake.recordings import find_recording
from qa_app.intake.row_cells import RowCells
from qa_app.intake.values import (
    read_channel,
    read_duration,
    read_id,
    read_number,
    read_score,
    split_people,
    split_tags,
)

_TOTALS = frozenset(
    {"total", "totals", "grand total", "sum", "average", "summe", "gesamt", "gesamtsumme", "durchschnitt", "mittelwert"}
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "english": "en",
        "englisch": "en",
        "german": "de",
        "deutsch": "de",
        "french": "fr",
        "spanish": "es",
        "italian": "it",
    }
)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One row of a tickets table: fields of the interchange format, still without messages."""

    row: Row
    data: Mapping[str, object]
    transcript: str | None = None
    recordings: tuple[IncomingRecording, ...] = ()
    issues: tuple[RowIssue, ...] = field(default=())

    @property
    def external_id(self) -> str | None:
        """The ticket's id, if the row has one."""
        found = self.data.get("external_id")
        return found if isinstance(found, str) else None


def is_total(row: Row) -> bool:
    """Whether a row sums up the others."""
    first = next((cell for cell in row.cells if cell is not None and cell != ""), None)
    return isinstance(first, str) and normalise(first) in _TOTALS


def read_ticket_row(row: Row, table: Table, mapping: ColumnMapping, *, source: str, folder: Path) -> TicketRow:
    """What one row says about its ticket."""
    cells = RowCells(row, table, mapping)
    data: dict[str, object] = {
        "plumbline": 1,
        "source": source,
        "external_id": _id(cells),
        "channel": _channel(cells),
        "created_at": cells.moment("created_at", required=True),
        "solved_at": cells.moment("solved_at"),
        "subject": cells.text("subject"),
        "status": cells.text("status"),
        "language": _language(cells),
        "team": cells.text("team") or cells.option("team"),
        "tags": list(split_tags(cells.text("tags"), _separator(cells))),
        "url": cells.text("url"),
        "parent_id": cells.accept("parent_id", read_id(cells.cell("parent_id"))),
        "metrics": _metrics(cells),
    }
    data |= _agents(cells)
    requester = {"id": cells.text("requester.id"), "name": cells.text("requester.name")}
    if any(requester.values()):
        data["requester"] = requester
    recordings = _recordings(cells, folder)
    transcript = cells.text("transcript")
    present = {name: value for name, value in data.items() if value is not None and value != []}
    return TicketRow(row, present, transcript, recordings, tuple(cells.issues))


def _id(cells: RowCells) -> str | None:
    found = read_id(cells.cell("external_id"))
    if isinstance(found, str):
        return found
    if found is None:
        cells.refuse("external_id", "id-missing", "The row has no ticket id; every ticket needs one.")
        return None
    cells.refuse(
        "external_id",
        "id-digits-lost",
        "The id cannot be trusted: a spreadsheet program has cut digits off, or it is an error value. Format the "
        "column as text and export again.",
        found=found.found,
    )
    return None


def _channel(cells: RowCells) -> str | None:
    word = cells.text("channel")
    if word is None:
        return cells.option("channel") or "other"
    channel = read_channel(word)
    if channel is None:
        cells.warn("channel", "channel-unknown", "This channel is not known; the ticket counts as other.", found=word)
        return "other"
    return channel


def _language(cells: RowCells) -> str | None:
    word = cells.text("language") or cells.option("language")
    return _LANGUAGES.get(word.casefold(), word) if word else None


def _separator(cells: RowCells) -> str:
    stated = cells.option("tags_separator")
    return " " if stated in (None, "blank") else str(stated)


def _agents(cells: RowCells) -> dict[str, object]:
    names = split_people(cells.text("agent.name"))
    agent_id = cells.accept("agent.id", read_id(cells.cell("agent.id")))
    email = cells.text("agent.email")
    if email is not None and not _EMAIL.fullmatch(email):
        cells.warn("agent.email", "email-unreadable", "This is no e-mail address; it was left out.", found=email)
        email = None
    name = names[0] if names else agent_id or email
    if name is None:
        cells.warn("agent.name", "agent-missing", "The row names no agent, so nobody can be coached from this ticket.")
        return {}
    if len(names) > 1:
        cells.warn(
            "agent.name",
            "agents-several",
            f"The cell names {len(names)} agents. The first is the one under review; the others are noted.",
            found=cells.text("agent.name"),
        )
    return {
        "agent": {"id": agent_id, "name": name, "email": email},
        "other_agents": [{"name": other} for other in names[1:]],
    }


def _metrics(cells: RowCells) -> list[dict[str, object]]:
    sign = "," if cells.option("decimal") == "comma" else "."
    metrics: list[dict[str, object]] = []
    for name in DURATIONS:
        field_name = f"metrics.{name}"
        read = read_duration(
            cells.cell(field_name),
            unit=cells.option(f"unit.{name}") or "seconds",
            two_parts=cells.option(f"two_parts.{name}") or "m:ss",
            decimal_sign=sign,
        )
        seconds = cells.accept(field_name, read)
        if seconds is not None:
            metrics.append(_metric(name, seconds, "seconds", hours=cells.option(f"hours.{name}")))
    for name in SCORES:
        score = cells.accept(f"metrics.{name}", read_score(cells.cell(f"metrics.{name}"), decimal_sign=sign))
        if score is not None:
            metrics.append(_metric(name, score.value, "points", scale=score.scale or cells.option(f"scale.{name}")))
    for name in COUNTS:
        count = cells.accept(f"metrics.{name}", read_number(cells.cell(f"metrics.{name}"), decimal_sign=sign))
        if count is not None:
            metrics.append(_metric(name, count, "count"))
    return metrics


def _metric(
    name: str, value: Decimal, unit: str, *, scale: str | None = None, hours: str | None = None
) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "scale": scale, "hours": hours}


def _recordings(cells: RowCells, folder: Path) -> tuple[IncomingRecording, ...]:
    name = cells.text("recordings")
    if name is None:
        return ()
    found = find_recording(name, folder=folder, place=cells.place("recordings"))
    if isinstance(found, RowIssue):
        cells.issues.append(found)
        return ()
    return (found,)
