"""Disputes to decide, oldest first."""

import streamlit as st

from db.records import DisputeId, DisputeState
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_due, describe_moment
from qa_app.ui.widgets.frame import attempt, empty, page_head
from qa_app.words import write_answer
from qa_app.workflows import disputes
from scorecards.answers import NOT_APPLICABLE, Answer

context = current_context()
zone = installation().settings.time_zone
_KEEP = "(keep)"


def decide(dispute_id: DisputeId, criteria: tuple[str, ...]) -> None:
    """Decide with what was filled in: changed answers revise the review, none uphold it."""
    answers = {}
    for criterion_id in criteria:
        choice = state.read(f"disputes:{dispute_id}:{criterion_id}", _KEEP)
        if choice != _KEEP:
            answers[criterion_id] = NOT_APPLICABLE if choice == "n/a" else Answer.choose(choice)
    words = state.read(f"disputes:{dispute_id}:decision", "")
    attempt(
        lambda: disputes.decide_dispute(context, dispute_id, decision=words, answers=answers),
        done=lambda decided: f"Decided: {decided.state.value.replace('_', ' ')}.",
    )


with page_head("Disputes", context.actor):
    shown = st.segmented_control(
        "Show", ["Open", "All"], default="Open", required=True, key="disputes:shown", label_visibility="collapsed"
    )
rows = disputes.list_disputes(context, state=DisputeState.OPEN if shown == "Open" else None)
if not rows:
    empty("No dispute waits for a decision.", icon=":material/task_alt:")
for row in rows:
    dispute = row.dispute
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "app_pages/review.py",
                label=row.ticket.external_id,
                query_params={"review": row.review.id},
                icon=":material/rate_review:",
            )
            st.text(f"{row.agent.name if row.agent else '—'} contests a grade by {row.reviewer.name}", width="content")
            st.space("stretch")
            st.badge(
                dispute.state.value.replace("_", " "),
                icon=":material/gavel:",
                color="orange" if dispute.state is DisputeState.OPEN else "gray",
            )
            due = describe_due(dispute.due_at, now=context.now(), zone=zone)
            st.caption(f"filed {describe_moment(dispute.raised_at, zone)} · due {due}", width="content")
        st.text(dispute.reason)
        if dispute.decision:
            st.caption("Decision")
            st.text(dispute.decision)
        if dispute.state is DisputeState.OPEN:
            ratings = {rating.criterion_id: rating for rating in row.review.ratings}
            contested = tuple(item.criterion_id for item in dispute.items)
            for criterion_id in contested:
                criterion = row.version.scorecard.criterion(criterion_id)
                labels = {option.id: option.label for option in criterion.options} | (
                    {"n/a": "Not applicable"} if criterion.allow_na else {}
                )
                with st.container(horizontal=True, vertical_alignment="bottom"):
                    st.text(f"{criterion.label}: {write_answer(ratings[criterion_id].answer, criterion)}")
                    st.selectbox(
                        "New answer",
                        [_KEEP, *labels],
                        format_func=({_KEEP: "Keep"} | labels).__getitem__,
                        key=f"disputes:{dispute.id}:{criterion_id}",
                        width=240,
                    )
            st.text_area("What do you decide, and why?", key=f"disputes:{dispute.id}:decision", max_chars=4000)
            st.button(
                "Decide", type="primary", on_click=decide, args=(dispute.id, contested), key=f"disputes:{dispute.id}:go"
            )
