"""A period of days, chosen once at the top of a page."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from qa_app.ui import state

Period = tuple[date, date]
DAY_FORMAT = "YYYY-MM-DD"
"""Of every day that is typed: the only one of Streamlit's formats that no reader takes for another."""


def last_days(today: date, count: int) -> Period:
    """The last `count` days, today included."""
    return today - timedelta(days=count - 1), today


def chosen_period(key: str, default: Period) -> Period:
    """What the widget of this key holds; while only the first day is picked, that day alone."""
    days: Sequence[date] = state.read(key, default)
    return (days[0], days[-1]) if days else default


def period_input(key: str, default: Period, *, label: str = "") -> None:
    """The widget; pages read it with `chosen_period` of the same key. In a heading row it goes without its label."""
    st.date_input(
        label or "Period",
        default,
        key=key,
        label_visibility="visible" if label else "collapsed",
        width=226,
        format=DAY_FORMAT,
    )
