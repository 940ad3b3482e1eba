"""Agreement in a spreadsheet from elsewhere: bring it, say what is not plain, read how far its raters agree."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import cast

import pandas as pd
import streamlit as st

from qa_app.errors import PlumblineError
from qa_app.intake.model import Table
from qa_app.reports import RatingsReport
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.installation import installation
from qa_app.ui.widgets.frame import empty, escape, page_head, quiet
from qa_app.ui.widgets.ratings_report import show_ratings_report
from qa_app.words import write_count
from qa_app.workflows import exporting, ratings_upload
from qa_app.workflows.ratings_file import LevelName, RatingsFile
from qa_app.workflows.ratings_upload import Guessed, Layout, Shape, Values

context = current_context()
zone = installation().settings.time_zone
_MOST_ISSUES = 200
_SHAPES = {
    Shape.LONG: "A row for each rating",
    Shape.BY_RATER: "A column for each rater",
    Shape.BY_CRITERION: "A column for each criterion",
}
_LEVELS = {
    LevelName.ORDINAL: "Steps in an order",
    LevelName.NOMINAL: "Names without an order",
    LevelName.INTERVAL: "Numbers, where differences count",
    LevelName.RATIO: "Numbers from 0 on, where ratios count",
}
_NONE = "(there is none)"
_EXAMPLE = Path(__file__).parent.parent / "assets" / "ratings-example.csv"


def read_tables() -> tuple[Table, ...]:
    """The tables of the file that was dropped, read once for this tab."""
    dropped = st.file_uploader("Ratings", type=["csv", "tsv", "txt", "xlsx"], key="interrater:file")
    if dropped is None:
        state.forget("interrater:kept")
        empty(
            "Drop a CSV or an Excel workbook of ratings: a row for each rating, or a column for each rater or each "
            "criterion. You get the same figures as from a calibration session. Nothing of it is kept.",
            icon=":material/upload_file:",
        )
        st.download_button(
            "Example file",
            _EXAMPLE.read_bytes(),
            _EXAMPLE.name,
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="interrater:example",
            help="12 calls, graded by three people on two criteria from 1 to 5: a row for each rating.",
        )
        st.stop()

    def read() -> tuple[Table, ...]:
        with tempfile.TemporaryDirectory(prefix="plumbline-ratings-") as folder, st.spinner("Reading", show_time=True):
            path = Path(folder, f"ratings{Path(dropped.name).suffix.lower()}")
            path.write_bytes(dropped.getvalue())
            return ratings_upload.open_tables(context, path, dropped.name)

    return state.recall("interrater:kept", dropped.file_id, read)


def choose(label: str, table: Table, guess: str, *, key: str, optional: bool = False) -> str:
    """A column of the table."""
    options = [*([_NONE] if optional else []), *table.header]
    index = options.index(guess) if guess in options else 0
    chosen: str = st.selectbox(label, options, index, key=key)
    return "" if chosen == _NONE else chosen


def ask_layout(table: Table, guess: Layout, key: str) -> Layout:
    """Which column says what."""
    shape: Shape = st.selectbox(
        "Layout",
        list(_SHAPES),
        list(_SHAPES).index(guess.shape),
        format_func=_SHAPES.__getitem__,
        key=f"{key}:shape",
        width=400,
    )
    one, two, three, four = st.columns(4)
    with one:
        item = choose("Item that was rated", table, guess.item, key=f"{key}:item")
    rater = criterion = value = ""
    if shape is not Shape.BY_RATER:
        with two:
            rater = choose("Rater", table, guess.rater, key=f"{key}:rater")
    if shape is not Shape.BY_CRITERION:
        with three:
            criterion = choose("Criterion", table, guess.criterion, key=f"{key}:criterion", optional=True)
    if shape is Shape.LONG:
        with four:
            value = choose("Rating", table, guess.value, key=f"{key}:value")
        return Layout(shape, item, rater, criterion, value)
    left = [name for name in table.header if name not in {item, rater, criterion}]
    columns = st.multiselect(
        "Raters" if shape is Shape.BY_RATER else "Criteria",
        left,
        [name for name in guess.columns or left if name in left],
        key=f"{key}:{shape}:columns",
    )
    return Layout(shape, item, rater, criterion, columns=tuple(columns))


def ask_values(guessed: Guessed, key: str) -> Values:
    """How the values are measured, and the order of words."""
    guess = guessed.kind
    level: LevelName = st.selectbox(
        "The values are",
        list(_LEVELS),
        list(_LEVELS).index(guess.level),
        format_func=_LEVELS.__getitem__,
        key=f"{key}:level:{guess.level}",
        width=400,
    )
    if not guessed.found or level is LevelName.NOMINAL:
        return replace(guess, level=level)
    words = st.multiselect("In order, the worst first", guessed.found, key=f"{key}:words")
    return Values(level, tuple(words))


def show_issues(found: RatingsFile) -> None:
    """Everything that is wrong with the file, by its place."""
    st.error(
        f"{write_count(len(found.issues), 'cell')} cannot be used. Mend the file and drop it again, or choose other "
        "columns.",
        icon=":material/error:",
    )
    rows = [
        {
            "Sheet": issue.sheet or "",
            "Row": issue.row,
            "Column": issue.column,
            "Found": issue.found,
            "What to do": issue.message,
        }
        for issue in found.issues[:_MOST_ISSUES]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="What cannot be used", key="interrater:issues")


def ask_reference(found: RatingsFile) -> str:
    """The rater whose answers are the agreed ones, where there is one."""
    raters = dict.fromkeys(rater for table in found.tables.values() for rater in table.rater_ids)
    chosen: str = st.selectbox(
        "Reference",
        [_NONE, *raters],
        key="interrater:reference",
        help="A rater whose answers are the agreed ones: the others are compared with it, and it counts nowhere else.",
        width=400,
    )
    return "" if chosen == _NONE else chosen


def run_measurement(found: RatingsFile, name: str, reference: str) -> None:
    """Measure with a bar; leaving the page stops it."""
    place = st.empty()

    def report(seconds: float) -> None:
        done = min(seconds / (seconds + 10), 0.99)
        place.progress(done, f"Measuring {write_count(len(found.tables), 'criterion', 'criteria')}, {seconds:.0f} s")

    made = ratings_upload.measure(context, found, name, reference=reference, report=report)
    state.write("interrater:report", made)


page_head("Ratings from elsewhere", about="How far raters agree in a spreadsheet of your own")
try:
    tables = read_tables()
    table = tables[0]
    if len(tables) > 1:
        place = st.selectbox(
            "Sheet", range(len(tables)), format_func=lambda place: tables[place].sheet or "", key="interrater:sheet"
        )
        table = tables[place]
    key = f"interrater:{table.sheet}:{hash((table.file, table.header, len(table.rows)))}"
    first = state.recall("interrater:guess", key, lambda: ratings_upload.guess_reading(table))
    with st.expander("How it is read", icon=":material/rule:", expanded=bool(first.unclear)):
        for question in first.unclear:
            st.markdown(f":material/help: {escape(question)}")
        layout = ask_layout(table, first.layout, key)
        values = ask_values(first if layout == first.layout else ratings_upload.guess_reading(table, layout), key)
    found = state.recall(
        "interrater:found",
        (key, table.file, layout, values),
        lambda: ratings_upload.read_ratings(table, layout, values),
    )
    if found.issues:
        show_issues(found)
        st.stop()
    reference = ask_reference(found)
    items = {unit for one in found.tables.values() for unit in one.unit_ids}
    raters = {rater for one in found.tables.values() for rater in one.rater_ids}
    quiet(
        f"{write_count(len(items), 'item')}, {write_count(len(raters), 'rater')}, "
        f"{write_count(len(found.tables), 'criterion', 'criteria')}"
    )
    asked = (table.file, key, layout, values, reference)
    if state.read("interrater:asked", cast("object", None)) != asked:
        if not st.button("Measure agreement", type="primary", icon=":material/balance:", key="interrater:go"):
            st.stop()
        run_measurement(found, table.file, reference)
        state.write("interrater:asked", asked)
        st.rerun()
    made = cast("RatingsReport", state.read("interrater:report", None))
    st.download_button(
        "Workbook",
        lambda: exporting.export_ratings(made, table.file, zone=zone).content,
        exporting.name_ratings(table.file),
        icon=":material/download:",
        on_click="ignore",
        key="interrater:workbook",
    )
    show_ratings_report(made)
except PlumblineError as refusal:
    st.error(escape(refusal.message), icon=":material/error:")
