"""Bootstrap of any number of coefficients at once.

Every coefficient is a function of sums over units, so B resamples are one product: (B, rows) counts times (rows, p)
values by row, and a finish that works on all resamples together. Resampling raters too (the pigeonhole bootstrap of
Owen 2007, Ann. Appl. Stat. 1:386) multiplies each rating by how often its rater was drawn; a rater is never paired with
itself.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from qa_app.estimate import Interval
from qa_app.stats.chance import forms
from qa_app.stats.chance.alpha import alpha
from qa_app.stats.chance.columns import Columns, Part, Sums, upper
from qa_app.stats.chance.counts import Counts
from qa_app.stats.chance.inference import Coefficient, why_not
from qa_app.stats.chance.weights import Floats, Weights
from qa_app.stats.resampling import Drawn, Resampling, draw_counts, find_limits

_CELLS_AT_ONCE = 4_000_000
_BOTH_WAYS_AT_ONCE = 2_000_000


class Wanted(NamedTuple):
    """One coefficient: a key of `KINDS`, and its weights."""

    kind: str
    weights: Weights = "unweighted"


class _Kind(NamedTuple):
    compute: Callable[[Counts, Weights], Coefficient | None]
    needs: Callable[[Weights], tuple[Part, ...]]
    finish: Callable[[Counts, Sums, Weights], Floats]


class Asked(NamedTuple):
    """Coefficients of one table of counts."""

    counts: Counts
    wanted: Sequence[Wanted]


def resample(
    counts: Counts, wanted: Sequence[Wanted], resampling: Resampling, *, raters_too: bool = False
) -> dict[Wanted, Interval]:
    """Bootstrap intervals over units, or over units and raters, from the same resamples for all.

    Raises:
        ValueError: raters are to be resampled or their margins are needed, but raters are unknown.
    """
    (intervals,) = resample_each([Asked(counts, wanted)], resampling, raters_too=raters_too)
    return intervals


def resample_each(
    asked: Sequence[Asked], resampling: Resampling, *, raters_too: bool = False
) -> list[dict[Wanted, Interval]]:
    """The same for several tables, as the criteria of one session; as many units share their draws.

    Each table's intervals are those of `resample`: sharing saves time and changes no number.

    Raises:
        ValueError: as `resample`.
    """
    found = [_compute_defined(each) for each in asked]
    tables = [Asked(each.counts, tuple(defined)) for each, defined in zip(asked, found, strict=True)]
    drawn = draw_each(tables, resampling, raters_too=raters_too)
    return [
        _find_intervals(each, defined, values, resampling, raters_too=raters_too)
        for each, defined, values in zip(asked, found, drawn, strict=True)
    ]


def _compute_defined(asked: Asked) -> dict[Wanted, Coefficient]:
    counts = asked.counts
    if why_not(counts):
        return {}
    found = {choice: KINDS[choice.kind].compute(counts, choice.weights) for choice in asked.wanted}
    return {choice: coefficient for choice, coefficient in found.items() if coefficient is not None}


def _find_intervals(
    asked: Asked,
    defined: Mapping[Wanted, Coefficient],
    drawn: Mapping[Wanted, Floats],
    resampling: Resampling,
    *,
    raters_too: bool,
) -> dict[Wanted, Interval]:
    counts = asked.counts
    sample = Drawn(counts.n_units, counts.n_paired, "units and raters" if raters_too else "units")
    nothing = Interval(None, None, "no interval: there is no value to resample")
    intervals = dict.fromkeys(asked.wanted, nothing)
    for choice, coefficient in defined.items():
        influence = coefficient.influence()
        if counts.repeats is not None:
            influence = np.repeat(influence, counts.repeats.astype(np.intp))
        intervals[choice] = find_limits(drawn[choice], coefficient.value, influence, resampling, sample)
    return intervals


def draw(
    counts: Counts, wanted: Sequence[Wanted], resampling: Resampling, *, raters_too: bool = False
) -> dict[Wanted, Floats]:
    """Values of shape (resamples,) for each coefficient; nan where it does not exist in a resample."""
    (values,) = draw_each([Asked(counts, wanted)], resampling, raters_too=raters_too)
    return values


def draw_each(
    asked: Sequence[Asked], resampling: Resampling, *, raters_too: bool = False
) -> list[dict[Wanted, Floats]]:
    """The same for several tables; draws are shared by tables with as many units, if each row is one unit."""
    summing = [_Summing(each) for each in asked]
    alone = [[each] for each in summing if each.parts and (raters_too or each.counts.repeats is not None)]
    shared: dict[int, list[_Summing]] = {}
    for each in summing:
        if each.parts and not raters_too and each.counts.repeats is None:
            shared.setdefault(each.counts.n_units, []).append(each)
    for group in (*alone, *shared.values()):
        (_sum_both_ways if raters_too else _sum_units)(group, resampling)
    return [each.join() for each in summing]


class _Summing:
    """One table while its resamples are summed up."""

    def __init__(self, asked: Asked) -> None:
        counts = asked.counts
        self.counts = counts if counts.n_units == counts.n_rows else counts.only(counts.n_ratings > 0)
        self.wanted = asked.wanted
        needs = (KINDS[choice.kind].needs(choice.weights) for choice in asked.wanted)
        self.parts: tuple[Part, ...] = tuple(dict.fromkeys(part for parts in needs for part in parts))
        self._drawn: dict[Wanted, list[Floats]] = {choice: [] for choice in self.wanted}

    @property
    def n_margins(self) -> int:
        """Sums of one resample by rater and value."""
        return self.counts.known_codes.shape[1] * self.counts.scale.size if ("by_rater", None) in self.parts else 0

    def add(self, sums: Sums) -> None:
        """Compute the coefficients of some resamples."""
        for choice, found in self._drawn.items():
            found.append(KINDS[choice.kind].finish(self.counts, sums, choice.weights))

    def join(self) -> dict[Wanted, Floats]:
        """The coefficients of all resamples."""
        return {choice: np.concatenate(found) for choice, found in self._drawn.items()}


def _sum_units(group: Sequence[_Summing], resampling: Resampling) -> None:
    """Tables with as many units; a table whose rows stand for several units stands alone."""
    columns = [Columns(each.counts, each.parts) for each in group]
    counts = group[0].counts
    # Where raters and values outnumber units, their margins are what fills the memory.
    most = max(len(counts.per_unit), *(each.n_margins for each in group))
    at_once = _CELLS_AT_ONCE * len(counts.per_unit) // most
    for times in draw_counts(counts.n_units, resampling, repeats=counts.repeats, cells_at_once=at_once):
        for each, sums in zip(group, columns, strict=True):
            each.add(sums.add_up(times))


def _sum_both_ways(group: Sequence[_Summing], resampling: Resampling) -> None:
    """One table alone: its raters are drawn too."""
    (each,) = group
    counts = each.counts
    codes, n_values = counts.known_codes, counts.scale.size
    n_raters = codes.shape[1]
    chosen = (codes.T[:, :, None] == np.arange(n_values)).astype(np.float64)
    ratings, present = chosen.reshape(n_raters, -1), chosen.sum(axis=2)
    # The raters' draws have a stream of their own, so that units are drawn as they are without them.
    random = np.random.Generator(np.random.Philox(resampling.seed).jumped())
    at_once = max(1, _BOTH_WAYS_AT_ONCE // n_values)
    for drawn in draw_counts(counts.n_units, resampling, repeats=counts.repeats, cells_at_once=at_once):
        times = drawn.astype(np.float64)
        weight = random.multinomial(n_raters, np.full(n_raters, 1 / n_raters), size=len(times)).astype(np.float64)
        per_unit = (weight @ ratings).reshape(len(times), -1, n_values)
        pairs = per_unit.sum(axis=2) ** 2 - weight**2 @ present
        each.add(
            {part: _sum_part(counts, part, times, per_unit, pairs) for part in each.parts if part[0] != "by_rater"}
            | {part: _sum_margins(times, weight, chosen) for part in each.parts if part[0] == "by_rater"}
        )


def _sum_margins(times: Floats, weight: Floats, chosen: Floats) -> Floats:
    """Margins of raters, with how often each was drawn as a last column; shape (resamples, raters, values + 1)."""
    margins = np.einsum("bi,rik->brk", times, chosen, optimize=True)
    return np.concatenate([margins, weight[:, :, None]], axis=2)


def _sum_part(counts: Counts, part: Part, times: Floats, per_unit: Floats, pairs: Floats) -> Floats:
    """One sum with ratings weighted by their raters' draws.

    `per_unit` has the shape (resamples, rows, values), `pairs` (resamples, rows): ordered pairs of different raters.
    """
    name, weights = part
    sizes = per_unit.sum(axis=2)
    paired = pairs > 0
    if name == "paired":
        return _add(times, paired[:, :, None].astype(np.float64))
    if name == "rated":
        return _add(times, (sizes > 0)[:, :, None].astype(np.float64))
    if name == "margins":
        return _add(times * paired, per_unit)
    if name == "shares":
        return _add(np.divide(times, sizes, out=np.zeros_like(sizes), where=sizes > 0), per_unit)
    share = np.divide(times, pairs, out=np.zeros_like(pairs), where=paired)
    if name != "observed":
        share *= sizes
    if name == "pairs":
        return _add(share, upper(per_unit, per_unit))
    weighted = counts.weighted(weights or "unweighted")
    sums = ((per_unit @ weighted.amounts) * per_unit).sum(axis=2)
    return _add(share, sums[:, :, None]) / weighted.disagreement.largest


def _add(share: Floats, by_unit: Floats) -> Floats:
    """Sum over units of shares (resamples, rows) times values (resamples, rows, n); shape (resamples, n)."""
    sums: Floats = (share[:, None, :] @ by_unit)[:, 0]
    return sums


def _ratio(observed: Floats, expected: Floats) -> Floats:
    """1 - observed / expected; nan where nothing is expected."""
    varies = expected > 0
    return np.where(varies, 1.0 - observed / np.where(varies, expected, 1.0), np.nan)


def _mean_observed(sums: Sums, weights: Weights) -> Floats:
    paired = sums["paired", None][:, 0]
    return np.where(paired > 0, sums["observed", weights][:, 0] / np.where(paired > 0, paired, 1.0), np.nan)


def _form(counts: Counts, shares: Floats, weights: Weights) -> Floats:
    amounts = counts.weighted(weights).disagreement.symmetric
    sums: Floats = ((shares @ amounts) * shares).sum(axis=1)
    return sums


def _finish_agreement(_: Counts, sums: Sums, weights: Weights) -> Floats:
    return 1.0 - _mean_observed(sums, weights)


def _finish_brennan_prediger(counts: Counts, sums: Sums, weights: Weights) -> Floats:
    expected = float(counts.weighted(weights).disagreement.shares.mean())
    return 1.0 - _mean_observed(sums, weights) / expected


def _finish_fleiss(counts: Counts, sums: Sums, weights: Weights) -> Floats:
    return _ratio(_mean_observed(sums, weights), _form(counts, sums["shares", None] / sums["rated", None], weights))


def _finish_gwet(counts: Counts, sums: Sums, weights: Weights) -> Floats:
    shares = sums["shares", None] / sums["rated", None]
    n_values = counts.scale.size
    factor = (1.0 - counts.weighted(weights).disagreement.shares).sum() / (n_values * (n_values - 1))
    return _ratio(_mean_observed(sums, weights), 1.0 - factor * (shares * (1.0 - shares)).sum(axis=1))


def _finish_conger(counts: Counts, sums: Sums, weights: Weights) -> Floats:
    margins, n_values = sums["by_rater", None], counts.scale.size
    # Resamples last: what is summed over raters and values then is one row beside the other.
    shares = np.ascontiguousarray(margins[:, :, :n_values].transpose(1, 2, 0))
    totals = shares.sum(axis=1)
    drawn = (totals > 0) * (margins[:, :, n_values].T if margins.shape[2] > n_values else 1.0)
    shares *= (drawn / np.where(totals > 0, totals, 1.0))[:, None]
    amounts = counts.weighted(weights).disagreement.symmetric
    # Every rater meets the earlier ones, so that nothing is subtracted and 0 stays exactly 0.
    earlier = (np.tri(len(shares), k=-1) @ shares.reshape(len(shares), -1)).reshape(shares.shape)
    together = np.einsum("rkb,rkb->b", amounts @ earlier, shares)
    pairs = (drawn.sum(axis=0) ** 2 - (drawn**2).sum(axis=0)) / 2
    return _ratio(_mean_observed(sums, weights), together / np.where(pairs > 0, pairs, 1.0))


def _finish_alpha(counts: Counts, sums: Sums, weights: Weights) -> Floats:
    margins = sums["margins", None]
    n_values = margins.sum(axis=1)
    if weights == "mid_ranks":
        low, high = np.triu_indices(margins.shape[1], k=1)
        ranks = 2.0 * np.cumsum(margins, axis=1) - margins
        apart = (ranks[:, high] - ranks[:, low]) ** 2
        observed = (sums["pairs", None] * apart).sum(axis=1)
        expected = 2.0 * (margins[:, low] * margins[:, high] * apart).sum(axis=1)
    else:
        observed, expected = sums["coincident", weights][:, 0], _form(counts, margins, weights)
    return _ratio((n_values - 1.0) * observed, expected)


def _need_pairs(weights: Weights) -> tuple[Part, ...]:
    return ("paired", None), ("observed", weights)


def _need_shares(weights: Weights) -> tuple[Part, ...]:
    return *_need_pairs(weights), ("rated", None), ("shares", None)


def _need_raters(weights: Weights) -> tuple[Part, ...]:
    return *_need_pairs(weights), ("by_rater", None)


def _need_alpha(weights: Weights) -> tuple[Part, ...]:
    if weights == "mid_ranks":
        return ("margins", None), ("pairs", None)
    return ("margins", None), ("coincident", weights)


KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "percent_agreement": _Kind(forms.agreement, _need_pairs, _finish_agreement),
        "brennan_prediger": _Kind(forms.brennan_prediger, _need_pairs, _finish_brennan_prediger),
        "fleiss_kappa": _Kind(forms.fleiss, _need_shares, _finish_fleiss),
        "gwet_ac": _Kind(forms.gwet, _need_shares, _finish_gwet),
        "conger_kappa": _Kind(forms.conger, _need_raters, _finish_conger),
        "krippendorff_alpha": _Kind(alpha, _need_alpha, _finish_alpha),
    }
)
