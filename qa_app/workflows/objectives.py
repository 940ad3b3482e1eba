"""Objectives: what a team works on together, shared by a lead or coach, with its progress for all of the team."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from db.problems import StaleRevision
from db.records import AuditEntry, GoalState, Objective, ObjectiveId, Role, TeamId
from db.store import audit, coaching, people
from qa_app.coaching import ObjectiveLine
from qa_app.domain.access import allows, reach, require
from qa_app.domain.coaching_terms import fit_words, require_ahead, require_skill, require_target
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows.coaching import find_skills
from qa_app.workflows.context import Context
from qa_app.workflows.follow_up import describe_objectives


def share_objective(
    context: Context, team_id: TeamId, *, skill: str, text: str, due_on: date | None, target: Decimal | None = None
) -> Objective:
    """Share with a team what it works on.

    Raises:
        Refused: no text or too much, a skill that no scorecard in force grades, a day that is over, or a target that
        is no percentage. NotFound: no such team. NotAllowed: out of reach.
    """
    practised = fit_words(text, "An objective")
    if not practised:
        raise Refused("objective-text", "Say what the team works on; one sentence that all can check later.")
    require_ahead(due_on, context.today)
    require_target(target)
    require(context.actor, "coaching.write", team_id=team_id)
    with context.store.write() as tx:
        if team_id not in {team.id for team in people.teams(tx)}:
            raise NotFound("no-team", "There is no such team.")
        require_skill(skill, find_skills(tx))
        objective = Objective(
            id=ObjectiveId(context.new_id()),
            team_id=team_id,
            skill=skill,
            text=practised,
            state=GoalState.OPEN,
            created_at=context.now(),
            created_by=context.actor.id,
            due_on=due_on,
            target=target,
        )
        coaching.add_objective(tx, objective)
        after = {"team": team_id, "skill": skill}
        audit.append(
            tx,
            AuditEntry(context.now(), context.actor.id, "objective.share", "objective", objective.id, after=after),
        )
    return objective


def end_objective(context: Context, objective_id: ObjectiveId, *, state: GoalState, why: str = "") -> None:
    """Mark an open objective as met or dropped; why is told to the team, and is needed to drop it.

    Raises:
        Refused: it is dropped without a reason. NotFound: no such objective within reach.
        Conflict: it is not open any more.
    """
    reason = fit_words(why, "A reason")
    if state is GoalState.DROPPED and not reason:
        raise Refused("objective-why", "Say why the objective is dropped; the team reads it.")
    with context.store.write() as tx:
        objective = coaching.objective(tx, objective_id)
        if objective is None or not allows(context.actor, "coaching.write", team_id=objective.team_id):
            raise NotFound("no-objective", "There is no such objective, or none that you may end.")
        ended = replace(objective, state=state, ended_at=context.now(), ended_by=context.actor.id, why=reason)
        try:
            coaching.end_objective(tx, ended)
        except StaleRevision as error:
            raise Conflict("objective-ended", "This objective is not open any more; reload to see it.") from error
        entry = AuditEntry(
            context.now(), context.actor.id, f"objective.{state}", "objective", objective_id,
            before={"state": objective.state}, after={"state": state},
        )  # fmt: skip
        audit.append(tx, entry)


def list_objectives(context: Context, *, zone: ZoneInfo) -> tuple[ObjectiveLine, ...]:
    """The objectives of the actor's teams, open ones first; an agent reads those of the own team."""
    within = reach(context.actor, "objective.read")
    if within.nothing:
        require(context.actor, "objective.read")
    teams = None if within.everything else set(within.teams)
    if teams is not None and within.own and Role.AGENT in context.actor.roles and context.actor.team_id:
        teams.add(context.actor.team_id)
    with context.store.read() as tx:
        lines = describe_objectives(tx, context, coaching.objectives(tx, teams), zone)
    return tuple(sorted(lines, key=lambda line: line.objective.state is not GoalState.OPEN))
