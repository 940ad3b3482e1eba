"""Mounting the desk on a page: the only module of this folder that knows Streamlit.

Four components make the desk. The desk itself is code and gets nothing that changes, so its message travels once. A
courier brings each case (conversation and scorecard) once, the next one ahead of time. The messenger carries what
changes with every save, and says which case stands there. The waker stands outside the fragment and makes the page run
where a server that was started anew does not know it.
"""

from collections.abc import Callable

import streamlit as st

from qa_app.ui.desk.bundle import (
    COURIER_MODULES,
    DESK_MODULES,
    MESSENGER_MODULES,
    WAKER_MODULES,
    join_modules,
    join_styles,
)
from qa_app.ui.desk.case import DeskAck, DeskCase, DeskDraft, DeskUndo, ack_json, draft_json, undo_json

_DESK = st.components.v2.component(
    "plumbline_desk",
    html='<div class="host"><div class="desk"></div></div>',
    css=join_styles(),
    js=join_modules(DESK_MODULES),
)
_COURIER = st.components.v2.component("plumbline_desk_courier", js=join_modules(COURIER_MODULES))
_MESSENGER = st.components.v2.component("plumbline_desk_messenger", js=join_modules(MESSENGER_MODULES))
_WAKER = st.components.v2.component("plumbline_desk_waker", js=join_modules(WAKER_MODULES))

Handler = Callable[[object], None]


def tell_desk(
    case_id: str,
    *,
    draft: DeskDraft,
    acknowledged: DeskAck | None,
    desk: str,
    undo: DeskUndo | None = None,
) -> None:
    """Say what stands on the desk of this key. First of all in its fragment: the browser draws messages one by one.

    `draft` is what the store has now, and `acknowledged` the answer to the last save or submit; both may change with
    every run, and so may the case: the desk swaps as soon as it is told, where `bring_case` has brought it.
    """
    _MESSENGER(
        key=f"{desk}-messenger",
        data={
            "desk": desk,
            "case": case_id,
            "draft": draft_json(draft),
            "ack": None if acknowledged is None else ack_json(acknowledged),
            "undo": None if undo is None else undo_json(undo),
        },
    )


def mount_desk(*, key: str, on_draft: Handler, on_submit: Handler, on_undo: Handler | None = None) -> None:
    """The desk; mount it inside a fragment, so that a save reruns nothing else, after `tell_desk`.

    The handlers get the raw payload (see `payload`) and run as callbacks, before the next run draws.
    """
    _DESK(
        key=key,
        data={"desk": key},
        on_draft_change=lambda: on_draft(st.session_state[key]["draft"]),
        on_submitted_change=lambda: on_submit(st.session_state[key]["submitted"]),
        on_undone_change=lambda: on_undo and on_undo(st.session_state[key]["undone"]),
    )


def bring_case(case: DeskCase, *, desk: str) -> None:
    """Bring a case to the desk of this key. It stays in the browser, which says so with all that it sends (`held`)."""
    _COURIER(key=f"{desk}-case-{case['id']}", data={"desk": desk, "case": case})


def mount_waker(*, desk: str) -> None:
    """Let the desk of this key run the whole page; mount it on the page itself, outside the desk's fragment."""
    _WAKER(key=f"{desk}-waker", data={"desk": desk}, on_woken_change=_run_again)


def _run_again() -> None:
    """The run itself is all that was asked for."""
