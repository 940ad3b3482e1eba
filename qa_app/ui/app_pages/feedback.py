"""An agent's own page: what is new, released reviews, skills with their margin, goals, sessions, self and reviewer."""

import streamlit as st

from db.records import CoachingState, GoalState, ReviewState
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_moment, describe_score, describe_state, tell_due
from qa_app.ui.widgets.agent_report import show_headline, show_overview, show_skills
from qa_app.ui.widgets.coaching import (
    name_appraisal,
    show_appraisals,
    show_goal,
    show_objective,
    show_self_views,
    show_sessions,
)
from qa_app.ui.widgets.frame import empty, page_head, quiet
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.ui.widgets.unacknowledged import show_unacknowledged
from qa_app.words import write_day
from qa_app.workflows import agent_results, appraisals, coaching, follow_up, objectives, self_awareness, self_review

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()
period = chosen_period("feedback:period", last_days(today, 56))
report = agent_results.report_agent(context, context.actor.id, start=period[0], end=period[1], zone=zone)
goals = follow_up.list_goals(context, context.actor.id, zone=zone)
sessions = coaching.list_coaching(context, context.actor.id)
appraised = appraisals.list_appraisals(context, context.actor.id)
unread = [line for line in report.reviews if line.review.state is ReviewState.RELEASED]


def show_reviews() -> None:
    """The released reviews, newest first."""
    chosen = row_list(
        [
            {
                "ticket": line.ticket.external_id,
                "score": describe_score(line.review),
                "state": "● New" if line.review.state is ReviewState.RELEASED else describe_state(line.review),
                "subject": line.ticket.subject or "(no subject)",
                "released": describe_moment(line.review.released_at, zone),
            }
            for line in report.reviews
        ],
        button="Read",
        columns={
            "ticket": "Ticket",
            "score": st.column_config.TextColumn("Score, %", alignment="right", width="small"),
            "state": "State",
            "subject": st.column_config.TextColumn("Subject", width="large"),
            "released": "Released",
        },
        key="feedback:table",
        alt="Your reviews, newest first",
    )
    if chosen is not None:
        st.switch_page("app_pages/review.py", query_params={"review": report.reviews[chosen].review.id})


def show_coaching() -> None:
    """Goals with their steps, sessions, appraisals, and what the team works on."""
    shared = objectives.list_objectives(context, zone=zone)
    if not goals and not sessions and not appraised and not shared:
        empty("No goal and no coaching session yet. Your coach plans them with you.", icon=":material/flag:")
    left, right = st.columns(2)
    with left:
        st.subheader("Goals", anchor=False)
        if not goals:
            quiet("No goal yet.")
        for line in goals:
            show_goal(context, line, today=today, key="feedback", writes=False, ticks=True)
    with right:
        st.subheader("Coaching sessions", anchor=False)
        if not sessions:
            quiet("None yet.")
        show_sessions(sessions, today=today, key="feedback")
        if appraised:
            st.subheader("Appraisals", anchor=False)
            show_appraisals(appraised, key="feedback")
        if shared:
            st.subheader("What the team works on", anchor=False)
        for objective in shared:
            with st.container(border=True, gap="xsmall"):
                show_objective(objective, today=today)


def show_next() -> None:
    """The next session, and an appraisal that waits for the agent's side."""
    ahead = [one for one in sessions if one.state is CoachingState.PLANNED]
    if ahead:
        session = min(ahead, key=lambda one: one.held_on)
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", gap="small", key="feedback:next_session"
        ):
            st.badge("Next coaching session", icon=":material/event:", color="blue")
            st.text(f"{write_day(session.held_on)}. Look at the agenda and add what you would like to talk about.")
            st.space("stretch")
            if st.button("Open the agenda", icon=":material/list_alt:", key="feedback:agenda"):
                st.switch_page("app_pages/coaching_session.py", query_params={"coaching": session.id})
    for view in appraised:
        if view.own is not None and view.own.submitted_at is None:
            with st.container(
                border=True, horizontal=True, vertical_alignment="center", gap="small",
                key=f"feedback:appraise:{view.appraisal.id}",
            ):  # fmt: skip
                st.badge("Grade yourself", icon=":material/compare:", color="green")
                st.text(name_appraisal(view))
                st.space("stretch")
                if st.button("Open", icon=":material/play_arrow:", key=f"feedback:fill:{view.appraisal.id}"):
                    st.switch_page("app_pages/appraisal.py", query_params={"appraisal": view.appraisal.id})


def show_asked() -> None:
    """Tickets that wait for the agent's own review."""
    for asked in self_review.list_asked(context):
        with st.container(
            border=True,
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            key=f"feedback:asked:{asked.assignment.id}",
        ):
            st.badge("Review yourself", icon=":material/self_improvement:", color="green")
            st.text(f"{asked.ticket.external_id} · {asked.ticket.subject or '(no subject)'}")
            st.space("stretch")
            if asked.assignment.due_at:
                quiet(tell_due(asked.assignment.due_at, now=context.now(), zone=zone), width="content")
            if st.button("Open", icon=":material/play_arrow:", key=f"feedback:open:{asked.assignment.id}"):
                st.switch_page("app_pages/desk.py", query_params={"assignment": asked.assignment.id})


with page_head("My feedback"):
    if unread:
        st.badge(f"{len(unread)} to read", icon=":material/mark_email_unread:", color="violet")
    st.space("stretch")
    period_input("feedback:period", period)
    st.link_button(
        "Workbook",
        f"/export/coaching/{context.actor.id}?from={report.start}&to={report.end}",
        icon=":material/download:",
        key="feedback:workbook",
    )
    if unread and st.button("Read the oldest new one", type="primary", icon=":material/forum:", key="feedback:next"):
        st.switch_page("app_pages/review.py", query_params={"review": unread[-1].review.id})
show_asked()
show_unacknowledged(context, zone=zone)
show_next()
open_goals = sum(line.goal.state is GoalState.OPEN for line in goals)
overview, graded, skills, coached, awareness = st.tabs(
    [
        "Overview",
        f"Reviews ({len(report.reviews)})",
        "Skills",
        f"Goals and coaching ({open_goals})",
        "Self and reviewer",
    ]
)
with overview:
    if report.reviews:
        show_headline(report)
        show_overview(report)
    else:
        empty("No review has been released to you in this period. Choose more days above.", icon=":material/forum:")
with graded:
    if report.reviews:
        show_reviews()
    else:
        empty("No review has been released to you in this period. Choose more days above.", icon=":material/forum:")
with skills:
    show_skills(report, key="feedback")
with coached:
    show_coaching()
with awareness:
    show_self_views(
        self_awareness.compare_self(context, context.actor.id, days=period, zone=zone), report.reviews, own=True
    )
