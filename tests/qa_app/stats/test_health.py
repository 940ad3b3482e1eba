"""When an item is told to be unused, always the same, not agreed on or out of order, by hand and by simulation."""

import numpy as np
import pytest

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.causes.distances import measure_distances
from qa_app.stats.health import (
    Verdict,
    compare_items,
    find_disorder,
    judge_above,
    judge_unused,
    units_for_always,
    units_for_unused,
)
from qa_app.stats.proportion import proportion
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Floats
from qa_app.stats.severity.calibration import CategoryUse, report_steps
from qa_app.stats.severity.observations import join_tables


def test_units_that_it_takes_by_hand() -> None:
    # z = 1.959964, z^2 = 3.841459. Unused: z^2 / (n + z^2) < .05 from n = 72.99 on. Always: n / (n + z^2) >= .9 from
    # n = 34.57 on.
    assert (units_for_unused(), units_for_always()) == (73, 35)
    assert [judge_unused(0, n) for n in (0, 72, 73)] == [Verdict.UNSURE, Verdict.UNSURE, Verdict.STANDS_OUT]
    assert judge_unused(1, 1000) is Verdict.FINE
    assert [judge_above(proportion(n, n), 0.9) for n in (34, 35)] == [Verdict.UNSURE, Verdict.STANDS_OUT]
    # 31 of 35 are 88.6 %, below the limit; 32 of 35 are 91.4 % and may be below it.
    assert [judge_above(proportion(n, 35), 0.9) for n in (31, 32)] == [Verdict.FINE, Verdict.UNSURE]
    assert judge_above(proportion(0, 0), 0.9) is Verdict.UNSURE


def test_raters_of_an_item_are_the_same_or_far_apart() -> None:
    # Two answers drawn evenly from three steps are (3 + 1) / (3 x 3) of the scale apart; half of that is .22. Units:
    # the same; a step of two apart, .5; of three pairs two a step apart, .33; nobody else.
    nan = np.nan
    values = np.array([[1, 1, nan], [0, 1, nan], [1, 1, 0], [2, nan, nan]], dtype=np.float64)
    (found,) = compare_items(measure_distances({"a": _table(values, (0.0, 1.0, 2.0))}))
    assert found.n_units == 3
    assert [one.value for one in (found.same, found.far) if isinstance(one, Estimate)] == pytest.approx([1 / 3, 2 / 3])


def test_option_out_of_order_is_found_and_one_in_order_is_left_alone() -> None:
    # Thresholds of a: the upper one 2 logits below the lower one, so its middle step is nowhere the most likely.
    report = _report({"a": (1.0, -1.0), "b": (-1.0, 1.0)}, n_units=400, seed=1)
    found = find_disorder(report)
    (middle,) = found["a"]
    assert (middle.value, middle.verdict, found["b"]) == (1.0, Verdict.STANDS_OUT, ())
    assert middle.drop.low is not None
    assert middle.drop.high is not None
    assert middle.drop.low < 2.0 < middle.drop.high
    # Everyday work, in which raters share no unit, tells it as well.
    everyday = find_disorder(_report({"a": (1.0, -1.0), "b": (-1.0, 1.0)}, n_units=600, seed=1, alone=True))
    assert ([one.verdict for one in everyday["a"]], everyday["b"]) == ([Verdict.STANDS_OUT], ())
    # Few units: the same step, and too few choices of it to tell.
    few = find_disorder(_report({"a": (1.5, -1.5), "b": (-1.0, 1.0)}, n_units=30, seed=1))["a"]
    assert [one.verdict for one in few] == [Verdict.UNSURE]


def test_step_on_the_edge_of_order_is_seldom_called_out_of_order() -> None:
    # Thresholds that are equal: half of all estimates are out of order by chance. The bound makes at most 2.5 % of
    # them certain; of 40, more than 4 would happen in less than .4 % of runs.
    reports = [_report({"a": (0.0, 0.0), "b": (-1.0, 1.0)}, n_units=60, seed=seed) for seed in range(40)]
    verdicts = [one.verdict for report in reports for one in find_disorder(report)["a"]]
    assert len(verdicts) > 8
    assert verdicts.count(Verdict.STANDS_OUT) <= 4


def _report(
    thresholds: dict[str, tuple[float, float]], *, n_units: int, seed: int, alone: bool = False
) -> tuple[CategoryUse, ...]:
    """Three raters of one severity and units of standard deviation 1, by the partial credit model (Masters 1982).

    `alone`: each unit is rated by one of them only, so that raters share none.
    """
    dice = np.random.Generator(np.random.Philox(seed))
    ability = dice.normal(size=(n_units, 1, 1))
    tables = {}
    for item, steps in thresholds.items():
        sums = np.concatenate([[0.0], np.cumsum(steps)])
        chances = np.exp(np.arange(3) * ability - sums)
        cumulated = np.cumsum(chances / chances.sum(axis=2, keepdims=True), axis=2)
        values = (dice.random((n_units, 3))[:, :, None] > cumulated).sum(axis=2).astype(np.float64)
        if alone:
            values[np.arange(n_units)[:, None] % 3 != np.arange(3)] = np.nan
        tables[item] = _table(values, (0.0, 1.0, 2.0))
    found = report_steps(join_tables(tables))
    assert not isinstance(found, Undefined)
    return found


def _table(values: Floats, scale: tuple[float, ...]) -> RatingsTable:
    units, raters = (tuple(f"{kind}{n}" for n in range(size)) for kind, size in zip("ur", values.shape, strict=True))
    return RatingsTable(values, np.zeros(values.shape, dtype=np.bool_), Level.ORDINAL, scale, units, raters)
