"""One review beside its conversation; agents acknowledge or contest it here, leads release or void it."""

import streamlit as st

from db.records import DisputeItem, ReviewId, ReviewState
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.frame import attempt, empty, page_head
from qa_app.ui.widgets.review import rating_lines, score_row, state_badge
from qa_app.workflows import disputes, reviews

context = current_context()
zone = installation().settings.time_zone
try:
    view = reviews.view_review(context, ReviewId(state.link_value("review") or ""))
except PlumblineError as refusal:
    with page_head("Review", context.actor):
        pass
    empty(refusal.message, icon=":material/search_off:")
    st.stop()
review = view.line.review
team_id = view.agent.team_id if view.agent else None
is_agent = review.agent_id == context.actor.id


def acknowledge() -> None:
    """The agent has read it."""
    attempt(lambda: reviews.acknowledge_review(context, review.id), done=lambda _: "Acknowledged. Thank you.")


def release() -> None:
    """Show it to the agent."""
    attempt(lambda: reviews.release_reviews(context, [review.id]), done=lambda _: "Released to the agent.")


def contest() -> None:
    """Send the dispute that was filled in."""
    chosen: list[str] = state.read("review:contested", [])
    items = tuple(DisputeItem(criterion_id, state.read("review:reason", "")) for criterion_id in chosen)
    attempt(
        lambda: disputes.raise_dispute(context, review.id, reason=state.read("review:reason", ""), items=items),
        done=lambda _: "Your dispute is filed. Somebody other than the reviewer decides within 7 days.",
    )


def void() -> None:
    """Take it out of all figures."""
    attempt(
        lambda: reviews.void_review(context, review.id, reason=state.read("review:void_reason", "")),
        done=lambda _: "Voided. It no longer counts anywhere.",
    )


with page_head("Review", context.actor, about=view.line.ticket.external_id):
    state_badge(review)
    if is_agent and review.state is ReviewState.RELEASED:
        st.button(
            "Acknowledge", type="primary", icon=":material/done_all:", on_click=acknowledge, key="review:acknowledge"
        )
        with st.popover("Contest", icon=":material/gavel:"):
            labels = {line.criterion_id: line.label for line in view.line.ratings}
            st.multiselect("Criteria", list(labels), format_func=labels.__getitem__, key="review:contested")
            st.text_area("What do you see differently?", key="review:reason", max_chars=4000)
            st.button("File the dispute", type="primary", on_click=contest, key="review:contest")
    if review.state is ReviewState.SUBMITTED and allows(context.actor, "review.release", team_id=team_id):
        st.button("Release", type="primary", icon=":material/visibility:", on_click=release, key="review:release")
    if not is_agent and allows(context.actor, "review.void", team_id=team_id):
        with st.popover("Void", icon=":material/block:", type="tertiary"):
            st.text_area("Why is it voided?", key="review:void_reason", max_chars=2000)
            st.button("Void this review", on_click=void, key="review:void")

left, right = st.columns(2)
with left:
    st.text(view.line.ticket.subject or "(no subject)")
    marked = {item.message_seq for line in view.line.ratings for item in line.evidence if item.message_seq is not None}
    show_conversation(view.conversation, zone=zone, marked=marked)
with right:
    score_row(review)
    st.caption(
        f"{view.line.scorecard} · {'your work' if is_agent else (view.agent.name if view.agent else 'no agent')} · "
        f"graded by {view.reviewer.name}, {describe_moment(review.submitted_at, zone)} · "
        f"picked: {review.selection.value.replace('_', ' ')}"
    )
    if review.supersedes_id:
        st.badge("Corrected", icon=":material/published_with_changes:", color="blue")
        st.text(review.supersede_reason or "")
    rating_lines(view.line)
