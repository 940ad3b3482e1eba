"""The measures of numbers and ranks, as the registry lists them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from qa_app.estimate import Estimate, Interval, Measured, Undefined
from qa_app.stats.measure import ORDERED, Measure
from qa_app.stats.metric.concordance import lin_ccc, overall_ccc
from qa_app.stats.metric.correlation import mean_spearman, spearman_rho
from qa_app.stats.metric.icc import Form, icc
from qa_app.stats.metric.incomplete import icc_missing
from qa_app.stats.metric.ranks import kendall_tau_b, kendall_w
from qa_app.stats.metric.results import Concordance, EstimateAndTest, IncompleteIcc, LinCcc, OverallCcc
from qa_app.stats.metric.tables import Floats, refuse, take_complete
from qa_app.stats.metric.unit_sums import UnitSums, sum_iccs, sum_one_way, sum_overall_ccc, sum_pair
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Drawn, Resampling, draw_counts, find_limits

Result = EstimateAndTest | IncompleteIcc | LinCcc | OverallCcc | Concordance | Estimate | Undefined
Compute = Callable[[RatingsTable, Resampling], Measured]

_NUMBERS = frozenset({Level.INTERVAL, Level.RATIO})
_LEAST_JACKKNIFED = 3
"""Units from which each can be left out and two remain; below there is no interval anyway."""


def rated(table: RatingsTable) -> Floats:
    """The values without raters and units that have none."""
    given = ~np.isnan(table.values)
    kept: Floats = table.values[given.any(axis=1)][:, given.any(axis=0)]
    return kept


def _bare(result: Result) -> Measured:
    return result if isinstance(result, Estimate | Undefined) else result.estimate


def _resample(sums: UnitSums, name: str, value: float, n_paired: int, resampling: Resampling) -> Interval:
    """The bootstrap interval of one measure; influence values are those of the jackknife."""
    n_units, place = sums.features.shape[0], sums.names.index(name)
    sample = Drawn(n_units, n_paired)
    if n_units < _LEAST_JACKKNIFED:
        return find_limits(np.empty(0), value, np.empty(0), resampling, sample)
    drawn = np.concatenate(
        [sums.resample(times.astype(np.float64))[:, place] for times in draw_counts(n_units, resampling)]
    )
    left = sums.leave_out()[:, place]
    defined = ~np.isnan(left)
    influence = np.zeros(n_units)
    influence[defined] = left[defined].mean() - left[defined] if defined.any() else 0.0
    return find_limits(drawn, value, influence, resampling, sample)


def _with_bootstrap(
    measured: Measured, values: Floats, sums: Callable[[Floats], UnitSums], name: str, resampling: Resampling
) -> Measured:
    """The bootstrap interval beside the analytic one, or in its place where there is none."""
    if not isinstance(measured, Estimate):
        return measured
    n_paired = int(np.count_nonzero((~np.isnan(values)).sum(axis=1) > 1))
    interval = _resample(sums(values), name, measured.value, n_paired, resampling)
    found = replace(measured, resampled=interval, confidence=resampling.confidence)
    if measured.low is not None:
        return found
    return replace(found, low=interval.low, high=interval.high, method=interval.method)


def _guarded(measure: Callable[[Floats, Resampling], Measured], *, whole_units: bool = False) -> Compute:
    """A measure of two comparable units or more; `whole_units`: only those with a value of every rater."""

    def compute(table: RatingsTable, resampling: Resampling) -> Measured:
        values = rated(table)
        n_paired = int(np.count_nonzero((~np.isnan(values)).sum(axis=1) > 1))
        reason = "no-values" if not values.size else "one-rater" if values.shape[1] < 2 else None
        reason = reason or {0: "no-pairs", 1: "one-unit"}.get(n_paired)
        if reason:
            return refuse(values, reason)
        kept = take_complete(values, "listwise") if whole_units else values
        return measure(kept, resampling) if kept.size else refuse(values, "no-complete-unit")

    return compute


def _icc(form: Form) -> Compute:
    def measure(values: Floats, resampling: Resampling) -> Measured:
        if form in {Form.ONE, Form.ONE_AVERAGE} and np.isnan(values).any():
            ebel = _bare(icc_missing(values, form, confidence=resampling.confidence))
            return _with_bootstrap(ebel, values, sum_one_way, form.value, resampling)
        found = _bare(icc(values, form, confidence=resampling.confidence))
        return _with_bootstrap(found, values, sum_iccs, form.value, resampling)

    return _guarded(measure)


def _lin(kept: Floats, resampling: Resampling) -> Measured:
    found = _bare(lin_ccc(kept, confidence=resampling.confidence))
    return _with_bootstrap(found, kept, sum_pair, "lin_ccc", resampling)


def _overall(kept: Floats, resampling: Resampling) -> Measured:
    return _with_bootstrap(_bare(overall_ccc(kept)), kept, sum_overall_ccc, "overall_ccc", resampling)


def _kendall_w(values: Floats, resampling: Resampling) -> Measured:  # noqa: ARG001 - it has no interval
    return _bare(kendall_w(values))


def _tau_b(values: Floats, resampling: Resampling) -> Measured:
    return _bare(kendall_tau_b(values, confidence=resampling.confidence))


def _rho(values: Floats, resampling: Resampling) -> Measured:
    return _bare(spearman_rho(values, interval="bonett_wright", confidence=resampling.confidence))


def _mean_rho(kept: Floats, resampling: Resampling) -> Measured:  # noqa: ARG001 - it has no interval
    return mean_spearman(kept)


_ONE_WAY = "every value counts; with holes by Ebel 1951"
_TWO_WAY = "takes no table with holes: what is known for such tables is not 1 where raters agree completely"
_WHOLE_UNITS = "only units with a value of every rater count"
_ICC_SOURCE = "Shrout & Fleiss 1979, Psychol. Bull. 86:420; McGraw & Wong 1996, Psychol. Methods 1:30"
_FORMS: tuple[tuple[str, str, Form], ...] = (
    ("icc_1", "ICC(1), one rater, each unit other raters", Form.ONE),
    ("icc_k", "ICC(k), mean of the raters, each unit other raters", Form.ONE_AVERAGE),
    ("icc_a_1", "ICC(A,1), agreement of one rater", Form.AGREEMENT),
    ("icc_a_k", "ICC(A,k), agreement of the raters' mean", Form.AGREEMENT_AVERAGE),
    ("icc_c_1", "ICC(C,1), consistency of one rater", Form.CONSISTENCY),
    ("icc_c_k", "ICC(C,k), consistency of the raters' mean", Form.CONSISTENCY_AVERAGE),
)

ENTRIES: tuple[Measure, ...] = (
    *(
        Measure(
            id=key,
            name=name,
            levels=_NUMBERS,
            missing=_ONE_WAY if form in {Form.ONE, Form.ONE_AVERAGE} else _TWO_WAY,
            source=_ICC_SOURCE,
            compute=_icc(form),
            chance_corrected=True,
            complete=form not in {Form.ONE, Form.ONE_AVERAGE},
        )
        for key, name, form in _FORMS
    ),
    Measure(
        id="lin_ccc",
        name="Lin's concordance correlation",
        levels=_NUMBERS,
        missing=_WHOLE_UNITS,
        source="Lin 1989, Biometrics 45:255, corrected 2000, Biometrics 56:324",
        compute=_guarded(_lin, whole_units=True),
        chance_corrected=True,
        max_raters=2,
    ),
    Measure(
        id="overall_ccc",
        name="Overall concordance correlation",
        levels=_NUMBERS,
        missing=_WHOLE_UNITS,
        source="Barnhart, Haber & Song 2002, Biometrics 58:1020",
        compute=_guarded(_overall, whole_units=True),
        chance_corrected=True,
        min_raters=3,
    ),
    Measure(
        id="kendall_w",
        name="Kendall's W",
        levels=ORDERED,
        missing="takes no table with holes: what is known for such tables can be below 0",
        source="Kendall & Babington Smith 1939, Ann. Math. Stat. 10:275, corrected for ties",
        compute=_guarded(_kendall_w),
        chance_corrected=False,
        min_raters=3,
        complete=True,
    ),
    Measure(
        id="kendall_tau_b",
        name="Kendall's tau-b",
        levels=ORDERED,
        missing=_WHOLE_UNITS,
        source="Kendall 1945, Biometrika 33:239; interval: Brown & Benedetti 1977, J. Am. Stat. Assoc. 72:309",
        compute=_guarded(_tau_b, whole_units=True),
        chance_corrected=True,
        max_raters=2,
    ),
    Measure(
        id="spearman_rho",
        name="Spearman's rho",
        levels=ORDERED,
        missing=_WHOLE_UNITS,
        source="Spearman 1904, Am. J. Psychol. 15:72; interval: Bonett & Wright 2000, Psychometrika 65:23",
        compute=_guarded(_rho, whole_units=True),
        chance_corrected=True,
        max_raters=2,
    ),
    Measure(
        id="mean_spearman",
        name="Mean Spearman's rho of all pairs",
        levels=ORDERED,
        missing=_WHOLE_UNITS,
        source="mean over pairs of raters on the scale of Fisher's z",
        compute=_guarded(_mean_rho, whole_units=True),
        chance_corrected=True,
        min_raters=3,
    ),
)
