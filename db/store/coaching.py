"""Coaching sessions and goals."""

from typing import Any

from sqlalchemy import Row, select, update

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import CoachingId, CoachingSession, Goal, GoalId, GoalState, PersonId, ReviewId
from db.store.rows import children, columns_of, insert_rows, one_piece


def add_coaching(tx: Transaction, coaching: CoachingSession) -> None:
    """Add a coaching session with the reviews it talks about."""
    talked_about = [
        {"coaching_id": coaching.id, "review_id": review_id, "position": place}
        for place, review_id in enumerate(coaching.review_ids)
    ]
    with one_piece(tx):
        insert_rows(tx, tables.coaching_session, [columns_of(coaching, tables.coaching_session)])
        insert_rows(tx, tables.coaching_review, talked_about)


def coachings(tx: Transaction, agent_id: PersonId) -> tuple[CoachingSession, ...]:
    """The coaching sessions of an agent, newest first."""
    columns = tables.coaching_session.c
    of_agent = select(tables.coaching_session).where(columns.agent_id == agent_id)
    in_order = of_agent.order_by(columns.held_on.desc(), columns.created_at.desc(), columns.id.desc())
    rows = tx.connection.execute(in_order).all()
    reviews = children(
        tx, tables.coaching_review.c.coaching_id, [row.id for row in rows], tables.coaching_review.c.position
    )
    return tuple(
        CoachingSession(
            id=CoachingId(row.id),
            agent_id=PersonId(row.agent_id),
            coach_id=PersonId(row.coach_id),
            held_on=row.held_on,
            created_at=row.created_at,
            shared_notes=row.shared_notes,
            private_notes=row.private_notes,
            review_ids=tuple(ReviewId(child.review_id) for child in reviews.get(row.id, ())),
        )
        for row in rows
    )


def add_goal(tx: Transaction, goal: Goal) -> None:
    """Add a goal."""
    with one_piece(tx):
        insert_rows(tx, tables.goal, [columns_of(goal, tables.goal)])


def set_goal_state(tx: Transaction, goal_id: GoalId, state: GoalState) -> None:
    """Note that a goal was met, dropped or taken up again; raises UnknownId where there is none."""
    this_one = update(tables.goal).where(tables.goal.c.id == goal_id)
    if tx.connection.execute(this_one, {"state": state.value}).rowcount == 0:
        raise UnknownId(f"there is no goal {goal_id}")


def goals(tx: Transaction, agent_id: PersonId) -> tuple[Goal, ...]:
    """The goals of an agent, newest first."""
    columns = tables.goal.c
    of_agent = select(tables.goal).where(columns.agent_id == agent_id)
    return tuple(map(_goal, tx.connection.execute(of_agent.order_by(columns.created_at.desc(), columns.id.desc()))))


def _goal(row: Row[Any]) -> Goal:
    return Goal(
        id=GoalId(row.id),
        agent_id=PersonId(row.agent_id),
        skill=row.skill,
        text=row.text,
        state=GoalState(row.state),
        created_at=row.created_at,
        created_by=PersonId(row.created_by),
        due_on=row.due_on,
        coaching_id=None if row.coaching_id is None else CoachingId(row.coaching_id),
    )
