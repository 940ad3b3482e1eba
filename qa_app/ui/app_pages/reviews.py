"""Submitted reviews within reach: find one, release them to agents."""

from datetime import datetime, time, timedelta

import streamlit as st

from db.records import ReviewState
from qa_app.domain.access import reach
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment, describe_score, describe_state, matches, name_selection
from qa_app.ui.widgets.frame import attempt, empty, page_head
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import reviews

context = current_context()
zone = installation().settings.time_zone
days = last_days(context.now().astimezone(zone).date(), 28)
_SHOWN = {
    "All": reviews.READABLE,
    "Not released": (ReviewState.SUBMITTED,),
    "Released": reviews.FOR_AGENTS,
    "Disputed": (ReviewState.DISPUTED,),
}


def release() -> None:
    """Release all listed reviews that wait for it."""
    attempt(
        lambda: reviews.release_reviews(context, waiting),
        done=lambda count: f"{count} reviews released to their agents.",
    )


head = page_head("Reviews")
with st.container(horizontal=True, vertical_alignment="bottom"):
    wanted = st.text_input("Find", placeholder="Agent, ticket, subject or reviewer", key="reviews:find", width=280)
    period_input("reviews:period", days, label="Submitted")
    shown = st.segmented_control("Show", list(_SHOWN), default="All", required=True, key="reviews:shown")
period = chosen_period("reviews:period", days)
rows = [
    row
    for row in reviews.list_reviews(
        context,
        submitted_from=datetime.combine(period[0], time(), zone),
        submitted_before=datetime.combine(period[1] + timedelta(days=1), time(), zone),
        states=_SHOWN[shown],
    )
    if matches(
        wanted, row.agent.name if row.agent else "", row.ticket.external_id, row.ticket.subject, row.reviewer.name
    )
]
waiting = [row.review.id for row in rows if row.review.state is ReviewState.SUBMITTED]
with head:
    st.badge(f"{len(rows)} listed", icon=":material/rate_review:", color="blue")
    if waiting and not reach(context.actor, "review.release").nothing:
        st.space("stretch")
        st.button(
            f"Release {len(waiting)} to their agents",
            type="primary",
            icon=":material/visibility:",
            on_click=release,
            key="reviews:release",
        )
if not rows:
    empty("No review fits. Choose other days or words, or grade something from your queue.")
    st.stop()
chosen = row_list(
    [
        {
            "agent": row.agent.name if row.agent else "—",
            "score": describe_score(row.review),
            "state": describe_state(row.review),
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject or "(no subject)",
            "submitted": describe_moment(row.review.submitted_at, zone),
            "chosen": name_selection(row.review.selection),
            "reviewer": row.reviewer.name,
        }
        for row in rows
    ],
    button="Read",
    columns={
        "agent": "Agent",
        "score": st.column_config.TextColumn("Score, %", alignment="right", width="small"),
        "state": "State",
        "ticket": "Ticket",
        "subject": st.column_config.TextColumn("Subject", width="large"),
        "submitted": "Submitted",
        "chosen": "Picked",
        "reviewer": "Reviewer",
    },
    key="reviews:table",
    alt="Reviews, newest first",
)
if chosen is not None:
    st.switch_page("app_pages/review.py", query_params={"review": rows[chosen].review.id})
