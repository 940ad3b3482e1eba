"""Disputes: what waits for a decision by its due day, what was decided, and for leads how disputes end."""

import streamlit as st

from db.records import DisputeState, Role
from qa_app.domain.access import reach
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment, describe_outcome
from qa_app.ui.widgets.dispute import count_criteria, draw_badges
from qa_app.ui.widgets.frame import empty, escape, page_head, quiet, show_methods
from qa_app.ui.widgets.ratings_report import show_section
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import dispute_figures, disputes
from qa_app.workflows.dispute_rows import DisputeRow

_MOST_CARDS = 30

context = current_context()
zone = installation().settings.time_zone
leads = not reach(context.actor, "dispute.assign").nothing


def show_open(row: DisputeRow) -> None:
    """One dispute that waits, with the way to it."""
    own = row.review.agent_id == context.actor.id
    with (
        st.container(border=True, key=f"disputes:row:{row.dispute.id}"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        who = "You contest" if own else f"**{escape(row.agent.name if row.agent else 'Somebody')}** contests"
        st.markdown(f"{who} {count_criteria(row)}, graded by **{escape(row.reviewer.name)}**", width="content")
        draw_badges(row, context=context, zone=zone)
        st.space("stretch")
        label = "Decide" if disputes.may_decide(context, row) and not row.waits_for_second else "Open"
        st.page_link(
            "app_pages/dispute.py",
            label=f"{label}: {escape(row.ticket.external_id)}",
            query_params={"dispute": row.dispute.id},
            icon=":material/gavel:",
        )


def show_ended(rows: list[DisputeRow]) -> None:
    """What came of the others."""
    chosen = row_list(
        [
            {
                "ticket": row.ticket.external_id,
                "outcome": describe_outcome(row)[0],
                "agent": row.agent.name if row.agent else "—",
                "reviewer": row.reviewer.name,
                "about": count_criteria(row),
                "decided": describe_moment(row.dispute.decided_at, zone),
            }
            for row in rows
        ],
        button="Read",
        columns={
            "ticket": "Ticket",
            "outcome": "Outcome",
            "agent": "Agent",
            "reviewer": "Graded by",
            "about": "About",
            "decided": "Ended",
        },
        key="disputes:ended",
        alt="Disputes that have ended, newest first",
    )
    if chosen is not None:
        st.switch_page("app_pages/dispute.py", query_params={"dispute": rows[chosen].dispute.id})


def show_figures() -> None:
    """How disputes end, table by table."""
    found = dispute_figures.report_disputes(context)
    for section in found.sections:
        show_section(section)
    with st.expander("Methods", icon=":material/functions:"):
        show_methods(found.methods)


listed = disputes.list_disputes(context)
open_ = [row for row in listed if row.dispute.state is DisputeState.OPEN]
ended = [row for row in listed if row.dispute.state is not DisputeState.OPEN]
late = sum(row.is_overdue(context.now()) for row in open_)
with page_head("Disputes"):
    if late:
        st.badge(f"{late} overdue", icon=":material/alarm:", color="red")
names = [f"Open ({len(open_)})", f"Ended ({len(ended)})", *(["Figures"] if leads else [])]
tabs = st.tabs(names, on_change="rerun", key="disputes:tabs")
with tabs[0]:
    if not open_:
        none = "No dispute waits for a decision."
        if Role.AGENT in context.actor.roles:
            empty(
                f"{none} **Contest** stands on each of your reviews while it can be contested.",
                icon=":material/task_alt:",
            )
            st.page_link("app_pages/feedback.py", label="My feedback", icon=":material/forum:")
        else:
            empty(none, icon=":material/task_alt:")
    for row in open_[:_MOST_CARDS]:
        show_open(row)
    if len(open_) > _MOST_CARDS:
        quiet(f"{len(open_) - _MOST_CARDS} more are due later; they move up as these are decided.")
with tabs[1]:
    if ended:
        show_ended(ended)
    else:
        empty("No dispute has ended yet.", icon=":material/inbox:")
if leads and tabs[2].open:
    with tabs[2]:
        show_figures()
