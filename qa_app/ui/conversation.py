"""A conversation in the words of the screen, line by line: who speaks, when, after how long, and in which parts.

The desk and the pages to read draw the same lines. No Streamlit here, so plain tests reach it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from db.records import Conversation, Message, MessageRole, Person
from qa_app.domain.mail import Kind, Part, split_mail
from qa_app.domain.markup import Mark, Style, find_quotes, read_marks
from qa_app.domain.voices import name_author, number_agents
from qa_app.ui.present import name_day
from qa_app.workflows.wording import describe_seconds
from scorecards.model import Channel

PAUSE: Final = timedelta(minutes=5)
"""Silence from which on a conversation says how long it was."""

_LETTERS = frozenset({Channel.EMAIL, Channel.WEB})
"""Channels whose messages quote each other and end in signatures."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is shown."""

    message: Message
    author: str
    time: str
    """Time of day, or the place in the recording; empty where neither is known."""
    moment: str
    """Date and time in full; empty where not known."""
    day: str = ""
    """The date, where it is another one than that of the message before."""
    pause: str = ""
    """How long nobody wrote anything before, where that was long."""
    under_review: bool = False
    """Whether the agent under review speaks; told only where several agents do."""
    parts: tuple[Part, ...] = ()
    """Own, quoted and signature, without gaps; empty where all of it is the author's own."""
    marks: tuple[Mark, ...] = ()
    """Emphasis, list items and links that the message's HTML adds to the text."""


def describe_conversation(
    conversation: Conversation,
    *,
    zone: tzinfo,
    agent: Person | None = None,
    blind: bool = False,
) -> tuple[Line, ...]:
    """The messages in order, with times on the clock of `zone`.

    `agent` is under review. Where `blind`, agents have numbers and no names.
    """
    return tuple(_describe(conversation, zone, number_agents(conversation), agent, blind=blind))


def _describe(
    conversation: Conversation,
    zone: tzinfo,
    agents: Mapping[str, int],
    agent: Person | None,
    *,
    blind: bool,
) -> Iterator[Line]:
    before: datetime | None = None
    day = conversation.ticket.created_at.astimezone(zone).date()
    letters = conversation.ticket.channel in _LETTERS
    # Beside seconds of a recording such as 16:04, a note's hour says that it is one.
    at = "at " if any(message.start_seconds is not None for message in conversation.messages) else ""
    for message in conversation.messages:
        sent = message.sent_at.astimezone(zone) if message.sent_at and message.start_seconds is None else None
        parts, marks = _read_body(
            message.text, message.html, letters=letters and message.role is not MessageRole.SYSTEM
        )
        yield Line(
            message,
            author=name_author(message, agents, blind=blind),
            time=f"{at}{_clock(sent)}" if sent else _place(message),
            moment=f"{_date(sent.date())}, {_clock(sent)}" if sent else "",
            day=_new_day(sent, day),
            pause=describe_pause(sent - before) if sent and before else "",
            under_review=len(agents) > 1 and _is_of(message, agent),
            parts=parts,
            marks=marks,
        )
        if sent:
            before, day = sent, sent.date()


def _is_of(message: Message, agent: Person | None) -> bool:
    """Whether this agent wrote it: by the id in the source, or else by name."""
    if agent is None or message.role is not MessageRole.AGENT:
        return False
    if message.author_ref and agent.external_id:
        return message.author_ref == agent.external_id
    return (message.author_name or "").casefold() == agent.name.casefold()


def _clock(sent: datetime) -> str:
    return f"{sent.hour:02}:{sent.minute:02}"


@lru_cache(maxsize=64)
def _date(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _place(message: Message) -> str:
    return "" if message.start_seconds is None else describe_seconds(message.start_seconds)


def _new_day(sent: datetime | None, day: date) -> str:
    return name_day(sent) if sent and sent.date() != day else ""


def describe_pause(pause: timedelta) -> str:
    """`3 h later`; nothing where the pause is short."""
    minutes = pause // timedelta(minutes=1)
    if pause < PAUSE:
        return ""
    if minutes < 120:
        return f"{minutes} min later"
    return f"{minutes // 60} h later" if minutes < 48 * 60 else f"{pause.days} days later"


# A page runs anew with every save of the desk; the same bodies then come again.
@lru_cache(maxsize=4096)
def _read_body(text: str, html: str | None, *, letters: bool) -> tuple[tuple[Part, ...], tuple[Mark, ...]]:
    marks = read_marks(html, text) if html else ()
    parts = split_mail(text, quoted=find_quotes(marks)) if letters else ()
    shown = tuple(mark for mark in marks if mark.style is not Style.QUOTE)
    return (() if all(part.kind is Kind.OWN for part in parts) else parts), shown
