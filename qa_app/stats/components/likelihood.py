"""The (restricted) likelihood of the variance components, profiled over the intercept and the residual variance.

The criterion is minus twice the log likelihood as in Bates et al. 2015, J. Stat. Softw. 67(1), equations 34-41:
REML `log|H| + log(1'H^-1 1) + (n-1)(1 + log(2 pi r^2/(n-1)))`, ML `log|H| + n (1 + log(2 pi r^2/n))`, where r^2 is
the weighted residual sum of squares. Its gradient in the relative variances g_e is exact:
`tr(Z'H^-1 Z) - |Z'H^-1 1|^2/(1'H^-1 1) - df |Z'H^-1(y - b)|^2/r^2`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa_app.stats.components.equations import Equations, Factored, Solved, Sums
from qa_app.stats.components.table import Floats

GRADIENT_LIMIT = 1e-6
"""Largest slope of the criterion, per unit of log variance, that counts as the optimum."""
NEAR_ZERO = 1e-4
"""Relative variances below this are tried at zero, where they also start."""
ROUNDS = 40
STEP = 1e-4
"""Change of a log variance over which slopes are differenced."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The likelihood at given relative variances."""

    sums: Sums
    factored: Factored
    solved: Solved
    variances: Floats
    """Relative to the residual variance, shape (effects,)."""
    intercept: float
    """Of the response as it was given to the equations."""
    precision: float
    """1'H^-1 1: the intercept's variance is the residual variance over this."""
    squares: float
    """r^2, the weighted residual sum of squares."""
    degrees: float
    """n - 1 under REML, n under ML."""
    criterion: float
    scores: Floats
    """|Z_e'H^-1(y - b)|^2 and |Z_e'H^-1 1|^2, shape (effects, 2)."""

    @property
    def residual(self) -> float:
        """Estimated residual variance."""
        return self.squares / self.degrees


class NoResidualError(ArithmeticError):
    """The effects reproduce every score, so there is no residual variance to compare with."""


class Likelihood:
    """Criterion and gradient for one response."""

    def __init__(self, equations: Equations, sums: Sums, *, restricted: bool) -> None:
        self.equations = equations
        self.sums = sums
        self.restricted = restricted
        self.n_rows = equations.design.n_rows
        self.degrees = self.n_rows - 1.0 if restricted else float(self.n_rows)

    def at(self, variances: Floats) -> Point:
        """The criterion at these relative variances, shape (effects,), none negative.

        Raises:
            NoResidualError: the weighted residuals are zero.
        """
        factored = self.equations.factor(variances)
        solved = factored.solve(self.sums)
        (precision, cross), (_, square) = solved.left.tolist()
        squares = square - cross**2 / precision
        if not squares > 1e-13 * self.sums.total[1, 1]:
            raise NoResidualError
        criterion = factored.log_determinant + self.degrees * (1 + np.log(2 * np.pi * squares / self.degrees))
        criterion += np.log(precision) if self.restricted else 0.0
        intercept = cross / precision
        scores = factored.squared_scores(self.sums, solved, np.array([[-intercept, 1.0], [1.0, 0.0]]))
        return Point(
            self.sums,
            factored,
            solved,
            variances,
            intercept,
            precision,
            squares,
            self.degrees,
            float(criterion),
            scores,
        )

    def slope(self, point: Point, *, residual: float | None = None) -> Floats:
        """Derivative of the criterion by each relative variance; at a fixed residual variance where one is given."""
        out = point.factored.traces - point.scores[:, 0] / (point.residual if residual is None else residual)
        return out - point.scores[:, 1] / point.precision if self.restricted else out


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended."""

    point: Point
    gradient: float
    """Largest slope per unit of log variance, over effects that are not at zero."""
    converged: bool
    """The slope is below its limit, and no effect at zero would lower the criterion by growing."""


def maximise(likelihood: Likelihood, start: Floats) -> Optimum:
    """The relative variances with the smallest criterion, none negative.

    A start that already is the optimum is only checked: so balanced designs get the closed form of the ANOVA. Newton
    steps on log variances follow, with the average information as curvature and, where that is slow, the differenced
    gradient. An effect that starts near zero starts at zero, and leaves it where that lowers the criterion.
    """
    point = likelihood.at(np.maximum(start, 0.0))
    checked = _check(likelihood, point)
    if checked.converged:
        return checked
    if np.any(start < NEAR_ZERO):
        point = likelihood.at(np.where(start < NEAR_ZERO, 0.0, start))
    slow = False
    for _ in range(ROUNDS):
        point = _drop_vanished(likelihood, point)
        checked = _check(likelihood, point)
        if checked.converged:
            return checked
        slope = likelihood.slope(point)
        growing = (point.variances == 0) & (slope < -GRADIENT_LIMIT)
        if growing.any():
            grown = _grow(likelihood, point, growing)
            if grown is None:
                return Optimum(point, checked.gradient, checked.gradient <= GRADIENT_LIMIT)
            point = grown
            continue
        curvature = (average_information, log_curvature)[slow](likelihood, point)
        trial = _newton(likelihood, point, slope, curvature)
        if trial is None:
            point = _descend(likelihood, np.maximum(point.variances, NEAR_ZERO)) if slow else point
            slow = True
            continue
        slow = _steepest(likelihood, trial) > 0.3 * _steepest(likelihood, point)
        point = trial
    return _check(likelihood, point)


def _check(likelihood: Likelihood, point: Point) -> Optimum:
    slope = likelihood.slope(point)
    free = point.variances > 0
    gradient = float(np.max(np.abs(slope * point.variances), initial=0.0, where=free))
    growing = bool(np.any(slope[~free] < -GRADIENT_LIMIT))
    return Optimum(point, gradient, gradient <= GRADIENT_LIMIT and not growing)


def _descend(likelihood: Likelihood, start: Floats) -> Point:
    def criterion(roots: Floats) -> tuple[float, Floats]:
        point = likelihood.at(roots**2)
        return point.criterion, 2 * roots * likelihood.slope(point)

    found = minimize(
        criterion,
        np.sqrt(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * start.size,
        options={"maxiter": 200, "ftol": 1e-13, "gtol": GRADIENT_LIMIT},
    )
    return likelihood.at(np.asarray(found.x) ** 2)


def _drop_vanished(likelihood: Likelihood, point: Point) -> Point:
    """The point with its smallest variances at zero, where the criterion is no larger there and would only rise."""
    for e in np.flatnonzero((point.variances > 0) & (point.variances < NEAR_ZERO)):
        without = point.variances.copy()
        without[e] = 0.0
        trial = likelihood.at(without)
        level = trial.criterion <= point.criterion + 1e-12 * abs(point.criterion)
        if level and likelihood.slope(trial)[e] >= -GRADIENT_LIMIT:
            point = trial
    return point


def _grow(likelihood: Likelihood, point: Point, growing: NDArray[np.bool_]) -> Point | None:
    """A point with a lower criterion at which effects have left zero; None where floating point shows none.

    Over variances and not over their roots, whose slope at zero is zero whatever the data say.
    """
    step = 1.0
    while step > 1e-12:
        trial = likelihood.at(point.variances + step * growing)
        if trial.criterion < point.criterion:
            return trial
        step /= 4
    return None


def _steepest(likelihood: Likelihood, point: Point) -> float:
    return float(np.max(np.abs(likelihood.slope(point) * point.variances)))


def _newton(likelihood: Likelihood, point: Point, slope: Floats, curvature: Floats) -> Point | None:
    """One Newton step on the log variances that are not at zero; None where no step on its way lowers anything."""
    free = np.flatnonzero(point.variances > 0)
    gradient = (slope * point.variances)[free]
    step = -_definite_solve(curvature, gradient)
    step *= min(1.0, 2.0 / float(np.max(np.abs(step))))
    for _ in range(20):
        variances = point.variances.copy()
        variances[free] *= np.exp(step)
        trial = likelihood.at(variances)
        steepest = np.max(np.abs((likelihood.slope(trial) * variances)[free]))
        lower = trial.criterion < point.criterion - 1e-12 * abs(point.criterion)
        if lower or steepest < np.max(np.abs(gradient)):
            return trial
        step /= 2
    return None


def average_information(likelihood: Likelihood, point: Point) -> Floats:
    """Mean of the observed and the expected curvature by the log variances of effects that are not at zero.

    Gilmour, Thompson & Cullis 1995, Biometrics 51:1440: with w_e = Z_e Z_e'P y it is w_e'P w_f over the residual
    variance; profiling over the residual variance takes off a product of slopes.
    """
    equations, free = likelihood.equations, np.flatnonzero(point.variances > 0)
    if not free.size:
        return np.zeros((0, 0))
    mix = np.array([[-point.intercept], [1.0]])
    working = [
        point.variances[e] * (point.factored.level_scores(point.sums, point.solved, int(e)) @ mix)[:, 0] for e in free
    ]
    left = point.factored.solve(equations.level_sums(free.tolist(), working)).left
    inner = left[1:, 1:] - np.outer(left[1:, 0], left[0, 1:]) / left[0, 0]
    mixed = (point.scores[:, 0] * point.variances)[free] / point.residual
    return np.asarray(inner / point.residual - np.outer(mixed, mixed) / point.degrees)


def log_curvature(likelihood: Likelihood, point: Point) -> Floats:
    """Second derivatives of the criterion by the log variances that are not at zero, by central differences."""
    free = np.flatnonzero(point.variances > 0)
    out = np.empty((free.size, free.size))
    for column, e in enumerate(free):
        slopes = []
        for change in (STEP, -STEP):
            variances = point.variances.copy()
            variances[e] *= np.exp(change)
            moved = likelihood.at(variances)
            slopes.append((likelihood.slope(moved) * variances)[free])
        out[:, column] = (slopes[0] - slopes[1]) / (2 * STEP)
    return (out + out.T) / 2


def _definite_solve(matrix: Floats, vector: Floats) -> Floats:
    """Solve with the matrix made positive definite, so that the step goes downhill."""
    values, vectors = np.linalg.eigh(matrix)
    floor = 1e-8 * float(np.max(np.abs(values)))
    return np.asarray(vectors @ ((vectors.T @ vector) / np.maximum(np.abs(values), floor)))
