from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from qa_app.stats.standing.ranks import Ranks, rank
from qa_app.stats.standing.scores import ScoreTable, score_table

REVIEWS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("rqz"), st.integers(0, 100)), min_size=1, max_size=40
)


def make(rows: Sequence[tuple[str, str, float]]) -> ScoreTable:
    agents, reviewers, scores = zip(*rows, strict=True)
    return score_table(agents, reviewers, scores)


@pytest.mark.parametrize("gap", [0.0, 8.0, 9.0, 12.0, 13.0, 20.0])
def test_two_agents_are_split_where_students_test_splits_them(gap: float) -> None:
    first, second = [80.0, 90.0, 85.0, 78.0, 84.0], [70 + gap, 72 + gap, 61 + gap, 66 + gap]
    table = make([("a", "r", score) for score in first] + [("b", "r", score) for score in second])
    found = rank(table, crossed=False)
    p = float(ttest_ind(first, second).pvalue)
    split = found.above[0, 1] or found.above[1, 0]
    assert split == (p <= 0.05)
    assert found.tied[0, 1] == (p > 0.05)


def test_best_worst_and_ties_of_three() -> None:
    table = make(
        [(agent, "r", centre + step) for agent, centre in (("a", 90), ("b", 88), ("c", 50)) for step in (-3, 0, 3)]
    )
    found = rank(table, crossed=False)
    assert (found.best.tolist(), found.worst.tolist()) == ([1, 1, 3], [2, 2, 3])
    assert found.tied.tolist() == [[False, True, False], [True, False, False], [False, False, False]]


def test_agents_without_a_common_reviewer_are_never_split() -> None:
    rows = [("a", "r", 90 + step) for step in (-1, 0, 1)] + [("b", "q", 20 + step) for step in (-1, 0, 1)]
    assert rank(make(rows), crossed=True).tied.tolist() == [[False, True], [True, False]]


def test_single_reviews_split_nobody() -> None:
    found = rank(make([("a", "r", 100), ("b", "r", 0)]), crossed=False)
    assert (found.best.tolist(), found.worst.tolist()) == ([1, 1], [2, 2])


@settings(max_examples=40)
@given(rows=REVIEWS, crossed=st.booleans(), shift=st.integers(-50, 50))
def test_places_are_lawful(rows: list[tuple[str, str, int]], shift: int, *, crossed: bool) -> None:
    table = make(rows)
    found = rank(table, crossed=crossed)
    n_agents = len(table.agents)
    assert np.all((found.best >= 1) & (found.best <= found.worst) & (found.worst <= n_agents))
    assert np.array_equal(found.tied, found.tied.T)
    assert not np.any(found.above & found.above.T)
    assert same(
        found, rank(make([(agent, reviewer, score + shift) for agent, reviewer, score in rows]), crossed=crossed)
    )


def same(one: Ranks, other: Ranks) -> bool:
    return np.array_equal(one.above, other.above)
