"""A list of records as a table with one button a row."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

_ROW_PIXELS = 38
_MOST_ROWS_SHOWN = 14


def row_list(
    rows: Sequence[Mapping[str, object]], *, button: str, columns: Mapping[str, ColumnConfig | str], key: str, alt: str
) -> int | None:
    """Draw the rows; returns the 0-based row whose button was clicked in this run.

    `columns` gives title or configuration for each column shown, in order; text in cells is shown as it is.
    """
    frame = pd.DataFrame([{"": button, **{name: row[name] for name in columns}} for row in rows])
    click_key = f"{key}:click"
    st.dataframe(
        frame,
        hide_index=True,
        row_height=_ROW_PIXELS,
        height="content" if len(rows) <= _MOST_ROWS_SHOWN else _ROW_PIXELS * _MOST_ROWS_SHOWN,
        column_config={
            "": st.column_config.ButtonColumn("", type="tertiary", key=click_key, width=96, pinned=True),
            **columns,
        },
        alt=alt,
        key=key,
    )
    click = st.session_state.get(click_key)
    return None if click is None else int(click["row"])
