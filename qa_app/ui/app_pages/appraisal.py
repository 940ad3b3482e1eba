"""An appraisal: one's own side to fill in, kept as it is answered; both sides beside each other once both are in."""

from decimal import Decimal

import pandas as pd
import streamlit as st

from db.records import AppraisalId, Rating
from qa_app.domain.coaching_terms import LONGEST
from qa_app.errors import PlumblineError
from qa_app.ui import state
from qa_app.ui.identity import current_context
from qa_app.ui.present import name_anchor
from qa_app.ui.widgets.coaching import name_appraisal
from qa_app.ui.widgets.dead_end import show_dead_end
from qa_app.ui.widgets.frame import attempt, empty, escape, page_head, quiet
from qa_app.words import NO_SCORE, NOT_APPLICABLE, write_day, write_number, write_signed
from qa_app.workflows import appraisals
from scorecards.answers import MISSING, Answer, AnswerState
from scorecards.answers import NOT_APPLICABLE as NA
from scorecards.model import Criterion, CriterionType
from scorecards.visibility import asked_criteria

context = current_context()
appraisal_id = AppraisalId(state.link_value("appraisal") or "")
try:
    view = appraisals.view_appraisal(context, appraisal_id)
except PlumblineError as refusal:
    show_dead_end("Appraisal", refusal.message, person=context.actor, list_name="coaching")
    st.stop()
scorecard, own = view.version.scorecard, view.own
NA_CHOICE = "n/a"
kept = {rating.criterion_id: rating for rating in own.ratings} if own else {}


def key_of(part: str, criterion: Criterion) -> str:
    """The key of a field."""
    return f"appraisal:{part}:{appraisal_id}:{criterion.id}"


def read_answer(criterion: Criterion) -> Answer | None:
    """What the field of a criterion holds; None where nothing was answered."""
    before = kept.get(criterion.id)
    given: object = state.read(key_of("answer", criterion), _stored(before))
    if given is None or given == "":
        return None
    if given == NA_CHOICE:
        return NA
    if criterion.type is CriterionType.NUMBER:
        return Answer.measure(Decimal(str(given)))
    if criterion.type is CriterionType.TEXT:
        return Answer.write(str(given))
    return Answer.choose(str(given))


def read_ratings() -> list[Rating]:
    """The own side as it stands: words without an answer are kept too, and what is not asked any more is left out."""
    answers = {one.id: answer for one in scorecard.criteria if (answer := read_answer(one)) is not None}
    asked = set(asked_criteria(scorecard, answers))
    found = [read_rating(one, answers.get(one.id, MISSING)) for one in scorecard.criteria if one.id in asked]
    return [one for one in found if one.answer is not MISSING or one.comment or one.reason_ids]


def read_rating(criterion: Criterion, answer: Answer) -> Rating:
    """One answer with its words and reasons."""
    before = kept.get(criterion.id, Rating(criterion.id, answer))
    comment = str(state.read(key_of("comment", criterion), before.comment))
    return Rating(criterion.id, answer, comment, tuple(state.read(key_of("reasons", criterion), before.reason_ids)))


def read_comment() -> str:
    """The words on the whole."""
    return str(state.read(f"appraisal:comment:{appraisal_id}", own.comment if own else ""))


def find_revision(ratings: list[Rating], comment: str) -> int:
    """The revision to save on. A run that is broken off may have saved without this page's coming to know of it."""
    known = own.revision if own else 0
    sent: tuple[list[Rating], str] | None = state.read(f"appraisal:sent:{appraisal_id}", None)
    state.write(f"appraisal:sent:{appraisal_id}", (ratings, comment.strip()))
    stored = appraisals.view_appraisal(context, appraisal_id).own
    if stored is not None and (list(stored.ratings), stored.comment) == sent:
        return stored.revision
    return known


def save() -> None:
    """Keep the draft."""
    ratings, comment = read_ratings(), read_comment()
    attempt(
        lambda: appraisals.save_side(
            context, appraisal_id, ratings, comment=comment, expected_revision=find_revision(ratings, comment)
        )
    )


def submit() -> None:
    """Send the own side for good."""
    ratings, comment = read_ratings(), read_comment()
    attempt(
        lambda: appraisals.submit_side(
            context, appraisal_id, ratings, comment=comment, expected_revision=find_revision(ratings, comment)
        ),
        done=lambda _: "Submitted.",
    )


def show_question(criterion: Criterion) -> None:
    """One criterion with its anchors, its answer and the words to it."""
    before = kept.get(criterion.id)
    with st.container(border=True, gap="xsmall", key=f"appraisal:criterion:{criterion.id}"):
        if criterion.guideline:
            st.markdown(f"**{escape(criterion.label)}**", help=escape(criterion.guideline))
        else:
            st.markdown(f"**{escape(criterion.label)}**")
        show_field(criterion, _stored(before))
        if criterion.reasons:
            labels = {reason.id: reason.label for reason in criterion.reasons}
            st.multiselect(
                "Reasons", list(labels), list(before.reason_ids) if before else [], format_func=labels.__getitem__,
                key=key_of("reasons", criterion), on_change=save,
            )  # fmt: skip
        if criterion.type is not CriterionType.TEXT:
            st.text_area(
                f"What shows it? ({criterion.label})", before.comment if before else "",
                key=key_of("comment", criterion), max_chars=LONGEST, height=68, on_change=save,
            )  # fmt: skip


def show_field(criterion: Criterion, given: object) -> None:
    """The field for the answer."""
    key = key_of("answer", criterion)
    if criterion.type is CriterionType.TEXT:
        words = "" if given in {None, NA_CHOICE} else str(given)
        st.text_area(
            criterion.label, words, key=key, max_chars=LONGEST, height=90, on_change=save, label_visibility="collapsed"
        )
        return
    if criterion.type is CriterionType.NUMBER and criterion.number is not None:
        span = criterion.number
        value = None if given in {None, NA_CHOICE} else float(str(given))
        low, high = float(span.low), float(span.high)
        st.number_input(criterion.label, low, high, value, key=key, on_change=save, label_visibility="collapsed")
        return
    labels = {option.id: option.label for option in criterion.options}
    anchors = {
        option.id: " · ".join(
            f":gray[{escape(text if channel == 'any' else f'{name_anchor(channel)}: {text}')}]"
            for channel, text in option.anchors.items()
        )
        for option in criterion.options
    }
    if criterion.allow_na:
        labels[NA_CHOICE], anchors[NA_CHOICE] = NOT_APPLICABLE, ""
    choices = list(labels)
    st.radio(
        criterion.label,
        choices,
        index=choices.index(str(given)) if given in choices else None,
        format_func=lambda choice: escape(labels[choice]),
        captions=[anchors[choice] for choice in choices],
        key=key,
        on_change=save,
        label_visibility="collapsed",
    )


def show_form() -> None:
    """The own side, section by section."""
    asked = set(asked_criteria(scorecard, {rating.criterion_id: rating.answer for rating in read_ratings()}))
    for section in scorecard.sections:
        st.subheader(escape(section.label), anchor=False)
        for criterion in section.criteria:
            if criterion.id in asked:
                show_question(criterion)
    st.text_area(
        "On the whole", own.comment if own else "", key=f"appraisal:comment:{appraisal_id}", max_chars=LONGEST,
        on_change=save,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Submit", type="primary", icon=":material/send:", key="appraisal:submit", on_click=submit)
        quiet("Every answer is kept as you give it. After you submit, it stays as it is.", width="content")


def show_both() -> None:
    """Both sides, criterion by criterion, then what they wrote."""
    scores = {name: NO_SCORE if score is None else f"{write_number(score, 1)}%" for name, score in view.scores.items()}
    with st.grid(2, min_column_width=150):
        st.metric(f"{escape(view.agent.name)}, self", scores["agent"], border=True)
        st.metric(f"{escape(view.coach.name)}, coach", scores["coach"], border=True)
    quiet("One appraisal each, so there is no interval; it enters no score of tickets.")
    rows = [
        {
            "Criterion": escape(pair.label),
            "Self": _words(pair.agent, pair.agent_comment),
            "Coach": _words(pair.coach, pair.coach_comment),
            "Self less coach, points": "—" if pair.apart is None else write_signed(pair.apart),
        }
        for pair in view.pairs
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Self and coach, criterion by criterion")
    for side in view.appraisal.sides:
        if side.comment:
            with st.container(border=True, gap="xsmall"):
                quiet(view.agent.name if side.person_id == view.agent.id else view.coach.name)
                st.text(side.comment)


def _words(answer: str | None, comment: str) -> str:
    said = escape(answer or "—")
    return f"**{said}**  \n{escape(comment)}" if comment and comment != answer else f"**{said}**"


def _stored(rating: Rating | None) -> object:
    """What a field of this answer starts with."""
    if rating is None or rating.answer.state is AnswerState.MISSING:
        return None
    answer = rating.answer
    if answer.state is AnswerState.NOT_APPLICABLE:
        return NA_CHOICE
    return answer.option_id or (answer.text if answer.number is None else float(answer.number))


with page_head("Appraisal"):
    quiet(f"{view.agent.name} · {name_appraisal(view)}", width="content")
    st.space("stretch")
    if view.agent.id == context.actor.id:
        st.page_link("app_pages/feedback.py", label="My feedback", icon=":material/forum:")
    else:
        st.page_link(
            "app_pages/agent.py",
            label=escape(view.agent.name),
            icon=":material/person:",
            query_params={"agent": view.agent.id},
        )
day = write_day(view.appraisal.due_on) if view.appraisal.due_on else ""
if own is not None and own.submitted_at is None:
    due = f"Due {day}. " if day else ""
    quiet(f"{due}You and {view.coach.name if own.person_id == view.agent.id else view.agent.name} grade apart: "
          "neither sees the other's answers before both are in.")  # fmt: skip
    show_form()
elif view.waiting_for:
    waits = f"Waits for {' and '.join(view.waiting_for)}{f', due {day}' if day else ''}."
    empty(f"{escape(waits)} Both sides stand here, beside each other, once both are in.",
          icon=":material/hourglass_top:")  # fmt: skip
else:
    show_both()
