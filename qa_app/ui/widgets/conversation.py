"""A conversation to read. One escaped piece of HTML: customer text is never markup, and one element paints fast."""

from collections.abc import Collection
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from db.records import Conversation, MessageRole, Person, Recording
from qa_app.domain.mail import Kind, Part
from qa_app.ui.conversation import Line, describe_conversation
from qa_app.ui.widgets.frame import find_colour

_STYLE = """<style>
.conversation { --accent: %(accent)s; }
.conversation { display: flex; flex-direction: column; gap: .55rem; }
.conversation article { width: fit-content; min-width: 10rem; max-width: 88%%; padding: .5rem .75rem;
  border-radius: .7rem;
  border: 1px solid color-mix(in srgb, currentColor 14%%, transparent); }
.conversation .agent { align-self: flex-end; background: color-mix(in srgb, var(--accent) 10%%, transparent); }
.conversation .system { align-self: center; font-size: .9em; border: 0; padding-block: 0; }
.conversation .bot { align-self: flex-end; border-style: dashed; }
.conversation .internal { border-style: dashed; border-color: %(note)s; }
.conversation .lapse { display: flex; align-items: center; gap: .8rem; font-size: .85em; }
.conversation .lapse::before, .conversation .lapse::after { content: ""; flex: 1;
  border-top: 1px solid color-mix(in srgb, currentColor 14%%, transparent); }
.conversation .marked { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.conversation article:target { background: color-mix(in srgb, var(--accent) 18%%, transparent); }
.conversation header { display: flex; justify-content: space-between; gap: 1rem; font-size: .85em; }
.conversation header span { white-space: nowrap; }
.conversation p { margin: .15rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
  text-align: start; }
.conversation .quoted { padding-inline-start: .7rem;
  border-inline-start: 2px solid color-mix(in srgb, currentColor 20%%, transparent); }
.conversation :is(.quoted, .signature, summary) { color: color-mix(in srgb, currentColor 75%%, transparent); }
.conversation .signature, .conversation summary { font-size: .9em; }
.conversation summary { cursor: pointer; }
.conversation audio { width: 100%%; }
</style>"""


def show_conversation(
    conversation: Conversation,
    *,
    zone: ZoneInfo,
    marked: Collection[int] = (),
    agent: Person | None = None,
    scrolls: bool = False,
) -> None:
    """The messages in order, the recordings above them; `marked` messages (by seq) are outlined.

    Where several agents speak, those of `agent` are said to be under review. `scrolls`: in a frame of its own, which
    the keyboard must be able to reach.
    """
    players = "".join(_player(recording) for recording in conversation.recordings)
    lines = describe_conversation(conversation, zone=zone, agent=agent)
    articles = "".join(_lapse(line) + _article(line, marked=line.message.seq in marked) for line in lines)
    said = articles or "<p>This ticket has no messages.</p>"
    style = _STYLE % {"accent": find_colour("primaryColor"), "note": find_colour("orangeColor")}
    reach = ' tabindex="0"' if scrolls else ""
    st.html(f'{style}<div class="conversation" role="region" aria-label="Conversation"{reach}>{players}{said}</div>')


def name_place(seq: int) -> str:
    """What a link within the page calls the place of a message."""
    return f"message-{seq}"


def _player(recording: Recording) -> str:
    return f'<audio controls preload="metadata" src="/audio/{escape(recording.id, quote=True)}"></audio>'


def _lapse(line: Line) -> str:
    words = " · ".join(word for word in (line.day, line.pause) if word)
    return f'<div class="lapse">{escape(words)}</div>' if words else ""


def _article(line: Line, *, marked: bool) -> str:
    message = line.message
    classes = [message.role.value, *(["internal"] if message.internal else []), *(["marked"] if marked else [])]
    notes = {
        "internal note": message.internal,
        "bot": message.role is MessageRole.BOT,
        "under review": line.under_review,
    }
    who = escape(line.author) + "".join(f" · {note}" for note, holds in notes.items() if holds)
    place = " · ".join([str(message.seq), *([line.time] if line.time else [])])
    files = "".join(f'<p dir="auto">[{escape(attachment.name)}]</p>' for attachment in message.attachments)
    parts = line.parts or (Part(0, len(message.text), Kind.OWN),)
    body = "".join(_part(part, message.text[part.start : part.end], open_=marked) for part in parts)
    return (
        f'<article id="{name_place(message.seq)}" class="{" ".join(classes)}"><header>'
        f'<b dir="auto">{who}</b><span title="{escape(line.moment, quote=True)}">{escape(place)}</span>'
        f"</header>{body}{files}</article>"
    )


def _part(part: Part, text: str, *, open_: bool) -> str:
    if not text.strip():
        return ""
    words = f'<p dir="auto" class="{part.kind.value}">{escape(text.strip(chr(10)))}</p>'
    if not part.folded:
        return words
    return f"<details{' open' if open_ else ''}><summary>Quoted text</summary>{words}</details>"
