"""Editing when a criterion is asked at all: always, or after some answers to earlier criteria."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from qa_app.ui import state
from qa_app.ui.builder.bench import Bench
from qa_app.ui.builder.fields import show_findings
from qa_app.ui.widgets.frame import quiet
from scorecards.criterion_edits import set_condition
from scorecards.editing import change_criterion, locate
from scorecards.model import Criterion

_RULES: Final = {"": "Always", "all_of": "When all of these hold", "any_of": "When one of these holds"}
_Row = tuple[str, tuple[str, ...]]
"""An earlier criterion and some of its options, by their ids."""


def edit_condition(bench: Bench, criterion: Criterion) -> None:
    """The rule, and a row for each condition with one more to add another."""
    rows = _read_rows(criterion)
    earlier = _list_earlier(bench, criterion)
    if not earlier and not rows:
        quiet("Always shown. A condition looks at an earlier criterion with options, and there is none before it.")
        return
    key = bench.key(f"{criterion.id}:rule")
    rule = criterion.show_if
    st.selectbox(
        "Shown",
        list(_RULES),
        index=list(_RULES).index("" if rule is None else "any_of" if rule.any_of else "all_of"),
        format_func=_RULES.__getitem__,
        key=key,
        on_change=_keep_rule,
        args=(bench, criterion, key, earlier),
    )
    for place, row in enumerate((*rows, ("", ())) if rule else ()):
        _edit_row(bench, criterion, place, row, earlier)
    show_findings(bench, (*locate(bench.scorecard, criterion=criterion.id), "show_if"))


def _edit_row(bench: Bench, criterion: Criterion, place: int, row: _Row, earlier: Mapping[str, Criterion]) -> None:
    """One condition; without a criterion it is taken away, and with another one it begins with its first option."""
    name, options = row
    keys = [bench.key(f"{criterion.id}:condition:{place}:{part}") for part in ("criterion", "options")]
    labels = {each: earlier[each].label for each in earlier} | ({} if name in earlier else {name: f"{name} (gone)"})
    names = ["", *(each for each in labels if each)]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox(
            "Criterion" if name else "One more criterion",
            names,
            index=names.index(name),
            format_func={**labels, "": "—"}.__getitem__,
            key=keys[0],
            on_change=_keep_row,
            args=(bench, criterion, place, keys, earlier),
        )
        if name:
            known = {option.id: option.label for option in earlier[name].options} if name in earlier else {}
            known |= {option: f"{option} (gone)" for option in options if option not in known}
            st.multiselect(
                "is one of",
                list(known),
                default=list(options),
                format_func=known.__getitem__,
                key=keys[1],
                on_change=_keep_row,
                args=(bench, criterion, place, keys, earlier),
            )


def _keep_rule(bench: Bench, criterion: Criterion, key: str, earlier: Mapping[str, Criterion]) -> None:
    rule = str(state.read(key, ""))
    first = next(iter(earlier.values()), None)
    rows = _read_rows(criterion) or ([(first.id, (first.options[0].id,))] if first else [])
    _keep(bench, criterion, rule, rows if rule else [])


def _keep_row(
    bench: Bench, criterion: Criterion, place: int, keys: list[str], earlier: Mapping[str, Criterion]
) -> None:
    rows = [*_read_rows(criterion), ("", ())]
    before, options = rows[place]
    name = str(state.read(keys[0], before) or "")
    options = tuple(state.read(keys[1], options)) if name == before else ()
    if name in earlier and not options:
        options = (earlier[name].options[0].id,)
    rows[place] = (name, options)
    rule = "any_of" if criterion.show_if and criterion.show_if.any_of else "all_of"
    _keep(bench, criterion, rule, [row for row in rows if row[0] and row[1]])


def _keep(bench: Bench, criterion: Criterion, rule: str, rows: list[_Row]) -> None:
    bench.change(
        lambda card: change_criterion(card, criterion.id, lambda part: set_condition(part, rule, rows)),
    )


def _read_rows(criterion: Criterion) -> list[_Row]:
    rule = criterion.show_if
    return [(part.criterion, part.is_one_of) for part in (rule.any_of or rule.all_of)] if rule else []


def _list_earlier(bench: Bench, criterion: Criterion) -> dict[str, Criterion]:
    place = [each.id for each in bench.scorecard.criteria].index(criterion.id)
    return {each.id: each for each in bench.scorecard.criteria[:place] if each.options}
