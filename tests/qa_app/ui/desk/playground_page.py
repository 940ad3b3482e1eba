"""A page with nothing but the desk, to try it and to test it; `playground.py` serves it.

`?case=chat-ann` opens a case (what comes before the hyphen chooses the conversation), `&card=core-chat` another card,
`&sections=3` only its first sections.
"""

from dataclasses import replace

import streamlit as st

from db.records import Conversation, ScorecardVersion
from qa_app.errors import Refused
from qa_app.ui.desk.case import BLIND, Hidden, build_case
from qa_app.ui.desk.component import bring_case, mount_desk, tell_desk
from qa_app.ui.desk.payload import read_draft, read_key, read_submit
from scorecards.files import library_scorecard
from tests.qa_app.ui.desk.cabinet import CABINET
from tests.qa_app.ui.desk.samples import (
    AGENTS,
    BROKEN,
    CALL,
    CHAT,
    GONE,
    LETTERS,
    PARTS,
    TEMPLATES,
    UNHEARD,
    VERSION,
    long_chat,
)


def choose_conversation(name: str) -> Conversation:
    if name.startswith("long"):
        return long_chat(int(name.removeprefix("long")))
    return {
        "call": CALL,
        "chat": CHAT,
        "letters": LETTERS,
        "unheard": UNHEARD,
        "parts": PARTS,
        "broken": BROKEN,
        "gone": GONE,
    }[name]


def choose_version(slug: str | None, sections: int) -> ScorecardVersion:
    card = VERSION.scorecard if slug is None else library_scorecard(slug)
    return replace(VERSION, scorecard=card.model_copy(update={"sections": card.sections[:sections]}))


case_id = st.query_params.get("case", "call")
conversation = choose_conversation(case_id.split("-")[0])
version = choose_version(st.query_params.get("card"), int(st.query_params.get("sections", "99")))


@st.fragment
def draw_desk() -> None:
    def hear(payload: object, *, submit: bool) -> None:
        read = read_submit if submit else read_draft
        try:
            sent = read(payload, case_id=case_id, scorecard=version.scorecard, conversation=conversation)
        except Refused as refusal:
            st.session_state["ack"] = CABINET.refuse(case_id, read_key(payload), refusal)
        else:
            sent = sent.follow(st.session_state.get("ack"))
            st.session_state["ack"] = CABINET.take(case_id, sent, submit=submit)

    with st.container(gap=None):
        tell_desk(case_id, draft=CABINET.draft(case_id), acknowledged=st.session_state.get("ack"), desk="desk")
        mount_desk(
            key="desk",
            on_draft=lambda payload: hear(payload, submit=False),
            on_submit=lambda payload: hear(payload, submit=True),
        )
    bring_case(
        build_case(
            conversation,
            version,
            case_id=case_id,
            agent=AGENTS.get(conversation.ticket.channel),
            hidden=BLIND if case_id.endswith("blind") else Hidden(),
            audio_urls={recording.id: f"/audio/{recording.id}" for recording in conversation.recordings},
            templates=TEMPLATES,
        ),
        desk="desk",
    )


st.set_page_config(page_title="Desk", layout="wide")
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown("**Review**", width="content")
    st.badge("Due today", color="gray")
    st.space("stretch")
    st.button("Skip", shortcut="Alt+S")
draw_desk()
