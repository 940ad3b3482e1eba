"""All tickets within reach, newest first, with filters."""

from datetime import datetime

import streamlit as st

from db.records import Frame, TicketId
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment, name_channel
from qa_app.ui.widgets.frame import empty, page_head, quiet
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import tickets
from scorecards.model import Channel

PAGE = 50
context = current_context()
zone = installation().settings.time_zone
facets = tickets.read_facets(context)


def first_page() -> None:
    """Filters changed: start from the newest again."""
    state.write("tickets:path", [])


def go(path: list[tuple[datetime, TicketId] | None]) -> None:
    """Show the page that starts before the last of these tickets."""
    state.write("tickets:path", path)


page_head("Tickets")
with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Search", placeholder="Subject, ticket or customer", key="tickets:text", width=280, on_change=first_page
    )
    channels = st.multiselect(
        "Channel", facets.channels, format_func=name_channel, key="tickets:channels", width=240, on_change=first_page
    )
    tags = st.multiselect("Tag", facets.tags, key="tickets:tags", width=240, on_change=first_page)
    reviewed = st.segmented_control("Reviewed", ["Yes", "No"], key="tickets:reviewed", on_change=first_page)

path: list[tuple[datetime, TicketId]] = state.read("tickets:path", [])
frame = Frame(
    channels=tuple(Channel(channel) for channel in channels),
    tags=tuple(tags),
    reviewed=None if reviewed is None else reviewed == "Yes",
)
page = tickets.list_tickets(context, frame=frame, text=text or None, before=path[-1] if path else None, limit=PAGE)
if not page.rows:
    empty("No ticket fits. Change the filters, or bring tickets in on the Import page.", icon=":material/search_off:")
    st.stop()

chosen = row_list(
    [
        {
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject or "(no subject)",
            "channel": name_channel(row.ticket.channel),
            "agent": row.agent.name if row.agent else "—",
            "reviewed": "✓ reviewed" if row.reviewed else "—",
            "created": describe_moment(row.ticket.created_at, zone),
            "tags": ", ".join(row.ticket.tags),
        }
        for row in page.rows
    ],
    button="Read",
    columns={
        "ticket": "Ticket",
        "subject": st.column_config.TextColumn("Subject", width="large"),
        "channel": "Channel",
        "agent": "Agent",
        "reviewed": "Review",
        "created": "Created",
        "tags": "Tags",
    },
    key="tickets:table",
    alt="Tickets, newest first",
)
if chosen is not None:
    st.switch_page("app_pages/ticket.py", query_params={"ticket": page.rows[chosen].ticket.id})


with st.container(horizontal=True, vertical_alignment="center"):
    st.button(
        "Newer", icon=":material/chevron_left:", on_click=go, args=(path[:-1],), disabled=not path, key="tickets:newer"
    )
    st.button(
        "Older",
        icon=":material/chevron_right:",
        on_click=go,
        args=([*path, page.before],),
        disabled=page.before is None,
        key="tickets:older",
    )
    quiet(f"{len(path) * PAGE + 1} to {len(path) * PAGE + len(page.rows)}", width="content")
