"""Calibration sessions: who is done, never what they answered; and setting up a new one."""

from datetime import timedelta

import streamlit as st

from db.records import Frame, Role, SessionState, VersionState
from qa_app.domain.assignment import due_at
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import SESSION_STATES, describe_deadline, name_channel
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.words import write_count
from qa_app.workflows import access, calibration, sampling, scorecards, tickets

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
    left, right = st.columns(2)
    left.text_input("Name", placeholder="Week 47, core card", key="calibration:name", max_chars=200)
    right.selectbox(
        "Scorecard",
        versions,
        format_func=lambda version: f"{version.scorecard.label}, version {version.number}",
        key="calibration:version",
    )
    names = {person.id: person.name for person in reviewers}
    st.multiselect("Reviewers", list(names), format_func=names.__getitem__, key="calibration:reviewers")
    st.segmented_control("Tickets", ["At random", "By hand"], default="At random", required=True, key="calibration:how")
    if st.session_state["calibration:how"] == "At random":
        _ask_draw()
    else:
        _ask_tickets()
    st.date_input(
        "Due", context.now().astimezone(zone).date() + timedelta(days=5), key="calibration:due", format=DAY_FORMAT
    )
    send_button("Open the session", open_session, key="calibration:open")


def _ask_draw() -> None:
    facets = tickets.read_facets(context)
    one, two, three = st.columns(3)
    one.number_input("How many", 1, 200, 6, key="calibration:count")
    two.multiselect("Channels", facets.channels, format_func=name_channel, key="calibration:channels")
    three.number_input(
        "Seed",
        0,
        2**31 - 1,
        1,
        key="calibration:seed",
        help="The same seed on the same tickets draws the same sample.",
    )


def _ask_tickets() -> None:
    page = tickets.list_tickets(context, frame=Frame(), limit=200)
    labels = {
        row.ticket.id: " · ".join(
            (row.ticket.external_id, name_channel(row.ticket.channel), row.ticket.subject or "(no subject)")
        )
        for row in page.rows
    }
    st.multiselect("Tickets", list(labels), format_func=labels.__getitem__, key="calibration:tickets")


def open_session() -> None:
    """Open what was filled in."""
    by_hand = st.session_state["calibration:how"] == "By hand"
    seed = 1 if by_hand else int(st.session_state["calibration:seed"])
    version = st.session_state["calibration:version"]
    name = state.read("calibration:name", "")

    def act() -> str:
        plan = None
        if not by_hand:
            frame = Frame(channels=tuple(st.session_state["calibration:channels"]))
            plan = sampling.NewPlan(f"Calibration: {name}", frame, size=int(st.session_state["calibration:count"]))
        new = calibration.NewSession(
            name=name,
            version_id=version.id,
            ticket_ids=tuple(st.session_state["calibration:tickets"]) if by_hand else (),
            reviewer_ids=tuple(st.session_state["calibration:reviewers"]),
            plan=plan,
            due_at=due_at(st.session_state["calibration:due"], zone),
            seed=seed,
        )
        return calibration.open_session(context, new).name

    attempt(act, done=lambda made: f"Session “{made}” is open. Its reviewers find the tickets in their queues.")


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
            quiet(
                f"{write_count(len(session.tickets), 'ticket')} · {write_count(len(row.names), 'reviewer')}"
                + describe_deadline(session, now=context.now(), zone=zone),
                width="content",
            )
        words = f"{row.submitted} of {row.expected} grades in · {row.scorecard} · run by {row.facilitator}"
        if session.state is SessionState.OPEN:
            st.progress(row.submitted / row.expected if row.expected else 0.0, escape(words))
        else:
            quiet(words)


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
