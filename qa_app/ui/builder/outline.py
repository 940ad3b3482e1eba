"""The outline: the form, its sections and criteria in order. What is picked there is edited beside it."""

import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.bench import Bench, pick
from qa_app.ui.widgets.frame import escape
from scorecards.editing import add_criterion, add_section, locate
from scorecards.model import Criterion, CriterionType, Scorecard, Section
from scorecards.problems import Severity

TYPE_WORDS = {
    CriterionType.YES_NO: "Yes or no",
    CriterionType.SCALE: "Scale",
    CriterionType.CHOICE: "Choice",
    CriterionType.NUMBER: "Number",
    CriterionType.TEXT: "Text",
}
_TYPE_ICONS = {
    CriterionType.YES_NO: ":material/rule:",
    CriterionType.SCALE: ":material/linear_scale:",
    CriterionType.CHOICE: ":material/radio_button_checked:",
    CriterionType.NUMBER: ":material/123:",
    CriterionType.TEXT: ":material/notes:",
}


def show_outline(bench: Bench, picked: Criterion | Section | None) -> None:
    """Every part as a button; what has an error says so."""
    with st.container(gap="xsmall", key="builder:outline"):
        _entry(bench, "The whole form", "form", picked=picked is None, icon=":material/tune:")
        for section in bench.scorecard.sections:
            _entry(bench, section.label, f"section:{section.id}", picked=picked == section, section=section.id)
            for criterion in section.criteria:
                _entry(
                    bench,
                    criterion.label,
                    f"criterion:{criterion.id}",
                    picked=picked == criterion,
                    criterion=criterion.id,
                    icon=_TYPE_ICONS[criterion.type],
                )
        with st.container(horizontal=True, gap="xsmall"):
            _offer_criterion(bench, picked)
            _offer_section(bench)


def _entry(
    bench: Bench,
    label: str,
    name: str,
    *,
    picked: bool,
    section: str = "",
    criterion: str = "",
    icon: str | None = None,
) -> None:
    wrong = _has_error(bench, section=section, criterion=criterion, form=name == "form")
    words = escape(label)
    if section:
        words = f":gray[**{words}**]"
    elif picked:
        words = f"**{words}**"
    st.button(
        f"{words} :red[● error]" if wrong else words,
        key=f"builder:pick:{name}",
        icon=icon,
        type="secondary" if picked else "tertiary",
        width="stretch",
        on_click=pick,
        kwargs={"section": section, "criterion": criterion},
    )


def _has_error(bench: Bench, *, section: str, criterion: str, form: bool) -> bool:
    """Whether something is wrong with a part itself; its parts answer for themselves."""
    scorecard = bench.scorecard
    path = locate(scorecard, section=section or None, criterion=criterion or None)
    errors = [problem for problem in bench.problems_at(path) if problem.severity is Severity.ERROR]
    if criterion:
        return bool(errors)
    below = ".criteria[" if section else "sections["
    return any(below not in problem.path for problem in errors) and (form or bool(section))


def _offer_criterion(bench: Bench, picked: Criterion | Section | None) -> None:
    section = _section_of(bench.scorecard, picked)
    with st.popover("Criterion", icon=":material/add:", type="tertiary", key=bench.key("add:criterion")):
        st.markdown(f"A criterion at the end of **{escape(section.label)}**")
        label_key, kind_key = bench.key("add:criterion:label"), bench.key("add:criterion:kind")
        st.text_input("Its question", key=label_key, placeholder="Acknowledged the feeling")
        st.selectbox("Its type", list(CriterionType), format_func=TYPE_WORDS.__getitem__, key=kind_key)

        def add() -> None:
            label, kind = str(state.read(label_key, "")), CriterionType(state.read(kind_key, CriterionType.YES_NO))
            known = {criterion.id for criterion in bench.scorecard.criteria}
            _pick_new(bench.edit(lambda scorecard: add_criterion(scorecard, section.id, label, kind)), known)

        st.button("Add", type="primary", on_click=add, key=bench.key("add:criterion:go"))


def _offer_section(bench: Bench) -> None:
    with st.popover("Section", icon=":material/add:", type="tertiary", key=bench.key("add:section")):
        label_key, first_key = bench.key("add:section:label"), bench.key("add:section:first")
        st.text_input("Section", key=label_key, placeholder="Care for the customer")
        st.text_input("Its first criterion", key=first_key, placeholder="Acknowledged the feeling")

        def add() -> None:
            label, first = str(state.read(label_key, "")), str(state.read(first_key, ""))
            known = {criterion.id for criterion in bench.scorecard.criteria}
            _pick_new(bench.edit(lambda scorecard: add_section(scorecard, label, criterion=first)), known)

        st.button("Add", type="primary", on_click=add, key=bench.key("add:section:go"))


def _pick_new(scorecard: Scorecard | None, known: set[str]) -> None:
    for criterion in scorecard.criteria if scorecard else ():
        if criterion.id not in known:
            pick(criterion=criterion.id)


def _section_of(scorecard: Scorecard, picked: Criterion | Section | None) -> Section:
    """The section that is picked, or that of the picked criterion; else the last one."""
    for section in scorecard.sections:
        if section == picked or picked in section.criteria:
            return section
    return scorecard.sections[-1]
