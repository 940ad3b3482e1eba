"""Standard errors that let the ratings of one person hang together: the sandwich over persons.

Persons (units of work) are taken as independent, their ratings not: White 1982 (Econometrica 50:1), Liang & Zeger 1986
(Biometrika 73:13). The variance of an estimate is the sum over persons of the square of what each adds to it, its score
times the inverse information, and n / (n - 1) for the n persons that the element met.
"""

from dataclasses import dataclass

import numpy as np

from qa_app.stats.severity.cells import Cells, Chunk
from qa_app.stats.severity.marginal import MarginalSolution
from qa_app.stats.severity.observations import Floats, Ints
from qa_app.stats.severity.posterior import Grid, Parameters, lay_grid, score_persons

_NO_SPREAD = 1e-3
"""Standard deviation that stands for none: posteriors are then points, as they are without any spread."""


@dataclass(frozen=True, slots=True, eq=False)
class RobustErrors:
    """For each entry of the stack, facets centred at 0."""

    se: Floats
    """Shape (stack,); NaN where fewer than two persons were met."""
    n_persons: Ints
    """Shape (stack,): persons that have a rating by, or of, this element."""


def measure_robust_errors(solution: MarginalSolution) -> RobustErrors:
    """The sandwich at the solution, some persons at a time."""
    cells, parameters = solution.cells, solution.parameters
    grid = solution.grid
    if grid is None:
        parameters = Parameters(parameters.stack, parameters.mean, float(np.log(_NO_SPREAD)))
        grid = lay_grid(cells, parameters)
    squares = np.zeros(parameters.stack.size)
    met = np.zeros(parameters.stack.size, dtype=np.intp)
    for chunk in cells.chunks:
        scores = score_chunk(cells, parameters, grid, chunk)
        squares += np.sum((scores @ solution.carry.T) ** 2, axis=0)
        met += _meet(cells, chunk)
    with np.errstate(divide="ignore", invalid="ignore"):
        return RobustErrors(np.where(met > 1, np.sqrt(squares * met / (met - 1)), np.nan), met)


def score_chunk(cells: Cells, parameters: Parameters, grid: Grid, chunk: Chunk) -> Floats:
    """Derivatives of each person's marginal log-likelihood, shape (persons, stack + 2)."""
    scores = score_persons(cells, parameters, grid, chunk)
    design, size = cells.design, cells.width
    people, found = chunk.chosen.tocoo().coords
    counts, cell, category = chunk.chosen.tocoo().data, found // size, found % size
    scale = np.searchsorted([last for _, last in cells.bounds], cell, side="right")
    gained = np.array([[*steps.scores, *[0.0] * (size - steps.scores.size)] for steps in design.steps])
    for offset, codes in zip(design.offsets, cells.elements, strict=False):
        np.subtract.at(scores, (people, offset + codes[cell]), counts * gained[scale, category])
    steps_at = np.array([design.offsets[-1] + steps.offset for steps in design.steps])
    np.subtract.at(scores, (people, steps_at[scale] + category), counts)
    return scores


def _meet(cells: Cells, chunk: Chunk) -> Ints:
    """How many persons of the chunk each entry of the stack has to do with."""
    met = np.zeros(cells.design.n_stacked, dtype=np.intp)
    for offset, split in zip(cells.design.offsets, chunk.by_element, strict=False):
        np.add.at(met, offset + split.elements[split.elements >= 0], 1)
    met[cells.design.offsets[-1] :] = chunk.scores.size
    return met
