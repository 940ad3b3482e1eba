"""The marginal likelihood with its derivatives: persons are integrated out over an even grid of their normal density.

On an even grid the trapezoid sum of a normal density errs by exp(-2 (pi sd / spacing)^2): 3e-18 with a spacing of .7
standard deviations. A posterior of few ratings is wide and less like a normal one, so that its spacing is half of one.
"""

from dataclasses import dataclass

import numpy as np

from qa_app.stats.severity.cells import Cells, Chunk
from qa_app.stats.severity.observations import Floats, Ints
from qa_app.stats.severity.products import batched_gram

NEGLIGIBLE = 45.0
"""Log-density below the mode that no double notices: exp(-45) is 3e-20."""
VISIBLE = 1e-14
"""Posterior weight at the end of a stretch that would be missed beyond it."""
REACH = 9.5
"""Standard deviations of the population on either side of its mean."""
SPACING, WIDE_SPACING = 0.7, 0.5
"""Posterior standard deviations from node to node; the first where that is at most `NARROW`."""
NARROW = 0.2
"""Logits from node to node."""
COARSE = 49
"""Nodes of the coarse grid, which finds the stretch that each posterior needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Where the population lies, and the stack of Design with facets centred at 0."""

    stack: Floats
    mean: float
    log_sd: float

    @property
    def sd(self) -> float:
        """Standard deviation of the population of persons, in logits."""
        return float(np.exp(self.log_sd))


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What the model expects of each cell at each node."""

    nodes: Floats
    log_weights: Floats
    log_totals: Floats
    """Shape (cells, nodes)."""
    probabilities: Floats
    """Shape (categories, cells, nodes); 0 for categories that a scale does not have."""
    means: Floats
    """Shape (cells, nodes): expected score."""
    steps: Floats
    """Shape (categories, cells, 1): score of each category."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """A coarse table over all nodes that matter to anyone, and a fine one."""

    coarse: Tables
    fine: Tables


@dataclass(slots=True, eq=False)
class Integral:
    """Sums over persons; persons in the order of Cells."""

    log_likelihood: float
    means: Floats
    """Shape (persons,): expected a posteriori (EAP)."""
    variances: Floats
    """Shape (persons,)."""
    weights: Floats
    """Shape (cells, nodes): expected number of ratings."""
    cut_off: bool
    """Whether somebody's posterior reaches beyond the grid."""
    missing: Floats
    """Shape (stack + 2, stack + 2): posterior covariance of the complete-data score (Louis 1982)."""


def tabulate(cells: Cells, parameters: Parameters, nodes: Floats) -> Tables:
    """Category probabilities by cell and node."""
    design = cells.design
    places = np.zeros(cells.n_cells)
    for offset, codes in zip(design.offsets, cells.elements, strict=False):
        places = places + parameters.stack[offset + codes]
    at = nodes - places[:, np.newaxis]
    probabilities = np.zeros((cells.width, *at.shape))
    scores = np.zeros((cells.width, places.size, 1))
    log_totals = np.empty_like(at)
    for steps, (first, last) in zip(design.steps, cells.bounds, strict=True):
        size = steps.categories.size
        start = design.offsets[-1] + steps.offset
        sums = parameters.stack[start : start + size]
        logits = steps.scores[:, np.newaxis, np.newaxis] * at[first:last] - sums[:, np.newaxis, np.newaxis]
        highest = logits.max(axis=0)
        logits -= highest
        np.exp(logits, out=logits)
        total = logits.sum(axis=0)
        probabilities[:size, first:last] = logits / total
        log_totals[first:last] = highest + np.log(total)
        scores[:size, first:last, 0] = steps.scores[:, np.newaxis]
    means = np.einsum("kcq,kc->cq", probabilities, scores[:, :, 0])
    deviates = (nodes - parameters.mean) / parameters.sd
    log_weights = -0.5 * deviates**2 - parameters.log_sd + np.log((nodes[1] - nodes[0]) / np.sqrt(2 * np.pi))
    return Tables(nodes, log_weights, log_totals, probabilities, means, scores)


def lay_grid(cells: Cells, parameters: Parameters, reach: float = REACH) -> Grid:
    """Fine nodes as far as any posterior reaches, and as far apart as the narrowest one allows."""
    half = reach * parameters.sd
    coarse = tabulate(cells, parameters, np.linspace(parameters.mean - half, parameters.mean + half, COARSE))
    variances = np.einsum("kcq,kcq->cq", coarse.probabilities, (coarse.steps - coarse.means) ** 2)
    most = max(float((chunk.counts @ variances).max()) for chunk in cells.chunks)
    smallest = 1 / np.sqrt(most + 1 / parameters.sd**2)
    spacing = min(SPACING * smallest, max(WIDE_SPACING * smallest, NARROW))
    n_nodes = 2 * int(np.ceil(half / spacing)) + 1
    return Grid(coarse, tabulate(cells, parameters, np.linspace(coarse.nodes[0], coarse.nodes[-1], n_nodes)))


def weigh(chunk: Chunk, grid: Grid) -> tuple[Floats, slice, float]:
    """Posterior weights of some persons on a stretch of the fine nodes, shape (persons, nodes), and log-likelihood.

    The log-posterior is concave, so outside of the coarse nodes where it is negligible for all, it stays so.
    """
    rough = _log_posterior(chunk, grid.coarse, slice(None))
    seen = np.flatnonzero((rough > rough.max(axis=1, keepdims=True) - NEGLIGIBLE).any(axis=0))
    ends = grid.coarse.nodes[[max(seen[0] - 1, 0), min(seen[-1] + 1, COARSE - 1)]]
    low, high = np.searchsorted(grid.fine.nodes, ends).tolist()
    stretch = slice(max(low - 1, 0), high + 1)
    logs = _log_posterior(chunk, grid.fine, stretch)
    highest = logs.max(axis=1)
    logs -= highest[:, np.newaxis]
    logs[logs < -NEGLIGIBLE] = -np.inf  # products of such weights would be denormal, and slow a hundred times
    np.exp(logs, out=logs)
    total = logs.sum(axis=1)
    logs /= total[:, np.newaxis]
    return logs, stretch, float(np.sum(highest + np.log(total)))


def _log_posterior(chunk: Chunk, tables: Tables, stretch: slice) -> Floats:
    logs = np.multiply.outer(chunk.scores, tables.nodes[stretch])
    logs -= chunk.counts @ tables.log_totals[:, stretch]
    logs += tables.log_weights[stretch]
    return logs


def integrate(cells: Cells, parameters: Parameters, grid: Grid, *, second: bool) -> Integral:
    """Integrate the persons out; `second` asks for what the second derivatives need."""
    size = cells.design.n_stacked
    sums = Integral(
        float(parameters.stack @ cells.observed),
        np.empty(cells.n_persons),
        np.empty(cells.n_persons),
        np.zeros(grid.fine.means.shape),
        False,
        np.zeros((size + 2, size + 2)),
    )
    missing = np.zeros((size + 3) ** 2)
    for chunk in cells.chunks:
        weights, stretch, log_likelihood = weigh(chunk, grid)
        sums.log_likelihood += log_likelihood
        nodes = grid.fine.nodes[stretch]
        sums.cut_off |= bool(weights[:, [0, -1]].max() > VISIBLE)
        means = weights @ nodes
        sums.means[chunk.persons] = means
        sums.variances[chunk.persons] = np.einsum("pq,pq->p", weights, (nodes - means[:, np.newaxis]) ** 2)
        sums.weights[:, stretch] += chunk.counts.T @ weights
        if second:
            scores, places = _scores(cells, parameters, grid.fine, chunk, stretch)
            scores -= np.einsum("paq,pq->pa", scores, weights)[:, :, np.newaxis]
            scores *= np.sqrt(weights)[:, np.newaxis]
            flat = (places[:, :, np.newaxis] * (size + 3) + places[:, np.newaxis]).ravel()
            missing += np.bincount(flat, batched_gram(scores).ravel(), missing.size)
    sums.missing[:] = missing.reshape(size + 3, size + 3)[:-1, :-1]
    return sums


def score_persons(cells: Cells, parameters: Parameters, grid: Grid, chunk: Chunk) -> Floats:
    """Posterior means of the part of the score that varies with the node, shape (persons, stack + 2)."""
    weights, stretch, _ = weigh(chunk, grid)
    scores, places = _scores(cells, parameters, grid.fine, chunk, stretch)
    means = np.zeros((chunk.scores.size, cells.design.n_stacked + 3))
    rows = np.broadcast_to(np.arange(chunk.scores.size)[:, np.newaxis], places.shape)
    np.add.at(means, (rows, places), np.einsum("paq,pq->pa", scores, weights))
    return means[:, :-1]


def _scores(cells: Cells, parameters: Parameters, tables: Tables, chunk: Chunk, stretch: slice) -> tuple[Floats, Ints]:
    """The part of the complete-data score that varies with the node, and where each slot of it stands in the stack.

    Shapes (persons, slots, nodes) and (persons, slots); empty slots stand behind the two of the population.
    """
    design = cells.design
    size = design.n_stacked
    nodes = tables.nodes[stretch]
    n_persons, n_nodes = chunk.scores.size, nodes.size
    scores: list[Floats] = []
    places: list[Ints] = []
    expected = np.ascontiguousarray(tables.means[:, stretch])
    for offset, split in zip(design.offsets, chunk.by_element, strict=False):
        scores.append((split.counts @ expected).reshape(n_persons, -1, n_nodes))
        places.append(np.where(split.elements < 0, size + 2, split.elements + offset))
    for category in range(1, cells.width - 1):
        probabilities = np.ascontiguousarray(tables.probabilities[category, :, stretch])
        scores.append((chunk.by_scale.counts @ probabilities).reshape(n_persons, -1, n_nodes))
        free = [steps.offset + category if category < steps.scores.size - 1 else -1 for steps in design.steps]
        own = np.where(chunk.by_scale.elements < 0, -1, np.array(free)[chunk.by_scale.elements])
        places.append(np.where(own < 0, size + 2, own + design.offsets[-1]))
    deviates = (nodes - parameters.mean) / parameters.sd
    population = np.array([deviates / parameters.sd, deviates**2 - 1])
    scores.append(np.broadcast_to(population, (n_persons, 2, n_nodes)))
    places.append(np.broadcast_to(np.array([size, size + 1]), (n_persons, 2)))
    return np.concatenate(scores, axis=1), np.concatenate(places, axis=1)
