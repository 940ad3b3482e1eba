"""A stretch of a ticket's recordings to hear. The route behind it decides anew who may."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from db.records import Recording
from qa_app.domain.recordings import locate_second
from qa_app.workflows.wording import describe_seconds

_PLAYER = (
    '<audio controls preload="metadata" aria-label="Hear from {name}" src="{source}" '
    'style="display: block; height: 2.2rem; width: min(100%, 22rem)"></audio>'
)


def play_stretch(recordings: Sequence[Recording], start: float, end: float | None) -> None:
    """A small player that starts and stops where the stretch does; without an end it plays on."""
    player = write_player(recordings, start, end)
    if player:
        st.html(player)


def write_player(recordings: Sequence[Recording], start: float, end: float | None) -> str:
    """The same as HTML; empty where there is nothing to hear. The browser keeps to the seconds after `#t=`."""
    place = locate_second(recordings, start)
    if place is None:
        return ""
    recording, second = place
    until = "" if end is None else f",{second + end - start:.1f}"
    source = f"/audio/{escape(recording.id, quote=True)}#t={second:.1f}{until}"
    return _PLAYER.format(name=describe_seconds(start), source=source)
