from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.allocation import Share, allocate
from tests.qa_app.worked import read_worked

strata = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 40), min_size=1, max_size=9)
starts = st.fractions(0, 1).filter(lambda start: start < 1)


def counts(shares: dict[str, Share]) -> dict[str, int]:
    return {label: share.drawn for label, share in shares.items()}


def test_largest_remainders_as_worked_in_the_documentation() -> None:
    rows = read_worked("algorithms/sampling.md", "remainders")
    shares = allocate(10, {row["stratum"]: int(row["tickets"]) for row in rows}, start=Fraction(0))
    for row in rows:
        assert shares[row["stratum"]].drawn == int(row["drawn"])
        assert shares[row["stratum"]].expected / int(row["tickets"]) == Fraction(row["probability"])


@pytest.mark.parametrize("start", ["1/2", "1/7"])
def test_systematic_draw_as_worked_in_the_documentation(start: str) -> None:
    rows = [row for row in read_worked("algorithms/sampling.md", "systematic") if row["start u"] == start]
    shares = allocate(2, {row["stratum"]: int(row["tickets"]) for row in rows}, start=Fraction(start))
    for row in rows:
        assert shares[row["stratum"]].drawn == int(row["drawn"])
        assert shares[row["stratum"]].expected == Fraction(row["share"])
        assert shares[row["stratum"]].expected / int(row["tickets"]) == Fraction(row["probability"])


def test_ties_go_to_the_larger_stratum_then_to_the_first_label() -> None:
    # Shares 7/3 and 7/6 and 7/6 and 7/3: remainders 1/3, 1/6, 1/6, 1/3 and one ticket left over.
    assert counts(allocate(7, {"d": 4, "c": 2, "b": 2, "a": 4}, start=Fraction(0))) == {"d": 2, "c": 1, "b": 1, "a": 3}


@given(st.integers(0, 400), strata, starts)
def test_what_is_drawn_adds_up_to_the_size(size: int, sizes: dict[str, int], start: Fraction) -> None:
    shares = allocate(size, sizes, start=start)
    wanted = min(size, sum(sizes.values()))
    assert sum(share.drawn for share in shares.values()) == wanted
    assert sum(share.expected for share in shares.values()) == wanted
    assert all(0 <= shares[label].drawn <= sizes[label] for label in sizes)


@given(st.integers(0, 400), strata, starts)
def test_every_stratum_has_one_where_the_size_allows(size: int, sizes: dict[str, int], start: Fraction) -> None:
    filled = [label for label, count in sizes.items() if count]
    shares = allocate(size, sizes, start=start)
    if size >= len(filled):
        assert all(shares[label].drawn >= 1 for label in filled)


@given(st.integers(1, 400), strata, starts)
def test_shares_of_at_least_one_are_rounded_to_a_neighbour(size: int, sizes: dict[str, int], start: Fraction) -> None:
    total = sum(sizes.values())
    size = min(size, total)
    exact = {label: Fraction(size * count, total) for label, count in sizes.items() if count}
    if exact and min(exact.values()) >= 1:
        shares = allocate(size, sizes, start=start)
        assert all(abs(shares[label].drawn - exact[label]) < 1 for label in exact)


@given(st.integers(0, 9), strata)
def test_outcomes_come_as_often_as_they_say(size: int, sizes: dict[str, int]) -> None:
    # The number that falls on a stratum changes only at starts that are multiples of 1/total.
    total = max(sum(sizes.values()), 1)
    draws = [allocate(size, sizes, start=Fraction(step, total)) for step in range(total)]
    for label in sizes:
        share = draws[0][label]
        assert sum(share.outcomes.values()) == 1
        assert sum(count * chance for count, chance in share.outcomes.items()) == share.expected
        for count, chance in share.outcomes.items():
            assert Fraction(sum(draw[label].drawn == count for draw in draws), total) == chance
