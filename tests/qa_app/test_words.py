"""Numbers and answers in words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from qa_app.coaching import FollowUp
from qa_app.domain.coaching_sessions import split_days
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import Field
from qa_app.words import (
    write_answer,
    write_change,
    write_change_short,
    write_count,
    write_day,
    write_follow_up_days,
    write_measured,
    write_moment,
    write_near_day,
    write_number,
    write_place,
    write_short,
    write_slope,
    write_ties,
    write_verdict,
)
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType, NumberRange, Option

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 22)
UNDEFINED = Undefined("no-values", "Nobody has given a value yet.", 0, 0)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (82.45, 1, "82.5"),
        (82.449, 1, "82.4"),
        (Decimal("0.05"), 1, "0.1"),
        (-0.04, 1, "0.0"),
        (-0.125, 2, "-0.13"),
        (100.0, 0, "100"),
        (1e-9, 1, "0.0"),
    ],
)
def test_write_number_rounds_half_up_like_a_sheet(value: float | Decimal, digits: int, expected: str) -> None:
    assert write_number(value, digits) == expected


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_write_number_refuses_what_is_not_finite(number: float | Decimal) -> None:
    with pytest.raises(ValueError, match="say in words"):
        write_number(number, 1)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (Estimate(82.43, 78.29, 86.57, 17, 6, "t"), "82.4 ± 4.1 (n = 17)"),
        (Estimate(94.1, 73.0, 98.95, 17, 6, "Wilson"), "94.1 (73.0 to 99.0, n = 17)"),
        (Estimate(70.0, None, None, 1, 1, "one review has no interval"), "70.0 (no interval, n = 1)"),
        (Estimate(80.0, 78.0, 82.0, 9, 2, "t", confidence=0.9), "80.0 ± 2.0 (n = 9, 90% sure)"),
        (UNDEFINED, "not defined: Nobody has given a value yet."),
    ],
)
def test_write_measured_says_how_far_to_trust(measured: Measured, expected: str) -> None:
    assert write_measured(measured) == expected


def test_write_measured_takes_digits_and_another_count() -> None:
    alpha = Estimate(0.617, 0.31, 0.8, 6, 4, "bootstrap")
    assert write_measured(alpha, digits=2, count="n = 6 × 4") == "0.62 (0.31 to 0.80, n = 6 × 4)"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Estimate(3.9, -2.5, 10.3, 17, 6, "MOVER"), "≈ +3.9 (-2.5 to +10.3), within noise"),
        (Estimate(8.0, 1.2, 14.8, 17, 6, "MOVER"), "▲ +8.0 (+1.2 to +14.8), better"),
        (Estimate(-8.0, -14.8, -1.2, 17, 6, "MOVER"), "▼ -8.0 (-14.8 to -1.2), worse"),
        (Estimate(2.0, 0.0, 4.0, 17, 6, "MOVER"), "≈ +2.0 (0.0 to +4.0), within noise"),
        (Estimate(2.0, None, None, 2, 1, "none"), "+2.0 (no interval, so it may be noise)"),
        (UNDEFINED, "not defined: Nobody has given a value yet."),
    ],
)
def test_write_change_says_whether_it_is_noise(change: Measured, expected: str) -> None:
    assert write_change(change) == expected


def test_write_verdict_never_takes_none_for_failed() -> None:
    assert [write_verdict(passed) for passed in (True, False, None)] == ["✓ passed", "✗ not passed", "— no verdict"]


def test_write_moment_is_local() -> None:
    assert write_moment(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), BERLIN) == "25 Oct 2026, 00:30"
    assert write_day(date(2026, 9, 1)) == "1 Sep 2026"


SCALE = Criterion(
    id="tone",
    label="Tone",
    type=CriterionType.SCALE,
    options=(Option(id="low", label="Weak"), Option(id="high", label="Good")),
)
MINUTES = Criterion(
    id="wait", label="Wait", type=CriterionType.NUMBER, number=NumberRange(low=Decimal(0), high=Decimal(60), unit="min")
)


@pytest.mark.parametrize(
    ("answer", "criterion", "expected"),
    [
        (Answer.choose("high"), SCALE, "Good"),
        (Answer.choose("gone"), SCALE, "gone"),
        (Answer.measure(Decimal("4.50")), MINUTES, "4.50 min"),
        (Answer.write("=1+1"), SCALE, "=1+1"),
        (NOT_APPLICABLE, SCALE, "Not applicable"),
        (MISSING, SCALE, "—"),
    ],
)
def test_write_answer_keeps_three_states_apart(answer: Answer, criterion: Criterion, expected: str) -> None:
    assert write_answer(answer, criterion) == expected


def test_year_of_a_near_day_goes_without_saying() -> None:
    today = date(2026, 1, 7)
    days = [date(2025, 12, 12), date(2026, 1, 9), date(2025, 3, 14), date(2025, 3, 13)]
    assert [write_near_day(day, today) for day in days] == ["12 Dec", "9 Jan", "14 Mar", "13 Mar 2025"]


def test_write_count_knows_one_from_many() -> None:
    assert [write_count(number, "ticket") for number in (0, 1, 30)] == ["0 tickets", "1 ticket", "30 tickets"]
    assert [write_count(number, "criterion", "criteria") for number in (1, 2)] == ["1 criterion", "2 criteria"]


def test_places_are_ranges_and_ties_have_few_names() -> None:
    places = [write_place(best, worst, 9) for best, worst in ((2, 7), (3, 3), (None, None))]
    assert places == ["between 2 and 7 of 9", "3 of 9", "—"]
    assert [write_ties(names, 6) for names in ([], ["Ann", "Bo"], ["Ann"] * 4, ["Ann"] * 5)] == [
        "nobody", "Ann, Bo", "4 of 5", "everybody"
    ]  # fmt: skip
    assert write_ties([], 1) == "nobody"


def test_a_score_says_whether_it_moves_and_why_nobody_can_tell() -> None:
    assert write_slope(Estimate(-1.6, -7.5, 4.4, 30, 1, "line")) == (
        "Trend in points per four weeks: ≈ -1.6 (-7.5 to +4.4), within noise."
    )
    assert write_slope(None) == "No trend can be told yet: it needs three random reviews, and not all at once."


def test_numbers_of_a_section_have_one_digit_in_percent_and_points() -> None:
    headers = ("Score, %", "Points above the others", "Severity, points", "Alpha", "Severity, logits")
    assert [Field("key", header).digits for header in headers] == [1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (DAY, "from 23 Nov 2026 on"),
        (date(2026, 11, 23), "of 23 Nov 2026 to 23 Nov 2026"),
        (date(2027, 3, 1), "of 23 Nov 2026 to 17 Jan 2027"),
    ],
    ids=["on the day of the goal", "a day later", "long after"],
)
def test_follow_up_never_ends_before_it_begins(today: date, words: str) -> None:
    (before_from, before_to), (after_from, after_to) = split_days(DAY, today)
    nothing = UNDEFINED
    found = FollowUp(
        before_from, before_to, after_from, after_to, nothing, nothing, nothing, nothing, nothing, nothing, ()
    )
    assert write_follow_up_days(found) == f"Before: tickets of 28 Sep 2026 to 22 Nov 2026; after: {words}."


def test_nothing_is_waited_for_in_a_time_that_is_over() -> None:
    graded = Estimate(70.0, None, None, 1, 1, "one review has no interval")
    assert write_short(UNDEFINED, digits=1) == "— no grade yet"
    assert write_short(UNDEFINED, digits=1, over=True) == "— no grade then"
    assert write_change_short(UNDEFINED, before=graded) == "— no grade yet"
    assert write_change_short(UNDEFINED, before=UNDEFINED) == "— no grade then"
