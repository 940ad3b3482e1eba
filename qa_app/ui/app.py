"""The entry of every run: who is it, which pages are there, show the one that was asked for."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from db.problems import DatabaseUnavailable
from qa_app.ui.identity import current_context
from qa_app.ui.pages import HOME, PageSpec, offer_pages, withhold_pages
from qa_app.ui.patience import wait_for_database
from qa_app.ui.widgets.frame import find_theme

_ASSETS = Path(__file__).parent / "assets"
_ICON = str(_ASSETS / "mark.svg")


def _make_page(spec: PageSpec) -> str | Path | Callable[[], None] | Page:
    return st.Page(
        spec.path,
        title=spec.title,
        icon=spec.icon,
        url_path=spec.address,
        default=spec is HOME,
        visibility="hidden" if spec.hidden else "visible",
    )


def _run_page() -> None:
    actor = current_context().actor
    pages = {"": [_make_page(spec) for spec in (HOME, *withhold_pages(actor))]}
    for section, specs in offer_pages(actor).items():
        pages.setdefault(section, []).extend(_make_page(spec) for spec in specs)
    page = st.navigation(pages, position="top")
    st.set_page_config(page_title=f"{page.title} · Plumbline", page_icon=_ICON, layout="wide")
    page.run()


st.set_page_config(page_title="Plumbline", page_icon=_ICON, layout="wide")
st.logo(_ICON)
st.html(_ASSETS / "app.css")
# Streamlit tells its own part of the page, but not what lies over it: dialogs would pick the light theme's colours.
st.html(f"<style>:root {{ color-scheme: {find_theme()}; }}</style>")
try:
    _run_page()
except DatabaseUnavailable:
    wait_for_database()
