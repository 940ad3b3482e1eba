"""How the agents of a team stand: estimates with intervals, the places that the data allow, and who graded."""

import streamlit as st

from db.records import TeamId
from qa_app.errors import PlumblineError
from qa_app.estimate import Estimate
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import empty, page_head, show_methods
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.team_report import show_reviewers, show_standings, show_team
from qa_app.workflows import team_scores
from qa_app.workflows.team_scores import ALL_TEAMS

context = current_context()
zone = installation().settings.time_zone
period = chosen_period("scores:period", last_days(context.now().astimezone(zone).date(), 56))
teams = {team.id: team.name for team in team_scores.list_scored_teams(context)}
choices: list[TeamId | None] = [*teams, None] if len(teams) != 1 else [*teams]
linked = state.link_value("team")
first = choices.index(TeamId(linked)) if linked in teams else 0

with page_head("Scores"):
    st.space("stretch")
    team_id = st.selectbox(
        "Team",
        choices,
        index=first,
        format_func=lambda key: ALL_TEAMS if key is None else teams[key],
        key="scores:team",
        label_visibility="collapsed",
        width=240,
    )
    period_input("scores:period", period)
state.write_link(team="" if team_id in {None, choices[0]} else str(team_id))
try:
    report = team_scores.report_team(context, team_id, start=period[0], end=period[1], zone=zone)
except PlumblineError as refusal:
    show_dead_end("Scores", refusal.message, person=context.actor, list_name="coaching")
    st.stop()
if not any(isinstance(one.score, Estimate) for one in report.standings):
    empty("No review drawn at random was submitted in this period. Choose more days or another team above.")
    st.stop()
show_team(report)
agents, reviewers, methods = st.tabs(["Agents", f"Who graded ({len(report.reviewers)})", "Methods"])
with agents:
    chosen = show_standings(report, key="scores")
with reviewers:
    show_reviewers(report)
with methods:
    show_methods(report.methods)
if chosen is not None:
    state.forget("agent:")
    st.switch_page("app_pages/agent.py", query_params={"agent": chosen})
