"""Grading in a spreadsheet: take tickets along as a workbook, bring it back filled, see first what will happen."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from db.records import AssignmentId
from qa_app.errors import NotAllowed, PlumblineError
from qa_app.offline_form import CellProblem
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.present import describe_due
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet
from qa_app.words import write_count
from qa_app.workflows import grading
from qa_app.workflows.access import find_by_session
from qa_app.workflows.context import read_clock
from qa_app.workflows.offline_export import MOST, export_offline
from qa_app.workflows.offline_import import Fate, Outcome, Preview, Returned, apply_offline, preview_offline
from qa_app.workflows.wording import name_work

context = current_context()
here = installation()
zone = here.settings.time_zone
session = str(st.user.get("session"))
_PREVIEW, _DONE, _ROUND = "offline:preview", "offline:done", "offline:round"
_WORDS = {
    Fate.SUBMIT: ("To submit", ":material/check_circle:"),
    Fate.DRAFT: ("Drafts", ":material/edit_note:"),
    Fate.ASK: ("To decide", ":material/help:"),
    Fate.REFUSED: ("Refused", ":material/block:"),
    Fate.SAME: ("Unchanged", ":material/horizontal_rule:"),
}
_BECAME = {**_WORDS, Fate.SUBMIT: ("Submitted", ":material/check_circle:")}
_MOST_ROWS = 8
"""Of the list of tickets, before it scrolls."""
_SUBMIT, _KEEP = "Submit complete reviews", "Keep all as drafts"
_STORED, _MINE = "Keep what Plumbline has", "Take the workbook's"


def take_along() -> None:
    """The open tickets, and the workbook of all or of those that are marked."""
    rows = grading.list_queue(context)
    st.subheader("Take along", anchor=False)
    if not rows:
        empty("Nothing to grade, so nothing to take along.", icon=":material/task_alt:")
        return
    marked = st.dataframe(
        pd.DataFrame(
            {
                "Ticket": row.ticket.external_id,
                "Subject": row.ticket.subject or "(no subject)",
                "Kind": name_work(row.assignment.purpose),
                "Due": describe_due(row.assignment.due_at, now=context.now(), zone=zone),
                "Scorecard": row.scorecard,
            }
            for row in rows
        ),
        hide_index=True,
        height="content" if len(rows) <= _MOST_ROWS else 320,
        on_select="rerun",
        selection_mode="multi-row",
        key="offline:tickets",
        alt="Your open assignments, most urgent first; mark those to take along",
    )
    places = marked["selection"]["rows"]
    chosen = [rows[place].assignment.id for place in places if place < len(rows)]
    count = len(chosen) or len(rows)
    if count > MOST:
        quiet(f"A workbook holds {MOST} tickets at most; mark those that you want.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            f"Workbook of {write_count(count, 'ticket')}",
            lambda: make_workbook(chosen),
            f"to-grade-{context.now().astimezone(zone):%Y-%m-%d-%H%M}.xlsx",
            icon=":material/download:",
            on_click="ignore",
            disabled=count > MOST,
            key="offline:workbook",
        )
        quiet("Mark rows to take only those. Recordings stay here.", width="content")


def make_workbook(chosen: Sequence[AssignmentId]) -> bytes:
    """Made when the button is pressed, outside of any run of the page, for whoever is then still signed in."""
    person = find_by_session(here.store, session, now=read_clock())
    if person is None:
        raise NotAllowed("session-ended", "Your session has ended. Sign in again, then take the tickets along.")
    return export_offline(here.context(person), chosen, zone=zone).content


def bring_back() -> None:
    """What a filled workbook would do, and doing it."""
    st.subheader("Bring back", anchor=False)
    turn = state.read(_ROUND, 0)
    file = st.file_uploader("The filled workbook", type=["xlsx"], key=f"offline:file:{turn}")
    if file is None:
        quiet("You see first what will happen; nothing is submitted or overwritten before you say so.")
        return
    try:
        with st.spinner("Reading"):
            preview = state.recall(
                _PREVIEW,
                file.file_id,
                lambda: preview_offline(context, file.getvalue(), file_name=file.name),
            )
    except PlumblineError as refusal:
        st.error(escape(refusal.message), icon=":material/error:")
        return
    show_counts([one.fate for one in preview.reviews], _WORDS)
    show_cells("Cells to mend", preview.cells, key="offline:cells")
    show_reviews([(one, one.why) for one in preview.having(Fate.REFUSED) if one.why])
    missing = [problem for one in preview.having(Fate.DRAFT) for problem in one.problems]
    show_cells("Missing in drafts", missing, key="offline:missing")
    left_out = [problem for one in preview.reviews for problem in one.left_out]
    show_cells("Left out", left_out, key="offline:left_out")
    for one in preview.having(Fate.ASK):
        ask(one)
    offer(preview)


def show_counts(fates: Sequence[Fate], words: dict[Fate, tuple[str, str]]) -> None:
    """How many reviews have which fate."""
    with st.grid(5, min_column_width=110):
        for fate, (word, icon) in words.items():
            st.metric(word, fates.count(fate), icon=icon, border=True)


def show_cells(title: str, problems: Sequence[CellProblem], *, key: str) -> None:
    """Cells with what stands there and what to do."""
    if not problems:
        return
    st.markdown(f"**{title}**: {write_count(len(problems), 'cell')}")
    rows = [
        {"Sheet": one.sheet, "Cell": one.cell or "—", "Found": one.found, "What to do": one.message} for one in problems
    ]
    widths = {"Sheet": 130, "Cell": 60, "Found": 170, "What to do": 930}
    columns = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=columns, alt=f"{title}, by sheet", key=key)


def show_reviews(reviews: Sequence[tuple[Returned, str]]) -> None:
    """Reviews that are not taken as a whole, with the reason."""
    for one, why in reviews:
        st.markdown(f":material/block: {escape(f'{one.number} · {one.ticket}: {why}')}")


def ask(one: Returned) -> None:
    """Both versions of a review whose draft was changed meanwhile, and which to take."""
    with st.container(border=True):
        st.markdown(
            f"**{escape(f'{one.number} · {one.ticket}')}**: {escape(one.why)} Nothing is taken unless you say so."
        )
        rows = [
            {
                "Criterion": f"{each.criterion}, {each.column.lower()}",
                "In Plumbline": each.stored,
                "In the workbook": each.workbook,
            }
            for each in one.differences
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="What differs", key=f"offline:differs:{one.number}")
        st.radio(
            "Which one?",
            [_STORED, _MINE],
            horizontal=True,
            key=f"offline:take:{one.number}",
            label_visibility="collapsed",
        )


def offer(preview: Preview) -> None:
    """The button that does it, saying what it does."""
    taken = [one for one in preview.having(Fate.ASK) if state.read(f"offline:take:{one.number}", _STORED) == _MINE]
    coming = [*preview.having(Fate.SUBMIT, Fate.DRAFT), *taken]
    if not coming:
        quiet("There is nothing to take from this workbook as it is.")
        return
    way = _SUBMIT
    if any(one.complete for one in coming):
        way = st.radio(
            "Complete reviews", [_SUBMIT, _KEEP], horizontal=True, key="offline:way", label_visibility="collapsed"
        )
    complete = sum(one.complete for one in coming) if way == _SUBMIT else 0
    drafts = len(coming) - complete
    parts = [f"submit {write_count(complete, 'review')}"] if complete else []
    parts += [f"keep {write_count(drafts, 'draft')}"] if drafts else []
    words = " and ".join(parts)
    st.button(
        words[:1].upper() + words[1:],
        type="primary",
        icon=":material/upload:",
        key="offline:go",
        on_click=carry_out,
        args=(preview, way == _SUBMIT, frozenset(one.assignment_id for one in taken)),
    )


def carry_out(preview: Preview, submit: bool, take: frozenset[AssignmentId]) -> None:  # noqa: FBT001 - from a button
    """Do it, once: the file leaves the page with it."""
    outcomes = attempt(lambda: apply_offline(context, preview, submit=submit, take=take))
    if outcomes is None:
        return
    state.write(_DONE, outcomes)
    state.forget(_PREVIEW)
    state.write(_ROUND, state.read(_ROUND, 0) + 1)


def show_done(outcomes: Sequence[Outcome]) -> None:
    """What became of the last workbook."""
    show_counts([one.fate for one in outcomes], _BECAME)
    refused = [one for one in outcomes if one.fate is Fate.REFUSED]
    cells = [problem for one in refused for problem in one.returned.problems]
    show_cells("Cells to mend, then bring the workbook back once more", cells, key="offline:refused")
    show_reviews([(one.returned, one.why) for one in refused if one.why])


with page_head("Grade in a spreadsheet", about="For work without a connection"):
    st.space("stretch")
    st.page_link("app_pages/queue.py", label="My queue", icon=":material/inbox:")
take_along()
done: Sequence[Outcome] = state.take(_DONE, ())
if done:
    show_done(done)
bring_back()
