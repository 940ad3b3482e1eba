"""Editing the answers of a criterion: its options with points, consequences and anchors, or the range of a number."""

from typing import Literal

import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.bench import Bench, Spot
from qa_app.ui.builder.fields import choice_field, number_field, show_findings, text_field, tick_field
from qa_app.ui.present import CHANNELS
from qa_app.ui.widgets.frame import quiet
from scorecards.criterion_edits import CriterionEdit, add_option, move_option, remove_option
from scorecards.editing import change_criterion, locate
from scorecards.model import Channel, Criterion, CriterionType, NumberRange, Option

AnchorFor = Channel | Literal["any"]
_FAILS = {"": "No auto-fail", "item": "Fails the criterion", "section": "Fails the section", "form": "Fails the form"}


def edit_answers(bench: Bench, criterion: Criterion) -> None:
    """The options in order, or the range; a text has neither."""
    if criterion.type is CriterionType.TEXT:
        quiet("A text takes whatever the reviewer writes.")
        return
    anchor_for = _choose_anchors(bench, criterion)
    if criterion.number is not None:
        _edit_range(bench, criterion, criterion.number, anchor_for)
        return
    for place, option in enumerate(criterion.options):
        _edit_option(bench, criterion, option, place, anchor_for)
    if criterion.type is not CriterionType.YES_NO:
        _offer_option(bench, criterion)
    show_findings(bench, (*locate(bench.scorecard, criterion=criterion.id), "options"))


def _choose_anchors(bench: Bench, criterion: Criterion) -> AnchorFor:
    """For which channel the anchors are edited: those of the form, those that have texts, and all of them at once."""
    parts = [criterion.number] if criterion.number else list(criterion.options)
    written = [channel for part in parts for channel, words in part.anchors.items() if words]
    wanted = [*bench.scorecard.channels, *written, *(() if bench.scorecard.channels else Channel)]
    names = ["any", *dict.fromkeys(str(name) for name in wanted if name != "any")]
    usual = str(written[0]) if written else "any"
    picked = st.selectbox(
        "Anchors for",
        names,
        index=names.index(usual),
        format_func=lambda name: "Every channel without its own" if name == "any" else CHANNELS[Channel(name)],
        key=f"builder:anchors:{criterion.id}",
        help="An anchor says what a reviewer sees or hears at a level.",
    )
    return "any" if picked == "any" else Channel(picked)


def _edit_option(bench: Bench, criterion: Criterion, option: Option, place: int, anchor_for: AnchorFor) -> None:
    def spot(*field: str) -> Spot:
        return Spot(field, criterion=criterion.id, option=option.id)

    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            text_field(bench, f"Answer {place + 1}", spot("label"), option.label)
            if option.value is not None:
                number_field(bench, "Value", spot("value"), option.value, limits=(0.0, 1.0), step=0.05, width=120)
            else:
                number_field(bench, "Points", spot("points"), option.points, limits=(-1000.0, 1000.0), width=120)
        text_field(
            bench,
            f"Anchor of answer {place + 1}",
            spot("anchors", str(anchor_for)),
            option.anchors.get(anchor_for, ""),
            long=True,
            optional=True,
            label_visibility="collapsed",
            placeholder=f"What one sees or hears at “{option.label}”",
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            fails = f"Auto-fail at answer {place + 1}"
            choice_field(
                bench, fails, spot("auto_fail"), option.auto_fail, _FAILS, width=160, label_visibility="collapsed"
            )
            tick_field(
                bench,
                "Needs a comment",
                spot("comment"),
                value=option.comment == "required",
                words=("required", "optional"),
            )
            st.space("stretch")
            _show_option_actions(bench, criterion, option)


def _show_option_actions(bench: Bench, criterion: Criterion, option: Option) -> None:
    def button(label: str, icon: str, edit: CriterionEdit, *, idle: bool) -> None:
        st.button(
            label,
            icon=icon,
            type="tertiary",
            disabled=idle,
            help=label,
            key=f"builder:option:{criterion.id}:{option.id}:{label.lower()}",
            on_click=lambda: bench.change(lambda card: change_criterion(card, criterion.id, edit)),
        )

    ends = criterion.options[0].id, criterion.options[-1].id
    button("Up", ":material/arrow_upward:", lambda part: move_option(part, option.id, -1), idle=option.id == ends[0])
    button("Down", ":material/arrow_downward:", lambda part: move_option(part, option.id, 1), idle=option.id == ends[1])
    if criterion.type is not CriterionType.YES_NO:
        few = len(criterion.options) <= 2
        button("Remove", ":material/delete:", lambda part: remove_option(part, option.id), idle=few)


def _offer_option(bench: Bench, criterion: Criterion) -> None:
    key = bench.key(f"{criterion.id}:new-option")

    def add() -> None:
        label = str(state.read(key, ""))
        bench.change(lambda card: change_criterion(card, criterion.id, lambda part: add_option(part, label)))

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input("One more answer", key=key, placeholder="Its name", width=220)
        full = criterion.type is CriterionType.SCALE and len(criterion.options) >= 11
        st.button("Add", icon=":material/add:", on_click=add, disabled=full, key=f"{key}:add")


def _edit_range(bench: Bench, criterion: Criterion, span: NumberRange, anchor_for: AnchorFor) -> None:
    def spot(*field: str) -> Spot:
        return Spot(("number", *field), criterion=criterion.id)

    with st.container(horizontal=True, gap="small"):
        number_field(bench, "Least", spot("low"), span.low, width=120)
        number_field(bench, "Greatest", spot("high"), span.high, width=120)
        number_field(bench, "Step", spot("step"), span.step, limits=(0.0, None), width=120)
        text_field(bench, "Unit", spot("unit"), span.unit, optional=True, width=100)
    choice_field(
        bench, "Best is", spot("better"), span.better, {"high": "the greatest number", "low": "the least number"}
    )
    text_field(
        bench,
        "What the numbers mean",
        spot("anchors", str(anchor_for)),
        span.anchors.get(anchor_for, ""),
        long=True,
        optional=True,
    )
