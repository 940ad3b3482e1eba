"""What happens in one week of the demo: samples, grading, release, calibrations, disputes, coaching."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from db.records import Assignment, DisputeItem, Frame, Review, SessionId
from qa_app.followup import Progress
from qa_app.workflows import calibration, disputes, findings, grading, reviews, sampling
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.hand import fill_in
from qa_app.workflows.demo.stage import Stage
from qa_app.workflows.demo.talks import coach_week
from scorecards.answers import Answer
from scorecards.model import Channel
from scorecards.values import option_value

_SAMPLES = (
    ("Calls", (Channel.CALL,), "call", 9),
    ("Chats and web", (Channel.CHAT, Channel.WEB), "chat", 20),
    ("E-mails", (Channel.EMAIL,), "email", 11),
)
_SESSIONS = {2: "Week 3: chats", 5: "Week 6: chats", 7: "Week 8: chats"}
"""The first two are closed with findings, the last one is still being graded."""
_TICKETS_PER_SESSION = 6
_GRADERS_PER_SESSION = 4


def tell_story(stage: Stage, week: int, dice: Dice) -> int:
    """One week of work after its tickets came in; returns how many quality reviews were submitted."""
    _draw_and_assign(stage, week)
    session_id = _open_calibration(stage, week) if week in _SESSIONS else None
    submitted = _grade(stage, week, dice, last=week == cast.WEEKS - 1)
    if session_id is not None and week < cast.WEEKS - 1:
        _close_calibration(stage, session_id)
    stage.tick(hours=3)
    _release(stage, submitted)
    _respond(stage, submitted, dice)
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


def _open_calibration(stage: Stage, week: int) -> SessionId:
    context = stage.act(cast.FACILITATOR.email)
    frame = Frame(channels=(Channel.CHAT,), reviewed=False)
    plan = sampling.NewPlan(f"Calibration {_SESSIONS[week]}", frame, size=_TICKETS_PER_SESSION)
    drawn = sampling.draw_sample(context, plan, seed=stage.seed + 100 + week)
    graders = [stage.people[reviewer.email].id for reviewer in _graders(week)]
    session = calibration.open_session(
        context,
        calibration.NewSession(
            name=_SESSIONS[week],
            version_id=stage.versions["chat"],
            ticket_ids=tuple(item.ticket_id for item in drawn.items),
            reviewer_ids=tuple(graders),
            selection=drawn.selection,
            due_at=stage.now + timedelta(days=4),
            seed=stage.seed,
        ),
    )
    return session.id


def _graders(week: int) -> tuple[cast.DemoReviewer, ...]:
    """All six in the middle session, four in the others."""
    count = len(cast.REVIEWERS) if week == 5 else _GRADERS_PER_SESSION
    return cast.REVIEWERS[:count]


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


def _close_calibration(stage: Stage, session_id: SessionId) -> None:
    stage.tick(hours=2)
    context = stage.act(cast.FACILITATOR.email)
    session = calibration.reveal_session(context, session_id)
    for line in findings.list_findings(context):
        if line.progress(stage.now.date()) in {Progress.OPEN, Progress.OVERDUE}:
            findings.finish_finding(context, line.finding.id, done=True)
    stage.tick(minutes=20)
    for cause, decision, action, update in (
        (
            "ambiguous_text",
            "The anchors for the two middle levels overlap; we read the lower one as “said it once”.",
            "Reword the anchor",
            True,
        ),
        ("slip", "Two of us missed the second message. No change needed.", "", False),
    ):
        criterion_id = _criteria(stage)[1 if update else 3]
        due = stage.now.date() + timedelta(days=10)
        new = findings.NewFinding(criterion_id, cause, decision, guideline_needs_update=update)
        if action:
            new = replace(new, action=action, owner_id=session.reviewer_ids[0], due_on=due)
        findings.record_finding(context, session.id, new)
    calibration.close_session(context, session_id)


def _criteria(stage: Stage) -> list[str]:
    return [criterion.id for criterion in stage.cards[stage.versions["chat"]].criteria]


def _release(stage: Stage, submitted: Sequence[Review]) -> None:
    reviews.release_reviews(stage.act(cast.MANAGER.email), [review.id for review in submitted])


def _respond(stage: Stage, submitted: Sequence[Review], dice: Dice) -> None:
    """Agents read most of their reviews and contest a few of the low ones; of the last week the lowest for sure."""
    emails = {person.id: email for email, person in stage.people.items()}
    scored = [
        (review.score.reported, review.id, review, review.agent_id)
        for review in submitted
        if review.agent_id is not None and review.score is not None and review.score.reported is not None
    ]
    waiting = min(scored)[1] if _is_last_week(stage) else None
    for reported, review_id, review, agent_id in scored:
        context = stage.act(emails[agent_id])
        if review_id == waiting or (reported < 55 and dice.happens(0.14)):
            _contest(stage, review, emails[agent_id], dice)
        elif dice.happens(0.7):
            stage.tick(seconds=40)
            reviews.acknowledge_review(context, review.id)


def _is_last_week(stage: Stage) -> bool:
    return stage.now > stage.start + timedelta(weeks=cast.WEEKS - 1)


def _contest(stage: Stage, review: Review, email: str, dice: Dice) -> None:
    low = [rating for rating in review.ratings if rating.comment][:1]
    items = tuple(DisputeItem(rating.criterion_id, "I did this in my second message.") for rating in low)
    words = "I think one message was overlooked: the customer thanked me for exactly this."
    dispute = disputes.raise_dispute(stage.act(email), review.id, reason=words, items=items)
    if _is_last_week(stage):
        return
    stage.tick(hours=1)
    answers = {}
    if low and dice.happens(0.5):
        view = reviews.view_review(stage.act(cast.MANAGER.email), review.id)
        criterion = view.version.scorecard.criterion(low[0].criterion_id)
        best = max(criterion.options, key=lambda option: option_value(criterion, option), default=None)
        answers = {criterion.id: Answer.choose(best.id)} if best else {}
    words = (
        "Right, the second message does it. Corrected."
        if answers
        else "The message came after the customer had asked twice; the grade stands."
    )
    disputes.decide_dispute(stage.act(cast.MANAGER.email), dispute.id, decision=words, answers=answers)
