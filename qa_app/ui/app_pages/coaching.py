"""Whom to coach: agents within reach, and the way to each one's report."""

import streamlit as st

from db.records import Role
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.widgets.frame import empty, page_head
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import access

context = current_context()
teams = {team.id: team.name for team in access.list_teams(context)}
with page_head("Coaching", context.actor):
    pass
agents = [person for person in access.list_people(context, role=Role.AGENT) if person.id != context.actor.id]
if not agents:
    empty("No agent is within your reach. Agents appear with the tickets that are imported.", icon=":material/school:")
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom"):
    wanted = st.text_input("Find", placeholder="Name or team", key="coaching:find", width=280)
shown = [
    person
    for person in agents
    if wanted.casefold() in f"{person.name} {teams[person.team_id] if person.team_id else ''}".casefold()
]
if not shown:
    empty("Nobody of that name.", icon=":material/search_off:")
    st.stop()
chosen = row_list(
    [{"name": person.name, "team": teams.get(person.team_id, "—") if person.team_id else "—"} for person in shown],
    button=":material/school: Open",
    columns={
        "name": st.column_config.TextColumn("Agent", width="large"),
        "team": st.column_config.TextColumn("Team", width="large"),
    },
    key="coaching:table",
    alt="Agents by name",
)
if chosen is not None:
    state.forget("agent:")
    st.switch_page("app_pages/agent.py", query_params={"agent": shown[chosen].id})
