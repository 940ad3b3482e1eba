"""What is read from the answers of calibration sessions beside the coefficients: who, where, and what to fix first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from db.records import PersonId, Review, ScorecardVersion, TicketId
from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import CriticalLine, HeatCell, Readings, ReviewerStanding
from qa_app.stats.causes.distances import Distances, measure_distances, measure_lean
from qa_app.stats.causes.naming import LEAST_UNITS, name_causes
from qa_app.stats.chance.bootstrap import Wanted
from qa_app.stats.chance.measuring import count_by_level, measure_wanted
from qa_app.stats.margins.rest import compare_with_rest
from qa_app.stats.marks import compare_marks, share_marked
from qa_app.stats.mean import mean_rows
from qa_app.stats.peers import count_equal
from qa_app.stats.proportion import in_percent
from qa_app.stats.ratings import Level, RatingsTable, place_table
from qa_app.stats.reasons import undefined
from qa_app.stats.reporting.dependability import compare_severity
from qa_app.stats.resampling import Floats, Resampling
from qa_app.stats.severity.calibration import RaterSeverity
from qa_app.workflows.ratings_severity import name_flags
from qa_app.workflows.session_fixes import tell_fixes, tell_note
from qa_app.workflows.session_tables import REFERENCE, Graded, order_scale
from qa_app.workflows.session_window import AT_RANDOM, SessionAnswers, pool

_PERCENT = (0.0, 100.0)
_CONFIDENCE = 0.95
_NOTHING = {"n_units": 0, "n_raters": 0, "n_values": 0}
_NO_REFERENCE = undefined("no-reference", **_NOTHING)


@dataclass(frozen=True, slots=True)
class Names:
    """What people and tickets are called."""

    people: Mapping[PersonId, str]
    tickets: Mapping[TicketId, str]


def read_sessions(
    sessions: Sequence[SessionAnswers],
    version: ScorecardVersion,
    names: Names,
    *,
    seed: int,
    n_resamples: int,
    graded: Graded | None = None,
) -> Readings:
    """Everything that is read from the answers of one session, or of several that are read together.

    `graded` are these answers, where the caller has laid them out already.
    """
    graded = graded or pool(sessions, version)
    reviews = [review for one in sessions for review in one.counted]
    resampling = Resampling(seed=seed, n_resamples=n_resamples)
    distances = measure_distances(graded.ordered) if graded.ordered else None
    causes = None if distances is None else name_causes(distances)
    labels = {criterion.id: criterion.label for criterion in graded.criteria}
    agreed = sum(item.kind == "agreed" for one in sessions for item in one.references)
    return Readings(
        sessions=tuple(one.session.name for one in sessions),
        n_tickets=len(graded.units),
        n_random=sum(item.selection in AT_RANDOM for one in sessions for item in one.session.tickets),
        disagreement=_measure_disagreement(distances, len(graded.raters)),
        fixes=tell_fixes(causes, labels, names.people, names.tickets),
        fixes_note=tell_note(causes),
        flips=NO_VERDICT if version.scorecard.pass_mark is None else _measure_flips(graded, reviews, resampling),
        reviewers=_list_reviewers(graded, distances, names),
        heat=_list_heat(graded),
        critical=tuple(_list_critical(graded)),
        n_agreed=agreed,
        n_expert=len(graded.references) - agreed,
    )


NO_VERDICT = Undefined(
    "no-pass-mark", "The scorecard has no pass mark, so there is no verdict that could differ.", n_units=0, n_raters=0
)


def _measure_disagreement(distances: Distances | None, n_raters: int) -> Measured:
    """Mean distance of two answers on a ticket, in percent of guessing, over the criteria that two reviewers graded."""
    if distances is None:
        return undefined("no-values", n_units=0, n_raters=n_raters, n_values=0)
    (found,) = mean_rows([100 * distances.by_unit(range(n_raters))], n_raters=n_raters, bounds=(0.0, math.inf))
    return found


def _measure_flips(graded: Graded, reviews: Sequence[Review], resampling: Resampling) -> Measured:
    """Percent of pairs of reviewers with different verdicts: what is left of their percent agreement."""
    units = {unit: place for place, unit in enumerate(graded.units)}
    raters = {rater: place for place, rater in enumerate(graded.raters)}
    cells = [
        (units[review.session_id, review.ticket_id], raters[review.reviewer_id], float(review.score.passed))
        for review in reviews
        if review.session_id is not None and review.score is not None and review.score.passed is not None
    ]
    names = tuple(map(str, range(len(units))))
    table = place_table(cells, level=Level.NOMINAL, categories=(0.0, 1.0), unit_ids=names, rater_ids=graded.raters)
    (same,) = measure_wanted(count_by_level(table), [Wanted("percent_agreement")], resampling)
    return _complement(in_percent(same))


def _complement(measured: Measured) -> Measured:
    """100 less a percentage."""
    if not isinstance(measured, Estimate):
        return measured
    low = None if measured.high is None else 100 - measured.high
    high = None if measured.low is None else 100 - measured.low
    return replace(measured, value=100 - measured.value, low=low, high=high, observed=None)


def _list_reviewers(graded: Graded, distances: Distances | None, names: Names) -> tuple[ReviewerStanding, ...]:
    if distances is None:
        return ()
    raters, marked = range(len(graded.raters)), any(_has_reference(table) for table in graded.critical.values())
    equal = count_equal(list(graded.add_reference(graded.tables).values()))
    found = zip(
        graded.raters,
        _list_severities(graded),
        _require_two(mean_rows(100 * equal.among(raters), n_raters=len(raters), bounds=_PERCENT)),
        _require_two(mean_rows(100 * distances.lean(raters), n_raters=len(raters))),
        _require_two(mean_rows(100 * equal.against(raters, len(raters)), n_raters=2, bounds=_PERCENT)),
        _require_two(mean_rows(_lean_from_reference(graded), n_raters=2)),
        compare_marks(graded.critical.values(), (*graded.raters, REFERENCE)),
        strict=True,
    )
    standings = [
        ReviewerStanding(
            reviewer_id=rater,
            name=names.people[rater],
            severity=severity.severity,
            infit=severity.infit,
            remarks=name_flags(severity.flags),
            peers=peers,
            below_peers=lean,
            reference=reference if graded.references else _NO_REFERENCE,
            below_reference=below_reference if graded.references else _NO_REFERENCE,
            hits=in_percent(critical.hit_rate) if marked else _NO_REFERENCE,
            false_alarms=in_percent(critical.false_alarm_rate) if marked else _NO_REFERENCE,
        )
        for rater, severity, peers, lean, reference, below_reference, critical in found
    ]
    return tuple(sorted(standings, key=_severest_first))


def _require_two(found: Sequence[Measured]) -> list[Measured]:
    """No number from a single ticket."""
    return [
        undefined("one-unit", n_units=1, n_raters=one.n_raters, n_values=one.n_values)
        if isinstance(one, Estimate) and one.n_units == 1
        else one
        for one in found
    ]


def _severest_first(one: ReviewerStanding) -> tuple[bool, float, str]:
    if isinstance(one.severity, Estimate):
        return False, -one.severity.value, one.name
    return True, 0.0, one.name


def _list_severities(graded: Graded) -> list[RaterSeverity]:
    """The many-facet Rasch model over all ordered criteria; below `LEAST_UNITS` tickets it is not asked."""
    n_units, n_raters = len(graded.units), len(graded.raters)
    if n_units < LEAST_UNITS:
        few = undefined("too-few-units", n_units=n_units, n_raters=n_raters, n_values=0)
        return [_without_severity(rater, few) for rater in graded.raters]
    report = compare_severity(graded.ordered, _CONFIDENCE)
    if isinstance(report, Undefined):
        return [_without_severity(rater, report) for rater in graded.raters]
    by_rater = {one.rater: one for one in report.raters}
    none = undefined("not-rated", n_units=n_units, n_raters=n_raters, n_values=0)
    return [by_rater.get(rater) or _without_severity(rater, none) for rater in graded.raters]


def _without_severity(rater: PersonId, reason: Undefined) -> RaterSeverity:
    return RaterSeverity(rater, reason, 0, None, None, None, None, None, None, ())


def _lean_from_reference(graded: Graded) -> Floats:
    """Points of 100 by which each reviewer's grades are below the reference; shape (reviewers, units)."""
    tables = graded.add_reference(graded.ordered, order_scale)
    return 100 * measure_lean(tables.values(), reference=len(graded.raters))[:-1]


def _list_heat(graded: Graded) -> tuple[HeatCell, ...]:
    return tuple(
        HeatCell(criterion_id, PersonId(found.rater), in_percent(found.agreement))
        for criterion_id, table in graded.tables.items()
        for found in compare_with_rest(table)
    )


def _list_critical(graded: Graded) -> list[CriticalLine]:
    """Of each critical criterion the share of reviewers who marked an error, where there is one and where not."""
    by_id = {criterion.id: criterion for criterion in graded.criteria}
    lines = []
    for criterion_id, table in graded.critical.items():
        n_errors, hits, alarms = share_marked(table)
        there = _has_reference(table)

        def without(reason: str, *, there: bool = there) -> Undefined:
            return undefined(reason, **_NOTHING) if there else _NO_REFERENCE

        criterion = by_id[criterion_id]
        lines.append(
            CriticalLine(
                criterion_id,
                criterion.label,
                str(criterion.critical),
                n_errors if there else None,
                hits if isinstance(hits, Estimate) else without("none-critical"),
                alarms if isinstance(alarms, Estimate) else without("all-critical"),
            )
        )
    return lines


def _has_reference(table: RatingsTable) -> bool:
    """Whether the last rater, the reference, gave any value."""
    return bool((table.codes[:, -1] < table.scale.size).any())
