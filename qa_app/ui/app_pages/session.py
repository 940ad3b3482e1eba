"""One calibration session: progress while it is blind, everything after the reveal."""

from collections.abc import Callable, Mapping
from typing import Literal

import streamlit as st

from db.records import SessionId, SessionState, TicketId
from qa_app.domain.access import allows, reach
from qa_app.errors import PlumblineError
from qa_app.reports import AnswerSheet, CalibrationReport
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import SESSION_STATES, describe_deadline
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.findings import show_todo
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button, show_methods, show_tabs
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.ui.widgets.session_changes import offer_changes
from qa_app.ui.widgets.session_overview import show_overview
from qa_app.ui.widgets.session_report import show_agreement, show_answers, show_sheet
from qa_app.ui.widgets.session_reviewers import show_reviewers
from qa_app.ui.widgets.session_trend import show_trend
from qa_app.words import write_count
from qa_app.workflows import calibration, calibration_results, calibration_trend, findings, grading, tickets

_CONVERSATION_PIXELS = 620
context = current_context()
zone = installation().settings.time_zone
session_id = SessionId(state.link_value("session") or "")


def reveal() -> None:
    """Show everybody's answers to everybody."""
    attempt(
        lambda: calibration.reveal_session(context, session_id),
        done=lambda _: "Revealed. Everybody sees all answers now.",
    )


def close() -> None:
    """End the meeting."""
    attempt(lambda: calibration.close_session(context, session_id), done=lambda _: "The session is closed.")


def record(sheet: AnswerSheet) -> None:
    """Keep the finding that was filled in."""
    read = state.read
    attempt(
        lambda: findings.record_finding(
            context,
            session_id,
            findings.NewFinding(
                criterion_id=sheet.criterion_id,
                ticket_id=sheet.ticket_id,
                cause=read("session:cause", ""),
                decision=read("session:decision", ""),
                action=read("session:action", ""),
                owner_id=read("session:owner", None),
                due_on=read("session:due", None),
                guideline_needs_update=read("session:guideline", default=False),
            ),
        ),
        done=lambda _: "Finding recorded.",
    )


@st.dialog("Reveal all answers?")
def confirm_reveal(left: int) -> None:
    """The one step that cannot be taken back."""
    st.text(
        "Everybody sees everybody's answers from then on, and nobody can grade blind any more. This cannot be undone."
    )
    if left:
        st.warning(f"{left} grades are still missing and will stay so.", icon=":material/hourglass_bottom:")
    at_work = calibration.count_at_work(context, session_id)
    if at_work:
        st.warning(
            f"{write_count(at_work, 'reviewer')} saved answers in the last 5 minutes, and could not finish.",
            icon=":material/edit_note:",
        )
    send_button("Reveal now", reveal, key="session:reveal", icon=":material/visibility:")


@st.dialog("Close the session?")
def confirm_close(found: CalibrationReport) -> None:
    """What stays undone is said before it can no longer be done."""
    st.text(
        "A closed session takes no agreed answers, findings and attendance any more, and is not opened again. Its "
        "results stay."
    )
    if not found.readings.n_agreed or not found.findings:
        agreed = write_count(found.readings.n_agreed, "agreed answer")
        decided = write_count(len(found.findings), "finding")
        st.warning(f"So far it has {agreed} and {decided}.", icon=":material/hourglass_bottom:")
    send_button("Close it", close, key="session:close", icon=":material/archive:")


@st.dialog("Discuss", width="medium", position="right")
def discuss(sheet: AnswerSheet) -> None:
    """One criterion of one ticket: everybody's answer, and what the meeting decides."""
    show_sheet(revealed, sheet)
    if revealed.session.state is SessionState.REVEALED and allows(context.actor, "calibration.record"):
        st.divider()
        st.markdown("**What is decided?**")
        st.selectbox("Cause", list(findings.CAUSES), format_func=findings.CAUSES.__getitem__, key="session:cause")
        st.text_area("Decision", key="session:decision", max_chars=4000)
        st.text_input("To do", key="session:action", max_chars=500)
        owners = {person.id: person.name for person in findings.list_owners(context, session_id)}
        left, right = st.columns(2)
        left.selectbox("Who", list(owners), None, format_func=owners.__getitem__, key="session:owner")
        right.date_input("Until", None, key="session:due", format=DAY_FORMAT)
        st.checkbox("The guideline needs an update", key="session:guideline")
        send_button("Record the finding", record, key="session:record", args=(sheet,))


def show_progress(row: calibration.SessionRow) -> None:
    """Who is done, never what they answered."""
    st.info(
        "Grading is blind. Nobody sees another's answers until the session is revealed.",
        icon=":material/visibility_off:",
    )
    if not reach(context.actor, "review.grade").nothing:
        mine = [queued for queued in grading.list_queue(context) if queued.assignment.session_id == session_id]
        if mine and st.button(
            f"Grade my {write_count(len(mine), 'ticket')}",
            type="primary",
            icon=":material/play_arrow:",
            key="session:grade",
        ):
            st.switch_page("app_pages/desk.py", query_params={"assignment": mine[0].assignment.id})
    with st.container(border=True):
        for key, name in row.names.items():
            done = row.progress.get(key, 0)
            st.progress(done / len(row.session.tickets), f"{escape(name)}: {done} of {len(row.session.tickets)}")


def show_tickets(report: CalibrationReport) -> None:
    """Ticket by ticket: the conversation beside everyone's answers."""
    labels = {
        ticket.id: f"{ticket.external_id} · {ticket.subject or '(no subject)'}{f' · {apart} apart' if apart else ''}"
        for ticket, apart in report.agenda
    }
    chosen: TicketId = st.selectbox(
        "Ticket", list(labels), format_func=labels.__getitem__, key="session:ticket", width=480
    )
    left, right = st.columns([2, 3])
    with right.container(height=_CONVERSATION_PIXELS, border=True, autoscroll=False):
        show_answers(report, chosen, discuss)
    with left.container(height=_CONVERSATION_PIXELS, border=True, autoscroll=False):
        show_conversation(tickets.view_ticket(context, chosen), zone=zone, scrolls=True)


def show_course() -> None:
    """The sessions up to this one, measured when somebody looks."""
    show_trend(
        state.recall(
            "session:course",
            (session_id, context.actor.id, calibration_results.find_revision(context)),
            lambda: calibration_trend.trace_sessions(context, session_id),
        )
    )


def show_findings() -> None:
    """Everything that was decided, and what of it is done."""
    if not revealed.findings:
        empty(
            "No finding yet. Discuss an answer from the lists, and record there what was decided.",
            icon=":material/lightbulb:",
        )
        return
    show_todo(context, revealed.findings, today=context.now().astimezone(zone).date())


def show_actions(row: calibration.SessionRow, found: CalibrationReport | None) -> None:
    """What the facilitator can do now."""
    current = row.session.state
    if current in {SessionState.REVEALED, SessionState.CLOSED} and st.button(
        "Meeting", icon=":material/co_present:", key="session:meeting"
    ):
        st.switch_page("app_pages/meeting.py", query_params={"session": session_id})
    if current in {SessionState.REVEALED, SessionState.CLOSED} and st.button(
        "Minutes", icon=":material/checklist:", key="session:minutes"
    ):
        st.switch_page("app_pages/minutes.py", query_params={"session": session_id})
    closes = current is SessionState.REVEALED and allows(context.actor, "calibration.record")
    if found and closes and st.button("Close", icon=":material/archive:", key="session:close_open"):
        confirm_close(found)
    if current in {SessionState.REVEALED, SessionState.CLOSED} and allows(context.actor, "export.calibration"):
        st.link_button(
            "Workbook",
            f"/export/calibration/{session_id}",
            icon=":material/download:",
            type="primary",
            key="session:workbook",
        )
    if current is SessionState.OPEN and calibration.may_run(context.actor):
        offer_changes(context, row.session, zone=zone)
    reveals = current is SessionState.OPEN and allows(context.actor, "calibration.reveal")
    left = row.expected - row.submitted
    # It cannot be taken back: not what the page leads to while grades are missing.
    weight: Literal["secondary", "primary"] = "secondary" if left else "primary"
    if reveals and st.button("Reveal", icon=":material/visibility:", type=weight, key="session:reveal_open"):
        confirm_reveal(left)


try:
    row = next(row for row in calibration.list_sessions(context) if row.session.id == session_id)
    report = (
        state.recall(
            "session:report",
            (session_id, context.actor.id, calibration_results.find_revision(context)),
            lambda: calibration_results.report_session(context, session_id),
        )
        if row.session.state in {SessionState.REVEALED, SessionState.CLOSED}
        else None
    )
except StopIteration:
    words = "There is no such calibration session, or none that you take part in."
    show_dead_end("Calibration session", words, person=context.actor, list_name="calibration")
    st.stop()
except PlumblineError as refusal:
    show_dead_end("Calibration session", refusal.message, person=context.actor, list_name="calibration")
    st.stop()

word, icon, colour = SESSION_STATES[row.session.state]
with page_head(row.session.name):
    st.badge(word, icon=icon, color=colour)
    st.space("stretch")
    show_actions(row, report)
not_blind = f", {len(report.not_blind)} of them not blind" if report and report.not_blind else ""
quiet(
    f"{row.scorecard} · run by {row.facilitator} · {row.submitted} of {row.expected} grades in{not_blind}"
    + describe_deadline(row.session, now=context.now(), zone=zone)
)
if row.session.state is SessionState.CANCELLED:
    empty(
        "This session was cancelled: nothing is left to grade, and nobody sees another's answers.",
        icon=":material/block:",
    )
    st.stop()
if report is None:
    show_progress(row)
    st.stop()
revealed = report
VIEWS: Mapping[str, Callable[[], None]] = {
    "Overview": lambda: show_overview(revealed, discuss),
    "Agreement": lambda: show_agreement(revealed),
    "Reviewers": lambda: show_reviewers(revealed),
    "Over time": show_course,
    "Answers side by side": lambda: show_tickets(revealed),
    "Findings": show_findings,
    "Methods": lambda: show_methods(revealed.methods),
}
# Only what is looked at is drawn: a large session has thousands of answers.
show_tabs(VIEWS, key="session:tab", labels={"Findings": f"Findings ({len(revealed.findings)})"})
