"""Mounting the desk on a page: the only module of this folder that knows Streamlit.

Three components make the desk. The desk itself gets the case, which stays the same for as long as it is open, so its
message (code, conversation, scorecard) travels once. The messenger beside it carries what changes with every save.
The waker stands outside the fragment and makes the page run where a server that was started anew does not know it.
"""

from collections.abc import Callable

import streamlit as st

from qa_app.ui.desk.bundle import DESK_MODULES, MESSENGER_MODULES, WAKER_MODULES, join_modules, join_styles
from qa_app.ui.desk.case import DeskAck, DeskCase, DeskDraft, ack_json, draft_json

_DESK = st.components.v2.component(
    "plumbline_desk",
    html='<div class="host"><div class="desk"></div></div>',
    css=join_styles(),
    js=join_modules(DESK_MODULES),
)
_MESSENGER = st.components.v2.component("plumbline_desk_messenger", js=join_modules(MESSENGER_MODULES))
_WAKER = st.components.v2.component("plumbline_desk_waker", js=join_modules(WAKER_MODULES))


def mount_desk(
    case: DeskCase,
    *,
    draft: DeskDraft,
    acknowledged: DeskAck | None,
    key: str,
    on_draft: Callable[[object], None],
    on_submit: Callable[[object], None],
) -> None:
    """The desk for one case; mount it inside a fragment, so that a save reruns nothing else.

    `draft` is what the store has now, and `acknowledged` the answer to the last save or submit; both may change with
    every run. The handlers get the raw payload (see `payload`) and run as callbacks, before the next run draws.
    """
    with st.container(gap=None):
        _DESK(
            key=key,
            data={"desk": key, "case": case},
            on_draft_change=lambda: on_draft(st.session_state[key]["draft"]),
            on_submitted_change=lambda: on_submit(st.session_state[key]["submitted"]),
        )
        _MESSENGER(
            key=f"{key}-messenger",
            data={
                "desk": key,
                "case": case["id"],
                "draft": draft_json(draft),
                "ack": None if acknowledged is None else ack_json(acknowledged),
            },
        )


def mount_waker(*, desk: str) -> None:
    """Let the desk of this key run the whole page; mount it on the page itself, outside the desk's fragment."""
    _WAKER(key=f"{desk}-waker", data={"desk": desk}, on_woken_change=_run_again)


def _run_again() -> None:
    """The run itself is all that was asked for."""
