"""A line of calibrations on screen: severity, agreement and distance, who changed, whether meetings helped."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate
from qa_app.ui import state
from qa_app.ui.widgets.figures import course_chart
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.ui.widgets.session_report import write_cell
from qa_app.words import write_change, write_day
from qa_app.workflows.calibration_trend import BEFORE_AND_AFTER, Course, MeetingEffect, Trend
from qa_app.workflows.ratings_severity import STRICT

_VIEWS = {
    "severity": ("Severity of reviewers", f"Points of 100 below the others {STRICT}"),
    "agreement": ("Agreement of reviewers", "Same answers as the others, %"),
    "distance": ("Criteria", "Distance of two answers, % of guessing"),
}
_EVERYTHING = "All criteria"


def show_trend(trend: Trend) -> None:
    """One reviewer or criterion over the sessions, then everybody's change."""
    if len(trend.stops) < 2:
        quiet("This is the first session on a scorecard of this structure. From the second on, changes show here.")
        return
    st.segmented_control(
        "What to follow",
        list(_VIEWS),
        format_func=lambda key: _VIEWS[key][0],
        default="severity",
        required=True,
        label_visibility="collapsed",
        key="session:trend",
    )
    view = state.read("session:trend", "severity")
    whole = Course(_EVERYTHING, trend.apart, None, alert=False)
    courses = {
        "severity": trend.reviewers,
        "agreement": trend.agreement,
        "distance": (whole, *trend.criteria),
    }[view]
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        _show_course(trend, courses, title=_VIEWS[view][1])
    with right.container(border=True, height="stretch"):
        st.subheader("Late against early", anchor=False)
        _show_changes([one for one in courses if one is not whole])
        quiet(trend.note)
    st.subheader("Before and after each meeting", anchor=False)
    rows = [_write_meeting(one) for one in trend.meetings]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Before and after each meeting")
    quiet(f"Distance in % of guessing. {BEFORE_AND_AFTER}")


def _show_course(trend: Trend, courses: tuple[Course, ...], *, title: str) -> None:
    names = [one.name for one in sorted(courses, key=lambda one: not one.alert)]
    chosen = st.selectbox("Follow", names, key="session:trend:who", label_visibility="collapsed")
    course = next((one for one in courses if one.name == chosen), courses[0])
    points = [
        (stop.name, point)
        for stop, point in zip(trend.stops, course.points, strict=True)
        if isinstance(point, Estimate)
    ]
    edits = [stop.name for stop in trend.stops if stop.reworded]
    meetings = {stop.name: f"{stop.met}, {write_day(stop.revealed_at)}" for stop in trend.stops if stop.met}
    course_chart(points, edits=edits, meetings=meetings, order=[stop.name for stop in trend.stops], title=title)
    quiet(
        "A diamond below: the session was talked over in a meeting. A dashed line: the wording of the scorecard was "
        "edited before that session."
    )


def _show_changes(courses: Sequence[Course]) -> None:
    rows = [
        {
            "": f"**{escape(one.name)}**",
            "Change": "—" if one.change is None else write_cell(one.change, digits=1),
            "Alert": ":orange-badge[:material/trending_up: changed]" if one.alert else "",
        }
        for one in courses
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Late against early")


def _write_meeting(one: MeetingEffect) -> dict[str, str]:
    return {
        "Session": escape(one.before),
        "The next": escape(one.after),
        "Reviewers": escape(one.team),
        "Change": escape(_judge(one)),
    }


def _judge(one: MeetingEffect) -> str:
    """A smaller distance is the better one, so the words for rising figures do not fit."""
    return write_change(one.change).replace(", better", ", further apart").replace(", worse", ", closer")
