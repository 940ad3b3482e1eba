"""Coaching sessions with their agendas, goals of agents with their steps, objectives of teams."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update

from db import tables
from db.engine import Transaction
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
    PersonId,
    PointId,
    PointKind,
    ReviewId,
    StepId,
    TeamId,
)
from db.store.rows import children, columns_of, equal, insert_rows, one_piece, select_in


def add_coaching(tx: Transaction, coaching: CoachingSession) -> None:
    """Add a coaching session with the reviews it talks about."""
    talked_about = [
        {"coaching_id": coaching.id, "review_id": review_id, "position": place}
        for place, review_id in enumerate(coaching.review_ids)
    ]
    with one_piece(tx):
        insert_rows(tx, tables.coaching_session, [columns_of(coaching, tables.coaching_session)])
        insert_rows(tx, tables.coaching_review, talked_about)


def save_coaching(tx: Transaction, coaching: CoachingSession, *, expected_revision: int) -> None:
    """Write day, notes, state and outcome anew under the next revision.

    Raises:
        StaleRevision: somebody changed the session since that revision, or it is not there.
    """
    columns = tables.coaching_session.c
    unchanged = (columns.id == coaching.id) & (columns.revision == expected_revision)
    row = columns_of(coaching, tables.coaching_session, revision=expected_revision + 1)
    with one_piece(tx):
        if tx.connection.execute(update(tables.coaching_session).where(unchanged), row).rowcount == 0:
            raise StaleRevision(f"coaching session {coaching.id} is not in revision {expected_revision}")


def coaching(tx: Transaction, coaching_id: CoachingId) -> CoachingSession | None:
    """One coaching session."""
    this_one = select(tables.coaching_session).where(tables.coaching_session.c.id == coaching_id)
    return next(iter(_coachings(tx, tx.connection.execute(this_one).all())), None)


def coachings(tx: Transaction, agent_id: PersonId) -> tuple[CoachingSession, ...]:
    """The coaching sessions of an agent, newest first."""
    return coachings_of(tx, [agent_id])


def coachings_of(
    tx: Transaction, agent_ids: Iterable[PersonId] | None, *, state: CoachingState | None = None
) -> tuple[CoachingSession, ...]:
    """The coaching sessions of these agents, or of all where None, newest first."""
    columns = tables.coaching_session.c
    wanted = select(tables.coaching_session).where(*equal({columns.state: state}))
    rows = list(select_in(tx, wanted, columns.agent_id, agent_ids))
    return _coachings(tx, sorted(rows, key=lambda row: (row.held_on, row.created_at, row.id), reverse=True))


def add_points(tx: Transaction, points: Sequence[AgendaPoint]) -> None:
    """Add points to agendas."""
    with one_piece(tx):
        insert_rows(tx, tables.agenda_point, [columns_of(point, tables.agenda_point) for point in points])


def points(tx: Transaction, coaching_ids: Iterable[CoachingId]) -> dict[CoachingId, tuple[AgendaPoint, ...]]:
    """The agendas of these sessions, each in its order; sessions without a point are left out."""
    columns = tables.agenda_point.c
    found = children(tx, columns.coaching_id, coaching_ids, columns.position, columns.id)
    return {CoachingId(key): tuple(map(_point, rows)) for key, rows in found.items()}


def next_position(tx: Transaction, coaching_id: CoachingId) -> int:
    """The place behind the last point of an agenda."""
    columns = tables.agenda_point.c
    last = select(func.max(columns.position)).where(columns.coaching_id == coaching_id)
    found = tx.connection.execute(last).scalar()
    return 0 if found is None else int(found) + 1


def save_point(tx: Transaction, point: AgendaPoint) -> None:
    """Write a point anew; raises UnknownId where it is not there (any more)."""
    this_one = update(tables.agenda_point).where(tables.agenda_point.c.id == point.id)
    with one_piece(tx):
        if tx.connection.execute(this_one, columns_of(point, tables.agenda_point)).rowcount == 0:
            raise UnknownId(f"there is no point {point.id}")


def remove_point(tx: Transaction, point_id: PointId) -> None:
    """Take a point off its agenda; raises UnknownId where it is not there (any more)."""
    gone = tx.connection.execute(tables.agenda_point.delete().where(tables.agenda_point.c.id == point_id))
    if gone.rowcount == 0:
        raise UnknownId(f"there is no point {point_id}")


def add_goal(tx: Transaction, goal: Goal) -> None:
    """Add a goal with its steps."""
    with one_piece(tx):
        insert_rows(tx, tables.goal, [columns_of(goal, tables.goal)])
        insert_rows(tx, tables.goal_step, _step_rows(goal))


def save_steps(tx: Transaction, goal: Goal) -> None:
    """Write the steps of a goal anew."""
    with one_piece(tx):
        tx.connection.execute(tables.goal_step.delete().where(tables.goal_step.c.goal_id == goal.id))
        insert_rows(tx, tables.goal_step, _step_rows(goal))


def set_step(tx: Transaction, step_id: StepId, *, at: datetime | None, by: PersonId | None) -> None:
    """Tick a step as done, or take the tick back with None; raises UnknownId where it is not there (any more)."""
    this_one = update(tables.goal_step).where(tables.goal_step.c.id == step_id)
    if tx.connection.execute(this_one, {"done_at": at, "done_by": by}).rowcount == 0:
        raise UnknownId(f"there is no step {step_id}")


def end_goal(tx: Transaction, goal: Goal) -> None:
    """Note that an open goal was met or dropped, by whom, when and why; raises StaleRevision where it is not open."""
    columns = tables.goal.c
    this_one = update(tables.goal).where(columns.id == goal.id, columns.state == GoalState.OPEN.value)
    with one_piece(tx):
        if tx.connection.execute(this_one, {"state": goal.state.value}).rowcount == 0:
            raise StaleRevision(f"goal {goal.id} is not open")
        end = {"goal_id": goal.id, "by": goal.ended_by, "at": goal.ended_at, "why": goal.why}
        insert_rows(tx, tables.goal_end, [end])


def goal(tx: Transaction, goal_id: GoalId) -> Goal | None:
    """One goal."""
    rows = tx.connection.execute(_goals().where(tables.goal.c.id == goal_id)).all()
    return next(iter(_with_steps(tx, rows)), None)


def goals(tx: Transaction, agent_id: PersonId) -> tuple[Goal, ...]:
    """The goals of an agent, newest first."""
    return goals_of(tx, [agent_id])


def goals_of(
    tx: Transaction, agent_ids: Iterable[PersonId] | None, *, state: GoalState | None = None
) -> tuple[Goal, ...]:
    """The goals of these agents, or of all where None, newest first."""
    columns = tables.goal.c
    rows = list(select_in(tx, _goals().where(*equal({columns.state: state})), columns.agent_id, agent_ids))
    return _with_steps(tx, sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True))


def add_objective(tx: Transaction, objective: Objective) -> None:
    """Add an objective."""
    with one_piece(tx):
        insert_rows(tx, tables.objective, [columns_of(objective, tables.objective)])


def objective(tx: Transaction, objective_id: ObjectiveId) -> Objective | None:
    """One objective."""
    this_one = select(tables.objective).where(tables.objective.c.id == objective_id)
    return next(map(_objective, tx.connection.execute(this_one)), None)


def objectives(tx: Transaction, team_ids: Iterable[TeamId] | None = None) -> tuple[Objective, ...]:
    """The objectives of these teams, or of all where None, newest first."""
    rows = select_in(tx, select(tables.objective), tables.objective.c.team_id, team_ids)
    return tuple(map(_objective, sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)))


def end_objective(tx: Transaction, objective: Objective) -> None:
    """Note that an open objective was met or dropped; raises StaleRevision where it is not open."""
    columns = tables.objective.c
    this_one = update(tables.objective).where(columns.id == objective.id, columns.state == GoalState.OPEN.value)
    with one_piece(tx):
        if tx.connection.execute(this_one, columns_of(objective, tables.objective)).rowcount == 0:
            raise StaleRevision(f"objective {objective.id} is not open")


def _coachings(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[CoachingSession, ...]:
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
            state=CoachingState(row.state),
            revision=row.revision,
            follow_up_on=row.follow_up_on,
            outcome=row.outcome,
        )
        for row in rows
    )


def _point(row: Row[Any]) -> AgendaPoint:
    return AgendaPoint(
        id=PointId(row.id),
        coaching_id=CoachingId(row.coaching_id),
        position=row.position,
        kind=PointKind(row.kind),
        text=row.text,
        added_by=PersonId(row.added_by),
        added_at=row.added_at,
        shared=row.shared,
        done=row.done,
        skill=row.skill,
        review_id=None if row.review_id is None else ReviewId(row.review_id),
        criterion_id=row.criterion_id,
        goal_id=None if row.goal_id is None else GoalId(row.goal_id),
    )


def _goals() -> Select[Any]:
    end = tables.goal_end.c
    ended = (end.by.label("ended_by"), end.at.label("ended_at"), end.why.label("why"))
    return select(tables.goal, *ended).join(tables.goal_end, end.goal_id == tables.goal.c.id, isouter=True)


def _step_rows(goal: Goal) -> list[dict[str, object]]:
    return [
        columns_of(step, tables.goal_step, goal_id=goal.id, position=place) for place, step in enumerate(goal.steps)
    ]


def _with_steps(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Goal, ...]:
    steps = children(tx, tables.goal_step.c.goal_id, [row.id for row in rows], tables.goal_step.c.position)
    return tuple(
        Goal(
            id=GoalId(row.id),
            agent_id=PersonId(row.agent_id),
            skill=row.skill,
            text=row.text,
            state=GoalState(row.state),
            created_at=row.created_at,
            created_by=PersonId(row.created_by),
            due_on=row.due_on,
            coaching_id=None if row.coaching_id is None else CoachingId(row.coaching_id),
            target=row.target,
            steps=tuple(map(_step, steps.get(row.id, ()))),
            ended_at=row.ended_at,
            ended_by=None if row.ended_by is None else PersonId(row.ended_by),
            why=row.why or "",
        )
        for row in rows
    )


def _step(row: Row[Any]) -> GoalStep:
    return GoalStep(StepId(row.id), row.text, row.done_at, None if row.done_by is None else PersonId(row.done_by))


def _objective(row: Row[Any]) -> Objective:
    return Objective(
        id=ObjectiveId(row.id),
        team_id=TeamId(row.team_id),
        skill=row.skill,
        text=row.text,
        state=GoalState(row.state),
        created_at=row.created_at,
        created_by=PersonId(row.created_by),
        due_on=row.due_on,
        target=row.target,
        ended_at=row.ended_at,
        ended_by=None if row.ended_by is None else PersonId(row.ended_by),
        why=row.why,
    )
