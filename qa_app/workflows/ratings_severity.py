"""The sections of a report of ratings that are about severity and about how many raters an item needs."""

from collections.abc import Iterable, Iterator, Mapping

from qa_app.estimate import Undefined
from qa_app.reports import Field, FieldValue, Kind, Section
from qa_app.stats.components.decisions import DStudy
from qa_app.stats.reporting.result import AgreementReport, Dependability
from qa_app.stats.severity.calibration import RaterFlag, SeverityReport

Row = tuple[FieldValue, ...]
SEVERITY_INTERVALS = (
    "The intervals come from the spread over items, because one rater's ratings of an item on several criteria hang "
    "together. With fewer than some eight items they are rough, and one item gives none."
)
STRICT = "(strict +)"
"""Stands in the head of every column of severity: the direction is the same everywhere."""
SEVERAL_AT_ONCE = (
    "Of twenty intervals one misses by chance alone, so the ends of a long list look further out than they are."
)


def tell_severity(report: AgreementReport) -> Section:
    """Each rater over all criteria, the most severe first."""
    note = (
        "Severity over all criteria together, by a many-facet Rasch model, in logits: positive means lower grades for "
        "the same work, 0 is the mean of the raters. Fair average: the grade that this rater would give to the average "
        "item, where the plain average also depends on which items the rater got. Infit: 1 is as predictable as the "
        "model expects, above 1.5 is erratic, below 0.5 is unusually uniform. "
        f"{SEVERITY_INTERVALS} {SEVERAL_AT_ONCE}"
    )
    fields = (
        Field("rater", "Rater"),
        Field("severity", f"Severity, logits {STRICT}", Kind.MEASURED),
        Field("average", "Average", Kind.NUMBER),
        Field("fair_average", "Fair average", Kind.NUMBER),
        Field("infit", "Infit", Kind.NUMBER),
        Field("n_values", "Ratings", Kind.COUNT),
        Field("remarks", "Remarks"),
    )
    rows = tuple(_list_severities(report.severity))
    return Section("severity", "Severity", note, fields, rows)


_ALL = "all criteria"
_FLAGS = {
    "noisy": "less predictable than the model expects",
    "smooth": "more predictable than the model expects: perhaps one favourite step, or a halo",
    "few-ratings": "few ratings",
    "disordered": "steps out of order",
}


def name_flags(flags: Iterable[RaterFlag]) -> tuple[str, ...]:
    """What the model says of a rater, in words."""
    return tuple(_FLAGS[flag] for flag in flags)


def _list_severities(severity: SeverityReport | Undefined) -> Iterator[Row]:
    if isinstance(severity, Undefined):
        yield None, severity, None, None, None, None, None
        return
    for one in severity.raters:
        remarks = "; ".join(name_flags(one.flags)) or None
        yield one.rater, one.severity, one.average, one.fair_average, one.infit, one.n_ratings, remarks


def tell_panels(report: AgreementReport) -> Section:
    """What the mean grade of several raters is worth."""
    rows: list[Row] = []
    for one in report.criteria:
        found = one.dependability
        if found is None:
            continue
        if isinstance(found.components, Undefined):
            rows.append((one.criterion, None, found.components, None, None, None, None))
            continue
        words = _write_shares(found.components.values), _name_zeros(found)
        heads: list[tuple[str | None, str | None]] = [words, *[(None, None)] * len(found.studies)]
        rows += [
            (
                one.criterion,
                panel_size(study),
                study.dependability,
                study.generalizability,
                study.sem_absolute.value,
                *head,
            )
            for study, head in zip(found.studies, heads, strict=False)
        ]
    fields = (
        Field("criterion", "Criterion"),
        Field("n_raters", "Raters an item", Kind.COUNT),
        Field("dependability", "Dependability", Kind.MEASURED),
        Field("generalizability", "Order only", Kind.MEASURED),
        Field("sem", "Error of a grade", Kind.NUMBER),
        Field("shares", "Where the differences come from"),
        Field("remarks", "Remarks"),
    )
    note = (
        "What the mean grade of several raters is worth: the share of its variance that comes from the items. From .80 "
        "on, by convention, a single item's mean is relied on. “Order only” forgives raters who are merely severe or "
        "lenient, and holds only where the same raters rate all items. The error is in the unit of the values."
    )
    none = "These values have no variance that could be shared out."
    return Section("dependability", "How many raters an item needs", note, fields, tuple(rows), none)


def panel_size(study: DStudy) -> int | None:
    """Raters an item in a D study of a report."""
    return int(study.n["rater"]) if isinstance(study.n, Mapping) else None


_SOURCES = {"unit": "items", "rater": "severity of raters", "residual": "everything else"}


def _name_zeros(found: Dependability) -> str | None:
    """What D studies say of components at zero (`DStudy.note`), in the words of this report."""
    at_zero = () if isinstance(found.components, Undefined) else found.components.at_zero
    if not at_zero:
        return None
    names = " and ".join(_SOURCES[name] for name in at_zero)
    if "unit" in at_zero:
        return f"{names}: estimated at 0, so these grades cannot be told from chance, with any number of raters"
    return f"{names}: estimated at 0 and taken as known to be 0, so these intervals are too narrow"


def _write_shares(values: Mapping[str, float]) -> str | None:
    total = sum(values.values())
    if not total > 0:
        return None
    return ", ".join(f"{_SOURCES[name]} {value / total:.0%}" for name, value in values.items())


def tell_steps(report: AgreementReport, words: Mapping[float, str]) -> Section:
    """How the steps of the scale are used; `words`: what they mean, where the file has words."""
    rows: Iterable[Row] = ()
    if isinstance(report.severity, SeverityReport):
        rows = (
            (
                use.element or _ALL,
                use.value,
                words.get(use.value),
                use.n_choices,
                use.threshold.measure if use.threshold else None,
                "; ".join(_STEP_FLAGS[flag] for flag in use.flags) or None,
            )
            for use in report.severity.categories
        )
    fields = (
        Field("criterion", "Criterion"),
        Field("step", "Step", Kind.VALUE),
        Field("meaning", "Meaning"),
        Field("n_choices", "Choices", Kind.COUNT),
        Field("threshold", "Threshold, logits", Kind.NUMBER),
        Field("remarks", "Remarks"),
    )
    note = "How the steps of the scale are used. A threshold is where a step becomes as likely as the one below it."
    return Section("steps", "Steps of the scale", note, fields, tuple(rows), "No criterion has ordered steps.")


_STEP_FLAGS = {
    "disordered": "threshold out of order: the step below is nowhere the most likely one",
    "few-choices": "fewer than ten choices, so the threshold is unsteady",
    "never-chosen": "never chosen",
}
