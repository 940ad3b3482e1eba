"""A period of days, chosen once at the top of a page."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from qa_app.ui import state

Period = tuple[date, date]


def last_days(today: date, count: int) -> Period:
    """The last `count` days, today included."""
    return today - timedelta(days=count - 1), today


def chosen_period(key: str, default: Period) -> Period:
    """What the widget of this key holds; while only the first day is picked, that day alone."""
    days: Sequence[date] = state.read(key, default)
    return (days[0], days[-1]) if days else default


def period_input(key: str, default: Period) -> None:
    """The widget; pages read it with `chosen_period` of the same key."""
    st.date_input("Period", default, key=key, label_visibility="collapsed", width=230)
