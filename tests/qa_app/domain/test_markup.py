import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.markup import find_quotes, read_marks, read_target
from qa_app.intake.bodies import read_html, sanitise_html

LETTER = """
<div>Dear <b>Dana</b>,</div>
<p>two things:</p><ol><li>the <i>refund</i> is <a href="https://pay.example/r?id=1&amp;x=2">on its way</a></li><li>
<code>X-14</code> is <s>lost</s> found</li></ol><ul><li>done</li></ul>
<blockquote>When do I <strong>have</strong> it?</blockquote>
"""


def read(html: str) -> list[tuple[str, str, str | None]]:
    text = read_html(html)
    return [(text[mark.start : mark.end], mark.style.value, mark.detail) for mark in read_marks(html, text)]


def test_marks_lie_where_the_tags_are() -> None:
    assert read(LETTER) == [
        ("Dana", "strong", None),
        ("the refund is on its way", "item", "1."),
        ("refund", "emphasis", None),
        ("on its way", "link", "https://pay.example/r?id=1&x=2"),
        ("X-14 is lost found", "item", "2."),
        ("X-14", "code", None),
        ("lost", "struck", None),
        ("done", "item", "•"),
        ("When do I have it?", "quote", None),
        ("have", "strong", None),
    ]


def test_block_quotes_are_found() -> None:
    text = read_html(LETTER)
    [(start, end)] = find_quotes(read_marks(LETTER, text))
    assert text[start:end] == "When do I have it?"


def test_html_with_other_words_than_the_text_adds_nothing() -> None:
    assert read_marks("<b>Hello</b> you", "Hello > you") == ()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//e.example",
        "/inbox",
        "https:",
        "http://[",
        "",
    ],
)
def test_links_to_elsewhere_than_web_mail_and_phone_are_words_only(address: str) -> None:
    assert read_target(address) is None


def test_address_loses_what_cannot_be_seen() -> None:
    assert read_target(" https://e.example/\u202egpj.exe\n") == "https://e.example/gpj.exe"
    assert read_target("MAILTO:a@b.example") == "MAILTO:a@b.example"


TAGS = st.sampled_from(("b", "i", "a href='https://e.example'", "li", "ol", "blockquote", "p", "script", "td", "br"))


@given(st.lists(st.tuples(TAGS, st.text(max_size=5)), max_size=12))
def test_marks_stay_within_the_text_of_any_sanitised_html(pieces: list[tuple[str, str]]) -> None:
    html = sanitise_html("".join(f"<{tag}>{words}" for tag, words in pieces))
    text = read_html(html)
    marks = read_marks(html, text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(not text[mark.start].isspace() and not text[mark.end - 1].isspace() for mark in marks)
