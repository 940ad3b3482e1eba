"""A submitted review to read: three scores side by side, and every criterion with comment and evidence."""

from decimal import Decimal

import streamlit as st

from db.records import Review
from qa_app.reports import RatingLine, ReviewLine
from qa_app.ui.present import REVIEW_STATES
from qa_app.ui.widgets.frame import escape
from qa_app.words import write_number

_FAMILIES = {"customer": "customer critical", "business": "business critical", "compliance": "compliance critical"}


def state_badge(review: Review) -> None:
    """The state of a review by word, icon and colour."""
    word, icon, colour = REVIEW_STATES[review.state]
    st.badge(word, icon=icon, color=colour)


def score_row(review: Review) -> None:
    """Raw score, reported score and verdict, none hiding another."""
    score = review.score
    if score is None:
        return
    with st.container(horizontal=True, gap="medium"):
        st.metric("Reported score", _percent(score.reported))
        st.metric("Raw score", _percent(score.raw))
        verdict = {True: "Passed", False: "Not passed", None: "No verdict"}[score.passed]
        st.metric("Verdict", verdict)
        if score.band:
            st.metric("Band", score.band)
    for flag in score.auto_fails:
        st.badge(f"Auto-fail ({flag.level})", icon=":material/dangerous:", color="red")


def rating_lines(line: ReviewLine) -> None:
    """All criteria of a review under their sections."""
    section = ""
    for rating in line.ratings:
        if rating.section != section:
            section = rating.section
            st.subheader(escape(section), anchor=False)
        _rating(rating)
    if line.review.comment:
        st.subheader("Overall comment", anchor=False)
        st.text(line.review.comment)


def _rating(rating: RatingLine) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(rating.label)}**", width="content")
            if rating.critical:
                st.badge(_FAMILIES[rating.critical], icon=":material/priority_high:", color="orange")
            if rating.auto_fail:
                st.badge(f"auto-fail: {rating.auto_fail}", icon=":material/dangerous:", color="red")
            st.space("stretch")
            st.text(rating.answer, width="content")
            if rating.value is not None:
                st.caption(
                    f"{write_number(rating.value, 0)}% · weight {write_number(rating.applied_weight, 1)}%",
                    width="content",
                )
        if rating.reasons:
            st.caption("Reasons: " + escape(", ".join(rating.reasons)))
        if rating.comment:
            st.text(rating.comment)
        for item in rating.evidence:
            with st.container(horizontal=True, gap="small"):
                st.markdown(":material/format_quote:", width="content")
                st.text(f"“{item.quote}”", width="content")
                st.caption(escape(item.where), width="content")


def _percent(score: Decimal | None) -> str:
    return "no score" if score is None else f"{write_number(score, 1)}%"
