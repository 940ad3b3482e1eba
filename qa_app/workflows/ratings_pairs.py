"""The sections of a report of ratings that are about pairs of raters, and about tests."""

import math
from collections.abc import Iterator

from qa_app.reports import Field, FieldValue, Kind, Section
from qa_app.stats.margins.pairs import PairwiseTests
from qa_app.stats.margins.result import MarginTest
from qa_app.stats.reporting.result import AgreementReport, CriterionReport, PairMatrix
from qa_app.stats.resampling import LEAST_UNITS
from qa_app.words import write_count

Row = tuple[FieldValue, ...]
SURE = 0.05
"""Adjusted p value from which two raters are said to differ."""


def tell_tests(report: AgreementReport) -> Section:
    """Do raters use the scale alike? All together, and how many pairs differ."""
    rows = tuple(_list_tests(one) for one in report.criteria)
    fields = (
        Field("criterion", "Criterion"),
        Field("test", "Test of all raters"),
        Field("statistic", "Chi-square", Kind.NUMBER),
        Field("df", "df", Kind.COUNT),
        Field("p", "p", Kind.P),
        Field("p_adjusted", "p, adjusted", Kind.P),
        Field("said", "In words"),
    )
    note = (
        "Do the raters use the scale alike, however well they agree item by item? p values are adjusted over the "
        "criteria, and over the pairs, by Holm's method. Not shown is not the same as equal: few items in common show "
        "little. Severity uses all ratings."
    )
    return Section("tests", "Same use of the scale", note, fields, rows)


def _list_tests(one: CriterionReport) -> Row:
    said = "; ".join(words for words in (_say_panel(one), _say_pairs(one.margins.pairs)) if words)
    panel = one.margins.panel
    if not isinstance(panel, MarginTest):
        return one.criterion, None, None, None, None, None, said or (None if panel is None else str(panel))
    method = panel.method.partition(";")[0]
    return one.criterion, method, panel.statistic, panel.df, panel.p, one.margins.panel_adjusted, said or None


def _say_panel(one: CriterionReport) -> str:
    p, panel = one.margins.panel_adjusted, one.margins.panel
    if p is None or not isinstance(panel, MarginTest):
        return ""
    said = "raters differ in severity" if p < SURE else "no difference in severity that could be shown"
    return f"{said} on the {write_count(panel.n_units, 'item')} that all of them rated"


def _say_pairs(pairs: PairwiseTests | None) -> str:
    if pairs is None:
        return ""
    tested = [float(p) for p in pairs.adjusted if not math.isnan(p)]
    if not tested:
        return ""
    differ = sum(p < SURE for p in tested)
    return f"{differ} of {len(tested)} pairs of raters are shown to differ"


def tell_pairs(report: AgreementReport) -> Section:
    """Every two raters, those that agree least first."""
    rows = tuple(row for one in report.criteria for row in _list_pairs(one))
    left_out = sum(_count_unlisted(one.matrix) for one in report.criteria if one.matrix is not None)
    fields = (
        Field("criterion", "Criterion"),
        Field("first", "Rater"),
        Field("second", "Other rater"),
        Field("n_items", "Items", Kind.COUNT),
        Field("same", "Same", Kind.NUMBER),
        Field("kappa", "Kappa", Kind.NUMBER),
        Field("p", "p of difference", Kind.P),
    )
    note = (
        "Every two raters on the items that both rated: share of equal values, Cohen's kappa (quadratic weights for "
        "ordered values), and whether one of them uses the scale otherwise, p adjusted over the pairs. Same and kappa "
        "have no interval here: the first rows of a long list are partly chance."
    )
    unlisted = f" Pairs with fewer than {LEAST_UNITS} items in common are left out: {left_out}." if left_out else ""
    none = f"There are no pairs to set out.{unlisted}"
    return Section("pairs", "Pairs of raters", f"{note}{unlisted}", fields, rows, none)


def _count_unlisted(matrix: PairMatrix) -> int:
    """Pairs that share an item, but fewer than an interval takes."""
    rows = matrix.n_units.tolist()
    return sum(0 < shared < LEAST_UNITS for place, row in enumerate(rows) for shared in row[place + 1 :])


def _list_pairs(one: CriterionReport) -> list[Row]:
    matrix = one.matrix
    if matrix is None:
        return []
    tests = _pair_tests(one.margins.pairs)
    found = [
        (one.criterion, first, second, n_units, same, kappa, tests.get(frozenset((first, second))))
        for first, second, n_units, same, kappa in _walk(matrix)
    ]
    return sorted(found, key=lambda row: (row[5] is None, row[5] or 0.0))


def _walk(matrix: PairMatrix) -> Iterator[tuple[str, str, int, float | None, float | None]]:
    """The pairs that share enough items, first before second."""
    for row, first in enumerate(matrix.rater_ids):
        for column in range(row + 1, len(matrix.rater_ids)):
            n_units = int(matrix.n_units[row, column])
            if n_units >= LEAST_UNITS:
                same, kappa = float(matrix.agreement[row, column]), float(matrix.kappa[row, column])
                yield first, matrix.rater_ids[column], n_units, same, None if math.isnan(kappa) else kappa


def _pair_tests(pairs: PairwiseTests | None) -> dict[frozenset[str], float]:
    if pairs is None:
        return {}
    names = pairs.rater_ids
    return {
        frozenset((names[first], names[second])): float(p)
        for (first, second), p in zip(pairs.pairs.tolist(), pairs.adjusted, strict=True)
        if not math.isnan(p)
    }
