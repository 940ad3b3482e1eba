"""Laws that every measure of the registry keeps, whatever the table: a new entry is held to them by being listed."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.chance.alpha import METRICS
from qa_app.stats.chance.bootstrap import KINDS
from qa_app.stats.chance.coefficients import percent_agreement
from qa_app.stats.chance.counting import merge
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.inference import DEFAULT, conclude
from qa_app.stats.chance.measuring import count_by_level, weights_of
from qa_app.stats.chance.pairs import all_raters_agreement, light_kappa, mean_pairwise_agreement
from qa_app.stats.chance.two_raters import bangdiwala_b, rated_by_both
from qa_app.stats.chance.weights import WeightName
from qa_app.stats.measure import Measure
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.reasons import REASONS
from qa_app.stats.registry import MEASURES
from qa_app.stats.resampling import Resampling
from tests.qa_app.stats.tables import Row, make_table, ratings

pytestmark = pytest.mark.long

FAST = Resampling(seed=1, n_resamples=20)
FEW = settings(max_examples=4)
"""Some 400 laws in 20 seconds; every run draws the next tables."""
MOVABLE = (Level.ORDINAL, Level.INTERVAL)


def cases(*levels: Level) -> pytest.MarkDecorator:
    """Every measure at each of its levels, or at those named."""
    found = [
        pytest.param(measure, level, id=f"{measure.id}-{level}")
        for measure in MEASURES
        for level in sorted(measure.levels)
        if not levels or level in levels
    ]
    return pytest.mark.parametrize(("measure", "level"), found)


def n_steps(measure: Measure) -> int:
    return measure.max_categories or 5


def rows_for(measure: Measure) -> st.SearchStrategy[list[Row]]:
    """Tables with as many raters, categories and holes as the measure takes."""
    rows = ratings(raters=measure.max_raters or 5, values=n_steps(measure))
    return rows.map(lambda found: [tuple(cell or 1 for cell in row) for row in found]) if measure.complete else rows


def table_for(measure: Measure, rows: list[Row], level: Level) -> RatingsTable:
    return make_table(rows, level, tuple(float(value) for value in range(1, n_steps(measure) + 1)))


def compute(measure: Measure, rows: list[Row], level: Level) -> Measured:
    return measure.compute(table_for(measure, rows, level), FAST)


def same(measured: Measured) -> object:
    """What may not change but in the last digits: not the bootstrap's limits, which depend on the order of units."""
    if isinstance(measured, Undefined):
        return (measured.reason, measured.n_units, measured.n_values)
    numbers = (measured.value, measured.se, measured.observed, measured.chance)
    counts = (measured.n_units, measured.n_raters, measured.n_values)
    return [*counts, *(None if number is None else pytest.approx(number, abs=1e-9) for number in numbers)]


def plain(measured: Measured) -> object:
    """The same as plain numbers, to stand on the other side of the comparison."""
    if isinstance(measured, Undefined):
        return same(measured)
    numbers = [measured.value, measured.se, measured.observed, measured.chance]
    return [measured.n_units, measured.n_raters, measured.n_values, *numbers]


@cases()
@FEW
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_order_of_units_and_raters_does_not_matter(
    measure: Measure, level: Level, data: st.DataObject, random: Random
) -> None:
    rows = data.draw(rows_for(measure))
    width = list(range(len(rows[0])))
    random.shuffle(width)
    shuffled = [tuple(row[place] for place in width) for row in rows]
    random.shuffle(shuffled)
    assert plain(compute(measure, shuffled, level)) == same(compute(measure, rows, level))


@cases(Level.NOMINAL)
@FEW
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_nominal_values_are_mere_names(measure: Measure, level: Level, data: st.DataObject, random: Random) -> None:
    rows = data.draw(rows_for(measure))
    names = list(range(1, n_steps(measure) + 1))
    random.shuffle(names)
    renamed = [tuple(None if value is None else names[value - 1] for value in row) for row in rows]
    assert plain(compute(measure, renamed, level)) == same(compute(measure, rows, level))


@cases(*MOVABLE)
@FEW
@given(data=st.data())
def test_a_scale_may_run_either_way(measure: Measure, level: Level, data: st.DataObject) -> None:
    rows = data.draw(rows_for(measure))
    turned = [tuple(None if value is None else n_steps(measure) + 1 - value for value in row) for row in rows]
    assert plain(compute(measure, turned, level)) == same(compute(measure, rows, level))


@cases(Level.ORDINAL)
@FEW
@given(data=st.data())
def test_ordinal_values_are_mere_places_on_the_scale(measure: Measure, level: Level, data: st.DataObject) -> None:
    rows = data.draw(rows_for(measure))
    scale = (0.0, 1.0, 10.0, 11.5, 400.0)[: n_steps(measure)]
    stretched = [tuple(None if value is None else scale[value - 1] for value in row) for row in rows]
    # Limits too: the same units are drawn.
    assert measure.compute(make_table(stretched, level, scale), FAST) == compute(measure, rows, level)


@cases(Level.INTERVAL)
@FEW
@given(data=st.data(), steps=st.integers(1, 40), shift=st.integers(-20, 20))
def test_interval_values_may_be_shifted_and_scaled(
    measure: Measure, level: Level, data: st.DataObject, steps: int, shift: int
) -> None:
    rows = data.draw(rows_for(measure))
    size = steps / 4
    moved = [tuple(None if value is None else size * value + shift for value in row) for row in rows]
    scale = tuple(size * value + shift for value in range(1, n_steps(measure) + 1))
    assert plain(measure.compute(make_table(moved, level, scale), FAST)) == same(compute(measure, rows, level))


@cases()
@FEW
@given(data=st.data())
def test_complete_agreement_is_one_or_no_number(measure: Measure, level: Level, data: st.DataObject) -> None:
    drawn: list[Row] = data.draw(rows_for(measure))
    firsts = [next((value for value in row if value is not None), None) for row in drawn]
    rows = [tuple(value and first for value in row) for row, first in zip(drawn, firsts, strict=True)]
    measured = compute(measure, rows, level)
    if isinstance(measured, Estimate):
        assert measured.value == 1.0
    else:
        assert measured.reason in REASONS


@cases()
def test_complete_agreement_of_varied_answers_is_one(measure: Measure, level: Level) -> None:
    rows: list[Row] = (
        [(1, 1), (2, 2), (2, 2)] if measure.max_raters == 2 else [(1, 1, 1), (4, 4, 4), (5, 5, 5), (5, 5, 5)]
    )
    measured = compute(measure, rows, level)
    assert isinstance(measured, Estimate)
    assert measured.value == 1.0


@cases()
@FEW
@given(data=st.data())
def test_no_value_exceeds_one_and_limits_hold_no_impossible_number(
    measure: Measure, level: Level, data: st.DataObject
) -> None:
    measured = compute(measure, data.draw(rows_for(measure)), level)
    if isinstance(measured, Estimate):
        limits = [limit for limit in (measured.low, measured.high) if limit is not None]
        assert max([measured.value, *limits]) <= 1.0
        if limits:
            assert limits[0] <= limits[1]
        if not measure.chance_corrected:
            assert min([measured.value, *limits]) >= 0.0


@cases()
@FEW
@given(data=st.data())
def test_units_and_raters_without_values_do_not_matter(measure: Measure, level: Level, data: st.DataObject) -> None:
    if measure.complete:
        return
    rows = data.draw(rows_for(measure))
    wider: list[Row] = [(*row, None) for row in rows]
    wider.append((None,) * len(wider[0]))
    assert plain(compute(measure, wider, level)) == same(compute(measure, rows, level))


def kept_units(measure: Measure, rows: list[Row]) -> list[Row] | None:
    """The units that count according to what the entry declares; None where it counts parts of others too."""
    given = [(row, sum(value is not None for value in row)) for row in rows]
    raters = [any(row[place] is not None for row in rows) for place in range(len(rows[0]))]
    declared = {
        "units with fewer than two values are left out": [row for row, size in given if size >= 2],
        "only units that both raters rated count": [row for row, size in given if size >= 2],
        "only units rated by every rater": [row for row, size in given if size == sum(raters)],
    }
    return next((kept for words, kept in declared.items() if measure.missing.startswith(words)), None)


@cases()
@FEW
@given(data=st.data())
def test_missing_values_are_handled_as_declared(measure: Measure, level: Level, data: st.DataObject) -> None:
    rows = data.draw(rows_for(measure))
    assert measure.missing
    if measure.complete:
        assert not measure.accepts(table_for(measure, [(*rows[0][1:], None), *rows], level))
        return
    kept = kept_units(measure, rows)
    whole = compute(measure, rows, level)
    if kept and isinstance(whole, Estimate):
        left = compute(measure, kept, level)
        assert isinstance(left, Estimate)
        assert left.value == pytest.approx(whole.value, abs=1e-12)
        assert left.n_units == whole.n_units


NAMED_OTHERWISE = {
    "weighted_kappa": "conger_kappa",
    "cohen_kappa": "conger_kappa",
    "scott_pi": "fleiss_kappa",
    "pabak": "brennan_prediger",
}
OF_COUNTS: dict[str, Callable[[Counts, WeightName], Measured]] = {
    "mean_pairwise_agreement": lambda counts, _: mean_pairwise_agreement(counts),
    "all_raters_agreement": lambda counts, _: all_raters_agreement(counts),
    "light_kappa": lambda counts, weights: light_kappa(counts, weights=weights),
    "bangdiwala_b": lambda counts, _: bangdiwala_b(counts),
    "within_one": lambda counts, _: percent_agreement(counts, weights="within_one"),
    "percent_agreement": lambda counts, _: percent_agreement(counts),
}


def of_counts(measure: Measure, counts: Counts, level: Level) -> Measured | None:
    """The measure from counts instead of a table; None for one that is not made of counts."""
    if measure.id in OF_COUNTS:
        return OF_COUNTS[measure.id](counts, weights_of(level))
    kind = NAMED_OTHERWISE.get(measure.id, measure.id)
    if kind not in KINDS:
        return None
    weights = METRICS[level] if kind == "krippendorff_alpha" else weights_of(level)
    used = rated_by_both(counts) if measure.max_raters == 2 else counts
    return conclude(used, lambda: KINDS[kind].compute(used, weights), DEFAULT)


@cases()
@FEW
@given(data=st.data(), cut=st.integers(1, 7))
def test_batches_give_what_the_whole_table_gives(measure: Measure, level: Level, data: st.DataObject, cut: int) -> None:
    rows = data.draw(rows_for(measure))
    if not rows[cut:]:
        return
    first, second = (count_by_level(table_for(measure, part, level)) for part in (rows[:cut], rows[cut:]))
    streamed = of_counts(measure, merge(first, second), level)
    if streamed is None:
        return
    whole = compute(measure, rows, level)
    assert (streamed.n_units, streamed.n_raters) == (whole.n_units, whole.n_raters)
    if isinstance(streamed, Estimate):
        assert isinstance(whole, Estimate)
        assert (streamed.value, streamed.se) == (whole.value, whole.se)
    else:
        assert isinstance(whole, Undefined)
        assert streamed.reason == whole.reason
