from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.estimate import Undefined
from qa_app.stats.metric.squares import MeanSquares, mean_squares
from qa_app.stats.metric.tables import Floats


def squares_of(values: Floats) -> MeanSquares:
    found = mean_squares(values)
    assert not isinstance(found, Undefined)
    return found


def exact_squares(values: Floats) -> tuple[Fraction, Fraction, Fraction]:
    """Mean squares of units, raters and residual (Shrout & Fleiss 1979, table 1), in fractions of the given floats."""
    cells = [[Fraction(value) for value in row] for row in values.tolist()]
    n, k = values.shape
    grand = sum(map(sum, cells), start=Fraction()) / (n * k)
    units = [sum(row, start=Fraction()) / k for row in cells]
    raters = [sum(column, start=Fraction()) / n for column in zip(*cells, strict=True)]
    unit = k * sum(((mean - grand) ** 2 for mean in units), start=Fraction())
    rater = n * sum(((mean - grand) ** 2 for mean in raters), start=Fraction())
    total = sum(((cell - grand) ** 2 for row in cells for cell in row), start=Fraction())
    return unit / (n - 1), rater / (k - 1), (total - unit - rater) / ((n - 1) * (k - 1))


@given(
    st.lists(st.lists(st.integers(1, 7), min_size=3, max_size=3), min_size=2, max_size=9), st.sampled_from([0, 10**6])
)
def test_mean_squares_of_whole_numbers(rows: list[list[int]], moved: int) -> None:
    values = np.array(rows, dtype=np.float64)
    found, exact = squares_of(values + moved), exact_squares(values)
    assert (found.unit, found.rater, found.residual) == pytest.approx([float(one) for one in exact], rel=1e-9)


def test_whole_numbers_lose_no_digit_where_all_parts_count() -> None:
    values = np.random.Generator(np.random.Philox(1)).integers(1, 6, (5000, 7)).astype(np.float64)
    found, exact = squares_of(values), exact_squares(values)
    assert (found.unit, found.rater, found.residual) == pytest.approx([float(one) for one in exact], rel=1e-15)


@pytest.mark.long
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6])
@pytest.mark.parametrize("centre", [0.0, 50.0, 1e4])
def test_small_parts_keep_their_digits(spread: float, centre: float) -> None:
    random = np.random.Generator(np.random.Philox(2))
    values = centre + random.normal(size=(3000, 1)) + spread * random.normal(size=(3000, 5))
    found, exact = squares_of(values), exact_squares(values)
    assert found.unit == pytest.approx(float(exact[0]), rel=1e-12)
    assert found.rater == pytest.approx(float(exact[1]), rel=1e-9)
    assert found.residual == pytest.approx(float(exact[2]), rel=1e-10)
