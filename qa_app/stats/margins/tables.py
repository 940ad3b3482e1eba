"""Square tables of two raters' values: of one pair, or of all pairs at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa_app.stats.margins.result import Counts
from qa_app.stats.pair_tables import count_pairs
from qa_app.stats.ratings import RatingsTable


@dataclass(frozen=True, slots=True, eq=False)
class PairTables:
    """The table of each pair of raters, from units with values of both."""

    pairs: Counts
    """Shape (pairs, 2): columns of the ratings table, the first one smaller."""
    counts: Counts
    """Shape (pairs, categories, categories): rows the first rater, columns the second."""
    categories: tuple[float, ...]


def tabulate_pairs(table: RatingsTable) -> PairTables:
    """The tables of all pairs of raters, on the declared scale, or on the values found where none is declared."""
    first, second = np.triu_indices(len(table.rater_ids), k=1)
    counts = count_pairs(table.codes, table.scale.size)[first, second].astype(np.int64)
    return PairTables(np.stack([first, second], axis=1), counts, tuple(table.scale.tolist()))


def tabulate(first: ArrayLike, second: ArrayLike, categories: Sequence[float] = ()) -> Counts:
    """The table of two raters, shape (categories, categories); units without both values (nan) are left out.

    Raises:
        ValueError: rows of unequal length, or a value outside of the categories.
    """
    values = np.column_stack([np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)])
    scale = np.array(categories or _found(values))
    rated = values[~np.isnan(values).any(axis=1)]
    if not np.all(np.isin(rated, scale)):
        raise ValueError(f"values outside of the categories {tuple(categories)}")
    places = np.searchsorted(scale, rated)
    counts = np.zeros((scale.size, scale.size), dtype=np.int64)
    np.add.at(counts, (places[:, 0], places[:, 1]), 1)
    return counts


def _found(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.unique(values[~np.isnan(values)]))
