"""What calibrations decided, as a list to tick off: what is to be done first, by whom and until when."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from db.records import Finding, FindingId
from qa_app.domain.access import allows
from qa_app.followup import FindingLine, Progress
from qa_app.ui import state
from qa_app.ui.present import PROGRESS
from qa_app.ui.widgets.frame import attempt, escape, quiet
from qa_app.words import write_day
from qa_app.workflows import findings
from qa_app.workflows.context import Context


def show_todo(context: Context, lines: Sequence[FindingLine], *, today: date, sessions: bool = False) -> None:
    """What is to be done, then what was decided without a to-do; `sessions`: each with a link to its minutes."""
    todo = [line for line in lines if line.finding.action]
    left = [line for line in todo if line.finding.done_at is None]
    late = sum(line.progress(today) is Progress.OVERDUE for line in todo)
    if todo:
        overdue = f", {late} overdue" if late else ""
        st.subheader(f"To do ({len(left)} of {len(todo)} left{overdue})", anchor=False)
    else:
        st.subheader("Findings", anchor=False)
    for line in todo:
        _show_line(context, line, today=today, sessions=sessions)
    rest = [line for line in lines if not line.finding.action]
    if todo and rest:
        st.subheader("Decided, nothing to do", anchor=False)
    for line in rest:
        _show_line(context, line, today=today, sessions=sessions)


def _show_line(context: Context, line: FindingLine, *, today: date, sessions: bool) -> None:
    """What, by whom, until when, and whether it is done."""
    finding, progress = line.finding, line.progress(today)
    with st.container(border=True, gap="xsmall"):
        if finding.action and not findings.may_finish(context, finding):
            # Streamlit fades a box that nobody may tick below what can be read.
            icon = "check_box" if progress is Progress.DONE else "check_box_outline_blank"
            st.markdown(f":material/{icon}: {escape(finding.action)}")
        elif finding.action:
            st.checkbox(
                escape(finding.action),
                value=progress is Progress.DONE,
                key=_key(finding.id),
                on_change=_tick,
                args=(context, finding),
            )
        about = " · ".join(filter(None, (line.criterion, line.ticket)))
        st.markdown(f"**{escape(about)}** {escape(finding.decision)}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if progress in PROGRESS:
                word, icon, colour = PROGRESS[progress]
                st.badge(word, icon=icon, color=colour)
            quiet(" · ".join((findings.CAUSES[finding.cause], *_tell_action(line))), width="content")
            if finding.guideline_needs_update:
                st.badge("Guideline needs an update", icon=":material/edit_note:", color="orange")
                if allows(context.actor, "scorecard.write"):
                    st.page_link(
                        "app_pages/builder.py",
                        label="Edit it",
                        query_params={"scorecard": line.scorecard_id, "criterion": finding.criterion_id},
                    )
            if sessions:
                st.page_link(
                    "app_pages/minutes.py",
                    label=escape(line.session),
                    query_params={"session": finding.session_id},
                    icon=":material/checklist:",
                )


def _tell_action(line: FindingLine) -> list[str]:
    finding = line.finding
    if not finding.action:
        return []
    until = [f"until {write_day(finding.due_on)}"] if finding.due_on else []
    done = [f"ticked off by {line.done_by}"] if line.done_by else []
    return [line.owner or "nobody yet", *until, *done]


def _tick(context: Context, finding: Finding) -> None:
    done = bool(state.read(_key(finding.id), default=False))
    attempt(lambda: findings.finish_finding(context, finding.id, done=done))


def _key(finding_id: FindingId) -> str:
    return f"finding:done:{finding_id}"
