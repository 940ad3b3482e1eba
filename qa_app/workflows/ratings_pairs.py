"""The sections of a report of ratings that are about pairs of raters, and about tests."""

import math
from collections.abc import Iterator

from qa_app.reports import Field, FieldValue, Kind, Section
from qa_app.stats.margins.pairs import PairwiseTests
from qa_app.stats.margins.result import MarginTest
from qa_app.stats.reporting.result import AgreementReport, CriterionReport, PairMatrix

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
        "criteria, and over the pairs, by Holm's method."
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
    p = one.margins.panel_adjusted
    if p is None:
        return ""
    return "raters differ in severity" if p < SURE else "no difference in severity that could be shown"


def _say_pairs(pairs: PairwiseTests | None) -> str:
    if pairs is None:
        return ""
    tested = [float(p) for p in pairs.adjusted if not math.isnan(p)]
    if not tested:
        return ""
    differ = sum(p < SURE for p in tested)
    return f"{differ} of {len(tested)} pairs of raters differ"


def tell_pairs(report: AgreementReport) -> Section:
    """Every two raters, those that agree least first."""
    rows = tuple(row for one in report.criteria for row in _list_pairs(one))
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
        "ordered values), and whether one of them uses the scale otherwise, p adjusted over the pairs."
    )
    return Section("pairs", "Pairs of raters", note, fields, rows, "There are no pairs to set out.")


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
    """The pairs that share an item, first before second."""
    for row, first in enumerate(matrix.rater_ids):
        for column in range(row + 1, len(matrix.rater_ids)):
            n_units = int(matrix.n_units[row, column])
            if n_units:
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
