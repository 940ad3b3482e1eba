"""The grading desk: one ticket, one scorecard, and the next ticket right after."""

import streamlit as st

from db.records import AssignmentId, Purpose
from qa_app.errors import Conflict, PlumblineError
from qa_app.ui import state
from qa_app.ui.desk.case import DeskAck, DeskDraft, build_case, open_draft, read_review
from qa_app.ui.desk.component import mount_desk, mount_waker
from qa_app.ui.desk.payload import DraftIn, read_draft, read_key, read_submit
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import CHANNEL_ICONS, describe_due, name_channel
from qa_app.ui.widgets.frame import attempt, empty, notify, page_head, quiet, send_button
from qa_app.words import write_number
from qa_app.workflows import grading

_ACK = "desk:ack"
context = current_context()
zone = installation().settings.time_zone
assignment_id = AssignmentId(state.link_value("assignment") or "")
_KEY = f"desk:{assignment_id}"


def go_on() -> None:
    """Show the next ticket of the queue, or the empty queue."""
    rows = grading.list_queue(context)
    if rows:
        st.query_params["assignment"] = rows[0].assignment.id
        st.rerun(scope="app")
    st.switch_page("app_pages/queue.py")


if state.take("desk:next", default=False):
    go_on()
try:
    desk = grading.open_desk(context, assignment_id)
except PlumblineError as refusal:
    page_head("Grade")
    empty(refusal.message, icon=":material/task_alt:")
    # Also what stands here when a submit arrived and its answer did not, because the server went down in between.
    if refusal.code == "assignment-finished" and st.button(
        "Next ticket", type="primary", icon=":material/play_arrow:", shortcut="Ctrl+Enter", key="desk:on"
    ):
        go_on()
    st.page_link("app_pages/queue.py", label="Back to my queue", icon=":material/inbox:")
    st.stop()
conversation, scorecard = desk.conversation, desk.version.scorecard
ticket = conversation.ticket
calibrating = desk.assignment.purpose is Purpose.CALIBRATION


def _filled(sent: DraftIn) -> grading.Filled:
    return grading.Filled(sent.ratings, sent.evidence, sent.comment, sent.active_seconds)


def _answer(payload: object, refusal: PlumblineError) -> DeskAck:
    theirs = None
    if isinstance(refusal, Conflict) and refusal.code == "draft-conflict":
        stored = grading.open_desk(context, assignment_id).draft
        theirs = read_review(stored) if stored else DeskDraft()
    error = (refusal.code, refusal.message)
    return DeskAck(read_key(payload), 0, context.now(), error=error, conflict=theirs)


def save(payload: object) -> None:
    """Keep what the desk sent as the draft."""
    try:
        sent = read_draft(payload, case_id=assignment_id, scorecard=scorecard, conversation=conversation)
        review = grading.save_draft(context, assignment_id, _filled(sent), expected_revision=sent.revision)
        dropped = tuple(part.message for part in sent.dropped)
        state.write(_ACK, DeskAck(sent.key, review.revision, review.saved_at, dropped=dropped))
    except PlumblineError as refusal:
        state.write(_ACK, _answer(payload, refusal))


def submit(payload: object) -> None:
    """Submit what the desk sent; the next ticket follows."""
    try:
        sent = read_submit(payload, case_id=assignment_id, scorecard=scorecard, conversation=conversation)
        review = grading.submit_review(
            context, assignment_id, _filled(sent), submission_key=sent.key, expected_revision=sent.revision
        )
        state.write(_ACK, DeskAck(sent.key, review.revision, review.saved_at, submitted=True))
        reported = review.score.reported if review.score else None
        words = "no score: nothing applied" if reported is None else f"{write_number(reported, 1)}%"
        notify(f"Submitted {ticket.external_id}: {words}")
        state.write("desk:next", value=True)
    except PlumblineError as refusal:
        state.write(_ACK, _answer(payload, refusal))


def skip() -> None:
    """Give the ticket back."""
    reason = state.read("desk:skip_reason", "")
    if attempt(lambda: grading.skip_assignment(context, assignment_id, reason=reason)):
        state.forget("desk:skip_reason")
        state.write("desk:next", value=True)


@st.dialog("Skip this ticket")
def fill_in_skip() -> None:
    """Why it goes back."""
    st.text_area("Why do you skip this ticket? The lead reads it.", key="desk:skip_reason", max_chars=1000)
    send_button("Skip it", skip, key="desk:skip")


with page_head(f"Grade {ticket.external_id}"):
    st.badge(name_channel(ticket.channel), icon=CHANNEL_ICONS[ticket.channel], color="blue")
    if calibrating:
        st.badge("Calibration, blind", icon=":material/visibility_off:", color="violet")
    due = describe_due(desk.assignment.due_at, now=context.now(), zone=zone)
    quiet(
        f"{desk.position} of {desk.queue_length}" + (f" · due {due}" if desk.assignment.due_at else ""), width="content"
    )
    st.space("stretch")
    if not calibrating and st.button("Skip", icon=":material/skip_next:", type="tertiary", key="desk:skip_open"):
        fill_in_skip()


@st.fragment(key="desk")
def draw_desk() -> None:
    """The component; a save reruns only this."""
    if state.read("desk:next", default=False):
        st.rerun(scope="app")
    stored = grading.open_desk(context, assignment_id).draft
    ack = state.read(_ACK, None)
    mount_desk(
        build_case(
            conversation,
            desk.version,
            case_id=assignment_id,
            agent=desk.agent,
            zone=zone,
            blind=calibrating,
            audio_urls={recording.id: f"/audio/{recording.id}" for recording in conversation.recordings},
        ),
        draft=read_review(stored) if stored else open_draft(scorecard),
        acknowledged=ack,
        key=_KEY,
        on_draft=save,
        on_submit=submit,
    )


with st.container(gap=None):
    mount_waker(desk=_KEY)
    draw_desk()
