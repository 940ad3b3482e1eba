"""Figures with their interval in the same breath, as cards, and charts that show the interval too."""

from collections.abc import Iterator, Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import TrendPoint
from qa_app.ui.present import describe_margin
from qa_app.ui.widgets.frame import find_colour, quiet
from qa_app.words import describe_reason, write_day, write_measured, write_number

_LINE_PIXELS, _AXIS_PIXELS = 24, 60
"""Of one line of a chart of people, and of the axis with its title below them."""


def measured_card(label: str, measured: Measured, *, digits: int = 1, unit: str = "", count: str | None = None) -> None:
    """One figure as a card: the value, and right below it the interval and counts, or why there is no value.

    `count` says of what there are so many; without it the card says `n = 17`.
    """
    if isinstance(measured, Undefined):
        value, margin, reason = "—", describe_reason(measured), measured.explanation
    else:
        value, margin, reason = (
            f"{write_number(measured.value, digits)}{unit}",
            describe_margin(measured, digits=digits, count=count),
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
    bars = _bars(base).encode(y=alt.Y("low:Q", title=title, scale=scale), y2="high:Q")
    at_mean = base.encode(
        y=alt.Y("value:Q", title=title, scale=scale),
        tooltip=[alt.Tooltip("days:N", title="Days"), alt.Tooltip("words:N", title=title)],
    )
    line = at_mean.mark_line(strokeWidth=1, strokeDash=[4, 3], opacity=0.6)
    layers = [bars, line, *_dots(at_mean, rows)]
    _draw(layers, height=height, alt_text=f"{title} over time with 95% intervals")


def interval_chart(
    found: Sequence[tuple[str, Estimate]], *, title: str, digits: int = 2, coefficient: bool = True
) -> None:
    """Figures, one a line, largest first, each with its interval; a hollow point has none.

    A coefficient goes up to 1; anything else is drawn around 0.
    """
    rows = [{"name": name, "words": write_measured(one, digits=digits), **_numbers(one)} for name, one in found]
    down = alt.Y("name:N", sort=alt.SortField("value", "descending"), title=None, axis=alt.Axis(labelLimit=200))
    base = alt.Chart(pd.DataFrame(rows)).encode(y=down, color=_COLOUR)
    ends = [end for _, one in found for end in (one.low, one.high, one.value) if end is not None]
    if coefficient:
        scale = alt.Scale(domain=(-1 if min(ends) < -0.5 else -0.5, 1))
        axis = alt.Axis(values=[-1, -0.5, 0, 0.5, 1], format=".1f")
    else:
        widest = max(abs(end) for end in ends)
        scale, axis = (
            alt.Scale(domain=(-widest, widest), nice=True),
            # A format without digits has as many as the ticks need.
            alt.Axis(format="+f", tickCount=9, labelExpr="datum.value === 0 ? '0' : datum.label"),
        )
    bars = _bars(base).encode(x=alt.X("low:Q", scale=scale, axis=axis, title=title), x2="high:Q")
    at_value = base.encode(
        x=alt.X("value:Q", scale=scale, axis=axis, title=title),
        tooltip=[alt.Tooltip("name:N", title="Criterion"), alt.Tooltip("words:N", title=title)],
    )
    layers = [_middle(), bars, *_dots(at_value, rows)]
    _draw(layers, height=28 * len(rows) + 40, alt_text=f"{title}, one line each")


def standing_chart(rows: Sequence[Mapping[str, object]], *, middle: float | None, title: str, alt_text: str) -> None:
    """People, one a line, in the order given: the estimate with its interval, the mean as graded as a small tick.

    Each row has name, value, low, high, graded and words. A dashed line stands at `middle`.
    """
    ends = [float(str(row[key])) for row in rows for key in ("low", "high", "value", "graded") if row[key] is not None]
    scale, axis = alt.Scale(domain=(min(ends), max(ends)), nice=True, zero=False), alt.Axis(tickCount=8, title=title)
    names = alt.Axis(labelLimit=160, labelOverlap=False)
    down = alt.Y("name:N", sort=[str(row["name"]) for row in rows], title=None, axis=names)
    base = alt.Chart(pd.DataFrame([{**row, "series": ""} for row in rows])).encode(
        y=down,
        color=_COLOUR,
        tooltip=[alt.Tooltip("name:N", title="Agent"), alt.Tooltip("words:N", title=title)],
    )
    bars = _bars(base).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
    layers = [bars, *_dots(base.encode(x=alt.X("value:Q", scale=scale, axis=axis)), rows)]
    ink = alt.value(find_colour("textColor"))
    if any(row["graded"] is not None for row in rows):
        ticks = base.mark_tick(thickness=2, size=14, opacity=0.9)
        layers.append(ticks.encode(x=alt.X("graded:Q", scale=scale, axis=axis), color=ink))
    if middle is not None:
        line = alt.Chart(pd.DataFrame([{"value": middle}])).mark_rule(strokeDash=[3, 3], opacity=0.6)
        layers.insert(0, line.encode(x=alt.X("value:Q", scale=scale, axis=axis), color=ink))
    _draw(layers, height=_LINE_PIXELS * len(rows) + _AXIS_PIXELS, alt_text=alt_text)


_LEVEL_HEADS = 6


def heat_map(cells: Sequence[tuple[str, str, Estimate]], *, title: str) -> None:
    """Percentages by row and column, written in their cells; the lower, the stronger the colour."""
    rows = [
        {
            "row": row,
            "column": column,
            "shown": write_number(one.value, 0),
            "words": write_measured(one),
            **_numbers(one),
        }
        for row, column, one in cells
    ]
    down, across = (list(dict.fromkeys(str(one[name]) for one in rows)) for name in ("row", "column"))
    # Every column has its name: Vega leaves out those that it thinks too near, so many of them stand steeper.
    steep = len(across) > _LEVEL_HEADS
    heads = alt.Axis(orient="top", labelAngle=-60 if steep else -30, labelLimit=120, labelOverlap=False)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("column:N", sort=across, title=None, axis=heads),
        y=alt.Y("row:N", sort=down, title=None, axis=alt.Axis(labelLimit=200)),
        tooltip=[
            alt.Tooltip("row:N", title="Criterion"),
            alt.Tooltip("column:N", title="Reviewer"),
            alt.Tooltip("words:N", title=title),
        ],
    )
    # The colour lies so thin over the page that the numbers stay legible in light and in dark.
    strength = alt.Opacity("value:Q", scale=alt.Scale(domain=(100, 0), range=(0.04, 0.75), clamp=True), legend=None)
    tiles = base.mark_rect(cornerRadius=2).encode(color=_COLOUR, opacity=strength)
    numbers = base.mark_text(fontSize=12, color=find_colour("textColor")).encode(text="shown:N")
    height = 28 * len(down) + (120 if steep else 70)
    _draw([tiles, numbers], height=height, alt_text=f"{title} by row and column")


def course_chart(
    points: Sequence[tuple[str, Estimate]],
    *,
    edits: Sequence[str],
    meetings: Mapping[str, str],
    order: Sequence[str],
    title: str,
    height: int = 240,
) -> None:
    """Figures over named stops in their order, each with its interval.

    Dashed lines stand at the stops before which something was edited, diamonds below those that were met about.
    """
    if not points:
        quiet("No session has a figure yet.")
        return
    rows = [{"stop": stop, "words": write_measured(one), **_numbers(one)} for stop, one in points]
    across = alt.X("stop:N", sort=list(order), title=None, axis=alt.Axis(labelAngle=-20, labelLimit=140))
    base = alt.Chart(pd.DataFrame(rows)).encode(x=across, color=_COLOUR)
    # Along the axis there is room for some thirty letters, and above it for any title.
    above = alt.Axis(title=title, titleAngle=0, titleAlign="left", titleBaseline="bottom", titleX=-30, titleY=-8)
    scale = alt.Scale(zero=True, nice=True)
    bars = _bars(base).encode(y=alt.Y("low:Q", axis=above, scale=scale), y2="high:Q")
    at_value = base.encode(
        y=alt.Y("value:Q", axis=above, scale=scale),
        tooltip=[alt.Tooltip("stop:N", title="Session"), alt.Tooltip("words:N", title=title)],
    )
    line = at_value.mark_line(strokeWidth=1, opacity=0.6)  # dashes are for edits
    layers = [*_mark_course(across, edits, meetings), bars, line, *_dots(at_value, rows)]
    _draw(layers, height=height, alt_text=f"{title} over the sessions with 95% intervals")


def _draw(layers: Sequence[alt.Chart], *, height: int, alt_text: str) -> None:
    """Show a chart. All have one style of axis: text in the grey that is legible, each name level with its line."""
    grey, ink = find_colour("grayTextColor"), find_colour("textColor")
    styled = (
        alt.layer(*layers)
        .properties(height=height)
        .configure_axis(labelColor=grey, titleColor=grey, labelFlush=False, labelPadding=6, titlePadding=8)
        .configure_rule(color=ink)
        .configure_point(color=ink)
    )
    st.altair_chart(styled, width="stretch", alt=alt_text)


def _bars(base: alt.Chart) -> alt.Chart:
    """Intervals, fainter than their dots and still 3:1 on the page in both themes (WCAG 1.4.11)."""
    bars: alt.Chart = base.mark_rule(strokeWidth=4, opacity=0.65)
    return bars


def _mark_course(across: alt.X, edits: Sequence[str], meetings: Mapping[str, str]) -> Iterator[alt.Chart]:
    """Lines and diamonds; a layer without any would be a picture without a name to screen readers."""
    if edits:
        yield alt.Chart(pd.DataFrame({"stop": list(edits)})).mark_rule(strokeDash=[2, 2], opacity=0.7).encode(x=across)
    if meetings:
        met = pd.DataFrame([{"stop": stop, "words": words} for stop, words in meetings.items()])
        words = alt.Tooltip("words:N", title="Meeting")
        diamonds = alt.Chart(met).mark_point(shape="diamond", filled=True, size=60, opacity=0.7, yOffset=-8)
        yield diamonds.encode(x=across, y=alt.value("height"), tooltip=[words])


def _middle() -> alt.Chart:
    """A thin line at 0."""
    zero = alt.Chart(pd.DataFrame([{"value": 0.0}]))
    line: alt.Chart = zero.mark_rule(strokeDash=[2, 3], opacity=0.5).encode(x="value:Q")
    return line


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
