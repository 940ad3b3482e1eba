"""Whom a coach should talk to next, and why: overdue goals, planned sessions, fallen scores, unread reviews."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from db.records import (
    AssignmentId,
    CoachingSession,
    CoachingState,
    Goal,
    GoalState,
    Person,
    PersonId,
    ReviewState,
    Role,
)
from db.store import coaching, outcomes, people, samples
from db.store.outcomes import Outcome
from qa_app.coaching import Candidate, CoachList, Reason, is_follow_up_due, is_overdue
from qa_app.estimate import Estimate, Measured
from qa_app.stats.difference import difference
from qa_app.words import write_change, write_count, write_near_day
from qa_app.workflows.context import Context
from qa_app.workflows.follow_up import COUNTED, RANDOM
from qa_app.workflows.scope import find_blind_tickets, reaches_agent, require_some

T = TypeVar("T", Outcome, CoachingSession, Goal)
_NEW_DAYS, _BEFORE_DAYS = 28, 56
_UNREAD_FOR = timedelta(days=3)
_SOON = timedelta(days=7)
_LONG = timedelta(days=42)
_ONE_SIDE = 0.025
"""Of 95% intervals around no change at all, so many lie wholly below 0."""


def list_candidates(context: Context, *, zone: ZoneInfo) -> CoachList:
    """The agents within reach with the reasons to talk to each, the most urgent first.

    A score has fallen where the last four weeks lie below the eight before and the interval of the change holds no 0;
    released random reviews by the day of the ticket.
    """
    now = context.now()
    today = now.astimezone(zone).date()
    within = require_some(context.actor, "coaching.write")
    first = today - timedelta(days=_NEW_DAYS + _BEFORE_DAYS - 1)
    with context.store.read() as tx:
        agents = [
            person
            for person in people.people(tx, role=Role.AGENT)
            if person.id != context.actor.id and reaches_agent(within, context.actor, person)
        ]
        keys = [agent.id for agent in agents]
        teams = {team.id: team.name for team in people.teams(tx)}
        hidden = find_blind_tickets(tx, context.actor.id)
        found = outcomes.outcomes(
            tx, keys, states=COUNTED, worked_from=datetime.combine(first, time(), zone), worked_before=now
        )
        seen = [one for one in found if one.ticket_id not in hidden]
        drawn = samples.probabilities(tx, [one.assignment_id for one in seen if one.assignment_id])
        sessions = _by_agent(coaching.coachings_of(tx, keys))
        goals = _by_agent(coaching.goals_of(tx, keys, state=GoalState.OPEN))
    changes = _changes(seen, drawn, today, zone)
    reviewed = _by_agent(seen)
    candidates = [
        _describe(
            agent,
            teams.get(agent.team_id) if agent.team_id else None,
            sessions.get(agent.id, ()),
            _reasons(
                reviewed.get(agent.id, ()),
                sessions.get(agent.id, ()),
                goals.get(agent.id, ()),
                changes.get(agent.id),
                now=now,
                today=today,
            ),
        )
        for agent in agents
    ]
    ordered = sorted(candidates, key=lambda one: (-one.weight, one.agent.name, one.agent.id))
    return CoachList(tuple(ordered), _note(changes.values()))


def _describe(
    agent: Person, team: str | None, sessions: Sequence[CoachingSession], reasons: tuple[Reason, ...]
) -> Candidate:
    return Candidate(
        agent=agent,
        team=team,
        reasons=reasons,
        next_on=min((one.held_on for one in sessions if one.state is CoachingState.PLANNED), default=None),
        last_on=max((one.held_on for one in sessions if _was_held(one)), default=None),
    )


def _reasons(
    reviewed: Sequence[Outcome],
    sessions: Sequence[CoachingSession],
    goals: Sequence[Goal],
    change: Measured | None,
    *,
    now: datetime,
    today: date,
) -> tuple[Reason, ...]:
    """The most urgent first."""
    found = [*_from_sessions(sessions, today), *_from_goals(goals, today)]
    if isinstance(change, Estimate) and change.high is not None and change.high < 0:
        found.append(Reason(4, f"Score fell: {write_change(change)}"))
    disputed = sum(one.state is ReviewState.DISPUTED for one in reviewed)
    if disputed:
        found.append(Reason(2, f"{write_count(disputed, 'open dispute')}"))
    unread = sum(
        one.state is ReviewState.RELEASED and one.released_at is not None and now - one.released_at > _UNREAD_FOR
        for one in reviewed
    )
    if unread:
        found.append(Reason(1, f"{write_count(unread, 'review')} not acknowledged"))
    last = max((one.held_on for one in sessions if _was_held(one)), default=None)
    planned = any(one.state is CoachingState.PLANNED for one in sessions)
    if reviewed and not planned and (last is None or today - last > _LONG):
        found.append(Reason(1, "no session yet" if last is None else f"no session since {write_near_day(last, today)}"))
    return tuple(sorted(found, key=lambda reason: -reason.weight))


def _from_sessions(sessions: Sequence[CoachingSession], today: date) -> list[Reason]:
    found = []
    for session in sessions:
        if session.state is CoachingState.PLANNED and session.held_on < today:
            found.append(Reason(5, f"Session of {write_near_day(session.held_on, today)} not held yet"))
        elif session.state is CoachingState.PLANNED and session.held_on - today <= _SOON:
            found.append(Reason(5, f"Session planned for {write_near_day(session.held_on, today)}"))
        elif session.follow_up_on is not None and is_follow_up_due(session, today):
            found.append(Reason(3, f"Follow-up due since {write_near_day(session.follow_up_on, today)}"))
    return found


def _from_goals(goals: Sequence[Goal], today: date) -> list[Reason]:
    overdue = sorted(goal.due_on for goal in goals if is_overdue(goal, today) and goal.due_on)
    if not overdue:
        return []
    return [Reason(3, f"{write_count(len(overdue), 'goal')} overdue since {write_near_day(overdue[0], today)}")]


def _changes(
    seen: Iterable[Outcome], drawn: Mapping[AssignmentId, Decimal], today: date, zone: ZoneInfo
) -> dict[PersonId, Measured]:
    """How far each agent's mean moved, last four weeks less the eight before; agents without both are left out."""
    parts: defaultdict[PersonId, tuple[list[tuple[float, float]], list[tuple[float, float]]]] = defaultdict(
        lambda: ([], [])
    )
    split = today - timedelta(days=_NEW_DAYS)
    for one in seen:
        if one.selection in RANDOM and one.reported is not None:
            probability = drawn.get(one.assignment_id) if one.assignment_id else None
            pair = float(one.reported), 1.0 if probability is None else float(probability)
            parts[one.agent_id][one.worked_at.astimezone(zone).date() <= split].append(pair)
    return {
        key: difference(
            [value for value, _ in later],
            [value for value, _ in earlier],
            probabilities=([share for _, share in later], [share for _, share in earlier]),
        )
        for key, (later, earlier) in parts.items()
        if later and earlier
    }


def _note(changes: Iterable[Measured]) -> str:
    compared = sum(isinstance(change, Estimate) and change.low is not None for change in changes)
    expected = compared * _ONE_SIDE
    return (
        f"A score “fell” where the last {_NEW_DAYS} days lie below the {_BEFORE_DAYS} before and the 95% interval of "
        f"the change holds no 0. Of the {write_count(compared, 'agent')} compared, about {expected:.1f} would "
        "fall by chance alone."
    )


def _was_held(session: CoachingSession) -> bool:
    return session.state in {CoachingState.HELD, CoachingState.FOLLOWED_UP}


def _by_agent(found: Iterable[T]) -> dict[PersonId, list[T]]:
    grouped: dict[PersonId, list[T]] = {}
    for one in found:
        grouped.setdefault(one.agent_id, []).append(one)
    return grouped
