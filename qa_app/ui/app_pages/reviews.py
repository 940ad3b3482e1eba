"""Submitted reviews within reach: find one, release them to agents."""

from datetime import datetime, time, timedelta

import streamlit as st

from db.records import ReviewState
from qa_app.domain.access import reach
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import REVIEW_STATES, describe_moment
from qa_app.ui.widgets.frame import attempt, empty, page_head
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_number
from qa_app.workflows import reviews

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()

with page_head("Reviews", context.actor):
    pass
with st.container(horizontal=True, vertical_alignment="bottom"):
    period_input("reviews:period", last_days(today, 28))
    shown = st.segmented_control(
        "Show", ["All", "Not released", "Released"], default="All", required=True, key="reviews:shown"
    )
period = chosen_period("reviews:period", last_days(today, 28))
states = {
    "All": reviews.READABLE,
    "Not released": (ReviewState.SUBMITTED,),
    "Released": reviews.FOR_AGENTS,
}[shown]
rows = reviews.list_reviews(
    context,
    submitted_from=datetime.combine(period[0], time(), zone),
    submitted_before=datetime.combine(period[1] + timedelta(days=1), time(), zone),
    states=states,
)
waiting = [row.review.id for row in rows if row.review.state is ReviewState.SUBMITTED]
if waiting and not reach(context.actor, "review.release").nothing:

    def release() -> None:
        """Release all listed reviews that wait for it."""
        attempt(
            lambda: reviews.release_reviews(context, waiting),
            done=lambda count: f"{count} reviews released to their agents.",
        )

    st.button(
        f"Release {len(waiting)} to their agents", icon=":material/visibility:", on_click=release, key="reviews:release"
    )
if not rows:
    empty("No review in this period. Choose other days, or grade something from your queue.")
    st.stop()
chosen = row_list(
    [
        {
            "submitted": describe_moment(row.review.submitted_at, zone),
            "agent": row.agent.name if row.agent else "—",
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject or "(no subject)",
            "score": "no score"
            if row.review.score is None or row.review.score.reported is None
            else write_number(row.review.score.reported, 1),
            "chosen": row.review.selection.value.replace("_", " "),
            "state": REVIEW_STATES[row.review.state][0],
            "reviewer": row.reviewer.name,
        }
        for row in rows
    ],
    button=":material/visibility: Read",
    columns={
        "submitted": "Submitted",
        "agent": "Agent",
        "ticket": "Ticket",
        "subject": st.column_config.TextColumn("Subject", width="large"),
        "score": st.column_config.TextColumn("Score", alignment="right", width="small"),
        "chosen": "Picked",
        "state": "State",
        "reviewer": "Reviewer",
    },
    key="reviews:table",
    alt="Reviews, newest first",
)
if chosen is not None:
    st.switch_page("app_pages/review.py", query_params={"review": rows[chosen].review.id})
