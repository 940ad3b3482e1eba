"""Figures with their interval in the same breath, as cards, and charts that show the interval too."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import TrendPoint
from qa_app.words import write_measured, write_number


def measured_card(label: str, measured: Measured, *, note: str = "", digits: int = 1, unit: str = "") -> None:
    """One figure as a card: value large, interval and counts right below it."""
    with st.container(border=True, height="stretch"):
        st.caption(label)
        if isinstance(measured, Undefined):
            st.markdown("**—**")
            st.caption(measured.explanation)
        else:
            st.markdown(f"### {write_number(measured.value, digits)}{unit}")
            st.caption(_margin(measured, digits))
        if note:
            st.caption(note)


def trend_chart(points: Sequence[TrendPoint], *, title: str, height: int = 220) -> None:
    """Means by week with their intervals as bars; weeks without a number are left open."""
    rows = [
        {"week": point.start, "mean": point.mean.value, "low": point.mean.low, "high": point.mean.high,
         "words": write_measured(point.mean)}
        for point in points
        if isinstance(point.mean, Estimate)
    ]  # fmt: skip
    if not rows:
        st.caption("No week has a figure yet.")
        return
    frame = pd.DataFrame(rows)
    frame["week"] = pd.to_datetime(frame["week"])
    base = alt.Chart(frame).encode(x=alt.X("week:T", title=None, axis=alt.Axis(format="%d %b", tickCount="week")))
    scale = alt.Scale(domain=(0, 100))
    bars = base.mark_rule(strokeWidth=3, opacity=0.35).encode(y=alt.Y("low:Q", title=title, scale=scale), y2="high:Q")
    line = base.mark_line(point=alt.OverlayMarkDef(filled=True, size=55)).encode(
        y=alt.Y("mean:Q", title=title, scale=scale),
        tooltip=[alt.Tooltip("week:T", title="Week of"), alt.Tooltip("words:N", title=title)],
    )
    st.altair_chart((bars + line).properties(height=height), width="stretch", alt=f"{title} by week with 95% intervals")


def _margin(measured: Estimate, digits: int) -> str:
    return write_measured(measured, digits=digits).removeprefix(write_number(measured.value, digits)).strip()
