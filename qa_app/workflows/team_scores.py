"""How the agents of a team stand: smoothed, adjusted for who graded, with the places that the data allow."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.records import Person, PersonId, Role, Team, TeamId
from db.store import people
from qa_app.domain.access import Reach, reach, require
from qa_app.domain.review_states import SHOWN_TO_AGENT
from qa_app.errors import NotAllowed, NotFound
from qa_app.estimate import Estimate, Measured
from qa_app.methods import Method
from qa_app.standings import AgentStanding, ReviewerSeverity, SkillStanding, TeamReport
from qa_app.stats.reasons import undefined
from qa_app.stats.standing.scores import score_table
from qa_app.stats.standing.team import TeamStanding, smooth_scores, stand
from qa_app.words import write_count
from qa_app.workflows.context import Context
from qa_app.workflows.graded import (
    PERCENT,
    Graded,
    Measure,
    load_graded,
    mean_of,
    measure_skill,
    passed,
    reported,
    share_of,
)
from qa_app.workflows.period import Period
from qa_app.workflows.reviews import READABLE
from qa_app.workflows.scope import find_blind_tickets
from qa_app.workflows.wording import name_skill, name_version

ALL_TEAMS = "All teams"
ByAgent = Mapping[PersonId, Sequence[Graded]]


def report_team(context: Context, team_id: TeamId | None, *, start: date, end: date, zone: ZoneInfo) -> TeamReport:
    """The agents of a team, or of all teams within reach, over a period (both days included).

    For people who coach the team; agents see their own figures only, in their own report. Tickets that the actor still
    grades blind are left out.

    Raises:
        NotAllowed: the team is out of the actor's reach. NotFound: no such team. Refused: the period is empty.
    """
    period = Period(start, end, zone)
    within = _require_team(context.actor, team_id)
    with context.store.read() as tx:
        name = _name_team(tx, team_id)
        agents = [
            person
            for person in people.people(tx, role=Role.AGENT, team_id=team_id, active=None)
            if within.everything or person.team_id in within.teams
        ]
        graded = load_team(tx, context, agents, period)
        reviewers = people.people_by_id(tx, [item.review.reviewer_id for item in graded])
    random = [item for item in graded if item.drawn_at_random]
    standing = stand_team(random)
    by_agent = group_by_agent(graded)
    shown = [agent for agent in agents if agent.active or agent.id in by_agent]
    return TeamReport(
        team=name,
        start=start,
        end=end,
        made_at=context.now(),
        mean=mean_of(random, reported),
        standings=_order(place_agents(shown, by_agent, standing)),
        between=standing.between,
        reliability=standing.reliability,
        smallest_difference=standing.smallest_difference,
        reviewers=_severities(standing, random, reviewers),
        methods=_methods(context, name, graded, period),
    )


def list_scored_teams(context: Context) -> tuple[Team, ...]:
    """The teams whose figures the actor may see, by name."""
    within = reach(context.actor, "coaching.read")
    with context.store.read() as tx:
        return tuple(team for team in people.teams(tx) if within.everything or team.id in within.teams)


def _require_team(actor: Person, team_id: TeamId | None) -> Reach:
    """The reach beyond own records; raises NotAllowed where it does not hold the team."""
    within = reach(actor, "coaching.read")
    if team_id is not None or within.nothing:
        require(actor, "coaching.read", team_id=team_id)
    if not within.everything and not within.teams:
        raise NotAllowed("not-allowed", "Figures of a team are for those who coach it; your own are in My feedback.")
    return within


def _name_team(tx: Transaction, team_id: TeamId | None) -> str:
    if team_id is None:
        return ALL_TEAMS
    name = next((team.name for team in people.teams(tx) if team.id == team_id), None)
    if name is None:
        raise NotFound("no-team", "There is no such team.")
    return name


def load_team(tx: Transaction, context: Context, agents: Sequence[Person], period: Period) -> tuple[Graded, ...]:
    """The reviews of these agents that the actor's figures rest on; of the actor's own, released ones only."""
    hidden = find_blind_tickets(tx, context.actor.id)
    found = load_graded(tx, [agent.id for agent in agents], period.bounds, states=READABLE, hidden=hidden)
    return tuple(
        item for item in found if item.review.agent_id != context.actor.id or item.review.state in SHOWN_TO_AGENT
    )


def group_by_agent(graded: Sequence[Graded]) -> ByAgent:
    """Reviews by their agent."""
    found: defaultdict[PersonId, list[Graded]] = defaultdict(list)
    for item in graded:
        if item.review.agent_id is not None:
            found[item.review.agent_id].append(item)
    return found


def stand_team(random: Sequence[Graded]) -> TeamStanding:
    """All estimates of reviews drawn at random."""
    rows = _rows(random, reported)
    table = score_table(
        [row.review.agent_id or "" for row, _ in rows],
        [row.review.reviewer_id for row, _ in rows],
        [value for _, value in rows],
        probabilities=[row.share for row, _ in rows],
    )
    return stand(table, bounds=PERCENT)


def _smooth_skill(random: Sequence[Graded], skill: str) -> Mapping[str, Measured]:
    rows = _rows(random, measure_skill(skill))
    table = score_table(
        [row.review.agent_id or "" for row, _ in rows],
        [""] * len(rows),
        [value for _, value in rows],
        probabilities=[row.share for row, _ in rows],
    )
    return smooth_scores(table, bounds=PERCENT)


def _rows(random: Sequence[Graded], measure: Measure) -> list[tuple[Graded, float]]:
    return [(item, value) for item in random if (value := measure(item)) is not None]


def place_agents(
    agents: Sequence[Person], by_agent: ByAgent, standing: TeamStanding, *, only: PersonId | None = None
) -> tuple[AgentStanding, ...]:
    """The standing of each agent, or of one among the others."""
    random = [item for items in by_agent.values() for item in items if item.drawn_at_random]
    skills = list(
        dict.fromkeys(
            criterion.skill
            for version in {item.version.id: item.version for item in random}.values()
            for criterion in version.scorecard.criteria
            if criterion.skill is not None
        )
    )
    smoothed = {skill: _smooth_skill(random, skill) for skill in skills}
    return tuple(
        _place(agent, by_agent.get(agent.id, ()), standing, smoothed)
        for agent in agents
        if only is None or agent.id == only
    )


def _place(
    agent: Person, graded: Sequence[Graded], standing: TeamStanding, smoothed: Mapping[str, Mapping[str, Measured]]
) -> AgentStanding:
    random = [item for item in graded if item.drawn_at_random]
    nothing = undefined("no-values", n_units=0, n_raters=0, n_values=0)
    place = standing.places.get(agent.id)
    return AgentStanding(
        agent=agent,
        score=mean_of(random, reported),
        smoothed=standing.smoothed.get(agent.id, nothing),
        adjusted=standing.adjusted.get(agent.id, nothing),
        targeted=mean_of([item for item in graded if not item.drawn_at_random], reported),
        passed=share_of(passed(item) for item in random),
        n_reviews=len(_rows(random, reported)),
        rank_low=place.best if place else None,
        rank_high=place.worst if place else None,
        tied_with=tuple(PersonId(other) for other in place.tied) if place else (),
        skills=tuple(
            SkillStanding(skill, name_skill(skill), mean_of(random, measure_skill(skill)), found.get(agent.id, nothing))
            for skill, found in smoothed.items()
        ),
        smallest_difference=standing.smallest_differences.get(agent.id, nothing),
    )


def best_estimate(standing: AgentStanding) -> Estimate | None:
    """The adjusted score, else the smoothed one, else the mean as graded."""
    found = (standing.adjusted, standing.smoothed, standing.score)
    return next((measured for measured in found if isinstance(measured, Estimate)), None)


def count_ties(report: TeamReport) -> tuple[int, int]:
    """How many pairs of agents the data split, and how many pairs there are."""
    placed = [one for one in report.standings if one.rank_low is not None]
    pairs = len(placed) * (len(placed) - 1) // 2
    return pairs - sum(len(one.tied_with) for one in placed) // 2, pairs


def _order(standings: Sequence[AgentStanding]) -> tuple[AgentStanding, ...]:
    def key(standing: AgentStanding) -> tuple[bool, float, str]:
        found = best_estimate(standing)
        return found is None, -found.value if found else 0.0, standing.agent.name.casefold()

    return tuple(sorted(standings, key=key))


def _severities(
    standing: TeamStanding, random: Sequence[Graded], reviewers: Mapping[PersonId, Person]
) -> tuple[ReviewerSeverity, ...]:
    agents: defaultdict[str, list[str]] = defaultdict(list)
    for item, _ in _rows(random, reported):
        agents[item.review.reviewer_id].append(item.review.agent_id or "")
    found = [
        ReviewerSeverity(
            PersonId(key), reviewers[PersonId(key)].name, severity, len(agents[key]), len(set(agents[key]))
        )
        for key, severity in standing.severities.items()
    ]
    return tuple(sorted(found, key=_severest))


def _severest(reviewer: ReviewerSeverity) -> tuple[bool, float, str]:
    severity = reviewer.severity
    known = isinstance(severity, Estimate)
    return not known, -severity.value if isinstance(severity, Estimate) else 0.0, reviewer.name.casefold()


def _methods(context: Context, team: str, graded: Sequence[Graded], period: Period) -> tuple[Method, ...]:
    random = [item for item in graded if item.drawn_at_random]
    versions = {item.version.id: item.version for item in graded}.values()
    cards = [f"{name_version(version)} (structure {version.structure_hash[:12]})" for version in versions]
    unscored = sum(reported(item) is None for item in random)
    lines = {
        "Team and period": f"{team}, {period.start} to {period.end}, both days included, by day of submission in "
        f"{period.zone.key}; all submitted reviews, released or not",
        "Scorecards": "; ".join(cards) or "none",
        "Random reviews": f"{write_count(len(random), 'review')} drawn at random, each counted by 1 / inclusion "
        f"probability; {len(graded) - len(random)} targeted or hand-picked ones stand apart",
        "Left out": f"Voided and superseded reviews, calibration and self grades; {unscored} without a score, because "
        "nothing applied; tickets that you still grade blind",
        **STANDING_METHODS,
        "Made": f"{context.now().astimezone(period.zone):%Y-%m-%d %H:%M} {period.zone.key} by {context.actor.name}",
    }
    return tuple(Method(topic, text) for topic, text in lines.items())


STANDING_METHODS: Mapping[str, str] = {
    "As graded": "Mean reported score with Student's 95% interval",
    "Smoothed": "The mean drawn towards the team's, the further the fewer the reviews: a normal model of agents whose "
    "variances are uncertain too (docs/algorithms/agent-scores.md, A2)",
    "Adjusted": "Smoothed, and as if all reviewers had graded the agent alike often: agents and reviewers together in "
    "one additive model (A3)",
    "Places": "From all differences of two agents, each tested by Holm's steps so that all places hold at once with "
    "95%; agents whom no test splits are tied (A4)",
    "Smallest real difference": "1.96 x √2 x the standard error of measurement, reviewers' severity included (A5)",
    "Scoring": "100 × Σ weight × value / Σ weight over the criteria that applied, values from 0 to 1, in exact "
    "fractions and rounded once, half up, to one decimal (docs/algorithms/scoring.md); raw score, auto-fails and "
    "reported score side by side",
}
"""How the estimates come about, for every methods sheet that prints them."""
