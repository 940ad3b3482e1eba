"""In the place of a page while the database does not answer: says so, and goes on by itself when it is back."""

from contextlib import suppress

import streamlit as st

from db.problems import DatabaseUnavailable
from qa_app.ui import state
from qa_app.ui.signed_in import find_signed_in

_LOOK_EVERY_SECONDS = 3
_JUST_SAID = "patience:just_said"


def wait_for_database() -> None:
    """Stand in for the page until the database answers; what the desk keeps in the browser stays there meanwhile."""
    st.title("One moment", anchor=False)
    st.info(
        "The database does not answer now. What was saved is safe, and what the desk had not saved yet is kept in this "
        "tab. This page goes on by itself as soon as the database is back.",
        icon=":material/hourglass_top:",
    )
    state.write(_JUST_SAID, value=True)
    _look_again()


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _look_again() -> None:
    if state.take(_JUST_SAID, default=False):
        return
    with suppress(DatabaseUnavailable):
        find_signed_in()
        st.rerun(scope="app")
