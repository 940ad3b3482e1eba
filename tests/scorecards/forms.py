"""Random valid scorecards and answers, from any source of random choices: Hypothesis' or a seeded one."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.expansion import expand
from scorecards.model import (
    AutoFailLevel,
    Band,
    Condition,
    Criterion,
    CriterionType,
    CriticalFamily,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
    ShowIf,
    SkillType,
)

WEIGHTS = tuple(Decimal(text) for text in ("0", "0.5", "1", "1", "1", "2", "2.25", "3", "10", "33.333333"))
RANGES = (
    NumberRange(low=Decimal(0), high=Decimal(10)),
    NumberRange(low=Decimal(-5), high=Decimal(5), step=Decimal("2.5")),
    NumberRange(low=Decimal(0), high=Decimal(1), step=Decimal("0.1")),
    NumberRange(low=Decimal(1), high=Decimal(8), step=Decimal("0.5"), better="low"),
)
BANDS = (Band(label="Low", from_score=Decimal(0)), Band(label="High", from_score=Decimal(75)))


def make_form(rng: Random) -> Scorecard:
    """A valid scorecard of one to four sections, expanded."""
    by_section = chance(rng, 50)
    earlier: list[Criterion] = []
    sections = [_section(rng, number, weighted=by_section, earlier=earlier) for number in range(rng.randint(1, 4))]
    sections[0] = _countable(sections[0])
    return expand(
        Scorecard(
            id="form",
            label="Form",
            pass_mark=rng.choice((None, Decimal(80), Decimal("66.7"))),
            bands=rng.choice(((), BANDS)),
            auto_fail_score=rng.choice(("zero", "keep")),
            bonus_over_100=chance(rng, 50),
            sections=tuple(sections),
        )
    )


def make_answers(rng: Random, scorecard: Scorecard) -> dict[str, Answer]:
    """Some answers to the scorecard: chosen, not applicable where that is allowed, missing or not given at all."""
    return {criterion.id: make_answer(rng, criterion) for criterion in scorecard.criteria if not chance(rng, 5)}


def make_answer(rng: Random, criterion: Criterion) -> Answer:
    """Any answer that the criterion takes."""
    if chance(rng, 5):
        return MISSING
    if criterion.allow_na and chance(rng, 30):
        return NOT_APPLICABLE
    if criterion.type is CriterionType.TEXT:
        return Answer.write("A note")
    if criterion.number:
        steps = int((criterion.number.high - criterion.number.low) / criterion.number.step)
        return Answer.measure(criterion.number.low + criterion.number.step * rng.randint(0, steps))
    return Answer.choose(rng.choice(criterion.options).id)


def sources() -> st.SearchStrategy[Random]:
    """Sources of random choices. The thorough profile has Hypothesis make each choice, at three times the cost, so that
    it can look for the smallest form that breaks a law."""
    return st.randoms(use_true_random=settings.get_current_profile_name() != "thorough")


@st.composite
def forms(draw: st.DrawFn) -> Scorecard:
    """Hypothesis' own way to `make_form`."""
    return make_form(draw(sources()))


@st.composite
def filled_forms(draw: st.DrawFn) -> tuple[Scorecard, Mapping[str, Answer]]:
    """A scorecard and answers to it."""
    rng = draw(sources())
    scorecard = make_form(rng)
    return scorecard, make_answers(rng, scorecard)


def chance(rng: Random, percent: int) -> bool:
    """True in so many of a hundred cases."""
    return rng.randint(1, 100) > 100 - percent


def _section(rng: Random, number: int, *, weighted: bool, earlier: list[Criterion]) -> Section:
    criteria = []
    for _ in range(rng.randint(1, 4)):
        criteria.append(_criterion(rng, f"c{len(earlier)}", earlier))
        earlier.append(criteria[-1])
    return Section(
        id=f"s{number}",
        label=f"Section {number}",
        kind="bonus" if number > 0 and chance(rng, 25) else "standard",
        weight=rng.choice(WEIGHTS) if weighted else None,
        criteria=tuple(criteria),
    )


def _countable(section: Section) -> Section:
    """The section with a first criterion that has a score and a weight, so that the form is valid."""
    first = section.criteria[0]
    if first.type is CriterionType.TEXT:
        first = Criterion(id=first.id, label=first.label, type=CriterionType.YES_NO)
    first = first.model_copy(update={"weight": first.weight or Decimal(1)})
    weight = section.weight if section.weight is None else section.weight or Decimal(1)
    return section.model_copy(update={"weight": weight, "criteria": (first, *section.criteria[1:])})


def _criterion(rng: Random, name: str, earlier: list[Criterion]) -> Criterion:
    kind = rng.choice((*CriterionType, CriterionType.YES_NO, CriterionType.SCALE, CriterionType.CHOICE))
    if kind is CriterionType.TEXT:
        return Criterion(id=name, label=name, type=kind, show_if=_show_if(rng, earlier))
    levels = rng.randint(2, 11) if kind is CriterionType.SCALE else None
    critical = rng.choice((None, None, *CriticalFamily))
    with_reasons = chance(rng, 20)
    return Criterion(
        id=name,
        label=f"Criterion {name}",
        type=kind,
        weight=rng.choice(WEIGHTS),
        allow_na=chance(rng, 50),
        skill=rng.choice((None, "empathy", "clarity")),
        skill_type=rng.choice((None, *SkillType)),
        critical=critical,
        levels=levels,
        options=_options(rng, kind, levels, critical=critical is not None),
        number=rng.choice(RANGES) if kind is CriterionType.NUMBER else None,
        reasons=(Reason(id="rushed", label="Rushed"),) if with_reasons else (),
        ask_reasons=rng.choice(("below_best", "worst", "always")) if with_reasons else "never",
        comment=rng.choice(("optional", "optional", "below_best", "worst", "always")),
        show_if=_show_if(rng, earlier),
    )


def _options(rng: Random, kind: CriterionType, levels: int | None, *, critical: bool) -> tuple[Option, ...]:
    """Own options with points or values; none, now and then, where the type has its own."""
    if kind is CriterionType.NUMBER or (kind is not CriterionType.CHOICE and chance(rng, 40)):
        return ()
    count = levels or (2 if kind is CriterionType.YES_NO else rng.randint(2, 5))
    names = ("yes", "no") if kind is CriterionType.YES_NO else tuple(f"o{index}" for index in range(count))
    worth = _worth(rng, count)
    if kind is CriterionType.SCALE:
        worth.sort()
    field = "points" if chance(rng, 50) else "value"
    if field == "value":
        least, most = min(worth), max(worth)
        worth = [((each - least) / (most - least)).quantize(Decimal("0.000001")) for each in worth]
    flagged = rng.randint(0, count - 1) if chance(rng, 20) else None
    return tuple(
        Option(
            id=name,
            label=name.capitalize(),
            points=worth[index] if field == "points" else None,
            value=worth[index] if field == "value" else None,
            auto_fail=rng.choice(tuple(AutoFailLevel)) if index == flagged else None,
            critical_error=rng.choice((True, False)) if critical and chance(rng, 20) else None,
        )
        for index, name in enumerate(names)
    )


def _worth(rng: Random, count: int) -> list[Decimal]:
    """Points that are not all the same."""
    worth = [Decimal(rng.randint(-3, 10)) / 4 for _ in range(count)]
    if len(set(worth)) == 1:
        worth[0] += 1
    return worth


def _show_if(rng: Random, earlier: list[Criterion]) -> ShowIf | None:
    deciding = [criterion for criterion in map(_expanded, earlier) if criterion.options]
    if not deciding or not chance(rng, 30):
        return None
    conditions = []
    for criterion in rng.sample(deciding, min(len(deciding), rng.randint(1, 2))):
        options = [option.id for option in criterion.options]
        chosen = tuple(rng.sample(options, rng.randint(1, len(options))))
        conditions.append(Condition(criterion=criterion.id, is_one_of=chosen))
    return ShowIf(all_of=tuple(conditions)) if chance(rng, 50) else ShowIf(any_of=tuple(conditions))


def _expanded(criterion: Criterion) -> Criterion:
    section = Section(id="s", label="S", criteria=(criterion,))
    return expand(Scorecard(id="f", label="F", sections=(section,))).criteria[0]
