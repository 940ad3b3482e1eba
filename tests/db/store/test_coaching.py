from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.engine import Store
from db.problems import UnknownId
from db.records import CoachingId, CoachingSession, Goal, GoalId, GoalState, ReviewId
from db.store import coaching, reviews
from tests.db.world import AGENT, NOON, OTHER_REVIEWER, REVIEWER, SUBMITTED, add_work

TALK = CoachingSession(
    CoachingId("c1"),
    agent_id=AGENT.id,
    coach_id=OTHER_REVIEWER.id,
    held_on=date(2026, 3, 3),
    created_at=NOON,
    shared_notes="Greet first",
    private_notes="Tired",
    review_ids=(ReviewId("r2"), SUBMITTED.id),
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
)


@pytest.fixture
def room(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
        reviews.add_reviews(tx, [SUBMITTED, replace(SUBMITTED, id=ReviewId("r2"), submission_key=None)])
        coaching.add_coaching(tx, TALK)
        coaching.add_goal(tx, GOAL)
    return store


def test_coaching_sessions_of_an_agent_come_newest_first(room: Store) -> None:
    later = replace(TALK, id=CoachingId("c2"), held_on=date(2026, 3, 10), review_ids=())
    with room.write() as tx:
        coaching.add_coaching(tx, later)
    with room.read() as tx:
        assert coaching.coachings(tx, AGENT.id) == (later, TALK)
        assert coaching.coachings(tx, REVIEWER.id) == ()


def test_goals_of_an_agent_come_newest_first_and_are_met(room: Store) -> None:
    later = replace(GOAL, id=GoalId("g2"), created_at=NOON + timedelta(days=1), due_on=None, coaching_id=None)
    with room.write() as tx:
        coaching.add_goal(tx, later)
        coaching.set_goal_state(tx, GOAL.id, GoalState.MET)
        with pytest.raises(UnknownId):
            coaching.set_goal_state(tx, GoalId("none"), GoalState.MET)
    with room.read() as tx:
        assert coaching.goals(tx, AGENT.id) == (later, replace(GOAL, state=GoalState.MET))
        assert coaching.goals(tx, REVIEWER.id) == ()
