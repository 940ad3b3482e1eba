"""What single cards are built for: comparable forms, halves, auto-fails, and pass marks that mean what they say."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from scorecards.answers import Answer
from scorecards.identity import structure_hash
from scorecards.model import AutoFailLevel, Criterion, CriterionType, CriticalFamily, Scorecard, SkillType
from scorecards.scoring import score
from tests.scorecards.library.shipped import shipped


def answer_all(card: Scorecard, choose: Callable[[Criterion], str], **fixed: str) -> Mapping[str, Answer]:
    """An answer to every criterion with options; `fixed` goes before `choose`."""
    return {
        criterion.id: Answer.choose(fixed.get(criterion.id) or choose(criterion))
        for criterion in card.criteria
        if criterion.options
    }


def ranked(criterion: Criterion) -> list[str]:
    """Option ids, worst first."""
    return [option.id for option in sorted(criterion.options, key=lambda option: option.points or 0)]


def best(criterion: Criterion) -> str:
    return ranked(criterion)[-1]


def second_best(criterion: Criterion) -> str:
    """The level below the best; the best where there are two or the matter is a fact."""
    only_facts = len(criterion.options) == 2 or criterion.skill_type is SkillType.HARD
    return best(criterion) if only_facts else ranked(criterion)[-2]


def second_worst(criterion: Criterion) -> str:
    """The level above the worst, `no` where there are two; hard skills are faultless."""
    if criterion.skill_type is SkillType.HARD:
        return best(criterion)
    return ranked(criterion)[0] if len(criterion.options) == 2 else ranked(criterion)[1]


@pytest.mark.parametrize("card_id", ["core-chat", "core-email"])
def test_core_cards_differ_in_wording_only(card_id: str) -> None:
    assert structure_hash(shipped(card_id)) == structure_hash(shipped("core-call"))


def test_core_pass_mark_lies_between_second_best_and_second_worst() -> None:
    # person: (3 * 2/3 + 2 * 1/2 + 3 * 0.8 + 2 * 2/3 + 2 * 1/2) / 12 = 0.6444 -> 30 * 0.6444 = 19.33
    # understanding: (3 * 2/3 + 2 * 1 + 2 * 1/2) / 7 = 0.7143 -> 20 * 0.7143 = 14.29
    # answer: (4 * 2/3 + 3 * 2/3 + 3 * 0.8 + 1 * 1/2) / 11 = 0.6879 -> 30 * 0.6879 = 20.64; essentials: 20
    card = shipped("core-call")
    found = score(card, answer_all(card, second_best))
    assert (found.reported, found.passed, found.band) == (Decimal("74.3"), True, "Solid")
    # person: (3 * 1/3 + 2 * 1/2 + 3 * 0.3 + 2 * 1/3 + 2 * 1/2) / 12 = 0.3806 -> 11.42
    # understanding: (3 * 1/3 + 0 + 2 * 1/2) / 7 = 0.2857 -> 5.71
    # answer: (4 * 1/3 + 3 * 1/3 + 3 * 0.4 + 1 * 1/2) / 11 = 0.3667 -> 11.00; essentials: 20
    found = score(card, answer_all(card, second_worst))
    assert (found.reported, found.passed, found.band) == (Decimal("48.1"), False, "Needs coaching")


def test_core_wrong_answer_brings_its_section_down_and_nothing_else() -> None:
    card = shipped("core-email")
    found = score(card, answer_all(card, best, correct_answer="wrong"))
    # raw: 80 + 20 * 2/5; reported: the essentials count 0
    assert (found.raw, found.reported) == (Decimal("88.0"), Decimal("80.0"))
    assert found.critical_errors[CriticalFamily.CUSTOMER] is True


def test_core_account_fact_before_the_check_brings_the_form_down() -> None:
    card = shipped("core-chat")
    found = score(card, answer_all(card, best, data_protection="no"))
    assert (found.raw, found.reported, found.passed) == (Decimal("92.0"), Decimal("0.0"), False)
    assert found.critical_errors[CriticalFamily.COMPLIANCE] is True


def test_hard_and_soft_halves_weigh_the_same_and_are_pure() -> None:
    card = shipped("hard-and-soft")
    assert [
        (section.id, section.weight, {criterion.skill_type for criterion in section.criteria})
        for section in card.sections
    ] == [("soft", Decimal(50), {SkillType.SOFT}), ("hard", Decimal(50), {SkillType.HARD})]


def test_hard_and_soft_faultless_hard_skills_do_not_make_up_for_low_soft_ones() -> None:
    # soft: (2 * 1/3 + 2 * 1/3 + 2 * 1/3 + 1/3 + 1/3 + 2 * 0.3 + 1/2 + 3 * 1/3) / 14 = 0.3405 -> 50 + 17.02
    card = shipped("hard-and-soft")
    found = score(card, answer_all(card, second_worst))
    assert (found.hard, found.soft) == (Decimal("100.0"), Decimal("34.0"))
    assert (found.reported, found.passed) == (Decimal("67.0"), False)


def test_agent_period_asks_evidence_for_every_score_and_weighs_all_alike() -> None:
    card = shipped("agent-period")
    assert card.subject == "agent_period"
    scored = [criterion for criterion in card.criteria if criterion.type is not CriterionType.TEXT]
    assert {str(criterion.comment) for criterion in scored} == {"always"}
    assert {criterion.weight for criterion in scored} == {Decimal(1)}


def test_interview_has_five_sections_of_equal_weight() -> None:
    card = shipped("interview-role-play")
    assert [(section.id, section.weight) for section in card.sections] == [
        ("compassion", Decimal(20)),
        ("empathy_and_sympathy", Decimal(20)),
        ("attitude", Decimal(20)),
        ("communication", Decimal(20)),
        ("conflict_resolution", Decimal(20)),
        ("notes", Decimal(0)),
    ]


def test_practice_is_mostly_yes_or_no_and_short_scales() -> None:
    scored = [part for part in shipped("practice").criteria if part.type is not CriterionType.TEXT]
    assert sum(part.type is CriterionType.YES_NO for part in scored) > len(scored) / 2
    assert max(len(part.options) for part in scored) == 3


class TestCompliance:
    CALM: Mapping[str, str] = {"card_payment": "no", "vulnerability_sign": "no", "complaint": "no"}
    EVENTFUL: Mapping[str, str] = {"card_payment": "yes", "vulnerability_sign": "yes", "complaint": "yes"}

    def test_uses_every_family_every_auto_fail_level_and_every_type(self) -> None:
        card = shipped("contact-centre-compliance")
        options = [option for criterion in card.criteria for option in criterion.options]
        assert {criterion.critical for criterion in card.criteria} == {*CriticalFamily, None}
        assert {option.auto_fail for option in options} == {*AutoFailLevel, None}
        assert {criterion.type for criterion in card.criteria} == set(CriterionType)

    @pytest.mark.parametrize(
        ("happened", "not_asked"),
        [
            (CALM, {"card_data", "vulnerable_support", "complaint_procedure", "way_on", "complaint_cause"}),
            ({**CALM, "vulnerability_sign": "yes"}, {"card_data", "complaint_procedure", "complaint_cause"}),
            (EVENTFUL, set()),
        ],
    )
    def test_asks_only_what_the_contact_gives_occasion_for(
        self, happened: Mapping[str, str], not_asked: set[str]
    ) -> None:
        card = shipped("contact-centre-compliance")
        answers = {**answer_all(card, best, **happened), "waiting_minutes": Answer.measure(Decimal(0))}
        answers = {key: answer for key, answer in answers.items() if key not in not_asked}
        found = score(card, answers)
        # the one text may stay open
        open_text = 0 if "complaint_cause" in not_asked else 1
        assert (found.asked - open_text, found.answered) == (len(answers), len(answers))
        assert (found.raw, found.reported) == (Decimal("100.0"), Decimal("100.0"))

    def test_routing_questions_and_missed_bonus_cost_nothing(self) -> None:
        card = shipped("contact-centre-compliance")
        plain = answer_all(card, best, **self.CALM, prevents_return="no", speaks_up="no")
        assert score(card, plain).reported == Decimal("100.0")

    def test_bonus_adds_five_points_at_most(self) -> None:
        # attentiveness at its worst: conduct (3 + 2 * 0 + 2 + 2 + 1) / 10; care drops out, so conduct has 20 of 85
        # 100 * (65 + 20 * 0.8) / 85 = 95.29; the bonus adds 100 * 5 / 85 = 5.88, together 101.18, cut to 100
        card = shipped("contact-centre-compliance")
        waiting = {"waiting_minutes": Answer.measure(Decimal(0))}
        without = answer_all(card, best, **self.CALM, attentiveness="1", prevents_return="no", speaks_up="no")
        assert score(card, {**without, **waiting}).reported == Decimal("95.3")
        with_bonus = answer_all(card, best, **self.CALM, attentiveness="1")
        assert score(card, {**with_bonus, **waiting}).reported == Decimal("100.0")

    @pytest.mark.parametrize(
        ("answers", "raw", "reported"),
        [
            # statements: 3 of 8 at 0.4, then at 0; section 15 of 100: 15 * (5 + 1.2) / 8 and 15 * 5 / 8
            ({"required_statements": "late"}, "96.6", "94.4"),
            # opening: (2 + 3 * 0.3) / 5 of 25; then all of its 25 gone
            ({"identity_check": "late"}, "89.5", "75.0"),
            # data: 4 of 7 of 25 gone; then everything
            ({"card_data": "no"}, "85.7", "0.0"),
        ],
    )
    def test_auto_fail_reaches_as_far_as_its_level(self, answers: Mapping[str, str], raw: str, reported: str) -> None:
        card = shipped("contact-centre-compliance")
        chosen = answer_all(card, best, **{**self.EVENTFUL, **answers}, prevents_return="no", speaks_up="no")
        found = score(card, {**chosen, "waiting_minutes": Answer.measure(Decimal(0))})
        assert (found.raw, found.reported) == (Decimal(raw), Decimal(reported))
