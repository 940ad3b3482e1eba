"""What stands in the place of a record that is not to be had: why, and one way back to the list it would stand in."""

import streamlit as st

from db.records import Person, SessionId
from qa_app.errors import NotFound, PlumblineError
from qa_app.ui.pages import PAGES, find_front_page, offer_pages
from qa_app.ui.widgets.frame import empty, page_head

_WORDS = {
    "queue": "my queue",
    "feedback": "my feedback",
    "reviews": "the reviews",
    "calibration": "the calibration sessions",
    "coaching": "coaching",
    "disputes": "the disputes",
    "tickets": "the tickets",
    "scorecards": "the scorecards",
    "people": "the people",
    "account": "my account",
}
"""What lists are called within a sentence: all that records stand in, and every role's front page."""


def show_dead_end(title: str, words: str, *, person: Person, list_name: str) -> None:
    """The whole page; the caller ends the run after it."""
    page_head(title)
    empty(words, icon=":material/search_off:")
    lead_back(person, list_name)


def show_unheld(title: str, refusal: PlumblineError, *, person: Person, session_id: SessionId) -> None:
    """The same for what comes after a reveal; from there the way back leads to the session, where there is one."""
    if isinstance(refusal, NotFound):
        show_dead_end(title, refusal.message, person=person, list_name="calibration")
        return
    page_head(title)
    empty(refusal.message, icon=":material/visibility_off:")
    link = {"session": session_id}
    st.page_link("app_pages/session.py", label="To the session", query_params=link, icon=":material/balance:")


def lead_back(person: Person, list_name: str) -> None:
    """A link to the list of this page name, or to the person's front page where the list is not for their role."""
    offered = {page.name for pages in offer_pages(person).values() for page in pages}
    name = list_name if list_name in offered else find_front_page(person).name
    page = next(page for page in PAGES if page.name == name)
    st.page_link(page.path, label=f"Back to {_WORDS[name]}", icon=page.icon)
