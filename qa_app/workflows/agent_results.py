"""An agent's results over a period: what the coaching page shows and the coaching workbook prints."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import Person, PersonId, Role, ScorecardVersion, ScorecardVersionId
from db.store import coaching, people, tickets
from qa_app.domain.access import require
from qa_app.domain.coaching import advise
from qa_app.errors import NotFound
from qa_app.estimate import Measured, Undefined
from qa_app.reports import AgentReport, Method, ReviewLine, SkillLine, TrendPoint
from qa_app.standings import AgentStanding, TeamReport
from qa_app.stats.difference import difference
from qa_app.stats.standing.slope import slope
from qa_app.words import write_count
from qa_app.workflows.context import Context
from qa_app.workflows.graded import (
    Graded,
    Measure,
    load_graded,
    mean_of,
    measure_skill,
    passed,
    reported,
    share_of,
    weigh,
)
from qa_app.workflows.period import Period
from qa_app.workflows.reviews import FOR_AGENTS, READABLE
from qa_app.workflows.scope import find_blind_tickets
from qa_app.workflows.team_scores import STANDING_METHODS, group_by_agent, place_agents, stand_team
from qa_app.workflows.wording import describe_review, name_skill, name_version
from scorecards.model import CriticalFamily, SkillType
from scorecards.scoring import score

_STEP = timedelta(days=14)
"""Of a trend: a week holds too few reviews of one agent to say anything."""
SLOPE_DAYS = 28
"""The unit of time of a trend's slope."""
FEWEST = 5
"""Agents with a score from which on an agent may see the team's mean: below, it would tell of single colleagues."""


def report_agent(
    context: Context, agent_id: PersonId, *, start: date, end: date, zone: ZoneInfo, team: TeamReport | None = None
) -> AgentReport:
    """An agent's results over a period, both days included, in the zone of the installation.

    Agents see released reviews only; coaches and leads all submitted ones. Calibration grades are never among them.
    `team`: the report of the agent's team, by the same actor over the same period, where it is made already.

    Raises:
        NotFound: no such agent. NotAllowed: the agent is out of the actor's reach. Refused: the period is empty.
    """
    period = Period(start, end, zone)
    with context.store.read() as tx:
        agent = people.person(tx, agent_id)
        if agent is None:
            raise NotFound("no-agent", "There is no such agent.")
        require(context.actor, "coaching.read", team_id=agent.team_id, owner_id=agent_id)
        hidden = find_blind_tickets(tx, context.actor.id)
        states = FOR_AGENTS if agent_id == context.actor.id else READABLE
        now_graded = load_graded(tx, [agent_id], period.bounds, states=states, hidden=hidden, whole=True)
        before = load_graded(tx, [agent_id], period.before, states=states, hidden=hidden)
        lines = _lines(tx, now_graded)
        goals = coaching.goals(tx, agent_id)
        name = next((team.name for team in people.teams(tx) if team.id == agent.team_id), None)
        colleagues = _colleagues(tx, agent) if team is None else ()
        peers = load_graded(tx, [each.id for each in colleagues], period.bounds, states=states, hidden=hidden)
    random = [graded for graded in now_graded if graded.drawn_at_random]
    earlier = [graded for graded in before if graded.drawn_at_random]
    skills = _skills(random, earlier, period)
    free = [free_of_errors(graded) for graded in random]
    advice = advise(skills, pass_mark=_pass_mark(random))
    own = agent_id == context.actor.id
    standing, team_mean = _find_standing(agent, team) if team else _stand(agent, colleagues, peers, own=own)
    return AgentReport(
        agent=agent,
        team=name,
        start=start,
        end=end,
        made_at=context.now(),
        score=mean_of(random, reported),
        before=mean_of(earlier, reported),
        change=_change(random, earlier, reported),
        targeted=mean_of([graded for graded in now_graded if not graded.drawn_at_random], reported),
        passed=share_of(passed(graded) for graded in random),
        soft=mean_of(random, lambda graded: _half(graded, SkillType.SOFT)),
        hard=mean_of(random, lambda graded: _half(graded, SkillType.HARD)),
        critical={family.value: share_of(errors[family] for errors in free) for family in CriticalFamily},
        skills=skills,
        trend=_trend(random, reported, period),
        reviews=lines,
        praise=advice.praise,
        practise=advice.practise,
        goals=goals,
        methods=_methods(context, agent, now_graded, random, period),
        standing=standing,
        team_mean=team_mean,
        slope=_slope(random),
    )


def _colleagues(tx: Transaction, agent: Person) -> tuple[Person, ...]:
    """All agents of the agent's team, the agent included."""
    return people.people(tx, role=Role.AGENT, team_id=agent.team_id, active=None) if agent.team_id else ()


Standing = tuple[AgentStanding | None, Measured | None]


def _stand(agent: Person, colleagues: Sequence[Person], peers: Sequence[Graded], *, own: bool) -> Standing:
    """The agent among the team, and the team's mean; None without a team, or where it has no random review.

    `own`: as agents see it themselves, without places and colleagues, and of the team only what tells of nobody alone.
    """
    random = [graded for graded in peers if graded.drawn_at_random]
    if not random:
        return None, None
    found = next(iter(place_agents(colleagues, group_by_agent(peers), stand_team(random), only=agent.id)), None)
    mean = mean_of(random, reported)
    if not own or found is None:
        return found, mean
    found = replace(found, rank_low=None, rank_high=None, tied_with=())
    if len({graded.review.agent_id for graded in random}) >= FEWEST:
        return found, mean
    words = f"Fewer than {FEWEST} agents of the team have reviews, so a figure of the team would tell of colleagues."
    hidden = Undefined("too-few-agents", words, n_units=0, n_raters=0)
    skills = tuple(replace(skill, smoothed=hidden) for skill in found.skills)
    return replace(found, smoothed=hidden, adjusted=hidden, skills=skills), hidden


def _find_standing(agent: Person, team: TeamReport) -> Standing:
    return next((one for one in team.standings if one.agent.id == agent.id), None), team.mean


def _lines(tx: Transaction, graded: Sequence[Graded]) -> tuple[ReviewLine, ...]:
    """Newest first."""
    wanted = [(item.review.ticket_id, item.review.ticket_version) for item in graded]
    conversations = tickets.conversations(tx, wanted)
    names = people.people_by_id(tx, [item.review.reviewer_id for item in graded])
    return tuple(
        describe_review(
            item.review,
            conversations[item.review.ticket_id, item.review.ticket_version],
            item.version,
            reviewer=names[item.review.reviewer_id].name,
            stands_for=item.stands_for,
        )
        for item in reversed(graded)
    )


def _change(now: Sequence[Graded], earlier: Sequence[Graded], measure: Measure) -> Measured:
    """How far the mean moved since the period before, in points."""
    later, before = (
        [(value, item.share) for item in part if (value := measure(item)) is not None] for part in (now, earlier)
    )
    return difference(
        [value for value, _ in later],
        [value for value, _ in before],
        probabilities=([share for _, share in later], [share for _, share in before]),
    )


def _pass_mark(graded: Sequence[Graded]) -> Decimal | None:
    """The pass mark of the newest review's scorecard version."""
    return graded[-1].version.scorecard.pass_mark if graded else None


def _half(graded: Graded, half: SkillType) -> float | None:
    return weigh(graded, lambda scorecard, key: scorecard.criterion(key).skill_type is half)


def free_of_errors(graded: Graded) -> Mapping[CriticalFamily, bool | None]:
    """Whether a review is free of errors of each critical family; None where no criterion of it applied."""
    answers = {rating.criterion_id: rating.answer for rating in graded.review.ratings}
    errors = score(graded.version.scorecard, answers).critical_errors
    return {family: None if error is None else not error for family, error in errors.items()}


def _skills(random: Sequence[Graded], earlier: Sequence[Graded], period: Period) -> tuple[SkillLine, ...]:
    kinds: dict[str, SkillType | None] = {}
    for graded in random:
        for criterion in graded.version.scorecard.criteria:
            if criterion.skill is not None:
                kinds.setdefault(criterion.skill, criterion.skill_type)
    return tuple(_skill(skill, kind, random, earlier, period) for skill, kind in kinds.items())


def _skill(
    skill: str, kind: SkillType | None, random: Sequence[Graded], earlier: Sequence[Graded], period: Period
) -> SkillLine:
    measure = measure_skill(skill)
    return SkillLine(
        skill=skill,
        label=name_skill(skill),
        skill_type=kind,
        mean=mean_of(random, measure),
        before=mean_of(earlier, measure),
        change=_change(random, earlier, measure),
        trend=_trend(random, measure, period),
        n_reviews=sum(measure(graded) is not None for graded in random),
    )


def _trend(graded: Sequence[Graded], measure: Measure, period: Period) -> tuple[TrendPoint, ...]:
    """Stretches of two weeks from the first day on; the last one may be shorter."""
    points = []
    first = period.start
    while first <= period.end:
        last = min(first + _STEP - timedelta(days=1), period.end)
        inside = [item for item in graded if first <= _day(item, period.zone) <= last]
        points.append(TrendPoint(first, last, mean_of(inside, measure)))
        first = last + timedelta(days=1)
    return tuple(points)


def _slope(random: Sequence[Graded]) -> Measured:
    """Points in four weeks."""
    rows = [(item, value) for item in random if (value := reported(item)) is not None]
    first = min((item.moment for item, _ in rows), default=None)
    return slope(
        [(item.moment - first) / timedelta(days=SLOPE_DAYS) if first else 0.0 for item, _ in rows],
        [value for _, value in rows],
        probabilities=[item.share for item, _ in rows],
    )


def _day(graded: Graded, zone: ZoneInfo) -> date:
    return graded.moment.astimezone(zone).date()


def _methods(
    context: Context,
    agent: Person,
    graded: Sequence[Graded],
    random: Sequence[Graded],
    period: Period,
) -> tuple[Method, ...]:
    versions: dict[ScorecardVersionId, ScorecardVersion] = {item.version.id: item.version for item in graded}
    cards = [f"{name_version(version)} (structure {version.structure_hash[:12]})" for version in versions.values()]
    shown = "released reviews only" if agent.id == context.actor.id else "all submitted reviews, released or not"
    reviewers = len({item.review.reviewer_id for item in graded})
    unscored = sum(reported(item) is None for item in random)
    lines = {
        "Agent and period": f"{agent.name}, {period.start} to {period.end}, both days included, by day of submission "
        f"in {period.zone.key}; {shown}",
        "Scorecards": "; ".join(cards) or "none",
        "Headline score": f"Mean reported score of {len(random)} reviews drawn at random, weighted by 1 / inclusion "
        "probability (Stands for, on the sheet of reviews), with Student's 95% interval",
        "Targeted reviews": f"{len(graded) - len(random)} targeted or hand-picked reviews stand apart and never enter "
        "the headline score",
        "Left out": f"Voided and superseded reviews, calibration and self grades; {unscored} reviews without a score, "
        "because nothing applied",
        "Skills": "Per review the mean value of the skill's criteria by the weight that they carried; then the mean "
        "over reviews. Not applicable drops out",
        "Change": "Mean less the mean of the period of equal length just before, with Welch's 95% interval; within "
        "noise where the interval holds 0",
        "Trend": "A straight line through single reviews, in points per four weeks, with Student's 95% interval",
        **STANDING_METHODS,
        "Shares": "Passed, and free of critical errors: share with Wilson's 95% interval",
        "Counts": f"{write_count(len(graded), 'review')} by {write_count(reviewers, 'reviewer')}; no chance enters any "
        "figure, so there is no seed",
        "Made": f"{context.now().astimezone(period.zone):%Y-%m-%d %H:%M} {period.zone.key} by {context.actor.name}",
    }
    return tuple(Method(topic, text) for topic, text in lines.items())
