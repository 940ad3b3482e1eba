"""One agent's coaching page: what to praise, what to practise, the evidence, goals, and the workbook."""

from datetime import timedelta

import streamlit as st

from db.records import CoachingSession, Goal, GoalState, PersonId
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import GOAL_STATES, describe_moment, describe_score, describe_state
from qa_app.ui.widgets.agent_report import show_headline, show_overview, show_skills
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet, send_button, show_methods
from qa_app.ui.widgets.mail import mail_button
from qa_app.ui.widgets.period import DAY_FORMAT, chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_code, write_day
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
    show_dead_end("Coaching", refusal.message, person=context.actor, list_name="coaching")
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
    """The agent does it now."""
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


@st.dialog("New goal")
def fill_in_goal() -> None:
    """What the agent practises next, and until when."""
    labels = {line.skill: line.label for line in report.skills} or {"communication": "Communication"}
    st.selectbox("Skill", list(labels), format_func=labels.__getitem__, key="agent:skill")
    st.text_area("What will the agent practise?", key="agent:goal", max_chars=1000)
    st.date_input("Until", today + timedelta(days=28), key="agent:goal_due", format=DAY_FORMAT)
    send_button("Set the goal", add_goal, key="agent:add_goal")


@st.dialog("Write a coaching session down", width="medium")
def fill_in_session() -> None:
    """What was said, and what only coaches read."""
    st.date_input("Held on", today, key="agent:held", format=DAY_FORMAT)
    st.text_area("Notes for both", key="agent:shared", max_chars=8000)
    st.text_area("Private notes, for coaches and leads only", key="agent:private", max_chars=8000)
    send_button("Keep it", add_session, key="agent:add_session")


def show_reviews() -> None:
    """The reviews of the period, newest first."""
    if not report.reviews:
        empty("No review in this period. Choose more days above.")
        return
    chosen = row_list(
        [
            {
                "ticket": line.ticket.external_id,
                "subject": line.ticket.subject or "(no subject)",
                "score": describe_score(line.review),
                "state": describe_state(line.review),
                "submitted": describe_moment(line.review.submitted_at, zone),
                "picked": write_code(line.review.selection),
                "reviewer": line.reviewer,
            }
            for line in report.reviews
        ],
        button="Read",
        columns={
            "ticket": "Ticket",
            "score": st.column_config.TextColumn("Score, %", alignment="right", width="small"),
            "state": "State",
            "subject": st.column_config.TextColumn("Subject", width="large"),
            "submitted": "Submitted",
            "picked": "Picked",
            "reviewer": "Reviewer",
        },
        key="agent:reviews",
        alt="Reviews of this agent, newest first",
    )
    if chosen is not None:
        st.switch_page("app_pages/review.py", query_params={"review": report.reviews[chosen].review.id})


def show_goal(goal: Goal) -> None:
    """A goal with its state."""
    word, icon, colour = GOAL_STATES[goal.state]
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(word, icon=icon, color=colour)
        st.text(goal.text)
        st.space("stretch")
        until = f" · until {write_day(goal.due_on)}" if goal.due_on else ""
        quiet(f"{write_code(goal.skill)}{until}", width="content")
        if writes and goal.state is GoalState.OPEN:
            st.button(
                "Met",
                icon=":material/check:",
                key=f"agent:met:{goal.id}",
                on_click=meet,
                args=(goal,),
            )


def show_session(talk: CoachingSession) -> None:
    """A coaching session with its notes."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{write_day(talk.held_on)}**")
        st.text(talk.shared_notes)
        if talk.private_notes:
            st.markdown(f":material/lock: :gray[Private:] {escape(talk.private_notes)}")


with page_head(report.agent.name, about=report.team or ""):
    st.space("stretch")
    period_input("agent:period", period)
    st.link_button(
        "Workbook",
        f"/export/coaching/{agent_id}?from={report.start}&to={report.end}",
        icon=":material/download:",
        type="primary",
        key="agent:workbook",
    )
    mail_button(context, agent_id, (report.start, report.end), zone)
show_headline(report)
overview, skills, graded, talks, methods = st.tabs(
    ["Overview", "Skills", f"Reviews ({len(report.reviews)})", "Goals and sessions", "Methods"]
)
with overview:
    show_overview(report)
with skills:
    show_skills(report, key="agent")
with graded:
    show_reviews()
with talks:
    if writes:
        with st.container(horizontal=True):
            if st.button("New goal", icon=":material/flag:", key="agent:new_goal"):
                fill_in_goal()
            if st.button("Write a session down", icon=":material/edit_note:", key="agent:new_session"):
                fill_in_session()
    if not report.goals and not sessions:
        empty("No goal and no coaching session yet.", icon=":material/flag:")
    for goal in report.goals:
        show_goal(goal)
    for talk in sessions:
        show_session(talk)
with methods:
    show_methods(report.methods)
