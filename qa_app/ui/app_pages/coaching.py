"""Whom to coach: agents within reach with what came in lately, and the way to each one's report."""

from datetime import datetime, time

import streamlit as st

from db.records import Role
from qa_app.domain.access import reach
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import count_reviews, describe_moment, matches
from qa_app.ui.widgets.frame import empty, page_head, quiet
from qa_app.ui.widgets.period import last_days
from qa_app.ui.widgets.rows import row_list
from qa_app.workflows import access, reviews

DAYS = 28
context = current_context()
zone = installation().settings.time_zone
first_day, _ = last_days(context.now().astimezone(zone).date(), DAYS)
teams = {team.id: team.name for team in access.list_teams(context)}
agents = [person for person in access.list_people(context, role=Role.AGENT) if person.id != context.actor.id]

page_head("Coaching")
if not agents:
    empty("No agent is within your reach. Agents appear with the tickets that are imported.", icon=":material/school:")
    st.stop()
wanted = st.text_input("Find", placeholder="Name or team", key="coaching:find", width=280)
readable = not reach(context.actor, "review.read").nothing
recent = reviews.list_reviews(context, submitted_from=datetime.combine(first_day, time(), zone)) if readable else ()
counts = count_reviews(row.review for row in recent)
shown = [
    person for person in agents if matches(wanted, person.name, teams.get(person.team_id) if person.team_id else "")
]
shown.sort(key=lambda person: -counts[person.id].not_passed)
if not shown:
    empty("Nobody of that name.", icon=":material/search_off:")
    st.stop()
chosen = row_list(
    [
        {
            "name": person.name,
            "not_passed": counts[person.id].not_passed,
            "reviews": counts[person.id].reviews,
            "disputed": counts[person.id].disputed,
            "last": describe_moment(counts[person.id].newest, zone),
            "team": teams.get(person.team_id, "—") if person.team_id else "—",
        }
        for person in shown
    ],
    button="Open",
    columns={
        "name": st.column_config.TextColumn("Agent", width=150),
        "not_passed": st.column_config.NumberColumn("Not passed", width=90),
        "reviews": st.column_config.NumberColumn("Reviews", width=80),
        "disputed": st.column_config.NumberColumn("Disputed", width=80),
        "last": st.column_config.TextColumn("Newest review", width="medium"),
        "team": st.column_config.TextColumn("Team", width="medium"),
    },
    key="coaching:table",
    alt="Agents, most reviews that did not pass first",
)
quiet(
    f"Counts of the last {DAYS} days, most not passed first. They are counts, not scores: a score with its margin "
    "stands on each agent's page."
)
if chosen is not None:
    state.forget("agent:")
    st.switch_page("app_pages/agent.py", query_params={"agent": shown[chosen].id})
