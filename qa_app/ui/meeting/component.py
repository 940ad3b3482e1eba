"""Mounting the wall on a page: the only module of this folder that knows Streamlit.

Three components, as on the desk: the wall is code with what never changes, a courier brings the ticket that is talked
over, and the messenger brings what was decided and where the meeting is.
"""

from collections.abc import Callable

import streamlit as st

from qa_app.ui.desk.bundle import (
    COURIER_MODULES,
    MEETING_MODULES,
    MEETING_STYLES,
    MESSENGER_MODULES,
    join_modules,
    join_styles,
)
from qa_app.ui.desk.conversation import Json

_WALL = st.components.v2.component(
    "plumbline_meeting",
    html='<div class="host"><div class="desk wall"></div></div>',
    css=join_styles(MEETING_STYLES),
    js=join_modules(MEETING_MODULES),
)
_COURIER = st.components.v2.component("plumbline_meeting_courier", js=join_modules(COURIER_MODULES))
_MESSENGER = st.components.v2.component("plumbline_meeting_messenger", js=join_modules(MESSENGER_MODULES))


def mount_wall(sheet: Json, case: Json, news: Json, *, key: str, on_step: Callable[[object], None]) -> None:
    """The wall with one ticket on it; mount it inside a fragment, so that a step reruns nothing else.

    `news` names the ticket and the criterion that are shown, and answers the last step. The handler gets the raw
    payload (see `steps`) and runs as a callback, before the next run draws.
    """
    with st.container(gap=None, key=f"{key}-frame"):
        _MESSENGER(key=f"{key}-messenger", data={"desk": key, "case": case["id"], **news})
        _COURIER(key=f"{key}-case", data={"desk": key, "case": case})
        _WALL(
            key=key,
            data={"desk": key, "sheet": sheet},
            on_stepped_change=lambda: on_step(st.session_state[key]["stepped"]),
        )
