import numpy as np
import pytest
from hypothesis import given

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.margins.multiplicity import adjust
from qa_app.stats.margins.pairs import PairTest, compare_pairs
from qa_app.stats.margins.rest import compare_with_rest
from qa_app.stats.margins.symmetry import bowker
from qa_app.stats.margins.tables import tabulate, tabulate_pairs
from qa_app.stats.ratings import Level, RatingsTable
from tests.qa_app.stats.tables import Row, make_table, ratings

SCALE = (1.0, 2.0, 3.0, 4.0, 5.0)

THREE = make_table(
    [(1, 2, 1), (2, 2, 2), (3, 4, 3), (2, 3, None), (4, 5, 4), (None, 1, 1), (1, None, 2)], Level.INTERVAL
)


@given(ratings())
def test_all_pairs_at_once_are_the_pairs_one_by_one(rows: list[Row]) -> None:
    table = make_table(rows)
    tables = tabulate_pairs(table)
    tests = compare_pairs(table, test="bowker", control="benjamini-yekutieli")
    for place, (first, second) in enumerate(tables.pairs):
        alone = tabulate(table.values[:, first], table.values[:, second], SCALE)
        assert np.array_equal(tables.counts[place], alone)
        assert tests.one(place) == bowker(alone).one()
    assert tests.adjusted == pytest.approx(adjust(tests.tests.p, "benjamini-yekutieli"), nan_ok=True)


def test_scores_are_the_values_of_the_scale() -> None:
    table = make_table([(0, 10), (0, 25), (10, 25), (25, 0)], Level.INTERVAL, categories=(0.0, 10.0, 25.0))
    # d = -10, -25, -15, 25: (-25)^2 over 100 + 625 + 225 + 625.
    assert compare_pairs(table, test="scores").tests.statistic[0] == pytest.approx(625 / 1575)


def test_raters_without_a_common_unit_have_no_test() -> None:
    table = make_table([(1, None), (None, 2)])
    result = compare_pairs(table, test="stuart_maxwell").one(0)
    assert result == Undefined(
        "no-values", "There is no value that this could be computed from.", n_units=0, n_raters=2
    )


@pytest.mark.parametrize("test", ["bowker", "stuart_maxwell", "bhapkar", "scores"])
def test_a_table_without_values_and_scale_has_no_test(test: PairTest) -> None:
    empty = make_table([(None, None)], categories=())
    result = compare_pairs(empty, test=test).one(0)
    assert isinstance(result, Undefined)
    assert result.reason == "no-values"


def test_values_outside_of_the_categories_are_refused() -> None:
    with pytest.raises(ValueError, match="outside of the categories"):
        tabulate([1.0, 2.0], [1.0, 3.0], (1.0, 2.0))


def test_each_rater_against_the_rest_by_hand() -> None:
    rest = compare_with_rest(THREE)
    strict = rest[0]
    # The first rater less the mean of the others: -0.5, 0, -0.5, -1, -0.5, -1 on six units.
    assert isinstance(strict.bias, Estimate)
    assert strict.bias.value == pytest.approx(-3.5 / 6)
    assert strict.bias.se == pytest.approx(np.std([-0.5, 0, -0.5, -1, -0.5, -1], ddof=1) / 6**0.5)
    assert (strict.bias.n_units, strict.bias.n_raters, strict.bias.n_values) == (6, 3, 16)
    # Agreeing others: 1 of 2, 2 of 2, 1 of 2, 0 of 1, 1 of 2, 0 of 1.
    assert isinstance(strict.agreement, Estimate)
    assert strict.agreement.value == pytest.approx(2.5 / 6)
    p = [one.bias.p for one in rest if isinstance(one.bias, Estimate) and one.bias.p is not None]
    assert [one.adjusted for one in rest] == pytest.approx(adjust(p, "holm").tolist())


def test_a_nominal_scale_has_no_bias() -> None:
    rest = compare_with_rest(make_table([(1, 2), (2, 2)], Level.NOMINAL))
    assert [(one.bias, one.adjusted) for one in rest] == [(None, None), (None, None)]


@given(ratings())
def test_against_the_rest_does_not_depend_on_the_order_of_raters(rows: list[Row]) -> None:
    table = make_table(rows, Level.INTERVAL)
    turned = RatingsTable(
        table.values[:, ::-1].copy(),
        table.not_applicable[:, ::-1].copy(),
        table.level,
        table.categories,
        table.unit_ids,
        table.rater_ids[::-1],
    )
    for one, other in zip(compare_with_rest(table), reversed(compare_with_rest(turned)), strict=True):
        assert one.rater == other.rater
        for left, right in ((one.agreement, other.agreement), (one.bias, other.bias)):
            assert type(left) is type(right)
            if isinstance(left, Estimate) and isinstance(right, Estimate):
                assert left.value == pytest.approx(right.value, abs=1e-12)


def test_equal_differences_show_no_variation() -> None:
    rest = compare_with_rest(make_table([(1, 2), (2, 3), (4, 5)], Level.INTERVAL))
    bias = rest[0].bias
    assert isinstance(bias, Estimate)
    assert (bias.value, bias.low, bias.high, bias.p) == (-1.0, None, None, None)
    assert bias.method == "mean of rater less the others; no interval: all 3 are equal"


def test_one_unit_is_no_bias() -> None:
    bias = compare_with_rest(make_table([(1, 2), (3, None)], Level.INTERVAL))[0].bias
    assert isinstance(bias, Undefined)
    assert bias.reason == "one-unit"
