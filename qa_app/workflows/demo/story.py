"""What happens in one week of the demo: samples, grading, release, calibrations, disputes, coaching."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from db.records import Assignment, Frame, Review
from qa_app.workflows import grading, reviews, sampling
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.coaching import coach_week
from qa_app.workflows.demo.contests import LEFT_OPEN, contest
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.hand import fill_in
from qa_app.workflows.demo.rounds import ROUNDS, hold_meeting, open_round, set_certificate_rule
from qa_app.workflows.demo.stage import Stage
from scorecards.model import Channel

_SAMPLES = (
    ("Calls", (Channel.CALL,), "call", 9),
    ("Chats and web", (Channel.CHAT, Channel.WEB), "chat", 20),
    ("E-mails", (Channel.EMAIL,), "email", 11),
)
_SURE = {cast.WEEKS - 1: LEFT_OPEN}
"""By week how many of the lowest reviews are contested for sure; one in the others."""


def tell_story(stage: Stage, week: int, dice: Dice) -> int:
    """One week of work after its tickets came in; returns how many quality reviews were submitted."""
    _draw_and_assign(stage, week)
    session_id = open_round(stage, week) if week in ROUNDS else None
    submitted = _grade(stage, week, dice, last=week == cast.WEEKS - 1)
    if session_id is not None and week < cast.WEEKS - 1:
        hold_meeting(stage, session_id)
    if week == cast.WEEKS - 1:
        set_certificate_rule(stage)
    stage.tick(hours=3)
    _release(stage, submitted)
    _respond(stage, submitted, week, dice)
    coach_week(stage, week, dice)
    return len(submitted)


def _draw_and_assign(stage: Stage, week: int) -> None:
    context = stage.act(cast.MANAGER.email)
    reviewers = tuple(stage.people[reviewer.email].id for reviewer in cast.REVIEWERS)
    for name, channels, card, size in _SAMPLES:
        frame = Frame(channels=channels, created_from=stage.start - timedelta(days=2), reviewed=False)
        new = sampling.NewPlan(f"Week {week + 1}: {name.lower()}", frame, size=size, strata=("team",))
        sample = sampling.draw_sample(context, new, seed=stage.seed + week)
        sampling.assign_sample(
            context,
            sample.id,
            version_id=stage.versions[card],
            reviewer_ids=reviewers,
            due_at=stage.now + timedelta(days=5),
            seed=stage.seed + week,
        )
        stage.tick(minutes=3)


def _grade(stage: Stage, week: int, dice: Dice, *, last: bool) -> list[Review]:
    """Everybody works through their queue; at the very end some work is left, as on any day."""
    submitted = []
    for place, reviewer in enumerate(cast.REVIEWERS):
        context = stage.act(reviewer.email)
        queue = [row.assignment for row in grading.list_queue(context)]
        left = 0 if not last else 4 + place % 3
        for assignment in queue[: len(queue) - left] if left else queue:
            stage.tick(minutes=dice.whole(1, 4))
            if last and assignment.session_id is not None and place > 1:
                continue
            review = _submit(stage, reviewer, assignment, week)
            if assignment.session_id is None:
                submitted.append(review)
        if last and len(queue) > left:
            _leave_draft(stage, reviewer, queue[-1], week)
    return submitted


def _submit(stage: Stage, reviewer: cast.DemoReviewer, assignment: Assignment, week: int) -> Review:
    context = stage.act(reviewer.email)
    filled = _fill_in(stage, reviewer, assignment, week)
    return grading.submit_review(context, assignment.id, filled, submission_key=f"demo-{assignment.id}")


def _leave_draft(stage: Stage, reviewer: cast.DemoReviewer, assignment: Assignment, week: int) -> None:
    filled = _fill_in(stage, reviewer, assignment, week)
    half = replace(filled, ratings=filled.ratings[: len(filled.ratings) // 2], comment="")
    grading.save_draft(stage.act(reviewer.email), assignment.id, half, expected_revision=0)


def _fill_in(stage: Stage, reviewer: cast.DemoReviewer, assignment: Assignment, week: int) -> grading.Filled:
    card = stage.cards[assignment.scorecard_version_id]
    told = stage.conversations[assignment.ticket_id]
    dice = Dice(stage.seed, "grade", reviewer.email, told.ticket["external_id"], assignment.purpose)
    severity = reviewer.find_severity(week)
    return fill_in(card, told, severity=severity, noise=reviewer.noise, dice=dice)


def _release(stage: Stage, submitted: Sequence[Review]) -> None:
    reviews.release_reviews(stage.act(cast.MANAGER.email), [review.id for review in submitted])


def _respond(stage: Stage, submitted: Sequence[Review], week: int, dice: Dice) -> None:
    """Agents read most of their reviews and contest a few of the low ones; of the last weeks the lowest for sure."""
    emails = {person.id: email for email, person in stage.people.items()}
    scored = [
        (review.score.reported, review.id, review, review.agent_id)
        for review in submitted
        if review.agent_id is not None and review.score is not None and review.score.reported is not None
    ]
    sure = {review_id for _, review_id, *_ in sorted(scored)[: _SURE.get(week, 1)]}
    contested = 0
    for reported, review_id, review, agent_id in scored:
        if review_id in sure or (reported < 55 and dice.happens(0.14)):
            contest(stage, review, emails[agent_id], week=week, place=contested)
            contested += 1
        elif dice.happens(0.7):
            stage.tick(seconds=40)
            reviews.acknowledge_review(stage.act(emails[agent_id]), review.id)
