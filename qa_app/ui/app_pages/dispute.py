"""One dispute: the grades side by side, who grades again, and the decision; beside it the conversation."""

import streamlit as st

from db.records import DisputeId, DisputeState, Role
from qa_app.domain.access import allows
from qa_app.domain.disputes import tell_deciders
from qa_app.errors import NotFound, PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.dispute import ask_decision, ask_second, draw_badges, draw_lines, draw_story, show_unsent
from qa_app.ui.widgets.frame import attempt, escape, page_head, quiet, send_button
from qa_app.workflows import access, disputes, reviews, second_grading
from qa_app.workflows.reviews import ReviewView

context = current_context()
zone = installation().settings.time_zone
try:
    row = disputes.find_dispute(context, DisputeId(state.link_value("dispute") or ""))
except PlumblineError as refusal:
    show_dead_end("Dispute", refusal.message, person=context.actor, list_name="disputes")
    st.stop()
team_id = row.agent.team_id if row.agent else None
own = row.review.agent_id == context.actor.id
open_ = row.dispute.state is DisputeState.OPEN


@st.dialog("Withdraw this dispute")
def fill_in_withdraw() -> None:
    """Whether it is meant."""
    st.text("The review stays as it is. While the time to contest it lasts, it can be contested again.")
    send_button("Withdraw", withdraw, key="dispute:withdraw")


def withdraw() -> None:
    """Take it back."""
    attempt(
        lambda: disputes.withdraw_dispute(context, row.dispute.id),
        done=lambda _: "Withdrawn. The review stays as it is.",
    )


def find_review() -> ReviewView | None:
    """The contested review, and that it was opened is kept; a voided one is not to be read any more."""
    try:
        view = reviews.view_review(context, row.review.id)
    except NotFound:
        return None
    noted = (context.actor.id, row.review.id)
    state.recall("review:noted", noted, lambda: second_grading.note_reader(context, row.review.id))
    return view


def link_reviews() -> None:
    """To the contested review, and to the one that stands in its place."""
    st.page_link(
        "app_pages/review.py",
        label="The contested review",
        query_params={"review": row.review.id},
        icon=":material/rate_review:",
    )
    if row.newest:
        st.page_link(
            "app_pages/review.py",
            label="What stands now",
            query_params={"review": row.newest},
            icon=":material/published_with_changes:",
        )


view = find_review()
with page_head(f"Dispute of {row.ticket.external_id}"):
    draw_badges(row, context=context, zone=zone)
    st.space("stretch")
    if view is not None:
        link_reviews()
    may_withdraw = open_ and allows(context.actor, "dispute.raise", team_id=team_id, owner_id=row.review.agent_id)
    if may_withdraw and st.button("Withdraw", icon=":material/undo:", type="tertiary", key="dispute:withdraw_open"):
        fill_in_withdraw()
left, right = st.columns(2)
with left:
    if not open_:
        show_unsent(row, context=context)
    draw_story(row, zone=zone, own=row.dispute.raised_by == context.actor.id)
    draw_lines(row)
    decides = disputes.may_decide(context, row)
    assigns = allows(context.actor, "dispute.assign", team_id=team_id) and not own
    if row.waits_for_second and assigns:
        ask_second(row, second_grading.list_second_graders(context, row.dispute.id), context=context)
    if decides:
        agents = access.list_people(context, role=Role.AGENT) if row.about_work else ()
        ask_decision(row, context=context, agents=agents)
    elif open_ and not own:
        quiet(tell_deciders(row.dispute, row.version.scorecard.disputes))
with right:
    st.subheader(escape(row.ticket.subject or "(no subject)"), anchor=False)
    if view is None:
        quiet("The review was voided, so it is not shown any more.")
    else:
        quoted = {
            item.message_seq
            for rating in view.line.ratings
            if row.contests(rating.criterion_id)
            for item in rating.evidence
            if item.message_seq
        }
        show_conversation(view.conversation, zone=zone, marked=quoted, agent=view.agent)
