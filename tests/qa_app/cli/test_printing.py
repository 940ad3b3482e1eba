"""What reaches standard output: whole, plain, and never a command to the terminal."""

import json
import math
import re
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import Role
from qa_app.cli.printing import Format, say, show, tidy
from qa_app.estimate import Estimate, Undefined
from tests.qa_app.cli.terminal import Terminal

NARROW = {"TTY_COMPATIBLE": "1", "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "40"}
"""A terminal of 40 columns, as rich is told about one."""
ID = re.compile("[0-9a-f]{24}")
LISTS = ("queue", "scorecard list", "sample list", "calibration status", "user list", "doctor", "db status")


def test_json_has_records_as_objects_moments_in_iso_and_exact_numbers_as_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    estimate = Estimate(0.5, None, 1.0, 6, 2, "bootstrap")
    undefined = Undefined("one-unit", "One ticket is never an agreement.", 1, 2)
    row = {"a": estimate, "b": undefined, "c": datetime(2026, 3, 2, 12, tzinfo=UTC), "d": Decimal("0.10"), "e": None}

    show([row], shown=Format.JSON)

    assert json.loads(capsys.readouterr().out) == [
        {"a": asdict(estimate), "b": asdict(undefined), "c": "2026-03-02T12:00:00+00:00", "d": "0.10", "e": None}
    ]


@given(st.text(), st.text())
def test_json_is_plain_ascii_and_comes_back_as_it_was(name: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("builtins.print", printed.append)
        show([{name: value}], shown=Format.JSON)

    assert printed[0].isascii()
    assert json.loads(printed[0]) == [{name: value}]


def test_number_that_json_has_not_is_an_error_and_no_word_of_python() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        show([{"value": math.nan}], shown=Format.JSON)


@given(st.text())
def test_tidy_text_obeys_nothing_and_keeps_the_rest(text: str) -> None:
    tidied = tidy(text)

    assert len(tidied) == len(text)
    assert all(sign.isprintable() or not sign.isascii() for sign in tidied)
    assert tidied.isprintable() or not text.isprintable()
    assert tidy(tidied) == tidied


def test_text_of_customers_is_neither_markup_nor_emoji_nor_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    foreign = "[bold]:warning: \x1b]0;pwned\x07\x9b31m"

    show([{"subject": foreign}], shown=Format.TABLE)
    say(foreign)

    out, err = capsys.readouterr()
    assert "│ [bold]:warning: �]0;pwned��31m │" in out
    assert err == "[bold]:warning: �]0;pwned��31m\n"


def test_table_in_a_pipe_is_as_wide_as_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    row = {f"column {number}": "word " * 20 for number in range(5)}

    show([row], shown=Format.TABLE)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert {len(line) for line in lines} == {5 * (99 + 3) + 1 + 5}


def test_table_has_moments_to_the_minute_with_their_zone(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"at": datetime(2026, 11, 22, 8, 43, 5, 528381, tzinfo=UTC)}], shown=Format.TABLE)

    assert "│ 2026-11-22 08:43 UTC │" in capsys.readouterr().out


def test_no_rows_are_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    show([], shown=Format.TABLE)
    show([], shown=Format.JSON)

    assert capsys.readouterr().out == "none\n[]\n"


@pytest.mark.long
@pytest.mark.parametrize("line", LISTS)
def test_json_has_no_colour_and_no_broken_line_whatever_the_terminal(line: str, demo: Terminal) -> None:
    plain = demo.rows(line)
    result = demo.run(f"{line} --format json", env={**NARROW, "NO_COLOR": "", "FORCE_COLOR": "1"})
    assert "\x1b" not in result.stdout
    if line != "doctor":  # the free disk moves
        assert json.loads(result.stdout) == plain


@pytest.mark.long
@pytest.mark.parametrize("line", LISTS[:-2])
def test_table_in_a_narrow_terminal_cuts_no_id(line: str, demo: Terminal) -> None:
    who = {"PLUMBLINE_USER": find_email(demo, Role.REVIEWER)} if line == "queue" else {}
    rows = demo.rows(line, env=who)

    table = demo.done(line, env=NARROW | who)

    ids = [value for row in rows for value in row.values() if ID.fullmatch(str(value))]
    assert rows
    assert [key for key in ids if key not in table] == []


def find_email(terminal: Terminal, role: Role) -> str:
    return next(str(row["email"]) for row in terminal.rows("user list") if role in row["roles"])
