"""The interchange format, version 1: what one line may hold, as a model; `docs/interchange-format.md` explains it.

The model is the only place that knows the limits of a ticket, so tables and transcripts are checked by it as well.
"""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema

from db.records import MessageRole
from qa_app.intake.bodies import clean_text
from scorecards.model import Channel

VERSION = 1
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_DECIMAL_PLACES = Decimal("0.000001")


def _clean(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


def _read_moment(value: object) -> object:
    """ISO 8601 text becomes a time; anything else is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return value
    if moment.tzinfo is None or not _EARLIEST.year < moment.year < _LATEST.year:
        return moment
    return moment.astimezone(UTC)


def _read_number(value: object) -> object:
    """A JSON number becomes an exact decimal, rounded to six places so that any database can keep it."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    number = Decimal(str(value))
    try:
        # Without the zeros at its end, so that 4 and 4.0 are one content.
        return Decimal(format(number.quantize(_DECIMAL_PLACES).normalize(), "f"))
    except InvalidOperation:
        return number


Moment = Annotated[AwareDatetime, Field(ge=_EARLIEST, lt=_LATEST), BeforeValidator(_read_moment)]
Number = Annotated[
    Decimal,
    Field(ge=-(10**12), le=10**12, allow_inf_nan=False),
    BeforeValidator(_read_number),
    WithJsonSchema({"type": "number", "minimum": -(10**12), "maximum": 10**12}),
]
Seconds = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False)]
Cleaned = BeforeValidator(_clean)
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Cleaned]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400), Cleaned]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Cleaned]
Body = Annotated[str, StringConstraints(max_length=1_000_000), Cleaned]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000), Cleaned]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$"),
    Cleaned,
]


class Agent(_Part):
    """Somebody who handled the ticket. Found again by `id`, then by `email`, then by exact `name`."""

    id: Key | None = None
    name: Name
    email: Email | None = None


class Requester(_Part):
    """The customer who asked."""

    id: Line | None = None
    name: Line | None = None


class Author(_Part):
    """Who wrote or said a message."""

    id: Line | None = None
    name: Line | None = None


class IncomingMetric(_Part):
    """An outcome of the ticket. Leave it out where it is not known; 0 means zero."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Cleaned]
    value: Number
    unit: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Cleaned]
    scale: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), Cleaned] | None = None
    hours: Literal["calendar", "business"] | None = None


class RecordingFile(_Part):
    """An audio file beside the JSONL file or in a folder below it."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=400), Cleaned]


class IncomingAttachment(_Part):
    """A file that came with a message; the file itself is not kept."""

    name: Line
    media_type: Annotated[str, StringConstraints(max_length=100), Cleaned] | None = None
    size_bytes: Annotated[int, Field(ge=0)] | None = None


class IncomingMessage(_Part):
    """One turn. With `html` and an empty `text`, the text is taken from the HTML."""

    role: Annotated[MessageRole, Field(strict=False)]
    text: Body
    html: Body | None = None
    author: Author | None = None
    sent_at: Moment | None = None
    internal: bool = False
    external_id: Key | None = None
    start_seconds: Seconds | None = None
    end_seconds: Seconds | None = None
    channel_no: Annotated[int, Field(ge=0, le=63)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    attachments: Annotated[list[IncomingAttachment], Field(max_length=1000)] | None = None


class TicketLine(_Part):
    """One line: one ticket with its messages, people, metrics and recordings."""

    plumbline: Literal[1]
    source: Key
    external_id: Key
    channel: Annotated[Channel, Field(strict=False)]
    created_at: Moment
    solved_at: Moment | None = None
    subject: Body | None = None
    status: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), Cleaned] | None = None
    language: Annotated[str, StringConstraints(strip_whitespace=True, max_length=35), Cleaned] | None = None
    team: Name | None = None
    agent: Agent | None = None
    other_agents: Annotated[list[Agent], Field(max_length=200)] | None = None
    requester: Requester | None = None
    tags: Annotated[list[Key], Field(max_length=500)] | None = None
    url: Link | None = None
    parent_id: Key | None = None
    metrics: Annotated[list[IncomingMetric], Field(max_length=200)] | None = None
    recordings: Annotated[list[RecordingFile], Field(max_length=50)] | None = None
    messages: Annotated[list[IncomingMessage], Field(max_length=50_000)]


def json_schema() -> dict[str, object]:
    """The JSON Schema of one line, for other people's programs and editors."""
    schema = TicketLine.model_json_schema(mode="validation")
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": "urn:plumbline:interchange:1",
        **schema,
    }


def write_schema() -> str:
    """The schema as it stands in `docs/interchange.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(write_schema())
