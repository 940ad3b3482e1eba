"""One ticket to read."""

import streamlit as st

from db.records import TicketId
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import CHANNEL_ICONS, describe_metric, describe_moment, name_channel
from qa_app.ui.widgets.conversation import show_conversation
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import escape, facts, page_head
from qa_app.workflows import tickets

context = current_context()
zone = installation().settings.time_zone
try:
    conversation = tickets.view_ticket(context, TicketId(state.link_value("ticket") or ""))
except PlumblineError as refusal:
    show_dead_end("Ticket", refusal.message, person=context.actor, list_name="tickets")
    st.stop()
ticket = conversation.ticket

with page_head(f"Ticket {ticket.external_id}"):
    st.badge(name_channel(ticket.channel), icon=CHANNEL_ICONS[ticket.channel], color="blue")

left, right = st.columns([3, 2])
with left:
    st.subheader(escape(ticket.subject or "(no subject)"), anchor=False)
    show_conversation(conversation, zone=zone)
with right:
    facts(
        {
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
