"""Which criteria are asked, given the answers so far (rule S5)."""

from collections.abc import Mapping

from scorecards.answers import MISSING, Answer
from scorecards.model import Condition, Scorecard


def asked_criteria(scorecard: Scorecard, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Ids of the criteria that are asked, in reading order. The answer of a criterion that is not asked is ignored."""
    asked: dict[str, Answer] = {}
    for criterion in scorecard.criteria:
        rule = criterion.show_if
        if (
            rule is None
            or (rule.all_of and all(_is_met(condition, asked) for condition in rule.all_of))
            or any(_is_met(condition, asked) for condition in rule.any_of)
        ):
            asked[criterion.id] = answers.get(criterion.id, MISSING)
    return tuple(asked)


def _is_met(condition: Condition, asked: Mapping[str, Answer]) -> bool:
    answer = asked.get(condition.criterion, MISSING)
    return answer.option_id is not None and answer.option_id in condition.is_one_of
