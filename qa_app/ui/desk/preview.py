"""The desk's scorecard on its own, to look at and to try. What is answered there stays in the browser."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import streamlit as st

from qa_app.ui.desk.bundle import PREVIEW_MODULES, PREVIEW_STYLES, join_modules, join_styles
from qa_app.ui.desk.case import draft_json, open_draft, scorecard_json
from scorecards.model import Channel, Scorecard

Scheme = Literal["light", "dark"]
_PREVIEW = st.components.v2.component(
    "plumbline_preview",
    html='<div class="host"><div class="desk preview"></div></div>',
    css=join_styles(PREVIEW_STYLES),
    js=join_modules(PREVIEW_MODULES),
)


def mount_preview(
    scorecard: Scorecard, *, number: int, channel: Channel, criterion: str | None, scheme: Scheme | None, key: str
) -> None:
    """The scorecard as reviewers get it for a ticket of that channel.

    It must have no errors. `criterion` is brought to sight; without a `scheme` it looks as the page does.
    """
    _PREVIEW(
        key=key,
        data={
            "scorecard": scorecard_json(scorecard, number=number, channel=channel),
            "draft": draft_json(open_draft(scorecard)),
            "criterion": criterion,
            "theme": {} if scheme is None else read_theme(scheme),
        },
    )


@cache
def read_theme(scheme: Scheme) -> Mapping[str, str]:
    """The colours of one of the two schemes by the names under which components know them."""
    document = tomllib.loads(resources.files("qa_app.ui").joinpath("server.toml").read_text(encoding="utf-8"))
    colours = {name: colour for name, colour in document["theme"][scheme].items() if isinstance(colour, str)}
    return {
        f"--st-{re.sub('[A-Z]', lambda found: f'-{found[0].lower()}', name)}": each for name, each in colours.items()
    }
