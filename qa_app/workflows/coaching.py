"""Coaching sessions from plan to follow-up, and the goals that come of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    AuditEntry,
    CoachingId,
    CoachingSession,
    CoachingState,
    Goal,
    GoalId,
    GoalState,
    GoalStep,
    Person,
    PersonId,
    ReviewId,
    StepId,
    VersionState,
)
from db.store import audit, coaching, people, reviews, scorecards
from qa_app.domain.access import allows, require
from qa_app.domain.coaching_sessions import hold, require_move
from qa_app.domain.coaching_terms import (
    LONGEST_NOTES,
    fit_steps,
    fit_words,
    require_ahead,
    require_follow_up,
    require_held,
    require_skill,
    require_target,
)
from qa_app.domain.practice import find_steps
from qa_app.domain.review_states import counts_in_score
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.scope import require_some


def plan_session(
    context: Context, agent_id: PersonId, *, day: date, follow_up_on: date | None = None
) -> CoachingSession:
    """Plan a session between the actor and an agent; the agenda is filled next.

    Raises:
        NotFound: no such agent. NotAllowed: out of reach. Refused: the follow-up lies before the session.
    """
    require_follow_up(day, follow_up_on)
    with context.store.write() as tx:
        agent = find_coached(tx, context, agent_id, "coaching.write")
        session = CoachingSession(
            id=CoachingId(context.new_id()),
            agent_id=agent.id,
            coach_id=context.actor.id,
            held_on=day,
            created_at=context.now(),
            state=CoachingState.PLANNED,
            follow_up_on=follow_up_on,
        )
        coaching.add_coaching(tx, session)
        record(tx, context, "coaching.plan", session, {"agent": agent_id, "day": str(day)})
    return session


def hold_session(
    context: Context,
    agent_id: PersonId,
    *,
    held_on: date,
    shared_notes: str,
    private_notes: str = "",
    review_ids: Sequence[ReviewId] = (),
) -> CoachingSession:
    """Write down a session between the actor and an agent that nobody had planned.

    Raises:
        NotFound: no such agent, or a review that is no quality review of theirs. Refused: the day is still to come.
    """
    require_held(held_on, first=None, today=context.today)
    with context.store.write() as tx:
        agent = find_coached(tx, context, agent_id, "coaching.write")
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
            shared_notes=_fit_notes(shared_notes),
            private_notes=_fit_notes(private_notes),
            review_ids=tuple(review_ids),
        )
        coaching.add_coaching(tx, session)
        record(tx, context, "coaching.hold", session, {"agent": agent_id, "reviews": len(review_ids)})
    return session


def move_session(
    context: Context,
    coaching_id: CoachingId,
    state: CoachingState,
    *,
    day: date | None = None,
    follow_up_on: date | None = None,
    words: str = "",
) -> CoachingSession:
    """Hold a planned session, call it off, or follow a held one up with what came of it.

    `day` and `follow_up_on` are for holding it: without them the day is the planned one, or today where that is still
    to come, and the follow-up stays.

    Raises:
        NotFound: no such session within reach. Refused: the session's state has no such move, a follow-up says
        nothing, or it cannot have been held on that day. Conflict: somebody changed the session meanwhile.
    """
    said = fit_words(words, "What is said of a session")
    with context.store.write() as tx:
        old = find_session(tx, context, coaching_id, "coaching.write")
        require_move(old.state, state)
        if state is CoachingState.FOLLOWED_UP and not said:
            raise Refused("follow-up-words", "Say what came of it in a sentence; agent and coach both read it.")
        outcome = said if state is CoachingState.FOLLOWED_UP else old.outcome
        new = replace(old, state=state, outcome=outcome)
        if state is CoachingState.HELD:
            planned_on = context.day_of(old.created_at)
            new = hold(new, day, follow_up_on, planned_on=planned_on, today=context.today)
        save_session(tx, new, expected_revision=old.revision)
        why = said if state is CoachingState.CANCELLED else ""
        after = {"state": state, "day": str(new.held_on)}
        record(tx, context, f"coaching.{state}", new, after, before={"state": old.state}, why=why)
    return replace(new, revision=old.revision + 1)


def replan_session(
    context: Context, coaching_id: CoachingId, *, day: date, follow_up_on: date | None
) -> CoachingSession:
    """Put a planned session on another day, or any session's follow-up.

    Raises:
        Refused: the session is over, or the follow-up lies before the session. NotFound, Conflict: as `move_session`.
    """
    with context.store.write() as tx:
        old = find_session(tx, context, coaching_id, "coaching.write")
        if old.state not in {CoachingState.PLANNED, CoachingState.HELD}:
            raise Refused("coaching-over", "This session is over; plan another one.")
        new = replace(
            old, held_on=day if old.state is CoachingState.PLANNED else old.held_on, follow_up_on=follow_up_on
        )
        require_follow_up(new.held_on, follow_up_on)
        save_session(tx, new, expected_revision=old.revision)
        before = {"day": str(old.held_on), "follow_up": _day(old.follow_up_on)}
        record(
            tx,
            context,
            "coaching.replan",
            new,
            {"day": str(new.held_on), "follow_up": _day(follow_up_on)},
            before=before,
        )
    return replace(new, revision=old.revision + 1)


def save_notes(
    context: Context, coaching_id: CoachingId, *, shared: str, private: str, expected_revision: int
) -> CoachingSession:
    """Keep the notes of a session as they are typed; unchanged ones cost nothing.

    Raises:
        Conflict: somebody, or another tab, saved other notes meanwhile; nothing was overwritten.
        Refused: the session is over. NotFound: no such session within reach.
    """
    with context.store.write() as tx:
        old = find_session(tx, context, coaching_id, "coaching.write")
        if (shared.strip(), private.strip()) == (old.shared_notes, old.private_notes):
            return old
        if old.state in {CoachingState.FOLLOWED_UP, CoachingState.CANCELLED}:
            raise Refused("coaching-over", "This session is over and its notes stay as they are; plan another one.")
        new = replace(old, shared_notes=_fit_notes(shared), private_notes=_fit_notes(private))
        save_session(tx, new, expected_revision=expected_revision)
        after = {"shared": len(new.shared_notes), "private": len(new.private_notes)}
        record(tx, context, "coaching.note", new, after)
    return replace(new, revision=expected_revision + 1)


def list_coaching(context: Context, agent_id: PersonId) -> tuple[CoachingSession, ...]:
    """An agent's coaching sessions, newest first; private notes only for those who may read them."""
    with context.store.read() as tx:
        agent = find_coached(tx, context, agent_id, "coaching.read")
        found = coaching.coachings(tx, agent_id)
    private = allows(context.actor, "coaching.read_private", team_id=agent.team_id)
    return found if private else tuple(replace(session, private_notes="") for session in found)


def set_goal(
    context: Context,
    agent_id: PersonId,
    *,
    skill: str,
    text: str,
    due_on: date | None,
    coaching_id: CoachingId | None = None,
    steps: Sequence[str] | None = None,
    target: Decimal | None = None,
) -> Goal:
    """Agree on what an agent practises next; without `steps`, with those that are known for the skill.

    Raises:
        Refused: no text or too much, a skill that no scorecard in force grades, a day that is over, or a target that
        is no percentage. NotFound: no such agent, or session of theirs.
    """
    practised = fit_words(text, "A goal")
    if not practised:
        raise Refused("goal-text", "Say what the agent will practise; one sentence that both can check later.")
    require_ahead(due_on, context.today)
    require_target(target)
    wanted = find_steps(skill) if steps is None else fit_steps(steps)
    with context.store.write() as tx:
        find_coached(tx, context, agent_id, "coaching.write")
        require_skill(skill, find_skills(tx))
        session = coaching.coaching(tx, coaching_id) if coaching_id else None
        if coaching_id and (session is None or session.agent_id != agent_id):
            raise NotFound("no-coaching", "There is no such coaching session with this agent.")
        goal = Goal(
            id=GoalId(context.new_id()),
            agent_id=agent_id,
            skill=skill,
            text=practised,
            state=GoalState.OPEN,
            created_at=context.now(),
            created_by=context.actor.id,
            due_on=due_on,
            coaching_id=coaching_id,
            target=target,
            steps=tuple(GoalStep(StepId(context.new_id()), step) for step in wanted),
        )
        coaching.add_goal(tx, goal)
        _record_goal(tx, context, "goal.set", goal, {"agent": agent_id, "skill": skill, "steps": len(wanted)})
    return goal


def edit_steps(context: Context, goal_id: GoalId, steps: Sequence[str]) -> Goal:
    """Write the steps of an open goal anew; a step of the same words keeps its tick.

    Raises:
        NotFound: no such goal within reach. Conflict: it is not open any more.
    """
    with context.store.write() as tx:
        goal = _find_open(tx, context, goal_id, "coaching.write")
        known = {step.text: step for step in goal.steps}
        wanted = dict.fromkeys(fit_steps(steps))
        changed = replace(
            goal, steps=tuple(known.get(text) or GoalStep(StepId(context.new_id()), text) for text in wanted)
        )
        coaching.save_steps(tx, changed)
        before = {"steps": len(goal.steps)}
        _record_goal(tx, context, "goal.steps", goal, {"steps": len(changed.steps)}, before=before)
    return changed


def tick_step(context: Context, goal_id: GoalId, step_id: StepId, *, done: bool) -> None:
    """Tick a step of an open goal as done, or take the tick back; the agent does, or the coach.

    Raises:
        NotFound: no such goal within reach. Conflict: it is not open any more, or the step is gone.
    """
    with context.store.write() as tx:
        goal = _find_open(tx, context, goal_id, "coaching.take_part")
        step = next((step for step in goal.steps if step.id == step_id), None)
        if step is None:
            raise Conflict("step-gone", "This step was taken out meanwhile; reload to see the steps.")
        if done == (step.done_at is not None):
            return
        coaching.set_step(tx, step_id, at=context.now() if done else None, by=context.actor.id if done else None)
        _record_goal(tx, context, "goal.step", goal, {"step": step_id, "done": done})


def finish_goal(context: Context, goal: Goal, *, state: GoalState, why: str = "") -> None:
    """Mark an open goal as met or dropped; why is told to the agent, and is needed to drop it.

    Raises:
        Conflict: it is not open any more. Refused: it is dropped without a reason.
    """
    reason = fit_words(why, "A reason")
    if state is GoalState.DROPPED and not reason:
        raise Refused("goal-why", "Say why the goal is dropped; the agent reads it.")
    with context.store.write() as tx:
        stored = _find_open(tx, context, goal.id, "coaching.write")
        ended = replace(stored, state=state, ended_at=context.now(), ended_by=context.actor.id, why=reason)
        coaching.end_goal(tx, ended)
        _record_goal(tx, context, f"goal.{state}", goal, {"state": state}, before={"state": stored.state})


def list_skills(context: Context) -> tuple[str, ...]:
    """The skills that the scorecards in force grade, in alphabetical order: what a goal can be set for."""
    require_some(context.actor, "scorecard.read")
    with context.store.read() as tx:
        return find_skills(tx)


def find_skills(tx: Transaction) -> tuple[str, ...]:
    """As `list_skills`, for the caller's transaction."""
    found = scorecards.versions(tx, state=VersionState.PUBLISHED)
    return tuple(sorted({one.skill for version in found for one in version.scorecard.criteria if one.skill}))


def find_coached(tx: Transaction, context: Context, agent_id: PersonId, action: str) -> Person:
    """An agent to whose records the actor may do this, for the caller's transaction; raises NotFound, NotAllowed."""
    agent = people.person(tx, agent_id)
    if agent is None:
        raise NotFound("no-agent", "There is no such agent.")
    require(context.actor, action, team_id=agent.team_id, owner_id=agent_id)
    return agent


def find_session(tx: Transaction, context: Context, coaching_id: CoachingId, action: str) -> CoachingSession:
    """A coaching session to which the actor may do this, whole; raises NotFound, NotAllowed."""
    session = coaching.coaching(tx, coaching_id)
    agent = people.person(tx, session.agent_id) if session else None
    if session is None or agent is None or not _reads(context, agent):
        raise NotFound("no-coaching", "There is no such coaching session, or none that you may see.")
    require(context.actor, action, team_id=agent.team_id, owner_id=agent.id)
    return session


def save_session(tx: Transaction, session: CoachingSession, *, expected_revision: int) -> None:
    """Write a session anew; raises Conflict where somebody was faster."""
    try:
        coaching.save_coaching(tx, session, expected_revision=expected_revision)
    except StaleRevision as error:
        raise Conflict(
            "coaching-changed",
            "Somebody, or another tab, changed this session meanwhile. Nothing was overwritten: copy what you wrote, "
            "reload, and put it in again.",
        ) from error


def record(
    tx: Transaction,
    context: Context,
    action: str,
    session: CoachingSession,
    after: Mapping[str, object],
    *,
    before: Mapping[str, object] | None = None,
    why: str = "",
) -> None:
    """The audit entry of a change to a session. Never words of the notes: counts, days and states."""
    entry = AuditEntry(
        context.now(), context.actor.id, action, "coaching_session", session.id,
        before=before or {}, after=after, why=why,
    )  # fmt: skip
    audit.append(tx, entry)


def _find_open(tx: Transaction, context: Context, goal_id: GoalId, action: str) -> Goal:
    goal = coaching.goal(tx, goal_id)
    agent = people.person(tx, goal.agent_id) if goal else None
    if goal is None or agent is None or not _reads(context, agent):
        raise NotFound("no-goal", "There is no such goal, or none that you may see.")
    require(context.actor, action, team_id=agent.team_id, owner_id=agent.id)
    if goal.state is not GoalState.OPEN:
        raise Conflict("goal-finished", "This goal is not open any more; reload to see it.")
    return goal


def _reads(context: Context, agent: Person) -> bool:
    return allows(context.actor, "coaching.read", team_id=agent.team_id, owner_id=agent.id)


def _fit_notes(notes: str) -> str:
    return fit_words(notes, "A note", most=LONGEST_NOTES)


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)


def _record_goal(
    tx: Transaction,
    context: Context,
    action: str,
    goal: Goal,
    after: Mapping[str, object],
    *,
    before: Mapping[str, object] | None = None,
) -> None:
    entry = AuditEntry(context.now(), context.actor.id, action, "goal", goal.id, before=before or {}, after=after)
    audit.append(tx, entry)
