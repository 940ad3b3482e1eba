"""Stored scores computed again from what is kept with them, by the formulas of the sheet that shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from db.records import Review
from scorecards.model import AutoFailLevel, Scorecard
from scorecards.scoring import AutoFail, brought_down

_REPAIRED, _SHOWN = Decimal("1e-8"), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one criterion contributed: its value and its share of the whole, both from 0 to 1 with 12 decimals."""

    criterion_id: str
    value: Decimal
    weight: Decimal
    down: bool
    """Whether an auto-fail of its item or section makes it count 0 in the reported score."""


@dataclass(frozen=True, slots=True)
class Recount:
    """All that the scores of one review come from, without the criteria that did not count."""

    parts: tuple[ScorePart, ...]
    limit: int | None
    """Highest score; None where bonus may lift it over 100."""
    set_to: int | None
    """The reported score that an auto-fail of the form sets; None where none does."""

    @property
    def raw(self) -> Decimal | None:
        """The raw score in percent; None where nothing carried weight (S8)."""
        return self._share(self.parts)

    @property
    def reported(self) -> Decimal | None:
        """The reported score in percent (S10 to S12)."""
        if self.raw is None or self.set_to is None:
            return None if self.raw is None else self._share(part for part in self.parts if not part.down)
        return Decimal(self.set_to)

    def _share(self, counted: Iterable[ScorePart]) -> Decimal | None:
        """Rounded to 8 decimals, which repairs what 12 decimals lost, then half up to 1 (S16)."""
        if not any(part.weight for part in self.parts):
            return None
        total = 100 * sum((part.value * part.weight for part in counted), Decimal(0))
        capped = total if self.limit is None else min(total, Decimal(self.limit))
        return capped.quantize(_REPAIRED, ROUND_HALF_UP).quantize(_SHOWN, ROUND_HALF_UP)


def recount(review: Review, scorecard: Scorecard) -> Recount | None:
    """What the review's stored scores come from; None where it has none."""
    stored = review.score
    if stored is None:
        return None
    fails = [AutoFail(AutoFailLevel(flag.level), flag.criterion_id, flag.option_id) for flag in stored.auto_fails]
    down = brought_down(scorecard, fails)
    zeroed = scorecard.auto_fail_score == "zero" and any(fail.level is AutoFailLevel.FORM for fail in fails)
    parts = tuple(
        ScorePart(result.criterion_id, result.value, result.applied_weight, down=result.criterion_id in down)
        for result in stored.results
        if result.value is not None
    )
    return Recount(parts, limit=None if scorecard.bonus_over_100 else 100, set_to=0 if zeroed else None)
