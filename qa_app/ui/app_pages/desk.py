"""The grading desk: one ticket, one scorecard, and the next ticket right after."""

import contextlib
from collections.abc import Iterator

import streamlit as st

from db.problems import DatabaseUnavailable
from db.records import AssignmentId, Purpose
from qa_app.domain.access import reach
from qa_app.domain.calibration import REVEALED
from qa_app.domain.returns import OTHER, REASONS, word_reason
from qa_app.errors import Conflict, PlumblineError, Refused, Unavailable
from qa_app.ui import state
from qa_app.ui.desk.case import DeskAck, DeskDraft, DeskUndo, Hidden, build_case, open_draft, read_review
from qa_app.ui.desk.component import bring_case, mount_desk, mount_waker, tell_desk
from qa_app.ui.desk.ended import KEPT, list_ways, tell_ending
from qa_app.ui.desk.payload import DraftIn, read_draft, read_held, read_key, read_submit, read_undo
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import CHANNEL_ICONS, describe_submit, name_channel, tell_due
from qa_app.ui.signed_in import require_signed_in
from qa_app.ui.widgets.dead_end import lead_back
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button
from qa_app.ui.widgets.review import rating_lines
from qa_app.workflows import endings, grading, returning, templates, undo
from qa_app.workflows.context import database_told

_KEY = "desk"
_SKIP, _REPLACE = "skip", "replace"
_WAYS = {_SKIP: "Skip it: another reviewer may get it", _REPLACE: "Replace it by the next ticket of its sample"}
_OWN_WAYS = {_SKIP: "Leave it: no review of my own"}
_ACK, _SHOWN, _DONE, _ADDRESS = "desk:ack", "desk:shown", "desk:done", "desk:address"
_HERE, _NEXT, _HELD, _UNDO, _OPENS = "desk:here", "desk:next", "desk:held", "desk:undo", "desk:opens"
context = current_context()
zone = installation().settings.time_zone


def show(assignment_id: AssignmentId) -> None:
    """Put an assignment on the desk; the address names it as soon as the desk itself knows."""
    state.write(_SHOWN, assignment_id)
    state.write(_ADDRESS, assignment_id)


def write_address() -> None:
    """Name in the address what stands on the desk."""
    shown = state.take(_ADDRESS, AssignmentId(""))
    if shown:
        state.write_link(assignment=shown)


def go_on() -> None:
    """Put the next ticket of the queue on the desk; where none is left, the page leads away."""
    following = grading.find_next(context)
    if following is None:
        state.write(_DONE, value=True)
    else:
        show(following)


def leave() -> None:
    """The queue is empty: back to where the day started."""
    grades = not reach(context.actor, "review.grade").nothing
    st.switch_page("app_pages/queue.py" if grades else "app_pages/feedback.py")


def opened(place: str, assignment_id: AssignmentId) -> grading.Desk:
    """A ticket with its scorecard, read once for as long as it stands on the desk or is the next."""
    return state.recall(place, assignment_id, lambda: grading.open_desk(context, assignment_id))


def on_desk() -> grading.Desk:
    """What stands on the desk now."""
    assignment_id = state.read(_SHOWN, AssignmentId(""))
    return state.recall(_HERE, assignment_id, lambda: opened(_NEXT, assignment_id))


def offer_next() -> None:
    """A button to the next ticket of the queue."""
    st.button(
        "Next ticket",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Ctrl+Enter",
        key="desk:on",
        on_click=go_on,
    )


def show_ended(assignment_id: AssignmentId) -> None:
    """An assignment that somebody took back: what happened, the answers that its reviewer had given, the ways on."""
    ending = endings.find_ending(context, assignment_id)
    page_head(f"Grade {ending.ticket}")
    st.info(escape(tell_ending(ending, now=context.now(), zone=zone)), icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if grading.find_next(context) is not None:
            offer_next()
        if ending.session is not None and ending.session.state in REVEALED:
            link = {"session": ending.session.id}
            st.page_link(
                "app_pages/session.py", label="Results of the session", query_params=link, icon=":material/balance:"
            )
        lead_back(context.actor, "queue")
    if ending.draft is None or not (ending.draft.ratings or ending.draft.review.comment):
        return
    st.subheader("Your answers so far", anchor=False)
    quiet("Kept for you alone. They were not handed in, and count nowhere.")
    rating_lines(ending.draft)


if state.take(_DONE, default=False):
    leave()
write_address()
state.write(_SHOWN, AssignmentId(state.link_value("assignment") or ""))
for kept in (_HERE, _NEXT, _HELD, _UNDO):
    state.forget(kept)
try:
    on_desk()
except PlumblineError as refusal:
    if refusal.code == grading.ENDED:
        show_ended(state.read(_SHOWN, AssignmentId("")))
        st.stop()
    page_head("Grade")
    empty(refusal.message, icon=":material/task_alt:")
    # Also what stands here when a submit arrived and its answer did not, because the server went down in between.
    if refusal.code == "assignment-finished":
        offer_next()
    lead_back(context.actor, "queue")
    st.stop()


def _filled(sent: DraftIn, here: grading.Desk) -> grading.Filled:
    version = here.conversation.ticket.version
    return grading.Filled(sent.ratings, sent.evidence, sent.comment, sent.active_seconds, version)


def _answer(payload: object, refusal: PlumblineError) -> DeskAck:
    theirs = None
    if isinstance(refusal, Conflict) and refusal.code == "draft-conflict":
        stored = grading.follow_desk(context, on_desk().assignment.id).draft
        theirs = read_review(stored) if stored else DeskDraft()
    message, ways = refusal.message, tuple[tuple[str, str], ...]()
    if refusal.code == grading.ENDED:
        ending = endings.find_ending(context, on_desk().assignment.id)
        message = f"{tell_ending(ending, now=context.now(), zone=zone)} {KEPT}"
        ways = list_ways(ending, grading.find_next(context))
    error = (refusal.code, message)
    return DeskAck(read_key(payload), 0, context.now(), error=error, conflict=theirs, ways=ways)


@contextlib.contextmanager
def answering(payload: object) -> Iterator[None]:
    """Tell the desk why what it sent was not taken, where it was not."""
    try:
        with database_told():
            try:
                yield
            except Refused as refusal:
                state.write(_ACK, _answer(payload, refusal))
    except Unavailable as problem:
        state.write(_ACK, _answer(payload, problem))


def save(payload: object) -> None:
    """Keep what the desk sent as the draft."""
    state.write(_HELD, read_held(payload))
    with answering(payload):
        require_signed_in()
        here = on_desk()
        key = here.assignment.id
        sent = read_draft(payload, case_id=key, scorecard=here.version.scorecard, conversation=here.conversation)
        review = grading.save_draft(context, key, _filled(sent, here), expected_revision=sent.revision)
        dropped = tuple(part.message for part in sent.dropped)
        state.write(_ACK, DeskAck(sent.key, review.revision, review.saved_at, dropped=dropped))


def submit(payload: object) -> None:
    """Submit what the desk sent; the next ticket follows."""
    state.write(_HELD, read_held(payload))
    with answering(payload):
        require_signed_in()
        here = on_desk()
        key = here.assignment.id
        sent = read_submit(payload, case_id=key, scorecard=here.version.scorecard, conversation=here.conversation)
        sent = sent.follow(state.read(_ACK, None))
        filled = _filled(sent, here)
        try:
            review = grading.submit_review(
                context, key, filled, submission_key=sent.key, expected_revision=sent.revision
            )
        except Conflict as late:
            if late.code == grading.ENDED:
                grading.save_draft(context, key, filled, expected_revision=sent.revision)  # kept, and refused again
            raise
        state.write(_ACK, DeskAck(sent.key, review.revision, review.saved_at, submitted=True))
        state.write(_UNDO, undo.offer_undo(review, here.conversation.ticket))
        go_on()


def take_back(payload: object) -> None:
    """Undo the last submit; its ticket stands on the desk again."""
    state.write(_HELD, read_held(payload))
    reopened = attempt(lambda: undo.undo_submit(context, read_undo(payload)))
    state.forget(_UNDO)
    if reopened is not None and reopened.assignment_id is not None:
        show(reopened.assignment_id)


def give_back() -> None:
    """Skip the ticket or have another in its place, for the reason that was chosen."""
    assignment_id = on_desk().assignment.id
    chosen = state.read("desk:return:reason", ""), state.read("desk:return:note", "")
    if state.read("desk:return:way", _SKIP) == _REPLACE:
        stand_in = attempt(
            lambda: returning.replace_assignment(context, assignment_id, reason=word_reason(*chosen)),
            done=lambda _: "Replaced. The next ticket in line stands in for it.",
        )
        if stand_in:
            show(stand_in)
    elif attempt(lambda: returning.skip_assignment(context, assignment_id, reason=word_reason(*chosen))):
        go_on()


@st.dialog("Give this ticket back")
def fill_in_return(ways: dict[str, str]) -> None:
    """What shall become of it, and why."""
    st.radio("What shall become of it?", list(ways), format_func=ways.__getitem__, key="desk:return:way")
    st.radio("Why?", list(REASONS), index=None, format_func=REASONS.__getitem__, key="desk:return:reason")
    required = state.read("desk:return:reason", "") == OTHER
    st.text_input("In a few words" + ("" if required else ", if you like"), key="desk:return:note", max_chars=500)
    quiet("The lead reads the reason. Replacements are counted.")
    send_button("Give it back", give_back, key="desk:return:send")


def draw_head(here: grading.Desk, standing: grading.Standing) -> None:
    """What stands above the desk."""
    ticket, assignment = here.conversation.ticket, here.assignment
    calibrating = assignment.purpose is Purpose.CALIBRATION
    with page_head(f"Grade {ticket.external_id}"):
        st.badge(name_channel(ticket.channel), icon=CHANNEL_ICONS[ticket.channel], color="blue")
        if calibrating:
            st.badge("Calibration, blind", icon=":material/visibility_off:", color="violet")
        if assignment.purpose is Purpose.DISPUTE:
            st.badge("Second grade, blind", icon=":material/visibility_off:", color="violet")
        if assignment.purpose is Purpose.SELF:
            st.badge("My own review", icon=":material/self_improvement:", color="green")
        due = f" · {tell_due(assignment.due_at, now=context.now(), zone=zone)}" if assignment.due_at else ""
        quiet(f"{standing.position} of {standing.queue_length}{due}", width="content")
        st.space("stretch")
        if not calibrating and st.button(
            "Give back", icon=":material/skip_next:", type="tertiary", key="desk:return_open"
        ):
            own = assignment.purpose is Purpose.SELF
            fill_in_return(_OWN_WAYS if own else _WAYS if assignment.sample_id else {_SKIP: _WAYS[_SKIP]})


def bring(desk: grading.Desk) -> None:
    """Have a case in the browser: what stands there, and the next one ahead of time.

    Until the browser says that it holds it: Streamlit drops what a run has drawn and not yet sent when the next begins.
    """
    if desk.assignment.id in state.read(_HELD, frozenset[AssignmentId]()):
        return
    recordings = desk.conversation.recordings
    case = build_case(
        desk.conversation,
        desk.version,
        case_id=desk.assignment.id,
        agent=desk.agent,
        zone=zone,
        hidden=Hidden(
            outcomes=desk.assignment.purpose is Purpose.CALIBRATION,
            agent=desk.form.agent_hidden,
            score=not desk.form.whole,
        ),
        audio_urls={recording.id: f"/audio/{recording.id}" for recording in recordings},
        templates=templates.list_templates(context),
    )
    bring_case(case, desk=_KEY)


def bring_next(standing: grading.Standing) -> None:
    """The next case of the queue; one that cannot be opened says so when it is its turn.

    Not while the page itself opens: somebody waits for that one. The first save has time for it.
    """
    if state.take(_OPENS, default=False) or standing.next_id is None:
        return
    with contextlib.suppress(PlumblineError, DatabaseUnavailable):
        bring(opened(_NEXT, standing.next_id))


def offer_undo() -> DeskUndo | None:
    """The last submit while it can be undone, a second less for the way to the server."""
    found: undo.Undoable | None = state.read(_UNDO, None)
    seconds = (found.until - context.now()).total_seconds() - 1 if found else 0
    if found is None or found.review.assignment_id is None or seconds <= 0:
        return None
    return DeskUndo(found.review.assignment_id, describe_submit(found), seconds)


@st.fragment(key="desk-fragment")
def draw_desk() -> None:
    """Heading and component; saves and submits rerun only this."""
    if state.read(_DONE, default=False):
        st.rerun(scope="app")
    try:
        here = on_desk()
    except (PlumblineError, DatabaseUnavailable):
        st.rerun(scope="app")  # the page says why it cannot be opened
    try:
        standing = grading.follow_desk(context, here.assignment.id)
    except (PlumblineError, DatabaseUnavailable):
        standing = here.standing  # finished elsewhere, or nobody can tell: the next save is told, and keeps its text
    stored = standing.draft
    tell_desk(
        here.assignment.id,
        draft=read_review(stored) if stored else open_draft(here.version.scorecard),
        acknowledged=state.read(_ACK, None),
        undo=offer_undo(),
        desk=_KEY,
    )
    write_address()
    with st.container():
        draw_head(here, standing)
    mount_desk(key=_KEY, on_draft=save, on_submit=submit, on_undo=take_back)
    with st.container(gap=None):
        with contextlib.suppress(DatabaseUnavailable):  # the desk asks again for what does not come
            bring(here)
        bring_next(standing)


state.write(_UNDO, undo.find_undoable(context))
state.write(_OPENS, value=True)
with st.container(gap=None):
    mount_waker(desk=_KEY)
    draw_desk()
