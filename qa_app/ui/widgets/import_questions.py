"""The steps between a file and its preview: what must be asked, which column is what, what was guessed."""

import pandas as pd
import streamlit as st

from qa_app.ui.widgets.frame import escape
from qa_app.workflows.importing import ImportPreview

_NONE = "(not in the file)"


def ask_questions(preview: ImportPreview, answers: dict[str, str]) -> bool:
    """Draw what must be answered before anything can be imported; True where an answer was given in this run."""
    given = False
    if preview.questions:
        st.markdown("**Please tell**")
    for question in preview.questions:
        key = f"import:ask:{question.name}"
        if question.choices:
            value = st.selectbox(escape(question.text), question.choices, index=None, key=key, placeholder="Choose")
        else:
            value = st.text_input(escape(question.text), question.suggestion or "", key=key)
        if value and st.button("Use this", key=f"{key}:use"):
            answers[question.name] = value
            given = True
    return given


def ask_columns(preview: ImportPreview, answers: dict[str, str]) -> bool:
    """Draw the mapping of each table, open to change; True where it was changed in this run."""
    changed = False
    for mapping, table in zip(preview.mappings, preview.tables, strict=False):
        group = "message_columns" if mapping.kind == "messages" else "columns"
        with st.expander(f"Columns of the {mapping.kind} table ({len(mapping.columns)} in use)"):
            st.dataframe(
                pd.DataFrame([dict(zip(table.header, row, strict=False)) for row in table.sample]),
                hide_index=True,
                key=f"import:sample:{mapping.kind}",
                alt="The first rows",
            )
            places = st.columns(3)
            for place, field in enumerate(table.fields):
                name = f"{group}.{field}"
                options = [_NONE, *table.header]
                used = mapping.columns.get(field, "")
                picked = places[place % 3].selectbox(
                    field.replace("_", " "),
                    options,
                    index=options.index(used) if used in options else 0,
                    key=f"import:{name}",
                )
                value = "" if picked == _NONE else picked
                if value != used:
                    answers[name] = value
                    changed = True
    return changed


def show_speakers(preview: ImportPreview) -> None:
    """Who speaks how much, as a hint for telling customer from agent."""
    if preview.speakers:
        rows = [
            {"speaker": speaker.label, "turns": speaker.turns, "seconds": speaker.seconds, "words": speaker.words}
            for speaker in preview.speakers
        ]
        st.markdown("**Speakers**")
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="import:speakers", alt="Speakers with their share")


def show_guesses(preview: ImportPreview) -> None:
    """What was worked out from the file."""
    if preview.guesses:
        with st.expander(f"{len(preview.guesses)} things were worked out from the file"):
            for guess in preview.guesses:
                st.text(f"{guess.name}: {guess.value}. {guess.reason}")
