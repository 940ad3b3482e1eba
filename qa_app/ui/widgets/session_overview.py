"""The overview of a revealed calibration: the verdicts, what to fix first, and where answers differ most."""

import streamlit as st

from qa_app.reports import CalibrationReport, Fix, Readings
from qa_app.ui.present import TARGETS
from qa_app.ui.widgets.figures import measured_card
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.ui.widgets.ratings_report import PLAIN, show_sentences
from qa_app.ui.widgets.session_report import Discuss, show_agenda
from qa_app.words import write_count, write_number

SMALL = 12
"""Tickets below which the sessions before it are shown first, where there are any."""


def choose_readings(report: CalibrationReport, *, key: str) -> Readings:
    """This session, or the sessions that it is pooled with; a choice only where there are several."""
    if report.pooled is None:
        return report.readings
    names = {
        "session": f"This session, {write_count(report.readings.n_tickets, 'ticket')}",
        "pooled": f"Last {len(report.pooled.sessions)} sessions, {write_count(report.pooled.n_tickets, 'ticket')}",
    }
    small = report.readings.n_tickets < SMALL
    chosen = st.segmented_control(
        "Which answers",
        list(names),
        format_func=names.__getitem__,
        default="pooled" if small else "session",
        required=True,
        label_visibility="collapsed",
        key=key,
    )
    return report.pooled if chosen == "pooled" else report.readings


def show_overview(report: CalibrationReport, discuss: Discuss) -> None:
    """What a lead reads first."""
    found = choose_readings(report, key="session:scope:overview")
    if report.readings.n_tickets < SMALL:
        pooled = (
            "" if report.pooled is None else " The sessions before it are pooled with it, so that more can be told."
        )
        quiet(
            f"This session has {write_count(report.readings.n_tickets, 'ticket')}: read the intervals, not the "
            f"numbers, and take even those as too narrow.{pooled}"
        )
    one, two, three = st.columns(3)
    with one:
        measured_card("Another reviewer, another verdict", found.flips, unit="%")
    with two:
        measured_card("Distance of two answers, % of guessing", found.disagreement)
    with three:
        st.metric(
            "Blind grades in" if report.pooled is None else "Blind grades in, this session",
            f"{report.submitted} of {report.expected}",
            f"{write_count(len(report.tickets), 'ticket')}, {write_count(len(report.reviewers), 'person', 'people')}"
            + (f", {len(report.not_blind)} more not blind" if report.not_blind else ""),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
        )
    with st.expander("In plain words", icon=":material/notes:", expanded=True):
        show_sentences(next(section for section in report.sections if section.key == PLAIN))
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch", gap="small"):
        st.subheader("What to fix first", anchor=False)
        for fix in found.fixes:
            _show_fix(fix)
        quiet(found.fixes_note)
    with right.container(border=True, height="stretch", gap="xsmall"):
        st.subheader("What to talk about first", anchor=False)
        show_agenda(report, discuss)


def _show_fix(fix: Fix) -> None:
    word, icon, colour = TARGETS[fix.target]
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=icon, color=colour)
            st.markdown(f"**{escape(fix.name)}**", width="content")
            st.space("stretch")
            quiet(f"{write_number(fix.gain, 0)}% of all disagreement", width="content")
        st.markdown(escape(fix.problem))
        quiet(fix.numbers)
        st.markdown(f":material/task_alt: {escape(fix.step)}")
