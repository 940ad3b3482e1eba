"""Contesting a review: what may be contested until when, and the form, whose words outlive it but not the tab."""

from decimal import Decimal

import streamlit as st

from db.records import DisputeItem, DisputeKind
from qa_app.domain.disputes import LONGEST, Terms
from qa_app.ui import state
from qa_app.ui.widgets.frame import attempt, escape, quiet, send_button
from qa_app.words import write_answer, write_count, write_day
from qa_app.workflows import disputes
from qa_app.workflows.context import Context
from qa_app.workflows.reviews import ReviewView
from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType

_GRADES, _WORK = "Some of the grades", "This was not {whose} work"
_NONE, _NA = "(no proposal)", "(not applicable)"


def tell_terms(terms: Terms, *, day: str, own: bool) -> str:
    """What may be contested and until when, or why nothing can be, in a sentence or two; `day` ends the window."""
    if not terms.open:
        return terms.problem
    left = write_count(terms.rounds_left, "time") if terms.rules.rounds > 1 else "once"
    who = {
        "blind": "It is graded again by somebody who has not seen these grades, and decided",
        "author": "It is decided by the reviewer",
        "lead": "It is decided by a lead",
    }[terms.rules.decided_by]
    days = write_count(terms.rules.decision_days, "day")
    whose = "your" if own else "the agent's"
    return f"Any grade here, or that it was {whose} work, can be contested until {day}, {left}. {who} within {days}."


@st.dialog("Contest this review", width="large")
def fill_in_dispute(context: Context, view: ReviewView, terms: Terms, *, own: bool) -> None:
    """Which grades, what the agent would have given and why; or that it was somebody else's work."""
    prefix = f"contest:{view.line.review.id}"
    work = _WORK.format(whose="my" if own else "the agent's")
    about = st.radio(
        "What do you contest?", [_GRADES, work], key=f"{prefix}:about", horizontal=True, persist_state="session"
    )
    if about == _GRADES:
        chosen = _choose_criteria(view, prefix)
        for criterion_id in chosen:
            _fill_in_item(view, criterion_id, prefix)
        whole = "What do you see differently, and where does it stand?"
        label = "Anything about the review as a whole" if chosen else whole
    else:
        label = "Why was this somebody else's work, and whose, if you know?"
    st.text_area(label, key=f"{prefix}:reason", max_chars=LONGEST, persist_state="session")
    quiet(
        f"To be decided within {write_count(terms.rules.decision_days, 'day')}. Whoever decides can lower a grade as "
        "well as raise it."
    )
    quiet("What you write stays when you close this form. Loading the page anew or closing its tab loses it.")
    send_button("File the dispute", _send, key="review:contest", args=(context, view, about == _GRADES))


def _choose_criteria(view: ReviewView, prefix: str) -> list[str]:
    labels = {line.criterion_id: f"{line.label}: {line.answer}" for line in view.line.ratings}
    chosen: list[str] = st.multiselect(
        "Grades that you see differently",
        list(labels),
        format_func=labels.__getitem__,
        key=f"{prefix}:criteria",
        persist_state="session",
    )
    return chosen


def _fill_in_item(view: ReviewView, criterion_id: str, prefix: str) -> None:
    criterion = view.version.scorecard.criterion(criterion_id)
    given = next(rating.answer for rating in view.line.review.ratings if rating.criterion_id == criterion_id)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escape(criterion.label)}** :gray[{escape(write_answer(given, criterion))}]")
        if criterion.number is not None:
            st.number_input(
                "Your proposal",
                min_value=float(criterion.number.low),
                max_value=float(criterion.number.high),
                value=None,
                step=float(criterion.number.step),
                key=f"{prefix}:{criterion_id}:number",
                persist_state="session",
            )
        elif criterion.type is not CriterionType.TEXT:
            labels = _list_proposals(criterion, given)
            st.selectbox(
                "Your proposal",
                list(labels),
                format_func=labels.__getitem__,
                key=f"{prefix}:{criterion_id}:option",
                persist_state="session",
            )
        st.text_area(
            "Why?", key=f"{prefix}:{criterion_id}:reason", height=80, max_chars=LONGEST, persist_state="session"
        )


def _list_proposals(criterion: Criterion, given: Answer) -> dict[str, str]:
    """What could be answered instead, by the key of its answer."""
    options = {option.id: option.label for option in criterion.options if option.id != given.option_id}
    without = {_NA: "Not applicable"} if criterion.allow_na and given != NOT_APPLICABLE else {}
    return {_NONE: "No proposal"} | options | without


def _send(context: Context, view: ReviewView, grades: bool) -> None:  # noqa: FBT001 - passed on by place
    review = view.line.review
    prefix = f"contest:{review.id}"
    reason = state.read(f"{prefix}:reason", "")
    chosen: list[str] = state.read(f"{prefix}:criteria", []) if grades else []
    items = tuple(_read_item(view, key, prefix, reason) for key in chosen)
    made = attempt(
        lambda: disputes.raise_dispute(
            context,
            review.id,
            reason=reason,
            items=items,
            kind=DisputeKind.GRADES if grades else DisputeKind.WRONG_AGENT,
        ),
        done=lambda dispute: (
            f"Your dispute is filed; to be decided by {write_day(dispute.due_at.date())}."
            if dispute.due_at
            else "Your dispute is filed."
        ),
    )
    if made is not None:
        state.forget(prefix)


def _read_item(view: ReviewView, criterion_id: str, prefix: str, reason: str) -> DisputeItem:
    criterion = view.version.scorecard.criterion(criterion_id)
    option = state.read(f"{prefix}:{criterion_id}:option", _NONE)
    number: float | None = state.read(f"{prefix}:{criterion_id}:number", None)
    proposed = None
    if criterion.number is not None and number is not None:
        proposed = Answer.measure(Decimal(repr(number)).normalize())
    elif option == _NA:
        proposed = NOT_APPLICABLE
    elif option != _NONE:
        proposed = Answer.choose(option)
    why = state.read(f"{prefix}:{criterion_id}:reason", "").strip()
    return DisputeItem(criterion_id, why or reason.strip(), proposed)
