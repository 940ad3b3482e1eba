"""The ratings table: units in rows, raters in columns, one criterion. Everything that measures agreement takes one.

A cell holds a value, or says that the criterion did not apply, or is missing: three cases, never one number.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray


class Level(StrEnum):
    """Level of measurement (Stevens 1946): what the distance between two values means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


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

    def __post_init__(self) -> None:
        """Refuse what does not fit together, and lock the arrays."""
        shape = (len(self.unit_ids), len(self.rater_ids))
        if self.values.shape != shape or self.not_applicable.shape != shape:
            raise ValueError(f"values and not_applicable must have the shape {shape} of the ids")
        if list(self.categories) != sorted(set(self.categories)):
            raise ValueError(f"the declared scale must ascend without repeats: {self.categories}")
        given = self.values[~np.isnan(self.values)]
        if np.any(self.not_applicable & ~np.isnan(self.values)):
            raise ValueError("a cell cannot hold a value and be not applicable")
        if not np.all(np.isfinite(given)):
            raise ValueError("values must be finite")
        if self.categories and not np.all(np.isin(given, self.categories)):
            raise ValueError(f"values outside of the declared scale {self.categories}")
        self.values.setflags(write=False)
        self.not_applicable.setflags(write=False)

    @property
    def n_chosen(self) -> int:
        """Cells with a value."""
        return int(np.count_nonzero(~np.isnan(self.values)))

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
