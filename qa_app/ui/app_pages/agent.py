"""One agent's coaching page: what to praise, what to practise, the evidence, goals, and the workbook."""

from datetime import timedelta

import streamlit as st

from db.records import Goal, GoalState, PersonId
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import REVIEW_STATES, describe_moment
from qa_app.ui.widgets.agent_report import show_advice, show_headline, show_skills, show_trend
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_day, write_number
from qa_app.workflows import agent_results, coaching

context = current_context()
zone = installation().settings.time_zone
agent_id = PersonId(state.link_value("agent") or "")
today = context.now().astimezone(zone).date()
period = chosen_period("agent:period", last_days(today, 56))
try:
    report = agent_results.report_agent(context, agent_id, start=period[0], end=period[1], zone=zone)
    sessions = coaching.list_coaching(context, agent_id)
except PlumblineError as refusal:
    with page_head("Coaching", context.actor):
        pass
    empty(refusal.message, icon=":material/search_off:")
    st.stop()
writes = allows(context.actor, "coaching.write", team_id=report.agent.team_id)


def add_goal() -> None:
    """Keep the goal that was filled in."""
    read = state.read
    attempt(
        lambda: coaching.set_goal(
            context,
            agent_id,
            skill=read("agent:skill", ""),
            text=read("agent:goal", ""),
            due_on=read("agent:goal_due", None),
        ),
        done=lambda _: "Goal set.",
    )


def meet(goal: Goal) -> None:
    """Note that a goal was met."""
    attempt(lambda: coaching.finish_goal(context, goal, state=GoalState.MET), done=lambda _: "Goal met.")


def add_session() -> None:
    """Keep the coaching session that was filled in."""
    read = state.read
    attempt(
        lambda: coaching.hold_session(
            context,
            agent_id,
            held_on=read("agent:held", today),
            shared_notes=read("agent:shared", ""),
            private_notes=read("agent:private", ""),
        ),
        done=lambda _: "Coaching session written down.",
    )


with page_head(escape(report.agent.name), context.actor, about=report.team or ""):
    period_input("agent:period", period)
    st.link_button(
        "Workbook",
        f"/export/coaching/{agent_id}?from={report.start}&to={report.end}",
        icon=":material/download:",
        type="primary",
    )
show_headline(report)
overview, skills, graded, talks, methods = st.tabs(
    ["Overview", "Skills", f"Reviews ({len(report.reviews)})", "Goals and sessions", "Methods"]
)
with overview:
    show_advice(report)
    with st.container(border=True):
        show_trend(report)
with skills:
    show_skills(report)
with graded:
    if not report.reviews:
        empty("No review in this period.")
    else:
        chosen = row_list(
            [
                {
                    "submitted": describe_moment(line.review.submitted_at, zone),
                    "ticket": line.ticket.external_id,
                    "subject": line.ticket.subject or "(no subject)",
                    "score": "no score"
                    if line.review.score is None or line.review.score.reported is None
                    else write_number(line.review.score.reported, 1),
                    "picked": line.review.selection.value.replace("_", " "),
                    "state": REVIEW_STATES[line.review.state][0],
                    "reviewer": line.reviewer,
                }
                for line in report.reviews
            ],
            button=":material/visibility: Read",
            columns={
                "submitted": "Submitted",
                "ticket": "Ticket",
                "subject": st.column_config.TextColumn("Subject", width="large"),
                "score": st.column_config.TextColumn("Score", alignment="right", width="small"),
                "picked": "Picked",
                "state": "State",
                "reviewer": "Reviewer",
            },
            key="agent:reviews",
            alt="Reviews of this agent, newest first",
        )
        if chosen is not None:
            st.switch_page("app_pages/review.py", query_params={"review": report.reviews[chosen].review.id})
with talks:
    for goal in report.goals:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            icon = {
                GoalState.OPEN: ":material/flag:",
                GoalState.MET: ":material/check_circle:",
                GoalState.DROPPED: ":material/cancel:",
            }[goal.state]
            st.badge(goal.state.value, icon=icon, color="green" if goal.state is GoalState.MET else "blue")
            st.text(goal.text, width="content")
            st.space("stretch")
            st.caption(
                f"{escape(goal.skill)}" + (f" · until {write_day(goal.due_on)}" if goal.due_on else ""), width="content"
            )
            if writes and goal.state is GoalState.OPEN:
                st.button(
                    "Met",
                    key=f"agent:met:{goal.id}",
                    on_click=meet,
                    args=(goal,),
                )
    for talk in sessions:
        with st.container(border=True):
            st.markdown(f"**Coaching session, {write_day(talk.held_on)}**")
            st.text(talk.shared_notes)
            if talk.private_notes:
                st.caption("Private")
                st.text(talk.private_notes)
    if not report.goals and not sessions:
        st.caption("No goal and no coaching session yet.")
    if writes:
        goal_form, session_form = st.columns(2)
        with goal_form.container(border=True):
            st.markdown("**New goal**")
            st.selectbox(
                "Skill",
                [line.skill for line in report.skills] or ["communication"],
                format_func=lambda key: key.replace("_", " "),
                key="agent:skill",
            )
            st.text_area("What will the agent practise?", key="agent:goal", max_chars=1000)
            st.date_input("Until", today + timedelta(days=28), key="agent:goal_due")
            st.button("Set the goal", type="primary", on_click=add_goal, key="agent:add_goal")
        with session_form.container(border=True):
            st.markdown("**Write a session down**")
            st.date_input("Held on", today, key="agent:held")
            st.text_area("Notes for both", key="agent:shared", max_chars=8000)
            st.text_area("Private notes", key="agent:private", max_chars=8000)
            st.button("Keep it", on_click=add_session, key="agent:add_session")
with methods:
    for method in report.methods:
        st.markdown(f"**{method.topic}**  \n{escape(method.text)}")
