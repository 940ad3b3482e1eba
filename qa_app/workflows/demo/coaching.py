"""Coaching in the demo: two sessions a coach and week, with goals, follow-ups, objectives and an appraisal or two."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from db.records import (
    Appraisal,
    AppraisalSubject,
    CoachingSession,
    CoachingState,
    GoalState,
    Person,
    PointKind,
    Rating,
)
from qa_app.coaching import Proposal
from qa_app.workflows import agenda, appraisals, coaching, follow_up, objectives, scorecards
from qa_app.workflows.context import Context
from qa_app.workflows.demo import people as cast
from qa_app.workflows.demo.dice import Dice
from qa_app.workflows.demo.remarks import GOALS
from qa_app.workflows.demo.stage import Stage
from scorecards.answers import Answer
from scorecards.model import CriterionType, Scorecard

_ZONE = ZoneInfo("UTC")
_FIRST_WEEK = 2
"""Before, there are too few reviews to speak about."""
_OBJECTIVES = {
    cast.ORDERS: ("ownership", "Nobody has to ask us twice: each open case ends with who does what by when."),
    cast.BILLING: ("communication", "The answer first, the reason second, in every reply."),
    cast.TECHNICAL: ("listening", "We sum the request up before we answer it."),
}
_POINTS = (
    "The new return form: where do I see the status?",
    "Can we rehearse a call with an angry customer?",
    "I would like to sit in on a colleague's chats.",
)


def coach_week(stage: Stage, week: int, dice: Dice) -> None:
    """What the coaches do in a week; in the last one they also plan the next sessions."""
    if week < _FIRST_WEEK:
        return
    if week == _FIRST_WEEK:
        _share_objectives(stage)
    for staff in cast.COACHES:
        agents = [stage.people[agent.email] for agent in cast.AGENTS if agent.team in staff.teams]
        for place in (2 * week, 2 * week + 1):
            stage.tick(minutes=30)
            _coach(stage, stage.act(staff.email), agents[place % len(agents)], dice)
        if week == cast.WEEKS - 1:
            stage.tick(minutes=30)
            _plan_ahead(stage, stage.act(staff.email), agents[0])
    if week == cast.WEEKS - 2:
        _appraise(stage, dice)


def _share_objectives(stage: Stage) -> None:
    context = stage.act(cast.MANAGER.email)
    teams = {person.team_id for person in stage.people.values() if person.team_id}
    named = {stage.people[agent.email].team_id: agent.team for agent in cast.AGENTS}
    due = stage.now.date() + timedelta(days=70)
    for team_id in sorted(teams):
        skill, text = _OBJECTIVES[named[team_id]]
        objectives.share_objective(context, team_id, skill=skill, text=text, due_on=due)


def _coach(stage: Stage, context: Context, agent: Person, dice: Dice) -> None:
    """One session from plan to goal; what was due from an earlier one is followed up first."""
    _follow_up(stage, context, agent, dice)
    session = _prepare(stage, context, agent, day=0)
    if dice.happens(0.5):
        agenda.add_point(stage.act(agent.email or ""), session.id, dice.pick(_POINTS))
    view = agenda.view_coaching(context, session.id)
    for line in view.points:
        agenda.tick_point(context, session.id, line.point.id, done=True)
    praised = [line.point.text.split(":")[0].lower() for line in view.points if line.point.kind is PointKind.PRAISE]
    coaching.save_notes(
        context,
        session.id,
        shared=f"Went through the agenda. Praised: {', '.join(praised[:2]) or 'steady work'}.",
        private="Prefers examples over rules." if dice.happens(0.5) else "",
        expected_revision=0,
    )
    coaching.move_session(context, session.id, CoachingState.HELD)
    practised = [line.point.skill for line in view.points if line.point.kind is PointKind.PRACTISE and line.point.skill]
    skill = (practised or ["communication"])[0]
    goal = coaching.set_goal(
        context, agent.id, skill=skill, text=GOALS.get(skill, GOALS["communication"]),
        due_on=stage.now.date() + timedelta(days=28), coaching_id=session.id,
    )  # fmt: skip
    if dice.happens(0.6):
        coaching.tick_step(stage.act(agent.email or ""), goal.id, goal.steps[0].id, done=True)


def _prepare(stage: Stage, context: Context, agent: Person, *, day: int) -> CoachingSession:
    today = stage.now.date()
    session = coaching.plan_session(
        context, agent.id, day=today + timedelta(days=day), follow_up_on=today + timedelta(days=day + 28)
    )
    proposals = agenda.propose_agenda(context, agent.id, zone=_ZONE)
    agenda.add_proposals(context, session.id, _choose(proposals))
    return session


def _choose(proposals: Sequence[Proposal]) -> list[Proposal]:
    """One of each kind, as a coach keeps an agenda short."""
    return list({one.kind: one for one in reversed(proposals)}.values())[::-1]


def _follow_up(stage: Stage, context: Context, agent: Person, dice: Dice) -> None:
    for line in follow_up.list_goals(context, agent.id, zone=_ZONE):
        if line.goal.state is GoalState.OPEN and dice.happens(0.6):
            coaching.finish_goal(context, line.goal, state=GoalState.MET, why="We saw it in the last conversations.")
    for session in coaching.list_coaching(context, agent.id):
        if session.state is CoachingState.HELD and session.follow_up_on and session.follow_up_on <= stage.now.date():
            coaching.move_session(
                context, session.id, CoachingState.FOLLOWED_UP, words="It has become a habit; the next step is set."
            )


def _plan_ahead(stage: Stage, context: Context, agent: Person) -> None:
    session = _prepare(stage, context, agent, day=4)
    agenda.add_point(context, session.id, "Ask how the night shifts go.", shared=False)
    agenda.add_point(stage.act(agent.email or ""), session.id, _POINTS[0])


def _appraise(stage: Stage, dice: Dice) -> None:
    """The first coach and two agents about six weeks: one is in from both, the other waits for the agent."""
    version = scorecards.publish_from_library(stage.act(cast.MANAGER.email), "agent-period")
    staff = cast.COACHES[0]
    agents = sorted(
        (stage.people[agent.email] for agent in cast.AGENTS if agent.team in staff.teams), key=lambda one: one.name
    )
    for agent in agents[:2]:
        made = appraisals.open_appraisal(
            stage.act(staff.email),
            agent.id,
            subject=AppraisalSubject.PERIOD,
            version_id=version.id,
            start=stage.start.date(),
            end=stage.now.date(),
            due_on=stage.now.date() + timedelta(days=14),
        )
        _submit_side(stage.act(staff.email), made, version.scorecard, dice)
        if agent is not agents[0]:
            _submit_side(stage.act(agent.email or ""), made, version.scorecard, dice)


def _submit_side(context: Context, made: Appraisal, card: Scorecard, dice: Dice) -> None:
    ratings = []
    for criterion in card.criteria:
        if criterion.type is CriterionType.TEXT:
            words = "Kept calm with a customer who had called four times, and solved it the same day."
            ratings.append(Rating(criterion.id, Answer.write(words)))
        else:
            answer = Answer.choose(dice.pick(criterion.options[1:]).id)
            ratings.append(Rating(criterion.id, answer, "Seen in the handovers and in three reviewed tickets."))
    appraisals.submit_side(context, made.id, ratings, comment="", expected_revision=0)
