"""Text that is safe to put into a workbook: still the same text for its reader, and nothing else for the program.

Pure. That a text never becomes a formula is the writer's doing (it types the cell); here is what must happen to the
characters themselves, and where Excel limits their number.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

CELL_LIMIT = 32_767
"""Most UTF-16 units that Excel keeps in one cell."""

_HEADER_LIMIT = 255
_PROPERTY_LIMIT = 255
_PAGE_LIMIT = 80
_CHART_LIMIT = 120
_SHEET_TITLE_LIMIT = 31
_URL_LIMIT = 2_079

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_SHEET_TITLES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it goes into a cell, and whether all of it is there."""

    text: str
    cut: bool


def clean(text: str) -> str:
    """Replace what a workbook cannot hold by U+FFFD; line ends of all kinds become the one that Excel knows."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Keep texts such as `_x000D_` as they read; Excel would take them for an encoded character.

    The underscore itself is encoded, also where two such texts share one underscore.
    """
    return _ESCAPE_LOOKALIKE.sub("_x005F_", text)


def fit(text: str, *, limit: int = CELL_LIMIT) -> Fitted:
    """Clean and escape a text for one cell, and cut it visibly where it is too long."""
    if len(text) <= limit and "_x" not in text and text.isascii() and text.isprintable():
        return Fitted(text, cut=False)
    whole = clean(text)
    if _units(escape(whole)) <= limit:
        return Fitted(escape(whole), cut=False)
    mark = f"… [cut, {len(whole):,} characters in all]"
    fits, too_long = 0, len(whole)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if _units(escape(whole[:middle]) + mark) <= limit:
            fits = middle
        else:
            too_long = middle
    return Fitted(escape(whole[:fits]) + mark, cut=True)


def fit_line(text: str, *, limit: int) -> str:
    """One line of text for places outside cells, unescaped: every run of white space is one space."""
    line = " ".join(clean(text).split())
    return line if _units(line) <= limit else f"{_cut_units(line, limit - 1)}…"


def fit_property(text: str) -> str:
    """A document property."""
    return fit_line(text, limit=_PROPERTY_LIMIT)


def fit_chart_text(text: str) -> str:
    """A title or a name in a chart."""
    return fit_line(text, limit=_CHART_LIMIT)


def fit_page_text(text: str) -> str:
    """A part of a page header or footer, where `&` starts a command and `&[` another spelling of one."""
    return escape(fit_line(text, limit=_PAGE_LIMIT)).replace("&", "&&").replace("&[", "& [")


def name_sheets(titles: Iterable[str]) -> tuple[str, ...]:
    """Valid sheet titles, unique without regard to case, in the same order."""
    named: list[str] = []
    for title in titles:
        line = " ".join(_NOT_IN_SHEET_TITLES.sub(" ", clean(title)).split()).replace("'", "’")
        line = "Sheet" if line.casefold() in {"", "history"} else line
        named.append(_make_unique(line, named, limit=_SHEET_TITLE_LIMIT))
    return tuple(named)


def name_columns(headers: Iterable[str]) -> tuple[str, ...]:
    """Headers that an Excel table accepts: one line, never empty, unique without regard to case."""
    named: list[str] = []
    for header in headers:
        line = " ".join(clean(header).split()) or "Column"
        named.append(_make_unique(line, named, limit=_HEADER_LIMIT))
    return tuple(named)


def accept_url(url: str | None) -> str | None:
    """The address, if a click on it may only open a web page; None otherwise."""
    if url is None or len(url) > _URL_LIMIT or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _units(text: str) -> int:
    """Length as Excel counts: characters beyond the basic plane are two."""
    return len(text.encode("utf-16-le")) // 2


def _cut_units(text: str, limit: int) -> str:
    taken, units = 0, 0
    for character in text:
        units += 2 if character > "\uffff" else 1
        if units > limit:
            break
        taken += 1
    return text[:taken]


def _make_unique(line: str, taken: Iterable[str], *, limit: int) -> str:
    """The line cut to the limit, with a number behind it where the same line is taken."""
    known = {other.casefold() for other in taken}
    candidate, number = _cut_units(line, limit), 1
    while candidate.casefold() in known:
        number += 1
        tail = f" ({number})"
        candidate = _cut_units(line, limit - len(tail)) + tail
    return candidate
