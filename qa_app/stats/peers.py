"""Equal answers over all items together: of every two raters, unit by unit.

"Not applicable" is an answer here, so that one number says how often two people filled a form in alike. It is not
corrected for chance; the coefficients of each item are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_app.stats.ratings import RatingsTable
from qa_app.stats.resampling import Floats


@dataclass(frozen=True, slots=True, eq=False)
class EqualAnswers:
    """Counts over items; each array of shape (units, raters, raters)."""

    same: NDArray[np.intp]
    """Items to which both gave the same answer."""
    both: NDArray[np.intp]
    """Items that both answered."""
    either: NDArray[np.intp]
    """Items that one of the two answered, where each answered any item of the unit."""

    def among(self, raters: Sequence[int]) -> Floats:
        """Share of equal answers of each rater with the others, over items that either answered.

        Shape (raters, units); nan where nobody else answered.
        """
        chosen = np.ix_(range(len(self.same)), raters, raters)
        apart = ~np.eye(len(raters), dtype=np.bool_)
        same, either = ((part[chosen] * apart).sum(axis=2).T for part in (self.same, self.either))
        return _divide(same, either)

    def against(self, raters: Sequence[int], reference: int) -> Floats:
        """Share of equal answers of each rater with the reference, over items that both answered; (raters, units)."""
        return _divide(self.same[:, raters, reference].T, self.both[:, raters, reference].T)


def count_equal(tables: Sequence[RatingsTable]) -> EqualAnswers:
    """Count over tables of the same units and raters; raises ValueError without a table."""
    if not tables:
        raise ValueError("equal answers need at least one table")
    answers = np.stack([np.where(one.not_applicable, -np.inf, one.values) for one in tables])
    given = ~np.isnan(answers)
    present = given.any(axis=0)
    first, second = (given[:, :, :, None], given[:, :, None, :])
    same = (answers[:, :, :, None] == answers[:, :, None, :]).sum(axis=0)
    either = (first | second).sum(axis=0) * (present[:, :, None] & present[:, None, :])
    return EqualAnswers(same, (first & second).sum(axis=0), either)


def _divide(part: NDArray[np.intp], whole: NDArray[np.intp]) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return shares
