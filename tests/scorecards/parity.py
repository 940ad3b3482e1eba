"""Seeded scoring cases as plain values, for whoever computes the same scores elsewhere, such as in the browser."""

from random import Random
from typing import Any

from scorecards.answers import Answer
from scorecards.document import to_plain
from scorecards.scoring import Score, score
from scorecards.visibility import asked_criteria
from tests.scorecards.forms import make_answers, make_form

Plain = dict[str, Any]


def parity_cases(*, count: int = 400, seed: int = 20_251) -> list[tuple[Plain, Plain, Plain]]:
    """Scorecard, answers and expected score of each case, all of values that JSON can hold.

    An answer is `{"state": "chosen", "option_id": "yes"}`, or with `number` (a decimal as text) or `text`, or only
    `{"state": "not_applicable" | "missing"}`. Scores are decimals as text with one decimal, or null for no score.
    """
    rng = Random(seed)  # noqa: S311 - repeatable cases, not secrets
    cases = []
    for _ in range(count):
        scorecard = make_form(rng)
        answers = make_answers(rng, scorecard)
        expected = expected_figures(score(scorecard, answers))
        expected["asked_ids"] = list(asked_criteria(scorecard, answers))
        plain_answers = {criterion_id: plain_answer(answer) for criterion_id, answer in answers.items()}
        cases.append((to_plain(scorecard), plain_answers, expected))
    return cases


def plain_answer(answer: Answer) -> Plain:
    number = None if answer.number is None else str(answer.number)
    parts = {"option_id": answer.option_id, "number": number, "text": answer.text}
    return {"state": answer.state.value, **{key: part for key, part in parts.items() if part is not None}}


def expected_figures(found: Score) -> Plain:
    def text(value: object) -> str | None:
        return None if value is None else str(value)

    return {
        "rule": found.rule,
        "raw": text(found.raw),
        "reported": text(found.reported),
        "auto_fails": [
            {"level": fail.level.value, "criterion_id": fail.criterion_id, "option_id": fail.option_id}
            for fail in found.auto_fails
        ],
        "passed": found.passed,
        "band": found.band,
        "sections": {
            part.section_id: {"raw": text(part.raw), "reported": text(part.reported)} for part in found.sections
        },
        "skills": {part.skill: text(part.score) for part in found.skills},
        "soft": text(found.soft),
        "hard": text(found.hard),
        "critical_errors": {family.value: error for family, error in found.critical_errors.items()},
        "answered": found.answered,
        "asked": found.asked,
    }
