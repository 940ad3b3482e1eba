"""The entry of every run: who is it, which pages are there, show the one that was asked for."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from qa_app.ui.identity import current_context
from qa_app.ui.pages import offer_pages

_ICON = str(Path(__file__).parent / "assets" / "mark.svg")
st.set_page_config(page_title="Plumbline", page_icon=_ICON, layout="wide")
_person = current_context().actor
_first = True
_pages: dict[str, list[str | Path | Callable[[], None] | Page]] = {}
for _section, _specs in offer_pages(_person).items():
    for _spec in _specs:
        _pages.setdefault(_section, []).append(
            st.Page(
                _spec.path,
                title=_spec.title,
                icon=_spec.icon,
                url_path=_spec.address,
                default=_first,
                visibility="hidden" if _spec.hidden else "visible",
            )
        )
        _first = False
_page = st.navigation(_pages, position="top")
st.set_page_config(page_title=f"{_page.title} · Plumbline", page_icon=_ICON, layout="wide")
_page.run()
