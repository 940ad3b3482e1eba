"""Text safety: what is kept, what is replaced, what is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.workbooks.text import (
    CELL_LIMIT,
    accept_url,
    clean,
    escape,
    fit,
    fit_page_text,
    fit_property,
    name_columns,
    name_sheets,
)
from tests.qa_app.workbooks.reading import decode

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b\x07c\x1bd\x7fe\x85f", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("windows\r\nmac\runix\n", "windows\nmac\nunix\n"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("\ufffe and \uffff", "\ufffd and \ufffd"),
        ("emoji 👍🏽 stays", "emoji 👍🏽 stays"),
        ("\u202eright to left stays", "\u202eright to left stays"),
    ],
)
def test_clean_replaces_only_what_a_workbook_cannot_hold(given_text: str, expected: str) -> None:
    assert clean(given_text) == expected


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a_x000D_b", "a_x005F_x000D_b"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_x00_ and _xGGGG_ and x0041_", "_x00_ and _xGGGG_ and x0041_"),
    ],
)
def test_escape_keeps_lookalikes_of_encoded_characters(given_text: str, expected: str) -> None:
    assert escape(given_text) == expected
    assert decode(expected) == given_text


@given(st.text(st.sampled_from("_x0041ABFabf")))
def test_escape_is_undone_by_reading(given_text: str) -> None:
    assert decode(escape(given_text)) == given_text


def test_fit_keeps_a_text_of_exactly_the_limit() -> None:
    assert fit("x" * CELL_LIMIT).cut is False


def test_fit_cuts_a_longer_text_visibly() -> None:
    fitted = fit("x" * 40_000)
    mark = "… [cut, 40,000 characters in all]"
    assert fitted.cut is True
    assert fitted.text == "x" * (CELL_LIMIT - len(mark)) + mark


def test_fit_counts_characters_beyond_the_basic_plane_twice() -> None:
    assert fit("👍" * (CELL_LIMIT // 2)).cut is False
    fitted = fit("👍" * (CELL_LIMIT // 2 + 1))
    assert fitted.cut is True
    assert len(fitted.text.encode("utf-16-le")) // 2 <= CELL_LIMIT


def test_fit_counts_what_escaping_adds() -> None:
    fitted = fit("_x0041_" * 4_000)
    assert fitted.cut is True
    assert len(fitted.text) <= CELL_LIMIT


@given(ANY_TEXT, st.integers(min_value=60, max_value=90))
def test_fit_never_exceeds_the_limit_and_never_cuts_what_fits(given_text: str, limit: int) -> None:
    fitted = fit(given_text, limit=limit)
    assert len(fitted.text.encode("utf-16-le")) // 2 <= limit
    if not fitted.cut:
        assert decode(fitted.text) == clean(given_text)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Summary", "summary"), ("Summary", "summary (2)")),
        (("a/b:c*[d]?\\",), ("a b c d",)),
        (("O'Neill's", ""), ("O’Neill’s", "Sheet")),
        (("History",), ("Sheet",)),
        (("x" * 40, "x" * 40), ("x" * 31, "x" * 27 + " (2)")),
    ],
)
def test_name_sheets_gives_valid_unique_titles(titles: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert name_sheets(titles) == expected


def test_name_columns_gives_unique_headers_on_one_line() -> None:
    assert name_columns(("Name", "name", "", "two\nlines", "\x00")) == (
        "Name",
        "name (2)",
        "Column",
        "two lines",
        "\ufffd",
    )


@given(st.lists(ANY_TEXT, max_size=6))
def test_name_columns_are_unique_without_regard_to_case(headers: list[str]) -> None:
    named = [name.casefold() for name in name_columns(headers)]
    assert len(set(named)) == len(headers)
    assert all(named)


def test_fit_page_text_takes_ampersands_for_text() -> None:
    assert fit_page_text("R&D &P &[Page]\n_x0041_") == "R&&D &&P && [Page] _x005F_x0041_"


def test_fit_property_is_one_short_line() -> None:
    assert fit_property("a\nb\x00") == "a b\ufffd"
    assert fit_property("x" * 300) == "x" * 254 + "…"


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://help.example.org/tickets/7?x=1#note", True),
        ("http://localhost:8501/", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("mailto:a@example.org", False),
        ("https://", False),
        ("https://[broken", False),
        ("https://example.org/a b", False),
        ("https://example.org/\x07", False),
        ("https://exämple.org/", False),
        ("https://example.org/" + "x" * 2_100, False),
        (None, False),
    ],
)
def test_accept_url_takes_web_pages_only(url: str | None, accepted: bool) -> None:  # noqa: FBT001
    assert accept_url(url) == (url if accepted else None)
