"""Weighted means: what share of the whole each criterion carries, and how a share becomes a percentage.

Exact fractions inside; the two functions at the end are the only places of the project that round a score.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from scorecards.model import Criterion, Scorecard


def applied_weights(scorecard: Scorecard, counting: Collection[str]) -> dict[str, Fraction]:
    """Share of the whole of each counting criterion (S6, S7); empty where no weight is left to share (S8)."""
    if any(section.weight is not None for section in scorecard.sections):
        return _weights_by_section(scorecard, counting)
    total = sum(
        (Fraction(criterion.weight) for criterion in standard_criteria(scorecard) if criterion.id in counting),
        Fraction(0),
    )
    if total == 0:
        return {}
    return {
        criterion.id: Fraction(criterion.weight) / total for criterion in scorecard.criteria if criterion.id in counting
    }


def _weights_by_section(scorecard: Scorecard, counting: Collection[str]) -> dict[str, Fraction]:
    within = {
        section.id: sum((Fraction(part.weight) for part in section.criteria if part.id in counting), Fraction(0))
        for section in scorecard.sections
    }
    alive = [section for section in scorecard.sections if within[section.id] > 0]
    total = sum((Fraction(section.weight or 0) for section in alive if section.kind == "standard"), Fraction(0))
    if total == 0:
        return {}
    return {
        criterion.id: Fraction(section.weight or 0) / total * Fraction(criterion.weight) / within[section.id]
        for section in alive
        for criterion in section.criteria
        if criterion.id in counting
    }


def total_share(
    scorecard: Scorecard, values: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> Fraction | None:
    """Weighted sum of values, capped at 1 unless bonus may lift it (S9)."""
    if not weights:
        return None
    total = sum((weight * values[criterion_id] for criterion_id, weight in weights.items()), Fraction(0))
    return total if scorecard.bonus_over_100 else min(total, Fraction(1))


def standard_criteria(scorecard: Scorecard) -> Iterable[Criterion]:
    """Criteria outside bonus sections, in reading order."""
    return (part for section in scorecard.sections if section.kind == "standard" for part in section.criteria)


def mean(values: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> Fraction | None:
    """Weighted mean over the criteria that count; None where their weights come to nothing."""
    total = sum((weight for criterion_id, weight in weights.items() if criterion_id in values), Fraction(0))
    if total == 0:
        return None
    return sum((weight * values[part] for part, weight in weights.items() if part in values), Fraction(0)) / total


def percent(share: Fraction | None) -> Decimal | None:
    """Percent with one decimal, rounded half up: the rule `half-up-1` (S16)."""
    if share is None:
        return None
    tenths = (share * 2000 + 1) // 2
    return Decimal(tenths).scaleb(-1)


def twelve_places(share: Fraction) -> Decimal:
    """Twelve decimal places, rounded half even (S17)."""
    return Decimal(round(share * 10**12)).scaleb(-12)
