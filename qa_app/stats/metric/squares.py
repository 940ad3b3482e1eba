"""Mean squares of a complete table, the one thing that all intraclass correlations are made of."""

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

import numpy as np

from qa_app.estimate import Undefined
from qa_app.stats.metric.tables import Floats, Missing, refuse_small, take_complete
from qa_app.stats.reasons import undefined

ROUNDING = 256 * float(np.finfo(np.float64).eps)
"""A difference below this share of what it is made of is rounding."""

_ROUNDINGS = 8.0
"""A deviation goes through four subtractions of means; a mean square below the square of this many units in the last
place of the largest value is rounding, not variance."""


_KEPT = 1e-3
"""Share of the sum of squares about a shift below which a part of it has lost digits to the others."""
_CELLS_AT_ONCE = 2**15


def find_floor(values: Floats) -> float:
    """What rounding can leave of a value's square in a sum of squares about means; the table may have holes."""
    return (
        _ROUNDINGS * float(np.finfo(np.float64).eps) * max(float(np.nanmax(values)), -float(np.nanmin(values)))
    ) ** 2


def clear(difference: float, scale: float) -> float:
    """The difference, or 0 where it is no more than rounding of numbers as large as `scale`."""
    return 0.0 if abs(difference) <= ROUNDING * scale else difference


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Analysis of variance of a complete table without replicates (Shrout & Fleiss 1979, table 1).

    Mean squares in squared units of the values; exactly 0 where the sum of squares is no more than rounding.
    """

    n_units: int
    n_raters: int
    unit: float
    """Between units, n - 1 degrees of freedom."""
    rater: float
    """Between raters, k - 1 degrees of freedom."""
    residual: float
    """(n - 1)(k - 1) degrees of freedom."""
    within: float
    """Within units: rater and residual together, n(k - 1) degrees of freedom."""

    @property
    def df_unit(self) -> int:
        """Degrees of freedom between units."""
        return self.n_units - 1

    @property
    def df_residual(self) -> int:
        """Degrees of freedom of the residual."""
        return (self.n_units - 1) * (self.n_raters - 1)

    @property
    def df_within(self) -> int:
        """Degrees of freedom within units."""
        return self.n_units * (self.n_raters - 1)

    @property
    def n_values(self) -> int:
        """Ratings in the table."""
        return self.n_units * self.n_raters

    def refuse(self, reason: str) -> Undefined:
        """An Undefined with the counts of this table."""
        return undefined(reason, n_units=self.n_units, n_raters=self.n_raters, n_values=self.n_values)


def mean_squares(values: Floats, missing: Missing = "none") -> MeanSquares | Undefined:
    """Mean squares of the complete units of a table of shape (units, raters), or why it is too small.

    Raises:
        ValueError: as `take_complete`.
    """
    found = _from_sums(values)
    if found is not None:
        return found
    kept = take_complete(values, missing)
    small = refuse_small(kept)
    if small is not None:
        return small
    return (None if kept is values else _from_sums(kept)) or _from_deviations(kept)


def _from_sums(values: Floats) -> MeanSquares | None:
    """From sums over the table; None where they lose digits, or are not finite.

    One pass, block by block in the processor's cache. Sums are those of differences from the first value. Sums of whole
    numbers are exact, and their parts are told apart in fractions, so that only the sums' own rounding counts.
    """
    if values.ndim != 2 or min(values.shape) < 2:
        return None
    n_units, n_raters = values.shape
    shift = values[0, 0]
    rows, columns, square = np.empty(n_units), np.zeros(n_raters), 0.0
    step = max(1, _CELLS_AT_ONCE // n_raters)
    space, of_row, of_column = np.empty((min(step, n_units), n_raters)), np.ones(n_raters), np.ones(step)
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is looked at below
        for start in range(0, n_units, step):
            block = values[start : start + step]
            shifted = np.subtract(block, shift, out=space[: len(block)])
            np.dot(shifted, of_row, out=rows[start : start + step])
            columns += of_column[: len(block)] @ shifted
            square += float(np.vdot(shifted, shifted))
    if not isfinite(square):
        return None
    total, grand = Fraction(square), Fraction(float(columns.sum())) ** 2 / (n_units * n_raters)
    unit = Fraction(float(rows @ rows)) / n_raters - grand
    rater = Fraction(float(columns @ columns)) / n_units - grand
    residual = total - grand - unit - rater
    if min(unit, residual) < _KEPT * total or (rater and rater < ROUNDING * total):
        return None
    return _divide(n_units, n_raters, float(unit), float(rater), float(residual))


def _from_deviations(values: Floats) -> MeanSquares:
    n_units, n_raters = values.shape
    floor = values.size * find_floor(values)
    deviations = values - values.mean()
    of_units = deviations.mean(axis=1)
    of_raters = deviations.mean(axis=0)
    unit = n_raters * float(of_units @ of_units)
    rater = n_units * float(of_raters @ of_raters)
    deviations -= of_units[:, None]
    deviations -= of_raters
    residual = float(np.einsum("ij,ij->", deviations, deviations))
    return _divide(n_units, n_raters, *(0.0 if square <= floor else square for square in (unit, rater, residual)))


def _divide(n_units: int, n_raters: int, unit: float, rater: float, residual: float) -> MeanSquares:
    """Sums of squares by their degrees of freedom."""
    return MeanSquares(
        n_units=n_units,
        n_raters=n_raters,
        unit=unit / (n_units - 1),
        rater=rater / (n_raters - 1),
        residual=residual / ((n_units - 1) * (n_raters - 1)),
        within=(rater + residual) / (n_units * (n_raters - 1)),
    )
