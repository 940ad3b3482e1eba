"""Whom to talk to next and why, and what the teams work on."""

from decimal import Decimal

import streamlit as st

from db.records import GoalState, Objective, TeamId
from qa_app.coaching import Candidate
from qa_app.domain.access import allows, reach
from qa_app.domain.coaching_terms import LONGEST
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import matches
from qa_app.ui.widgets.coaching import show_objective
from qa_app.ui.widgets.frame import attempt, empty, page_head, quiet, send_button
from qa_app.ui.widgets.period import DAY_FORMAT
from qa_app.ui.widgets.rows import row_list
from qa_app.words import NOTHING, write_day
from qa_app.workflows import access, coach_list, coaching, objectives
from qa_app.workflows.wording import name_skill

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()
listed = coach_list.list_candidates(context, zone=zone)
within = reach(context.actor, "coaching.write")


def share() -> None:
    """Share the objective that was filled in."""
    read = state.read
    target: int | None = read("objective:target", None)
    attempt(
        lambda: objectives.share_objective(
            context,
            TeamId(read("objective:team", "")),
            skill=read("objective:skill", ""),
            text=read("objective:text", ""),
            due_on=read("objective:due", None),
            target=None if target is None else Decimal(target),
        ),
        done=lambda _: "Shared with the team.",
    )


def end(objective: Objective, ending: GoalState) -> None:
    """Mark it as met or dropped."""
    why = str(state.read(f"objective:why:{objective.id}", ""))
    attempt(
        lambda: objectives.end_objective(context, objective.id, state=ending, why=why),
        done=lambda _: "Objective met." if ending is GoalState.MET else "Objective dropped.",
    )


@st.dialog("New objective for a team", width="medium")
def fill_in_objective() -> None:
    """What the team works on, for which skill, until when."""
    teams = {team.id: team.name for team in access.list_teams(context) if within.everything or team.id in within.teams}
    st.selectbox("Team", list(teams), format_func=teams.__getitem__, key="objective:team")
    st.selectbox("Skill", coaching.list_skills(context), format_func=name_skill, key="objective:skill")
    st.text_area("What does the team work on?", key="objective:text", max_chars=LONGEST)
    with st.container(horizontal=True):
        st.date_input("Until", None, min_value=today, key="objective:due", format=DAY_FORMAT)
        st.number_input("Mean to reach, % (if any)", 0, 100, None, key="objective:target")
    send_button("Share it", share, key="objective:share")


@st.dialog("End this objective")
def fill_in_end(objective: Objective) -> None:
    """Met, or dropped with a reason."""
    st.text(objective.text)
    st.text_area("Why? The team reads it.", key=f"objective:why:{objective.id}", max_chars=LONGEST)
    with st.container(horizontal=True):
        send_button("Mark as met", end, args=(objective, GoalState.MET), key="objective:met")
        send_button("Drop it", end, args=(objective, GoalState.DROPPED), key="objective:drop")


def show_candidates(shown: list[Candidate]) -> None:
    """One row an agent, the most urgent first."""
    chosen = row_list(
        [
            {
                "name": one.agent.name,
                "why": " · ".join(reason.text for reason in one.reasons) or NOTHING,
                "next": write_day(one.next_on) if one.next_on else NOTHING,
                "last": write_day(one.last_on) if one.last_on else NOTHING,
                "team": one.team or NOTHING,
            }
            for one in shown
        ],
        button="Open",
        columns={
            "name": st.column_config.TextColumn("Agent", width=130),
            "why": st.column_config.TextColumn("Why", width=560),
            "next": st.column_config.TextColumn("Next session", width=100),
            "last": st.column_config.TextColumn("Last session", width=100),
            "team": st.column_config.TextColumn("Team", width=170),
        },
        key="coaching:table",
        alt="Agents, the most urgent to talk to first",
    )
    quiet(listed.note)
    if chosen is not None:
        state.forget("agent:")
        st.switch_page("app_pages/agent.py", query_params={"agent": shown[chosen].agent.id})


def show_objectives() -> None:
    """What the teams work on."""
    lines = objectives.list_objectives(context, zone=zone)
    if not lines:
        empty("No team has an objective yet.", icon=":material/flag:")
    for line in lines:
        with st.container(border=True, gap="xsmall", key=f"coaching:objective:{line.objective.id}"):
            show_objective(line, today=today)
            mine = allows(context.actor, "coaching.write", team_id=line.objective.team_id)
            is_open = line.objective.state is GoalState.OPEN
            if (
                mine
                and is_open
                and st.button(
                    "End", icon=":material/sports_score:", type="tertiary", key=f"objective:end:{line.objective.id}"
                )
            ):
                fill_in_end(line.objective)


with page_head("Coaching"):
    st.space("stretch")
    if st.button("New objective", icon=":material/group:", key="coaching:new_objective"):
        fill_in_objective()
if not listed.candidates:
    empty("No agent is within your reach. Agents appear with the tickets that are imported.", icon=":material/school:")
    st.stop()
people, teams = st.tabs(["Whom to talk to", "Objectives of teams"])
with people:
    wanted = st.text_input("Find", placeholder="Name or team", key="coaching:find", width=280)
    found = [one for one in listed.candidates if matches(wanted, one.agent.name, one.team or "")]
    if found:
        show_candidates(found)
    else:
        empty("Nobody of that name.", icon=":material/search_off:")
with teams:
    show_objectives()
