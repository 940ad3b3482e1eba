"""A coaching record as a workflow would fill it: a goal, a session with an agenda, an appraisal in from both sides."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from db.records import (
    AgendaPoint,
    Appraisal,
    AppraisalId,
    AppraisalSide,
    AppraisalSubject,
    CoachingId,
    CoachingSession,
    CoachingState,
    Goal,
    GoalId,
    GoalState,
    GoalStep,
    Person,
    PersonId,
    PointId,
    PointKind,
    ReviewId,
    StepId,
)
from qa_app.coaching import AppraisalView, CoachingView, CriterionPair, FollowUp, GoalLine, Place, PointLine
from qa_app.packs import CoachingRecord
from tests.qa_app.workbooks.factories import MADE_AT, TextMaker, keep, make_estimate, make_undefined
from tests.qa_app.workflows.house import PERIOD_CARD

AGENT, COACH = PersonId("agent-1"), PersonId("coach")
_BEFORE = datetime(2026, 9, 20, 23, 30, tzinfo=UTC)


def make_record(*, say: TextMaker = keep, review: str = "review-1") -> CoachingRecord:
    """`say` may replace every text in it; `review`: the one that a point of the agenda leads to."""
    return CoachingRecord((_make_goal(say),), (_make_session(say, review),), (_make_appraisal(say),))


def _make_goal(say: TextMaker) -> GoalLine:
    goal = Goal(
        GoalId("goal-1"),
        AGENT,
        "empathy",
        say("Name the feeling first"),
        GoalState.OPEN,
        MADE_AT,
        COACH,
        due_on=date(2026, 10, 15),
        target=Decimal("80.0"),
        steps=(GoalStep(StepId("a"), say("Rehearse"), _BEFORE, AGENT), GoalStep(StepId("b"), say("Use it in chats"))),
    )
    day = date(2026, 9, 15)
    followed = FollowUp(
        day - timedelta(days=55), day, day + timedelta(days=1), day + timedelta(days=40),
        make_estimate(61.4, 8.0, n=9), make_estimate(70.1, 7.5, n=8), make_estimate(8.7, 11.2, n=17),
        make_estimate(64.0, 5.0, n=6), make_undefined(), make_undefined(), (say("Too few reviews to tell."),),
    )  # fmt: skip
    return GoalLine(goal, say("Empathy"), say("Rosa Lind"), "", followed)


def _make_session(say: TextMaker, review: str) -> CoachingView:
    session = CoachingSession(
        CoachingId("session-1"), AGENT, COACH, date(2026, 9, 15), MADE_AT,
        shared_notes=say("We listened to two calls."), state=CoachingState.FOLLOWED_UP,
        follow_up_on=date(2026, 10, 13), outcome=say("It has become a habit."),
    )  # fmt: skip
    place = Place(ReviewId(review), "empathy", say("T-48201"), say("Empathy: 2 Seldom"), None)
    points = (
        AgendaPoint(PointId("1"), session.id, 0, PointKind.PRACTISE, say("Empathy is low."), COACH, MADE_AT, done=True),
        AgendaPoint(PointId("2"), session.id, 1, PointKind.OWN, say("The new form"), AGENT, MADE_AT),
    )
    lines = (PointLine(points[0], say("Rosa Lind"), place), PointLine(points[1], say("Maya Lindqvist"), None))
    return CoachingView(session, Person(AGENT, say("Maya Lindqvist")), say("Rosa Lind"), lines)


def _make_appraisal(say: TextMaker) -> AppraisalView:
    sides = (
        AppraisalSide(AGENT, 1, MADE_AT, submitted_at=MADE_AT),
        AppraisalSide(COACH, 1, MADE_AT, comment=say("A good start"), submitted_at=MADE_AT),
    )
    appraisal = Appraisal(
        AppraisalId("appraisal-1"), AGENT, COACH, AppraisalSubject.PERIOD, PERIOD_CARD.id,
        date(2026, 9, 1), date(2026, 10, 31), MADE_AT, about=say("The move to chat"), sides=sides,
    )  # fmt: skip
    pairs = (
        CriterionPair("a", say("With customers"), say("Empathy"), say("Mostly"), "", say("Seldom"), say("T-48201"),
                      Decimal(33)),
        CriterionPair("b", say("With customers"), say("Best moment"), say("The outage"), "", None, "", None),
    )  # fmt: skip
    agent, coach = Person(AGENT, say("Maya Lindqvist")), Person(COACH, say("Rosa Lind"))
    scores = {"agent": Decimal("70.0"), "coach": None}
    return AppraisalView(appraisal, PERIOD_CARD, agent, coach, None, (), scores, pairs)
