"""Streamlit, and nowhere else. Pages have no logic: they render records that workflows return."""
