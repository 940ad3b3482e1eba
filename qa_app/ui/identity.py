"""Who is looking at this page. Asked anew on every run, because a session can be revoked while a page is open."""

import streamlit as st

from qa_app.ui.installation import installation
from qa_app.ui.signed_in import find_signed_in
from qa_app.ui.widgets.frame import way_out
from qa_app.workflows.context import Context


def current_context() -> Context:
    """The surroundings of this run; ends the run with a sign-in link where the session is over."""
    person = find_signed_in()
    if person is None:
        st.error("Your session has ended. Sign in again; what you saved is safe.", icon=":material/lock:")
        way_out("Sign in", "")  # to this very address: the guard asks who it is, and leads back here
        st.stop()
    return installation().context(person)
