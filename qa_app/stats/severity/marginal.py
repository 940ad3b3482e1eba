"""Marginal maximum likelihood (MML): persons from a normal population (Bock & Aitkin 1981; Adams, Wilson & Wang 1997).

Newton's method with the exact observed information (Louis 1982, J. R. Stat. Soc. B 44:226): complete-data information
minus the posterior covariance of the complete-data score. Where that is not positive definite, the expected
complete-data information takes its place, which always is and whose steps climb like those of the EM algorithm.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from qa_app.stats.severity.cells import Cells, count_cells
from qa_app.stats.severity.design import Design
from qa_app.stats.severity.joint import (
    FARTHEST,
    Convergence,
    cut_blocks,
    judge,
    solve_joint,
    start_values,
)
from qa_app.stats.severity.observations import Floats
from qa_app.stats.severity.posterior import REACH, Grid, Integral, Parameters, Tables, integrate, lay_grid
from qa_app.stats.severity.products import gram

MOST_STEPS = 100
NEAR = 1e-3
"""After a step shorter than this, in logits, the second derivatives hardly change any more and are kept."""
LONGEST = 1.0
"""Longest step of the log standard deviation."""
SHORTEST = 1e-4
ROUNDING = 1e-11
"""Relative loss of likelihood that may be rounding."""
EDGE_MARGIN = 1e-9
FLAT = 1e-7
"""Least eigenvalue of the information, scaled to a diagonal of 1, of a maximum that is a point."""
LARGEST_SD = 25.0
"""Beyond this, in logits, the likelihood is taken to have no finite maximum."""
SMALLEST_SD = 0.02
"""Below this, in logits, the population may have no spread at all, and the edge of the parameter space is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class MarginalSolution:
    """Estimates with facets centred at 0 and the mean of the population free."""

    parameters: Parameters
    covariance: Floats
    """Shape (stack + 1, stack + 1): the stack, then the mean of the population."""
    carry: Floats
    """Shape (stack, stack + 2): how the scores of the stack, the mean and the log standard deviation of the population
    move the stack; the upper part of the inverse information."""
    variance_se: float | None
    """Standard error of the population's variance; None at the edge, where the variance is 0, and without a maximum."""
    conditional_information: Floats
    """Shape (stack,): diagonal of the complete-data information."""
    eap: Floats
    """Shape (persons,), in the order of the design."""
    eap_sd: Floats
    log_likelihood: float
    convergence: Convergence
    cells: Cells
    grid: Grid | None
    """None where the population's variance is 0."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The likelihood and its derivatives at one point."""

    parameters: Parameters
    grid: Grid
    integral: Integral
    gradient: Floats
    """Shape (free + 2,)."""
    complete: Floats
    """Shape (stack + 2, stack + 2): complete-data information."""


def solve_marginal(design: Design) -> MarginalSolution:
    """Newton steps from rough start values until all three criteria hold."""
    cells, basis = count_cells(design), _basis(design)
    state = _look(cells, basis, _start(design), second=True)
    information = _information(state, basis)
    convergence = Convergence(False, 0, float(np.abs(state.gradient).max()), np.inf, np.inf)
    while not convergence.converged and convergence.iterations < MOST_STEPS and _inside(state.parameters):
        before, move = state, _solve(information, state.gradient)
        if move is None:
            break
        near = convergence.step < NEAR
        state, share = _climb(cells, basis, before, move, second=not near)
        information = information if near else _information(state, basis)
        convergence = judge(
            convergence.iterations + 1,
            float(np.abs(state.gradient).max()),
            share * float(np.abs(move).max()),
            abs(state.integral.log_likelihood / before.integral.log_likelihood - 1),
        )
    if state.parameters.sd <= SMALLEST_SD:
        edge = _edge(design, cells)
        if edge.convergence.converged and edge.log_likelihood >= state.integral.log_likelihood - EDGE_MARGIN:
            return edge
    return _finish(cells, basis, _look(cells, basis, state.parameters, second=True), convergence)


def _inside(parameters: Parameters) -> bool:
    return SMALLEST_SD < parameters.sd < LARGEST_SD and float(np.abs(parameters.stack).max()) < FARTHEST


def _basis(design: Design) -> Floats:
    """The basis of Design with two more parameters: mean and log standard deviation of the population."""
    inner = design.basis()
    basis = np.zeros((inner.shape[0] + 2, inner.shape[1] + 2))
    basis[:-2, :-2] = inner
    basis[-2, -2] = basis[-1, -1] = 1.0
    return basis


def _start(design: Design) -> Parameters:
    persons, stack = start_values(design)
    return Parameters(stack, float(persons.mean()), float(np.log(max(persons.std(), 0.3))))


def _look(cells: Cells, basis: Floats, parameters: Parameters, *, second: bool) -> State:
    """Integrate at a point, on a grid that suits it."""
    reach = REACH
    while True:
        grid = lay_grid(cells, parameters, reach)
        integral = integrate(cells, parameters, grid, second=second)
        if not integral.cut_off:
            break
        reach *= 1.5
    stack_score, complete = _complete(cells, grid.fine, integral)
    sd, persons = parameters.sd, cells.n_persons
    deviates = (integral.means - parameters.mean) / sd
    squares = deviates**2 + integral.variances / sd**2
    population = np.array([deviates.sum() / sd, squares.sum() - persons])
    complete[-2, -2], complete[-1, -1] = persons / sd**2, 2 * squares.sum()
    complete[-1, -2] = complete[-2, -1] = 2 * population[0]
    gradient = basis.T @ np.concatenate([cells.observed + stack_score, population])
    return State(parameters, grid, integral, gradient, complete)


def _complete(cells: Cells, tables: Tables, integral: Integral) -> tuple[Floats, Floats]:
    """Expected score of the stack, and its complete-data information with room for the population's two."""
    design, size = cells.design, cells.design.n_stacked
    score, information = np.zeros(size), np.zeros((size + 2, size + 2))
    weights = integral.weights
    expected = np.einsum("cq,cq->c", weights, tables.means)
    deviations = tables.steps - tables.means
    shared = np.einsum("kcq,kcq,cq->kc", tables.probabilities, deviations, weights)
    variances = np.einsum("kcq,kcq,kcq,cq->c", tables.probabilities, deviations, deviations, weights, optimize=True)
    layout = list(zip(design.offsets, design.sizes, cells.elements, strict=False))
    for number, (offset, width, codes) in enumerate(layout):
        score[offset : offset + width] = np.bincount(codes, expected, width)
        for other, others_width, others in layout[number:]:
            flat = np.bincount(codes * others_width + others, variances, width * others_width).reshape(
                width, others_width
            )
            information[offset : offset + width, other : other + others_width] = flat
            information[other : other + others_width, offset : offset + width] = flat.T
    for steps, (first, last) in zip(design.steps, cells.bounds, strict=True):
        inner = np.arange(1, steps.categories.size - 1)
        places = design.offsets[-1] + steps.offset + inner
        own = tables.probabilities[inner, first:last].reshape(inner.size, weights[first:last].size)
        weighted = own * weights[first:last].ravel()
        totals = weighted.sum(axis=1)
        score[places] = totals
        information[np.ix_(places, places)] = np.diag(totals) - gram(weighted.T, own.T)
        for offset, width, codes in layout:
            for place, sums in zip(places, shared[inner, first:last], strict=True):
                found = np.bincount(codes[first:last], sums, width)
                information[offset : offset + width, place] = information[place, offset : offset + width] = found
    return score, information


def _information(state: State, basis: Floats) -> Floats:
    """Observed information of the free parameters, or the complete-data one where that is not positive definite.

    Far from the maximum even the population's part of the complete-data information can be indefinite; its expectation,
    n / sd^2 for the mean and 2 n for the log standard deviation, is not.
    """
    observed = basis.T @ (state.complete - state.integral.missing) @ basis
    try:
        cho_factor(observed)
    except LinAlgError:
        expected = state.complete.copy()
        expected[-2:, -2:] = state.integral.means.size * np.diag([state.parameters.sd**-2, 2.0])
        return np.asarray(basis.T @ expected @ basis)
    return np.asarray(observed)


def _is_curved(information: Floats) -> bool:
    """Whether the maximum is a single point; with one rating per person, for example, any variance fits as well."""
    scale = 1 / np.sqrt(np.diag(information))
    return bool(np.linalg.eigvalsh(information * np.outer(scale, scale))[0] > FLAT)


def _solve(information: Floats, gradient: Floats) -> Floats | None:
    """The Newton step; None where the likelihood has become flat, on the way to infinity."""
    try:
        return np.asarray(cho_solve(cho_factor(information), gradient))
    except LinAlgError:
        return None


def _climb(cells: Cells, basis: Floats, state: State, move: Floats, *, second: bool) -> tuple[State, float]:
    """The longest of the steps 1, 1/2, 1/4, ... that does not lower the likelihood."""
    share = min(1.0, LONGEST / max(float(np.abs(move[-1])), LONGEST))
    old, limit = state.parameters, state.integral.log_likelihood
    while True:
        change = share * (basis @ move)
        parameters = Parameters(old.stack + change[:-2], float(old.mean + change[-2]), float(old.log_sd + change[-1]))
        found = _look(cells, basis, parameters, second=second)
        if found.integral.log_likelihood >= limit - ROUNDING * abs(limit) or share < SHORTEST:
            return found, share
        share /= 2


def _finish(cells: Cells, basis: Floats, state: State, convergence: Convergence) -> MarginalSolution:
    information = _information(state, basis)
    convergence = replace(convergence, converged=convergence.converged and _is_curved(information))
    covariance = basis @ np.linalg.pinv(information, hermitian=True) @ basis.T
    variance = state.parameters.sd**2
    eap, eap_sd = np.empty(cells.order.size), np.empty(cells.order.size)
    eap[cells.order], eap_sd[cells.order] = state.integral.means, np.sqrt(state.integral.variances)
    return MarginalSolution(
        state.parameters,
        covariance[:-1, :-1],
        covariance[:-2],
        float(2 * variance * np.sqrt(covariance[-1, -1])) if convergence.converged else None,
        np.diag(state.complete)[:-2].copy(),
        eap,
        eap_sd,
        state.integral.log_likelihood,
        convergence,
        cells,
        state.grid,
    )


def _edge(design: Design, cells: Cells) -> MarginalSolution:
    """The solution without any spread of persons: all of them one person, which joint estimation solves."""
    single = replace(
        design,
        persons=np.zeros_like(design.persons),
        used={**design.used, design.ratings.person: np.zeros(1, dtype=np.intp)},
    )
    joint = solve_joint(single, cut_blocks(single))
    ratio = joint.cross[0] / joint.person_information[0]
    with_mean = -joint.covariance @ ratio
    own = 1 / joint.person_information[0] + ratio @ joint.covariance @ ratio
    covariance = np.block([[joint.covariance, with_mean[:, np.newaxis]], [with_mean[np.newaxis], np.array([[own]])]])
    mean = float(joint.persons[0])
    n_persons = design.n_persons
    return MarginalSolution(
        Parameters(joint.stack, mean, -np.inf),
        covariance,
        np.column_stack([covariance[:-1], np.zeros(joint.stack.size)]),
        None,
        joint.conditional_information,
        np.full(n_persons, mean),
        np.zeros(n_persons),
        joint.log_likelihood,
        joint.convergence,
        cells,
        None,
    )
