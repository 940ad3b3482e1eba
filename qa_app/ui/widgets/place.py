"""Straight to what shows something: the message with its neighbours, or the stretch of the recording, in a dialog."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import streamlit as st

from db.records import Conversation
from qa_app.coaching import Place
from qa_app.errors import PlumblineError
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.ui.widgets.recording import play_stretch
from qa_app.workflows import reviews, tickets
from qa_app.workflows.context import Context

_NEIGHBOURS = 1


def place_button(context: Context, place: Place, *, key: str, zone: ZoneInfo) -> None:
    """A button that opens the place."""
    where = f", {place.evidence.where}" if place.evidence else ""
    if st.button(
        escape(f"{place.ticket}{where}"),
        icon=":material/format_quote:",
        type="tertiary",
        key=key,
        help="Show the place",
    ):
        show_place(context, place, zone)


@st.dialog("Where it shows", width="medium", position="right")
def show_place(context: Context, place: Place, zone: ZoneInfo) -> None:
    """The answer, what it rests on, and the way to the whole review."""
    try:
        view = reviews.view_review(context, place.review_id)
    except PlumblineError as refusal:
        st.error(escape(refusal.message), icon=":material/error:")
        return
    st.subheader(escape(place.words), anchor=False)
    rating = next((one for one in view.line.ratings if one.criterion_id == place.criterion_id), None)
    if rating is not None and rating.comment:
        st.text(rating.comment)
    for item in rating.evidence if rating else ():
        quiet(f"“{' '.join(item.quote.split())}” {item.where}" if item.quote.strip() else item.where)
        if item.seconds is not None:
            play_stretch(tickets.list_hearable(context, view.conversation), item.seconds, item.end_seconds)
    seq = place.evidence.message_seq if place.evidence else None
    if seq is not None:
        show_conversation(_near(view.conversation, seq), zone=zone, marked={seq}, agent=view.agent)
    st.page_link(
        "app_pages/review.py",
        label="The whole review",
        icon=":material/rate_review:",
        query_params={"review": place.review_id},
    )


def _near(conversation: Conversation, seq: int) -> Conversation:
    """The message with what was said right before and after it, without the players of the whole ticket."""
    places = [place for place, message in enumerate(conversation.messages) if message.seq == seq]
    first = max(0, places[0] - _NEIGHBOURS) if places else 0
    last = places[0] + _NEIGHBOURS + 1 if places else 0
    return replace(conversation, messages=conversation.messages[first:last], recordings=())
