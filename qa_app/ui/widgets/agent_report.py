"""An agent's report on screen: the same figures as the workbook, each with its interval."""

import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate
from qa_app.reports import Advice, AgentReport
from qa_app.ui.widgets.figures import measured_card, trend_chart
from qa_app.ui.widgets.frame import empty, escape
from qa_app.words import write_change, write_measured

_FAMILIES = {
    "customer": "Free of customer-critical errors",
    "business": "Free of business-critical errors",
    "compliance": "Free of compliance-critical errors",
}


def show_headline(report: AgentReport) -> None:
    """Score, verdicts and halves as cards."""
    with st.grid(4):
        measured_card("Score, random reviews", report.score, unit="%", note=_change(report))
        measured_card("Passed", report.passed, unit="%")
        measured_card("Soft skills", report.soft, unit="%")
        measured_card("Hard skills", report.hard, unit="%")
    critical = [(family, share) for family, share in report.critical.items() if isinstance(share, Estimate)]
    extra = [("Targeted reviews, apart", report.targeted)] if isinstance(report.targeted, Estimate) else []
    if critical or extra:
        with st.grid(4):
            for family, share in critical:
                measured_card(_FAMILIES[family], share, unit="%")
            for label, measured in extra:
                measured_card(label, measured, unit="%")


def show_skills(report: AgentReport) -> None:
    """One row per skill with its interval and what changed."""
    if not report.skills:
        empty("No graded skill in this period.", icon=":material/insights:")
        return
    rows = [
        {
            "skill": line.label,
            "half": line.skill_type.value if line.skill_type else "—",
            "bar": line.mean.value if isinstance(line.mean, Estimate) else None,
            "mean": write_measured(line.mean),
            "change": write_change(line.change),
            "reviews": line.n_reviews,
        }
        for line in report.skills
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        column_config={
            "skill": st.column_config.TextColumn("Skill", pinned=True),
            "half": st.column_config.TextColumn("Half", width="small"),
            "bar": st.column_config.ProgressColumn("", min_value=0, max_value=100, format="%.0f"),
            "mean": st.column_config.TextColumn("Mean with 95% interval", width="medium"),
            "change": st.column_config.TextColumn("Against the period before", width="large"),
            "reviews": st.column_config.NumberColumn("Reviews", width="small"),
        },
        key="agent:skills",
        alt="Skills with their means and intervals",
    )


def show_trend(report: AgentReport) -> None:
    """Score by week with intervals."""
    trend_chart(report.trend, title="Score, %")


def show_advice(report: AgentReport) -> None:
    """What to praise and what to practise next, side by side."""
    left, right = st.columns(2)
    with left:
        st.subheader("Praise", anchor=False)
        _advice(report.praise, "Nothing stands out from the rest yet; more reviews will tell.")
    with right:
        st.subheader("Practise next", anchor=False)
        _advice(report.practise, "No skill is surely below the others; more reviews will tell.")


def _advice(lines: tuple[Advice, ...], nothing: str) -> None:
    if not lines:
        st.caption(nothing)
    for line in lines:
        with st.container(border=True):
            st.markdown(f"**{escape(line.label)}**")
            st.text(line.why)
            st.text(line.step)


def _change(report: AgentReport) -> str:
    return (
        f"{escape(write_change(report.change))} against the period before"
        if isinstance(report.change, Estimate)
        else ""
    )
