"""The reviewers of a revealed calibration: severity, and each against the others and the reference side by side."""

import pandas as pd
import streamlit as st

from qa_app.estimate import Estimate
from qa_app.reports import CalibrationReport, Readings
from qa_app.ui.widgets.figures import interval_chart
from qa_app.ui.widgets.frame import escape, quiet
from qa_app.ui.widgets.session_overview import choose_readings
from qa_app.ui.widgets.session_report import write_cell
from qa_app.words import NOTHING, write_count
from qa_app.workflows.ratings_severity import STRICT
from qa_app.workflows.session_sections import REVIEWERS_NOTE, SEVERITY_NOTE


def show_reviewers(report: CalibrationReport) -> None:
    """Who is severe, who answers like the others, who answers like the reference, and who finds critical errors."""
    found = choose_readings(report, key="session:scope:reviewers")
    with st.container(border=True):
        st.subheader("Severity", anchor=False)
        _show_severity(found)
    rows = [
        {
            "Reviewer": f"**{escape(one.name)}**",
            "Same as the others, %": write_cell(one.peers, digits=0),
            "Same as the reference, %": write_cell(one.reference, digits=0),
            f"Points below the others {STRICT}": write_cell(one.below_peers, digits=1),
            f"Points below the reference {STRICT}": write_cell(one.below_reference, digits=1),
            "Critical found, %": write_cell(one.hits, digits=0),
            "False alarms, %": write_cell(one.false_alarms, digits=0),
            "Remarks": escape("; ".join(one.remarks) or NOTHING),
        }
        for one in found.reviewers
    ]
    st.subheader("Against the others and against the reference", anchor=False)
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Reviewers side by side")
    quiet(f"{REVIEWERS_NOTE} {_describe_reference(found)}")
    if found.critical:
        _show_critical(found)


def _show_severity(found: Readings) -> None:
    defined = [(one.name, one.severity) for one in found.reviewers if isinstance(one.severity, Estimate)]
    if defined:
        interval_chart(defined, title=f"Severity, logits {STRICT}", coefficient=False)
        quiet(
            f"{SEVERITY_NOTE} Bars are 95% intervals; they are no test of two reviewers against each other. Never "
            "judge a person by a wide one."
        )
    elif found.reviewers:
        quiet(str(found.reviewers[0].severity))


def _show_critical(found: Readings) -> None:
    rows = [
        {
            "Criterion": f"**{escape(line.label)}**",
            "Hurts": line.family,
            "Tickets with an error": NOTHING if line.errors is None else line.errors,
            "Found, %": write_cell(line.hits, digits=0),
            "False alarms, %": write_cell(line.false_alarms, digits=0),
        }
        for line in found.critical
    ]
    st.subheader("Critical criteria", anchor=False)
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Critical criteria against the reference")
    quiet(
        "Errors are those of the reference. Found: the share of reviewers who marked them. False alarms: the share who "
        "marked one where there is none."
    )


def _describe_reference(found: Readings) -> str:
    if not found.n_agreed and not found.n_expert:
        return "There is no reference yet: record agreed answers in the meeting, or name an expert in the next session."
    parts = [
        write_count(found.n_agreed, "answer agreed in the meeting", "answers agreed in the meeting"),
        write_count(found.n_expert, "answer of the expert", "answers of the expert"),
    ]
    counts = (found.n_agreed, found.n_expert)
    return f"The reference: {' and '.join(part for part, count in zip(parts, counts, strict=True) if count)}."
