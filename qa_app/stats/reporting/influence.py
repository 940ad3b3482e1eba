"""Who and what moves Krippendorff's alpha most."""

import numpy as np

from qa_app.stats.chance.alpha import METRICS, alpha
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.inference import why_not
from qa_app.stats.chance.weights import WeightName
from qa_app.stats.ratings import RatingsTable
from qa_app.stats.reporting.result import Influence, WithoutOne

MOST_UNITS = 5
"""Units that are named at each end."""


def find_influence(table: RatingsTable, counts: Counts) -> Influence | None:
    """Alpha without each rater, and without the units of the largest influence; None where there is no alpha."""
    weights = METRICS[table.level]
    whole = None if why_not(counts) else alpha(counts, weights)
    if whole is None:
        return None
    influence = whole.influence()
    order = np.argsort(influence, kind="stable")
    largest = dict.fromkeys([*order[:MOST_UNITS].tolist(), *order[-MOST_UNITS:].tolist()])
    units = [
        _left_out(table.unit_ids[place], _drop_unit(counts, place), weights, whole.value)
        for place in largest
        if influence[place] != 0
    ]
    present = np.flatnonzero((counts.known_codes < counts.scale.size).any(axis=0))
    raters = [
        _left_out(table.rater_ids[place], _drop_rater(counts, int(place)), weights, whole.value) for place in present
    ]
    units.sort(key=lambda one: -np.inf if one.change is None else -one.change)
    return Influence(tuple(raters), tuple(units))


def _left_out(name: str, rest: Counts, weights: WeightName, whole: float) -> WithoutOne:
    found = None if why_not(rest) else alpha(rest, weights)
    return WithoutOne(name, None, None) if found is None else WithoutOne(name, found.value, found.value - whole)


def _drop_unit(counts: Counts, place: int) -> Counts:
    kept = np.ones(len(counts.per_unit), dtype=np.bool_)
    kept[place] = False
    return counts.only(kept)


def _drop_rater(counts: Counts, place: int) -> Counts:
    """The counts without one rater: its ratings are taken off, the others need no second counting."""
    own = counts.known_codes[:, place]
    rated = np.flatnonzero(own < counts.scale.size)
    per_unit = counts.per_unit.copy()
    per_unit[rated, own[rated]] -= 1.0
    # Who gave which rating is of no interest to alpha, and a copy of the table for each rater is dear with thousands.
    return Counts(counts.scale, per_unit)
