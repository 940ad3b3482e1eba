"""Something rare that raters mark or do not, on several items, against a reference: each rater, and each item."""

from collections.abc import Iterable, Sequence

import numpy as np

from qa_app.estimate import Measured
from qa_app.stats.causes.distances import average
from qa_app.stats.margins.reference import AgainstReference, compare_with_reference
from qa_app.stats.mean import mean_rows
from qa_app.stats.ratings import Level, RatingsTable

MARKED, UNMARKED = 1.0, 0.0
SCALE = (UNMARKED, MARKED)


def compare_marks(tables: Iterable[RatingsTable], raters: Sequence[str]) -> tuple[AgainstReference, ...]:
    """Each rater against the last one over all items, a unit being a unit of one item.

    Args:
        tables: of 1 for marked and 0 for not, all with these raters.
        raters: their ids, the reference last.
    """
    values = np.vstack([np.empty((0, len(raters))), *(table.values for table in tables)])
    units = tuple(map(str, range(len(values))))
    nowhere = np.zeros(values.shape, dtype=np.bool_)
    stacked = RatingsTable(values, nowhere, Level.NOMINAL, SCALE, units, tuple(raters))
    return compare_with_reference(stacked, reference=raters[-1], critical=frozenset({MARKED}))


def share_marked(table: RatingsTable) -> tuple[int, Measured, Measured]:
    """Percent of the raters who marked the units that the reference, the last rater, marked, and those that it did not.

    Means over units, with Student's interval; before them the number of units that the reference marked.
    """
    shares, right = 100 * average(table.values[:, :-1], axis=1), table.values[:, -1]
    rows = [np.where(right == value, shares, np.nan) for value in (MARKED, UNMARKED)]
    hits, alarms = mean_rows(rows, n_raters=len(table.rater_ids) - 1, bounds=(0.0, 100.0))
    return int(np.count_nonzero(right == MARKED)), hits, alarms
