"""What every page has: its heading with where one is, the account menu, and how refusals and empty lists look."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from db.records import Person
from qa_app.errors import PlumblineError
from qa_app.ui import state

T = TypeVar("T")
_NOTICE = "frame:notice"


@contextmanager
def page_head(title: str, actor: Person, *, about: str = "") -> Iterator[None]:
    """The heading row; what is drawn inside the `with` stands between title and account menu."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, width="content", anchor=False)
        if about:
            st.caption(about, width="content")
        st.space("stretch")
        yield
        with st.popover(actor.name, icon=":material/account_circle:", type="tertiary"):
            st.text(f"{actor.email or 'no e-mail'}")
            st.text(", ".join(sorted(actor.roles)))
            st.link_button("Sign out", "/sign-out", icon=":material/logout:", width="stretch")
    _show_notice()


def empty(words: str, *, icon: str = ":material/inbox:") -> None:
    """An empty list, and what to do about it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"{icon}  {words}", text_alignment="center")


def notify(words: str, *, icon: str = ":material/check_circle:") -> None:
    """Say after the next run that something was done."""
    state.write(_NOTICE, ("success", words, icon))


def attempt(act: Callable[[], T], *, done: Callable[[T], str] | None = None) -> T | None:
    """Do something from a callback; a refusal is shown at the top of the page and nothing else happens."""
    try:
        result = act()
    except PlumblineError as refusal:
        state.write(_NOTICE, ("error", refusal.message, ":material/error:"))
        return None
    if done is not None:
        notify(done(result))
    return result


def _show_notice() -> None:
    kind, words, icon = state.take(_NOTICE, ("", "", ""))
    if kind == "success":
        st.toast(words, icon=icon)
    elif kind == "error":
        st.error(escape(words), icon=icon)


def escape(text: str) -> str:
    """Foreign text for places that read Markdown: every sign that Markdown or Streamlit gives a meaning is escaped."""
    return "".join(f"\\{sign}" if sign in _MARKED else sign for sign in text.replace("\n", " "))


_MARKED = frozenset("\\`*_{}[]()<>#+-.!|~$:^=")
