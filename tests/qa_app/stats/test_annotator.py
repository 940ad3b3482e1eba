from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from qa_app.estimate import Undefined
from qa_app.stats.annotator import AnnotatorTest, Scoring, alternative_annotator_test
from qa_app.stats.ratings import Level
from tests.qa_app.stats.tables import Row, make_table

HUMANS = ("r1", "r2", "r3")


def run(rows: Sequence[Row], scoring: Scoring = "accuracy", epsilon: float = 0.2, least: int = 2) -> object:
    return alternative_annotator_test(
        make_table(rows, Level.INTERVAL),
        candidate="r0",
        humans=HUMANS,
        scoring=scoring,
        epsilon=epsilon,
        min_units_per_human=least,
    )


def by_definition(rows: Sequence[Row], scoring: Scoring, epsilon: float, human: int) -> tuple[float, float] | None:
    """Calderon, Reichart & Dror 2025, section 3, one unit after the other; advantage and p of one human."""
    candidate_wins, differences = [], []
    for own, *theirs in rows:
        given_values = [value for value in theirs if value is not None]
        left_out = theirs[human]
        if own is None or left_out is None or len(given_values) < 2:
            continue
        others = [value for place, value in enumerate(theirs) if place != human and value is not None]
        if scoring == "accuracy":
            scores = [sum(value == other for other in others) for value in (own, left_out)]
        else:
            scores = [-sum((value - other) ** 2 for other in others) for value in (own, left_out)]
        candidate_wins.append(scores[0] >= scores[1])
        differences.append(int(scores[1] >= scores[0]) - int(scores[0] >= scores[1]))
    if len(differences) < 2 or len(set(differences)) == 1:
        return None
    p = ttest_1samp(differences, epsilon, alternative="less").pvalue
    return float(np.mean(candidate_wins)), float(p)


def tables() -> st.SearchStrategy[list[Row]]:
    cell = st.none() | st.integers(1, 5)
    return st.lists(st.tuples(cell, cell, cell, cell), min_size=4, max_size=20)


@given(tables(), st.sampled_from(["accuracy", "neg_rmse"]), st.sampled_from([0.0, 0.1, 0.2]))
def test_every_human_as_defined(rows: list[Row], scoring: Scoring, epsilon: float) -> None:
    test = run(rows, scoring, epsilon)
    if isinstance(test, Undefined):
        assert test.reason == "too-few-units"
        return
    assert isinstance(test, AnnotatorTest)
    for comparison in test.comparisons:
        expected = by_definition(rows, scoring, epsilon, HUMANS.index(comparison.human))
        if expected is not None:
            assert (comparison.advantage, comparison.p) == pytest.approx(expected)


def test_a_candidate_who_always_agrees_wins() -> None:
    # The candidate says what two of three humans say; the third always differs, and is beaten on every unit.
    test = run([(1, 1, 1, 2)] * 30, least=30)
    assert isinstance(test, AnnotatorTest)
    assert [comparison.won for comparison in test.comparisons] == [True, True, True]
    assert [comparison.advantage for comparison in test.comparisons] == [1.0, 1.0, 1.0]
    assert (test.winning_rate, test.passed, test.n_units) == (1.0, True, 30)


def test_without_a_premium_a_tie_is_no_win() -> None:
    # All differences are 0: they are not below an epsilon of 0.
    test = run([(1, 1, 1, 1)] * 30, epsilon=0.0)
    assert isinstance(test, AnnotatorTest)
    assert [comparison.p for comparison in test.comparisons] == [1.0, 1.0, 1.0]
    assert (test.winning_rate, test.advantage_probability, test.passed) == (0.0, 1.0, False)


def test_humans_with_too_few_units_are_named() -> None:
    rows: list[Row] = [(1, 1, 2, None)] * 29 + [(1, 2, 2, 1)] * 3
    test = run(rows, least=30)
    assert isinstance(test, AnnotatorTest)
    assert test.skipped == ("r3",)
    assert [comparison.human for comparison in test.comparisons] == ["r1", "r2"]


def test_no_human_with_enough_units_has_no_answer() -> None:
    assert run([(1, 1, 2, 2)] * 5, least=30) == Undefined(
        "too-few-units", "Too few units have the values that this needs.", n_units=5, n_raters=4, n_values=20
    )


def test_unknown_raters_are_refused() -> None:
    table = make_table([(1, 1, 1)])
    with pytest.raises(ValueError, match="ids of the table"):
        alternative_annotator_test(table, candidate="gpt", humans=("r1", "r2"))
    with pytest.raises(ValueError, match="beside the candidate"):
        alternative_annotator_test(table, candidate="r0", humans=("r0", "r1"))
