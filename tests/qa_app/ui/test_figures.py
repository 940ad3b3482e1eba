"""Charts: what their axes say, and that their bars are seen on the page in both themes."""

import json
import tomllib
from importlib import resources
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from qa_app.house import measure_contrast

THEMES = tomllib.loads(resources.files("qa_app.ui").joinpath("server.toml").read_text("utf-8"))["theme"]


@pytest.fixture(scope="module")
def chart() -> dict[str, Any]:
    """The chart of two reviewers' severity, as the browser gets it."""
    (element,) = AppTest.from_function(draw_severity, default_timeout=30).run().get("vega_lite_chart")
    spec: dict[str, Any] = json.loads(element.proto.spec)
    return spec


def draw_severity() -> None:
    from qa_app.estimate import Estimate  # noqa: PLC0415 - the page is a script of its own
    from qa_app.ui.widgets.figures import interval_chart  # noqa: PLC0415

    found = [
        ("Bo", Estimate(0.1, 0.0, 0.2, 20, 2, "test")),
        ("Cy", Estimate(-0.1, -0.2, 0.0, 20, 2, "test")),
    ]
    interval_chart(found, title="Severity, logits", coefficient=False)


def test_ticks_have_as_many_digits_as_they_need_and_names_stand_level_with_their_bars(chart: dict[str, Any]) -> None:
    """A format without a precision takes it from the step of the ticks (d3-scale, tickFormat)."""
    axes = [layer["encoding"]["x"]["axis"] for layer in chart["layer"] if "axis" in layer["encoding"]["x"]]
    assert {axis["format"] for axis in axes} == {"+f"}
    assert chart["config"]["axis"]["labelFlush"] is False


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_stand_out_from_the_page(chart: dict[str, Any], theme: str) -> None:
    """3:1 for graphics: WCAG 2.2, 1.4.11."""
    (opacity,) = (layer["mark"]["opacity"] for layer in chart["layer"] if layer["mark"].get("strokeWidth"))
    bar, page = (bytes.fromhex(THEMES[theme][name][1:]) for name in ("primaryColor", "backgroundColor"))
    seen = bytes(round(opacity * own + (1 - opacity) * below) for own, below in zip(bar, page, strict=True))
    fainter, stronger = sorted(measure_contrast(colour.hex()) for colour in (seen, page))  # each against white
    assert stronger / fainter >= 3
