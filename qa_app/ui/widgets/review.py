"""A submitted review to read: three scores side by side, and every criterion with comment and evidence."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

import streamlit as st

from db.records import AutoFailFlag, Recording, Review
from qa_app.reports import EvidenceLine, RatingLine, ReviewLine
from qa_app.ui.present import CRITICAL_FAMILIES, REVIEW_STATES
from qa_app.ui.widgets.conversation import name_place
from qa_app.ui.widgets.frame import escape, escape_lines, quiet
from qa_app.ui.widgets.recording import play_stretch
from qa_app.words import NO_SCORE, write_number
from scorecards.model import AutoFailLevel

_VERDICTS = {
    True: (":material/check_circle:", "Passed"),
    False: (":material/cancel:", "Not passed"),
    None: (":material/remove:", "No verdict"),
}


def state_badge(review: Review) -> None:
    """The state of a review by word, icon and colour."""
    word, icon, colour = REVIEW_STATES[review.state]
    st.badge(word, icon=icon, color=colour)


def score_row(line: ReviewLine) -> None:
    """Raw score, reported score and verdict, none hiding another."""
    score = line.review.score
    if score is None:
        return
    icon, verdict = _VERDICTS[score.passed]
    with st.grid(4, min_column_width=120):
        st.metric("Reported score", _percent(score.reported))
        st.metric("Raw score", _percent(score.raw))
        st.metric("Verdict", verdict, icon=icon)
        if score.band:
            st.metric("Band", escape(score.band))
    for flag in score.auto_fails:
        st.badge(escape(f"Auto-fail: {_name_failed(line, flag)}"), icon=":material/dangerous:", color="red")


def _name_failed(line: ReviewLine, flag: AutoFailFlag) -> str:
    """What an answer brings down, by name."""
    cause = next((rating for rating in line.ratings if rating.criterion_id == flag.criterion_id), None)
    match AutoFailLevel(flag.level):
        case AutoFailLevel.FORM:
            return "the whole form"
        case AutoFailLevel.SECTION:
            return f"section {cause.section}" if cause else "a section"
        case AutoFailLevel.ITEM:
            return cause.label if cause else "a criterion"


def rating_lines(line: ReviewLine, *, recordings: Sequence[Recording] = ()) -> None:
    """All criteria of a review, one card a section; evidence in `recordings` can be heard where it stands."""
    for section, ratings in groupby(line.ratings, key=lambda rating: rating.section):
        with st.container(border=True, gap="xsmall"):
            st.subheader(escape(section), anchor=False)
            for rating in ratings:
                _rating(rating, recordings)
    if line.review.comment:
        with st.container(border=True, gap="xsmall"):
            st.subheader("Overall comment", anchor=False)
            st.text(line.review.comment)


def _rating(rating: RatingLine, recordings: Sequence[Recording]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(escape(rating.label), width="content")
        if rating.critical:
            st.badge(f"{CRITICAL_FAMILIES[rating.critical]}-critical", icon=":material/priority_high:", color="orange")
        if rating.auto_fail:
            st.badge(f"Auto-fail: {rating.auto_fail}", icon=":material/dangerous:", color="red")
        if rating.praise:
            st.badge("Praise", icon=":material/star:", color="green")
        st.space("stretch")
        st.markdown(f"**{escape(rating.answer)}**", width="content")
        if rating.value is not None:
            quiet(
                f"{write_number(rating.value, 0)}% · weight {write_number(rating.applied_weight, 1)}%", width="content"
            )
    if rating.reasons:
        quiet("Reasons: " + ", ".join(rating.reasons))
    if rating.comment:
        st.markdown(f":material/comment: {escape_lines(rating.comment)}")
    for item in rating.evidence:
        _evidence(item)
        if item.seconds is not None:
            play_stretch(recordings, item.seconds, item.end_seconds)


def _evidence(item: EvidenceLine) -> None:
    if item.quote.strip():
        quote = f"“{escape(' '.join(item.quote.split()))}”"
    else:
        quote = "The recording" if item.message_seq is None else "The whole message"
    if item.message_seq is not None:
        quote = f"[{quote}](#{name_place(item.message_seq)})"
    st.markdown(f":material/format_quote: {quote} :small[:gray[{escape(item.where)}]]")


def _percent(score: Decimal | None) -> str:
    return NO_SCORE if score is None else f"{write_number(score, 1)}%"
