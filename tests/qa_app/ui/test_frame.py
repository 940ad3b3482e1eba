"""Foreign text on pages that read Markdown."""

import pytest

from qa_app.ui.widgets.frame import escape, escape_lines

JOINER = "\N{WORD JOINER}"


@pytest.mark.parametrize(
    ("foreign", "escaped"),
    [
        ("**bold**", r"\*\*bold\*\*"),
        ("&copy; 2026", r"\&copy; 2026"),
        ("see www.a.example", rf"see www{JOINER}\.a\.example"),
        ("HTTPS://a.example", rf"HTTPS\://{JOINER}a\.example"),
        ("ann@a.example", rf"ann@{JOINER}a\.example"),
        (":material/delete:", rf"\:{JOINER}material/delete\:"),
        ("15:30 @ home", r"15\:30 @ home"),
    ],
)
def test_foreign_text_becomes_no_markup_no_link_and_no_icon(foreign: str, escaped: str) -> None:
    assert escape(foreign) == escaped


@pytest.mark.parametrize(
    ("foreign", "escaped"),
    [
        ("why\n\nsecond line\n", "why  \n  \nsecond line"),
        ("a\r\n    - no code", "a  \n\\- no code"),
        ("# one\n> two", "\\# one  \n\\> two"),
    ],
)
def test_lines_and_paragraphs_of_foreign_text_stay(foreign: str, escaped: str) -> None:
    assert escape_lines(foreign) == escaped
