"""The team workbook: how a team's agents stand, a sheet for each, and every answer behind it.

Pure: a pack in, a plan out. Every figure is the pack's own. Sheets of agents are planned and long tables read when
they are written, so a large team takes no more memory than a small one.
"""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from db.records import PersonId
from qa_app.estimate import Estimate, Measured
from qa_app.packs import Member, TeamPack
from qa_app.standings import AgentStanding, ReviewerSeverity, TeamReport
from qa_app.words import (
    write_count,
    write_day,
    write_limits,
    write_moment,
    write_place,
    write_short,
)
from qa_app.workbooks.coaching import NO_PRACTICE, NO_PRAISE, tell_advice
from qa_app.workbooks.member import count_placed, plan_member, tell_ties
from qa_app.workbooks.parts import (
    GRID,
    head_sheet,
    link_sheets,
    plan_methods,
    plan_nothing,
    spread_estimate,
    spread_margins,
    tell,
    warn_of_nothing,
)
from qa_app.workbooks.plan import Block, Book, Cell, Chart, ChartKind, Column, Later, Link, Sheet, Style, Table, Text
from qa_app.workbooks.recompute import RECOMPUTE, plan_recompute
from qa_app.workbooks.reviews import list_ratings
from qa_app.workbooks.text import name_sheets

_SHEETS = ("Summary", "Agents", "Ratings", RECOMPUTE, "Methods")
_NOTHING = "No review was found for this team and period."
_NOT_PRINTED = 6
"""Columns at the right for further computing and for charts; with them the others would be too small on paper."""
_ALL_COLUMNS: Mapping[str, Sequence[str]] = {}
_MOST_BARS = 40
"""Agents that a chart can still name."""


def plan_team(
    pack: TeamPack, *, time_zone: ZoneInfo, app_version: str, columns: Mapping[str, Sequence[str]] = _ALL_COLUMNS
) -> Book:
    """Plan the workbook of a team and a period; `columns` are those of the house template."""
    report = pack.report
    title = f"Team report: {report.team}"
    period = f"{write_day(report.start)} to {write_day(report.end)}"
    who = f"{report.team} · {period}"
    names = [standing.agent.name for standing in report.standings]
    titles = name_sheets((*_SHEETS, *names))[len(_SHEETS) :]
    links = {standing.agent.id: Link(sheet) for standing, sheet in zip(report.standings, titles, strict=True)}
    methods = plan_methods(pack.methods, made_at=report.made_at, zone=time_zone, app_version=app_version)
    sheets: tuple[Sheet | Later, ...] = (
        _plan_summary(pack, links, title=title, period=period, zone=time_zone),
        _plan_agents(report, links, who=who),
        *_plan_members(pack, titles, period=period, zone=time_zone),
        _plan_ratings(pack, who=who, zone=time_zone, chosen=columns.get("ratings", ())),
        _plan_recompute(pack, who=who),
        methods,
    )
    return Book(title, period, report.made_at.astimezone(time_zone), sheets)


def _plan_members(pack: TeamPack, titles: Sequence[str], *, period: str, zone: ZoneInfo) -> Iterator[Later]:
    """A sheet for each agent. They are written in this order, so each takes the next member."""
    members = _number_members(pack)
    names = {standing.agent.id: standing.agent.name for standing in pack.report.standings}
    placed = count_placed(pack.report.standings)
    today = pack.report.made_at.astimezone(zone).date()

    def plan(title: str) -> Sheet:
        first, member = next(members)
        return plan_member(member, title, names, placed=placed, first=first, period=period, today=today, zone=zone)

    return (Later(title, lambda _, title=title: plan(title)) for title in titles)  # type: ignore[misc]


def _number_members(pack: TeamPack) -> Iterator[tuple[int, Member]]:
    """Each member with the number of the first of the member's reviews in this book."""
    first = 1
    for member in pack.members():
        yield first, member
        first += len(member.reviews)


def _plan_summary(pack: TeamPack, links: dict[PersonId, Link], *, title: str, period: str, zone: ZoneInfo) -> Sheet:
    report = pack.report
    made = write_moment(report.made_at, zone)
    agents = write_count(len(report.standings), "agent")
    blocks: tuple[Block, ...] = (
        *head_sheet(title, f"{agents} · {period} · made {made} ({zone.key})", home=True),
        *link_sheets(_SHEETS[1:]),
        *warn_of_nothing(empty=not pack.n_reviews),
        Text(f"Team score {write_short(report.mean, digits=1)}", Style.FIGURE),
        Text(_tell_difference(report), Style.NOTE),
        *tell_advice("What the team should practise", pack.practise, step="Next step", none=NO_PRACTICE),
        *tell_advice("What to praise", pack.praise, step="Keep doing", none=NO_PRAISE),
        Text("Agents", Style.HEADING),
        *_list_agents(report, links),
        Text("How severe reviewers are", Style.HEADING),
        *_list_reviewers(report.reviewers),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)


def _tell_difference(report: TeamReport) -> str:
    """How much of what agents differ in is more than chance."""
    least = report.smallest_difference
    parts = [
        f"Smallest real difference of two agents with the usual number of reviews: {_write_limits(least, 1)} points.",
        f"Spread of the agents' true scores: {_write_limits(report.between, 1)} points.",
        f"Reliability of the ranking: {_write_limits(report.reliability, 2)}, where 1 is free of chance.",
    ]
    return " ".join(parts)


def _write_limits(measured: Measured, digits: int) -> str:
    if isinstance(measured, Estimate):
        return write_limits(measured, digits=digits)
    return write_short(measured, digits=digits)


def _list_agents(report: TeamReport, links: dict[PersonId, Link]) -> tuple[Block, ...]:
    if not report.standings:
        return (Text("The team has no agent.", Style.NOTE),)
    names = {one.agent.id: one.agent.name for one in report.standings}
    placed = count_placed(report.standings)
    table = Table(
        columns=(
            Column("Place", span=2),
            Column("Agent", Style.STRONG, span=2),
            Column("As graded", span=2),
            Column("Smoothed", span=2),
            Column("Adjusted for reviewers", span=2),
            Column("Cannot be told apart from", span=2),
        ),
        rows=tuple(
            (
                Cell(write_place(standing.rank_low, standing.rank_high, placed)),
                Cell(standing.agent.name, link=links[standing.agent.id]),
                tell(standing.score),
                tell(standing.smoothed),
                tell(standing.adjusted),
                Cell(tell_ties(standing, names, placed)),
            )
            for standing in report.standings
        ),
    )
    note = "In the order of the best estimate. Places that overlap are ties: the data cannot split these agents."
    return Text(note, Style.NOTE), table


def _list_reviewers(reviewers: Sequence[ReviewerSeverity]) -> tuple[Block, ...]:
    if not reviewers:
        return (Text("Nobody has graded enough to tell.", Style.NOTE),)
    table = Table(
        columns=(
            Column("Reviewer", Style.STRONG, span=3),
            Column("Severity, in points (strict +)", span=5),
            Column("Reviews", Style.COUNT, span=2),
            Column("Agents", Style.COUNT, span=2),
        ),
        rows=tuple(
            (Cell(one.name), Cell(_write_limits(one.severity, 1)), Cell(one.n_reviews), Cell(one.n_agents))
            for one in reviewers
        ),
    )
    return Text(
        "Points below what the average reviewer gives for the same work; negative is lenient.", Style.NOTE
    ), table


def _plan_agents(report: TeamReport, links: dict[PersonId, Link], *, who: str) -> Sheet:
    if not report.standings:
        return plan_nothing("Agents", who, "The team has no agent.")
    names = {one.agent.id: one.agent.name for one in report.standings}
    placed = count_placed(report.standings)
    table = Table(
        columns=(
            Column("Agent", Style.STRONG, narrowest=16, widest=28),
            Column("Best place", Style.COUNT),
            Column("Worst place", Style.COUNT),
            Column("Reviews", Style.COUNT),
            *(column for name in ("As graded", "Smoothed", "Adjusted") for column in _spread_columns(name)),
            Column("Ties", narrowest=20, widest=34),
            *_spread_columns("Passed"),
            Column("Smallest real difference, points", Style.ONE_DIGIT, narrowest=12, widest=16),
            Column("Margin down", Style.ONE_DIGIT, narrowest=9),
            Column("Margin up", Style.ONE_DIGIT, narrowest=9),
        ),
        rows=tuple(_list_agent(one, links[one.agent.id], names, placed) for one in report.standings),
        name="Agents",
    )
    note = (
        "Scores in percent with their 95% intervals. Smoothed: drawn towards the team, the further the fewer the "
        "reviews. Adjusted: smoothed, and as if all reviewers had graded every agent alike often. Margins: of Adjusted."
    )
    blocks = (*head_sheet("Agents", who), Text(note, Style.NOTE), *_draw_agents(report), table)
    printed = len(table.columns) - _NOT_PRINTED
    frozen = not _is_drawn(report)
    return Sheet("Agents", blocks, header="Agents", freeze=frozen, frozen_columns=1, printed_columns=printed)


def _spread_columns(name: str) -> tuple[Column, ...]:
    return tuple(Column(f"{name}, {end}", Style.ONE_DIGIT, narrowest=9) for end in ("%", "low", "high"))


def _is_drawn(report: TeamReport) -> bool:
    return len(report.standings) <= _MOST_BARS


def _draw_agents(report: TeamReport) -> tuple[Block, ...]:
    if not _is_drawn(report):
        return ()
    beyond = any(isinstance(one.adjusted, Estimate) and one.adjusted.value > 100 for one in report.standings)
    chart = Chart(
        kind=ChartKind.BARS,
        title=f"{report.team}: scores adjusted for reviewers, with their 95% intervals",
        table="Agents",
        rows=range(len(report.standings)),
        label="Agent",
        value="Adjusted, %",
        below="Margin down",
        above="Margin up",
        label_title="Agent",
        value_title="Score in percent",
        value_range=(0, None if beyond else 100),
        height=max(12, 5 + 2 * len(report.standings)),
    )
    return (chart,)


def _list_agent(one: AgentStanding, link: Link, names: dict[PersonId, str], placed: int) -> tuple[Cell, ...]:
    least = one.smallest_difference
    return (
        Cell(one.agent.name, link=link),
        Cell(one.rank_low),
        Cell(one.rank_high),
        Cell(one.n_reviews),
        *(cell for each in (one.score, one.smoothed, one.adjusted) for cell in spread_estimate(each, Style.ONE_DIGIT)),
        Cell(tell_ties(one, names, placed)),
        *spread_estimate(one.passed, Style.ONE_DIGIT),
        Cell(least.value if isinstance(least, Estimate) else None),
        *spread_margins(one.adjusted, Style.ONE_DIGIT),
    )


def _plan_ratings(pack: TeamPack, *, who: str, zone: ZoneInfo, chosen: Sequence[str]) -> Sheet:
    table, printed = list_ratings(
        (
            (member.standing.agent.name, number, line)
            for first, member in _number_members(pack)
            for number, line in enumerate(member.reviews, start=first)
        ),
        zone=zone,
        chosen=chosen,
    )
    if not pack.n_reviews:
        return plan_nothing("Ratings", who, _NOTHING)
    note = "Every answer of every review, random and targeted; the quotes stand in each agent's coaching workbook."
    blocks = (*head_sheet("Ratings", who), Text(note, Style.NOTE), table)
    frozen = min(3, len(table.columns))
    return Sheet("Ratings", blocks, header="Ratings", freeze=True, frozen_columns=frozen, printed_columns=printed)


def _plan_recompute(pack: TeamPack, *, who: str) -> Sheet:
    lines = ((member.standing.agent.name, line) for member in pack.members() for line in member.reviews)
    if not pack.n_reviews:
        return plan_nothing(RECOMPUTE, who, _NOTHING)
    return plan_recompute(lines, pack.criteria, mean=pack.report.mean, who=who)
