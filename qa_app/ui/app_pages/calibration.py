"""Calibration sessions: who is done, never what they answered; and setting up a new one."""

from datetime import datetime, time, timedelta

import streamlit as st

from db.records import CalibrationSession, Role, SessionId, SessionState, VersionState
from qa_app.domain.calibration import graders
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import SESSION_STATES, describe_deadline, describe_moment
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.ui.widgets.session_setup import draw_form, read_form
from qa_app.words import write_count
from qa_app.workflows import access, calibration, scorecards
from qa_app.workflows.wording import name_picks

context = current_context()
zone = installation().settings.time_zone
sessions = calibration.list_sessions(context)
runs = calibration.may_run(context.actor)


@st.dialog("New calibration session", width="large")
def set_up() -> None:
    """Pick scorecard, tickets and reviewers."""
    versions = scorecards.list_versions(context, state=VersionState.PUBLISHED)
    reviewers = access.list_people(context, role=Role.REVIEWER)
    if not versions or len(reviewers) < 2:
        empty("A session needs a published scorecard and two reviewers. Set both up first.")
        return
    draw_form(context, versions, reviewers, zone=zone)
    send_button("Open the session", open_session, key="calibration:open", icon=":material/visibility_off:")


def open_session() -> None:
    """Open what was filled in."""
    attempt(
        lambda: calibration.open_session(context, read_form(zone)),
        done=lambda made: f"Session “{made.name}” is open: {name_picks(made)} in {len(graders(made))} queues.",
    )


@st.dialog("Move the deadline")
def ask_deadline(session: CalibrationSession) -> None:
    """When, and why."""
    quiet("Reviewers see the new day in their queues. Who moved it, when and why stays in the audit.")
    soon = context.now().astimezone(zone).date() + timedelta(days=3)
    st.date_input("New deadline", soon, key="deadline:due", format=DAY_FORMAT)
    st.text_input("Why", key="deadline:why", max_chars=500)
    send_button("Move it", move_deadline, key="deadline:send", icon=":material/event:", args=(session.id,))


def move_deadline(session_id: SessionId) -> None:
    """Set the deadline that was filled in."""
    due_at = datetime.combine(st.session_state["deadline:due"], time(18), zone)
    attempt(
        lambda: calibration.move_deadline(context, session_id, due_at, why=state.read("deadline:why", "")),
        done=lambda moved: f"“{moved.name}” is due {describe_moment(due_at, zone)}.",
    )


@st.dialog("Cancel this session?")
def ask_cancel(session: CalibrationSession) -> None:
    """What it means, and why."""
    st.text("What is left to grade is taken back. Grades that are in stay stored, and nobody will see another's.")
    st.text_input("Why", key="cancel:why", max_chars=500)
    send_button("Cancel the session", cancel, key="cancel:send", icon=":material/block:", args=(session.id,))


def cancel(session_id: SessionId) -> None:
    """Give the session up."""
    attempt(
        lambda: calibration.cancel_session(context, session_id, why=state.read("cancel:why", "")),
        done=lambda gone: f"“{gone.name}” is cancelled.",
    )


def show_session(row: calibration.SessionRow) -> None:
    """One session: how far it is, and the way in."""
    session = row.session
    word, icon, colour = SESSION_STATES[session.state]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                "app_pages/session.py",
                label=f"**{escape(session.name)}**",
                query_params={"session": session.id},
                icon=":material/balance:",
            )
            st.badge(word, icon=icon, color=colour)
            st.space("stretch")
            picks = name_picks(session) if runs else write_count(len(session.tickets), "ticket")
            quiet(
                f"{picks} · {write_count(len(row.names), 'reviewer')}"
                + describe_deadline(session, now=context.now(), zone=zone),
                width="content",
            )
            if runs and session.state is SessionState.OPEN:
                show_changes(session)
        words = f"{row.submitted} of {row.expected} grades in · {row.scorecard} · run by {row.facilitator}"
        if session.state is SessionState.OPEN:
            st.progress(row.submitted / row.expected if row.expected else 0.0, escape(words))
        else:
            quiet(words)


def show_changes(session: CalibrationSession) -> None:
    """What can still be changed about an open session."""
    with st.popover("", icon=":material/more_vert:", type="tertiary", help="Change", key=f"change:{session.id}"):
        if st.button("Move the deadline", icon=":material/event:", type="tertiary", key=f"deadline:{session.id}"):
            ask_deadline(session)
        if st.button("Cancel", icon=":material/block:", type="tertiary", key=f"cancel:{session.id}"):
            ask_cancel(session)


with page_head("Calibration"):
    if runs:
        st.space("stretch")
        if st.button("New session", type="primary", icon=":material/add:", key="calibration:new"):
            set_up()
if not sessions:
    empty(
        "No session yet. A session lets several reviewers grade the same tickets blind and shows how far they agree.",
        icon=":material/balance:",
    )
for row in sessions:
    show_session(row)
