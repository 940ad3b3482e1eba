"""Editing one criterion: its question, its answers with their anchors, what is asked beside them, and when."""

from collections.abc import Callable

import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.answers_editor import edit_answers
from qa_app.ui.builder.bench import Bench, Spot, pick
from qa_app.ui.builder.condition_editor import edit_condition
from qa_app.ui.builder.fields import choice_field, number_field, show_findings, show_problems, text_field, tick_field
from qa_app.ui.builder.outline import TYPE_WORDS
from qa_app.ui.present import CRITICAL_FAMILIES
from qa_app.ui.widgets.frame import quiet
from scorecards.criterion_edits import change_type, set_reasons
from scorecards.editing import (
    Edit,
    change_criterion,
    duplicate_criterion,
    find_criterion,
    locate,
    move_criterion,
    remove_criterion,
)
from scorecards.model import Criterion, CriterionType

_COMMENT = {
    "optional": "Never required",
    "below_best": "Required below the best answer",
    "worst": "Required at the worst answer",
    "always": "Always required",
}
_REASONS = {
    "never": "Never asked",
    "below_best": "Asked below the best answer",
    "worst": "Asked at the worst answer",
    "always": "Always asked",
}
_TEXT_ONLY = ("below_best", "worst")
_NONE = "None"


def edit_criterion(bench: Bench, criterion: Criterion) -> None:
    """Everything about one criterion; what is wrong elsewhere in it than at a field stands on top."""
    _show_actions(bench, criterion)
    top = st.container(gap="xsmall")
    question, answers, words, more = st.tabs(
        ["Question", "Answers", "Comments and reasons", "When, and for which report"]
    )
    with question:
        _edit_question(bench, criterion)
    with answers:
        edit_answers(bench, criterion)
    with words:
        _edit_words(bench, criterion)
    with more:
        edit_condition(bench, criterion)
        _edit_reports(bench, criterion)
    with top:
        here = locate(bench.scorecard, criterion=criterion.id)
        show_problems([problem for problem in bench.problems_at(here) if problem not in bench.shown])


def _show_actions(bench: Bench, criterion: Criterion) -> None:
    number, index = find_criterion(bench.scorecard, criterion.id)
    section = bench.scorecard.sections[number]

    def button(label: str, icon: str, edit: Edit, *, then: Callable[[], None] | None = None, why: str = "") -> None:
        def act() -> None:
            if bench.edit(edit) and then:
                then()

        idle = edit(bench.scorecard) == bench.scorecard
        st.button(
            label,
            icon=icon,
            type="tertiary",
            on_click=act,
            disabled=idle,
            help=why if idle and why else None,
            key=f"builder:criterion:{label.lower()}",
        )

    with st.container(horizontal=True, gap="xsmall"):
        name = criterion.id
        button("Up", ":material/arrow_upward:", lambda card: move_criterion(card, name, -1))
        button("Down", ":material/arrow_downward:", lambda card: move_criterion(card, name, 1))
        button("Duplicate", ":material/content_copy:", lambda card: duplicate_criterion(card, name))
        neighbour = section.criteria[index - 1 if index else min(1, len(section.criteria) - 1)].id
        button(
            "Remove",
            ":material/delete:",
            lambda card: remove_criterion(card, name),
            then=lambda: pick(criterion=neighbour),
            why="The only criterion of its section; remove the section instead.",
        )


def _edit_question(bench: Bench, criterion: Criterion) -> None:
    text_field(bench, "Question", Spot(("label",), criterion=criterion.id), criterion.label)
    left, right = st.columns(2)
    with left:
        _edit_type(bench, criterion)
    with right:
        if criterion.type is CriterionType.TEXT:
            quiet("A text has no score, so no weight.")
        else:
            number_field(
                bench,
                "Weight",
                Spot(("weight",), criterion=criterion.id),
                criterion.weight,
                limits=(0.0, 1000.0),
                help="Among the criteria of its section, or of the whole form where sections have no weights. 0: not "
                "counted.",
            )
    na_words = "May be left empty" if criterion.type is CriterionType.TEXT else "N/A is an answer"
    tick_field(
        bench,
        na_words,
        Spot(("allow_na",), criterion=criterion.id),
        value=criterion.allow_na,
        help="“Not applicable” takes the criterion out of the score.",
    )
    text_field(
        bench,
        "How to judge it",
        Spot(("guideline",), criterion=criterion.id),
        criterion.guideline,
        long=True,
        optional=True,
    )


def _edit_type(bench: Bench, criterion: Criterion) -> None:
    key = bench.key(f"{criterion.id}:type")
    st.selectbox(
        "Type",
        list(CriterionType),
        index=list(CriterionType).index(criterion.type),
        format_func=TYPE_WORDS.__getitem__,
        key=key,
        on_change=lambda: bench.change(
            lambda card: change_criterion(
                card, criterion.id, lambda part: change_type(part, CriterionType(state.read(key, part.type)))
            )
        ),
    )


def _edit_words(bench: Bench, criterion: Criterion) -> None:
    """When comments and reasons are asked for, and which reasons there are."""
    cut = _TEXT_ONLY if criterion.type is CriterionType.TEXT else ()
    choice_field(
        bench,
        "Comment",
        Spot(("comment",), criterion=criterion.id),
        criterion.comment,
        {key: words for key, words in _COMMENT.items() if key not in cut},
    )
    key = bench.key(f"{criterion.id}:reasons")

    def keep() -> None:
        labels = [line.strip() for line in str(state.read(key, "")).splitlines() if line.strip()]
        bench.change(
            lambda card: change_criterion(card, criterion.id, lambda part: set_reasons(part, labels)), fresh=False
        )

    st.text_area(
        "Reasons to pick from, one a line",
        "\n".join(reason.label for reason in criterion.reasons),
        key=key,
        on_change=keep,
        height="content",
        placeholder="Policy not known\nTool was down",
    )
    show_findings(bench, (*locate(bench.scorecard, criterion=criterion.id), "reasons"), key)
    if criterion.reasons:
        choice_field(
            bench,
            "Reasons are",
            Spot(("ask_reasons",), criterion=criterion.id),
            criterion.ask_reasons,
            {key: words for key, words in _REASONS.items() if key not in cut},
        )


def _edit_reports(bench: Bench, criterion: Criterion) -> None:
    """Which half, skill and critical family the criterion counts in."""
    left, right = st.columns(2)
    with left:
        text_field(
            bench,
            "Skill",
            Spot(("skill",), criterion=criterion.id),
            criterion.skill or "",
            optional=True,
            placeholder="empathy",
            help="A short name in small letters, the same on every scorecard.",
        )
        choice_field(
            bench,
            "Half of the report",
            Spot(("skill_type",), criterion=criterion.id),
            criterion.skill_type,
            {"": _NONE, "soft": "Soft skills", "hard": "Hard skills"},
        )
    with right:
        if criterion.type is not CriterionType.TEXT:
            families = {family: f"{words}-critical" for family, words in CRITICAL_FAMILIES.items()}
            choice_field(
                bench,
                "Critical family",
                Spot(("critical",), criterion=criterion.id),
                criterion.critical,
                {"": _NONE, **families},
                help="Whom an error here hurts. Counted apart from the score.",
            )
