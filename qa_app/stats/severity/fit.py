"""Fitting a many-facet Rasch model: log(P(k) / P(k-1)) = person - severity - difficulty - ... - threshold(k).

Linacre 1989, *Many-Facet Rasch Measurement*; rating scale: Andrich 1978; partial credit: Masters 1982.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qa_app.estimate import Undefined
from qa_app.stats.reasons import REASONS, undefined
from qa_app.stats.severity.connection import Unconnected, find_groups
from qa_app.stats.severity.design import Design, Fate, Model, NullCategories, make_design
from qa_app.stats.severity.joint import Convergence, JointSolution, cut_blocks, solve_joint
from qa_app.stats.severity.marginal import MarginalSolution, solve_marginal
from qa_app.stats.severity.observations import FacetRatings, Floats
from qa_app.stats.severity.residuals import MeanSquares, joint_sums, marginal_sums, to_mean_squares

Estimation = Literal["mml", "jmle"]


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """The elements of one facet that have a measure, in logits; arrays of shape (elements,)."""

    labels: tuple[str, ...]
    measure: Floats
    """Persons: ability, or its posterior mean (EAP) under marginal estimation. Other facets: severity, difficulty."""
    se: Floats
    """Full standard error: the other parameters are estimated too. Persons under marginal estimation: posterior SD."""
    conditional_se: Floats
    """1 / sqrt(information) with all else known: the model standard error of FACETS and Winsteps."""
    fit: MeanSquares
    without: dict[str, Fate]
    """Elements without a measure, and why."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a category and the next one in use are equally likely, in logits from the element's location."""

    element: str | None
    """The element of the step facet; None where all ratings share the thresholds."""
    step: int
    """Number of the upper category, from 0 for the lowest in use."""
    lower: float
    upper: float
    """The two categories, as values of the declared scale."""
    measure: float
    se: float
    disordered: bool
    """Below the threshold before it: the lower category is nowhere the most likely one."""


@dataclass(frozen=True, slots=True)
class Population:
    """Normal distribution of persons (marginal estimation)."""

    mean: float
    variance: float
    variance_se: float | None
    """None where the variance is 0, the edge of what is possible."""
    reliability: float | None
    """Of the posterior means: var(EAP) / (var(EAP) + mean(SD^2)), variances with n; None where the variance is 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model."""

    estimation: Estimation
    design: Design
    free: str
    """The facet whose mean is free; all others are centred at 0."""
    facets: dict[str, Measures]
    thresholds: tuple[Threshold, ...]
    step_sums: tuple[Floats, ...]
    """Per scale of the design, shape (categories,)."""
    log_likelihood: float
    convergence: Convergence
    population: Population | None
    marginal: MarginalSolution | None
    """What marginal estimation found, for `robust`; None under joint estimation."""

    @property
    def deviance(self) -> float:
        """-2 log-likelihood."""
        return -2 * self.log_likelihood


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """What both kinds of estimation give, with the mean of persons free."""

    persons: Floats
    persons_se: Floats
    persons_shifted_se: Floats
    """Standard errors of the distance from the mean of persons."""
    mean: float
    stack: Floats
    covariance: Floats
    """Shape (stack + 1, stack + 1); the last is the mean of persons."""
    information: Floats
    sums: tuple[Floats, ...]


def fit_facets(
    ratings: FacetRatings,
    *,
    estimation: Estimation = "mml",
    model: Model = "rsm",
    step_facet: str | None = None,
    free: str | None = None,
    null_categories: NullCategories = "keep",
) -> Fit | Undefined:
    """Estimate all measures; Undefined where there is no common frame of reference or nothing to compare.

    Marginal estimation ("mml") takes persons as a normal sample, keeps those with extreme scores and is consistent for
    severities; joint estimation ("jmle") stretches them when each person has few ratings, and is there for comparison
    with FACETS. `free` names the facet that is not centred at 0 (default: person). A category that nobody used keeps
    its place on the declared scale ("keep", Winsteps' STKEEP=YES) or the ones above move down ("collapse", FACETS'
    default).

    Raises:
        ValueError: the model, its step facet and the scales do not go together.
    """
    n_units, n_raters = len(ratings.labels[ratings.person]), len(ratings.labels.get("rater", ()))
    counts = {"n_units": n_units, "n_raters": n_raters, "n_values": ratings.n_ratings}
    if ratings.n_ratings == 0:
        return undefined("no-values", **counts)
    design = make_design(
        ratings, model=model, step_facet=step_facet, drop_persons=estimation == "jmle", null_categories=null_categories
    )
    if design.n_rows == 0:
        return undefined("only-ends", **counts)
    groups = find_groups(design)
    if groups is not None:
        return Unconnected("unconnected", REASONS["unconnected"], **counts, groups=groups)
    solution = solve_joint(design, cut_blocks(design)) if estimation == "jmle" else solve_marginal(design)
    if not solution.convergence.converged:
        return undefined("no-maximum", **counts)
    if isinstance(solution, JointSolution):
        solved, population = _read_joint(design, solution), None
    else:
        solved, population = _read_marginal(design, solution)
    return _assemble(design, estimation, free or ratings.person, solved, population, solution)


def _read_joint(design: Design, solution: JointSolution) -> _Solved:
    ratio = solution.cross / solution.person_information[:, np.newaxis]
    carried = ratio @ solution.covariance
    own = 1 / solution.person_information
    variances = own + np.einsum("pd,pd->p", carried, ratio)
    mean_ratio = ratio.mean(axis=0)
    mean_variance = own.mean() / own.size + mean_ratio @ solution.covariance @ mean_ratio
    with_mean = own / own.size + carried @ mean_ratio
    return _Solved(
        solution.persons,
        np.sqrt(variances),
        np.sqrt(variances + mean_variance - 2 * with_mean),
        float(solution.persons.mean()),
        solution.stack,
        _border(solution.covariance, -solution.covariance @ mean_ratio, float(mean_variance)),
        solution.conditional_information,
        joint_sums(design, solution.persons, solution.stack),
    )


def _border(inner: Floats, column: Floats, corner: float) -> Floats:
    return np.block([[inner, column[:, np.newaxis]], [column[np.newaxis], np.array([[corner]])]])


def _read_marginal(design: Design, solution: MarginalSolution) -> tuple[_Solved, Population]:
    parameters = solution.parameters
    variance = float(np.exp(2 * parameters.log_sd))
    between, within = float(np.var(solution.eap)), float(np.mean(solution.eap_sd**2))
    reliability = between / (between + within) if variance else None
    if solution.grid is None:
        sums = joint_sums(design, solution.eap, parameters.stack)
    else:
        sums = marginal_sums(solution.cells, solution.grid)
    solved = _Solved(
        solution.eap,
        solution.eap_sd,
        solution.eap_sd,
        parameters.mean,
        parameters.stack,
        solution.covariance,
        solution.conditional_information,
        sums,
    )
    return solved, Population(parameters.mean, variance, solution.variance_se, reliability)


def _assemble(
    design: Design,
    estimation: Estimation,
    free: str,
    solved: _Solved,
    population: Population | None,
    solution: JointSolution | MarginalSolution,
) -> Fit:
    person = design.ratings.person
    shift = 0.0 if free == person else solved.mean
    se = solved.persons_se if free == person else solved.persons_shifted_se
    fits = [to_mean_squares(sums) for sums in solved.sums]
    conditional = se if estimation == "mml" else 1 / np.sqrt(fits[0].variances)
    facets = {
        person: Measures(
            _labels(design, person), solved.persons - shift, se, conditional, fits[0], design.fates[person]
        )
    }
    for name, offset, size, fit in zip(design.ratings.facets, design.offsets, design.sizes, fits[1:], strict=False):
        own = slice(offset, offset + size)
        measure, variance = solved.stack[own], np.diag(solved.covariance)[own]
        if name == free:
            measure = measure - shift
            variance = variance + solved.covariance[-1, -1] - 2 * solved.covariance[own, -1]
        conditional = 1 / np.sqrt(solved.information[own])
        facets[name] = Measures(_labels(design, name), measure, np.sqrt(variance), conditional, fit, design.fates[name])
    thresholds, step_sums = _read_thresholds(design, solved)
    if population is not None and free != person:
        population = Population(0.0, population.variance, population.variance_se, population.reliability)
    return Fit(
        estimation,
        design,
        free,
        facets,
        thresholds,
        step_sums,
        solution.log_likelihood,
        solution.convergence,
        population,
        solution if isinstance(solution, MarginalSolution) else None,
    )


def _labels(design: Design, name: str) -> tuple[str, ...]:
    labels = design.ratings.labels[name]
    return tuple(labels[place] for place in design.used[name].tolist())


def _read_thresholds(design: Design, solved: _Solved) -> tuple[tuple[Threshold, ...], tuple[Floats, ...]]:
    thresholds: list[Threshold] = []
    step_sums: list[Floats] = []
    for steps in design.steps:
        first = design.offsets[-1] + steps.offset
        own = slice(first, first + steps.categories.size)
        gaps = np.diff(steps.scores)
        contrast = np.diff(np.eye(gaps.size + 1), axis=0) / gaps[:, np.newaxis]
        measures = contrast @ solved.stack[own]
        errors = np.sqrt(np.maximum(np.diag(contrast @ solved.covariance[own, own] @ contrast.T), 0.0))
        disordered = np.concatenate([[False], np.diff(measures) < 0])
        thresholds.extend(
            Threshold(steps.element, int(step), float(lower), float(upper), float(measure), float(error), bool(wrong))
            for step, lower, upper, measure, error, wrong in zip(
                steps.scores[1:], steps.values, steps.values[1:], measures, errors, disordered, strict=False
            )
        )
        step_sums.append(solved.stack[own])
    return tuple(thresholds), tuple(step_sums)
