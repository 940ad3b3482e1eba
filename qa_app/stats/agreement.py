"""All that a page shows about agreement on the criteria of a session, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_app.estimate import Measured
from qa_app.stats.chance.alpha import METRICS
from qa_app.stats.chance.bootstrap import Asked, Wanted
from qa_app.stats.chance.measuring import count_by_level, measure_each, weights_of
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


_PERCENT = Wanted("percent_agreement")
_WITHIN_ONE = Wanted("percent_agreement", "within_one")
_ABOUT_APPLYING = (_PERCENT, Wanted("krippendorff_alpha"))


def measure_criterion(table: RatingsTable, *, seed: int, n_resamples: int = 2000) -> Agreement:
    """Everything about one criterion; percentages in percent, coefficients as they are."""
    (found,) = measure_criteria([table], seed=seed, n_resamples=n_resamples)
    return found


def measure_criteria(tables: Sequence[RatingsTable], *, seed: int, n_resamples: int = 2000) -> tuple[Agreement, ...]:
    """The same for all criteria of a session, whose resamples are drawn once."""
    resampling = Resampling(seed=seed, n_resamples=n_resamples)
    asked = [
        part
        for table in tables
        for part in (
            Asked(count_by_level(table), _choose(table)),
            Asked(count_by_level(table.applicability()), list(_ABOUT_APPLYING)),
        )
    ]
    measured = iter(measure_each(asked, resampling))
    return tuple(_assemble(table, next(measured), next(measured)) for table in tables)


def _choose(table: RatingsTable) -> list[Wanted]:
    stepped = table.level is not Level.NOMINAL and len(table.categories) >= 3
    return [
        _PERCENT,
        Wanted("conger_kappa", weights_of(table.level)),
        Wanted("krippendorff_alpha", METRICS[table.level]),
        *([_WITHIN_ONE] if stepped else []),
    ]


def _assemble(table: RatingsTable, graded: tuple[Measured, ...], applied: tuple[Measured, ...]) -> Agreement:
    percent, kappa, alpha, *within_one = graded
    applicable_percent, applicable_alpha = applied
    return Agreement(
        percent=in_percent(percent),
        within_one=in_percent(within_one[0]) if within_one else None,
        kappa=kappa,
        alpha=alpha,
        applicable_percent=in_percent(applicable_percent),
        applicable_alpha=applicable_alpha,
        chosen=table.n_chosen,
        not_applicable=table.n_not_applicable,
        missing=table.n_missing,
    )
