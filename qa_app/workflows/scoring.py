"""Ratings as a stored score, and whether they are complete."""

from collections.abc import Sequence

from db.records import AutoFailFlag, CriterionResult, Rating, StoredScore
from qa_app.errors import Refused
from scorecards.model import Scorecard
from scorecards.scoring import Given, check, score


def score_ratings(scorecard: Scorecard, ratings: Sequence[Rating]) -> StoredScore:
    """The score of these ratings as it is stored; the one place where a scorecard's score becomes a record."""
    computed = score(scorecard, {rating.criterion_id: rating.answer for rating in ratings})
    return StoredScore(
        rule=computed.rule,
        raw=computed.raw,
        reported=computed.reported,
        auto_fails=tuple(
            AutoFailFlag(str(flag.level), flag.criterion_id, flag.option_id) for flag in computed.auto_fails
        ),
        passed=computed.passed,
        band=computed.band,
        results=tuple(
            CriterionResult(result.criterion_id, result.value, result.applied_weight) for result in computed.criteria
        ),
    )


def check_complete(scorecard: Scorecard, ratings: Sequence[Rating]) -> None:
    """Do nothing where these ratings can be submitted.

    Raises:
        Refused: they cannot; the message names every criterion.
    """
    given = {rating.criterion_id: Given(rating.answer, rating.comment, rating.reason_ids) for rating in ratings}
    problems = check(scorecard, given)
    if problems:
        listed = "; ".join(problem.message for problem in problems)
        raise Refused("review-incomplete", f"The scorecard cannot be submitted yet. {listed}.")
