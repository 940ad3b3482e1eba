"""Health of a scorecard on screen: what stands out with its numbers and what to do, then every criterion."""

from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from db.records import ScorecardVersion
from qa_app.errors import PlumblineError
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import FieldValue, Section
from qa_app.stats.health import Verdict
from qa_app.ui import state
from qa_app.ui.present import VERDICTS
from qa_app.ui.widgets.frame import empty, escape, quiet, show_methods
from qa_app.ui.widgets.period import chosen_period, last_days, period_input
from qa_app.ui.widgets.session_report import write_cell
from qa_app.workflows import calibration_results
from qa_app.workflows.context import Context
from qa_app.workflows.health_report import Health, Remark
from qa_app.workflows.scorecard_health import USUAL_DAYS, check_health

_PERIOD = "scorecards:health:period"


def show_health(context: Context, version: ScorecardVersion, *, zone: ZoneInfo) -> None:
    """The health over a period that is chosen above it, counted when somebody looks."""
    today = context.now().astimezone(zone).date()
    usual = last_days(today, USUAL_DAYS)
    period_input(_PERIOD, usual)
    start, end = chosen_period(_PERIOD, usual)
    try:
        with st.spinner("Counting"):
            found = state.recall(
                "scorecards:health",
                (version.id, start, end, context.actor.id, calibration_results.find_revision(context)),
                lambda: check_health(context, version.id, start=start, end=end, zone=zone),
            )
    except PlumblineError as refusal:
        st.error(escape(refusal.message), icon=":material/error:")
        return
    if not found.n_tickets:
        empty("No review and no calibration in this period. Choose a longer one.", icon=":material/monitor_heart:")
        return
    _show_remarks(found)
    _, criteria, options = found.sections
    st.subheader("Every criterion", anchor=False)
    _show_section(criteria)
    with st.expander("Every option", icon=":material/list:"):
        _show_section(options)
    with st.expander("How this is counted", icon=":material/function:"):
        show_methods(found.methods)


def _show_remarks(found: Health) -> None:
    remarks = found.remarks
    sure = [one for one in remarks if one.verdict is Verdict.STANDS_OUT]
    st.subheader(f"What stands out ({len(sure)})" if sure else "Nothing stands out", anchor=False)
    quiet(found.note)
    for remark in sure:
        _show_remark(remark)
    rest = remarks[len(sure) :]
    if rest:
        with st.expander(f"Too few to tell ({len(rest)})", icon=":material/hourglass_empty:"):
            for remark in rest:
                _show_remark(remark)


def _show_remark(remark: Remark) -> None:
    word, icon, colour = VERDICTS[remark.verdict]
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=icon, color=colour)
            st.markdown(f"**{escape(remark.label)}**", width="content")
        st.markdown(escape(remark.problem))
        quiet(remark.numbers)
        st.markdown(f":material/task_alt: {escape(remark.step)}")


def _show_section(section: Section) -> None:
    if not section.rows:
        quiet(section.none)
        return
    headers = [field.header for field in section.fields]
    rows = [
        dict(zip(headers, (f"**{escape(str(first))}**", *map(_write, rest)), strict=True))
        for first, *rest in section.rows
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=section.title)
    quiet(section.note)


def _write(value: FieldValue) -> str:
    match value:
        case None:
            return "—"
        case Estimate() | Undefined():
            return write_cell(value, digits=1)
        case _:
            return escape(str(value))
