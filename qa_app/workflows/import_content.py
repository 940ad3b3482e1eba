"""What a ticket's content is, as one hash: equal hashes mean that an import changes nothing."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

from db.records import Attachment, Message, Metric
from qa_app.intake.model import IncomingPerson, IncomingTicket

_NOT_CONTENT = frozenset({"row", "sheet", "recordings"})
"""Where a ticket stood in its file, and where its recordings lay."""
_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if field.name not in _NOT_CONTENT)
    for kind in (IncomingTicket, IncomingPerson, Message, Metric, Attachment)
}


def content_hash(ticket: IncomingTicket, *, recording_hashes: Iterable[str]) -> str:
    """SHA-256 of the canonical JSON of a ticket with everything that came with it."""
    content = _plain(ticket)
    content["recordings"] = sorted(set(recording_hashes))
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(record: IncomingTicket | IncomingPerson | Message | Metric | Attachment) -> dict[str, object]:
    # Absent fields are left out, so that a field added to the records later changes no hash of an older ticket.
    values = ((name, getattr(record, name)) for name in _FIELDS[type(record)])
    return {name: _bare(value) for name, value in values if value is not None and value != ()}


def _bare(value: object) -> object:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, tuple):
        return [_bare(part) for part in value]
    if isinstance(value, IncomingPerson | Message | Metric | Attachment):
        return _plain(value)
    raise TypeError(f"a ticket's content cannot hold a {type(value).__name__}")
