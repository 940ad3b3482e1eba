"""What an agent is asked to confirm having read, as a reminder with the way to each review."""

from zoneinfo import ZoneInfo

import streamlit as st

from qa_app.ui.present import describe_moment, describe_score
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.workflows import acknowledging
from qa_app.workflows.context import Context

_MOST = 5


def show_unacknowledged(context: Context, *, zone: ZoneInfo) -> None:
    """The reviews that wait for it longest; nothing where none does."""
    asked = acknowledging.list_unacknowledged(context)
    if not asked:
        return
    with st.expander(f"To acknowledge ({len(asked)})", icon=":material/done_all:", key="unacknowledged"):
        for each in asked[:_MOST]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.page_link(
                    "app_pages/review.py",
                    label=f"{escape(each.ticket.external_id)} · {describe_score(each.review)}%",
                    query_params={"review": each.review.id},
                    icon=":material/rate_review:",
                )
                until = f" · by itself on {describe_moment(each.by_itself_at, zone)}" if each.by_itself_at else ""
                quiet(f"released {describe_moment(each.review.released_at, zone)}{until}", width="content")
        if len(asked) > _MOST:
            quiet(f"{len(asked) - _MOST} more were released after these.")
