import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.intake.bodies import clean_text, looks_like_html, read_html, sanitise_html

HOSTILE = (
    '<p onclick="a()">See <b>this</b></p><script>alert("xss")</script><style>p{}</style>'
    '<img src="https://t.example/pixel.gif"><a href="javascript:alert(2)">one</a>'
    '<a href="https://e.example/?a=1&b=2" style="color:red">two</a><iframe src="https://e.example"></iframe>'
)


def test_html_keeps_only_what_can_do_no_harm() -> None:
    assert sanitise_html(HOSTILE) == (
        "<p>See <b>this</b></p>"
        '<a rel="noopener noreferrer nofollow">one</a>'
        '<a href="https://e.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">two</a>'
    )


@pytest.mark.parametrize("url", ["data:text/html,x", "vbscript:x", "//e.example/x", "file:///etc/passwd", "/inbox"])
def test_link_without_a_safe_scheme_loses_its_address(url: str) -> None:
    assert sanitise_html(f'<a href="{url}">x</a>').removeprefix("<a ").split(">")[0] in {
        'rel="noopener noreferrer nofollow"',
        # Relative addresses lead nowhere but to our own pages, which ask who is there.
        f'href="{url}" rel="noopener noreferrer nofollow"' if url.startswith("/") else None,
    }


def test_text_behind_html_has_the_lines_that_a_reader_sees() -> None:
    assert read_html("<p>Dear&nbsp;team,</p><div>1 &lt; 2<br>and<ul><li>a</li><li>b</li></ul></div>") == (
        "Dear team,\n1 < 2\nand\na\nb"
    )


def test_cells_of_a_table_stay_words_of_their_own() -> None:
    assert read_html("<table><tr><th>Paid</th><td>84.20</td></tr><tr><th>Due</th><td>0</td></tr></table>") == (
        "Paid 84.20\nDue 0"
    )


def test_text_behind_html_leaves_out_scripts() -> None:
    assert read_html(HOSTILE) == "See this\nonetwo"


def test_text_keeps_everything_that_is_text() -> None:
    text = "a\tb\r\n\u202eabc\u202c \u200d👩🏽\u200d💻 e\u0308 مرحبا"
    assert clean_text(text) == text


def test_text_loses_what_no_database_and_no_workbook_takes() -> None:
    assert clean_text("a\x00b\x1bc\ufffe \ud83d") == "abc\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"


@given(st.text(alphabet=st.characters()))
def test_cleaned_text_can_always_be_written_as_utf8_without_nul(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>hi</p>", True),
        ("line<br/>line", True),
        ("if a < b and c > d", False),
        ("<name> please", False),
        ("", False),
    ],
)
def test_only_tags_that_nobody_types_look_like_html(text: str, *, expected: bool) -> None:
    assert looks_like_html(text) is expected
