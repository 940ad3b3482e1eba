"""A report of ratings on screen: what to read first, then every section as a table with its note."""

import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Field, FieldValue, RatingsReport, Section
from qa_app.ui.widgets.figures import interval_chart
from qa_app.ui.widgets.frame import escape, quiet, show_methods
from qa_app.words import NOTHING, write_figure, write_limits

PLAIN = "plain"
"""Key of the section that is sentences and no table."""
TABS = {
    "Read first": (PLAIN, "read_first", "warnings"),
    "Agreement": ("coefficients", "applicability"),
    "Raters": ("raters", "severity", "reference", "tests", "pairs"),
    "Items and steps": ("items", "dependability", "steps"),
}
"""Names of tabs to the keys of the sections that they hold."""
_MOST_ROWS, _MOST_PIXELS = 13, 500
_ALPHA = "Krippendorff's alpha"


def show_ratings_report(report: RatingsReport) -> None:
    """All sections of a report, and its methods."""
    sections = {section.key: section for section in report.sections}
    tabs = st.tabs([*TABS, "Methods"])
    for tab, (name, keys) in zip(tabs, TABS.items(), strict=False):
        with tab:
            if name == "Agreement":
                _show_chart(sections["coefficients"])
            for key in keys:
                if key == PLAIN:
                    st.subheader(escape(sections[key].title), anchor=False)
                    show_sentences(sections[key])
                elif key in sections:
                    show_section(sections[key])
    with tabs[-1]:
        show_methods(report.methods)


def show_sentences(section: Section) -> None:
    """A section of sentences, each under what it is about."""
    with st.container(gap="small", width=900):
        for about, said in section.rows:
            st.markdown(f"**{escape(str(about))}**  \n{escape(str(said))}")


def _show_chart(section: Section) -> None:
    """Alpha by criterion with its interval; where it is not defined the table below says why."""
    keys = [field.key for field in section.fields]
    rows = [dict(zip(keys, row, strict=True)) for row in section.rows]
    shown = [
        (str(row["criterion"]), value)
        for row in rows
        if row["measure"] == _ALPHA and isinstance(value := row["measured"], Estimate)
    ]
    if shown:
        st.subheader("Agreement by criterion", anchor=False)
        interval_chart(shown, title="Krippendorff’s α")
        quiet("Bars are 95% intervals; a hollow point has none. 1 is full agreement, 0 is chance.")


def show_section(section: Section) -> None:
    """A table with its note, and why a figure in it is not defined."""
    st.subheader(escape(section.title), anchor=False)
    if not section.rows:
        quiet(section.none)
        return
    if section.note:
        quiet(section.note)
    reasons: dict[str, str] = {}
    table = pd.DataFrame(_write_rows(section, reasons))
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= _MOST_ROWS else _MOST_PIXELS,
        alt=section.title,
        key=f"interrater:{section.key}",
    )
    for explanation, letter in reasons.items():
        quiet(f"Not defined {letter}: {explanation}")


def _write_rows(section: Section, reasons: dict[str, str]) -> list[dict[str, str | int]]:
    """Rows as text without the columns that are empty throughout; explanations are collected for below the table."""
    kept = [place for place in range(len(section.fields)) if any(row[place] is not None for row in section.rows)]
    fields = section.fields
    return [
        {fields[place].header: _write(fields[place], row[place], reasons) for place in kept} for row in section.rows
    ]


def _write(field: Field, value: FieldValue, reasons: dict[str, str]) -> str | int:
    match value:
        case Undefined():
            return f"not defined {reasons.setdefault(value.explanation, f'({len(reasons) + 1})')}"
        case Estimate():
            return write_limits(value, digits=field.digits)
        case float():
            return write_figure(field.kind, value)
        case None:
            return NOTHING
        case _:
            return value
