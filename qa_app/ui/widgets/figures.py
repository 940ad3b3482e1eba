"""Figures with their interval in the same breath, as cards, and charts that show the interval too."""

from collections.abc import Iterator, Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import TrendPoint
from qa_app.ui.present import describe_margin, describe_reason
from qa_app.ui.widgets.frame import quiet
from qa_app.words import write_day, write_measured, write_number


def measured_card(label: str, measured: Measured, *, digits: int = 1, unit: str = "") -> None:
    """One figure as a card: the value, and right below it the interval and counts, or why there is no value."""
    if isinstance(measured, Undefined):
        value, margin, reason = "—", describe_reason(measured), measured.explanation
    else:
        value, margin, reason = (
            f"{write_number(measured.value, digits)}{unit}",
            describe_margin(measured, digits=digits),
            None,
        )
    st.metric(label, value, margin, delta_color="off", delta_arrow="off", border=True, height="stretch", help=reason)


def trend_chart(points: Sequence[TrendPoint], *, title: str, height: int = 220) -> None:
    """Means over stretches of time, each with its interval as a bar; a hollow point has none."""
    rows = [
        {
            "stretch": f"{point.start.day} {point.start:%b} – {point.end.day} {point.end:%b}",
            "days": f"{write_day(point.start)} to {write_day(point.end)}",
            "words": write_measured(point.mean),
            **_numbers(point.mean),
        }
        for point in points
        if isinstance(point.mean, Estimate)
    ]
    if not rows:
        quiet("No stretch of this period has a figure yet.")
        return
    order, axis = [str(row["stretch"]) for row in rows], alt.Axis(labelAngle=0, labelOverlap=True)
    across = alt.X("stretch:N", sort=order, title=None, axis=axis)
    base = alt.Chart(pd.DataFrame(rows)).encode(x=across, color=_COLOUR)
    scale = alt.Scale(domain=(0, 100))
    bars = base.mark_rule(strokeWidth=4, opacity=0.4).encode(y=alt.Y("low:Q", title=title, scale=scale), y2="high:Q")
    at_mean = base.encode(
        y=alt.Y("value:Q", title=title, scale=scale),
        tooltip=[alt.Tooltip("days:N", title="Days"), alt.Tooltip("words:N", title=title)],
    )
    line = at_mean.mark_line(strokeWidth=1, strokeDash=[4, 3], opacity=0.6)
    st.altair_chart(
        alt.layer(bars, line, *_dots(at_mean, rows)).properties(height=height),
        width="stretch",
        alt=f"{title} over time with 95% intervals",
    )


def interval_chart(found: Sequence[tuple[str, Estimate]], *, title: str, digits: int = 2) -> None:
    """Coefficients up to 1, one a line, largest first, each with its interval; a hollow point has none."""
    rows = [{"name": name, "words": write_measured(one, digits=digits), **_numbers(one)} for name, one in found]
    down = alt.Y("name:N", sort=alt.SortField("value", "descending"), title=None, axis=alt.Axis(labelLimit=200))
    base = alt.Chart(pd.DataFrame(rows)).encode(y=down, color=_COLOUR)
    lowest = min(one.value if one.low is None else one.low for _, one in found)
    scale = alt.Scale(domain=(-1 if lowest < -0.5 else -0.5, 1))
    axis = alt.Axis(values=[-1, -0.5, 0, 0.5, 1], format=".1f")
    bars = base.mark_rule(strokeWidth=4, opacity=0.4).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title=title), x2="high:Q"
    )
    at_value = base.encode(
        x=alt.X("value:Q", scale=scale, axis=axis, title=title),
        tooltip=[alt.Tooltip("name:N", title="Criterion"), alt.Tooltip("words:N", title=title)],
    )
    st.altair_chart(
        alt.layer(bars, *_dots(at_value, rows)).properties(height=28 * len(rows) + 40),
        width="stretch",
        alt=f"{title} by criterion",
    )


def _numbers(found: Estimate) -> dict[str, object]:
    return {"value": found.value, "low": found.low, "high": found.high, "series": ""}


def _dots(base: alt.Chart, rows: Sequence[Mapping[str, object]]) -> Iterator[alt.Chart]:
    """Whole and hollow points; a layer without any would be a picture without a name to screen readers."""
    if any(row["low"] is not None for row in rows):
        yield base.transform_filter("isValid(datum.low)").mark_point(filled=True, size=70, opacity=1)
    if any(row["low"] is None for row in rows):
        yield base.transform_filter("!isValid(datum.low)").mark_point(filled=False, size=60, opacity=1)


_COLOUR = alt.Color("series:N", legend=None)
"""One category, so that it takes the theme's first chart colour."""
