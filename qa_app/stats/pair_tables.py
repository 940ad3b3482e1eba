"""The contingency tables of all pairs of raters at once: chance correction and tests of margins start from them."""

import numpy as np
from numpy.typing import NDArray

_CELLS_AT_ONCE = 2_000_000
_EXACT = 2**24
"""Up to here float32 holds every whole number, in half the memory."""


def count_pairs(
    codes: NDArray[np.integer], n_values: int, repeats: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Units by rater, rater, value and value; shape (raters, raters, values, values), whole numbers.

    The product of the indicators with themselves, some units at a time, so that memory does not grow with the table.

    Args:
        codes: shape (rows, raters): place of the value on the scale; `n_values` for no value.
        n_values: steps of the scale.
        repeats: shape (rows,): units that a row stands for; without it every row is one unit.
    """
    n_rows, n_raters = codes.shape
    width = n_raters * n_values
    sums = np.zeros((width, width))
    step = min(_EXACT, max(1, _CELLS_AT_ONCE // max(1, width)))
    kind = np.float32 if repeats is None else np.float64
    for start in range(0, n_rows, step):
        part = codes[start : start + step]
        chosen = (part[:, :, None] == np.arange(n_values)).reshape(len(part), width).astype(kind)
        sums += chosen.T @ (chosen if repeats is None else chosen * repeats[start : start + step, None])
    return sums.reshape(n_raters, n_values, n_raters, n_values).swapaxes(1, 2)
