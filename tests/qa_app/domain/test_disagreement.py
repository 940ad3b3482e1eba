"""How far apart answers lie. The card's empathy is a scale of five (1 to 5), wait a number from 0 to 10 minutes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.disagreement import Disagreement, Ruler, average
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from tests.factories import make_rating, make_scorecard

CARD = make_scorecard()
GIVEN = st.lists(st.sampled_from(["1", "2", "3", "4", "5", "n/a"]), min_size=2, max_size=6)


def measure(criterion: str, *given: str | float) -> Disagreement | None:
    part = CARD.criterion(criterion)
    return Ruler(part).measure(make_rating(part, each).answer for each in given)


@pytest.mark.parametrize(
    ("criterion", "given_", "apart", "differing"),
    [
        # Values 0, 1/4, 1: the three pairs are 1/4, 1 and 3/4 apart.
        ("empathy", ("1", "2", "5"), Fraction(2, 3), Fraction(1)),
        # One of four differs by half the scale: 3 of 6 pairs, each 1/2 apart.
        ("empathy", ("3", "3", "3", "5"), Fraction(1, 4), Fraction(1, 2)),
        ("empathy", ("5", "5"), Fraction(0), Fraction(0)),
        # Whether it applies is all or nothing, however good the grade is.
        ("greeting", ("yes", "n/a"), Fraction(1), Fraction(1)),
        # 2.5 of 10 minutes.
        ("wait", (1, 3.5), Fraction(1, 4), Fraction(1)),
    ],
)
def test_distance_is_the_mean_over_pairs(
    criterion: str, given_: tuple[str | float, ...], apart: Fraction, differing: Fraction
) -> None:
    assert measure(criterion, *given_) == Disagreement(apart, differing)


def test_missing_answers_and_texts_are_no_answers() -> None:
    empathy, note = CARD.criterion("empathy"), CARD.criterion("note")
    assert Ruler(empathy).measure([Answer.choose("1"), MISSING]) is None
    assert Ruler(note).measure([Answer.write("a"), Answer.write("b")]) is None


def test_points_are_rounded_half_up() -> None:
    assert [Disagreement(Fraction(each), Fraction(0)).points for each in ("0.125", "0.005", "1")] == [13, 1, 100]


def test_ticket_is_the_mean_of_what_was_compared() -> None:
    half, none = Disagreement(Fraction(1, 2), Fraction(1)), Disagreement(Fraction(0), Fraction(0))
    assert average([half, none, None]) == Disagreement(Fraction(1, 4), Fraction(1, 2))
    assert average([None]) is None


@given(GIVEN)
def test_nobody_differs_exactly_where_nothing_is_apart(given_: list[str]) -> None:
    part = CARD.criterion("empathy").model_copy(update={"allow_na": True})
    answers = [NOT_APPLICABLE if each == "n/a" else Answer.choose(each) for each in given_]
    found = Ruler(part).measure(answers)
    assert found is not None
    assert 0 <= found.apart <= found.differing <= 1
    assert (found.apart == 0) is (len(set(given_)) == 1)
    assert Ruler(part).measure(answers[::-1]) == found
