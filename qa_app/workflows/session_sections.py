"""The results of a calibration as plain tables: the same figures for a terminal, a program and a workbook."""

from collections.abc import Sequence

from db.records import PersonId
from qa_app.reports import CalibrationReport, CriterionAgreement, Field, FieldValue, Kind, Readings, Section
from qa_app.workflows.ratings_severity import SEVERITY_INTERVALS, STRICT
from qa_app.workflows.session_plain import tell_plain

Row = tuple[FieldValue, ...]
_CRITERION = Field("criterion", "Criterion")
_REVIEWER = Field("reviewer", "Reviewer")


def list_sections(report: CalibrationReport) -> tuple[Section, ...]:
    """All tables: of this session, then of the sessions that it is pooled with."""
    sections = [
        tell_plain(report),
        tell_agreement(report.agreement, "agreement", "Agreement by criterion", AGREEMENT_NOTE),
    ]
    sections += _tell_readings(report, report.readings, "", "")
    if report.pooled is not None:
        several = f", {len(report.pooled.sessions)} sessions"
        note = (
            "Only the pooled tickets that were drawn at random or by strata: the nearest to everyday work. Each counts "
            "once, whatever share of the work its stratum has, and reviewers knew that it was a calibration."
        )
        sections.append(tell_agreement(report.everyday, "everyday", f"Everyday agreement{several}", note))
        sections += _tell_readings(report, report.pooled, "pooled_", several)
    return tuple(sections)


AGREEMENT_NOTE = (
    "Alpha and kappa are corrected for chance: 1 is complete agreement, 0 is chance. The brackets are 95% intervals: "
    "where the number may lie over all tickets of the kind of these, graded by the same reviewers. Whether a criterion "
    "applies is a question of its own. A unit is a ticket, a rater a reviewer."
)


def tell_agreement(lines: Sequence[CriterionAgreement], key: str, title: str, note: str) -> Section:
    """A row a criterion: coefficients, percentages and counts."""
    fields = (
        _CRITERION,
        Field("level", "Level"),
        Field("alpha", "Alpha", Kind.MEASURED),
        Field("kappa", "Kappa", Kind.MEASURED),
        Field("same", "Same answer, %", Kind.MEASURED),
        Field("within_one", "Within one level, %", Kind.MEASURED),
        Field("applies_alpha", "Applies: alpha", Kind.MEASURED),
        Field("applies_same", "Applies: same, %", Kind.MEASURED),
        Field("graded", "Graded", Kind.COUNT),
        Field("not_applicable", "Not applicable", Kind.COUNT),
        Field("missing", "Missing", Kind.COUNT),
    )
    rows = tuple(
        (
            line.label,
            line.level,
            line.alpha,
            line.kappa,
            line.percent,
            line.within_one,
            line.applicable_alpha,
            line.applicable_percent,
            line.chosen,
            line.not_applicable,
            line.missing,
        )
        for line in lines
    )
    return Section(key, title, note, fields, rows, "No criterion has ratings to compare.")


def _tell_readings(report: CalibrationReport, found: Readings, before: str, after: str) -> list[Section]:
    labels = {criterion.id: criterion.label for criterion in report.version.scorecard.criteria}
    names = {one.reviewer_id: one.name for one in found.reviewers}
    return [
        _tell_fixes(found, before, after),
        _tell_verdicts(found, before, after),
        _tell_reviewers(found, before, after),
        _tell_heat(found, names, labels, before, after),
        _tell_critical(found, before, after),
    ]


def _tell_fixes(found: Readings, before: str, after: str) -> Section:
    fields = (
        Field("target", "Problem of"),
        Field("name", "Which"),
        Field("problem", "What"),
        Field("numbers", "The numbers behind"),
        Field("step", "What to do"),
        Field("excess", "Larger distance, % of guessing", Kind.MEASURED),
        Field("gain", "Share of all disagreement, %", Kind.NUMBER),
    )
    rows: tuple[Row, ...] = tuple(
        (fix.target.value, fix.name, fix.problem, fix.numbers, fix.step, fix.excess, fix.gain) for fix in found.fixes
    )
    return Section(f"{before}fixes", f"What to fix first{after}", found.fixes_note, fields, rows, found.fixes_note)


def _tell_verdicts(found: Readings, before: str, after: str) -> Section:
    fields = (
        Field("different_verdicts", "Different verdicts, %", Kind.MEASURED),
        Field("apart", "Distance, % of guessing", Kind.MEASURED),
        Field("tickets", "Tickets", Kind.COUNT),
        Field("random", "Of these at random", Kind.COUNT),
    )
    note = (
        "Would another of these reviewers have changed the verdict? The share of pairs of reviewers of whom one passes "
        "the ticket and one does not. Apart: how far two answers lie apart, where 100 is what two people give who "
        "guess evenly over the scale."
    )
    rows = ((found.flips, found.disagreement, found.n_tickets, found.n_random),)
    return Section(f"{before}verdicts", f"Verdicts{after}", note, fields, rows)


def _tell_reviewers(found: Readings, before: str, after: str) -> Section:
    fields = (
        _REVIEWER,
        Field("severity", f"Severity, logits {STRICT}", Kind.MEASURED),
        Field("infit", "Infit", Kind.NUMBER),
        Field("peers", "Same as the others, %", Kind.MEASURED),
        Field("below_peers", f"Points below the others {STRICT}", Kind.MEASURED),
        Field("reference", "Same as the reference, %", Kind.MEASURED),
        Field("below_reference", f"Points below the reference {STRICT}", Kind.MEASURED),
        Field("hits", "Critical found, %", Kind.MEASURED),
        Field("false_alarms", "False alarms, %", Kind.MEASURED),
        Field("remarks", "Remarks"),
    )
    rows = tuple(
        (
            one.name,
            one.severity,
            one.infit,
            one.peers,
            one.below_peers,
            one.reference,
            one.below_reference,
            one.hits,
            one.false_alarms,
            "; ".join(one.remarks) or None,
        )
        for one in found.reviewers
    )
    note = f"{SEVERITY_NOTE} {REVIEWERS_NOTE}"
    return Section(f"{before}reviewers", f"Reviewers{after}", note, fields, rows, "Nobody graded.")


SEVERITY_NOTE = (
    "Severity: positive means strict, that is lower grades for the same work, 0 is the mean of the reviewers, who may "
    f"all be too strict or too lenient. {SEVERITY_INTERVALS}"
)
REVIEWERS_NOTE = (
    "Against the others is consistency, against the reference is accuracy: a team can share an error. Points are of "
    "the scale stretched to 0 to 100, mean over criteria; positive is strict, negative lenient. One who is far off "
    "moves all the others the other way."
)


def _tell_heat(found: Readings, names: dict[PersonId, str], labels: dict[str, str], before: str, after: str) -> Section:
    rows = tuple((labels[cell.criterion_id], names[cell.reviewer_id], cell.same) for cell in found.heat)
    fields = (_CRITERION, _REVIEWER, Field("same", "Same as the others, %", Kind.MEASURED))
    return Section(f"{before}heat", f"Heat map{after}", HEAT_NOTE, fields, rows, "Nobody graded.")


HEAT_NOTE = (
    "On each criterion the share of the others who gave the same answer, mean over tickets. Of so many cells some are "
    "low by chance: read whole rows and columns."
)


def _tell_critical(found: Readings, before: str, after: str) -> Section:
    fields = (
        _CRITERION,
        Field("family", "Hurts"),
        Field("errors", "Tickets with an error", Kind.COUNT),
        Field("hits", "Found, %", Kind.MEASURED),
        Field("false_alarms", "False alarms, %", Kind.MEASURED),
    )
    rows = tuple((line.label, line.family, line.errors, line.hits, line.false_alarms) for line in found.critical)
    note = (
        "Errors are those of the reference. Rare errors are judged by themselves: reviewers can agree on nearly every "
        "answer and still miss all of them."
    )
    none = "No criterion of this scorecard is critical."
    return Section(f"{before}critical", f"Critical criteria{after}", note, fields, rows, none)
