"""The whole form as text, for what no field covers: translations, ids, values instead of points."""

import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.bench import Bench
from qa_app.ui.builder.fields import show_problems
from qa_app.ui.widgets.frame import quiet
from scorecards.document import dump, load
from scorecards.model import Scorecard
from scorecards.problems import Severity, format_problem

_TYPED = "bench:typed"


def edit_document(bench: Bench) -> None:
    """The canonical YAML of the draft. It is taken over whole, and only without errors.

    What is typed stays for as long as the browser's tab, whatever else is looked at meanwhile.
    """
    quiet("The draft as a document. Translations, ids and values instead of points are edited here.")
    stored = state.recall("bench:document", bench.draft.content_hash, lambda: dump(bench.scorecard))
    key = bench.key(f"document:{bench.draft.content_hash[:12]}")
    base, kept = state.read(_TYPED, ("", ""))
    with st.container(key="builder:document"):
        typed = st.text_area(
            "Document",
            kept if base == bench.draft.content_hash else stored,
            key=key,
            height=560,
            label_visibility="collapsed",
            on_change=lambda: state.write(_TYPED, (bench.draft.content_hash, state.read(key, stored))),
        )
    changed = _read(bench, typed) if typed != stored else None
    if typed == stored:
        show_problems(bench.outlook.errors)

    def take() -> None:
        if changed is not None and bench.replace(changed):
            state.forget(_TYPED)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Take it over", type="primary", on_click=take, disabled=changed is None, key="builder:document:take")
        quiet("What is typed here goes into the draft once it is taken over.", width="content")
    if base and base != bench.draft.content_hash:
        quiet("Typed here and not taken over, before the draft changed:")
        st.code(kept, language="yaml", height=240)


def _read(bench: Bench, typed: str) -> Scorecard | None:
    """The scorecard that was typed; its errors are shown with their lines."""
    loaded = load(typed, file=f"{bench.draft.scorecard_id}.yaml")
    for problem in loaded.problems:
        if problem.severity is Severity.ERROR:
            st.code(format_problem(problem), language=None, wrap_lines=True)
    return loaded.scorecard
