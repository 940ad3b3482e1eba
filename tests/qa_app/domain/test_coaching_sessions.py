from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.coaching_sessions import WINDOW_DAYS, read_follow_up, split_days, tell_target
from qa_app.estimate import Estimate, Measured, Undefined

NONE = Undefined("no-values", "There is no value.", 0, 0)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def mean(value: float, low: float | None, high: float | None) -> Estimate:
    return Estimate(value, low, high, 8, 0, "mean")


def test_eight_weeks_up_to_the_day_and_up_to_eight_after_it() -> None:
    set_on = date(2026, 3, 2)
    assert split_days(set_on, date(2026, 3, 12)) == (
        (date(2026, 1, 6), set_on),
        (date(2026, 3, 3), date(2026, 3, 12)),
    )
    assert split_days(set_on, date(2027, 1, 1))[1] == (date(2026, 3, 3), date(2026, 4, 27))


@given(DAYS, st.integers(0, 400))
def test_before_and_after_never_share_a_day(set_on: date, later: int) -> None:
    (first, last), (start, end) = split_days(set_on, set_on + timedelta(days=later))
    assert (last - first).days == WINDOW_DAYS - 1
    assert start == last + timedelta(days=1)
    assert (end - start).days == min(later, WINDOW_DAYS) - 1


@pytest.mark.parametrize(
    ("reached", "words"),
    [
        (mean(85, 81, 89), "Target 80% reached: even the lower limit lies there."),
        (mean(85, 75, 95), "Target 80% reached, but the margin still reaches below it."),
        (mean(75, 70, 85), "Target 80% not reached yet, though the margin reaches it."),
        (mean(60, 50, 70), "Target 80% not reached: even the upper limit lies below it."),
        (mean(85, None, None), "Target 80% reached, but the margin still reaches below it."),
        (NONE, "Target 80%: no review yet."),
    ],
)
def test_target_is_told_with_its_margin(reached: Measured, words: str) -> None:
    assert tell_target(reached, Decimal(80)) == words


def test_noise_few_reviews_and_return_to_the_mean_are_said() -> None:
    low, high = mean(50, 40, 60), mean(70, 60, 80)
    noise = "Within noise: these reviews do not show that anything changed."
    few = "Too few reviews to tell a change from noise."
    assert read_follow_up(mean(5, -4, 14), high, high, low, target=None) == (noise,)
    assert read_follow_up(mean(5, None, None), high, high, NONE, target=None) == (few,)
    (regression,) = read_follow_up(mean(20, 10, 30), low, high, high, target=None)
    assert "regression to the mean" in regression
    assert read_follow_up(mean(20, 10, 30), high, high, low, target=None) == ()
    assert read_follow_up(NONE, NONE, NONE, NONE, target=Decimal(80)) == ("Target 80%: no review yet.",)
