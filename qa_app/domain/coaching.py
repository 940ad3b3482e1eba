"""What to praise and what to practise next, from an agent's results by skill. No number here but those it is given.

The rules, all on percentages with their intervals, and on skills with at least `min_reviews` reviews:

- Practise: the upper limit lies below the pass mark, or below the mean of the agent's other skills while the pass mark
  is not surely met. Lowest first.
- Praise: the lower limit reaches the pass mark, or lies above the mean of the agent's other skills while the pass mark
  is not surely missed. Highest first.
- A skill with fewer reviews is never praised. Where it looks low it may follow on the practise list, and then says that
  it is too few to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qa_app.domain.practice import KEEP, find_practice
from qa_app.estimate import Estimate
from qa_app.reports import Advice, SkillLine
from qa_app.words import write_count


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a coach may start from."""

    praise: tuple[Advice, ...]
    practise: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    line: SkillLine
    mean: Estimate
    others: float | None
    """Mean of the agent's other skills; None where there is no other."""

    @property
    def low(self) -> float:
        return self.mean.value if self.mean.low is None else self.mean.low

    @property
    def high(self) -> float:
        return self.mean.value if self.mean.high is None else self.mean.high

    @property
    def text(self) -> str:
        limits = f" ({self.low:.0f} to {self.high:.0f})" if self.mean.low is not None else ""
        return f"{self.mean.value:.0f}%{limits} over {write_count(self.line.n_reviews, 'review')}"


def advise(skills: Sequence[SkillLine], *, pass_mark: Decimal | None, min_reviews: int = 5, most: int = 2) -> Guidance:
    """Choose at most `most` skills to praise and as many to practise; skills without a mean are left out.

    Equal values on all of enough reviews have no interval; their value then stands for both limits.
    """
    mark = None if pass_mark is None else float(pass_mark)
    results = _compare(skills)
    told = [result for result in results if result.line.n_reviews >= min_reviews]
    few = [result for result in results if result.line.n_reviews < min_reviews]
    lowest = sorted(told, key=lambda result: (result.mean.value, result.line.skill))
    practise = [_practise(result, why) for result in lowest if (why := _why_practise(result, mark))]
    chosen = {advice.skill for advice in practise[:most]}
    praise = [
        Advice(result.line.skill, result.line.label, why, KEEP, result.mean)
        for result in sorted(told, key=lambda result: (-result.mean.value, result.line.skill))
        if result.line.skill not in chosen and (why := _why_praise(result, mark))
    ]
    doubtful = [
        _practise(result, f"Too few to tell: {result.text}. Watch it before judging it.")
        for result in sorted(few, key=lambda result: (result.mean.value, result.line.skill))
        if _looks_low(result, mark)
    ]
    return Guidance(praise=tuple(praise[:most]), practise=tuple((practise + doubtful)[:most]))


def _compare(skills: Sequence[SkillLine]) -> list[_Result]:
    known = [(line, line.mean) for line in skills if isinstance(line.mean, Estimate)]
    total = sum(mean.value for _, mean in known)
    return [
        _Result(line, mean, (total - mean.value) / (len(known) - 1) if len(known) > 1 else None) for line, mean in known
    ]


def _practise(result: _Result, why: str) -> Advice:
    return Advice(result.line.skill, result.line.label, why, find_practice(result.line.skill), result.mean)


def _why_practise(result: _Result, mark: float | None) -> str | None:
    if mark is not None and result.high < mark:
        return f"{result.text}: even the upper limit lies below the pass mark of {mark:g}%."
    surely_met = mark is not None and result.low >= mark
    if result.others is not None and result.high < result.others and not surely_met:
        return f"{result.text}: even the upper limit lies below the {result.others:.0f}% of the other skills."
    return None


def _why_praise(result: _Result, mark: float | None) -> str | None:
    if mark is not None and result.low >= mark:
        return f"{result.text}: even the lower limit reaches the pass mark of {mark:g}%."
    surely_missed = mark is not None and result.high < mark
    if result.others is not None and result.low > result.others and not surely_missed:
        return f"{result.text}: even the lower limit lies above the {result.others:.0f}% of the other skills."
    return None


def _looks_low(result: _Result, mark: float | None) -> bool:
    limit = result.others if mark is None else mark
    return limit is not None and result.mean.value < limit
