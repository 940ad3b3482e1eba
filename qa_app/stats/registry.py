"""Every agreement measure there is: what it accepts, what it does with gaps, and where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qa_app.estimate import Measured
from qa_app.stats.alpha import krippendorff_alpha
from qa_app.stats.kappa import conger_kappa
from qa_app.stats.percent import percent_agreement, within_one
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Resampling


@dataclass(frozen=True, slots=True)
class Measure:
    """One agreement measure."""

    id: str
    """The identifier under which `docs/algorithms/agreement.md` describes it."""
    name: str
    """As it stands on screen."""
    levels: frozenset[Level]
    missing: str
    """What happens to missing and not applicable ratings."""
    source: str
    compute: Callable[[RatingsTable, Resampling], Measured]
    chance_corrected: bool
    min_raters: int = 2
    max_raters: int | None = None
    min_categories: int = 0
    """Steps that the declared scale must have."""


_ALL = frozenset(Level)
_ORDERED = frozenset({Level.ORDINAL, Level.INTERVAL})
_RATED = "a unit needs two values for observed agreement; a rater's distribution uses all values of that rater"
_PAIRED = "units with fewer than two values are left out; all other values count"

MEASURES: tuple[Measure, ...] = (
    Measure(
        id="percent_agreement",
        name="Percent agreement",
        levels=_ALL,
        missing=_PAIRED,
        source="Gwet 2014, Handbook of Inter-Rater Reliability, 4th ed., ch. 2: mean over units of agreeing pairs",
        compute=percent_agreement,
        chance_corrected=False,
    ),
    Measure(
        id="within_one",
        name="Agreement within one step",
        levels=_ORDERED,
        missing=_PAIRED,
        source="Gwet 2014, ch. 2, with weight 1 for values at most one step apart",
        compute=within_one,
        chance_corrected=False,
        min_categories=3,
    ),
    Measure(
        id="conger_kappa",
        name="Kappa (Conger)",
        levels=frozenset({Level.NOMINAL}),
        missing=_RATED,
        source="Conger 1980, Psychol. Bull. 88:322; incomplete tables: Gwet 2014; two raters: Cohen 1960",
        compute=conger_kappa,
        chance_corrected=True,
    ),
    Measure(
        id="weighted_kappa",
        name="Weighted kappa (Conger, quadratic weights)",
        levels=_ORDERED,
        missing=_RATED,
        source="Conger 1980 with the weights of Cohen 1968, Psychol. Bull. 70:213; incomplete tables: Gwet 2014",
        compute=conger_kappa,
        chance_corrected=True,
    ),
    Measure(
        id="krippendorff_alpha",
        name="Krippendorff's alpha",
        levels=_ALL,
        missing=_PAIRED,
        source="Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; Hayes & Krippendorff 2007, CMM 1:77",
        compute=krippendorff_alpha,
        chance_corrected=True,
    ),
)


def offer(table: RatingsTable) -> tuple[Measure, ...]:
    """The measures that fit the table's level, its scale and the number of raters who gave values."""
    n_raters = int(np.count_nonzero((~np.isnan(table.values)).any(axis=0)))
    return tuple(
        measure
        for measure in MEASURES
        if table.level in measure.levels
        and len(table.categories) >= measure.min_categories
        and measure.min_raters <= n_raters
        and (measure.max_raters is None or n_raters <= measure.max_raters)
    )


def find(measure_id: str) -> Measure:
    """The measure of that id; raises KeyError where there is none."""
    for measure in MEASURES:
        if measure.id == measure_id:
            return measure
    raise KeyError(measure_id)
