"""What can still be changed about an open calibration session: its deadline, or that it takes place at all."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from db.records import CalibrationSession, SessionId
from qa_app.domain.assignment import due_at
from qa_app.ui import state
from qa_app.ui.present import describe_moment
from qa_app.ui.widgets.frame import attempt, quiet, send_button
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.workflows import calibration
from qa_app.workflows.context import Context


def offer_changes(context: Context, session: CalibrationSession, *, zone: ZoneInfo) -> None:
    """A small menu; the caller asks whether this person runs sessions."""
    with st.popover("Change", icon=":material/tune:", type="tertiary", key=f"change:{session.id}"):
        if st.button("Move the deadline", icon=":material/event:", type="tertiary", key=f"deadline:{session.id}"):
            _ask_deadline(context, session, zone)
        if st.button("Cancel the session", icon=":material/block:", type="tertiary", key=f"cancel:{session.id}"):
            _ask_cancel(context, session)


@st.dialog("Move the deadline")
def _ask_deadline(context: Context, session: CalibrationSession, zone: ZoneInfo) -> None:
    quiet("Reviewers see the new day in their queues. Who moved it, when and why stays in the audit.")
    soon = context.now().astimezone(zone).date() + timedelta(days=3)
    st.date_input("New deadline", soon, key="deadline:due", format=DAY_FORMAT)
    st.text_input("Why", key="deadline:why", max_chars=500)
    args = (context, session.id, zone)
    send_button("Move it", _move_deadline, key="deadline:send", icon=":material/event:", args=args)


def _move_deadline(context: Context, session_id: SessionId, zone: ZoneInfo) -> None:
    due = due_at(st.session_state["deadline:due"], zone)
    attempt(
        lambda: calibration.move_deadline(context, session_id, due, why=state.read("deadline:why", "")),
        done=lambda moved: f"“{moved.name}” is due {describe_moment(due, zone)}.",
    )


@st.dialog("Cancel this session?")
def _ask_cancel(context: Context, session: CalibrationSession) -> None:
    st.text("What is left to grade is taken back. Grades that are in stay stored, and nobody will see another's.")
    st.text_input("Why", key="cancel:why", max_chars=500)
    send_button("Cancel the session", _cancel, key="cancel:send", icon=":material/block:", args=(context, session.id))


def _cancel(context: Context, session_id: SessionId) -> None:
    attempt(
        lambda: calibration.cancel_session(context, session_id, why=state.read("cancel:why", "")),
        done=lambda gone: f"“{gone.name}” is cancelled.",
    )
