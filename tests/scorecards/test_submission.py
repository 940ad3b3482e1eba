"""What keeps answers from being submitted, and which criteria are asked."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings

from scorecards.answers import MISSING, NOT_APPLICABLE, Answer, AnswerState
from scorecards.document import load
from scorecards.model import CriterionType, Scorecard
from scorecards.scoring import AnswerProblem, Given, check, score
from scorecards.visibility import asked_criteria
from tests.scorecards.forms import filled_forms

FORM = """\
id: form
label: Form
sections:
  - id: s
    label: S
    criteria:
      - id: tone
        label: Tone
        type: scale
        levels: 3
        allow_na: true
        comment: below_best
        reasons: [{id: rushed, label: Rushed}, {id: tired, label: Tired}]
        ask_reasons: worst
      - id: identity
        label: Identity
        type: yes_no
        options: [{id: yes, label: "Yes"}, {id: no, label: "No", comment: required}]
      - {id: steps, label: Steps, type: number, number: {low: 0.5, high: 3, step: 0.5}, comment: always}
      - {id: odd, label: Odd, type: number, number: {low: 1, high: 7, step: 2}}
      - id: why
        label: Why not
        type: text
        show_if: {all_of: [{criterion: identity, is_one_of: [no]}]}
      - {id: note, label: Note, type: text, allow_na: true}
"""

GOOD = {
    "tone": Given(Answer.choose("3")),
    "identity": Given(Answer.choose("yes")),
    "steps": Given(Answer.measure(Decimal("1.5")), "Skipped one."),
    "odd": Given(Answer.measure(Decimal(5))),
}


def problems(**changes: Given) -> list[tuple[str, str]]:
    return [(problem.criterion_id, problem.code) for problem in check(form(), {**GOOD, **changes})]


def form() -> Scorecard:
    scorecard = load(FORM).scorecard
    assert scorecard is not None
    return scorecard


def test_check_of_a_complete_form_finds_nothing() -> None:
    assert check(form(), GOOD) == ()


def test_check_of_an_empty_form_finds_what_is_asked_and_not_optional() -> None:
    assert [(problem.criterion_id, problem.code) for problem in check(form(), {})] == [
        ("tone", "missing-answer"),
        ("identity", "missing-answer"),
        ("steps", "missing-answer"),
        ("odd", "missing-answer"),
    ]


@pytest.mark.parametrize(
    ("criterion_id", "given_part", "code"),
    [
        ("tone", Given(MISSING), "missing-answer"),
        ("tone", Given(Answer.choose("4")), "unknown-option"),
        ("tone", Given(Answer.measure(Decimal(1))), "unknown-option"),
        ("tone", Given(Answer.write("fine")), "unknown-option"),
        ("identity", Given(NOT_APPLICABLE), "na-not-allowed"),
        ("identity", Given(Answer.choose("no"), " "), "comment-required"),
        ("steps", Given(Answer.choose("1")), "not-a-number"),
        ("steps", Given(Answer.measure(Decimal("NaN"))), "not-a-number"),
        ("steps", Given(Answer.measure(Decimal(0))), "number-out-of-range"),
        ("steps", Given(Answer.measure(Decimal("3.5"))), "number-out-of-range"),
        ("steps", Given(Answer.measure(Decimal("1.25")), "x"), "number-off-step"),
        ("steps", Given(Answer.measure(Decimal(1))), "comment-required"),
        ("odd", Given(Answer.measure(Decimal(4))), "number-off-step"),
        ("note", Given(Answer.write("  ")), "missing-answer"),
        ("note", Given(Answer.choose("1")), "missing-answer"),
        ("nobody", Given(NOT_APPLICABLE), "unknown-criterion"),
    ],
)
def test_check_finds_an_answer_that_cannot_be_submitted(criterion_id: str, given_part: Given, code: str) -> None:
    changed = problems(**{criterion_id: given_part})
    assert (criterion_id, code) in changed
    # an identity of "no" brings up the question why; nothing else follows from one wrong answer
    assert set(changed) - {("why", "missing-answer")} == {(criterion_id, code)}


@pytest.mark.parametrize(
    ("option", "comment", "reasons", "codes"),
    [
        ("3", "", (), []),
        ("2", "", (), ["comment-required"]),
        ("2", "Flat at the end.", (), []),
        ("1", "Rude.", (), ["reason-required"]),
        ("1", "", (), ["comment-required", "reason-required"]),
        ("1", "Rude.", ("tired", "rushed"), []),
        ("1", "Rude.", ("bored",), ["unknown-reason"]),
    ],
)
def test_check_asks_for_comment_and_reasons_by_value(
    option: str, comment: str, reasons: tuple[str, ...], codes: list[str]
) -> None:
    assert problems(tone=Given(Answer.choose(option), comment, reasons)) == [("tone", code) for code in codes]


def test_check_of_not_applicable_asks_for_neither_comment_nor_reason() -> None:
    assert problems(tone=Given(NOT_APPLICABLE)) == []


def test_check_does_not_look_at_what_is_not_asked() -> None:
    assert problems(why=Given(Answer.choose("odd"))) == []
    assert problems(identity=Given(Answer.choose("no"), "Forgot.")) == [("why", "missing-answer")]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer.choose("4"), 'Tone: has no option "4"; valid: 1, 2, 3'),
        (Answer.write("good"), "Tone: takes one of its options; valid: 1, 2, 3"),
    ],
)
def test_check_says_what_is_valid(answer: Answer, message: str) -> None:
    assert check(form(), {**GOOD, "tone": Given(answer)}) == (AnswerProblem("unknown-option", "tone", message),)


@settings(max_examples=60, deadline=None)
@given(filled_forms())
def test_check_names_each_unanswered_criterion_and_no_other(filled: tuple[Scorecard, Mapping[str, Answer]]) -> None:
    scorecard, answers = filled
    reasons = {criterion.id: tuple(reason.id for reason in criterion.reasons) for criterion in scorecard.criteria}
    given_all = {name: Given(answer, "Because.", reasons[name]) for name, answer in answers.items()}
    unanswered = [
        name
        for name in asked_criteria(scorecard, answers)
        if answers.get(name, MISSING).state is AnswerState.MISSING
        and not (scorecard.criterion(name).type is CriterionType.TEXT and scorecard.criterion(name).allow_na)
    ]
    assert [(problem.criterion_id, problem.code) for problem in check(scorecard, given_all)] == [
        (name, "missing-answer") for name in unanswered
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {"nobody": MISSING},
        {"tone": Answer.choose("4")},
        {"tone": Answer.measure(Decimal(1))},
        {"identity": Answer.write("yes")},
        {"steps": Answer.measure(Decimal(9))},
        {"steps": Answer.choose("1")},
        {"note": Answer.choose("1")},
    ],
)
def test_score_refuses_answers_that_check_would_have_found(answers: dict[str, Answer]) -> None:
    with pytest.raises(ValueError, match=next(iter(answers))):
        score(form(), answers)


CHAIN = """\
id: chain
label: Chain
sections:
  - id: s
    label: S
    criteria:
      - {id: a, label: A, type: yes_no, allow_na: true}
      - {id: b, label: B, type: scale, levels: 3, show_if: {all_of: [{criterion: a, is_one_of: [no]}]}}
      - id: all
        label: All
        type: yes_no
        show_if: {all_of: [{criterion: a, is_one_of: [no]}, {criterion: b, is_one_of: [1, 2]}]}
      - id: any
        label: Any
        type: yes_no
        show_if: {any_of: [{criterion: a, is_one_of: [yes]}, {criterion: b, is_one_of: [1]}]}
"""


@pytest.mark.parametrize(
    ("a", "b", "asked"),
    [
        (MISSING, MISSING, ("a",)),
        (NOT_APPLICABLE, MISSING, ("a",)),
        (Answer.choose("yes"), MISSING, ("a", "any")),
        (Answer.choose("yes"), Answer.choose("1"), ("a", "any")),
        (Answer.choose("no"), MISSING, ("a", "b")),
        (Answer.choose("no"), Answer.choose("1"), ("a", "b", "all", "any")),
        (Answer.choose("no"), Answer.choose("2"), ("a", "b", "all")),
        (Answer.choose("no"), Answer.choose("3"), ("a", "b")),
        (NOT_APPLICABLE, Answer.choose("1"), ("a",)),
    ],
)
def test_asked_criteria_follow_from_earlier_answers_that_are_asked_themselves(
    a: Answer, b: Answer, asked: tuple[str, ...]
) -> None:
    scorecard = load(CHAIN).scorecard
    assert scorecard is not None
    assert asked_criteria(scorecard, {"a": a, "b": b}) == asked
