"""The ratings table: units in rows, raters in columns, one criterion. Everything that measures agreement takes one.

A cell holds a value, or says that the criterion did not apply, or is missing: three cases, never one number.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.signedinteger]
"""Places on a scale, in the smallest of the types that holds them: sums and products of them need a wider one."""


class Level(StrEnum):
    """Level of measurement (Stevens 1946): what the distance between two values means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class LongRow(NamedTuple):
    """One rating. A missing rating has no row."""

    unit: str
    rater: str
    value: float | None
    """None: the rater said that the criterion does not apply."""


@dataclass(frozen=True, slots=True, eq=False)
class RatingsTable:
    """Ratings of one criterion.

    Raises:
        ValueError: the parts contradict each other.
    """

    values: NDArray[np.float64]
    """Shape (units, raters); nan where no value was given, whether not applicable or missing."""
    not_applicable: NDArray[np.bool_]
    """Shape (units, raters); True only where the value is nan."""
    level: Level
    categories: tuple[float, ...]
    """The declared scale, ascending, used or not; empty where any number is valid."""
    unit_ids: tuple[str, ...]
    rater_ids: tuple[str, ...]

    scale: NDArray[np.float64] = field(init=False, repr=False)
    """Shape (steps,): the declared scale or, where none is declared, the values found, ascending."""
    codes: Codes = field(init=False, repr=False)
    """Shape (units, raters): a value's place on the scale; the scale's length where there is no value."""

    def __post_init__(self) -> None:
        """Refuse what does not fit together, code the values once, and lock the arrays."""
        shape = (len(self.unit_ids), len(self.rater_ids))
        if self.values.shape != shape or self.not_applicable.shape != shape:
            raise ValueError(f"values and not_applicable must have the shape {shape} of the ids")
        if np.count_nonzero(self.not_applicable) and not np.isnan(self.values[self.not_applicable]).all():
            raise ValueError("a cell cannot hold a value and be not applicable")
        scale, codes = encode(self.values, self.categories)
        if self.level is Level.RATIO and scale.size and scale[0] < 0:
            raise ValueError("a ratio scale has no values below 0")
        object.__setattr__(self, "scale", scale)
        object.__setattr__(self, "codes", codes)
        for array in (self.values, self.not_applicable, scale, codes):
            array.setflags(write=False)

    @property
    def n_chosen(self) -> int:
        """Cells with a value."""
        return int(np.count_nonzero(self.codes < self.scale.size))

    @property
    def n_not_applicable(self) -> int:
        """Cells in which the criterion was said not to apply."""
        return int(np.count_nonzero(self.not_applicable))

    @property
    def n_missing(self) -> int:
        """Cells without an answer."""
        return self.values.size - self.n_chosen - self.n_not_applicable

    def applicability(self) -> "RatingsTable":
        """The other question, as a nominal table: 1 where a value was given, 0 where it did not apply."""
        answered = np.where(self.not_applicable, 0.0, np.where(np.isnan(self.values), np.nan, 1.0))
        nowhere = np.zeros_like(self.not_applicable)
        return RatingsTable(answered, nowhere, Level.NOMINAL, (0.0, 1.0), self.unit_ids, self.rater_ids)


_WIDEST_LOOKUP = 1024
_CELLS_AT_ONCE = 2**15


def encode(values: NDArray[np.float64], declared: Sequence[float] = ()) -> tuple[NDArray[np.float64], Codes]:
    """The scale, and each value's place on it; the scale's length stands for nan.

    The scale is the declared one or, where none is declared, the values found, ascending.

    Raises:
        ValueError: the declared scale does not ascend, or a value is infinite or not on it.
    """
    missing = np.isnan(values)
    if declared:
        scale, places = _index_declared(tuple(declared))
    else:
        scale, places = _index_scale(_find_scale(values[~missing]))
    codes = _search(values, missing, scale) if places is None else _look_up(values, missing, scale[0], places)
    if codes is None:
        raise ValueError(f"values outside of the declared scale {tuple(declared)}")
    return scale, codes


@lru_cache(maxsize=64)
def _index_declared(steps: tuple[float, ...]) -> tuple[NDArray[np.float64], Codes | None]:
    """The same for a declared scale, which is met again and again; a quarter of the time of a small table."""
    if any(low >= high for low, high in pairwise(steps)):
        raise ValueError(f"the declared scale must ascend without repeats: {steps}")
    return _index_scale(np.array(steps, dtype=np.float64))


def _index_scale(scale: NDArray[np.float64]) -> tuple[NDArray[np.float64], Codes | None]:
    """The scale and, for whole numbers close together, the place of each number of its span.

    The place is -1 for numbers that are not on the scale; after the span stands the place of a missing value.
    """
    scale.setflags(write=False)
    if not scale.size or scale[-1] - scale[0] >= _WIDEST_LOOKUP or (scale != np.rint(scale)).any():
        return scale, None
    span = int(scale[-1] - scale[0])
    places = np.full(span + 2, -1, dtype=_narrow(scale.size))
    places[(scale - scale[0]).astype(np.intp)] = np.arange(scale.size)
    places[-1] = scale.size
    return scale, places


def _find_scale(given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distinct values, ascending; counted instead of sorted where they are whole numbers close together."""
    if not given.size:
        return given
    low, high = given.min(), given.max()
    if np.isinf(low) or np.isinf(high):
        raise ValueError("values must be finite")
    if high - low < _WIDEST_LOOKUP:
        whole = given.astype(np.intp)
        if (whole == given).all():
            return np.flatnonzero(np.bincount(whole - int(low))).astype(np.float64) + float(low)
    return np.unique(given)


def _look_up(values: NDArray[np.float64], missing: NDArray[np.bool_], lowest: float, places: Codes) -> Codes | None:
    """Places of whole numbers, by the table of the scale's span; None where a value is not on the scale.

    Block by block, so that what lies between values and places stays in the processor's cache.
    """
    codes = np.empty(values.shape, dtype=places.dtype)
    step = max(1, _CELLS_AT_ONCE * len(values) // max(1, values.size))
    for start in range(0, len(values), step):
        rows = slice(start, start + step)
        found = _look_up_rows(values[rows], missing[rows], lowest, places)
        if found is None:
            return None
        codes[rows] = found
    return codes


def _look_up_rows(
    values: NDArray[np.float64], missing: NDArray[np.bool_], lowest: float, places: Codes
) -> Codes | None:
    span = places.size - 2
    distances = values - lowest
    low = np.fmin.reduce(distances, axis=None, initial=0.0)
    high = np.fmax.reduce(distances, axis=None, initial=0.0)
    if low < 0 or high > span:
        return None
    distances[missing] = span + 1
    whole = distances.astype(np.intp)
    codes = places[whole]
    # Counting is a microsecond faster than asking for all: a tenth of a small table's time.
    off = np.count_nonzero(whole != distances) + np.count_nonzero(codes < 0)
    return None if off else codes


def _search(values: NDArray[np.float64], missing: NDArray[np.bool_], scale: NDArray[np.float64]) -> Codes | None:
    """Places of any numbers, by bisection; None where a value is not on the scale."""
    codes = np.searchsorted(scale, values).astype(_narrow(scale.size))
    found = np.append(scale, np.nan)[codes]
    return codes if ((found == values) | missing).all() else None


def _narrow(largest: int) -> type[np.signedinteger]:
    """The smallest type for places from -1 to `largest`."""
    return next((kind for kind in (np.int8, np.int16) if largest <= np.iinfo(kind).max), np.intp)


def build_table(
    rows: Iterable[LongRow],
    *,
    level: Level,
    categories: Sequence[float] = (),
    unit_ids: Sequence[str] | None = None,
    rater_ids: Sequence[str] | None = None,
) -> RatingsTable:
    """Lay long rows out as a table; units and raters keep the order of the rows unless ids are given.

    Ids that are given may have no row: they then count as missing everywhere.

    Raises:
        ValueError: two rows for one cell, an id that was not given, or a value outside of the declared scale.
    """
    kept = tuple(rows)
    units = _index(unit_ids, (row.unit for row in kept))
    raters = _index(rater_ids, (row.rater for row in kept))
    values = np.full((len(units), len(raters)), np.nan)
    not_applicable = np.zeros(values.shape, dtype=np.bool_)
    for row in kept:
        if row.unit not in units or row.rater not in raters:
            raise ValueError(f"row {row} names a unit or rater that is not in the given ids")
        cell = units[row.unit], raters[row.rater]
        if not_applicable[cell] or not np.isnan(values[cell]):
            raise ValueError(f"two rows for unit {row.unit!r} and rater {row.rater!r}")
        if row.value is None:
            not_applicable[cell] = True
        else:
            values[cell] = row.value
    return RatingsTable(values, not_applicable, level, tuple(categories), tuple(units), tuple(raters))


Id = TypeVar("Id", bound=Hashable)


def _index(given: Sequence[Id] | None, found: Iterable[Id]) -> dict[Id, int]:
    ordered = dict.fromkeys(found if given is None else given)
    return {identity: place for place, identity in enumerate(ordered)}


def place_table(
    cells: Iterable[tuple[int, int, float | None]],
    *,
    level: Level,
    categories: Sequence[float],
    unit_ids: Sequence[str],
    rater_ids: Sequence[str],
) -> RatingsTable:
    """Lay cells out by the places of unit and rater; None is not applicable, and what has no cell is missing.

    For tables of one shape that are made again and again: a fifth of the time of `build_table`. Of two cells for one
    place the later one counts.

    Raises:
        ValueError: a value outside of the declared scale.
        IndexError: a place outside of the table.
    """
    values = np.full((len(unit_ids), len(rater_ids)), np.nan)
    not_applicable = np.zeros(values.shape, dtype=np.bool_)
    for unit, rater, value in cells:
        if value is None:
            not_applicable[unit, rater] = True
        else:
            values[unit, rater] = value
    return RatingsTable(values, not_applicable, level, tuple(categories), tuple(unit_ids), tuple(rater_ids))


def join_raters(table: RatingsTable, more: RatingsTable) -> RatingsTable:
    """Raters side by side, on the scale of the first; raises ValueError where the units differ."""
    if table.unit_ids != more.unit_ids:
        raise ValueError("raters can be joined on the same units only")
    return RatingsTable(
        np.hstack([table.values, more.values]),
        np.hstack([table.not_applicable, more.not_applicable]),
        table.level,
        table.categories,
        table.unit_ids,
        (*table.rater_ids, *more.rater_ids),
    )
