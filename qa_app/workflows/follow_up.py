"""Skills before and after: what released random reviews say about a goal, against the colleagues, and about a team.

A review belongs to the day on which its ticket began, because that is when the agent did the work: graded after a
session, a ticket of the week before it shows nothing of it. Only released reviews count, so that agent and coach read
the same figures; those of tickets that the reader still grades blind are left out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import (
    Goal,
    GoalState,
    Objective,
    Person,
    PersonId,
    ReviewId,
    ReviewState,
    Role,
    ScorecardVersionId,
    Selection,
)
from db.store import coaching, outcomes, people, samples, scorecards
from qa_app.coaching import FollowUp, GoalLine, ObjectiveLine
from qa_app.domain.coaching_sessions import LEAST_COLLEAGUES, WINDOW_DAYS, read_follow_up, split_days, tell_target
from qa_app.stats.difference import difference
from qa_app.stats.follow_up import Group, Pair, beside_team, team_change, team_mean
from qa_app.stats.mean import mean
from qa_app.workflows.coaching import find_coached
from qa_app.workflows.context import Context
from qa_app.workflows.graded import weigh_parts
from qa_app.workflows.reviews import FOR_AGENTS
from qa_app.workflows.scope import find_blind_tickets
from qa_app.workflows.wording import name_skill

COUNTED = tuple(state for state in FOR_AGENTS if state is not ReviewState.REVISED)
RANDOM = frozenset({Selection.RANDOM, Selection.STRATIFIED})
_PERCENT = (0.0, 100.0)
_WINDOW = timedelta(days=WINDOW_DAYS)
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Value:
    """One review's percent of one skill, the day of its ticket, and the probability with which it was drawn."""

    day: date
    percent: float
    share: float


Values = Mapping[tuple[PersonId, str], Sequence[Value]]
"""By agent and skill, one value a review."""


def list_goals(context: Context, agent_id: PersonId, *, zone: ZoneInfo) -> tuple[GoalLine, ...]:
    """An agent's goals with their follow-ups, open ones first, then the newest.

    Raises:
        NotFound: no such agent. NotAllowed: the agent is out of the actor's reach.
    """
    today = context.now().astimezone(zone).date()
    with context.store.read() as tx:
        agent = find_coached(tx, context, agent_id, "coaching.read")
        goals = coaching.goals(tx, agent_id)
        named = people.people_by_id(tx, {key for goal in goals for key in (goal.created_by, goal.ended_by) if key})
        follow_ups = follow(tx, context, agent, goals, zone)
    lines = [
        GoalLine(
            goal=goal,
            label=name_skill(goal.skill),
            by=named[goal.created_by].name,
            ended_by=named[goal.ended_by].name if goal.ended_by else "",
            follow_up=followed,
        )
        for goal, followed in zip(goals, follow_ups, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: (line.goal.state is not GoalState.OPEN, not line.overdue(today))))


def follow(
    tx: Transaction, context: Context, agent: Person, goals: Sequence[Goal], zone: ZoneInfo
) -> tuple[FollowUp, ...]:
    """The follow-up of each goal, in the order given, out of one look at the whole team."""
    if not goals:
        return ()
    today = context.now().astimezone(zone).date()
    team = _colleagues(tx, agent)
    days = [split_days(_day(goal, zone), today) for goal in goals]
    span = min(before[0] for before, _ in days), max(after[1] for _, after in days)
    values = load_values(tx, context, [agent.id, *team], {goal.skill for goal in goals}, span, zone)
    return tuple(_follow(values, agent.id, team, goal, parts) for goal, parts in zip(goals, days, strict=True))


def describe_objectives(
    tx: Transaction, context: Context, found: Sequence[Objective], zone: ZoneInfo
) -> tuple[ObjectiveLine, ...]:
    """Objectives with their progress, out of one look at their teams."""
    if not found:
        return ()
    today = context.now().astimezone(zone).date()
    teams = {team.id: team.name for team in people.teams(tx)}
    named = people.people_by_id(tx, {objective.created_by for objective in found})
    wanted = {objective.team_id for objective in found}
    members = [person for person in people.people(tx, role=Role.AGENT, active=None) if person.team_id in wanted]
    first = min(_day(objective, zone) for objective in found) - _WINDOW
    values = load_values(
        tx, context, [person.id for person in members], {one.skill for one in found}, (first, today), zone
    )
    return tuple(
        _describe_objective(
            objective,
            values,
            [person.id for person in members if person.team_id == objective.team_id],
            set_on=_day(objective, zone),
            today=today,
            team=teams[objective.team_id],
            by=named[objective.created_by].name,
        )
        for objective in found
    )


def load_values(
    tx: Transaction,
    context: Context,
    agent_ids: Iterable[PersonId],
    skills: Collection[str],
    span: Days,
    zone: ZoneInfo,
) -> Values:
    """What released random reviews say of these agents' skills, one value in percent a review."""
    hidden = find_blind_tickets(tx, context.actor.id)
    found = outcomes.outcomes(
        tx,
        agent_ids,
        states=COUNTED,
        worked_from=datetime.combine(span[0], time(), zone),
        worked_before=datetime.combine(span[1] + timedelta(days=1), time(), zone),
    )
    counted = [one for one in found if one.selection in RANDOM and one.ticket_id not in hidden]
    percents = weigh_skills(tx, {one.review_id: one.scorecard_version_id for one in counted}, skills)
    drawn = samples.probabilities(tx, [one.assignment_id for one in counted if one.assignment_id])
    values: dict[tuple[PersonId, str], list[Value]] = {}
    for one in counted:
        probability = drawn.get(one.assignment_id) if one.assignment_id else None
        share = 1.0 if probability is None else float(probability)
        for skill, percent in percents.get(one.review_id, {}).items():
            value = Value(one.worked_at.astimezone(zone).date(), percent, share)
            values.setdefault((one.agent_id, skill), []).append(value)
    return values


def weigh_skills(
    tx: Transaction, review_ids: Mapping[ReviewId, ScorecardVersionId], skills: Collection[str] | None = None
) -> Mapping[ReviewId, Mapping[str, float]]:
    """Each review's percent by skill: over the skill's criteria, by the weights that they carried in it.

    `skills`: only these. What did not apply is left out.
    """
    skill_of = {
        (version.id, criterion.id): criterion.skill
        for version in scorecards.versions_by_id(tx, set(review_ids.values())).values()
        for criterion in version.scorecard.criteria
        if criterion.skill and (skills is None or criterion.skill in skills)
    }
    parts: dict[ReviewId, dict[str, list[tuple[float, float]]]] = {}
    for part in outcomes.criterion_values(tx, review_ids, {criterion_id for _, criterion_id in skill_of}):
        skill = skill_of.get((review_ids[part.review_id], part.criterion_id))
        if skill is not None:
            of_skill = parts.setdefault(part.review_id, {}).setdefault(skill, [])
            of_skill.append((float(part.value), float(part.applied_weight)))
    return {
        key: {skill: percent for skill, found in by_skill.items() if (percent := weigh_parts(found)) is not None}
        for key, by_skill in parts.items()
    }


def _describe_objective(
    objective: Objective,
    values: Values,
    members: Sequence[PersonId],
    *,
    set_on: date,
    today: date,
    team: str,
    by: str,
) -> ObjectiveLine:
    before, _ = split_days(set_on, today)
    since = set_on + timedelta(days=1), max(today, set_on)
    pairs = [_pair(values, key, objective.skill, before, since) for key in members]
    reached = team_mean([later for later, _ in pairs], bounds=_PERCENT)
    return ObjectiveLine(
        objective=objective,
        team=team,
        label=name_skill(objective.skill),
        by=by,
        before=team_mean([earlier for _, earlier in pairs], bounds=_PERCENT),
        since=reached,
        change=team_change(pairs),
        remark="" if objective.target is None else tell_target(reached, objective.target),
    )


def _follow(
    values: Values, agent_id: PersonId, team: Sequence[PersonId], goal: Goal, parts: tuple[Days, Days]
) -> FollowUp:
    before, after = parts
    later, earlier = _pair(values, agent_id, goal.skill, before, after)
    others = [_pair(values, key, goal.skill, before, after) for key in team]
    change = difference(later[0], earlier[0], probabilities=(later[1], earlier[1]))
    mean_before = mean(earlier[0], probabilities=earlier[1], bounds=_PERCENT)
    mean_after = mean(later[0], probabilities=later[1], bounds=_PERCENT)
    team_before, changed, compared = beside_team((later, earlier), others, least=LEAST_COLLEAGUES, bounds=_PERCENT)
    return FollowUp(
        before_from=before[0],
        before_to=before[1],
        after_from=after[0],
        after_to=after[1],
        before=mean_before,
        after=mean_after,
        change=change,
        team_before=team_before,
        team_change=changed,
        compared=compared,
        remarks=read_follow_up(change, mean_before, mean_after, team_before, target=goal.target),
    )


def _pair(values: Values, agent_id: PersonId, skill: str, before: Days, after: Days) -> Pair:
    found = values.get((agent_id, skill), ())
    return _group(found, after), _group(found, before)


def _group(values: Sequence[Value], days: Days) -> Group:
    inside = [value for value in values if days[0] <= value.day <= days[1]]
    return [value.percent for value in inside], [value.share for value in inside]


def _colleagues(tx: Transaction, agent: Person) -> list[PersonId]:
    if agent.team_id is None:
        return []
    team = people.people(tx, role=Role.AGENT, team_id=agent.team_id, active=None)
    return [person.id for person in team if person.id != agent.id]


def _day(one: Goal | Objective, zone: ZoneInfo) -> date:
    return one.created_at.astimezone(zone).date()
