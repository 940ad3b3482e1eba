"""Answers to a score by the rule `plumbline-1`, and what keeps answers from being submitted.

Each step of the rule has its number in docs/algorithms/scoring.md, with a worked table. Everything is computed in
exact fractions and rounded once, at the end.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scorecards.answers import MISSING, Answer, AnswerState
from scorecards.effects import is_scored
from scorecards.model import (
    AutoFailLevel,
    Criterion,
    CriterionType,
    CriticalFamily,
    NumberRange,
    Scorecard,
    Section,
    SkillType,
)
from scorecards.problems import list_words, quote
from scorecards.values import answer_value, find_option
from scorecards.visibility import asked_criteria
from scorecards.weights import applied_weights, mean, percent, standard_criteria, total_share, twelve_places

RULE = "plumbline-1"


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """What one criterion contributed to the raw score; both to 12 decimal places."""

    criterion_id: str
    value: Decimal | None
    """In [0, 1]; None where the criterion was not asked, did not apply, is not answered or is a text."""
    applied_weight: Decimal
    """Share of the whole that it carried: these sum to 1 over standard sections, and bonus comes on top."""


@dataclass(frozen=True, slots=True)
class AutoFail:
    """An answer that brings something down."""

    level: AutoFailLevel
    criterion_id: str
    option_id: str


@dataclass(frozen=True, slots=True)
class SectionScore:
    """The score of one section by itself; None where nothing in it counted."""

    section_id: str
    raw: Decimal | None
    reported: Decimal | None
    """After auto-fails of its items and of the section; a form-level auto-fail leaves it."""


@dataclass(frozen=True, slots=True)
class SkillScore:
    """The raw score over the criteria of one skill; None where none of them counted."""

    skill: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Score:
    """All that one set of answers gives. Scores are percent with one decimal; None is no score, never 0."""

    rule: str
    raw: Decimal | None
    reported: Decimal | None
    auto_fails: tuple[AutoFail, ...]
    passed: bool | None
    band: str | None
    sections: tuple[SectionScore, ...]
    criteria: tuple[CriterionScore, ...]
    skills: tuple[SkillScore, ...]
    soft: Decimal | None
    hard: Decimal | None
    critical_errors: Mapping[CriticalFamily, bool | None]
    """Whether there was an error of the family; None where no criterion of the family applied."""
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Given:
    """All that a reviewer gave for one criterion."""

    answer: Answer
    comment: str = ""
    reason_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why answers cannot be submitted as they are."""

    code: str
    criterion_id: str
    message: str


def score(scorecard: Scorecard, answers: Mapping[str, Answer]) -> Score:
    """Score the answers by criterion id, on an expanded scorecard (as every loaded one is).

    Unanswered criteria do not count, so a draft has a score as it stands.

    Raises:
        ValueError: an answer does not fit its criterion, or names none.
    """
    asked = asked_criteria(scorecard, answers)
    values = _values(scorecard, answers, asked=asked)
    weights = applied_weights(scorecard, values)
    auto_fails = _auto_fails(scorecard, answers, asked=asked)
    failed = brought_down(scorecard, auto_fails)
    form_failed = any(fail.level is AutoFailLevel.FORM for fail in auto_fails)
    raw = percent(total_share(scorecard, values, weights))
    lowered = {criterion_id: Fraction(0) if criterion_id in failed else value for criterion_id, value in values.items()}
    reported = percent(total_share(scorecard, lowered, weights))
    if form_failed and reported is not None and scorecard.auto_fail_score == "zero":
        reported = percent(Fraction(0))
    criteria = scorecard.criteria
    return Score(
        rule=RULE,
        raw=raw,
        reported=reported,
        auto_fails=auto_fails,
        passed=_passed(scorecard, reported, form_failed=form_failed),
        band=_band(scorecard, reported),
        sections=tuple(_section_score(section, values, lowered) for section in scorecard.sections),
        criteria=tuple(_criterion_score(criterion, values, weights) for criterion in criteria),
        skills=_skill_scores(scorecard, values, weights),
        soft=_half(scorecard, SkillType.SOFT, values, weights),
        hard=_half(scorecard, SkillType.HARD, values, weights),
        critical_errors={family: _critical_error(criteria, family, answers, values) for family in CriticalFamily},
        answered=sum(answers.get(criterion_id, MISSING).state is not AnswerState.MISSING for criterion_id in asked),
        asked=len(asked),
    )


def _values(scorecard: Scorecard, answers: Mapping[str, Answer], *, asked: Iterable[str]) -> dict[str, Fraction]:
    """The criteria that count, with their values (S1 to S5)."""
    known = {criterion.id: criterion for criterion in scorecard.criteria}
    unknown = answers.keys() - known.keys()
    if unknown:
        raise ValueError(f"the scorecard has no criterion {', '.join(sorted(unknown))}")
    found = {
        criterion_id: answer_value(known[criterion_id], answers.get(criterion_id, MISSING)) for criterion_id in asked
    }
    return {criterion_id: value for criterion_id, value in found.items() if value is not None}


def _auto_fails(scorecard: Scorecard, answers: Mapping[str, Answer], *, asked: Collection[str]) -> tuple[AutoFail, ...]:
    fails = []
    for criterion in scorecard.criteria:
        option_id = answers.get(criterion.id, MISSING).option_id
        option = find_option(criterion, option_id) if option_id and criterion.id in asked else None
        if option and option.auto_fail:
            fails.append(AutoFail(option.auto_fail, criterion.id, option.id))
    return tuple(fails)


def brought_down(scorecard: Scorecard, auto_fails: Iterable[AutoFail]) -> set[str]:
    """Ids of the criteria that count 0 in the reported score (S10, S11)."""
    down = set()
    for fail in auto_fails:
        if fail.level is AutoFailLevel.ITEM:
            down.add(fail.criterion_id)
        if fail.level is AutoFailLevel.SECTION:
            down.update(_section_of(scorecard, fail.criterion_id))
    return down


def _section_of(scorecard: Scorecard, criterion_id: str) -> set[str]:
    """Ids of all criteria of the section that holds the criterion."""
    groups = ({criterion.id for criterion in section.criteria} for section in scorecard.sections)
    return next(group for group in groups if criterion_id in group)


def _passed(scorecard: Scorecard, reported: Decimal | None, *, form_failed: bool) -> bool | None:
    if form_failed:
        return False
    if reported is None or scorecard.pass_mark is None:
        return None
    return reported >= scorecard.pass_mark


def _band(scorecard: Scorecard, reported: Decimal | None) -> str | None:
    if reported is None:
        return None
    return next((band.label for band in reversed(scorecard.bands) if band.from_score <= reported), None)


def _section_score(section: Section, values: Mapping[str, Fraction], lowered: Mapping[str, Fraction]) -> SectionScore:
    weights = {criterion.id: Fraction(criterion.weight) for criterion in section.criteria}
    return SectionScore(section.id, percent(mean(values, weights)), percent(mean(lowered, weights)))


def _criterion_score(
    criterion: Criterion, values: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> CriterionScore:
    value = values.get(criterion.id)
    weight = weights.get(criterion.id, Fraction(0))
    return CriterionScore(criterion.id, None if value is None else twelve_places(value), twelve_places(weight))


def _skill_scores(
    scorecard: Scorecard, values: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> tuple[SkillScore, ...]:
    """By skill, in the order in which the form names them (S15)."""
    skills: dict[str, dict[str, Fraction]] = {}
    for criterion in standard_criteria(scorecard):
        if criterion.skill is not None and is_scored(criterion):
            skills.setdefault(criterion.skill, {})[criterion.id] = weights.get(criterion.id, Fraction(0))
    return tuple(SkillScore(skill, percent(mean(values, shares))) for skill, shares in skills.items())


def _half(
    scorecard: Scorecard, half: SkillType, values: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> Decimal | None:
    shares = {
        criterion.id: weights.get(criterion.id, Fraction(0))
        for criterion in standard_criteria(scorecard)
        if criterion.skill_type is half
    }
    return percent(mean(values, shares))


def _critical_error(
    criteria: Iterable[Criterion],
    family: CriticalFamily,
    answers: Mapping[str, Answer],
    values: Mapping[str, Fraction],
) -> bool | None:
    """Whether a criterion of the family got an answer that is an error (S14)."""
    errors = []
    for criterion in criteria:
        if criterion.critical is family and criterion.id in values:
            option = find_option(criterion, answers[criterion.id].option_id or "")
            flagged = option.critical_error if option else None
            errors.append(values[criterion.id] == 0 if flagged is None else flagged)
    return any(errors) if errors else None


def check(scorecard: Scorecard, given: Mapping[str, Given]) -> tuple[AnswerProblem, ...]:
    """All that keeps these answers from being submitted, in reading order; what is not asked is not looked at."""
    known = {criterion.id: criterion for criterion in scorecard.criteria}
    unknown = [
        AnswerProblem("unknown-criterion", criterion_id, f"the scorecard has no criterion {quote(criterion_id)}")
        for criterion_id in sorted(given.keys() - known.keys())
    ]
    asked = asked_criteria(scorecard, {criterion_id: part.answer for criterion_id, part in given.items()})
    found = (_check_one(known[criterion_id], given.get(criterion_id, Given(MISSING))) for criterion_id in asked)
    return (*unknown, *(problem for problems in found for problem in problems))


def _check_one(criterion: Criterion, given: Given) -> list[AnswerProblem]:
    answer = given.answer
    if answer.state is AnswerState.MISSING:
        optional = criterion.type is CriterionType.TEXT and criterion.allow_na
        return [] if optional else [_problem("missing-answer", criterion, "has no answer yet")]
    if answer.state is AnswerState.NOT_APPLICABLE:
        problems = [] if criterion.allow_na else [_problem("na-not-allowed", criterion, "cannot be left out as N/A")]
        return problems + _check_comment(criterion, given, value=None)
    misfit = _check_fit(criterion, answer)
    if misfit:
        return [misfit]
    value = answer_value(criterion, answer)
    return _check_comment(criterion, given, value=value) + _check_reasons(criterion, given, value=value)


def _check_fit(criterion: Criterion, answer: Answer) -> AnswerProblem | None:
    """Whether a chosen answer is of the criterion's kind and within its bounds."""
    if criterion.type is CriterionType.TEXT:
        written = answer.text is not None and answer.text.strip()
        return None if written else _problem("missing-answer", criterion, "has no text yet")
    if criterion.number is not None:
        return _check_number(criterion, criterion.number, answer.number)
    if answer.option_id is None or find_option(criterion, answer.option_id) is None:
        valid = list_words(option.id for option in criterion.options)
        found = (
            f"has no option {quote(answer.option_id)}" if answer.option_id is not None else "takes one of its options"
        )
        return _problem("unknown-option", criterion, f"{found}; valid: {valid}")
    return None


def _check_number(criterion: Criterion, span: NumberRange, number: Decimal | None) -> AnswerProblem | None:
    if number is None or not number.is_finite():
        return _problem("not-a-number", criterion, f"needs a number from {span.low} to {span.high}")
    if not span.low <= number <= span.high:
        return _problem("number-out-of-range", criterion, f"takes {span.low} to {span.high}, not {number}")
    if (Fraction(number) - Fraction(span.low)) % Fraction(span.step) != 0:
        return _problem("number-off-step", criterion, f"takes steps of {span.step} from {span.low}, not {number}")
    return None


def _is_due(when: str, value: Fraction | None) -> bool:
    """Whether a rule such as `below_best` holds for an answer of that value (None: not applicable, or a text)."""
    below = value is not None and value < 1
    return {"always": True, "below_best": below, "worst": value == 0}.get(when, False)


def _check_comment(criterion: Criterion, given: Given, *, value: Fraction | None) -> list[AnswerProblem]:
    option = find_option(criterion, given.answer.option_id or "")
    due = _is_due(criterion.comment, value) or (option is not None and option.comment == "required")
    if due and not given.comment.strip():
        return [_problem("comment-required", criterion, "needs a comment with this answer")]
    return []


def _check_reasons(criterion: Criterion, given: Given, *, value: Fraction | None) -> list[AnswerProblem]:
    valid = [reason.id for reason in criterion.reasons]
    problems = [
        _problem("unknown-reason", criterion, f"has no reason {quote(reason_id)}; valid: {list_words(valid)}")
        for reason_id in given.reason_ids
        if reason_id not in valid
    ]
    if _is_due(criterion.ask_reasons, value) and not given.reason_ids:
        problems.append(_problem("reason-required", criterion, "needs at least one reason with this answer"))
    return problems


def _problem(code: str, criterion: Criterion, message: str) -> AnswerProblem:
    return AnswerProblem(code, criterion.id, f"{criterion.label}: {message}")
