from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import StaleRevision, UnknownId
from db.records import (
    AgendaPoint,
    CoachingId,
    CoachingSession,
    CoachingState,
    Goal,
    GoalId,
    GoalState,
    GoalStep,
    Objective,
    ObjectiveId,
    PointId,
    PointKind,
    ReviewId,
    StepId,
    TeamId,
)
from db.store import coaching, reviews
from tests.db.world import AGENT, NOON, OTHER_REVIEWER, RETURNS, REVIEWER, SUBMITTED, add_work

TALK = CoachingSession(
    CoachingId("c1"),
    agent_id=AGENT.id,
    coach_id=OTHER_REVIEWER.id,
    held_on=date(2026, 3, 3),
    created_at=NOON,
    shared_notes="Greet first",
    private_notes="Tired",
    review_ids=(ReviewId("r2"), SUBMITTED.id),
    state=CoachingState.PLANNED,
    follow_up_on=date(2026, 4, 1),
)
GOAL = Goal(
    GoalId("g1"),
    agent_id=AGENT.id,
    skill="empathy",
    text="Name the feeling",
    state=GoalState.OPEN,
    created_at=NOON,
    created_by=OTHER_REVIEWER.id,
    due_on=date(2026, 4, 1),
    coaching_id=TALK.id,
    target=Decimal("82.5"),
    steps=(GoalStep(StepId("g1a"), "Rehearse"), GoalStep(StepId("g1b"), "Do it", NOON, AGENT.id)),
)
POINT = AgendaPoint(
    PointId("p1"),
    TALK.id,
    position=0,
    kind=PointKind.PRACTISE,
    text="Empathy",
    added_by=OTHER_REVIEWER.id,
    added_at=NOON,
    skill="empathy",
    review_id=SUBMITTED.id,
    criterion_id="empathy",
)
OBJECTIVE = Objective(
    ObjectiveId("o1"),
    RETURNS.id,
    skill="empathy",
    text="Name it",
    state=GoalState.OPEN,
    created_at=NOON,
    created_by=REVIEWER.id,
    target=Decimal(80),
)


@pytest.fixture
def room(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
        reviews.add_reviews(tx, [SUBMITTED, replace(SUBMITTED, id=ReviewId("r2"), submission_key=None)])
        coaching.add_coaching(tx, TALK)
        coaching.add_goal(tx, GOAL)
        coaching.add_objective(tx, OBJECTIVE)
    return store


def test_coaching_sessions_of_an_agent_come_newest_first(room: Store) -> None:
    later = replace(TALK, id=CoachingId("c2"), held_on=date(2026, 3, 10), review_ids=(), state=CoachingState.HELD)
    with room.write() as tx:
        coaching.add_coaching(tx, later)
    with room.read() as tx:
        assert coaching.coachings(tx, AGENT.id) == (later, TALK)
        assert coaching.coachings_of(tx, None, state=CoachingState.PLANNED) == (TALK,)
        assert coaching.coachings(tx, REVIEWER.id) == ()
        assert coaching.coaching(tx, TALK.id) == TALK


def test_session_is_changed_by_who_knows_its_revision(room: Store) -> None:
    held = replace(TALK, state=CoachingState.HELD, shared_notes="Went well", outcome="Better")
    with room.write() as tx:
        coaching.save_coaching(tx, held, expected_revision=0)
        with pytest.raises(StaleRevision):
            coaching.save_coaching(tx, TALK, expected_revision=0)
    with room.read() as tx:
        assert coaching.coaching(tx, TALK.id) == replace(held, revision=1)


def test_points_come_in_their_order_and_are_changed_and_removed(room: Store) -> None:
    own = replace(
        POINT, id=PointId("p0"), position=1, kind=PointKind.OWN, shared=False, review_id=None, goal_id=GOAL.id
    )
    with room.write() as tx:
        assert coaching.next_position(tx, TALK.id) == 0
        coaching.add_points(tx, [own, POINT])
        coaching.save_point(tx, replace(POINT, position=2, done=True))
        assert coaching.next_position(tx, TALK.id) == 3
    with room.read() as tx:
        assert coaching.points(tx, [TALK.id]) == {TALK.id: (own, replace(POINT, position=2, done=True))}
    with room.write() as tx:
        coaching.remove_point(tx, POINT.id)
        with pytest.raises(UnknownId):
            coaching.remove_point(tx, POINT.id)
        with pytest.raises(UnknownId):
            coaching.save_point(tx, POINT)
        assert coaching.points(tx, [TALK.id]) == {TALK.id: (own,)}


def test_goals_of_an_agent_come_newest_first_and_end_once(room: Store) -> None:
    later = replace(
        GOAL,
        id=GoalId("g2"),
        created_at=NOON + timedelta(days=1),
        due_on=None,
        coaching_id=None,
        target=None,
        steps=(),
    )
    met = replace(GOAL, state=GoalState.MET, ended_at=NOON, ended_by=REVIEWER.id, why="Does it now")
    with room.write() as tx:
        coaching.add_goal(tx, later)
        coaching.end_goal(tx, met)
        with pytest.raises(StaleRevision):
            coaching.end_goal(tx, met)
    with room.read() as tx:
        assert coaching.goals(tx, AGENT.id) == (later, met)
        assert coaching.goals_of(tx, None, state=GoalState.OPEN) == (later,)
        assert coaching.goals(tx, REVIEWER.id) == ()
        assert coaching.goal(tx, GOAL.id) == met


def test_steps_are_ticked_and_written_anew(room: Store) -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    first, second = GOAL.steps
    with room.write() as tx:
        coaching.set_step(tx, first.id, at=at, by=AGENT.id)
        coaching.set_step(tx, second.id, at=None, by=None)
        with pytest.raises(UnknownId):
            coaching.set_step(tx, StepId("none"), at=at, by=AGENT.id)
        ticked = coaching.goal(tx, GOAL.id)
        assert ticked is not None
        assert ticked.steps == (
            replace(first, done_at=at, done_by=AGENT.id),
            replace(second, done_at=None, done_by=None),
        )
        coaching.save_steps(tx, replace(GOAL, steps=(second,)))
    with room.read() as tx:
        assert coaching.goal(tx, GOAL.id) == replace(GOAL, steps=(second,))


def test_objectives_of_teams_end_once(room: Store) -> None:
    met = replace(OBJECTIVE, state=GoalState.MET, ended_at=NOON, ended_by=REVIEWER.id, why="Reached")
    with room.write() as tx:
        assert coaching.objectives(tx) == coaching.objectives(tx, [RETURNS.id]) == (OBJECTIVE,)
        assert coaching.objectives(tx, [TeamId("none")]) == ()
        coaching.end_objective(tx, met)
        with pytest.raises(StaleRevision):
            coaching.end_objective(tx, met)
    with room.read() as tx:
        assert coaching.objective(tx, OBJECTIVE.id) == met
