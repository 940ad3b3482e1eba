"""Editing the form itself, or one of its sections."""

from decimal import Decimal

import pandas as pd
import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.bench import Bench, Spot, pick
from qa_app.ui.builder.fields import (
    choice_field,
    number_field,
    show_findings,
    show_problems,
    text_field,
    tick_field,
)
from qa_app.ui.present import CHANNELS
from qa_app.ui.widgets.frame import quiet
from scorecards.editing import find_section, locate, move_section, remove_section, set_bands, weigh_sections
from scorecards.model import Channel, Section

_DEFAULTS = {"none": "Every answer open", "best": "The best answers filled in"}
_SUBJECTS = {"ticket": "One ticket", "agent_period": "An agent over a period"}
_OUTCOMES = {"hidden": "Hidden until the review is submitted", "shown": "Shown while grading"}
_AUTO_FAIL = {"zero": "0", "keep": "The raw score"}
_DECIDERS = {
    "blind": "A second grader or a lead, after a blind second grade",
    "author": "The author of the review",
    "lead": "A lead",
}
_AGAIN = {"contested": "The contested criteria", "whole": "The whole form"}
_MODES = {"off": "Not asked", "asked": "Asked", "automatic": "Asked, and by itself after some days"}
_KINDS = {"standard": "Counts towards the score", "bonus": "Bonus: can only add to the score"}


def edit_form(bench: Bench) -> None:
    """Name, channels, verdict, bands and what the form opens with."""
    scorecard = bench.scorecard
    text_field(bench, "Name", Spot(("label",)), scorecard.label)
    text_field(bench, "What it is for", Spot(("description",)), scorecard.description, long=True, optional=True)
    _edit_channels(bench)
    left, right = st.columns(2)
    with left:
        number_field(
            bench,
            "Pass mark",
            Spot(("pass_mark",)),
            scorecard.pass_mark,
            limits=(0.0, 100.0),
            step=5.0,
            help="The reported score from which a review passes; empty: no verdict.",
        )
        choice_field(
            bench,
            "Reported score after an auto-fail of the form",
            Spot(("auto_fail_score",)),
            scorecard.auto_fail_score,
            _AUTO_FAIL,
        )
    with right:
        choice_field(
            bench,
            "The form opens with",
            Spot(("default_answer",)),
            scorecard.default_answer,
            _DEFAULTS,
            help="Open answers ask for a judgement of each criterion. Filled in, only what differs is changed.",
        )
        choice_field(bench, "One review looks at", Spot(("subject",)), scorecard.subject, _SUBJECTS)
        choice_field(
            bench,
            "Outcomes of the ticket, such as its CSAT",
            Spot(("outcomes",)),
            scorecard.outcomes,
            _OUTCOMES,
            help="They colour what one thinks of the agent. Blind calibrations never show them.",
        )
    _edit_weighing(bench)
    tick_field(
        bench, "Bonus sections may lift the score above 100", Spot(("bonus_over_100",)), value=scorecard.bonus_over_100
    )
    _edit_bands(bench)
    _edit_after_release(bench)
    show_problems(
        [problem for problem in bench.problems_at(()) if problem not in bench.shown and "[" not in problem.path]
    )


def _edit_after_release(bench: Bench) -> None:
    """What agents can do with a review that was released to them."""
    disputes, acknowledgement = bench.scorecard.disputes, bench.scorecard.acknowledgement
    st.markdown("**After the release**")
    tick_field(
        bench, "Agents may contest a review", Spot(("disputes", "allowed")), value=disputes.allowed, words=(None, False)
    )
    left, right = st.columns(2)
    if disputes.allowed:
        with left:
            _edit_days(bench, "Days to contest it", ("disputes", "window_days"), disputes.window_days)
            _edit_days(bench, "How often", ("disputes", "rounds"), disputes.rounds, most=9)
            _edit_days(bench, "Days to decide", ("disputes", "decision_days"), disputes.decision_days)
        with right:
            choice_field(
                bench, "Who decides", Spot(("disputes", "decided_by")), disputes.decided_by, _DECIDERS,
                help="A blind second grade is also kept as a measure of how far reviewers agree.",
            )  # fmt: skip
            if disputes.decided_by == "blind":
                choice_field(
                    bench, "The second grader grades", Spot(("disputes", "graded_again")), disputes.graded_again, _AGAIN
                )
    with left:
        choice_field(
            bench, "Agents confirm that they have read a review", Spot(("acknowledgement", "mode")),
            acknowledgement.mode, _MODES,
        )  # fmt: skip
    if acknowledgement.mode == "automatic":
        with right:
            _edit_days(bench, "By itself after days", ("acknowledgement", "after_days"), acknowledgement.after_days)


def _edit_days(bench: Bench, label: str, field: tuple[str, ...], value: int, *, most: int = 365) -> None:
    number_field(bench, label, Spot(field), Decimal(value), limits=(1.0, float(most)))


def _edit_weighing(bench: Bench) -> None:
    """Whether sections have weights: all or none."""
    weighted = any(section.weight is not None for section in bench.scorecard.sections)
    key = bench.key("form:weighted")
    st.checkbox(
        "Sections have weights of their own",
        weighted,
        key=key,
        help="Then 60 and 40 mean 60% and 40%, however many criteria a section has.",
        on_change=lambda: bench.change(lambda card: weigh_sections(card, weighted=bool(state.read(key, False)))),
    )


def _edit_channels(bench: Bench) -> None:
    spot = Spot(("channels",))
    key = bench.key(spot.name)
    st.multiselect(
        "Channels",
        list(Channel),
        default=list(bench.scorecard.channels),
        format_func=CHANNELS.__getitem__,
        key=key,
        placeholder="All channels",
        on_change=bench.set_field,
        args=(spot, key, lambda picked: [str(channel) for channel in picked] or None),
    )
    show_findings(bench, spot.path(bench.scorecard), key)


def _edit_bands(bench: Bench) -> None:
    bands = pd.DataFrame(
        [{"label": band.label, "from": float(band.from_score)} for band in bench.scorecard.bands],
        columns=["label", "from"],
    )
    bands = bands.astype({"label": "object", "from": "float"})
    st.markdown("**Bands**: named ranges of the reported score, the lowest from 0")
    key = bench.key("form:bands")
    edited = st.data_editor(
        bands,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "label": st.column_config.TextColumn("Name", max_chars=200),
            "from": st.column_config.NumberColumn("From", min_value=0, max_value=100, format="%g"),
        },
    )
    rows = [
        (str(row["label"]).strip(), Decimal(repr(float(row["from"]))).normalize())
        for row in edited.to_dict("records")
        if row["label"] and not pd.isna(row["from"])
    ]
    whole = len(rows) == len(edited)
    known = [(band.label, band.from_score.normalize()) for band in bench.scorecard.bands]
    if whole and sorted(rows, key=lambda row: row[1]) != known:
        after = bench.edit(lambda form: set_bands(form, rows))
        if after is not None and after != bench.scorecard:
            st.rerun()
    if not whole:
        quiet("A band needs its name and where it begins; it is kept once it has both.")
    show_findings(bench, ("bands",))


def edit_section(bench: Bench, section: Section) -> None:
    """One section: name, weight, kind, guideline and place."""
    path = locate(bench.scorecard, section=section.id)
    _show_actions(bench, section)
    text_field(bench, "Section", Spot(("label",), section=section.id), section.label)
    left, right = st.columns(2)
    with left:
        if any(each.weight is not None for each in bench.scorecard.sections):
            number_field(
                bench,
                "Weight among the sections",
                Spot(("weight",), section=section.id),
                section.weight,
                limits=(0.0, 1000.0),
            )
        else:
            quiet("Sections have no weights of their own; “The whole form” gives them some.")
    with right:
        choice_field(bench, "Kind", Spot(("kind",), section=section.id), section.kind, _KINDS)
    text_field(
        bench, "How to judge it", Spot(("guideline",), section=section.id), section.guideline, long=True, optional=True
    )
    show_problems(
        [each for each in bench.problems_at(path) if each not in bench.shown and ".criteria[" not in each.path]
    )


def _show_actions(bench: Bench, section: Section) -> None:
    place, last = find_section(bench.scorecard, section.id), len(bench.scorecard.sections) - 1

    def move(steps: int) -> None:
        bench.change(lambda card: move_section(card, section.id, steps))

    def remove() -> None:
        if bench.edit(lambda card: remove_section(card, section.id)):
            pick()

    with st.container(horizontal=True, gap="xsmall"):
        for label, icon, steps, end in (
            ("Up", ":material/arrow_upward:", -1, 0),
            ("Down", ":material/arrow_downward:", 1, last),
        ):
            st.button(
                label,
                icon=icon,
                type="tertiary",
                on_click=move,
                args=(steps,),
                disabled=place == end,
                key=f"builder:section:{label.lower()}",
            )
        st.button(
            "Remove",
            icon=":material/delete:",
            type="tertiary",
            on_click=remove,
            disabled=last == 0,
            help="With all of its criteria; “Undo” brings them back." if last else "A form needs a section.",
            key="builder:section:remove",
        )
