"""The desk's code and style as two texts, put together from plain files. No build step.

The browser gets a component's code as one text without an address, from which nothing can be imported. The files in
`web/` are ES modules all the same, with imports and exports, so that editors, linters and tests read them one by one.
Here they are joined in an order in which every file comes after those it imports, and the import lines fall away.
Top-level names therefore must be unique across the files of one entry.
"""

from pathlib import Path
from typing import Final

_WEB: Final = Path(__file__).parent / "web"

DESK_MODULES: Final = (
    "link.js",
    "dom.js",
    "score.js",
    "form.js",
    "draft.js",
    "pulse.js",
    "activity.js",
    "sound.js",
    "lens.js",
    "waveform.js",
    "player.js",
    "quotes.js",
    "message.js",
    "search.js",
    "conversation.js",
    "keys.js",
    "guide.js",
    "row.js",
    "templates.js",
    "scorecard.js",
    "footer.js",
    "undo.js",
    "desk.js",
    "stage.js",
)
COURIER_MODULES: Final = ("link.js", "courier.js")
MESSENGER_MODULES: Final = ("link.js", "messenger.js")
WAKER_MODULES: Final = ("link.js", "waker.js")
PREVIEW_MODULES: Final = (
    "dom.js",
    "score.js",
    "form.js",
    "guide.js",
    "row.js",
    "scorecard.js",
    "footer.js",
    "preview.js",
)
MEETING_MODULES: Final = (
    "link.js",
    "dom.js",
    "quotes.js",
    "message.js",
    "post.js",
    "clock.js",
    "meetingkeys.js",
    "board.js",
    "reading.js",
    "decided.js",
    "meeting.js",
    "wall.js",
)
STYLES: Final = ("base.css", "conversation.css", "call.css", "card.css", "narrow.css", "contrast.css")
PREVIEW_STYLES: Final = ("base.css", "card.css", "narrow.css", "preview.css", "contrast.css")
MEETING_STYLES: Final = ("base.css", "conversation.css", "meeting.css", "contrast.css")


def read_module(name: str) -> str:
    """One file of `web/` as it stands."""
    return (_WEB / name).read_text(encoding="utf-8")


def join_modules(names: tuple[str, ...]) -> str:
    """The modules as one; the last one brings the default export."""
    lines = (line for name in names for line in read_module(name).splitlines())
    return "\n".join(line for line in lines if not line.startswith("import ")) + "\n"


def join_styles(names: tuple[str, ...] = STYLES) -> str:
    """The style sheets as one, in order of the cascade."""
    return "\n".join(read_module(name) for name in names)
