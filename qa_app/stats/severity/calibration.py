"""What a calibration report says of severity: a number with its interval for each rater, and plain warnings."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.stats import norm, t

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.stats.reasons import undefined
from qa_app.stats.severity.fit import Estimation, Fit, Threshold, fit_facets
from qa_app.stats.severity.observations import FacetRatings, Floats
from qa_app.stats.severity.report import FacetReport, Separation, report_facet
from qa_app.stats.severity.robust import measure_robust_errors

NOISY, SMOOTH = 1.5, 0.5
"""Mean squares outside of these are not productive for measurement (Linacre 2002, Rasch Meas. Trans. 16:878)."""
UNLIKELY = 2.0
"""Standardised mean squares beyond this are unlikely by chance."""
FEWEST_RATINGS = 30
"""Ratings that put a measure within one logit with 95 % confidence (Linacre 1994, Rasch Meas. Trans. 7:328)."""
FEWEST_CHOICES = 10
"""Choices of a category for a stable threshold (Linacre 2002, J. Appl. Meas. 3:85)."""

RaterFlag = Literal["noisy", "smooth", "few-ratings", "disordered"]
CategoryFlag = Literal["disordered", "few-choices", "never-chosen"]


@dataclass(frozen=True, slots=True)
class RaterSeverity:
    """One rater. Positive severity: lower ratings than others would give to the same."""

    rater: str
    severity: Measured
    """In logits, 0 for the mean of the raters."""
    n_ratings: int
    average: float | None
    """Mean rating given; None where scales differ or nothing was given."""
    fair_average: float | None
    """Rating that this rater would give to the average unit, on the declared scale; None where scales differ."""
    infit: float | None
    """This and the next three: None where no rating tells."""
    outfit: float | None
    infit_z: float | None
    outfit_z: float | None
    flags: tuple[RaterFlag, ...]
    """noisy: less predictable than the model allows; smooth: more so (a halo, one favourite category); few-ratings;
    disordered: own thresholds out of order, where raters have their own."""


@dataclass(frozen=True, slots=True)
class CategoryUse:
    """One category of a declared scale."""

    element: str | None
    """The element of the step facet; None where all ratings share the thresholds."""
    value: float
    n_choices: int
    threshold: Threshold | None
    """To this category from the one below in use; None for the lowest, and where the category was never chosen."""
    flags: tuple[CategoryFlag, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SeverityReport:
    """Severity of all raters, most severe first, those without a number last."""

    raters: tuple[RaterSeverity, ...]
    categories: tuple[CategoryUse, ...]
    separation: Separation | None
    """Among raters, by the full standard errors; None where only one has a measure."""
    fit: Fit


@dataclass(frozen=True, slots=True)
class _Error:
    """Of one severity, with how it was made."""

    se: float
    reach: float | None
    """From the estimate to its limits; None where nothing tells it."""
    method: str


def report_severity(
    ratings: FacetRatings,
    *,
    rater: str = "rater",
    estimation: Estimation = "mml",
    step_facet: str | None = None,
    confidence: float = 0.95,
) -> SeverityReport | Undefined:
    """Severity of each rater; Undefined where raters cannot be compared at all.

    Thresholds are common to all ratings unless a step facet is named; where scales differ per element of a facet, that
    facet is the step facet.
    """
    given = np.bincount(ratings.codes[rater], minlength=len(ratings.labels[rater]))
    if np.count_nonzero(given) == 1:
        n_units = np.unique(ratings.codes[ratings.person]).size
        return undefined("one-rater", n_units=n_units, n_raters=1, n_values=ratings.n_ratings)
    step_facet = step_facet or (ratings.scale_facet if len(set(ratings.scales)) > 1 else None)
    fit = fit_facets(ratings, estimation=estimation, model="pcm" if step_facet else "rsm", step_facet=step_facet)
    if isinstance(fit, Undefined):
        return fit
    report = report_facet(fit, rater)
    measured = {label: place for place, label in enumerate(report.measures.labels)}
    errors = _measure_errors(fit, report, confidence)
    found = [
        _rater(fit, report, label, int(given[code]), averages, measured.get(label), errors, confidence)
        for (code, label), averages in zip(enumerate(ratings.labels[rater]), _averages(ratings, rater), strict=True)
    ]
    found.sort(key=lambda one: -one.severity.value if isinstance(one.severity, Estimate) else np.inf)
    return SeverityReport(tuple(found), _categories(fit), report.separation, fit)


def _measure_errors(fit: Fit, report: FacetReport, confidence: float) -> list[_Error]:
    """For each rater with a measure. A rater's ratings of one unit hang together, so that units count, not ratings."""
    sure, model = (1 + confidence) / 2, f"many-facet Rasch model, {fit.estimation.upper()}"
    if fit.marginal is None:
        words = f"{model}; normal interval from the observed information"
        return [_Error(float(se), float(norm.ppf(sure)) * float(se), words) for se in report.measures.se]
    robust = measure_robust_errors(fit.marginal)
    first = fit.design.offsets[fit.design.ratings.facets.index(report.facet)]
    own = slice(first, first + report.measures.se.size)
    errors: list[_Error] = []
    for full, se, n_units in zip(report.measures.se, robust.se[own], robust.n_persons[own].tolist(), strict=True):
        if n_units < 2:
            errors.append(_Error(float(full), None, f"{model}; one unit tells no interval"))
            continue
        words = f"{model}; t interval with {n_units - 1} degrees of freedom from the spread of {n_units} units"
        errors.append(_Error(float(se), float(t.ppf(sure, n_units - 1) * se), words))
    return errors


def report_steps(ratings: FacetRatings) -> tuple[CategoryUse, ...] | Undefined:
    """How the categories of each item are used, with thresholds of its own (partial credit model, Masters 1982).

    What one rater gave to one unit is a person of its own, so severity does not matter, nor whether raters share units.
    Undefined where no thresholds can be told.
    """
    pairs = np.stack([ratings.codes[ratings.person], ratings.codes["rater"]])
    found, codes = np.unique(pairs, axis=1, return_inverse=True)
    forms = replace(
        ratings,
        facets=("item",),
        labels={ratings.person: tuple(map(str, range(found.shape[1]))), "item": ratings.labels["item"]},
        codes={ratings.person: codes.reshape(-1), "item": ratings.codes["item"]},
    )
    fit = fit_facets(forms, estimation="mml", model="pcm", step_facet="item")
    return fit if isinstance(fit, Undefined) else _categories(fit)


def _averages(ratings: FacetRatings, rater: str) -> list[float | None]:
    """Mean rating of each rater, where all ratings are on one scale."""
    size = len(ratings.labels[rater])
    if len(set(ratings.scales)) > 1:
        return [None] * size
    values: Floats = np.asarray(ratings.scales[0], dtype=np.float64)[ratings.categories]
    counts = np.bincount(ratings.codes[rater], minlength=size)
    sums = np.bincount(ratings.codes[rater], values, size)
    return [float(total / n) if n else None for total, n in zip(sums, counts, strict=True)]


def _rater(
    fit: Fit,
    report: FacetReport,
    label: str,
    n_ratings: int,
    average: float | None,
    place: int | None,
    errors: list[_Error],
    confidence: float,
) -> RaterSeverity:
    n_raters = len(report.measures.labels)
    if place is None or n_raters == 1:
        reason = report.measures.without.get(label, "alone")
        none = undefined(reason, n_units=fit.design.n_persons, n_raters=n_raters, n_values=n_ratings)
        return RaterSeverity(label, none, n_ratings, average, None, None, None, None, None, ())
    value, error = float(report.measures.measure[place]), errors[place]
    squares = report.measures.fit
    fits = [_number(values[place]) for values in (squares.infit, squares.outfit, squares.infit_z, squares.outfit_z)]
    facet = fit.design.elements[fit.design.ratings.facets.index(report.facet)]
    counted = int(np.count_nonzero(facet == place))
    severity = Estimate(
        value,
        None if error.reach is None else value - error.reach,
        None if error.reach is None else value + error.reach,
        n_units=fit.design.n_persons,
        n_raters=n_raters,
        method=error.method,
        confidence=confidence,
        n_values=counted,
        se=error.se,
    )
    fair = None if average is None else float(report.fair_average[place])
    flags = _rater_flags(fit, report.facet, label, fits, counted)
    infit, outfit, infit_z, outfit_z = fits
    return RaterSeverity(label, severity, n_ratings, average, fair, infit, outfit, infit_z, outfit_z, flags)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _rater_flags(fit: Fit, facet: str, label: str, fits: list[float | None], n_ratings: int) -> tuple[RaterFlag, ...]:
    infit, outfit, infit_z, outfit_z = fits
    pairs = [
        (square, z) for square, z in ((infit, infit_z), (outfit, outfit_z)) if square is not None and z is not None
    ]
    flags: list[RaterFlag] = []
    if any(square > NOISY and z > UNLIKELY for square, z in pairs):
        flags.append("noisy")
    if any(square < SMOOTH and z < -UNLIKELY for square, z in pairs):
        flags.append("smooth")
    if n_ratings < FEWEST_RATINGS:
        flags.append("few-ratings")
    if fit.design.step_facet == facet and any(t.disordered for t in fit.thresholds if t.element == label):
        flags.append("disordered")
    return tuple(flags)


def _categories(fit: Fit) -> tuple[CategoryUse, ...]:
    """Every declared category of every scale, in order."""
    thresholds = {(threshold.element, threshold.upper): threshold for threshold in fit.thresholds}
    found: list[CategoryUse] = []
    for steps in fit.design.steps:
        counts = np.bincount(fit.design.chosen[steps.start : steps.stop], minlength=steps.categories.size)
        chosen = dict(zip(steps.values.tolist(), counts.tolist(), strict=True))
        for value in steps.declared:
            n_choices, threshold = chosen.get(value, 0), thresholds.get((steps.element, value))
            flags: list[CategoryFlag] = []
            if threshold is not None and threshold.disordered:
                flags.append("disordered")
            if n_choices < FEWEST_CHOICES:
                flags.append("few-choices" if n_choices else "never-chosen")
            found.append(CategoryUse(steps.element, value, n_choices, threshold, tuple(flags)))
    return tuple(found)
