"""Notes of a coaching session, kept as they are typed; what another tab kept meanwhile is never overwritten."""

import streamlit as st

from db.records import CoachingId, CoachingSession
from qa_app.domain.coaching_terms import LONGEST_NOTES
from qa_app.errors import Conflict
from qa_app.ui import state
from qa_app.ui.widgets.coaching import show_words
from qa_app.ui.widgets.frame import attempt, quiet
from qa_app.workflows import agenda, coaching
from qa_app.workflows.context import Context

Base = tuple[str, str, int]
"""Shared and private notes and their revision, as this tab knows them."""


def show_notes(context: Context, session: CoachingSession, *, writes: bool, is_agent: bool) -> None:
    """The notes to read, or as fields that keep themselves when they are left."""
    st.subheader("Notes", anchor=False)
    if not writes:
        _show_kept(session, is_agent=is_agent)
        return
    _know(session)
    st.text_area(
        "For both", session.shared_notes, key=_key("shared", session.id), max_chars=LONGEST_NOTES, height=160,
        on_change=_save, args=(context, session.id),
    )  # fmt: skip
    st.text_area(
        "Private, for coaches and leads only", session.private_notes, key=_key("private", session.id),
        max_chars=LONGEST_NOTES, height=110, on_change=_save, args=(context, session.id),
    )  # fmt: skip
    quiet("Kept when you leave the field. Private notes are in no page and no file of the agent's.")


def _show_kept(session: CoachingSession, *, is_agent: bool) -> None:
    if session.shared_notes:
        show_words(session.shared_notes)
    else:
        quiet("No shared notes.")
    if session.private_notes and not is_agent:
        st.badge("Private", icon=":material/lock:", color="red")
        show_words(session.private_notes)


def _know(session: CoachingSession) -> None:
    """Remember what the fields start from; say so where somebody else kept other notes since."""
    fresh = state.read(_key("shared", session.id), None) is None
    base: Base | None = None if fresh else state.read(_key("base", session.id), None)
    kept = session.shared_notes, session.private_notes
    sent = state.read(_key("sent", session.id), kept)
    if base is None or kept in {base[:2], sent}:
        state.write(_key("base", session.id), (*kept, session.revision))
        return
    st.warning(
        "These notes were changed elsewhere. What you type here is not kept: copy it, then take the kept ones.",
        icon=":material/sync_problem:",
    )
    st.button("Take the kept notes", key=_key("take", session.id), on_click=_take, args=(session.id,))


def _take(coaching_id: CoachingId) -> None:
    for part in ("shared", "private", "base", "sent"):
        state.take(_key(part, coaching_id), None)


def _save(context: Context, coaching_id: CoachingId) -> None:
    """A run that is broken off may have saved without coming to note it, so what was sent counts as known too."""
    base: Base = state.read(_key("base", coaching_id), ("", "", 0))
    sent: tuple[str, str] = state.read(_key("sent", coaching_id), base[:2])
    shared, private = (str(state.read(_key(part, coaching_id), "")).strip() for part in ("shared", "private"))
    state.write(_key("sent", coaching_id), (shared, private))

    def keep() -> CoachingSession:
        stored = agenda.view_coaching(context, coaching_id).session
        known = (stored.shared_notes, stored.private_notes) in {base[:2], sent}
        expected = stored.revision if known else base[2]
        return coaching.save_notes(context, coaching_id, shared=shared, private=private, expected_revision=expected)

    def save() -> CoachingSession:
        try:
            return keep()
        except Conflict:  # perhaps with a run of this tab that kept what it was sent between our reading and writing
            return keep()

    saved = attempt(save)
    if saved is not None:
        state.write(_key("base", coaching_id), (saved.shared_notes, saved.private_notes, saved.revision))


def _key(part: str, coaching_id: CoachingId) -> str:
    return f"agenda:notes_{part}:{coaching_id}"
