"""Bodies of messages: which characters may be kept, which HTML may ever be shown, and the text behind HTML.

Customer text is data. Nothing here interprets it; HTML passes an allow-list or is taken off.
"""

import html
import re

import nh3

# NUL cannot be stored by PostgreSQL, the other C0 controls break workbooks, and lone surrogates are no text at all.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_TAGS = frozenset(
    {
        *("a", "b", "blockquote", "br", "caption", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"),
        *("li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("tr", "u", "ul"),
    }
)
_REMOVED_WITH_CONTENT = {"script", "style", "title", "template", "noscript"}
_BLOCKS = "p|div|ul|ol|li|tr|h[1-6]|blockquote|pre|table"
_ENDS_A_LINE = re.compile(rf"<\s*(?:br|hr)\b[^<>]*>|<\s*/\s*(?:{_BLOCKS})\s*>", re.IGNORECASE)
_STARTS_A_LINE = re.compile(rf"<\s*(?:{_BLOCKS})\b[^<>]*>", re.IGNORECASE)
_ENDS_A_CELL = re.compile(r"<\s*/\s*t[dh]\s*>", re.IGNORECASE)
_TABLE = re.compile(r"<\s*/?\s*(?:table|tbody|thead|tfoot|tr|td|th|caption|colgroup|col)\b[^<>]*>", re.IGNORECASE)
_START = "\x02"
"""Marks the start of a block; cleaned text cannot hold it."""
_MARKUP = re.compile(
    r"<\s*br\s*/?>|</\s*(?:p|div|span|a|b|i|em|strong|li|ul|ol|td|tr|table|blockquote|html|body|font|script)\s*>",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """Text as it can be stored and exported: control characters go, halves of characters become U+FFFD.

    Everything else stays as it came: spaces, direction marks, emoji and decomposed letters alike.
    """
    if not _UNSTORABLE.search(text):
        return text
    return _UNSTORABLE.sub(lambda found: "\N{REPLACEMENT CHARACTER}" if found[0] >= "\ud800" else "", text)


def sanitise_html(markup: str) -> str:
    """HTML that may be shown: no script, style, image, event attribute, nor a link to anything but web, mail, phone."""
    return nh3.clean(
        clean_text(markup),
        tags=set(_TAGS),
        clean_content_tags=_REMOVED_WITH_CONTENT,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def read_html(markup: str) -> str:
    """The text that a reader of this HTML would see, with its line breaks."""
    # Line breaks of the source are blanks to a browser; only tags break lines.
    flat = re.sub(r"[\r\n]+", " ", clean_text(markup))
    broken = _ENDS_A_LINE.sub(lambda found: found[0] + "\n", flat)
    broken = _ENDS_A_CELL.sub(lambda found: found[0] + " ", broken)
    broken = _STARTS_A_LINE.sub(lambda found: _START + found[0], broken)
    # An HTML parser moves words between rows to the front of the table, and the marks of line breaks with them.
    broken = _TABLE.sub("", broken)
    bare = nh3.clean(broken, tags=set(), clean_content_tags=_REMOVED_WITH_CONTENT, attributes={})
    bare = re.sub(rf"\n?[ \t]*(?:{_START}[ \t]*)+", "\n", bare)
    lines = [" ".join(line.split()) for line in html.unescape(bare).splitlines()]
    return clean_text(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def looks_like_html(text: str) -> bool:
    """Whether text holds tags that people do not type by hand."""
    return _MARKUP.search(text) is not None
