from decimal import Decimal

from qa_app.domain.coaching import advise
from qa_app.domain.practice import KEEP, OTHER_PRACTICE, PRACTICE, find_practice
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import SkillLine
from scorecards.files import library, library_scorecard

NONE = Undefined("no-values", "Nobody has given a value yet.", 0, 0)
MARK = Decimal(80)


def line(skill: str, value: float, low: float | None, high: float | None, n: int = 8) -> SkillLine:
    mean = Estimate(value, low, high, n, 1, "mean")
    return SkillLine(skill, skill.title(), None, mean, NONE, NONE, (), n)


def test_a_skill_surely_below_the_pass_mark_is_practised() -> None:
    guidance = advise([line("empathy", 52, 41, 63), line("ownership", 78, 50, 86)], pass_mark=MARK)
    assert [(a.skill, a.label, a.why, a.step) for a in guidance.practise] == [
        (
            "empathy",
            "Empathy",
            "52% (41 to 63) over 8 reviews: even the upper limit lies below the pass mark of 80%.",
            PRACTICE["empathy"],
        )
    ]
    assert guidance.praise == ()


def test_a_skill_surely_above_the_pass_mark_is_praised() -> None:
    guidance = advise([line("empathy", 92, 85, 99), line("ownership", 78, 60, 96)], pass_mark=MARK)
    assert [(a.skill, a.why, a.step) for a in guidance.praise] == [
        ("empathy", "92% (85 to 99) over 8 reviews: even the lower limit reaches the pass mark of 80%.", KEEP)
    ]
    assert guidance.practise == ()


def test_without_a_pass_mark_skills_are_compared_with_the_others() -> None:
    skills = [line("empathy", 50, 45, 55), line("ownership", 70, 60, 80), line("listening", 90, 85, 95)]
    guidance = advise(skills, pass_mark=None)
    assert [(a.skill, a.why) for a in guidance.practise] == [
        ("empathy", "50% (45 to 55) over 8 reviews: even the upper limit lies below the 80% of the other skills.")
    ]
    assert [(a.skill, a.why) for a in guidance.praise] == [
        ("listening", "90% (85 to 95) over 8 reviews: even the lower limit lies above the 60% of the other skills.")
    ]


def test_a_good_skill_among_better_ones_is_not_practised() -> None:
    guidance = advise([line("empathy", 86, 84, 88), line("ownership", 99, 98, 100)], pass_mark=MARK)
    assert guidance.practise == ()
    assert [a.skill for a in guidance.praise] == ["ownership", "empathy"]


def test_few_reviews_are_never_judged() -> None:
    guidance = advise([line("empathy", 40, 20, 60, n=2), line("ownership", 99, 98, 100, n=4)], pass_mark=MARK)
    assert [(a.skill, a.why) for a in guidance.practise] == [
        ("empathy", "Too few to tell: 40% (20 to 60) over 2 reviews. Watch it before judging it.")
    ]
    assert guidance.praise == ()


def test_what_is_sure_comes_before_what_is_doubtful() -> None:
    skills = [line("empathy", 10, None, None, n=1), line("ownership", 60, 55, 65), line("listening", 50, 45, 55)]
    assert [a.skill for a in advise(skills, pass_mark=MARK).practise] == ["listening", "ownership"]
    assert [a.skill for a in advise(skills, pass_mark=MARK, most=3).practise] == ["listening", "ownership", "empathy"]


def test_equal_values_of_many_reviews_stand_for_their_limits() -> None:
    guidance = advise([line("empathy", 50, None, None), line("ownership", 100, None, None)], pass_mark=MARK)
    assert [a.why for a in guidance.practise] == [
        "50% over 8 reviews: even the upper limit lies below the pass mark of 80%."
    ]
    assert [a.skill for a in guidance.praise] == ["ownership"]


def test_a_skill_without_a_mean_is_left_out() -> None:
    unknown = SkillLine("empathy", "Empathy", None, NONE, NONE, NONE, (), 0)
    guidance = advise([unknown], pass_mark=MARK)
    assert (guidance.praise, guidance.practise) == ((), ())
    assert advise([line("empathy", 50, 40, 60)], pass_mark=None).practise == ()


def test_every_skill_of_a_shipped_scorecard_has_its_own_practice_step() -> None:
    shipped = {criterion.skill for name in library() for criterion in library_scorecard(name).criteria}
    assert shipped - set(PRACTICE) <= {None}
    assert len({*PRACTICE.values(), OTHER_PRACTICE}) == len(PRACTICE) + 1
    assert find_practice("juggling") == OTHER_PRACTICE
