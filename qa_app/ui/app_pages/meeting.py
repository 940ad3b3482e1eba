"""The meeting after a reveal, for a wall: `?session=…&ticket=…&criterion=…`.

Facilitators record there what is decided; whoever took part may look at the same page.
"""

import streamlit as st

from db.records import PersonId, SessionId, TicketId
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.desk.component import mount_waker
from qa_app.ui.desk.conversation import Json
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.meeting.component import mount_wall
from qa_app.ui.meeting.sheet import case_json, minutes_json, sheet_json
from qa_app.ui.meeting.steps import Agree, Attend, Find, Step, read_step
from qa_app.ui.widgets.dead_end import show_unheld
from qa_app.workflows import calibration, findings, meeting, minutes

_KEY = "meeting-wall"
_ACK, _HELD, _CASE, _DONE = "meeting:ack", "meeting:held", "meeting:case", "meeting:done"
context = current_context()
zone = installation().settings.time_zone
session_id = SessionId(state.link_value("session") or "")


def hold() -> meeting.Meeting:
    """The session with everybody's answers, read once for this tab: nobody grades any more."""
    return state.recall(_HELD, (session_id, context.actor.id), lambda: meeting.prepare_meeting(context, session_id))


def bring_case(ticket_id: TicketId) -> Json:
    """A ticket as the wall shows it, read once for as long as it stands there."""

    def make() -> Json:
        conversation = meeting.view_conversation(context, session_id, ticket_id)
        return case_json(hold().case(ticket_id), conversation, zone=zone, blind=hold().session.agent_hidden)

    return state.recall(_CASE, (session_id, ticket_id, context.actor.id), make)


def take_step(payload: object) -> None:
    """Do what the wall asks for and answer it by its key; a step that comes twice is done once."""
    key = payload.get("key", "") if isinstance(payload, dict) else ""
    try:
        step = read_step(payload)
        if step.key != state.read(_DONE, ""):
            act(step)
            state.write(_DONE, step.key)
        state.write(_ACK, {"key": key})
    except PlumblineError as refusal:
        state.write(_ACK, {"key": key, "error": refusal.message})


def act(step: Step) -> None:
    """One step of the meeting."""
    match step:
        case Agree():
            calibration.record_agreed(
                context,
                session_id,
                ticket_id=TicketId(step.ticket),
                criterion_id=step.criterion,
                answer=step.answer(hold().version.scorecard),
            )
        case Find():
            findings.record_finding(context, session_id, step.finding())
            if step.guideline and hold().edits:
                meeting.open_guideline(context, session_id)
        case Attend():
            minutes.note_attendance(context, session_id, PersonId(step.person), there=step.there)
        case _:
            state.write_link(ticket=step.ticket, criterion=step.criterion)


@st.fragment(key="meeting-fragment")
def draw() -> None:
    """The wall; steps rerun only this."""
    held = hold()
    shown = held.case(state.link_value("ticket") or "")
    news = {
        "criterion": state.link_value("criterion"),
        "ack": state.read(_ACK, None),
        **minutes_json(meeting.follow_meeting(context, session_id), held),
    }
    mount_wall(sheet_json(held), bring_case(shown.ticket.id), news, key=_KEY, on_step=take_step)


state.forget(_HELD)
state.forget(_CASE)
try:
    hold()
except PlumblineError as refusal:
    show_unheld("Meeting", refusal, person=context.actor, session_id=session_id)
    st.stop()
with st.container(gap=None):
    mount_waker(desk=_KEY)
    draw()
