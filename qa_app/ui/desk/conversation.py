"""The conversation as the desk gets it: lines as JSON, with places in characters of a message's text."""

from collections.abc import Iterable

from qa_app.domain.mail import Part
from qa_app.domain.markup import Mark
from qa_app.ui.conversation import Line

Json = dict[str, object]


def conversation_json(lines: Iterable[Line]) -> list[Json]:
    """The messages. What a message has not is left out: long conversations travel in half the size."""
    return [_line(line) for line in lines]


def given(**parts: object) -> Json:
    """Only what says something."""
    return {
        name: part for name, part in parts.items() if part is not None and part is not False and part not in ([], "")
    }


def _line(line: Line) -> Json:
    message = line.message
    return {
        "seq": message.seq,
        "role": message.role.value,
        "author": line.author,
        "text": message.text,
        **given(
            at=None if message.sent_at is None else message.sent_at.isoformat(),
            time=line.time,
            moment=line.moment,
            day=line.day,
            pause=line.pause,
            reviewed=line.under_review,
            internal=message.internal,
            start=message.start_seconds,
            end=message.end_seconds,
            attachments=[attachment.name for attachment in message.attachments],
            parts=[_part(part, message.text) for part in line.parts],
            marks=[_mark(mark) for mark in line.marks],
        ),
    }


def _part(part: Part, text: str) -> Json:
    lines = len(text[part.start : part.end].strip().splitlines()) if part.folded else None
    return {"end": part.end, "kind": part.kind.value, **given(folded=lines)}


def _mark(mark: Mark) -> Json:
    return {"start": mark.start, "end": mark.end, "style": mark.style.value, **given(detail=mark.detail)}
