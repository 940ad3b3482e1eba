"""A report of agreement as sections of plain rows: what to read first, what to beware of, then the details."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import Field, FieldValue, Kind, Method, RatingsReport, Section
from qa_app.stats.benchmarking import Benchmark
from qa_app.stats.margins.reference import AgainstReference
from qa_app.stats.margins.result import MarginTest
from qa_app.stats.reporting.report import report_agreement
from qa_app.stats.reporting.result import AgreementReport, CriterionReport, IntervalKind, Reading, WithoutOne
from qa_app.stats.resampling import COVERAGE
from qa_app.workflows.ratings_file import RatingsFile
from qa_app.workflows.ratings_pairs import tell_pairs, tell_tests
from qa_app.workflows.ratings_plain import tell_plain
from qa_app.workflows.ratings_severity import SEVERAL_AT_ONCE, STRICT, tell_panels, tell_severity, tell_steps

Row = tuple[FieldValue, ...]
_CRITERION = Field("criterion", "Criterion")


def report_file(
    found: RatingsFile,
    name: str,
    *,
    reference: str | None,
    critical: frozenset[float],
    n_resamples: int,
    seed: int,
    interval: IntervalKind,
    made_at: datetime,
) -> RatingsReport:
    """The report of a file of this name that has been read."""
    known = {
        name: critical & frozenset(table.categories) if table.categories else critical
        for name, table in found.tables.items()
    }
    report = report_agreement(
        found.tables, reference=reference, critical=known, seed=seed, n_resamples=n_resamples, interval=interval
    )
    sections = [
        tell_plain(report),
        _tell_first(report),
        _tell_warnings(report),
        _tell_coefficients(report),
        _tell_applicability(report),
        _tell_raters(report),
        tell_severity(report),
        *([_tell_reference(report, rates=bool(critical))] if reference else []),
        tell_tests(report),
        tell_pairs(report),
        _tell_units(report),
        tell_panels(report),
        tell_steps(report, found.words),
    ]
    return RatingsReport(f"Agreement in {name}", made_at, tuple(sections), _tell_methods(report, found.words))


def _tell_first(report: AgreementReport) -> Section:
    rows = [
        (one.criterion, reading.advice.name, reading.measured, _write_standing(reading), reading.advice.reason)
        for one in report.criteria
        for reading in one.reading
    ]
    note = (
        "1 is complete agreement and 0 is what chance gives, except for percent agreement and agreement within one "
        "step, which are shares. The brackets hold the 95% interval: where the number may lie over all items of the "
        "kind of these, rated by the same raters. It is no test of two criteria against each other. A unit is an item."
    )
    fields = (
        _CRITERION,
        Field("measure", "Measure"),
        Field("measured", "Value", Kind.MEASURED),
        Field("standing", "It stands for"),
        Field("reason", "Why this one"),
    )
    return Section("read_first", "Read first", note, fields, tuple(rows), "Nothing can be compared; see the warnings.")


_STANDING = {
    "Almost Perfect": "almost perfect agreement",
    "Substantial": "at least substantial agreement",
    "Moderate": "at least moderate agreement",
    "Fair": "at least fair agreement",
    "Slight": "at least slight agreement",
    "Poor": "no agreement beyond chance that could be shown",
}


def _write_standing(reading: Reading) -> str | None:
    benchmark = reading.benchmark
    if isinstance(benchmark, Benchmark):
        return _STANDING[benchmark.label]
    return "too uncertain to judge" if isinstance(benchmark, Undefined) else None


def _tell_warnings(report: AgreementReport) -> Section:
    texts = [(warning.text, one.criterion) for one in report.criteria for warning in one.warnings]
    texts += [
        (
            f"Not computed, as there are too many raters and steps to set out in pairs: {', '.join(names)}.",
            one.criterion,
        )
        for one in report.criteria
        if (names := one.left_out)
    ]
    alike: dict[str, list[str]] = {}
    for text, criterion in texts:
        alike.setdefault(text, []).append(criterion)
    rows = tuple((", ".join(criteria), text) for text, criteria in alike.items())
    fields = (_CRITERION, Field("warning", "Beware"))
    return Section("warnings", "Warnings", "", fields, rows, "No warnings.")


def _tell_coefficients(report: AgreementReport) -> Section:
    rows = [
        (
            one.criterion,
            line.name,
            line.measured,
            name_interval(line.measured),
            *_spread(line.measured, corrected=line.chance_corrected),
            *_count(line.measured),
        )
        for one in report.criteria
        for line in one.coefficients
    ]
    note = (
        "All measures that fit these data. The column Interval says which one stands in the brackets: the bootstrap's "
        "over items, or the analytic one of a formula, whose limits also stand by themselves. Formulas take items as "
        "many, and for ICCs grades as normal; grades on a short scale are not, so that interval is too narrow there. "
        "Observed and chance: the agreement found, and what chance would give; where a measure has weights, near "
        "values count in part. Kendall's W of k raters is about 1/k by chance."
    )
    fields = (
        _CRITERION,
        Field("measure", "Measure"),
        Field("measured", "Value", Kind.MEASURED),
        Field("interval", "Interval"),
        Field("se", "SE", Kind.NUMBER),
        Field("analytic_low", "Analytic low", Kind.NUMBER),
        Field("analytic_high", "Analytic high", Kind.NUMBER),
        Field("observed", "Observed", Kind.NUMBER),
        Field("chance", "Chance", Kind.NUMBER),
        Field("n_items", "Items", Kind.COUNT),
        Field("n_raters", "Raters", Kind.COUNT),
        Field("n_values", "Ratings", Kind.COUNT),
    )
    return Section("coefficients", "All measures", note, fields, tuple(rows), "No measure fits these data.")


def name_interval(measured: Measured) -> IntervalKind | None:
    """Which interval is shown, if there is one."""
    if not isinstance(measured, Estimate) or measured.shown.low is None:
        return None
    return "bootstrap" if measured.shown is measured.resampled else "analytic"


def _spread(measured: Measured, *, corrected: bool) -> Row:
    if not isinstance(measured, Estimate):
        return (None,) * 5
    chance = measured.chance if corrected else None
    return measured.se, measured.low, measured.high, measured.observed, chance


def _count(measured: Measured) -> Row:
    return measured.n_units, measured.n_raters, measured.n_values


def _tell_applicability(report: AgreementReport) -> Section:
    rows = [
        (one.criterion, one.n_chosen, one.n_not_applicable, one.n_missing, found.percent, found.alpha)
        if (found := one.applicability)
        else (one.criterion, one.n_chosen, one.n_not_applicable, one.n_missing, None, None)
        for one in report.criteria
    ]
    fields = (
        _CRITERION,
        Field("n_values", "Ratings", Kind.COUNT),
        Field("n_not_applicable", "Not applicable", Kind.COUNT),
        Field("n_missing", "Empty cells", Kind.COUNT),
        Field("applicable_percent", "Same view", Kind.MEASURED),
        Field("applicable_alpha", "Alpha", Kind.MEASURED),
    )
    note = (
        "Whether a criterion applied is a question of its own. Where somebody answered “not applicable”: how far did "
        "raters agree that it applied?"
    )
    return Section("applicability", "What was rated", note, fields, tuple(rows))


def _tell_raters(report: AgreementReport) -> Section:
    note = (
        "Each rater against the others on the same items. Below the others: by how much this rater's "
        "values are lower than theirs, in the unit of the values, positive being strict as in Severity; it says "
        "nothing of who is right, and p is adjusted for the number of "
        "raters. Without: what Krippendorff's alpha becomes when this rater is left out. Raters who agree least with "
        f"the others stand first. {SEVERAL_AT_ONCE}"
    )
    fields = (
        _CRITERION,
        Field("rater", "Rater"),
        Field("same", "Same as others", Kind.MEASURED),
        Field("below", f"Below the others {STRICT}", Kind.MEASURED),
        Field("p", "p of below", Kind.P),
        Field("alpha_without", "Alpha without", Kind.NUMBER),
        Field("alpha_change", "Change", Kind.CHANGE),
    )
    rows = tuple(row for one in report.criteria for row in _list_raters(one))
    return Section("raters", "Raters", note, fields, rows, "No two raters share enough items to be compared.")


def _list_raters(one: CriterionReport) -> list[Row]:
    without = {found.left_out: found for found in one.influence.raters} if one.influence else {}
    compared = [found for found in one.rest if not isinstance(found.agreement, Undefined)]
    compared.sort(key=lambda found: found.agreement.value if isinstance(found.agreement, Estimate) else 1.0)
    return [
        (
            one.criterion,
            found.rater,
            found.agreement,
            _turn(found.bias),
            found.adjusted,
            *_change(without.get(found.rater)),
        )
        for found in compared
    ]


def _change(found: WithoutOne | None) -> Row:
    return (None, None) if found is None else (found.value, found.change)


def _tell_reference(report: AgreementReport, *, rates: bool) -> Section:
    """`rates`: critical values were named; without any, hits and false alarms are no question."""
    rows = [
        (
            one.criterion,
            found.rater,
            found.accuracy,
            _turn(found.bias),
            *(_list_rates(found) if rates else (None,) * 4),
        )
        for one in report.criteria
        for found in one.reference
        if found.confusion.any()
    ]
    fields = (
        _CRITERION,
        Field("rater", "Rater"),
        Field("accuracy", "Same as reference", Kind.MEASURED),
        Field("below", f"Below the reference {STRICT}", Kind.MEASURED),
        Field("hit_rate", "Critical found", Kind.MEASURED),
        Field("false_alarm_rate", "False alarms", Kind.MEASURED),
        Field("positive_agreement", "Agreement on critical", Kind.MEASURED),
        Field("negative_agreement", "Agreement on uncritical", Kind.MEASURED),
    )
    note = f"Each rater against {report.reference}, whose answers count in no other section. " + (
        "Critical are the values that were named so." if rates else "Name critical values to see hits and alarms."
    )
    return Section("reference", "Against the reference", note, fields, tuple(rows), "No rater shares an item with it.")


def _turn(bias: Measured | None) -> Measured | None:
    """The bias, rater less the others, the other way round: severity is positive where somebody is strict."""
    if not isinstance(bias, Estimate):
        return bias
    low, high = (None if end is None else 0.0 - end for end in (bias.high, bias.low))
    method = f"{bias.method}; the other way round, so that positive is strict"
    return replace(bias, value=0.0 - bias.value, low=low, high=high, method=method)


def _list_rates(found: AgainstReference) -> Row:
    return found.hit_rate, found.false_alarm_rate, found.positive_agreement, found.negative_agreement


def _tell_units(report: AgreementReport) -> Section:
    rows = [
        (one.criterion, found.left_out, found.value, found.change)
        for one in report.criteria
        if one.influence
        for found in one.influence.units
        if found.change is not None and found.change > 0
    ]
    fields = (
        _CRITERION,
        Field("item", "Item"),
        Field("alpha_without", "Alpha without", Kind.NUMBER),
        Field("alpha_change", "Change", Kind.CHANGE),
    )
    note = (
        "The items without which Krippendorff's alpha rises most, up to five of each criterion: mostly those on which "
        "raters disagree more than elsewhere. Talk about these first. A change within the interval of alpha is no "
        "finding about the item."
    )
    return Section("items", "Items to talk about", note, fields, tuple(rows), "No item stands out.")


def _tell_methods(report: AgreementReport, words: Mapping[float, str]) -> tuple[Method, ...]:
    panels = [one.margins.panel.method for one in report.criteria if isinstance(one.margins.panel, MarginTest)]
    lines = {
        "Values": "; ".join(f"{one.criterion}: {_describe_values(one, words)}" for one in report.criteria),
        "Intervals": (
            f"Bootstrap over items, {report.n_resamples} resamples, seed {report.seed}: the same seed on the same file "
            "gives the same report. Raters stay, so an interval speaks of other items graded by these raters."
        ),
        "How far intervals hold": f"Few units make them too narrow: {COVERAGE}.",
        "It stands for": (
            "The best range of Landis & Koch (1977) that the coefficient reaches or exceeds with 95% probability, "
            "given its standard error (Gwet 2014, ch. 6). The ranges are a convention."
        ),
        "Tests": "; ".join(dict.fromkeys(panels)) or "No test of all raters together fits these data.",
    }
    return tuple(Method(topic, text) for topic, text in (lines | _list_sources(report)).items())


_MOST_STEPS = 12


def _describe_values(one: CriterionReport, words: Mapping[float, str]) -> str:
    """The level of measurement and the steps that were compared."""
    steps = [words.get(value, f"{value:g}") for value in one.scale]
    if not steps:
        return f"{one.level}, any number"
    if len(steps) > _MOST_STEPS:
        return f"{one.level}, {len(steps)} steps from {steps[0]} to {steps[-1]}"
    return f"{one.level}, {', '.join(steps)}"


def _list_sources(report: AgreementReport) -> dict[str, str]:
    """How the intervals of each measure were made; by criterion where that differs."""
    found: dict[str, dict[str, str]] = {}
    for one in report.criteria:
        for line in one.coefficients:
            if isinstance(line.measured, Estimate):
                found.setdefault(f"{line.name}, {one.level}", {})[one.criterion] = _describe_intervals(line.measured)
    return {
        topic if alike else f"{topic}: {criterion}": text
        for topic, texts in found.items()
        for alike in [len(set(texts.values())) == 1]
        for criterion, text in texts.items()
    }


def _describe_intervals(estimate: Estimate) -> str:
    if estimate.resampled is None or estimate.resampled.method == estimate.method:
        return estimate.method
    return f"Bootstrap: {estimate.resampled.method}. Analytic: {estimate.method}"
