"""An agent's own page: what is new to read, released reviews, skills with their margin, goals."""

import streamlit as st

from db.records import ReviewState
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import GOAL_STATES, describe_moment, describe_score, describe_state, tell_due
from qa_app.ui.widgets.agent_report import show_headline, show_overview, show_skills
from qa_app.ui.widgets.frame import empty, page_head, quiet
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.ui.widgets.unacknowledged import show_unacknowledged
from qa_app.words import write_day
from qa_app.workflows import agent_results, self_review

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()
period = chosen_period("feedback:period", last_days(today, 56))
report = agent_results.report_agent(context, context.actor.id, start=period[0], end=period[1], zone=zone)
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


def show_goals() -> None:
    """What was agreed on with the coach."""
    st.subheader("Goals", anchor=False)
    for goal in report.goals:
        word, icon, colour = GOAL_STATES[goal.state]
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=icon, color=colour)
            st.text(goal.text)
            st.space("stretch")
            if goal.due_on:
                quiet(f"until {write_day(goal.due_on)}", width="content")


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
if not report.reviews:
    empty("No review has been released to you in this period. Choose more days above.", icon=":material/forum:")
    st.stop()
show_headline(report)
overview, graded, skills = st.tabs(["Overview", f"Reviews ({len(report.reviews)})", "Skills"])
with overview:
    if report.goals:
        show_goals()
    show_overview(report)
with graded:
    show_reviews()
with skills:
    show_skills(report, key="feedback")
