"""All that a page shows about agreement on one criterion, in one call."""

from dataclasses import dataclass

from qa_app.estimate import Measured
from qa_app.stats.alpha import krippendorff_alpha
from qa_app.stats.kappa import conger_kappa
from qa_app.stats.percent import percent_agreement, within_one
from qa_app.stats.proportion import in_percent
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Resampling


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agreed. Whether it applied and how it was graded are two questions, each with its numbers."""

    percent: Measured
    """Percent of pairs of raters with the same value, where both gave one."""
    within_one: Measured | None
    """Percent of pairs at most one step apart; None where the scale has no three ordered steps."""
    kappa: Measured
    """Conger's kappa: unweighted for nominal data, quadratic weights otherwise."""
    alpha: Measured
    applicable_percent: Measured
    """Percent of pairs that agree on whether it applied."""
    applicable_alpha: Measured
    chosen: int
    not_applicable: int
    missing: int


def measure_criterion(table: RatingsTable, *, seed: int, n_resamples: int = 2000) -> Agreement:
    """Everything about one criterion; percentages in percent, coefficients as they are."""
    resampling = Resampling(seed=seed, n_resamples=n_resamples)
    applicability = table.applicability()
    stepped = table.level is not Level.NOMINAL and len(table.categories) >= 3
    return Agreement(
        percent=in_percent(percent_agreement(table, resampling)),
        within_one=in_percent(within_one(table, resampling)) if stepped else None,
        kappa=conger_kappa(table, resampling),
        alpha=krippendorff_alpha(table, resampling),
        applicable_percent=in_percent(percent_agreement(applicability, resampling)),
        applicable_alpha=krippendorff_alpha(applicability, resampling),
        chosen=table.n_chosen,
        not_applicable=table.n_not_applicable,
        missing=table.n_missing,
    )
