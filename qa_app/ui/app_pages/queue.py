"""My queue: what to grade next, how the day goes, and how I agree with colleagues."""

from datetime import datetime, time, timedelta

import streamlit as st

from db.records import AssignmentId
from qa_app.domain.access import reach
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_day, describe_due, describe_moment, describe_submit, name_channel
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_short
from qa_app.workflows import grading, undo
from qa_app.workflows.calibration import may_run
from qa_app.workflows.day import summarise_day
from qa_app.workflows.own_agreement import trace_agreement
from qa_app.workflows.wording import name_work

context = current_context()
zone = installation().settings.time_zone
_START = "queue:start"


def open_desk(assignment_id: AssignmentId) -> None:
    """Go to the desk with one of the tickets."""
    st.switch_page("app_pages/desk.py", query_params={"assignment": assignment_id})


# Pressed just now: what this page shows need not be read any more.
following = grading.find_next(context) if state.read(_START, default=False) else None
if following:
    open_desk(following)
now = context.now()
rows = grading.list_queue(context)
today = datetime.combine(now.astimezone(zone).date(), time(), zone)
day = summarise_day(context, day_start=today, day_end=today + timedelta(days=1))


def take_back(assignment_id: AssignmentId) -> None:
    """Undo the last submit and put its ticket on the desk again."""
    if attempt(lambda: undo.undo_submit(context, assignment_id)):
        state.write("queue:reopened", assignment_id)


def offer_undo() -> None:
    """The last submit while it can be undone; the desk offers the same where another ticket follows."""
    found = undo.find_undoable(context)
    if found is None or found.review.assignment_id is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="queue:undo"):
        st.badge(escape(describe_submit(found)), icon=":material/check:", color="green")
        st.button(
            "Undo",
            icon=":material/undo:",
            key="queue:take_back",
            on_click=take_back,
            args=(found.review.assignment_id,),
            help="Within 30 seconds of the submit",
        )


def show_agreement() -> None:
    """Session by session: how often the same answer as colleagues, from blind grades."""
    st.subheader("My agreement with colleagues", anchor=False)
    traced = trace_agreement(context)
    if not traced:
        runs = may_run(context.actor)
        ask = "." if runs else "; ask your facilitator when the next one is."
        empty(
            f"No figure yet. It appears when a calibration that you graded in is revealed{ask}",
            icon=":material/balance:",
        )
        if runs:
            st.page_link("app_pages/calibration.py", label="To the calibration sessions", icon=":material/balance:")
        return
    quiet("Share of answers equal to colleagues' on the same tickets, graded blind. Chance agreement is not taken off.")
    picked = row_list(
        [
            {
                "session": one.name,
                "same": write_short(one.same, digits=0),
                "revealed": describe_moment(one.revealed_at, zone),
            }
            for one in traced
        ],
        button="Read",
        columns={
            "session": columns.TextColumn("Calibration", width=130),
            "same": columns.TextColumn("Same answers, %, with 95% interval", width="medium"),
            "revealed": columns.TextColumn("Revealed", width="medium"),
        },
        key="queue:agreement",
        alt="Your agreement with colleagues in each revealed calibration, newest first",
    )
    if picked is not None:
        st.switch_page("app_pages/session.py", query_params={"session": traced[picked].session_id})


reopened = state.take("queue:reopened", AssignmentId(""))
if reopened:
    open_desk(reopened)
with page_head("My queue"):
    st.badge(f"{day.open} open", icon=":material/inbox:", color="blue")
    if day.overdue:
        st.badge(f"{day.overdue} overdue", icon=":material/alarm:", color="red")
    st.badge(
        f"{day.submitted_today} done today",
        icon=":material/check:",
        color="green" if day.submitted_today else "gray",
    )
    st.space("stretch")
    if st.button("Grade in a spreadsheet", icon=":material/table_view:", type="tertiary", key="queue:offline"):
        st.switch_page("app_pages/offline.py")
    if rows:
        st.button("Start grading", type="primary", icon=":material/play_arrow:", shortcut="Alt+G", key=_START)
quiet(describe_day(day))
offer_undo()
columns = st.column_config
if not rows:
    empty(
        "Nothing to grade. New assignments appear here as soon as somebody hands them out.", icon=":material/task_alt:"
    )
    if not reach(context.actor, "assignment.make").nothing:
        st.page_link("app_pages/sampling.py", label="Hand tickets out from a sample", icon=":material/casino:")
    show_agreement()
    st.stop()

chosen = row_list(
    [
        {
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject or "(no subject)",
            "due": describe_due(row.assignment.due_at, now=now, zone=zone),
            "draft": 100 * row.answered / row.asked if row.asked else 0,
            "kind": name_work(row.assignment.purpose),
            "channel": name_channel(row.ticket.channel),
            "agent": row.agent.name if row.agent else "—",
            "scorecard": row.scorecard,
        }
        for row in rows
    ],
    button="Grade",
    columns={
        "ticket": columns.TextColumn("Ticket", width="small"),
        "due": columns.TextColumn("Due", width=160),
        "subject": columns.TextColumn("Subject", width="large"),
        "draft": columns.ProgressColumn("Draft", min_value=0, max_value=100, format="%d%%", width="small"),
        "kind": columns.TextColumn("Kind", width=130),
        "channel": columns.TextColumn("Channel", width="small"),
        "agent": columns.TextColumn("Agent"),
        "scorecard": columns.TextColumn("Scorecard", width="medium"),
    },
    key="queue:table",
    alt="Assignments in your queue, most urgent first",
)
if chosen is not None:
    open_desk(rows[chosen].assignment.id)
show_agreement()
