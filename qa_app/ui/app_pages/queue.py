"""My queue: what to grade next."""

from datetime import datetime, time

import streamlit as st

from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_due, name_channel
from qa_app.ui.widgets.frame import empty, page_head
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import grading

context = current_context()
zone = installation().settings.time_zone
now = context.now()
rows = grading.list_queue(context)
today = datetime.combine(now.astimezone(zone).date(), time(), zone)
day = grading.summarise_day(context, day_start=today)


def open_desk(place: int) -> None:
    """Go to the desk with one of the tickets."""
    st.switch_page("app_pages/desk.py", query_params={"assignment": rows[place].assignment.id})


with page_head("My queue"):
    st.badge(f"{day.open} open", icon=":material/inbox:", color="blue")
    if day.overdue:
        st.badge(f"{day.overdue} overdue", icon=":material/alarm:", color="red")
    st.badge(f"{day.submitted_today} done today", icon=":material/check:", color="green")
    st.space("stretch")
    if rows and st.button(
        "Start grading", type="primary", icon=":material/play_arrow:", shortcut="Alt+G", key="queue:start"
    ):
        open_desk(0)

if not rows:
    empty(
        "Nothing to grade. New assignments appear here as soon as somebody hands them out.", icon=":material/task_alt:"
    )
    st.stop()

columns = st.column_config
chosen = row_list(
    [
        {
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject or "(no subject)",
            "due": describe_due(row.assignment.due_at, now=now, zone=zone),
            "draft": 100 * row.answered / row.asked if row.asked else 0,
            "kind": "Calibration, blind" if row.assignment.session_id else "Review",
            "channel": name_channel(row.ticket.channel),
            "agent": row.agent.name if row.agent else "—",
            "scorecard": row.scorecard,
        }
        for row in rows
    ],
    button="Grade",
    columns={
        "ticket": columns.TextColumn("Ticket", width="small"),
        "due": columns.TextColumn("Due", width="small"),
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
    open_desk(chosen)
