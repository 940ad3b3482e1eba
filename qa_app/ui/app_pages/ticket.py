"""One ticket to read."""

import streamlit as st

from db.records import TicketId
from qa_app.domain.access import allows, reach
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import (
    CHANNEL_ICONS,
    REVIEW_STATES,
    describe_metric,
    describe_moment,
    describe_score,
    name_channel,
)
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.dead_end import lead_back, show_dead_end
from qa_app.ui.widgets.frame import escape, facts, page_head
from qa_app.words import NO_SCORE
from qa_app.workflows import reviews, tickets

context = current_context()
zone = installation().settings.time_zone
try:
    conversation = tickets.view_ticket(context, TicketId(state.link_value("ticket") or ""))
except PlumblineError as refusal:
    show_dead_end("Ticket", refusal.message, person=context.actor, list_name="tickets")
    st.stop()
ticket = conversation.ticket
agent = tickets.find_agent(context, ticket.id)


def show_ways() -> None:
    """What follows from this ticket, as far as this person may read it: its reviews, and its agent's page."""
    reads = not reach(context.actor, "review.read").nothing
    found = reviews.list_reviews(context, ticket_id=ticket.id) if reads else ()
    coached = agent and allows(context.actor, "coaching.read", team_id=agent.team_id)
    if not found and not coached:
        return
    with st.container(horizontal=True, gap="small"):
        for row in found:
            score = describe_score(row.review)
            percent = "" if score == NO_SCORE else "%"
            word = REVIEW_STATES[row.review.state][0].lower()
            st.page_link(
                "app_pages/review.py",
                label=f"Review by {escape(row.reviewer.name)}: {score}{percent}, {word}",
                icon=":material/rate_review:",
                query_params={"review": row.review.id},
            )
        if agent and coached:
            st.page_link(
                "app_pages/agent.py",
                label=escape(agent.name),
                icon=":material/school:",
                query_params={"agent": agent.id},
            )


with page_head(f"Ticket {ticket.external_id}"):
    st.badge(name_channel(ticket.channel), icon=CHANNEL_ICONS[ticket.channel], color="blue")
    st.space("stretch")
    lead_back(context.actor, "tickets")
show_ways()

left, right = st.columns([3, 2])
with left:
    st.subheader(escape(ticket.subject or "(no subject)"), anchor=False)
    show_conversation(conversation, zone=zone)
with right:
    facts(
        {
            "Agent": agent.name if agent else "—",
            "Source": ticket.source,
            "Created": describe_moment(ticket.created_at, zone),
            "Solved": describe_moment(ticket.solved_at, zone),
            "Status": ticket.status or "—",
            "Language": ticket.language or "—",
            "Customer": ticket.requester_name or "—",
            "Tags": ", ".join(ticket.tags) or "—",
            "Version": str(ticket.version),
            **dict(describe_metric(metric) for metric in ticket.metrics),
        }
    )
