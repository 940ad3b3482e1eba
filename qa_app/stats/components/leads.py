"""The leading block of the mixed-model equations: effects so nested that their equations fall apart into small ones.

Eliminating it first leaves a dense system in the small facets only (a Schur complement), which is what keeps 100,000
units against 20 raters cheap without a sparse Cholesky factorisation. Notation: `G = Z'Z` of the leading effects,
`C = Z'Z_trailing`, `g` the relative variances (component over residual variance), `L = diag(sqrt(g))`,
`B = I + L G L` and `W = L B^-1 L`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from qa_app.stats.components.counts import Design
from qa_app.stats.components.table import Floats

Indices = NDArray[np.int64]
GROUPED_CELLS = 1 << 22
"""Numbers that products grouped by equal counts may take."""
DENSE_CELLS = 1 << 22
"""Cells up to which rows are picked from a dense matrix: picking few from a sparse one costs more than a product."""
CHUNK_CELLS = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class LeadSums:
    """Z'[1, y] = r of the leading equations."""

    values: Floats
    """r, shape (equations, columns)."""
    crossed: Floats | None = None
    """C'r summed over levels with equal counts, shape (sizes, trailing, columns), where products are grouped."""
    squared: Floats | None = None
    """r'r likewise, shape (sizes, columns, columns)."""


class Eliminated(Protocol):
    """A leading block factored at given relative variances."""

    log_determinant: float
    """log |B|."""

    @property
    def cross(self) -> Floats:
        """C'WC, shape (trailing, trailing)."""
        ...

    def reduce(self, sums: LeadSums) -> tuple[Floats, Floats]:
        """C'W r, shape (trailing, columns), and r'W r, shape (columns, columns)."""
        ...

    def solve(self, sums: LeadSums, trail: Floats) -> Floats:
        """W (r - C trail), shape (equations, columns)."""
        ...

    def scores(self, sums: LeadSums, trail: Floats) -> Floats:
        """(I - G W)(r - C trail), shape (equations, columns)."""
        ...

    def squares(self, sums: LeadSums, trail: Floats, mixes: Floats) -> Mapping[int, Floats]:
        """Of each leading effect the squared length of (I - GW)(r - C trail) mixes, one number a column of mixes."""
        ...

    def traces(self, q: Floats) -> Mapping[int, float]:
        """tr(Z_e'H^-1 Z_e) of each leading effect, where q = L2 S^-1 L2 comes from the trailing system."""
        ...

    def variances(self, q: Floats) -> Floats:
        """Diagonal of W + W C q C'W: conditional variances over the residual variance, one an equation."""
        ...


class Lead(Protocol):
    """A leading block of the equations, whatever the variances."""

    effects: tuple[int, ...]

    def arrange(self, columns: Sequence[Floats]) -> Floats:
        """Lay one column of numbers by level, an array for each effect, out as equations; shape (equations,)."""
        ...

    def summarise(self, values: Floats) -> LeadSums:
        """Whatever of r can be summed once and for all."""
        ...

    def read(self, equations: Floats, effect: int) -> Floats:
        """The numbers of one leading effect's levels among those of all equations."""
        ...

    def factor(self, variances: Floats) -> Eliminated:
        """Factor at the relative variances of all effects of the design."""
        ...


def trailing_counts(design: Design, lead: Sequence[int], row: int) -> csr_array:
    """Z_row' times all trailing effects side by side, shape (levels of row, trailing)."""
    others = [f for f in range(len(design.effects)) if f not in lead]
    if not others:
        return csr_array((design.effects[row].n_levels, 0))
    return csr_array(hstack([design.meeting(row, f) for f in others], format="csr"))


class DiagonalLead:
    """One effect leads: its equations do not touch each other."""

    def __init__(self, design: Design, effect: int) -> None:
        self.effects: tuple[int, ...] = (effect,)
        self.counts = design.effects[effect].counts
        self.cross_counts = trailing_counts(design, self.effects, effect)
        self.sizes, group, self.times = np.unique(self.counts, return_inverse=True, return_counts=True)
        self._group = group

    def arrange(self, columns: Sequence[Floats]) -> Floats:
        """See `Lead`."""
        return columns[self.effects[0]]

    def summarise(self, values: Floats) -> LeadSums:
        """See `Lead`."""
        if self.grouped is None:
            return LeadSums(values)
        pairs = [(rows, values[at]) for at, rows in self._by_size()]
        crossed = np.array([rows.T @ own for rows, own in pairs])
        return LeadSums(values, crossed, np.array([own.T @ own for _, own in pairs]))

    def read(self, equations: Floats, effect: int) -> Floats:
        """See `Lead`."""
        del effect
        return equations

    def factor(self, variances: Floats) -> "DiagonalEliminated":
        """See `Lead`."""
        return DiagonalEliminated(self, float(variances[self.effects[0]]))

    @cached_property
    def grouped(self) -> Floats | None:
        """C'C summed over levels with equal counts, shape (sizes, trailing, trailing); None where that is too much."""
        trailing = self.cross_counts.shape[1]
        if self.sizes.size * trailing**2 > GROUPED_CELLS:
            return None
        return np.array([rows.T @ rows for _, rows in self._by_size()])

    def _by_size(self) -> Iterator[tuple[Indices, Floats]]:
        """Levels with equal counts, with their rows of C, dense."""
        order = np.argsort(self._group, kind="stable")
        small = np.prod(self.cross_counts.shape) <= DENSE_CELLS
        dense = self.cross_counts.toarray() if small else None
        for at in np.split(order, np.cumsum(self.times)[:-1]):
            yield at, self.cross_counts[at].toarray() if dense is None else dense[at]

    @cached_property
    def transposed(self) -> csr_array:
        """C' by rows."""
        return self.cross_counts.T.tocsr()

    def weighted(self, by_size: Floats) -> Floats:
        """C' diag(weights) C, where levels with equal counts have equal weights; shape (trailing, trailing)."""
        if self.grouped is not None:
            return np.tensordot(by_size, self.grouped, axes=1)
        scaled = self.transposed.copy()
        scaled.data = scaled.data * by_size[self._group][scaled.indices]
        return np.asarray((scaled @ self.cross_counts).toarray())


class DiagonalEliminated:
    """A diagonal lead at one relative variance."""

    def __init__(self, lead: DiagonalLead, variance: float) -> None:
        self._lead = lead
        self._variance = variance
        self._scale_by_size = 1 + variance * lead.sizes
        self.log_determinant = float(lead.times @ np.log1p(variance * lead.sizes))

    @cached_property
    def cross(self) -> Floats:
        """See `Eliminated`."""
        return self._lead.weighted(self._variance / self._scale_by_size)

    @cached_property
    def _scale(self) -> Floats:
        return np.asarray(1 + self._variance * self._lead.counts)

    def reduce(self, sums: LeadSums) -> tuple[Floats, Floats]:
        """See `Eliminated`."""
        if sums.crossed is None or sums.squared is None:
            weighted = sums.values * (self._variance / self._scale)[:, None]
            return self._lead.transposed @ weighted, sums.values.T @ weighted
        weights = self._variance / self._scale_by_size
        return np.tensordot(weights, sums.crossed, axes=1), np.tensordot(weights, sums.squared, axes=1)

    def solve(self, sums: LeadSums, trail: Floats) -> Floats:
        """See `Eliminated`."""
        return np.asarray((sums.values - self._lead.cross_counts @ trail) * (self._variance / self._scale)[:, None])

    def scores(self, sums: LeadSums, trail: Floats) -> Floats:
        """See `Eliminated`."""
        return np.asarray((sums.values - self._lead.cross_counts @ trail) / self._scale[:, None])

    def squares(self, sums: LeadSums, trail: Floats, mixes: Floats) -> Mapping[int, Floats]:
        """See `Eliminated`."""
        if sums.crossed is None or sums.squared is None or self._lead.grouped is None:
            return {self._lead.effects[0]: np.sum((self.scores(sums, trail) @ mixes) ** 2, axis=0)}
        weights = self._scale_by_size**-2.0
        cross = trail.T @ np.tensordot(weights, sums.crossed, axes=1)
        own = np.tensordot(weights, sums.squared, axes=1) - cross - cross.T
        own += trail.T @ np.tensordot(weights, self._lead.grouped, axes=1) @ trail
        return {self._lead.effects[0]: np.einsum("ij,ik,kj->j", mixes, own, mixes)}

    def traces(self, q: Floats) -> Mapping[int, float]:
        """See `Eliminated`."""
        scale = self._scale_by_size
        inner = self._lead.weighted(scale**-2.0)
        return {self._lead.effects[0]: float(self._lead.times @ (self._lead.sizes / scale) - np.sum(q * inner))}

    def variances(self, q: Floats) -> Floats:
        """See `Eliminated`."""
        weight = self._variance / self._scale
        return weight + weight**2 * _row_quadratics(self._lead.cross_counts, q)


def _row_quadratics(rows: csr_array, q: Floats) -> Floats:
    """Diagonal of C q C' for sparse C, a chunk of rows at a time."""
    if not q.size:
        return np.zeros(rows.shape[0])
    step = max(1, CHUNK_CELLS // q.shape[0])
    chunks = (rows[start : start + step].toarray() for start in range(0, rows.shape[0], step))
    return np.concatenate([np.einsum("ij,ij->i", chunk @ q, chunk) for chunk in chunks])


@dataclass(frozen=True, eq=False)
class Slots:
    """Places of the leading effects' levels: block after block, `width` places each, unused places at the end."""

    n_blocks: int
    width: int
    places: Mapping[int, np.ndarray]
    """Equation of each level, by effect."""


def lay_out(design: Design, anchor: int, members: Sequence[int]) -> Slots:
    """Give each level of the members, all nested in the anchor, a place in the block of its anchor level."""
    n_blocks = design.effects[anchor].n_levels
    blocks = [
        np.arange(n_blocks) if e == anchor else design.meeting(e, anchor).indices.astype(np.int64) for e in members
    ]
    everyone = np.concatenate(blocks)
    order = np.argsort(everyone, kind="stable")
    sizes = np.bincount(everyone, minlength=n_blocks)
    starts = np.cumsum(sizes) - sizes
    slot = np.empty(everyone.size, dtype=np.int64)
    slot[order] = np.arange(everyone.size) - starts[everyone[order]]
    width = int(sizes.max())
    at = np.split(everyone * width + slot, np.cumsum([block.size for block in blocks])[:-1])
    return Slots(n_blocks, width, dict(zip(members, at, strict=True)))


class BlockLead:
    """Several effects lead, each nested in the anchor: one small dense block for each level of the anchor."""

    def __init__(self, design: Design, anchor: int, members: Sequence[int]) -> None:
        self.effects: tuple[int, ...] = tuple(members)
        self.slots = lay_out(design, anchor, members)
        n, k = self.slots.n_blocks, self.slots.width
        self.inner = np.zeros((n, k, k))
        flat = self.inner.reshape(n * k, k)
        for e in members:
            at = self.slots.places[e]
            flat[at, at % k] = design.effects[e].counts
            for f in members:
                if f > e:
                    pair = design.meeting(e, f).tocoo()
                    rows, columns = at[pair.row], self.slots.places[f][pair.col]
                    flat[rows, columns % k] = pair.data
                    flat[columns, rows % k] = pair.data
        trailing = sum(effect.n_levels for place, effect in enumerate(design.effects) if place not in members)
        self.outer = np.zeros((n * k, trailing))
        for e in members:
            self.outer[self.slots.places[e]] = trailing_counts(design, self.effects, e).toarray()

    def arrange(self, columns: Sequence[Floats]) -> Floats:
        """See `Lead`."""
        out = np.zeros(self.slots.n_blocks * self.slots.width)
        for e in self.effects:
            out[self.slots.places[e]] = columns[e]
        return out

    def summarise(self, values: Floats) -> LeadSums:
        """See `Lead`."""
        return LeadSums(values)

    def read(self, equations: Floats, effect: int) -> Floats:
        """See `Lead`."""
        return np.asarray(equations[self.slots.places[effect]])

    def factor(self, variances: Floats) -> "BlockEliminated":
        """See `Lead`."""
        return BlockEliminated(self, variances)


class BlockEliminated:
    """A block lead at given relative variances."""

    def __init__(self, lead: BlockLead, variances: Floats) -> None:
        self._lead = lead
        n, k = lead.slots.n_blocks, lead.slots.width
        self._shape = (n, k)
        root = lead.arrange([np.asarray(np.sqrt(v)) for v in variances]).reshape(n, k)
        system = root[:, :, None] * lead.inner * root[:, None, :]
        system[:, np.arange(k), np.arange(k)] += 1
        factor = np.linalg.cholesky(system)
        self.log_determinant = 2 * float(np.sum(np.log(np.diagonal(factor, axis1=1, axis2=2))))
        self._weights = root[:, :, None] * np.linalg.inv(system) * root[:, None, :]

    def _each(self, matrices: Floats, x: Floats) -> Floats:
        return (matrices @ x.reshape(*self._shape, x.shape[1])).reshape(x.shape)

    @cached_property
    def cross(self) -> Floats:
        """See `Eliminated`."""
        return self._lead.outer.T @ self._apply(self._lead.outer)

    def reduce(self, sums: LeadSums) -> tuple[Floats, Floats]:
        """See `Eliminated`."""
        weighted = self._apply(sums.values)
        return self._lead.outer.T @ weighted, sums.values.T @ weighted

    def solve(self, sums: LeadSums, trail: Floats) -> Floats:
        """See `Eliminated`."""
        return self._apply(sums.values - self._lead.outer @ trail)

    def scores(self, sums: LeadSums, trail: Floats) -> Floats:
        """See `Eliminated`."""
        return self._remove(sums.values - self._lead.outer @ trail)

    def squares(self, sums: LeadSums, trail: Floats, mixes: Floats) -> Mapping[int, Floats]:
        """See `Eliminated`."""
        left = self.scores(sums, trail) @ mixes
        return {e: np.sum(self._lead.read(left, e) ** 2, axis=0) for e in self._lead.effects}

    def _apply(self, x: Floats) -> Floats:
        return self._each(self._weights, x)

    def _remove(self, x: Floats) -> Floats:
        return x - self._each(self._lead.inner, self._apply(x))

    def traces(self, q: Floats) -> Mapping[int, float]:
        """See `Eliminated`."""
        inner = self._lead.inner
        own = np.diagonal(inner - inner @ self._weights @ inner, axis1=1, axis2=2).ravel()
        left = self._remove(self._lead.outer)
        each = own - np.einsum("ij,ij->i", left @ q, left)
        return {e: float(np.sum(self._lead.read(each, e))) for e in self._lead.effects}

    def variances(self, q: Floats) -> Floats:
        """See `Eliminated`."""
        left = self._apply(self._lead.outer)
        own = np.diagonal(self._weights, axis1=1, axis2=2).ravel()
        return np.asarray(own + np.einsum("ij,ij->i", left @ q, left))


def block_width(design: Design, anchor: int, members: Sequence[int]) -> int:
    """Places that the fullest block of this anchor needs."""
    total = np.ones(design.effects[anchor].n_levels, dtype=np.int64)
    for e in members:
        if e != anchor:
            total += np.bincount(design.meeting(e, anchor).indices, minlength=total.size)
    return int(total.max())
