"""Fields of the builder: a widget for one value of the draft, with what is wrong with it right below."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypedDict, Unpack

import streamlit as st

from qa_app.ui.builder.bench import Bench, Spot
from qa_app.ui.widgets.frame import escape
from scorecards.problems import Path, Problem, Severity


class Look(TypedDict, total=False):
    """What Streamlit's widgets take for their looks, in its words."""

    help: str | None
    width: int | Literal["stretch"]
    label_visibility: Literal["visible", "hidden", "collapsed"]
    placeholder: str | None


def text_field(
    bench: Bench,
    label: str,
    spot: Spot,
    value: str,
    *,
    long: bool = False,
    optional: bool = False,
    **look: Unpack[Look],
) -> None:
    """Words; an optional field that is emptied is left out of the document."""
    key = bench.key(spot.name)

    def convert(typed: object) -> object:
        words = str(typed or "").strip()
        return None if optional and not words else words

    if long:
        st.text_area(
            label, value, height="content", key=key, on_change=bench.set_field, args=(spot, key, convert), **look
        )
    else:
        st.text_input(label, value, key=key, on_change=bench.set_field, args=(spot, key, convert), **look)
    show_findings(bench, spot.path(bench.scorecard), key)


def number_field(
    bench: Bench,
    label: str,
    spot: Spot,
    value: Decimal | None,
    *,
    limits: tuple[float | None, float | None] = (None, None),
    step: float = 1.0,
    **look: Unpack[Look],
) -> None:
    """A number with as many decimals as it has; emptied, it is left out of the document."""
    key = bench.key(spot.name)
    st.number_input(
        label,
        min_value=limits[0],
        max_value=limits[1],
        value=None if value is None else float(value),
        step=step,
        format="%g",
        key=key,
        on_change=bench.set_field,
        args=(spot, key, _decimal),
        **look,
    )
    show_findings(bench, spot.path(bench.scorecard), key)


def choice_field(
    bench: Bench, label: str, spot: Spot, value: str | None, options: Mapping[str, str], **look: Unpack[Look]
) -> None:
    """One of the format's words; the key "" leaves the field out of the document."""
    key = bench.key(spot.name)
    names = list(options)
    st.selectbox(
        label,
        names,
        index=names.index(value or ""),
        format_func=options.__getitem__,
        key=key,
        on_change=bench.set_field,
        args=(spot, key, lambda picked: picked or None),
        **look,
    )
    show_findings(bench, spot.path(bench.scorecard), key)


def tick_field(
    bench: Bench,
    label: str,
    spot: Spot,
    *,
    value: bool,
    words: tuple[object, object] = (True, False),
    help: str | None = None,  # noqa: A002 - Streamlit's name for it
) -> None:
    """Yes or no; `words` are what the document says for each."""
    key = bench.key(spot.name)
    st.checkbox(
        label,
        value,
        key=key,
        on_change=bench.set_field,
        args=(spot, key, lambda ticked: words[0] if ticked else words[1]),
        help=help,
    )
    show_findings(bench, spot.path(bench.scorecard), key)


def show_findings(bench: Bench, path: Path, key: str = "") -> None:
    """What is wrong at a field: the problems of the draft there, and a value that was not kept."""
    refusal = bench.refusal_at(key)
    if refusal:
        _show(refusal, Severity.ERROR)
    for problem in bench.problems_at(path):
        if problem not in bench.shown:
            bench.shown.add(problem)
            show_problem(problem)


def show_problem(problem: Problem) -> None:
    """One problem in words, with the valid word that was probably meant."""
    hint = f"; did you mean “{problem.suggestion}”?" if problem.suggestion else ""
    _show(f"{problem.message[:1].upper()}{problem.message[1:]}{hint}", problem.severity)


def show_problems(problems: Sequence[Problem]) -> None:
    """Several problems, one a line."""
    for problem in problems:
        show_problem(problem)


def _show(words: str, severity: Severity) -> None:
    if severity is Severity.ERROR:
        st.markdown(f":red[:material/error: {escape(words)}]")
    else:
        st.markdown(f":small[:orange[:material/warning: {escape(words)}]]")


def _decimal(typed: object) -> Decimal | None:
    return Decimal(repr(typed)).normalize() if isinstance(typed, int | float) else None
