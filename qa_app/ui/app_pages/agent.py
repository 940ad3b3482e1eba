"""One agent's coaching page: what to praise and practise, the evidence, sessions, goals, appraisals, the workbook."""

from datetime import timedelta

import streamlit as st

from db.records import AppraisalSubject, CoachingSession, CoachingState, PersonId, ScorecardVersionId
from qa_app.coaching import is_follow_up_due
from qa_app.domain.access import allows
from qa_app.domain.coaching_terms import LONGEST, LONGEST_NOTES
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment, describe_score, describe_state, name_selection
from qa_app.ui.widgets.agent_report import show_headline, show_overview, show_skills
from qa_app.ui.widgets.coaching import (
    goal_fields,
    read_steps,
    read_target,
    show_appraisals,
    show_goal,
    show_self_views,
    show_sessions,
)
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import attempt, empty, page_head, send_button, show_methods
from qa_app.ui.widgets.mail import mail_button
from qa_app.ui.widgets.period import DAY_FORMAT, chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.words import NOTHING_IN_PERIOD, write_day
from qa_app.workflows import agent_results, appraisals, coaching, follow_up, scorecards, self_awareness
from scorecards.model import Subject

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
            skill=read("agent:goal:skill", ""),
            text=read("agent:goal:text", ""),
            due_on=read("agent:goal:due", None),
            steps=read_steps("agent:goal"),
            target=read_target("agent:goal"),
        ),
        done=lambda _: "Goal set.",
    )


def plan() -> None:
    """Plan a session, and go there to fill its agenda."""
    read = state.read
    made: CoachingSession | None = attempt(
        lambda: coaching.plan_session(
            context, agent_id, day=read("agent:day", today), follow_up_on=read("agent:follow_up_on", None)
        )
    )
    state.write("agent:planned", made.id if made else None)


def open_appraisal() -> None:
    """Ask for both sides of an appraisal."""
    read = state.read
    chosen: AppraisalSubject = read("agent:subject", AppraisalSubject.PERIOD)
    start, end = chosen_period("agent:appraised", period)
    attempt(
        lambda: appraisals.open_appraisal(
            context,
            agent_id,
            subject=chosen,
            version_id=ScorecardVersionId(read("agent:card", "")),
            start=read("agent:played_on", today) if chosen is AppraisalSubject.ROLE_PLAY else start,
            end=read("agent:played_on", today) if chosen is AppraisalSubject.ROLE_PLAY else end,
            about=read("agent:about", ""),
            due_on=read("agent:appraisal_due", None),
        ),
        done=lambda _: "Opened. The agent finds it under My feedback; your side waits here.",
    )


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


@st.dialog("New goal", width="medium")
def fill_in_goal() -> None:
    """What the agent practises next, step by step, and until when."""
    goal_fields(context, [advice.skill for advice in report.practise], key="agent:goal", today=today)
    send_button("Set the goal", add_goal, key="agent:add_goal")


@st.dialog("Plan a coaching session")
def fill_in_plan() -> None:
    """When to talk, and when to look back; the agenda comes next."""
    st.date_input("Session on", today + timedelta(days=2), key="agent:day", format=DAY_FORMAT)
    st.date_input("Follow up on", today + timedelta(days=30), key="agent:follow_up_on", format=DAY_FORMAT)
    send_button("Plan it", plan, key="agent:plan")


@st.dialog("New appraisal", width="medium")
def fill_in_appraisal() -> None:
    """What is graded by both, and on which scorecard."""
    names = {AppraisalSubject.PERIOD: "The agent over a period", AppraisalSubject.ROLE_PLAY: "A role-play"}
    chosen = st.segmented_control(
        "About", list(names), format_func=names.__getitem__, default=AppraisalSubject.PERIOD, required=True,
        key="agent:subject",
    )  # fmt: skip
    wanted: Subject = "agent_period" if chosen is AppraisalSubject.PERIOD else "ticket"
    cards = {version.id: version.scorecard.label for version in scorecards.list_in_force(context, wanted)}
    if not cards:
        empty("No scorecard for this is in force. Publish one of the library's under Scorecards: Agent over a period.")
        return
    st.selectbox("Scorecard", list(cards), format_func=cards.__getitem__, key="agent:card")
    if chosen is AppraisalSubject.PERIOD:
        period_input("agent:appraised", period, label="Period")
    else:
        st.date_input("Played on", today, key="agent:played_on", format=DAY_FORMAT)
        st.text_area("What is played?", key="agent:about", max_chars=LONGEST)
    st.date_input("Both sides until", today + timedelta(days=7), key="agent:appraisal_due", format=DAY_FORMAT)
    send_button("Open it", open_appraisal, key="agent:open_appraisal")


@st.dialog("Write a coaching session down", width="medium")
def fill_in_session() -> None:
    """What was said, and what only coaches read."""
    st.date_input("Held on", today, max_value=today, key="agent:held", format=DAY_FORMAT)
    st.text_area("Notes for both", key="agent:shared", max_chars=LONGEST_NOTES)
    st.text_area("Private notes, for coaches and leads only", key="agent:private", max_chars=LONGEST_NOTES)
    send_button("Keep it", add_session, key="agent:add_session")


def offer_session() -> None:
    """What comes next with this agent: a follow-up that is due, the session ahead, or planning one."""
    due = [one for one in sessions if is_follow_up_due(one, today)]
    if due and st.button("Follow up", icon=":material/task_alt:", key="agent:follow_up"):
        open_session(due[-1])
    ahead = [one for one in sessions if one.state is CoachingState.PLANNED]
    if ahead:
        session = min(ahead, key=lambda one: one.held_on)
        label = f"Session of {write_day(session.held_on)}"
        if st.button(label, icon=":material/forum:", type="primary", key="agent:next_session"):
            open_session(session)
    elif st.button("Plan a session", icon=":material/event:", type="primary", key="agent:new_plan"):
        fill_in_plan()


def open_session(session: CoachingSession) -> None:
    """Go to it."""
    st.switch_page("app_pages/coaching_session.py", query_params={"coaching": session.id})


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
                "picked": name_selection(line.review.selection),
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


def show_coaching() -> None:
    """Sessions, goals and appraisals, and the ways to new ones."""
    goals = follow_up.list_goals(context, agent_id, zone=zone)
    graded_by_both = appraisals.list_appraisals(context, agent_id)
    if writes:
        with st.container(horizontal=True):
            if st.button("New goal", icon=":material/flag:", key="agent:new_goal"):
                fill_in_goal()
            if st.button("New appraisal", icon=":material/compare:", key="agent:new_appraisal"):
                fill_in_appraisal()
            if st.button("Write a session down", icon=":material/edit_note:", type="tertiary", key="agent:new_session"):
                fill_in_session()
    if not goals and not sessions and not graded_by_both:
        empty("No goal and no coaching session yet.", icon=":material/flag:")
    left, right = st.columns(2)
    with left:
        st.subheader("Goals", anchor=False)
        for line in goals:
            show_goal(context, line, today=today, key="agent", writes=writes, ticks=writes)
    with right:
        st.subheader("Coaching sessions", anchor=False)
        show_sessions(sessions, today=today, key="agent")
        if graded_by_both:
            st.subheader("Appraisals", anchor=False)
            show_appraisals(graded_by_both, key="agent")


planned = state.take("agent:planned", None)
if planned:
    st.switch_page("app_pages/coaching_session.py", query_params={"coaching": planned})
with page_head(report.agent.name, about=report.team or ""):
    st.space("stretch")
    period_input("agent:period", period)
    st.link_button(
        "Workbook",
        f"/export/coaching/{agent_id}?from={report.start}&to={report.end}",
        icon=":material/download:",
        key="agent:workbook",
    )
    mail_button(context, agent_id, (report.start, report.end), zone)
    if writes:
        offer_session()
if not report.reviews:
    st.warning(NOTHING_IN_PERIOD, icon=":material/event_busy:")
show_headline(report)
overview, skills, graded, coached, awareness, methods = st.tabs(
    ["Overview", "Skills", f"Reviews ({len(report.reviews)})", "Coaching", "Self and reviewer", "Methods"]
)
with overview:
    show_overview(report)
with skills:
    show_skills(report, key="agent")
with graded:
    show_reviews()
with coached:
    show_coaching()
with awareness:
    show_self_views(self_awareness.compare_self(context, agent_id, days=period, zone=zone), report.reviews, own=False)
with methods:
    show_methods(report.methods)
