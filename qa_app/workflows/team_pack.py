"""What a coach's workbook about a team holds: how its agents stand, and every review behind that."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from zoneinfo import ZoneInfo

from db.records import Conversation, Goal, Person, PersonId, TeamId, Ticket, TicketId
from db.store import coaching, people, tickets
from qa_app.domain.coaching import Guidance, advise
from qa_app.packs import Member, TeamPack
from qa_app.reports import Method, ReviewLine, SkillLine
from qa_app.standings import AgentStanding, TeamReport
from qa_app.stats.reasons import undefined
from qa_app.workflows.context import Context
from qa_app.workflows.graded import Graded, mean_of, measure_skill
from qa_app.workflows.period import Period
from qa_app.workflows.team_scores import group_by_agent, load_team, report_team
from qa_app.workflows.wording import describe_review, name_skill

Report = Callable[[int, int], None]
"""Told how much of how much is done; may raise to stop the work."""

_PASSES = 3
"""How often a pack reads through its reviews: for the agents' sheets, the ratings and the scores."""
_UNKNOWN = undefined("no-values", n_units=0, n_raters=0, n_values=0)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the members are made of."""

    reviews: dict[PersonId, tuple[Graded, ...]]
    """Newest first."""
    tickets: dict[TicketId, Ticket]
    goals: dict[PersonId, tuple[Goal, ...]]
    names: dict[PersonId, Person]


def pack_team(
    context: Context, team_id: TeamId | None, *, start: date, end: date, zone: ZoneInfo, report: Report
) -> TeamPack:
    """All of a team over a period (both days included); None is all teams within reach.

    `report` hears of it whenever a member is read, with that member's reviews; a book reads all of them three times.

    Raises:
        NotAllowed: the team is out of the actor's reach. NotFound: no such team. Refused: the period is empty.
    """
    found = report_team(context, team_id, start=start, end=end, zone=zone)
    held = _hold(context, [one.agent for one in found.standings], Period(start, end, zone))
    graded = [item for items in held.reviews.values() for item in items]
    random = [item for item in graded if item.drawn_at_random]
    advice = _advise_team(random, found.standings)
    steps = accumulate([len(held.reviews.get(one.agent.id, ())) for one in found.standings] * _PASSES)

    total = len(graded) * _PASSES

    def read_members() -> Iterator[Member]:
        for standing in found.standings:
            report(next(steps, total), total)
            yield _describe(standing, held)

    return TeamPack(
        report=found,
        praise=advice.praise,
        practise=advice.practise,
        n_reviews=len(graded),
        criteria=_name_criteria(graded),
        members=read_members,
        methods=(*found.methods, *_tell_methods(found, graded)),
    )


def _hold(context: Context, agents: Sequence[Person], period: Period) -> _Held:
    """In as many statements for a large team as for a small one, but for the portions that ids go in."""
    with context.store.read() as tx:
        graded = load_team(tx, context, agents, period)
        goals = coaching.goals_of(tx, [agent.id for agent in agents])
        heads = tickets.tickets_by_id(tx, [item.review.ticket_id for item in graded])
        names = people.people_by_id(tx, [item.review.reviewer_id for item in graded])
    by_agent = group_by_agent(graded)
    return _Held(
        {agent: tuple(reversed(items)) for agent, items in by_agent.items()},
        heads,
        {agent.id: tuple(goal for goal in goals if goal.agent_id == agent.id) for agent in agents},
        names,
    )


def _describe(standing: AgentStanding, held: _Held) -> Member:
    graded = held.reviews.get(standing.agent.id, ())
    skills = [
        SkillLine(skill.skill, skill.label, None, skill.mean, _UNKNOWN, _UNKNOWN, (), skill.mean.n_units)
        for skill in standing.skills
    ]
    newest = next((item for item in graded if item.drawn_at_random), None)
    advice = advise(skills, pass_mark=newest.version.scorecard.pass_mark if newest else None)
    lines = tuple(_describe_review(item, held) for item in graded)
    return Member(standing, advice.praise, advice.practise, held.goals.get(standing.agent.id, ()), lines)


def _describe_review(item: Graded, held: _Held) -> ReviewLine:
    conversation = Conversation(held.tickets[item.review.ticket_id], ())
    reviewer = held.names[item.review.reviewer_id].name
    return describe_review(item.review, conversation, item.version, reviewer=reviewer, stands_for=item.stands_for)


def _advise_team(random: Sequence[Graded], standings: Sequence[AgentStanding]) -> Guidance:
    """By the same rules as for one agent, from all of the team's reviews drawn at random."""
    skills = dict.fromkeys(skill.skill for one in standings for skill in one.skills)
    lines = []
    for skill in skills:
        mean = mean_of(random, measure_skill(skill))
        lines.append(SkillLine(skill, name_skill(skill), None, mean, _UNKNOWN, _UNKNOWN, (), mean.n_units))
    newest = max(random, key=lambda item: item.moment, default=None)
    return advise(lines, pass_mark=newest.version.scorecard.pass_mark if newest else None)


def _name_criteria(graded: Sequence[Graded]) -> dict[str, str]:
    """Criteria that counted in a review, version by version in reading order; labels of the newest version."""
    counted = {
        result.criterion_id
        for item in graded
        if item.review.score
        for result in item.review.score.results
        if result.value is not None
    }
    versions = {item.version.id: item.version for item in graded}
    newest_last = sorted(versions.values(), key=lambda version: (version.scorecard_id, version.number))
    return {
        criterion.id: criterion.label
        for version in newest_last
        for criterion in version.scorecard.criteria
        if criterion.id in counted
    }


def _tell_methods(report: TeamReport, graded: Sequence[Graded]) -> tuple[Method, ...]:
    reviewers = len({item.review.reviewer_id for item in graded})
    return (
        Method(
            "Counts",
            f"{len(report.standings)} agents, {len(graded)} reviews, {reviewers} reviewers; no chance enters "
            "any figure, so there is no seed",
        ),
        Method(
            "What to practise and to praise",
            "Of an agent by the rules of the agent’s coaching workbook; of the team by the same rules over all its "
            "reviews drawn at random, as if they were one agent’s",
        ),
        Method(
            "Reviews on the agents’ sheets",
            "All submitted ones, random and targeted, released or not, newest first, numbered through the workbook",
        ),
    )
