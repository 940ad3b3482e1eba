"""The whole form as text, for what no field covers: translations, ids, values instead of points."""

import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.bench import Bench
from qa_app.ui.widgets.frame import quiet
from scorecards.document import dump, load
from scorecards.problems import Severity, format_problem


def edit_document(bench: Bench) -> None:
    """The canonical YAML of the draft. It is taken over whole, and only without errors."""
    key = bench.key(f"document:{bench.draft.content_hash[:12]}")
    file = f"{bench.draft.scorecard_id}.yaml"
    quiet("The draft as a document. Translations, ids and values instead of points are edited here.")
    with st.container(key="builder:document"):
        typed = st.text_area("Document", dump(bench.scorecard), key=key, height=560, label_visibility="collapsed")
    loaded = load(typed, file=file)
    for problem in loaded.problems:
        if problem.severity is Severity.ERROR:
            st.code(format_problem(problem), language=None, wrap_lines=True)

    def take() -> None:
        fresh = load(str(state.read(key, "")), file=file).scorecard
        if fresh is not None:
            bench.replace(fresh)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Take it over",
            type="primary",
            on_click=take,
            disabled=loaded.scorecard is None or loaded.scorecard == bench.scorecard,
            key="builder:document:take",
        )
        quiet("What is typed here is kept once it is taken over.", width="content")
