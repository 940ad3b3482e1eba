"""What a mean over more raters is worth: variance components of units and raters, and D studies."""

from collections.abc import Mapping

import numpy as np

from qa_app.estimate import Undefined
from qa_app.stats.components import d_study, ratings_as_long, variance_components
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.reasons import undefined
from qa_app.stats.reporting.result import Dependability
from qa_app.stats.severity.calibration import CategoryUse, SeverityReport, report_severity, report_steps
from qa_app.stats.severity.observations import join_tables

PANELS = (1, 2, 3, 5, 10)
"""Raters a unit, for which dependability is worked out."""
LONGEST_SCALE = 30
"""Steps beyond which values are numbers and no rating scale that a Rasch model could have thresholds for."""


def study_raters(table: RatingsTable, confidence: float) -> Dependability | None:
    """Components by REML and a D study for each number of raters; None for names, which have no variance."""
    if table.level is Level.NOMINAL:
        return None
    given = ~np.isnan(table.values)
    n_units, n_raters = int(given.any(axis=1).sum()), int(given.any(axis=0).sum())
    if n_units < 2 or n_raters < 2:
        reason = "no-values" if not given.any() else "one-unit" if n_units < 2 else "one-rater"
        none = undefined(reason, n_units=n_units, n_raters=n_raters, n_values=int(given.sum()))
        return Dependability(none, ())
    found = variance_components(ratings_as_long(table.values), ["unit", "rater"], confidence=confidence)
    if isinstance(found, Undefined):
        return Dependability(found, ())
    return Dependability(
        found, tuple(d_study(found, object_of_measurement="unit", n={"rater": size}) for size in PANELS)
    )


def compare_severity(tables: Mapping[str, RatingsTable], confidence: float) -> SeverityReport | Undefined:
    """Severity over all criteria whose values are ordered steps: ordinal ones, and numbers on a declared scale."""
    graded = _find_stepped(tables)
    return report_severity(join_tables(graded), confidence=confidence) if graded else _without_steps()


def order_steps(tables: Mapping[str, RatingsTable]) -> tuple[CategoryUse, ...] | Undefined:
    """How the steps of the same criteria are used, each criterion by itself."""
    graded = _find_stepped(tables)
    return report_steps(join_tables(graded)) if graded else _without_steps()


def _find_stepped(tables: Mapping[str, RatingsTable]) -> dict[str, RatingsTable]:
    return {
        name: table
        for name, table in tables.items()
        if (table.level is Level.ORDINAL or (table.level is not Level.NOMINAL and table.categories))
        and 2 <= table.scale.size <= LONGEST_SCALE
        and table.n_chosen
    }


def _without_steps() -> Undefined:
    words = (
        "No criterion has a declared scale of ordered steps: names have no severity, and numbers without a scale, or "
        f"with more than {LONGEST_SCALE} steps, have none that could be told from their size."
    )
    return Undefined("no-steps", words, n_units=0, n_raters=0)
