"""An agent's own page: released reviews, skills with their margin, goals."""

import streamlit as st

from db.records import ReviewState
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import REVIEW_STATES, describe_moment
from qa_app.ui.widgets.agent_report import show_advice, show_headline, show_skills, show_trend
from qa_app.ui.widgets.frame import empty, escape, page_head
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.rows import row_list
from qa_app.words import write_day, write_number
from qa_app.workflows import agent_results

context = current_context()
zone = installation().settings.time_zone
today = context.now().astimezone(zone).date()
period = chosen_period("feedback:period", last_days(today, 56))
report = agent_results.report_agent(context, context.actor.id, start=period[0], end=period[1], zone=zone)
unread = sum(line.review.state is ReviewState.RELEASED for line in report.reviews)

with page_head("My feedback", context.actor):
    if unread:
        st.badge(f"{unread} to read", icon=":material/mark_email_unread:", color="violet")
    period_input("feedback:period", period)
    st.link_button(
        "Workbook",
        f"/export/coaching/{context.actor.id}?from={report.start}&to={report.end}",
        icon=":material/download:",
    )
if not report.reviews:
    empty("No review has been released to you in this period.", icon=":material/forum:")
    st.stop()
show_headline(report)
show_advice(report)
chosen = row_list(
    [
        {
            "released": describe_moment(line.review.released_at, zone),
            "ticket": line.ticket.external_id,
            "subject": line.ticket.subject or "(no subject)",
            "score": "no score"
            if line.review.score is None or line.review.score.reported is None
            else write_number(line.review.score.reported, 1),
            "state": "New" if line.review.state is ReviewState.RELEASED else REVIEW_STATES[line.review.state][0],
        }
        for line in report.reviews
    ],
    button=":material/visibility: Read",
    columns={
        "released": "Released",
        "ticket": "Ticket",
        "subject": st.column_config.TextColumn("Subject", width="large"),
        "score": st.column_config.TextColumn("Score", alignment="right", width="small"),
        "state": "State",
    },
    key="feedback:table",
    alt="Your reviews, newest first",
)
if chosen is not None:
    st.switch_page("app_pages/review.py", query_params={"review": report.reviews[chosen].review.id})
show_skills(report)
with st.container(border=True):
    show_trend(report)
if report.goals:
    st.subheader("Goals", anchor=False)
    for goal in report.goals:
        st.markdown(
            f":material/flag: {escape(goal.text)}" + (f" · until {write_day(goal.due_on)}" if goal.due_on else "")
        )
