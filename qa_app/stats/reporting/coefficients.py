"""All coefficients of one criterion, those that are resampled from one draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scipy.special import ndtri

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.advice import recommend
from qa_app.stats.benchmarking import Benchmark, benchmark_cumulative
from qa_app.stats.chance.bootstrap import Asked, Wanted
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.entries import Resampled
from qa_app.stats.chance.measuring import count_by_level, measure_both_ways
from qa_app.stats.chance.two_raters import rated_by_both
from qa_app.stats.measure import Measure
from qa_app.stats.ratings import RatingsTable
from qa_app.stats.registry import find, offer
from qa_app.stats.reporting.result import Applicability, Coefficient, IntervalKind, Reading
from qa_app.stats.resampling import Resampling

WIDEST_PAIRS = 1000
"""Raters times values from which pairs of raters are not set out: their tables would have a million cells."""
_OF_PAIRS = frozenset({"light_kappa", "mean_pairwise_agreement", "mean_spearman", "kendall_w"})


def too_wide(table: RatingsTable) -> bool:
    """Whether there are too many pairs of raters and values to set out."""
    return len(table.rater_ids) * table.scale.size > WIDEST_PAIRS


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """The coefficients of one table, and the names of those that would take too long."""

    coefficients: tuple[Coefficient, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Resampled measures of one table over the same units, by identifier."""

    asked: Asked
    choices: Mapping[str, Wanted]


def measure_all(
    tables: Sequence[tuple[RatingsTable, Counts]], resampling: Resampling, shown: IntervalKind = "bootstrap"
) -> tuple[Measurement, ...]:
    """Every measure that the registry offers for each table, in its order; as many units share their draws."""
    offered = [_choose(table) for table, _ in tables]
    batches = [_batch(table, counts, kept) for (table, counts), (kept, _) in zip(tables, offered, strict=True)]
    flat = [batch for several in batches for batch in several]
    measured = iter(measure_both_ways([batch.asked for batch in flat], resampling))
    found = []
    for (table, _), (kept, left_out), several in zip(tables, offered, batches, strict=True):
        values: dict[str, Measured] = {}
        for batch in several:
            by_choice = dict(zip(batch.asked.wanted, next(measured), strict=True))
            values |= {key: by_choice[choice] for key, choice in batch.choices.items()}
        lines = (
            Coefficient(
                one.id,
                one.name,
                one.chance_corrected,
                _choose_interval(values[one.id] if one.id in values else one.compute(table, resampling), shown),
            )
            for one in kept
        )
        found.append(Measurement(tuple(lines), left_out))
    return tuple(found)


def _choose_interval(measured: Measured, shown: IntervalKind) -> Measured:
    if shown == "bootstrap" or not isinstance(measured, Estimate) or measured.low is None:
        return measured
    return replace(measured, resampled=None)


def _choose(table: RatingsTable) -> tuple[list[Measure], tuple[str, ...]]:
    offered, wide = offer(table), too_wide(table)
    kept = [measure for measure in offered if not (wide and measure.id in _OF_PAIRS)]
    return kept, tuple(measure.name for measure in offered if measure not in kept)


def _batch(table: RatingsTable, counts: Counts, measures: Sequence[Measure]) -> list[_Batch]:
    """The resampled measures: over all units, and over those that two raters both rated where these are fewer."""
    complete = bool((table.codes < table.scale.size).all())
    chosen: dict[bool, dict[str, Wanted]] = {False: {}, True: {}}
    for measure in measures:
        if isinstance(measure.compute, Resampled):
            chosen[measure.compute.both and not complete][measure.id] = measure.compute.wanted(table.level)
    return [
        _Batch(Asked(rated_by_both(counts) if both else counts, list(dict.fromkeys(choices.values()))), choices)
        for both, choices in chosen.items()
        if choices
    ]


def read_first(table: RatingsTable, coefficients: Sequence[Coefficient]) -> tuple[Reading, ...]:
    """The recommended measures with their values and where these stand."""
    measured = {line.measure_id: line.measured for line in coefficients}
    return tuple(
        Reading(advice, measured[advice.measure_id], _judge(measured[advice.measure_id], advice.measure_id))
        for advice in recommend(table)
    )


def _judge(measured: Measured, measure_id: str) -> Benchmark | Undefined | None:
    """Gwet's benchmarking; where there is no standard error it is taken from the width of the interval."""
    if not find(measure_id).chance_corrected or not isinstance(measured, Estimate) or not -1 <= measured.value <= 1:
        return None
    interval = measured.shown
    se = measured.se
    if se is None and interval.low is not None and interval.high is not None:
        se = (interval.high - interval.low) / (2 * float(ndtri((1 + measured.confidence) / 2)))
    return benchmark_cumulative(measured.value, se or 0.0, scale="landis_koch")


def measure_applicability(table: RatingsTable, resampling: Resampling) -> Applicability | None:
    """Whether raters agreed that the criterion applied; None where nobody said that it did not."""
    if not table.n_not_applicable:
        return None
    choices = [Wanted("percent_agreement"), Wanted("krippendorff_alpha")]
    (both,) = measure_both_ways([Asked(count_by_level(table.applicability()), choices)], resampling)
    return Applicability(*both)
