"""Ratings tables from data frames: for notebooks. Anything will do whose columns can be asked for by name.

`frame["column"]` of a pandas DataFrame, of a dictionary of lists and of a structured array is all that is used, so
pandas is not imported. The way back is `AgreementReport.to_rows`, which `pandas.DataFrame` takes.
"""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa_app.stats.ratings import Level, RatingsTable

NOT_APPLICABLE = "n/a"


class Columns(Protocol):
    """Columns by name."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 - whatever numpy can read as an array
        """One column, of as many rows as all others."""


class Wide(Protocol):
    """A frame with units in rows and raters in columns, as a pandas DataFrame is."""

    @property
    def index(self) -> Any:  # noqa: ANN401
        """Names of the units."""

    @property
    def columns(self) -> Any:  # noqa: ANN401
        """Names of the raters."""

    def to_numpy(self) -> NDArray[Any]:
        """Cells of shape (units, raters)."""


def read_long(
    frame: Columns,
    *,
    level: Level,
    categories: Sequence[float] = (),
    unit: str = "item",
    rater: str = "rater",
    criterion: str | None = "criterion",
    value: str = "value",
) -> dict[str, RatingsTable]:
    """Tables by criterion from one row a rating; a frame without criteria is the criterion "all".

    Args:
        frame: the columns.
        level: of all criteria.
        categories: the declared scale, ascending; none where any number is valid.
        unit: name of the column that says what was rated; the next three likewise. `criterion` None: there is no such
            column.
        rater: who rated.
        criterion: on what.
        value: a number; nan, None and "" are missing, "n/a" says that the criterion did not apply. pandas reads
            "n/a" as nan unless it is told `keep_default_na=False`.

    Raises:
        ValueError: two rows for one cell, a value that is no number, or one outside of the declared scale.
    """
    numbers, apart = _read_cells(frame[value])
    units, raters = np.asarray(frame[unit]).astype(str), np.asarray(frame[rater]).astype(str)
    names = np.full(units.shape, "all") if criterion is None else np.asarray(frame[criterion]).astype(str)
    given = apart | ~np.isnan(numbers)
    return {
        name: _lay_out(units[rows], raters[rows], numbers[rows], apart[rows], level, tuple(categories))
        for name in dict.fromkeys(names[given].tolist())
        for rows in [given & (names == name)]
    }


def read_wide(frame: Wide, *, level: Level, categories: Sequence[float] = ()) -> RatingsTable:
    """One criterion from units in rows and raters in columns; values as for `read_long`."""
    cells = frame.to_numpy()
    numbers, apart = _read_cells(cells.ravel())
    return RatingsTable(
        numbers.reshape(cells.shape),
        apart.reshape(cells.shape),
        level,
        tuple(categories),
        tuple(map(str, frame.index)),
        tuple(map(str, frame.columns)),
    )


def _read_cells(cells: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers, nan where there is none, and which cells say that the criterion did not apply."""
    found = np.asarray(cells)
    if found.dtype.kind in "fiub":
        return found.astype(np.float64), np.zeros(found.shape, dtype=np.bool_)
    given = found.tolist()
    apart = np.array([cell == NOT_APPLICABLE for cell in given], dtype=np.bool_)
    return np.array([_read_cell(cell) for cell in given], dtype=np.float64), apart


def _read_cell(cell: Any) -> float:  # noqa: ANN401
    if cell is None or cell in {"", NOT_APPLICABLE}:
        return math.nan
    try:
        return float(cell)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{cell!r} is no number; give words a number each before they are compared") from error


def _lay_out(
    units: NDArray[np.str_],
    raters: NDArray[np.str_],
    numbers: NDArray[np.float64],
    apart: NDArray[np.bool_],
    level: Level,
    categories: tuple[float, ...],
) -> RatingsTable:
    unit_ids, rows = _number(units)
    rater_ids, columns = _number(raters)
    shape = (len(unit_ids), len(rater_ids))
    places = rows * shape[1] + columns
    if np.unique(places).size < places.size:
        twice = int(np.flatnonzero(np.bincount(places) > 1)[0])
        raise ValueError(f"two rows for unit {unit_ids[twice // shape[1]]!r}, rater {rater_ids[twice % shape[1]]!r}")
    values, nowhere = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    values[rows, columns], nowhere[rows, columns] = numbers, apart
    return RatingsTable(values, nowhere, level, categories, unit_ids, rater_ids)


def _number(labels: NDArray[np.str_]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Distinct labels in the order of their first appearance, and each row's place among them."""
    found, first, place = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return tuple(found[order].tolist()), rank[place]
