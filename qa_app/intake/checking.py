"""Checking one ticket against the interchange model, and saying what is wrong in words that help.

Shared by every reader: a ticket from a table or a transcript meets the same limits as one from JSONL.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType, UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from db.records import Attachment, Message, Metric
from qa_app.intake.bodies import read_html, sanitise_html
from qa_app.intake.interchange import Agent, IncomingMessage, TicketLine
from qa_app.intake.model import IncomingPerson, IncomingRecording, IncomingTicket, shorten

_MOST_PROBLEMS = 50
"""Of one ticket; a line that is wrong in more places is another format."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field of a ticket."""

    field: str
    """As `messages[2].role`, counted from 0."""
    code: str
    message: str
    found: object = None


def check_ticket(data: object) -> TicketLine | tuple[FieldProblem, ...]:
    """The ticket that the data describes, or all that is wrong with it."""
    try:
        line = TicketLine.model_validate(data)
    except ValidationError as error:
        return tuple(_describe(problem) for problem in error.errors(include_url=False)[:_MOST_PROBLEMS])
    names = [metric.name for metric in line.metrics or ()]
    return (
        tuple(
            FieldProblem(
                f"metrics[{place}].name", "metric-twice", "The metric stands here twice; keep one of them.", name
            )
            for place, name in enumerate(names)
            if name in names[:place]
        )
        or line
    )


def check_message(data: object) -> tuple[FieldProblem, ...]:
    """All that is wrong with one message, before it joins its ticket."""
    try:
        IncomingMessage.model_validate(data)
    except ValidationError as error:
        return tuple(_describe(problem) for problem in error.errors(include_url=False)[:_MOST_PROBLEMS])
    return ()


def unknown_keys(data: object, *, model: type[BaseModel] = TicketLine, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Keys that the format does not have, as (field, sentence with the nearest known key)."""
    if not isinstance(data, Mapping):
        return
    for key in (key for key in data if key not in model.model_fields):
        path = f"{prefix}{shorten(key, limit=60)}"
        near = get_close_matches(str(key)[:60], model.model_fields, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(model.model_fields)}."
        yield path, f"The key {path} is not part of the format and was ignored. {hint}"
    for key, part in _parts_of(model).items():
        value = data.get(key)
        if isinstance(value, list):
            for place, item in enumerate(value):
                yield from unknown_keys(item, model=part, prefix=f"{prefix}{key}[{place}].")
        elif value is not None:
            yield from unknown_keys(value, model=part, prefix=f"{prefix}{key}.")


@cache
def _parts_of(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    """Fields of a model that hold models themselves, alone or in a list."""
    found = {name: _model_in(field.annotation) for name, field in model.model_fields.items()}
    return {name: part for name, part in found.items() if part is not None}


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside `Model | None`, `list[Model]` and `Annotated[list[Model], …] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, list) or hasattr(annotation, "__metadata__"):
        return next((found for inner in get_args(annotation) if (found := _model_in(inner)) is not None), None)
    return None


_SAYINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("field-missing", "The field is required and missing."),
        "timezone_aware": (
            "time-without-zone",
            "The time has no zone. Write it with an offset, such as 2026-10-05T08:30:02+02:00, or with Z for UTC.",
        ),
        "datetime_type": ("time-unreadable", "This is not a time. Write ISO 8601, such as 2026-10-05T08:30:02Z."),
        "string_type": ("field-type", 'This must be text in quotes; ids too, as in "1042".'),
        "bool_type": ("field-type", "This must be true or false."),
        "int_type": ("field-type", "This must be a whole number."),
        "float_type": ("field-type", "This must be a number, without quotes."),
        "is_instance_of": ("field-type", "This must be a number, without quotes."),
        "decimal_type": ("field-type", "This must be a number, without quotes."),
        "finite_number": ("field-value", "This is not a finite number. Leave the value out where it is not known."),
        "list_type": ("field-type", "This must be a list in square brackets."),
        "model_type": ("field-type", "This must be an object in curly brackets."),
        "model_attributes_type": ("field-type", "This must be an object in curly brackets."),
    }
)


def _describe(problem: ErrorDetails) -> FieldProblem:
    path = ""
    for step in problem["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    kind, found = problem["type"], problem["input"]
    if found is None and kind.endswith("_type"):
        kind = "missing"
    if isinstance(found, Mapping | list):
        found = None
    elif isinstance(found, datetime):
        found = found.isoformat()
    if kind in _SAYINGS:
        code, saying = _SAYINGS[kind]
        return FieldProblem(path, code, saying, found)
    if kind == "string_pattern_mismatch":
        wanted = "a link that begins with http:// or https://" if path == "url" else "an e-mail address"
        return FieldProblem(path, "field-value", f"This must be {wanted}.", found)
    if kind in {"enum", "literal_error"}:
        valid = [word.strip("'") for word in problem["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        near = get_close_matches(str(found).lower(), valid, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return FieldProblem(path, "field-value", f"Valid are {', '.join(valid)}.{hint}", found)
    if kind.startswith(("greater_than", "less_than", "too_long", "string_too")):
        return FieldProblem(path, "field-range", f"{problem['msg']}.".replace("Input", "This"), found)
    return FieldProblem(path, "field-value", f"{problem['msg']}.".replace("Input", "This"), found)


def ticket_of(
    line: TicketLine, *, row: int, sheet: str | None = None, recordings: tuple[IncomingRecording, ...] = ()
) -> IncomingTicket:
    """A checked line as the ticket that goes on its way."""
    return IncomingTicket(
        row=row,
        sheet=sheet,
        source=line.source,
        external_id=line.external_id,
        channel=line.channel,
        created_at=line.created_at,
        messages=tuple(_message_of(message, seq=seq) for seq, message in enumerate(line.messages, start=1)),
        recordings=recordings,
        subject=line.subject or None,
        status=line.status or None,
        solved_at=line.solved_at,
        language=line.language or None,
        team=line.team,
        agent=_person_of(line.agent) if line.agent else None,
        other_agents=tuple(_person_of(agent) for agent in line.other_agents or ()),
        requester_name=(line.requester.name or None) if line.requester else None,
        requester_ref=(line.requester.id or None) if line.requester else None,
        tags=tuple(dict.fromkeys(line.tags or ())),
        url=line.url,
        parent_external_id=line.parent_id,
        metrics=tuple(
            Metric(name=metric.name, value=metric.value, unit=metric.unit, scale=metric.scale, hours=metric.hours)
            for metric in line.metrics or ()
        ),
    )


def _person_of(agent: Agent) -> IncomingPerson:
    return IncomingPerson(name=agent.name, external_id=agent.id, email=agent.email or None)


def _message_of(message: IncomingMessage, *, seq: int) -> Message:
    text = message.text
    if not text.strip() and message.html:
        text = read_html(message.html)
    return Message(
        seq=seq,
        role=message.role,
        text=text,
        html=(sanitise_html(message.html) or None) if message.html else None,
        author_name=(message.author.name or None) if message.author else None,
        author_ref=(message.author.id or None) if message.author else None,
        external_id=message.external_id,
        sent_at=message.sent_at,
        internal=message.internal,
        start_seconds=message.start_seconds,
        end_seconds=message.end_seconds,
        channel_no=message.channel_no,
        confidence=message.confidence,
        attachments=tuple(
            Attachment(name=file.name, media_type=file.media_type, size_bytes=file.size_bytes)
            for file in message.attachments or ()
        ),
    )
