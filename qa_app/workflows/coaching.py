"""Coaching sessions and goals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from db.engine import Transaction
from db.records import (
    AuditEntry,
    CoachingId,
    CoachingSession,
    Goal,
    GoalId,
    GoalState,
    Person,
    PersonId,
    ReviewId,
)
from db.store import audit, coaching, people, reviews
from qa_app.domain.access import allows, require
from qa_app.domain.review_states import counts_in_score
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.context import Context


def hold_session(
    context: Context,
    agent_id: PersonId,
    *,
    held_on: date,
    shared_notes: str,
    private_notes: str = "",
    review_ids: Sequence[ReviewId] = (),
) -> CoachingSession:
    """Write down a talk between the actor and an agent.

    Raises:
        NotFound: no such agent, or a review that is no quality review of theirs.
    """
    with context.store.write() as tx:
        agent = _agent(tx, context, agent_id, "coaching.write")
        found = reviews.reviews_by_id(tx, review_ids)
        theirs = {key for key, review in found.items() if review.agent_id == agent_id and counts_in_score(review)}
        if not theirs.issuperset(review_ids):
            raise NotFound("no-review", "One of these reviews is no review of this agent; choose again.")
        session = CoachingSession(
            id=CoachingId(context.new_id()),
            agent_id=agent.id,
            coach_id=context.actor.id,
            held_on=held_on,
            created_at=context.now(),
            shared_notes=shared_notes.strip(),
            private_notes=private_notes.strip(),
            review_ids=tuple(review_ids),
        )
        coaching.add_coaching(tx, session)
        _record(
            tx,
            context,
            "coaching.hold",
            "coaching_session",
            session.id,
            {"agent": agent_id, "reviews": len(review_ids)},
        )
    return session


def set_goal(
    context: Context,
    agent_id: PersonId,
    *,
    skill: str,
    text: str,
    due_on: date | None,
    coaching_id: CoachingId | None = None,
) -> Goal:
    """Agree on what an agent practises next.

    Raises:
        Refused: no text.
    """
    if not text.strip():
        raise Refused("goal-text", "Say what the agent will practise; one sentence that both can check later.")
    with context.store.write() as tx:
        _agent(tx, context, agent_id, "coaching.write")
        goal = Goal(
            id=GoalId(context.new_id()),
            agent_id=agent_id,
            skill=skill,
            text=text.strip(),
            state=GoalState.OPEN,
            created_at=context.now(),
            created_by=context.actor.id,
            due_on=due_on,
            coaching_id=coaching_id,
        )
        coaching.add_goal(tx, goal)
        _record(tx, context, "goal.set", "goal", goal.id, {"agent": agent_id, "skill": skill})
    return goal


def finish_goal(context: Context, goal: Goal, *, state: GoalState) -> None:
    """Mark an open goal as met or dropped.

    Raises:
        Conflict: it is not open any more.
    """
    with context.store.write() as tx:
        _agent(tx, context, goal.agent_id, "coaching.write")
        open_goals = {stored.id for stored in coaching.goals(tx, goal.agent_id) if stored.state is GoalState.OPEN}
        if goal.id not in open_goals:
            raise Conflict("goal-finished", "This goal is not open any more; reload to see it.")
        coaching.set_goal_state(tx, goal.id, state)
        _record(tx, context, f"goal.{state}", "goal", goal.id, {"state": state})


def list_coaching(context: Context, agent_id: PersonId) -> tuple[CoachingSession, ...]:
    """An agent's coaching sessions, newest first; private notes only for those who may read them."""
    with context.store.read() as tx:
        agent = _agent(tx, context, agent_id, "coaching.read")
        found = coaching.coachings(tx, agent_id)
    private = allows(context.actor, "coaching.read_private", team_id=agent.team_id)
    return found if private else tuple(replace(session, private_notes="") for session in found)


def _agent(tx: Transaction, context: Context, agent_id: PersonId, action: str) -> Person:
    agent = people.person(tx, agent_id)
    if agent is None:
        raise NotFound("no-agent", "There is no such agent.")
    require(context.actor, action, team_id=agent.team_id, owner_id=agent_id)
    return agent


def _record(
    tx: Transaction, context: Context, action: str, object_type: str, object_id: str, after: Mapping[str, object]
) -> None:
    audit.append(tx, AuditEntry(context.now(), context.actor.id, action, object_type, object_id, after=after))
