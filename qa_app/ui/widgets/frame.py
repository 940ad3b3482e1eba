"""What every page has: its heading row, how refusals, empty lists and small print look, and the escaping of text."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.layout_utils import Width

from qa_app.errors import PlumblineError
from qa_app.reports import Method
from qa_app.ui import state
from qa_app.ui.signed_in import require_signed_in
from qa_app.workflows.context import database_told

T = TypeVar("T")
_NOTICE = "frame:notice"
_NO_NOTICE = ("", "", "")


def page_head(title: str, *, about: str = "") -> DeltaGenerator:
    """The heading row: title, a few words about it, then whatever is drawn inside it; what was done stands below."""
    head = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with head:
        st.title(escape(title), width="content", anchor=False)
        if about:
            quiet(about, width="content")
    _show_notice()
    return head


def find_colour(name: str) -> str:
    """A colour of the theme, for what cannot name it by itself: a page's own HTML, and text in a chart."""
    return str(st.get_option(f"theme.{find_theme()}.{name}") or "currentColor")


def find_theme() -> str:
    """`light` or `dark`, as this browser shows the page."""
    return st.context.theme.type or "light"


def quiet(words: str, *, width: Width = "stretch") -> None:
    """Small print in the theme's grey. Streamlit's own caption is too faint to read all day, and fails WCAG AA."""
    st.markdown(f":small[:gray[{escape(words)}]]", width=width)


def show_tabs(
    views: Mapping[str, Callable[[], None]], *, key: str, labels: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Views by name under tabs, of which only the open one is drawn.

    A label may change from run to run, such as with a count. Streamlit knows an open tab by its label alone and would
    send the reader to the first one, so the name of the open tab is kept.
    """
    told = {name: labels.get(name, name) for name in views}
    before = state.read(f"{key}:labels", told)
    if before != told:
        label = state.read(key, "")
        state.write(key, next((told[name] for name in told if before.get(name) == label), next(iter(told.values()))))
    state.write(f"{key}:labels", told)
    for tab, show in zip(st.tabs(list(told.values()), key=key, on_change="rerun"), views.values(), strict=True):
        if tab.open:
            with tab:
                show()


def facts(pairs: Mapping[str, str]) -> None:
    """Names with their values, one pair a line."""
    rows = [{"name": f":gray[{escape(name)}]", "value": escape(value)} for name, value in pairs.items()]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, hide_header=True)


def show_methods(methods: Sequence[Method]) -> None:
    """How the figures of a page came about."""
    facts({method.topic: method.text for method in methods})


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
        with database_told():
            require_signed_in()
            result = act()
    except PlumblineError as refusal:
        state.write(_NOTICE, ("error", refusal.message, ":material/error:"))
        return None
    if done is not None:
        notify(done(result))
    return result


def send_button(
    label: str, on_click: Callable[..., None], *, key: str, icon: str | None = None, args: tuple[object, ...] = ()
) -> None:
    """The button that ends a dialog; a refusal is shown right above it, and the dialog stays as it was filled in."""
    refused = state.read(_NOTICE, _NO_NOTICE)[0] == "error"
    if refused:
        _show_notice()
    if st.button(label, type="primary", icon=icon, on_click=on_click, args=args, key=key) and not refused:
        st.rerun()


def way_out(label: str, address: str) -> None:
    """A link out of the pages, in the same tab: Streamlit's own opens another, which leaves this one as it stood."""
    link = f'<a class="way-out" href="{html.escape(address, quote=True)}">{html.escape(label)}</a>'
    st.html(link, width="content")


def _show_notice() -> None:
    kind, words, icon = state.take(_NOTICE, _NO_NOTICE)
    if kind == "success":
        st.toast(escape(words), icon=icon)
    elif kind == "error":
        st.error(escape(words), icon=icon)


def escape(text: str) -> str:
    """Foreign text for places that read Markdown: every sign that Markdown or Streamlit gives a meaning is escaped.

    Addresses and icons are looked for in the text that is left when the escapes are gone, so a sign without width
    stands in them: no link and no icon comes of it.
    """
    broken = _LOOKED_FOR.sub(lambda found: found.group() + "\N{WORD JOINER}", text.replace("\n", " "))
    return "".join(f"\\{sign}" if sign in _MARKED else sign for sign in broken)


def escape_lines(text: str) -> str:
    """Foreign text of several lines for places that read Markdown: lines and paragraphs stay as they were typed."""
    # Without the blanks before a line: four of them would make it code.
    return "  \n".join(escape(line.strip()) for line in text.strip().splitlines())


_MARKED = frozenset("\\`*_{}[]()<>#+-.!|~$:^=&")
_LOOKED_FOR = re.compile(r"://|\bwww(?=\.)|@(?=\w)|:(?=material/|streamlit:)", re.IGNORECASE)
