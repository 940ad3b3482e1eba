"""A list of records as a table with one button a row."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

_ROW_PIXELS = 36
_HEAD_PIXELS = 36
_MOST_ROWS_SHOWN = 18
_BUTTON_PIXELS = 76


def row_list(
    rows: Sequence[Mapping[str, object]],
    *,
    button: str,
    columns: Mapping[str, ColumnConfig | str],
    key: str,
    alt: str,
    figures: Collection[str] = (),
) -> int | None:
    """Draw the rows; returns the 0-based row whose button was clicked in this run.

    `columns` gives title or configuration for each column shown, most telling first: a phone shows two or three of
    them beside the button, the others by scrolling. Text in cells is shown as it is; figures with their intervals, in
    the columns named by `figures`, have their points below each other.
    """
    frame = pd.DataFrame([{"": button, **{name: row[name] for name in columns}} for row in rows])
    for name in set(columns).intersection(figures):
        frame[name] = line_up(frame[name])
    click_key = f"{key}:click"
    st.dataframe(
        frame,
        hide_index=True,
        row_height=_ROW_PIXELS,
        height="content" if len(rows) <= _MOST_ROWS_SHOWN else _HEAD_PIXELS + _ROW_PIXELS * _MOST_ROWS_SHOWN,
        column_config={
            "": st.column_config.ButtonColumn("", type="tertiary", key=click_key, width=_BUTTON_PIXELS, pinned=True),
            **columns,
        },
        alt=alt,
        key=key,
    )
    click = st.session_state.get(click_key)
    return None if click is None else int(click["row"])


def line_up(figures: Iterable[str]) -> list[str]:
    """Figures of a column such as `9.1 ± 2.0`, moved right until all have as many places before the point."""
    found = [(written, _WHOLE.match(written)) for written in figures]
    widest = max((len(whole.group()) for _, whole in found if whole), default=0)
    return [_DIGIT_WIDE * (widest - len(whole.group())) + text if whole else text for text, whole in found]


_WHOLE = re.compile(r"-?\d+")
_DIGIT_WIDE = "\N{FIGURE SPACE}"
