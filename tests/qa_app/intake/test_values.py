from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from qa_app.intake.model import Cell, Unreadable
from qa_app.intake.values import (
    Scored,
    read_channel,
    read_duration,
    read_flag,
    read_id,
    read_number,
    read_score,
    read_text,
    split_people,
    split_tags,
    tell_decimal_sign,
)
from scorecards.model import Channel

ERROR = Unreadable("cell-error", "#N/A")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("000101", "000101"),
        (" A-7 ", "A-7"),
        (102, "102"),
        (Decimal("102.50"), "102.5"),
        ("", None),
        (None, None),
        (ERROR, ERROR),
        # Spreadsheets keep 15 digits: what they show of a longer number is another number.
        (1234567890123456, Unreadable("id-digits-lost", "1234567890123456")),
        ("1234567890123456", "1234567890123456"),
        ("1.23457E+18", Unreadable("id-digits-lost", "1.23457E+18")),
        ("1E5", Unreadable("id-digits-lost", "1E5")),
    ],
)
def test_an_id_is_text(cell: Cell, expected: object) -> None:
    assert read_id(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1:19:31", 4771),
        ("25:30:00", 91800),
        ("00:25", 25),
        ("0:45", 45),
        ("1:02:03.5", Decimal("3723.5")),
        ("586", 586),
        (587, 587),
        ("9 min", 540),
        ("1h 5m", 3900),
        ("2 Std. 5 Min.", 7500),
        ("1,5 h", 5400),
        (timedelta(seconds=4771), 4771),
        (time(0, 9, 8), 548),
        ("0", 0),
        ("n/a", None),
        ("", None),
        (None, None),
        (ERROR, ERROR),
        ("soon", Unreadable("duration-unreadable", "soon")),
        ("-5", Unreadable("duration-unreadable", "-5")),
        (datetime(1900, 1, 1), Unreadable("duration-unreadable", "1900-01-01 00:00:00")),  # noqa: DTZ001
    ],
)
def test_a_duration_in_seconds(cell: Cell, expected: object) -> None:
    assert read_duration(cell, unit="seconds", two_parts="m:ss", decimal_sign=".") == expected


def test_the_unit_counts_for_bare_numbers_only() -> None:
    read = [
        read_duration(cell, unit="minutes", two_parts="h:mm", decimal_sign=",") for cell in ("555,5", "0:45", "1:00:00")
    ]
    assert read == [Decimal(33330), Decimal(2700), Decimal(3600)]


@pytest.mark.parametrize(
    ("cell", "sign", "expected"),
    [
        ("0", ".", 0),
        ("1,234.5", ".", Decimal("1234.5")),
        ("1.234,5", ",", Decimal("1234.5")),
        ("1 234", ".", 1234),
        (Decimal("4.5"), ",", Decimal("4.5")),
        ("n/a", ".", None),
        # Read by the wrong sign this would be 5555.
        ("555,5", ".", Unreadable("number-unreadable", "555,5")),
        ("1e999999", ".", Unreadable("number-unreadable", "1e999999")),
        ("nan", ".", Unreadable("number-unreadable", "nan")),
    ],
)
def test_a_number_by_its_decimal_sign(cell: Cell, sign: str, expected: object) -> None:
    assert read_number(cell, decimal_sign=sign) == expected


def test_the_decimal_sign_is_the_one_before_few_last_digits() -> None:
    assert tell_decimal_sign(["555,5", "12", "1.200,25"]) == ","
    assert tell_decimal_sign(["555.5", "1,200.25"]) == "."
    assert tell_decimal_sign(["1", None, "n/a"]) == "."


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("4", Scored(Decimal(4))),
        (Decimal("4.5"), Scored(Decimal("4.5"))),
        ("4 - good", Scored(Decimal(4))),
        ("4/5", Scored(Decimal(4))),
        ("4 von 5", Scored(Decimal(4))),
        ("-103", Scored(Decimal(-103))),
        ("0", Scored(Decimal(0))),
        ("★★★★☆", Scored(Decimal(4), "1..5")),
        ("Good", Scored(Decimal(1), "bad..good")),
        ("bad", Scored(Decimal(0), "bad..good")),
        ("Offered", None),
        ("NA", None),
        ("", None),
        ("splendid", Unreadable("score-unreadable", "splendid")),
    ],
)
def test_a_score_keeps_the_scale_that_it_tells(cell: Cell, expected: object) -> None:
    assert read_score(cell, decimal_sign=".") == expected


def test_yes_and_no() -> None:
    cells: list[Cell] = ["TRUE", "Y", "ja", 1, True, "false", "0", "nein", False, "", None, "maybe"]
    yes, no = [True] * 5, [False] * 4
    assert [read_flag(cell) for cell in cells] == [*yes, *no, None, None, Unreadable("flag-unreadable", "maybe")]


def test_channels_have_many_names() -> None:
    words = ["E-Mail", "Telefon", "Phone call (inbound)", "Web Form", "WhatsApp", "role play", "pigeon"]
    assert [read_channel(word) for word in words] == [
        Channel.EMAIL,
        Channel.CALL,
        Channel.CALL,
        Channel.WEB,
        Channel.CHAT,
        Channel.ROLE_PLAY,
        None,
    ]


def test_people_of_one_cell() -> None:
    assert split_people("Priya Nair / Tomáš Dvořák") == ("Priya Nair", "Tomáš Dvořák")
    assert split_people("Nair, Priya") == ("Nair, Priya",)
    assert split_people("A; B\nA") == ("A", "B")
    assert split_people("No Agent") == split_people("-") == split_people(None) == ()


def test_tags_of_one_cell() -> None:
    assert split_tags("late; vip;late", ";") == ("late", "vip")
    assert split_tags("late  vip", " ") == ("late", "vip")
    assert split_tags(None, ",") == ()


def test_cells_as_text() -> None:
    cells: list[Cell] = ["  x ", "=1+1", Decimal("1.50"), True, 7, None, ERROR]
    assert [read_text(cell) for cell in cells] == ["x", "=1+1", "1.5", "true", "7", None, ERROR]
