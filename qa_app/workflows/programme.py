"""The programme report for managers: how much is reviewed, how well, by whom, and what to do next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from db.records import CalibrationSession, Frame, Person, PersonId, Role, Selection, Team, TeamId
from db.store import people, tickets
from qa_app.domain.calibration import REVEALED
from qa_app.estimate import Estimate, Measured
from qa_app.packs import Figure, ProgrammeReport, Step
from qa_app.reports import Field, FieldValue, Kind, Method, Section, TrendPoint
from qa_app.standings import TeamReport
from qa_app.stats.reasons import undefined
from qa_app.stats.standing.slope import slope
from qa_app.words import write_change, write_code, write_count, write_measured
from qa_app.workflows.agent_results import SLOPE_DAYS, free_of_errors
from qa_app.workflows.calibration import list_sessions
from qa_app.workflows.calibration_trend import trace_sessions
from qa_app.workflows.context import Context
from qa_app.workflows.dispute_figures import report_disputes
from qa_app.workflows.graded import Graded, mean_of, passed, reported, share_of
from qa_app.workflows.period import Period
from qa_app.workflows.scope import require_some
from qa_app.workflows.team_scores import ALL_TEAMS, load_team, report_team
from qa_app.workflows.wording import name_version
from scorecards.model import CriticalFamily

_STRETCH = timedelta(days=14)
_NONE = undefined("no-values", n_units=0, n_raters=0, n_values=0)
_ENOUGH_FREE = 95.0
"""Percent of reviews free of critical errors below which a family is named; a convention, not evidence."""
_SEVERE = 2.0
"""Points from which a reviewer's severity is worth a talk; likewise."""
_WAYS = {
    Selection.RANDOM: "at random",
    Selection.STRATIFIED: "at random by stratum",
    Selection.TARGETED: "targeted",
    Selection.BY_HAND: "by hand",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What the report is made of."""

    agents: tuple[Person, ...]
    teams: tuple[Team, ...]
    graded: tuple[Graded, ...]
    n_tickets: int
    names: dict[PersonId, Person]

    @property
    def random(self) -> list[Graded]:
        """Reviews that may enter headline figures."""
        return [item for item in self.graded if item.drawn_at_random]

    def of_team(self, team_id: TeamId | None) -> list[Graded]:
        """The random reviews of a team's agents."""
        members = {agent.id for agent in self.agents if agent.team_id == team_id}
        return [item for item in self.random if item.review.agent_id in members]


def report_programme(context: Context, *, start: date, end: date, zone: ZoneInfo) -> ProgrammeReport:
    """All teams within reach over a period (both days included).

    Reviews of tickets that the actor still grades blind are left out, and sessions that are not revealed.

    Raises:
        NotAllowed: the actor may export no programme. Refused: the period is empty.
    """
    period = Period(start, end, zone)
    found = _find(context, period)
    standing = report_team(context, None, start=start, end=end, zone=zone)
    teams, critical = _tell_teams(found), _tell_critical(found)
    reviewers, sampling = _tell_reviewers(found, standing), _tell_sampling(found)
    calibration = _tell_calibration(context, period)
    since, before = period.bounds
    disputes = report_disputes(context, since=since, before=before)
    ended = tuple(section for section in disputes.sections if section.rows)
    sections = (teams, critical, reviewers, *calibration, sampling, *ended)
    moved = _move(found.random)
    return ProgrammeReport(
        title="Programme report",
        start=start,
        end=end,
        made_at=context.now(),
        figures=_tell_figures(found, standing.mean),
        counts=_count(found),
        steps=_choose_steps(found, standing, teams, critical, held=bool(calibration)),
        trend=_follow(found.random, period),
        trend_note=f"Points that the score moves in four weeks: {write_change(moved)}.",
        sections=sections,
        methods=(*_methods(context, found, standing, period), *(_name_methods(disputes.methods) if ended else ())),
    )


def _find(context: Context, period: Period) -> _Found:
    within = require_some(context.actor, "export.programme")
    since, before = period.bounds
    with context.store.read() as tx:
        teams = [team for team in people.teams(tx) if within.everything or team.id in within.teams]
        agents = [
            person
            for person in people.people(tx, role=Role.AGENT, active=None)
            if within.everything or person.team_id in within.teams
        ]
        graded = load_team(tx, context, agents, period)
        scope = () if within.everything else tuple(team.id for team in teams)
        n_tickets = tickets.count_tickets(tx, Frame(team_ids=scope, created_from=since, created_before=before))
        names = people.people_by_id(tx, [item.review.reviewer_id for item in graded])
    kept = {item.review.agent_id for item in graded}
    shown = tuple(agent for agent in agents if agent.active or agent.id in kept)
    return _Found(shown, tuple(teams), graded, n_tickets, names)


def _tell_figures(found: _Found, mean: Measured) -> tuple[Figure, ...]:
    free = [free_of_errors(item) for item in found.random]
    return (
        Figure("Score, of random reviews", mean),
        Figure("Passed reviews", share_of(passed(item) for item in found.random)),
        *(
            Figure(f"Free of {write_code(family.value)}-critical errors", share_of(errors[family] for errors in free))
            for family in CriticalFamily
        ),
        Figure(
            "Targeted reviews, apart", mean_of([item for item in found.graded if not item.drawn_at_random], reported)
        ),
    )


def _covered(found: _Found) -> dict[PersonId, bool]:
    graded = {item.review.agent_id for item in found.random}
    return {agent.id: agent.id in graded for agent in found.agents if agent.active}


def _count(found: _Found) -> tuple[tuple[str, str], ...]:
    covered = _covered(found)
    chosen = [f"{n} {words}" for way, words in _WAYS.items() if (n := _count_way(found, way))]
    return (
        ("Reviews", f"{len(found.graded)}: {', '.join(chosen)}" if chosen else "0"),
        ("Active agents with a random review", f"{sum(covered.values())} of {len(covered)}"),
        ("Reviewers", str(len({item.review.reviewer_id for item in found.graded}))),
        ("Tickets of the period", f"{found.n_tickets:,}"),
    )


def _count_way(found: _Found, way: Selection) -> int:
    return sum(item.review.selection is way for item in found.graded)


def _tell_teams(found: _Found) -> Section:
    rows = []
    for team in (*found.teams, None):
        members = [agent for agent in found.agents if agent.team_id == (team.id if team else None)]
        if not members:
            continue
        random = found.of_team(team.id if team else None)
        graded = len({item.review.agent_id for item in random})
        row: tuple[FieldValue, ...] = (
            *(team.name if team else "No team", len(members), graded, len(random)),
            *(mean_of(random, reported), share_of(passed(item) for item in random)),
        )
        rows.append(row)
    fields = (
        Field("team", "Team"),
        Field("agents", "Agents", Kind.COUNT),
        Field("graded", "With a review", Kind.COUNT),
        Field("reviews", "Reviews", Kind.COUNT),
        Field("score", "Score, %", Kind.MEASURED),
        Field("passed", "Passed, %", Kind.MEASURED),
    )
    note = "Reviews drawn at random. Teams whose intervals overlap may not differ at all."
    return Section("teams", "Teams", note, fields, tuple(rows), "There is no agent within your reach.")


def _tell_critical(found: _Found) -> Section:
    groups = [(ALL_TEAMS, found.random), *((team.name, found.of_team(team.id)) for team in found.teams)]
    rows = []
    for name, random in groups:
        free = [free_of_errors(item) for item in random]
        for family in CriticalFamily:
            known = [errors[family] for errors in free if errors[family] is not None]
            if known:
                row: tuple[FieldValue, ...] = (write_code(family.value), name, len(known), known.count(False))
                rows.append((*row, share_of(known)))
    fields = (
        Field("family", "Critical to"),
        Field("team", "Team"),
        Field("reviews", "Reviews", Kind.COUNT),
        Field("errors", "With an error", Kind.COUNT),
        Field("free", "Free of errors, %", Kind.MEASURED),
    )
    note = "Share of random reviews without an error of the family, among those in which a criterion of it applied."
    return Section("critical", "Critical errors", note, fields, tuple(rows), "No critical criterion was graded.")


def _tell_reviewers(found: _Found, standing: TeamReport) -> Section:
    severities = {one.reviewer_id: one.severity for one in standing.reviewers}
    rows = []
    for reviewer in sorted(found.names.values(), key=lambda person: person.name.casefold()):
        own = [item for item in found.graded if item.review.reviewer_id == reviewer.id]
        minutes = [item.review.active_seconds / 60 for item in own if item.review.active_seconds]
        row: tuple[FieldValue, ...] = (
            *(reviewer.name, len(own), len({item.review.agent_id for item in own})),
            *(median(minutes) if minutes else None, mean_of([i for i in own if i.drawn_at_random], reported)),
            severities.get(reviewer.id, _NONE),
        )
        rows.append(row)
    fields = (
        Field("reviewer", "Reviewer"),
        Field("reviews", "Reviews", Kind.COUNT),
        Field("agents", "Agents", Kind.COUNT),
        Field("minutes", "Minutes a review", Kind.NUMBER),
        Field("score", "Mean score given, %", Kind.MEASURED),
        Field("severity", "Severity, points (strict +)", Kind.MEASURED),
    )
    note = (
        "Workload, and severity: points below what the average reviewer gives for the same work; negative is lenient. "
        "Minutes: median of the active ones. A mean of its own says nothing of severity, for reviewers see other work."
    )
    return Section("workload", "Reviewers", note, fields, tuple(rows), "Nobody has submitted a review.")


def _tell_calibration(context: Context, period: Period) -> tuple[Section, ...]:
    """How far answers lay apart in the sessions that were revealed in the period, oldest first."""
    since, before = period.bounds
    revealed = [
        session
        for session in (row.session for row in list_sessions(context))
        if session.state in REVEALED and session.revealed_at and since <= session.revealed_at < before
    ]
    wanted, rows = {session.id for session in revealed}, []
    for session in sorted(revealed, key=_revealed, reverse=True):
        if session.id not in wanted:
            continue
        trend = trace_sessions(context, session.id)
        for stop, apart in zip(trend.stops, trend.apart, strict=False):
            if stop.session_id in wanted:
                wanted.discard(stop.session_id)
                day = stop.revealed_at.astimezone(period.zone).date()
                rows.append((day, (stop.name, str(day), stop.n_tickets, stop.met or None, apart)))
    if not rows:
        return ()
    fields = (
        Field("session", "Session"),
        Field("revealed", "Revealed"),
        Field("tickets", "Tickets", Kind.COUNT),
        Field("meeting", "Meeting"),
        Field("distance", "Distance, % of guessing", Kind.MEASURED),
    )
    note = "How far two reviewers' answers lie apart over all criteria: 0 is the same answer, 100 what guessing gives."
    told: tuple[tuple[FieldValue, ...], ...] = tuple(row for _, row in sorted(rows, key=lambda one: one[0]))
    return (Section("calibrations", "Calibration", note, fields, told),)


def _revealed(session: CalibrationSession) -> float:
    return session.revealed_at.timestamp() if session.revealed_at else 0.0


def _tell_sampling(found: _Found) -> Section:
    rows = []
    for way, words in _WAYS.items():
        chosen = [item for item in found.graded if item.review.selection is way]
        if chosen:
            share = 100 * len(chosen) / len(found.graded)
            row: tuple[FieldValue, ...] = (words, len(chosen), share, mean_of(chosen, reported))
            rows.append(row)
    fields = (
        Field("chosen", "Chosen"),
        Field("reviews", "Reviews", Kind.COUNT),
        Field("share", "Share, %", Kind.NUMBER),
        Field("score", "Score, %", Kind.MEASURED),
    )
    note = "Only reviews drawn at random speak for the work as a whole; targeted ones are never averaged with them."
    return Section("sampling", "Sampling", note, fields, tuple(rows), "There is no review.")


def _follow(random: Sequence[Graded], period: Period) -> tuple[TrendPoint, ...]:
    """Stretches of two weeks from the first day on; the last one may be shorter."""
    points, first = [], period.start
    while first <= period.end:
        last = min(first + _STRETCH - timedelta(days=1), period.end)
        inside = [item for item in random if first <= item.moment.astimezone(period.zone).date() <= last]
        points.append(TrendPoint(first, last, mean_of(inside, reported)))
        first = last + timedelta(days=1)
    return tuple(points)


def _move(random: Sequence[Graded]) -> Measured:
    rows = [(item, value) for item in random if (value := reported(item)) is not None]
    first = min((item.moment for item, _ in rows), default=None)
    return slope(
        [(item.moment - first) / timedelta(days=SLOPE_DAYS) if first else 0.0 for item, _ in rows],
        [value for _, value in rows],
        probabilities=[item.share for item, _ in rows],
    )


def _choose_steps(
    found: _Found, standing: TeamReport, teams: Section, critical: Section, *, held: bool
) -> tuple[Step, ...]:
    """What the figures ask for: only where an interval leaves no doubt, or where something is missing."""
    return (
        *_ask_coverage(found),
        *_ask_critical(critical),
        *_ask_teams(teams, standing.mean),
        *_ask_reviewers(standing),
        *(() if held else (_HOLD,)),
    )


_HOLD = Step("Hold a calibration.", "None was revealed in this period, so nobody knows how far reviewers agree.")


def _ask_coverage(found: _Found) -> Iterator[Step]:
    missing = [agent.name for agent in found.agents if agent.active and not _covered(found)[agent.id]]
    if missing:
        named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        yield Step("Draw a random sample that holds every agent.", f"No random review of {named}.")
    if found.graded and 2 * len(found.random) < len(found.graded):
        yield Step("Draw more tickets at random.", "Less than half of the reviews speak for the work as a whole.")


def _ask_critical(critical: Section) -> Iterator[Step]:
    """A family that errs too often over all; a team that surely errs more often than all together."""
    overall = {row[0]: row[-1] for row in critical.rows if row[1] == ALL_TEAMS}
    for family, team, _, errors, free in critical.rows:
        whole = overall.get(family)
        if not isinstance(free, Estimate) or free.high is None or not isinstance(whole, Estimate):
            continue
        if free.high < (_ENOUGH_FREE if team == ALL_TEAMS else whole.value):
            where = "over all teams" if team == ALL_TEAMS else f"in {team}, which has more than the others"
            what = f"Look into errors critical to {family} {where}."
            yield Step(what, f"{errors} reviews have one; free of them, in percent: {write_measured(free)}.")


def _ask_teams(teams: Section, mean: Measured) -> Iterator[Step]:
    if not isinstance(mean, Estimate) or len(teams.rows) < 2:
        return
    for name, *_, score, _passed in teams.rows:
        if isinstance(score, Estimate) and score.high is not None and score.high < mean.value:
            why = f"Score {write_measured(score)}; even its upper limit lies below the {mean.value:.1f} of all teams."
            yield Step(f"Coach {name} first.", why)


def _ask_reviewers(standing: TeamReport) -> Iterator[Step]:
    for one in standing.reviewers:
        severity = one.severity
        if not isinstance(severity, Estimate) or severity.low is None or severity.high is None:
            continue
        if abs(severity.value) >= _SEVERE and (severity.low > 0 or severity.high < 0):
            word = "stricter" if severity.value > 0 else "more lenient"
            least, most = sorted((abs(severity.low), abs(severity.high)))
            points = f"{abs(severity.value):.1f} points ({least:.1f} to {most:.1f})"
            yield Step(f"Calibrate with {one.name}.", f"Grades {word} than the others by {points}.")


def _name_methods(methods: Iterable[Method]) -> Iterator[Method]:
    """Those of the disputes, told apart from the others."""
    return (Method(f"Disputes: {one.topic.lower()}", one.text) for one in methods if one.topic != "Made")


def _methods(context: Context, found: _Found, standing: TeamReport, period: Period) -> tuple[Method, ...]:
    versions = {item.version.id: item.version for item in found.graded}.values()
    cards = [f"{name_version(version)} (structure {version.structure_hash[:12]})" for version in versions]
    unscored = sum(reported(item) is None for item in found.random)
    lines = {
        "Scope and period": f"{write_count(len(found.teams), 'team')} within reach of {context.actor.name}, "
        f"{period.start} to {period.end}, both days included, by day of submission in {period.zone.key}; all submitted "
        "quality reviews, released or not",
        "Scorecards": "; ".join(cards) or "none",
        "Counts": f"{len(found.graded)} reviews, {len(found.random)} at random, {len(found.agents)} agents; chance "
        "enters the intervals of first and second grades only, with the seed that their method names",
        "Left out": f"Voided and superseded reviews, calibration and self grades; {unscored} random reviews without a "
        "score, because nothing applied; tickets that the reader still grades blind; sessions that are not revealed",
        "Disputes": "Those raised in the period, whatever review they are about",
        "Score": "Mean reported score of random reviews, weighted by 1 / inclusion probability, with Student's 95% "
        "interval",
        "Shares": "Passed, and free of critical errors: share with Wilson's 95% interval",
        "Trend": "A straight line through single random reviews, points in four weeks, with Student's 95% interval; "
        "within noise where it holds 0. The chart's stretches are two weeks long, the last may be shorter",
        "What to do next": "Agents without a random review; less than half of the reviews at random; families whose "
        f"upper limit lies below {_ENOUGH_FREE:g}% and reviewers off by {_SEVERE:g} points or more with an interval "
        "without 0 (two conventions); teams whose upper limit lies below the mean of all; no calibration revealed",
    }
    shared = {
        method.topic: method.text for method in standing.methods if method.topic in {"Adjusted", "Scoring", "Made"}
    }
    return tuple(Method(topic, text) for topic, text in (lines | shared).items())
