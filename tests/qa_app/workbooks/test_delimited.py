"""Formula guard of CSV: OWASP ASVS 5.0, 1.2.10, and OWASP's list of leading signs."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.workbooks.delimited import disarm, write_rows


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "  =1+1",
        "\t=1+1",
        "\r=1",
        "\n+1",
        "\x00=1+1",
        "\ufeff=1",
        "\u200b-2",
        "＝1",
        "＠SUM",
        '=HYPERLINK("http://evil.example")',
        "-",
    ],
)
def test_disarm_text_that_a_program_may_run(text: str) -> None:
    assert disarm(text).startswith("'")


@pytest.mark.parametrize("text", ["", "late, 9 days", "a=b", "#N/A", "'quoted'", "1-2", "mail@example.org"])
def test_disarm_leaves_other_text(text: str) -> None:
    assert disarm(text) == text


def test_write_rows_keeps_numbers_and_times_bare() -> None:
    moment = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    content = write_rows(("a", "b", "c", "d"), [(Decimal("-0.50"), -3, moment, None)])

    assert content.decode("utf-8-sig") == '"a","b","c","d"\r\n"-0.50","-3","2026-11-21T09:30:00+00:00",""\r\n'


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_write_rows_never_leaves_an_armed_field(texts: list[str]) -> None:
    content = write_rows([f"c{place}" for place in range(len(texts))], [texts]).decode("utf-8-sig")

    row = list(csv.reader(io.StringIO(content, newline="")))[1]

    assert len(row) == len(texts)
    assert not [field for field in row if field[:1] in set("=+-@\t\r\n")]
