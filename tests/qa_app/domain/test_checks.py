from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import (
    AssignmentId,
    CheckRule,
    Person,
    PersonId,
    Purpose,
    Review,
    ReviewId,
    ReviewState,
    Role,
    ScorecardVersionId,
    Selection,
    TicketId,
)
from qa_app.domain.checks import (
    disguise_review,
    draw_pairs,
    draw_repeats,
    is_repeatable,
    may_be_checked,
    place_within,
    rule_problems,
)
from tests.factories import NOON, make_person

RULE = CheckRule("care", Decimal(5), Decimal(2), 6, PersonId("lead"), NOON)
TEN = [TicketId(f"t{number}") for number in range(10)]
ANN, BO, CY = (PersonId(name) for name in ("ann", "bo", "cy"))
REVIEW = Review(
    ReviewId("r1"), TicketId("t1"), 1, ScorecardVersionId("v1"), BO, None, Purpose.QUALITY, Selection.RANDOM,
    ReviewState.RELEASED, 1, NOON, NOON, assignment_id=AssignmentId("a1"), submitted_at=NOON, saw_other_grades=False,
)  # fmt: skip


@given(st.integers(0, 40), st.decimals(0, 50, places=1), st.text(min_size=1, max_size=8))
def test_rate_is_kept_to_one_ticket_and_nobody_else_is_second(size: int, percent: Decimal, key: str) -> None:
    given_out = [TicketId(f"t{number}") for number in range(size)]
    eligible = {ticket_id: {BO, CY} for ticket_id in given_out}
    drawn = draw_pairs(eligible, given_out, percent=percent, key=key)
    assert abs(len(drawn) - percent * size / 100) < 1
    assert set(drawn) <= set(given_out)
    assert set(drawn.values()) <= {BO, CY}
    assert draw_pairs(eligible, given_out[::-1], percent=percent, key=key) == drawn


def test_rate_holds_on_average_where_it_gives_less_than_one_ticket() -> None:
    drawn = [draw_pairs(dict.fromkeys(TEN, (BO,)), TEN, percent=Decimal(3), key=str(key)) for key in range(1000)]
    # 3% of ten tickets are .3; the standard error of a mean of 1000 such draws is sqrt(.3 * .7 / 1000) = .0145.
    assert sum(map(len, drawn)) / 1000 == pytest.approx(0.3, abs=3 * 0.0145)
    # No ticket is drawn more often than the others: of some 300 draws each has 30 or so, standard deviation 5.2.
    times = [sum(ticket_id in one for one in drawn) for ticket_id in TEN]
    assert min(times) > 30 - 3 * 5.2
    assert max(times) < 30 + 3 * 5.2


def test_ticket_that_nobody_else_may_grade_is_never_drawn() -> None:
    assert draw_pairs({TEN[0]: (), TEN[1]: (BO,)}, TEN[:2], percent=Decimal(50), key="k") == {TEN[1]: BO}


def test_repeats_are_the_reviewers_own_and_stand_anywhere() -> None:
    earlier = {ANN: [AssignmentId(f"a{number}") for number in range(9)], BO: [AssignmentId("b1")]}
    drawn = draw_repeats(earlier, {ANN: 10, BO: 4, CY: 10}, percent=Decimal(50), key="k")
    assert [list(drawn.values()).count(person) for person in (ANN, BO, CY)] == [5, 1, 0]
    assert all(key.startswith(person[0]) for key, person in drawn.items())
    assert {place_within(str(key), AssignmentId("a1"), 3) for key in range(60)} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("person", "checked"),
    [
        (make_person("Bo", Role.REVIEWER), True),
        (make_person("Both", Role.REVIEWER, Role.AGENT), True),
        (replace(make_person("Gone", Role.REVIEWER), active=False), False),
        *((make_person("Two", Role.REVIEWER, role), False) for role in Role if role not in {Role.REVIEWER, Role.AGENT}),
        (make_person("Nina", Role.AGENT), False),
    ],
)
def test_only_those_are_checked_who_could_not_find_out(person: Person, *, checked: bool) -> None:
    assert may_be_checked(person) is checked


@pytest.mark.parametrize(
    ("review", "weeks", "can"),
    [
        (REVIEW, 6, True),
        (REVIEW, 12, True),
        (REVIEW, 5.9, False),
        (REVIEW, 12.1, False),
        (replace(REVIEW, state=ReviewState.DISPUTED), 8, False),
        (replace(REVIEW, state=ReviewState.VOIDED), 8, False),
        (replace(REVIEW, saw_other_grades=True), 8, False),
        (replace(REVIEW, supersedes_id=ReviewId("r0")), 8, False),
        (replace(REVIEW, purpose=Purpose.CHECK), 8, False),
    ],
)
def test_repeats_are_of_blind_first_grades_of_some_weeks_ago(review: Review, weeks: float, *, can: bool) -> None:
    assert is_repeatable(review, rule=RULE, now=NOON + timedelta(weeks=weeks)) is can


def test_author_sees_a_check_as_a_quality_review() -> None:
    assert disguise_review(replace(REVIEW, purpose=Purpose.CHECK)) == REVIEW
    calibrated = replace(REVIEW, purpose=Purpose.CALIBRATION)
    assert disguise_review(calibrated) == calibrated


@pytest.mark.parametrize(("pairs", "repeats", "weeks"), [("51", "0", 6), ("5", "-1", 6), ("5", "2", 0)])
def test_rule_that_is_none_says_what_is_wrong(pairs: str, repeats: str, weeks: int) -> None:
    rule = replace(RULE, pair_percent=Decimal(pairs), repeat_percent=Decimal(repeats), repeat_weeks=weeks)
    assert len(rule_problems(rule)) == 1
    assert rule_problems(RULE) == ()
