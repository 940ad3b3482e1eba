"""The real scores equal those of a slow second implementation."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings

from scorecards.answers import Answer
from scorecards.document import to_plain
from scorecards.model import Scorecard
from scorecards.scoring import Score, score
from tests.scorecards.forms import filled_forms
from tests.scorecards.oracle import expected_score


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(filled_forms())
def test_score_of_any_form_equals_the_slow_implementation(filled: tuple[Scorecard, Mapping[str, Answer]]) -> None:
    scorecard, answers = filled
    assert figures(score(scorecard, answers)) == expected_score(to_plain(scorecard), answers)


def figures(found: Score) -> dict[str, object]:
    return {
        "raw": found.raw,
        "reported": found.reported,
        "auto_fails": [(fail.level, fail.criterion_id) for fail in found.auto_fails],
        "passed": found.passed,
        "band": found.band,
        "sections": [(section.section_id, section.raw, section.reported) for section in found.sections],
        "soft": found.soft,
        "hard": found.hard,
        "skills": {skill.skill: skill.score for skill in found.skills},
        "critical": dict(found.critical_errors),
        "asked": found.asked,
        "answered": found.answered,
    }
