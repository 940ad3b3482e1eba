"""The bare address: leads on to the page that this person's day starts with."""

import streamlit as st

from qa_app.ui.identity import current_context
from qa_app.ui.pages import find_front_page

st.switch_page(find_front_page(current_context().actor).path)
