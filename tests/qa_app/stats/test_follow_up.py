from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.difference import difference
from qa_app.stats.follow_up import Pair, against_others, beside_team, paired, team_change, team_mean

PERCENT = st.floats(0, 100)


def pair(later: list[float], earlier: list[float]) -> Pair:
    return (later, [1.0] * len(later)), (earlier, [1.0] * len(earlier))


OTHERS = [pair([70, 80], [60, 70]), pair([50, 54], [50]), pair([90], [88])]
"""Changes 10, 2 and 2: mean 14/3, variance of the mean ((16/3)^2 + 2 (8/3)^2) / 2 / 3 = 64/9."""


def test_change_is_set_against_the_others_by_a_worked_line() -> None:
    # The variances of the three means: 200 / 2 each, so freedom = 300^2 / (3 * 100^2 / 1) = 3; t(.975, 3) = 3.182446.
    found = against_others(pair([70, 90], [50, 70]), [pair([60], [60]), pair([80], [50, 70])])
    assert isinstance(found, Estimate)
    assert found.value == 80 - 60 - 10
    assert found.high == pytest.approx(10 + 3.182446 * sqrt(300), abs=1e-4)
    assert found.low == pytest.approx(10 - 3.182446 * sqrt(300), abs=1e-4)
    assert (found.n_units, found.n_raters) == (4, 2)


def test_interval_covers_at_its_rate() -> None:
    """Own change 8 against colleagues whose changes scatter around 3: 800 draws, so 0.95 give or take 0.02."""
    dice = np.random.default_rng(7)
    covered = 0
    for _ in range(800):
        own = pair(list(dice.normal(68, 15, 8)), list(dice.normal(60, 12, 10)))
        moves = dice.normal(3, 5, 7)
        others = [pair(list(dice.normal(70 + move, 15, 8)), list(dice.normal(70, 15, 8))) for move in moves]
        found = against_others(own, others)
        assert isinstance(found, Estimate)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 8 - 3 <= found.high
    assert covered / 800 == pytest.approx(0.95, abs=0.02)


def test_nothing_to_compare_is_said() -> None:
    nothing = against_others(pair([], [50, 60]), OTHERS)
    assert isinstance(nothing, Undefined)
    assert (nothing.reason, nothing.n_values) == ("no-values", 2)
    alone = against_others(pair([70, 90], [50, 60]), [pair([50], [])])
    assert isinstance(alone, Undefined)
    assert alone.reason == "no-others"
    few = against_others(pair([70], [50, 60]), OTHERS)
    assert isinstance(few, Estimate)
    assert (few.low, few.method) == (None, "no interval: too few values, or all equal, to show how they vary")


def test_team_counts_each_person_once() -> None:
    # Means of people: 75, 52 and 90; changes 10, 2 and 2 with t(2) = 4.302653 and sqrt(64/9) = 8/3 as standard error.
    means = team_mean([later for later, _ in OTHERS])
    assert isinstance(means, Estimate)
    assert means.value == pytest.approx(217 / 3)
    assert means.n_units == 3
    change = team_change(OTHERS)
    assert isinstance(change, Estimate)
    assert change.value == pytest.approx(14 / 3)
    assert change.low == pytest.approx(14 / 3 - 4.302653 * 8 / 3, abs=1e-5)


@pytest.mark.parametrize(
    ("others", "before", "change", "compared"),
    [
        # (65 + 50 + 88) / 3 before; changes 10, 2 and 2 against an own one of 10.
        (OTHERS, 203 / 3, 14 / 3, 16 / 3),
        (OTHERS[:2], "few-others", "few-others", "few-others"),
        ([pair([], list(earlier)) for _, (earlier, _) in OTHERS], 203 / 3, "no-values", "no-values"),
        ([*OTHERS[:2], pair([], [88])], 203 / 3, "few-others", "few-others"),
        ([], "few-others", "few-others", "few-others"),
    ],
    ids=["enough", "two", "after is to come", "two of three so far", "nobody"],
)
def test_too_few_colleagues_are_told_from_those_who_are_still_to_be_graded(
    others: list[Pair], before: float | str, change: float | str, compared: float | str
) -> None:
    found = beside_team(pair([70, 90], [60, 80]), others, least=3)
    told = [one.reason if isinstance(one, Undefined) else pytest.approx(one.value) for one in found]
    assert told == [before, change, compared]


def test_paired_values_are_compared_thing_by_thing() -> None:
    # Differences 10, 0 and 20: mean 10, s = 10, margin 4.302653 * 10 / sqrt(3).
    found = paired([80, 60, 70], [70, 60, 50])
    assert isinstance(found, Estimate)
    assert (found.value, found.n_units) == (10, 3)
    assert found.high == pytest.approx(10 + 4.302653 * 10 / sqrt(3), abs=1e-5)
    with pytest.raises(ValueError, match="the other's"):
        paired([1], [])


@given(st.lists(PERCENT, min_size=2, max_size=6), st.lists(PERCENT, min_size=2, max_size=6), PERCENT)
def test_against_others_who_all_moved_alike_the_interval_is_the_plain_one(
    later: list[float], earlier: list[float], moved: float
) -> None:
    """Others without any spread add no variance: Welch's interval, shifted by their change."""
    plain = difference(later, earlier)
    found = against_others(pair(later, earlier), [pair([moved], [0.0]), pair([moved, moved], [0.0])])
    assert isinstance(plain, Estimate)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(plain.value - moved, abs=1e-6)
    if plain.low is not None and found.low is not None:
        assert found.value - found.low == pytest.approx(plain.value - plain.low, rel=1e-6, abs=1e-6)
