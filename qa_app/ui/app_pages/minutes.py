"""What stays of a meeting: who was there, what is to be done, and a word in private for each reviewer."""

import streamlit as st

from db.records import PersonId, SessionId, SessionState
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import SESSION_STATES
from qa_app.ui.widgets.dead_end import show_unheld
from qa_app.ui.widgets.findings import show_todo
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, way_out
from qa_app.words import write_count, write_presence
from qa_app.workflows import findings, meeting, minutes

context = current_context()
zone = installation().settings.time_zone
session_id = SessionId(state.link_value("session") or "")


def note(person_id: PersonId) -> None:
    """Note whether somebody was there."""
    there = bool(state.read(f"minutes:there:{person_id}", default=False))
    attempt(lambda: minutes.note_attendance(context, session_id, person_id, there=there))


def tell(person_id: PersonId) -> None:
    """Keep what one reviewer is told."""
    text = str(state.read(f"minutes:feedback:{person_id}", ""))
    attempt(lambda: minutes.give_feedback(context, session_id, person_id, text), done=lambda _: "Kept.")


def show_findings() -> None:
    """What was decided, and what of it is done."""
    lines = findings.list_findings(context, session_id=session_id)
    if not lines:
        st.subheader("Findings", anchor=False)
        empty("Nothing was written down. Open the meeting and press F on a criterion.", icon=":material/lightbulb:")
        return
    show_todo(context, lines, today=context.now().astimezone(zone).date())


def show_attendance(found: meeting.Minutes, held: meeting.Meeting) -> None:
    """Who was there."""
    st.subheader("Who was there", anchor=False)
    for person, part in held.attendants:
        there = found.attended.get(person.id)
        aside = write_presence(part, there)
        words = escape(person.name) + (f" :small[:gray[{aside}]]" if aside else "")
        if not held.records:  # a box that takes no tick is too faint to read
            st.markdown(f":material/{'check_box' if there else 'check_box_outline_blank'}: {words}")
            continue
        st.checkbox(words, value=bool(there), key=f"minutes:there:{person.id}", on_change=note, args=(person.id,))


def show_feedback(held: meeting.Meeting) -> None:
    """A word in private: facilitators write to each reviewer, a reviewer reads the own one."""
    told = minutes.list_feedback(context, session_id)
    if not allows(context.actor, "calibration.record"):
        if context.actor.id in told:
            st.subheader("For you alone", anchor=False)
            st.text(told[context.actor.id])
        return
    st.subheader("In private", anchor=False)
    quiet("Only the reviewer and who runs sessions read this. Do not show it on the wall.")
    for person in held.people:
        if person.id in held.session.reviewer_ids:
            mark = " · written" if person.id in told else ""
            with st.expander(escape(person.name) + mark, icon=":material/lock:"):
                st.text_area(
                    f"To {escape(person.name)}",
                    value=told.get(person.id, ""),
                    key=f"minutes:feedback:{person.id}",
                    max_chars=4000,
                )
                st.button("Keep", key=f"minutes:keep:{person.id}", on_click=tell, args=(person.id,))


try:
    held = meeting.prepare_meeting(context, session_id)
    found = meeting.follow_meeting(context, session_id)
except PlumblineError as refusal:
    show_unheld("Minutes", refusal, person=context.actor, session_id=session_id)
    st.stop()

word, icon, colour = SESSION_STATES[held.session.state]
with page_head(f"Minutes: {held.session.name}"):
    st.badge(word, icon=icon, color=colour)
    st.space("stretch")
    st.page_link(
        "app_pages/session.py",
        label="Results",
        query_params={"session": session_id},
        icon=":material/balance:",
    )
    if held.session.state is SessionState.REVEALED and st.button(
        "Meeting", icon=":material/co_present:", key="minutes:meeting"
    ):
        st.switch_page("app_pages/meeting.py", query_params={"session": session_id})
    way_out("Print view", f"/print/meeting/{session_id}")
agreed = write_count(len(found.agreed), "agreed answer")
quiet(f"{agreed} · {write_count(len(held.cases), 'ticket')} · run by {held.facilitator.name}")
left, right = st.columns([3, 2], gap="large")
with left:
    show_findings()
with right:
    show_attendance(found, held)
    show_feedback(held)
