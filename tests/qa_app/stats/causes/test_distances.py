"""Distances of answers, by worked lines."""

from collections.abc import Sequence

import numpy as np
import pytest

from qa_app.estimate import Estimate
from qa_app.stats.causes.distances import Distances, measure_distances
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.registry import find
from qa_app.stats.resampling import Resampling

NA = np.nan
FIVE = (0.0, 1.0, 2.0, 3.0, 4.0)


def make_table(
    cells: Sequence[Sequence[float]], level: Level = Level.ORDINAL, scale: tuple[float, ...] = FIVE
) -> RatingsTable:
    values = np.array(cells, dtype=np.float64)
    units, raters = (tuple(f"{kind}{n}" for n in range(size)) for kind, size in zip("ur", values.shape, strict=True))
    return RatingsTable(values, np.zeros(values.shape, dtype=np.bool_), level, scale, units, raters)


def measure(table: RatingsTable) -> Distances:
    return measure_distances({"item": table})


def test_distance_is_in_steps_over_what_guessing_gives() -> None:
    # Two answers drawn evenly from five steps are (5 + 1) / (3 x 5) = 0.4 of the scale apart.
    # Pairs 0-1, 0-4, 1-4 are 1, 4 and 3 of 4 steps apart: mean 2/3, and 2/3 / 0.4 = 5/3.
    assert measure(make_table([[0, 1, 4]])).between([0, 1, 2]) == pytest.approx(5 / 3)
    # Of three names 2/3 differ by guessing; here two of three pairs differ.
    names = make_table([[0, 0, 2]], Level.NOMINAL, (0.0, 1.0, 2.0))
    assert measure(names).between([0, 1, 2]) == pytest.approx(1.0)
    # Numbers without a scale: of the values 0, 0, 6 two drawn with replacement are 8/3 apart, and the pairs 4.
    numbers = make_table([[0, 0, 6]], Level.INTERVAL, ())
    assert measure(numbers).between([0, 1, 2]) == pytest.approx(4 / (8 / 3))


def test_mean_distance_is_one_less_the_coefficient_of_brennan_and_prediger() -> None:
    random = np.random.Generator(np.random.Philox(4))
    names = make_table(random.integers(0, 3, size=(30, 4)).tolist(), Level.NOMINAL, (0.0, 1.0, 2.0))
    coefficient = find("brennan_prediger").compute(names, Resampling(seed=1, n_resamples=100))
    assert isinstance(coefficient, Estimate)
    assert measure(names).between(range(4)).mean() == pytest.approx(1 - coefficient.value)


def test_rater_is_compared_with_the_others_and_with_how_far_these_are_apart() -> None:
    # Rater 2 is 3 and 4 steps above the others, who are 1 apart: (3.5 - 1) / 4 of the scale, over 0.4.
    distances = measure(make_table([[0, 1, 4], [2, NA, 2]]))
    assert distances.apart([0, 1, 2])[2].tolist() == pytest.approx([2.5 / 4 / 0.4, NA], nan_ok=True)
    # Above is lenient, so negative.
    assert distances.lean([0, 1, 2])[2].tolist() == pytest.approx([-3.5 / 4, 0.0])


def test_names_lean_nowhere_and_lonely_answers_are_at_no_distance() -> None:
    distances = measure(make_table([[1, 0], [1, NA]], Level.NOMINAL, (0.0, 1.0)))
    assert np.isnan(distances.lean([0, 1])).all()
    assert distances.between([0, 1]).tolist() == [pytest.approx([2.0, NA], nan_ok=True)]


def test_tables_of_other_raters_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same units and raters"):
        measure_distances({"a": make_table([[0, 1]]), "b": make_table([[0, 1, 2]])})
