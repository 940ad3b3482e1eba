"""What the HTML of a message adds to its text: emphasis, links, list items and quotes, as stretches of that text.

The text is what reviewers quote, so nothing of the HTML is ever shown as such. It is read for where its tags lie
between the characters of the text; tags that are not known here add nothing, and HTML with other words adds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit


class Style(StrEnum):
    """What a stretch of text is in the HTML."""

    STRONG = "strong"
    EMPHASIS = "emphasis"
    STRUCK = "struck"
    CODE = "code"
    ITEM = "item"
    LINK = "link"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text, in characters. `detail` is a link's address, or the sign before a list's item."""

    start: int
    end: int
    style: Style
    detail: str | None = None


_STYLES: Final = {
    **dict.fromkeys(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"), Style.STRONG),
    **dict.fromkeys(("i", "em"), Style.EMPHASIS),
    **dict.fromkeys(("s", "strike", "del"), Style.STRUCK),
    **dict.fromkeys(("code", "pre"), Style.CODE),
    "li": Style.ITEM,
    "a": Style.LINK,
    "blockquote": Style.QUOTE,
}
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_DEEPEST: Final = 50
"""Open tags among which an end tag looks for its start; deeper nesting is no letter that anybody wrote."""
_UNSEEN: Final = frozenset({"script", "style", "title", "template", "noscript"})


def read_marks(markup: str, text: str) -> tuple[Mark, ...]:
    """The marks of a text by its HTML, in the order of their beginnings; none where the two do not say the same.

    They say the same where they differ in white space only.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    places = [place for place, character in enumerate(text) if not character.isspace()]
    if len(places) != len(reader.said) or any(
        text[place] != character for place, character in zip(places, reader.said, strict=True)
    ):
        return ()
    marks = (
        Mark(places[start], places[end - 1] + 1, style, detail)
        for start, end, style, detail in reader.found
        if start < end
    )
    return tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end)))


def find_quotes(marks: Sequence[Mark]) -> tuple[tuple[int, int], ...]:
    """The stretches that the HTML quotes."""
    return tuple((mark.start, mark.end) for mark in marks if mark.style is Style.QUOTE)


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    detail: str | None


class _Reader(HTMLParser):
    """Collects the visible characters, and where between them the known tags begin and end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.found: list[tuple[int, int, Style, str | None]] = []
        self._open: list[_Open] = []
        self._unseen = 0
        self._counts: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in {"ol", "ul"}:
            self._counts.append(0 if tag == "ol" else None)
        elif tag in _STYLES:
            self._open.append(_Open(tag, len(self.said), self._read_detail(tag, dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in {"ol", "ul"}:
            del self._counts[-1:]
        elif tag in _STYLES:
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.extend(character for character in data if not character.isspace())

    def close(self) -> None:
        super().close()
        while self._open:
            self._close(self._open[-1].tag)

    def _close(self, tag: str) -> None:
        for place in range(len(self._open) - 1, max(-1, len(self._open) - 1 - _DEEPEST), -1):
            part = self._open[place]
            if part.tag == tag:
                del self._open[place]
                if _STYLES[tag] is not Style.LINK or part.detail:
                    self.found.append((part.start, len(self.said), _STYLES[tag], part.detail))
                return

    def _read_detail(self, tag: str, attributes: dict[str, str | None]) -> str | None:
        if tag == "a":
            return read_target(attributes.get("href") or "")
        if tag != "li":
            return None
        if not self._counts or self._counts[-1] is None:
            return "•"
        self._counts[-1] += 1
        return f"{self._counts[-1]}."


def read_target(address: str) -> str | None:
    """The address of a link that may be followed: whole, and to the web, to a mailbox or to a phone."""
    address = "".join(character for character in address if character.isprintable()).strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or (parts.scheme.lower() in {"http", "https"} and not parts.netloc):
        return None
    return address
