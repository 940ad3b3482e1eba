"""Everything that the engine can say about some criteria, in one call."""

from collections.abc import Mapping
from dataclasses import replace

from qa_app.stats.advice import warn
from qa_app.stats.chance.measuring import count_by_level
from qa_app.stats.margins.rest import compare_with_rest
from qa_app.stats.ratings import RatingsTable
from qa_app.stats.reporting.between import (
    adjust_panels,
    compare_each_with_reference,
    compare_margins,
    limit_two,
    set_out_pairs,
    take_raters,
)
from qa_app.stats.reporting.coefficients import Measurement, measure_all, measure_applicability, read_first
from qa_app.stats.reporting.dependability import compare_severity, study_raters
from qa_app.stats.reporting.influence import find_influence
from qa_app.stats.reporting.result import AgreementReport, CriterionReport, IntervalKind
from qa_app.stats.resampling import Resampling


class _Criterion:
    """One criterion with and without the reference."""

    def __init__(self, name: str, table: RatingsTable, human: RatingsTable, critical: frozenset[float]) -> None:
        self.name, self.table, self.human, self.critical = name, table, human, critical
        self.counts = count_by_level(human)


def report_agreement(
    tables: Mapping[str, RatingsTable],
    *,
    seed: int,
    n_resamples: int = 2000,
    reference: str | None = None,
    critical: Mapping[str, frozenset[float]] | None = None,
    confidence: float = 0.95,
    interval: IntervalKind = "bootstrap",
) -> AgreementReport:
    """Report agreement on each criterion, and severity over all of them.

    Args:
        tables: a ratings table for each criterion.
        seed: of the bootstrap; the same seed gives the same report.
        n_resamples: of the bootstrap over units.
        reference: rater id of the agreed or expert answers. It counts as a rater nowhere but in the comparison of each
            rater with it; criteria on which it has no column are reported without.
        critical: by criterion the values that count as critical, for hits and false alarms against the reference;
            without any, those rates are undefined.
        confidence: of all intervals.
        interval: which one is shown of a coefficient that has two; "analytic" leaves the bootstrap's out.

    Raises:
        ValueError: no criterion, a reference that rated none of them, or a critical value outside of a declared scale.
    """
    if not tables:
        raise ValueError("a report needs at least one criterion")
    if reference is not None and not any(reference in table.rater_ids for table in tables.values()):
        raise ValueError(f"the reference {reference!r} is no rater of any table")
    resampling = Resampling(seed=seed, n_resamples=n_resamples, confidence=confidence)
    criteria = [
        _Criterion(name, table, _without(table, reference), (critical or {}).get(name, frozenset()))
        for name, table in tables.items()
    ]
    measured = measure_all([(one.human, one.counts) for one in criteria], resampling, interval)
    reports = [_report(one, found, reference, resampling) for one, found in zip(criteria, measured, strict=True)]
    margins = adjust_panels([report.margins for report in reports])
    return AgreementReport(
        tuple(replace(report, margins=one) for report, one in zip(reports, margins, strict=True)),
        compare_severity({one.name: one.human for one in criteria}, confidence),
        reference=reference,
        seed=seed,
        n_resamples=n_resamples,
        confidence=confidence,
    )


def _without(table: RatingsTable, reference: str | None) -> RatingsTable:
    if reference not in table.rater_ids:
        return table
    return take_raters(table, [place for place, rater in enumerate(table.rater_ids) if rater != reference])


def _report(one: _Criterion, found: Measurement, reference: str | None, resampling: Resampling) -> CriterionReport:
    human, counts, confidence = one.human, one.counts, resampling.confidence
    against = (
        ()
        if reference is None or human is one.table
        else compare_each_with_reference(one.table, reference=reference, critical=one.critical, confidence=confidence)
    )
    return CriterionReport(
        criterion=one.name,
        level=human.level,
        scale=human.categories,
        n_units=counts.n_units,
        n_raters=counts.n_raters,
        n_chosen=human.n_chosen,
        n_not_applicable=human.n_not_applicable,
        n_missing=human.n_missing,
        reading=read_first(human, found.coefficients),
        warnings=warn(human),
        coefficients=found.coefficients,
        left_out=found.left_out,
        applicability=measure_applicability(human, resampling),
        matrix=set_out_pairs(human, counts),
        rest=compare_with_rest(human, confidence=confidence),
        reference=against,
        margins=compare_margins(human, counts),
        influence=find_influence(human, counts),
        limits=limit_two(human, confidence),
        dependability=study_raters(human, confidence),
    )
