"""Laws that every score obeys, whatever the form."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scorecards.answers import NOT_APPLICABLE, Answer
from scorecards.model import Criterion, CriterionType, Scorecard, Section
from scorecards.scoring import Score, score
from scorecards.values import option_value
from tests.scorecards.forms import filled_forms, forms

Filled = tuple[Scorecard, Mapping[str, Answer]]
laws = settings(max_examples=60, deadline=None)


@laws
@given(filled_forms(), st.sampled_from([Decimal("0.25"), Decimal(3), Decimal(10)]))
def test_score_when_all_criterion_weights_are_rescaled_is_the_same(filled: Filled, factor: Decimal) -> None:
    scorecard, answers = filled
    rescaled = change_criteria(scorecard, lambda part: part.model_copy(update={"weight": part.weight * factor}))
    assert score(rescaled, answers) == score(scorecard, answers)


@laws
@given(filled_forms(), st.sampled_from([Decimal("0.25"), Decimal(3), Decimal(10)]))
def test_score_when_all_section_weights_are_rescaled_is_the_same(filled: Filled, factor: Decimal) -> None:
    scorecard, answers = filled
    assume(scorecard.sections[0].weight is not None)
    sections = [part.model_copy(update={"weight": (part.weight or 0) * factor}) for part in scorecard.sections]
    assert score(with_sections(scorecard, sections), answers) == score(scorecard, answers)


@laws
@given(filled_forms())
def test_score_when_all_points_are_moved_and_stretched_is_the_same(filled: Filled) -> None:
    scorecard, answers = filled
    stretched = change_criteria(scorecard, stretch_points)
    assert score(stretched, answers) == score(scorecard, answers)


@laws
@given(filled_forms())
def test_score_in_another_order_of_sections_and_criteria_has_the_same_figures(filled: Filled) -> None:
    scorecard, answers = filled
    scorecard = change_criteria(scorecard, lambda part: part.model_copy(update={"show_if": None}))
    sections = [
        part.model_copy(update={"criteria": tuple(reversed(part.criteria))}) for part in reversed(scorecard.sections)
    ]
    assert in_id_order(score(with_sections(scorecard, sections), answers)) == in_id_order(score(scorecard, answers))


@laws
@given(filled_forms())
def test_score_under_other_words_is_the_same(filled: Filled) -> None:
    scorecard, answers = filled
    relabelled = change_criteria(scorecard, relabel)
    sections = [part.model_copy(update={"label": "Another"}) for part in relabelled.sections]
    assert score(with_sections(relabelled, sections), answers) == score(scorecard, answers)


@laws
@given(filled_forms(), st.integers(min_value=0, max_value=3))
def test_score_with_one_more_criterion_that_does_not_apply_has_the_same_figures(filled: Filled, place: int) -> None:
    scorecard, answers = filled
    more = Criterion(id="more", label="More", type=CriterionType.YES_NO, weight=Decimal(7), allow_na=True)
    index = place % len(scorecard.sections)
    section = scorecard.sections[index]
    longer = section.model_copy(update={"criteria": (*section.criteria, more)})
    sections = [*scorecard.sections[:index], longer, *scorecard.sections[index + 1 :]]
    found = score(with_sections(scorecard, sections), {**answers, "more": NOT_APPLICABLE})
    expected = score(scorecard, answers)
    without = tuple(part for part in found.criteria if part.criterion_id != "more")
    assert replace(found, criteria=without, asked=found.asked - 1, answered=found.answered - 1) == expected


@laws
@given(forms())
def test_score_of_perfect_answers_is_100_and_more_only_by_a_bonus(scorecard: Scorecard) -> None:
    scorecard = change_criteria(scorecard, lambda part: part.model_copy(update={"show_if": None}))
    raw = score(scorecard, extreme_answers(scorecard, best=True)).raw
    has_bonus = any(section.kind == "bonus" for section in scorecard.sections)
    if scorecard.bonus_over_100 and has_bonus:
        assert raw is not None
        assert raw >= 100
    else:
        assert raw == 100


@laws
@given(forms())
def test_score_of_the_worst_answers_is_0(scorecard: Scorecard) -> None:
    scorecard = change_criteria(scorecard, lambda part: part.model_copy(update={"show_if": None}))
    assert score(scorecard, extreme_answers(scorecard, best=False)).raw == 0


@laws
@given(filled_forms())
def test_score_reported_is_never_above_the_raw_score(filled: Filled) -> None:
    found = score(*filled)
    assert (found.reported is None) == (found.raw is None)
    if found.raw is not None and found.reported is not None:
        assert found.reported <= found.raw
    if not found.auto_fails:
        assert found.reported == found.raw


@laws
@given(filled_forms())
def test_score_is_recomputable_from_the_kept_values_and_weights(filled: Filled) -> None:
    scorecard, answers = filled
    found = score(scorecard, answers)
    standard = {part.id for section in scorecard.sections if section.kind == "standard" for part in section.criteria}
    shares = sum((part.applied_weight for part in found.criteria if part.criterion_id in standard), Decimal(0))
    if found.raw is None:
        assert shares == 0
        return
    # twelve places for each of at most 16 criteria, each weight and value off by half of the last place
    slack = Decimal("1e-9")
    assert abs(shares - 1) < slack
    parts = (part.applied_weight * part.value for part in found.criteria if part.value is not None)
    again = 100 * sum(parts, Decimal(0))
    capped = again if scorecard.bonus_over_100 else min(again, Decimal(100))
    assert abs(capped - found.raw) <= Decimal("0.05") + slack


@laws
@given(forms())
def test_score_of_a_form_where_nothing_applies_is_none(scorecard: Scorecard) -> None:
    found = score(scorecard, {criterion.id: NOT_APPLICABLE for criterion in scorecard.criteria})
    assert (found.raw, found.reported, found.passed, found.band, found.soft, found.hard) == (None,) * 6
    assert set(found.critical_errors.values()) == {None}
    assert {part.raw for part in found.sections} == {None}
    assert {part.value for part in found.criteria} == {None}
    assert {part.applied_weight for part in found.criteria} == {0}


def change_criteria(scorecard: Scorecard, change: Callable[[Criterion], Criterion]) -> Scorecard:
    sections = [
        section.model_copy(update={"criteria": tuple(map(change, section.criteria))}) for section in scorecard.sections
    ]
    return with_sections(scorecard, sections)


def with_sections(scorecard: Scorecard, sections: list[Section]) -> Scorecard:
    return scorecard.model_copy(update={"sections": tuple(sections)})


def stretch_points(criterion: Criterion) -> Criterion:
    options = tuple(
        option if option.points is None else option.model_copy(update={"points": 3 * option.points - 7})
        for option in criterion.options
    )
    return criterion.model_copy(update={"options": options})


def relabel(criterion: Criterion) -> Criterion:
    options = tuple(
        option.model_copy(update={"label": "Other", "anchors": {"any": "Other"}}) for option in criterion.options
    )
    return criterion.model_copy(update={"label": "Other", "guideline": "Other", "options": options})


def extreme_answers(scorecard: Scorecard, *, best: bool) -> dict[str, Answer]:
    wanted = Fraction(1 if best else 0)
    answers = {}
    for criterion in scorecard.criteria:
        if criterion.number:
            high = best == (criterion.number.better == "high")
            answers[criterion.id] = Answer.measure(criterion.number.high if high else criterion.number.low)
        elif criterion.options:
            option = next(each for each in criterion.options if option_value(criterion, each) == wanted)
            answers[criterion.id] = Answer.choose(option.id)
    return answers


def in_id_order(found: Score) -> Score:
    return replace(
        found,
        auto_fails=tuple(sorted(found.auto_fails, key=lambda part: part.criterion_id)),
        sections=tuple(sorted(found.sections, key=lambda part: part.section_id)),
        criteria=tuple(sorted(found.criteria, key=lambda part: part.criterion_id)),
        skills=tuple(sorted(found.skills, key=lambda part: part.skill)),
    )
