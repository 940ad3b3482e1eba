"""What to praise and what to practise next, from an agent's results by skill. No number here but those it is given.

The rules, all on percentages with their intervals, and on skills with at least `min_reviews` reviews:

- Practise: the upper limit lies below the pass mark, or below the mean of the agent's other skills while the pass mark
  is not surely met. Lowest first.
- Praise: the lower limit reaches the pass mark, or lies above the mean of the agent's other skills while the pass mark
  is not surely missed. Highest first.
- A skill with fewer reviews is never praised. Where it looks low it may follow on the practise list, and then says that
  it is too few to tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from qa_app.estimate import Estimate
from qa_app.reports import Advice, SkillLine

PRACTICE: Mapping[str, str] = MappingProxyType(
    {
        "empathy": (
            "Before the first solution in each of the next five conversations, name in one sentence what the problem "
            "means for this customer, in words they used themselves."
        ),
        "de_escalation": (
            "Rehearse one heated conversation with your coach: let the customer finish, say what you can do and by "
            "when, and lower your own pace. Then use the same three moves in the next tense conversation."
        ),
        "attitude": (
            "Rewrite three of your openings and three refusals so that each says what is possible first. "
            "Use them for a week and keep the ones that customers answer warmly."
        ),
        "communication": (
            "Take two past replies and halve them: the answer first, one thought in a sentence, no inside words. "
            "Ask a colleague to tell you back what the customer has to do."
        ),
        "listening": (
            "In each of the next five conversations, sum up the request in your own words and ask whether that is "
            "right before you answer."
        ),
        "curiosity": (
            "When an answer seems obvious, ask one more open question first. Note three cases in which it changed "
            "what you did."
        ),
        "problem_solving": (
            "For three solved cases write down the cause, not the symptom, and one other way that would have worked. "
            "Go through them with your coach."
        ),
        "ownership": (
            "End each open case this week with who does what by when, put the date in your calendar, and write to the "
            "customer before they have to ask."
        ),
        "correctness": (
            "Look up the source for every figure and rule you give in the next five cases, and link it in an internal "
            "note. Collect what you had remembered differently."
        ),
        "procedure": (
            "Keep the checklist beside you for the next ten cases and tick each step as you do it. "
            "Tell your coach which step does not fit the work."
        ),
    }
)
"""One practice step for each skill of the shipped scorecards."""

OTHER_PRACTICE = (
    "Read the guideline for this skill together with your coach, pick one conversation that met it and one that did "
    "not, and agree on one thing to do differently in the next five."
)
KEEP = "Keep doing it. Pick one of these conversations with your coach as an example for the team."


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
        return f"{self.mean.value:.0f} %{limits} over {self.line.n_reviews} review(s)"


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


def find_practice(skill: str) -> str:
    """The practice step of a skill, or a general one."""
    return PRACTICE.get(skill, OTHER_PRACTICE)


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
        return f"{result.text}: even the upper limit lies below the pass mark of {mark:g} %."
    surely_met = mark is not None and result.low >= mark
    if result.others is not None and result.high < result.others and not surely_met:
        return f"{result.text}: even the upper limit lies below the {result.others:.0f} % of the other skills."
    return None


def _why_praise(result: _Result, mark: float | None) -> str | None:
    if mark is not None and result.low >= mark:
        return f"{result.text}: even the lower limit reaches the pass mark of {mark:g} %."
    surely_missed = mark is not None and result.high < mark
    if result.others is not None and result.low > result.others and not surely_missed:
        return f"{result.text}: even the lower limit lies above the {result.others:.0f} % of the other skills."
    return None


def _looks_low(result: _Result, mark: float | None) -> bool:
    limit = result.others if mark is None else mark
    return limit is not None and result.mean.value < limit
