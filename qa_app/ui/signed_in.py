"""Whether the session behind an open page still stands.

A page asks on every run. Callbacks run before the page does, and those of fragments and dialogs without it, so acts ask
once more: a session can end, or an account be switched off, while a page is open.
"""

import streamlit as st

from db.records import Person
from qa_app.errors import NotAllowed
from qa_app.ui.installation import installation
from qa_app.workflows.access import find_by_session
from qa_app.workflows.context import read_clock


def find_signed_in() -> Person | None:
    """The person whom the guard's header names, as the database knows them now; None where the session ended."""
    session = st.user.get("session")
    return find_by_session(installation().store, str(session), now=read_clock()) if session else None


def require_signed_in() -> None:
    """Before an act of an open page.

    Raises:
        NotAllowed: the session has ended (code `session-ended`).
    """
    if find_signed_in() is None:
        raise NotAllowed(
            "session-ended",
            "Your session has ended, so this was not done. Sign in again in another tab, then reload this page.",
        )
