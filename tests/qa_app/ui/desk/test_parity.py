"""The browser computes the same scores and finds the same gaps as `scorecards.scoring`, which decides."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser

from db.records import Rating
from qa_app.ui.desk.bundle import join_modules
from qa_app.ui.desk.case import BLIND, DeskDraft, build_case, draft_json
from scorecards.answers import Answer
from scorecards.files import library, library_scorecard
from scorecards.model import Scorecard
from scorecards.scoring import Given, Score, check, score
from scorecards.visibility import asked_criteria
from tests.qa_app.ui.desk.samples import CHAT, VERSION
from tests.scorecards.forms import chance, make_answers, make_form

FORMS = 600

SCORE_ALL = """
async ([source, cases]) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { Form, scoreForm } = await import(address);
    const found = JSON.parse(cases).map(({ scorecard, draft }) => {
        const form = new Form(scorecard, draft);
        const score = scoreForm(scorecard, form.answers());
        const problems = form.problems().map(({ criterion, kind }) => [criterion.id, kind]);
        return { ...score, asked: [...form.asked()], problems };
    });
    return JSON.stringify(found);
}
"""
KINDS = {"missing-answer": "answer", "comment-required": "comment", "reason-required": "reason"}


def make_given(rng: Random, scorecard: Scorecard, answers: Mapping[str, Answer]) -> dict[str, Given]:
    """The answers with comments and reasons beside some of them."""
    return {
        criterion.id: Given(
            answers[criterion.id],
            comment="A word" if chance(rng, 40) else "",
            reason_ids=tuple(reason.id for reason in criterion.reasons if chance(rng, 50)),
        )
        for criterion in scorecard.criteria
        if criterion.id in answers
    }


def to_case(scorecard: Scorecard, given: Mapping[str, Given]) -> dict[str, Any]:
    case = build_case(
        CHAT, replace(VERSION, scorecard=scorecard), case_id="case", agent=None, hidden=BLIND, audio_urls={}
    )
    ratings = tuple(Rating(name, part.answer, part.comment, part.reason_ids) for name, part in given.items())
    return {"scorecard": case["scorecard"], "draft": draft_json(DeskDraft(ratings=ratings))}


def as_text(score: Decimal | None) -> str | None:
    return None if score is None else str(score)


def figures(found: Score) -> dict[str, object]:
    return {
        "raw": as_text(found.raw),
        "reported": as_text(found.reported),
        "autoFails": [
            {"level": fail.level.value, "criterion": fail.criterion_id, "option": fail.option_id}
            for fail in found.auto_fails
        ],
        "passed": found.passed,
        "band": found.band,
        "sections": {
            section.section_id: {
                "raw": as_text(section.raw),
                "reported": as_text(section.reported),
            }
            for section in found.sections
        },
    }


def random_cases() -> list[tuple[Scorecard, dict[str, Given]]]:
    cases = []
    shipped = [library_scorecard(slug) for slug in library()]
    for seed in range(FORMS):
        rng = Random(seed)  # noqa: S311 test data
        scorecard = shipped[seed // 10 % len(shipped)] if seed % 10 == 0 else make_form(rng)
        cases.append((scorecard, make_given(rng, scorecard, make_answers(rng, scorecard))))
    return cases


@pytest.mark.journey
def test_browser_and_python_agree_on_scores_gaps_and_what_is_asked(browser: Browser) -> None:
    cases = random_cases()
    page = browser.new_page()
    source = join_modules(("score.js", "form.js"))
    sent = json.dumps([to_case(scorecard, given) for scorecard, given in cases])
    found = json.loads(page.evaluate(SCORE_ALL, [source, sent]))
    page.close()
    for (scorecard, given), in_browser in zip(cases, found, strict=True):
        answers = {name: part.answer for name, part in given.items()}
        expected = figures(score(scorecard, answers))
        assert {name: in_browser[name] for name in expected} == expected
        assert in_browser["asked"] == list(asked_criteria(scorecard, answers))
        gaps = [[problem.criterion_id, KINDS[problem.code]] for problem in check(scorecard, given)]
        assert in_browser["problems"] == gaps


@pytest.mark.long
def test_cases_of_the_parity_test_reach_every_rule() -> None:
    """Guards the test above: its cases have auto-fails of each level, gaps of each kind, forms without a score."""
    cases = random_cases()
    scores = [score(scorecard, {name: part.answer for name, part in given.items()}) for scorecard, given in cases]
    assert {fail.level.value for each in scores for fail in each.auto_fails} == {"item", "section", "form"}
    assert {each.passed for each in scores} == {True, False, None}
    assert any(each.raw is None for each in scores)
    assert any(each.raw is not None and each.raw > 100 for each in scores)
    assert any(each.raw != each.reported for each in scores)
    codes = {problem.code for scorecard, given in cases for problem in check(scorecard, given)}
    assert codes == KINDS.keys()
