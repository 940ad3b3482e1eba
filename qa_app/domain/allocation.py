"""Sharing a sample's size out among strata: proportional where it can be, by chance where it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Share:
    """What one stratum gives."""

    drawn: int
    expected: Fraction
    """The mean of `drawn` over all random starts; over the stratum's size it is the inclusion probability."""
    outcomes: Mapping[int, Fraction]
    """Every number that a start can bring, with its probability."""


def allocate(size: int, sizes: Mapping[str, int], *, start: Fraction) -> dict[str, Share]:
    """Share `size` out among strata in proportion to their sizes; together they give min(size, sum of sizes).

    Rule D3, where there is at least one for each stratum: largest remainders, and at least 1 each. Rule D4, where there
    is not: a systematic draw from a random `start` in [0, 1) decides which strata give one more than the whole part of
    their share, so that every ticket keeps the same chance (Madow 1949, Ann. Math. Stat. 20:333).
    """
    filled = {label: sizes[label] for label in sorted(sizes) if sizes[label] > 0}
    size = min(size, sum(filled.values()))
    if size >= len(filled):
        counts = _round_by_remainders(size, filled)
        shares = {label: Share(count, Fraction(count), {count: Fraction(1)}) for label, count in counts.items()}
    else:
        shares = _round_by_chance(size, filled, start=start)
    nothing = Share(0, Fraction(0), {0: Fraction(1)})
    return {label: shares.get(label, nothing) for label in sizes}


def _round_by_remainders(size: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Largest remainders (Hamilton), once strata with a share below 1 have 1; ties go to the larger stratum."""
    counts: dict[str, int] = {}
    rest = dict(sizes)
    while True:
        left, total = size - len(counts), sum(rest.values())
        small = [label for label, count in rest.items() if left * count < total]
        if not small:
            break
        counts.update(dict.fromkeys(small, 1))
        rest = {label: count for label, count in rest.items() if label not in counts}
    shares = {label: Fraction(left * count, total) for label, count in rest.items()}
    counts.update({label: floor(share) for label, share in shares.items()})
    by_remainder = sorted(shares, key=lambda label: (floor(shares[label]) - shares[label], -sizes[label], label))
    for label in by_remainder[: size - sum(counts.values())]:
        counts[label] += 1
    return counts


def _round_by_chance(size: int, sizes: Mapping[str, int], *, start: Fraction) -> dict[str, Share]:
    """Lay the shares end to end and count the marks start, start + 1, start + 2, ... that fall on each."""
    total = sum(sizes.values())
    shares: dict[str, Share] = {}
    end = Fraction(0)
    for label, count in sizes.items():
        begin, end = end, end + Fraction(size * count, total)
        drawn = ceil(end - start) - ceil(begin - start)
        whole, fraction = divmod(end - begin, 1)
        outcomes = {int(whole): 1 - fraction, int(whole) + 1: fraction}
        shares[label] = Share(drawn, end - begin, {number: chance for number, chance in outcomes.items() if chance})
    return shares
