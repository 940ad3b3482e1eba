"""Every pair of raters at once: how often each pair agrees, each pair's kappa, and their means."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qa_app.estimate import Estimate, Measured
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.inference import DEFAULT, Coefficient, Inference, conclude, why_not
from qa_app.stats.chance.lazy import Lazy
from qa_app.stats.chance.weights import Floats, Weights, disagree
from qa_app.stats.pair_tables import count_pairs
from qa_app.stats.proportion import wilson_limits
from qa_app.stats.reasons import undefined

PairScale = Literal["declared", "observed_per_pair"]
"""Which values weights are made of: the scale of the counts, or the ranks of the values that the pair itself used."""

_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True, eq=False)
class Pairs:
    """All pairs of raters, first before second, over the units that both rated."""

    counts: Counts

    @Lazy
    def raters(self) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...]:
        """Two arrays of shape (pairs,): the places of the first and the second rater, among raters with values."""
        codes = self.counts.known_codes
        present = np.flatnonzero((codes < self.counts.scale.size).any(axis=0))
        first, second = np.triu_indices(present.size, k=1)
        return present[first], present[second]

    @Lazy
    def tables(self) -> Floats:
        """Shape (pairs, values, values): contingency tables, rows the first rater's values."""
        counts = self.counts
        return count_pairs(counts.known_codes, counts.scale.size, counts.repeats)[self.raters]

    @Lazy
    def n_units(self) -> Floats:
        """Shape (pairs,): units that both rated."""
        totals: Floats = self.tables.sum(axis=(1, 2))
        return totals

    def amounts(self, weights: Weights, scale_from: PairScale) -> Floats:
        """Disagreement of shape (values, values), or with a first axis of pairs where each pair has its own."""
        if scale_from == "declared":
            return disagree(self.counts.scale, weights).shares
        if weights not in {"unweighted", "linear", "quadratic"}:
            raise ValueError("ranks of each pair's own values are offered unweighted, linear and quadratic")
        used = (self.tables.sum(axis=1) + self.tables.sum(axis=2)) > 0
        ranks = np.cumsum(used, axis=1).astype(np.float64)
        apart = np.abs(ranks[:, :, None] - ranks[:, None, :])
        if weights == "unweighted":
            return np.broadcast_to(1.0 - np.eye(ranks.shape[1]), apart.shape)
        return apart if weights == "linear" else apart**2

    def disagreements(self, weights: Weights, scale_from: PairScale = "declared") -> tuple[Floats, Floats]:
        """Observed and expected disagreement, both of shape (pairs,); nan for a pair that shares no unit."""
        amounts = self.amounts(weights, scale_from)
        totals = np.where(self.n_units > 0, self.n_units, np.nan)
        rows, columns = self.tables.sum(axis=2), self.tables.sum(axis=1)
        observed = (self.tables * amounts).sum(axis=(1, 2)) / totals
        expected = np.einsum("pk,pkl,pl->p", rows, np.broadcast_to(amounts, self.tables.shape), columns) / totals**2
        return observed, expected

    def kappas(self, weights: Weights, scale_from: PairScale = "declared") -> Floats:
        """Shape (pairs,): Cohen's kappa of each pair; nan where it shares no unit or shows no variation."""
        observed, expected = self.disagreements(weights, scale_from)
        varies = expected > 0
        return np.where(varies, 1.0 - observed / np.where(varies, expected, 1.0), np.nan)


def mean_pairwise_agreement(
    counts: Counts, *, weights: Weights = "unweighted", inference: Inference = DEFAULT
) -> Measured:
    """Mean over pairs of raters of their agreement on the units that both rated.

    Pairs without such a unit do not count. Percent agreement averages over units instead; the two are equal in complete
    tables.
    """
    pairs = Pairs(counts)

    def compute() -> Coefficient:
        observed, _ = pairs.disagreements(weights)
        shared = pairs.n_units > 0
        value = 1.0 - float(observed[shared].mean())
        amounts = disagree(counts.scale, weights).shares
        cells = observed[:, None, None] - amounts
        return Coefficient(value, value, 0.0, counts.n_units, lambda: _mean_influence(pairs, cells))

    return conclude(counts, compute, inference)


def light_kappa(
    counts: Counts,
    *,
    weights: Weights = "unweighted",
    scale_from: PairScale = "declared",
    inference: Inference = DEFAULT,
) -> Measured:
    """Light's kappa: mean of all pairs' Cohen's kappas, each over the units that both rated (Light 1971).

    Light's own tables are complete: count with `missing="listwise"` for that. With holes it is the mean pairwise kappa.
    Undefined where a pair of raters shares no unit or shows no variation: leaving such pairs out would favour the rest.
    """
    reason = why_not(counts)
    pairs = Pairs(counts)
    kappas = None if reason else pairs.kappas(weights, scale_from)
    if kappas is not None and np.isnan(kappas).any():
        reason = "pair-undefined" if not np.isnan(kappas).all() else "no-variation"
    if reason or kappas is None:
        return undefined(
            reason or "no-variation", n_units=counts.n_paired, n_raters=counts.n_raters, n_values=counts.n_values
        )

    def compute() -> Coefficient:
        return Coefficient(
            float(kappas.mean()), None, None, counts.n_units, lambda: _kappa_influence(pairs, weights, scale_from)
        )

    return conclude(counts, compute, inference)


def _kappa_influence(pairs: Pairs, weights: Weights, scale_from: PairScale) -> Floats:
    observed, expected = (part[:, None, None] for part in pairs.disagreements(weights, scale_from))
    amounts = np.broadcast_to(pairs.amounts(weights, scale_from), pairs.tables.shape)
    shares = pairs.tables / pairs.n_units[:, None, None]
    rows, columns = shares.sum(axis=2), shares.sum(axis=1)
    means = (amounts @ columns[:, :, None]) + (rows[:, None, :] @ amounts)
    return _mean_influence(pairs, (amounts - observed - observed / expected * (means - 2.0 * expected)) / -expected)


def _mean_influence(pairs: Pairs, cells: Floats) -> Floats:
    """Influence on the mean over pairs, from each pair's influence by cell of its table; shape (rows,)."""
    counts = pairs.counts
    codes, n_values = counts.known_codes, counts.scale.size
    first, second = pairs.raters
    shared = pairs.n_units > 0
    width = n_values + 1
    worth = np.zeros((shared.size, width, width))
    scale = counts.n_units / (np.where(shared, pairs.n_units, 1.0) * np.count_nonzero(shared))
    worth[:, :-1, :-1] = np.where(shared[:, None, None], cells, 0.0) * scale[:, None, None]
    flat, offsets = worth.ravel(), width**2 * np.arange(shared.size)
    step = max(1, _CELLS_AT_ONCE // max(1, shared.size))
    blocks = (codes[start : start + step].astype(np.intp) for start in range(0, len(codes), step))
    parts = [flat[block[:, first] * width + block[:, second] + offsets].sum(axis=1) for block in blocks]
    return np.concatenate(parts)


def all_raters_agreement(counts: Counts, *, tolerance: float = 0.0, confidence: float = 0.95) -> Measured:
    """Share of the units rated by everybody on which all values lie within a tolerance of each other, in [0, 1].

    The interval is Wilson's over units.
    """
    rated = counts.known_codes < counts.scale.size
    given = rated.any(axis=0)
    complete = counts.only(np.asarray(rated[:, given].all(axis=1)))
    if reason := why_not(counts) or ("no-complete-unit" if complete.n_units == 0 else why_not(complete)):
        return undefined(reason, n_units=complete.n_paired, n_raters=counts.n_raters, n_values=complete.n_values)
    within = (np.ptp(counts.scale[complete.known_codes[:, given]], axis=1) <= tolerance).astype(np.float64)
    alike = int(complete.inner(within, within))
    low, high = wilson_limits(alike, complete.n_units, confidence=confidence)
    return Estimate(
        alike / complete.n_units,
        low,
        high,
        n_units=complete.n_units,
        n_raters=complete.n_raters,
        method=f"Wilson score interval, {alike} of {complete.n_units} units",
        confidence=confidence,
        n_values=complete.n_values,
    )
