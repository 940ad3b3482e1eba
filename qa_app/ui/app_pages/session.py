"""One calibration session: progress while it is blind, everything after the reveal."""

import altair as alt
import pandas as pd
import streamlit as st

from db.records import SessionId, SessionState, TicketId
from qa_app.domain.access import allows
from qa_app.errors import PlumblineError
from qa_app.estimate import Estimate
from qa_app.reports import CalibrationReport
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import SESSION_STATES, describe_deadline, describe_moment, write_short
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head
from qa_app.words import write_measured, write_number
from qa_app.workflows import calibration, calibration_results

context = current_context()
zone = installation().settings.time_zone
session_id = SessionId(state.link_value("session") or "")


def reveal() -> None:
    """Show everybody's answers to everybody."""
    attempt(
        lambda: calibration.reveal_session(context, session_id),
        done=lambda _: "Revealed. Everybody sees all answers now.",
    )


def close() -> None:
    """End the meeting."""
    attempt(lambda: calibration.close_session(context, session_id), done=lambda _: "The session is closed.")


def record() -> None:
    """Keep the finding that was filled in."""
    read = state.read
    attempt(
        lambda: calibration.record_finding(
            context,
            session_id,
            calibration.NewFinding(
                criterion_id=read("session:criterion", ""),
                cause=read("session:cause", ""),
                decision=read("session:decision", ""),
                action=read("session:action", ""),
                guideline_needs_update=read("session:guideline", default=False),
            ),
        ),
        done=lambda _: "Finding recorded.",
    )


def show_progress(row: calibration.SessionRow) -> None:
    """Who is done, never what they answered."""
    st.info(
        "Grading is blind. Nobody sees another's answers until the session is revealed.",
        icon=":material/visibility_off:",
    )
    with st.container(border=True):
        for key, name in row.names.items():
            done = row.progress.get(key, 0)
            st.progress(done / len(row.session.tickets), f"{escape(name)}: {done} of {len(row.session.tickets)}")


def show_agreement(report: CalibrationReport) -> None:
    """One row per criterion: percent, kappa and alpha, each with its interval or the reason for none."""
    rows = [
        {
            "criterion": line.label,
            "percent": write_short(line.percent, digits=0),
            "kappa": write_short(line.kappa, digits=2),
            "alpha": write_short(line.alpha, digits=2),
            "applied": write_short(line.applicable_percent, digits=0),
            "applied_alpha": write_short(line.applicable_alpha, digits=2),
            "counts": f"{line.chosen} graded · {line.not_applicable} N/A · {line.missing} missing",
        }
        for line in report.agreement
    ]
    titles = {
        "criterion": st.column_config.TextColumn("Criterion", pinned=True, width="medium"),
        "percent": st.column_config.TextColumn(
            "Same answer, %", help="Mean share of reviewer pairs with the same answer. No chance correction."
        ),
        "kappa": st.column_config.TextColumn(
            "Kappa", help="Conger’s kappa: agreement beyond chance; quadratic weights on ordered scales."
        ),
        "alpha": st.column_config.TextColumn("Krippendorff’s α"),
        "applied": st.column_config.TextColumn(
            "Applied, same %", help="Whether reviewers agreed that the criterion applied at all."
        ),
        "applied_alpha": st.column_config.TextColumn("Applied, α"),
        "counts": st.column_config.TextColumn("Counts"),
    }
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config=titles,
        height="content",
        key="session:agreement",
        alt="Agreement by criterion",
    )
    _chart(report)


def _chart(report: CalibrationReport) -> None:
    rows = [
        {
            "criterion": line.label,
            "alpha": line.alpha.value,
            "low": line.alpha.low,
            "high": line.alpha.high,
            "words": write_measured(line.alpha, digits=2),
        }
        for line in report.agreement
        if isinstance(line.alpha, Estimate)
    ]
    if not rows:
        st.caption("No criterion has a defined coefficient in this session; the reasons stand in the table.")
        return
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("criterion:N", sort=alt.SortField("alpha", "descending"), title=None, axis=alt.Axis(labelLimit=260))
    )
    scale, axis = alt.Scale(domain=(-1, 1)), alt.Axis(values=[-1, -0.5, 0, 0.5, 1])
    bars = base.mark_rule(strokeWidth=3, opacity=0.4).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title="Krippendorff’s α with 95% interval"), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=70).encode(
        x=alt.X("alpha:Q", scale=scale), tooltip=["criterion:N", alt.Tooltip("words:N", title="alpha")]
    )
    st.altair_chart(
        (bars + dots).properties(height=26 * len(rows) + 40), width="stretch", alt="Alpha by criterion with intervals"
    )


def show_answers(report: CalibrationReport) -> None:
    """Ticket by ticket, everyone's answers side by side, largest spread first."""
    labels = {ticket.id: f"{ticket.external_id} · {ticket.subject or '(no subject)'}" for _, ticket in report.tickets}
    names = {line.id: line.name for line in report.reviewers}
    criteria = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    chosen: TicketId = st.selectbox("Ticket", list(labels), format_func=labels.__getitem__, key="session:ticket")
    rows = [
        {
            "criterion": criteria[sheet.criterion_id],
            **{names[key]: words for key, words in sheet.words.items()},
            "spread": None if sheet.spread is None else float(sheet.spread),
        }
        for sheet in report.sheets
        if sheet.ticket_id == chosen
    ]
    titles = {
        "criterion": st.column_config.TextColumn("Criterion", pinned=True, width="medium"),
        "spread": st.column_config.ProgressColumn("Spread", min_value=0, max_value=100, format="%d"),
    }
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config=titles,
        height="content",
        key="session:answers",
        alt="Answers side by side",
    )
    scores = report.scores.get(chosen, {})
    st.caption(
        "Reported score: "
        + escape(
            " · ".join(
                f"{names[key]} {'no score' if value is None else write_number(value, 1)}"
                for key, value in scores.items()
            )
        )
    )


def show_findings(report: CalibrationReport) -> None:
    """What was decided, and the form for the next decision."""
    criteria = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    for finding in report.findings:
        with st.container(border=True):
            label = escape(criteria.get(finding.criterion_id, finding.criterion_id))
            st.markdown(f"**{label}** · {calibration.CAUSES[finding.cause]}")
            st.text(finding.decision)
            if finding.action:
                st.text(f"To do: {finding.action}")
            if finding.guideline_needs_update:
                st.badge("Guideline needs an update", icon=":material/edit_note:", color="orange")
    if not report.findings:
        st.caption("No finding yet.")
    if report.session.state is SessionState.REVEALED and allows(context.actor, "calibration.record"):
        with st.container(border=True):
            st.selectbox("Criterion", list(criteria), format_func=criteria.__getitem__, key="session:criterion")
            st.selectbox(
                "Cause", list(calibration.CAUSES), format_func=calibration.CAUSES.__getitem__, key="session:cause"
            )
            st.text_area("Decision", key="session:decision", max_chars=4000)
            st.text_input("To do", key="session:action", max_chars=500)
            st.checkbox("The guideline needs an update", key="session:guideline")
            st.button("Record the finding", type="primary", on_click=record, key="session:record")


try:
    row = next(row for row in calibration.list_sessions(context) if row.session.id == session_id)
    report = (
        calibration_results.report_session(context, session_id)
        if row.session.state in {SessionState.REVEALED, SessionState.CLOSED}
        else None
    )
except StopIteration:
    with page_head("Calibration session", context.actor):
        pass
    empty("There is no such calibration session, or none that you take part in.", icon=":material/search_off:")
    st.stop()
except PlumblineError as refusal:
    with page_head("Calibration session", context.actor):
        pass
    empty(refusal.message, icon=":material/search_off:")
    st.stop()

word, icon, colour = SESSION_STATES[row.session.state]
with page_head(escape(row.session.name), context.actor):
    st.badge(word, icon=icon, color=colour)
    if row.session.state is SessionState.OPEN and allows(context.actor, "calibration.reveal"):
        with st.popover("Reveal", icon=":material/visibility:", type="primary"):
            left = row.expected - row.submitted
            st.text(
                "Everybody then sees all answers."
                + (f" {left} grades are still missing and will stay so." if left else "")
            )
            st.button("Reveal now", type="primary", on_click=reveal, key="session:reveal")
    if row.session.state is SessionState.REVEALED and allows(context.actor, "calibration.record"):
        st.button("Close", icon=":material/archive:", on_click=close, key="session:close")
    if report is not None and allows(context.actor, "export.calibration"):
        st.link_button("Workbook", f"/export/calibration/{session_id}", icon=":material/download:")
st.caption(
    f"{escape(row.scorecard)} · run by {escape(row.facilitator)} · {row.submitted} of {row.expected} grades in"
    + describe_deadline(row.session, now=context.now(), zone=zone)
)
if report is None:
    show_progress(row)
    st.stop()
agreement_tab, answers_tab, findings_tab, methods_tab = st.tabs(
    ["Agreement", "Answers side by side", "Findings", "Methods"]
)
with agreement_tab:
    show_agreement(report)
with answers_tab:
    show_answers(report)
with findings_tab:
    show_findings(report)
with methods_tab:
    for method in report.methods:
        st.markdown(f"**{method.topic}**  \n{escape(method.text)}")
    st.caption(f"Computed {describe_moment(report.made_at, zone)}")
