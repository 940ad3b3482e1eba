"""What agents of the demo contest, and what comes of it: second grades, decisions, and some that still wait."""

from db.records import AssignmentId, Dispute, DisputeItem, DisputeKind, PersonId, Review
from qa_app.workflows import deciding, disputes, grading, second_grading
from qa_app.workflows.context import Context
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.hand import fill_in
from qa_app.workflows.demo.stage import Stage
from scorecards.answers import Answer
from scorecards.model import Criterion
from scorecards.values import answer_value, option_value

_WITHDRAWN, _WRONG_AGENT, _LATE = 3, 4, cast.WEEKS - 2
"""Weeks in which the first dispute ends so; that of the last but one is still open, and overdue by now."""
LEFT_OPEN = 3
"""So many of the last week still wait: for a second grader, for the second grade, and for the decision."""


def contest(stage: Stage, review: Review, email: str, *, week: int, place: int) -> None:
    """An agent contests a review; `place` counts what was contested in this week."""
    if week == _WRONG_AGENT and place == 0:
        _contest_work(stage, review, email)
        return
    dispute = _raise(stage, review, email)
    stage.tick(hours=1)
    if week == _WITHDRAWN and place == 0:
        disputes.withdraw_dispute(stage.act(email), dispute.id)
    elif (week == _LATE and place == 0) or (week == cast.WEEKS - 1 and place == 0):
        return
    else:
        asked = _ask_again(stage, dispute)
        if week == cast.WEEKS - 1 and place == 1:
            return
        again = _grade_again(stage, asked)
        if week < cast.WEEKS - 1 or place >= LEFT_OPEN:
            _decide(stage, dispute, review, again)


def _raise(stage: Stage, review: Review, email: str) -> Dispute:
    low = [rating for rating in review.ratings if rating.comment][:2]
    card = stage.cards[review.scorecard_version_id]
    items = tuple(
        DisputeItem(rating.criterion_id, words, _find_best(card.criterion(rating.criterion_id), rating.answer))
        for rating, words in zip(
            low, ("I did this in my second message.", "The customer thanked me for it at the end."), strict=False
        )
    )
    words = "I think one message was overlooked: the customer thanked me for exactly this."
    return disputes.raise_dispute(stage.act(email), review.id, reason=words, items=items)


def _find_best(criterion: Criterion, given: Answer) -> Answer | None:
    """What an agent proposes: the best option, where there is a better one."""
    best = max(criterion.options, key=lambda option: option_value(criterion, option), default=None)
    return Answer.choose(best.id) if best is not None and best.id != given.option_id else None


def _ask_again(stage: Stage, dispute: Dispute) -> AssignmentId:
    return second_grading.assign_second_grader(stage.act(cast.MANAGER.email), dispute.id)


def _grade_again(stage: Stage, assignment_id: AssignmentId) -> Review:
    """The grader's own hand, on what is asked again."""
    grader, context = _find_grader(stage, assignment_id)
    stage.tick(minutes=7)
    desk = grading.open_desk(context, assignment_id)
    told = stage.conversations[desk.assignment.ticket_id]
    dice = Dice(stage.seed, "again", grader.email, told.ticket["external_id"])
    filled = fill_in(desk.version.scorecard, told, severity=grader.find_severity(0), noise=grader.noise, dice=dice)
    return grading.submit_review(context, assignment_id, filled, submission_key=f"demo-{assignment_id}")


def _find_grader(stage: Stage, assignment_id: AssignmentId) -> tuple[cast.DemoReviewer, Context]:
    for reviewer in cast.REVIEWERS:
        context = stage.act(reviewer.email)
        if any(row.assignment.id == assignment_id for row in grading.list_queue(context)):
            return reviewer, context
    raise LookupError(assignment_id)


def _decide(stage: Stage, dispute: Dispute, review: Review, again: Review) -> None:
    """The lead follows the second grade where it is better for the agent, and keeps the first where it is not."""
    stage.tick(hours=2)
    card = stage.cards[review.scorecard_version_id]
    first = {rating.criterion_id: rating.answer for rating in review.ratings}
    answers = {}
    for rating in again.ratings:
        criterion = card.criterion(rating.criterion_id)
        old, new = answer_value(criterion, first[criterion.id]), answer_value(criterion, rating.answer)
        if old is not None and new is not None and new > old:
            answers[criterion.id] = rating.answer
    words = (
        "Graded again by somebody who had not seen it: the second message does it. Corrected."
        if answers
        else "Graded again by somebody who had not seen it, with the same result; the grade stands."
    )
    deciding.decide_dispute(stage.act(cast.MANAGER.email), dispute.id, decision=words, answers=answers)


def _contest_work(stage: Stage, review: Review, email: str) -> None:
    dispute = disputes.raise_dispute(
        stage.act(email), review.id, reason="I was off that day; a colleague wrote this.", kind=DisputeKind.WRONG_AGENT
    )
    stage.tick(hours=3)
    right = _find_colleague(stage, email)
    words = "The shift plan says so too. Moved to the colleague who answered."
    deciding.settle_wrong_agent(stage.act(cast.MANAGER.email), dispute.id, decision=words, move_to=right)


def _find_colleague(stage: Stage, email: str) -> PersonId:
    team = next(agent.team for agent in cast.AGENTS if agent.email == email)
    return next(stage.people[agent.email].id for agent in cast.AGENTS if agent.team == team and agent.email != email)
