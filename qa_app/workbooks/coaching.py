"""The coaching workbook: what to say to one agent about one period, with the figures and the evidence behind it.

Pure: a report in, a plan out. Every figure is the report's own; nothing is computed here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from db.records import Goal
from qa_app.estimate import Estimate, Measured
from qa_app.reports import Advice, AgentReport, ReviewLine, SkillLine, TrendPoint
from qa_app.words import (
    NOTHING,
    write_change,
    write_code,
    write_day,
    write_measured,
    write_moment,
)
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
from qa_app.workbooks.plan import (
    Block,
    Book,
    Cell,
    Chart,
    ChartKind,
    Column,
    Link,
    Mark,
    Sheet,
    Style,
    Table,
    Text,
    Tone,
    WebLink,
)
from qa_app.workbooks.recompute import RECOMPUTE, plan_recompute
from qa_app.workbooks.reviews import link_review, plan_details, plan_ratings, plan_reviews

_CONTENTS = ("Skills", "Trend", "Reviews", "Review details", "Ratings", RECOMPUTE, "Methods")
_CHANGE_MARKS = (("▲", Tone.GOOD), ("▼", Tone.BAD), ("≈", Tone.QUIET))
OVERALL = "Score"
_TALL, _LOW = 24, 13
"""Rows of the trend chart on its own sheet and on the summary."""


def plan_coaching(report: AgentReport, *, time_zone: ZoneInfo, app_version: str) -> Book:
    """Plan the workbook of an agent and a period."""
    title = f"Coaching report: {report.agent.name}"
    period = f"{write_day(report.start)} to {write_day(report.end)}"
    who = f"{report.agent.name} · {period}"
    sheets = (
        _plan_summary(report, title=title, period=period, zone=time_zone),
        _plan_skills(report, who=who),
        _plan_trend(report, who=who),
        plan_reviews(report.reviews, who=who, zone=time_zone),
        plan_details(report.reviews, who=who, zone=time_zone),
        plan_ratings(report.reviews, who=who, zone=time_zone),
        _plan_recompute(report, who=who),
    )
    methods = plan_methods(report.methods, made_at=report.made_at, zone=time_zone, app_version=app_version)
    return Book(title, period, report.made_at.astimezone(time_zone), (*sheets, methods))


def _plan_recompute(report: AgentReport, *, who: str) -> Sheet:
    """With the criteria that counted in a review."""
    counted = {part.criterion_id for line in report.reviews if line.recount for part in line.recount.parts}
    criteria = {
        rating.criterion_id: rating.label
        for line in report.reviews
        for rating in line.ratings
        if rating.criterion_id in counted
    }
    return plan_recompute([(report.agent.name, line) for line in report.reviews], criteria, who=who)


def _plan_summary(report: AgentReport, *, title: str, period: str, zone: ZoneInfo) -> Sheet:
    team = f"Team {report.team}" if report.team is not None else "No team"
    made = write_moment(report.made_at, zone)
    blocks: tuple[Block, ...] = (
        *head_sheet(title, f"{team} · {period} · made {made} ({zone.key})", home=True),
        *link_sheets(_CONTENTS),
        *warn_of_nothing(empty=not report.reviews),
        Text(f"Score {write_measured(report.score)}", Style.FIGURE),
        Text(f"Change since the period before: {write_change(report.change)}", Style.NOTE),
        Text("Figures", Style.HEADING),
        _tabulate_figures(report),
        *_draw_trend(report, height=_LOW),
        *tell_advice("What to praise", report.praise, step="Keep doing", none="Nothing stands out yet."),
        *list_praised(report.reviews, link=lambda number, _: link_review(number)),
        *tell_advice(
            "What to practise next", report.practise, step="Next step", none="No skill stands out for practice."
        ),
        *tell_goals(report.goals, {line.skill: line.label for line in report.skills}),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)


def _tabulate_figures(report: AgentReport) -> Table:
    standing = report.standing
    twins = (("Smoothed score", standing.smoothed), ("Adjusted score", standing.adjusted)) if standing else ()
    measured: list[tuple[str, Measured]] = [
        ("Score, of random reviews", report.score),
        *twins,
        ("Score of the period before", report.before),
        ("Targeted reviews, apart", report.targeted),
        ("Passed reviews", report.passed),
        ("Soft skills", report.soft),
        ("Hard skills", report.hard),
        *((f"Free of {write_code(family)}-critical errors", share) for family, share in report.critical.items()),
    ]
    rows = [(Cell(label), tell(value), *_spread(value)) for label, value in measured]
    change = (
        Cell("Change of the score, in points"),
        Cell(write_change(report.change)),
        *_spread(report.change),
    )
    rows.insert(2 + len(twins), change)
    return Table(
        columns=(
            Column("Figure, in percent", Style.STRONG, span=4),
            Column("With its margin", span=4),
            Column("Value", Style.ONE_DIGIT),
            Column("Low", Style.ONE_DIGIT),
            Column("High", Style.ONE_DIGIT),
            Column("n", Style.COUNT),
        ),
        rows=tuple(rows),
        marks=tuple(Mark("With its margin", prefix, tone) for prefix, tone in _CHANGE_MARKS),
    )


def tell_advice(heading: str, advice: tuple[Advice, ...], *, step: str, none: str) -> tuple[Block, ...]:
    """Skills to praise or to practise with why and how, or that there is none."""
    if not advice:
        return Text(heading, Style.HEADING), Text(none, Style.NOTE)
    table = Table(
        columns=(
            Column("Skill", Style.STRONG, span=2),
            Column("Mean with its margin", span=3),
            Column("Why", span=3),
            Column(step, span=4),
        ),
        rows=tuple((Cell(one.label), tell(one.mean), Cell(one.why), Cell(one.step)) for one in advice),
    )
    return Text(heading, Style.HEADING), table


def list_praised(
    reviews: Sequence[ReviewLine],
    *,
    link: Callable[[int, ReviewLine], Link | WebLink | None],
    most: int | None = None,
) -> tuple[Block, ...]:
    """What reviewers marked as praise, review by review, the first `most`; nothing where there is none.

    `link`: from the number of a review, counted from 1, to where the ticket's cell leads.
    """
    rows = tuple(
        (
            Cell(rating.label),
            Cell(line.ticket.external_id, link=link(number, line)),
            Cell(line.reviewer),
            Cell(rating.comment or next((piece.quote for piece in rating.evidence if piece.quote), rating.answer)),
        )
        for number, line in enumerate(reviews, start=1)
        for rating in line.ratings
        if rating.praise
    )
    if not rows:
        return ()
    table = Table(
        columns=(
            Column("Criterion", Style.STRONG, span=3),
            Column("Ticket", span=2),
            Column("Reviewer", span=2),
            Column("What was written, quoted or answered", span=5),
        ),
        rows=rows[:most],
    )
    return Text("Praised by reviewers", Style.HEADING), table


def tell_goals(goals: Sequence[Goal], labels: Mapping[str, str]) -> tuple[Block, ...]:
    """What an agent practises until when; `labels`: of the skills."""
    heading = Text("Goals", Style.HEADING)
    if not goals:
        return heading, Text("No goals are set.", Style.NOTE)
    table = Table(
        columns=(
            Column("Skill", Style.STRONG, span=2),
            Column("Goal", span=7),
            Column("State", span=1),
            Column("Due", Style.DATE, span=2),
        ),
        rows=tuple(
            (
                Cell(labels.get(goal.skill, goal.skill)),
                Cell(goal.text),
                Cell(goal.state.value),
                Cell(goal.due_on if goal.due_on is not None else NOTHING),
            )
            for goal in goals
        ),
    )
    return heading, table


def _plan_skills(report: AgentReport, *, who: str) -> Sheet:
    if not report.skills:
        return plan_nothing("Skills", who, "No skill was rated in this period.")
    chart = Chart(
        kind=ChartKind.BARS,
        title=f"Skills of {report.agent.name}: mean with its 95 % interval where there is one",
        table="Skills",
        rows=range(len(report.skills)),
        label="Skill",
        value="Mean, %",
        below="Margin down",
        above="Margin up",
        label_title="Skill",
        value_title="Percent of the best",
        value_range=range_percent(line.mean for line in report.skills),
        height=max(12, 4 + 2 * len(report.skills)),
    )
    return Sheet("Skills", (*head_sheet("Skills", who), chart, _tabulate_skills(report.skills)), header="Skills")


def _tabulate_skills(skills: tuple[SkillLine, ...]) -> Table:
    return Table(
        columns=(
            Column("Skill", Style.STRONG, narrowest=18, widest=28),
            Column("Half", narrowest=6, widest=8),
            Column("Mean with its margin", narrowest=20, widest=26),
            Column("Mean, %", Style.ONE_DIGIT),
            Column("Low", Style.ONE_DIGIT),
            Column("High", Style.ONE_DIGIT),
            Column("n", Style.COUNT, narrowest=5),
            Column("Reviews", Style.COUNT),
            Column("Period before", narrowest=20, widest=26),
            Column("Before, %", Style.ONE_DIGIT),
            Column("Change", narrowest=24, widest=36),
            Column("Points", Style.ONE_DIGIT),
            Column("Margin down", Style.ONE_DIGIT, narrowest=9),
            Column("Margin up", Style.ONE_DIGIT, narrowest=9),
        ),
        rows=tuple(map(_tell_skill, skills)),
        name="Skills",
        marks=tuple(Mark("Change", prefix, tone) for prefix, tone in _CHANGE_MARKS),
    )


def _tell_skill(line: SkillLine) -> tuple[Cell, ...]:
    return (
        Cell(line.label),
        Cell(line.skill_type.value if line.skill_type is not None else NOTHING),
        tell(line.mean),
        *_spread(line.mean),
        Cell(line.n_reviews),
        tell(line.before),
        _show_value(line.before),
        Cell(write_change(line.change)),
        _show_value(line.change),
        *spread_margins(line.mean, Style.ONE_DIGIT),
    )


def _spread(measured: Measured) -> tuple[Cell, ...]:
    """Value, low, high and n."""
    return (*spread_estimate(measured, Style.ONE_DIGIT), Cell(measured.n_units))


def _show_value(measured: Measured) -> Cell:
    """The number alone; `—` where the words beside it say why there is none."""
    return Cell(measured.value if isinstance(measured, Estimate) else NOTHING)


def _plan_trend(report: AgentReport, *, who: str) -> Sheet:
    rows = [tell_point(OVERALL, point) for point in report.trend]
    rows += [tell_point(line.label, point) for line in report.skills for point in line.trend]
    if not rows:
        return plan_nothing("Trend", who, "The period has no stretches to compare.")
    blocks = (*head_sheet("Trend", who), *_draw_trend(report, height=_TALL), tabulate_trend(rows))
    return Sheet("Trend", blocks, header="Trend")


def tabulate_trend(rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Rows of `tell_point` under their headers."""
    return Table(
        columns=(
            Column("Skill", Style.STRONG, narrowest=26, widest=36),
            Column("Period", narrowest=20, widest=26),
            Column("From", Style.DATE, narrowest=12),
            Column("To", Style.DATE, narrowest=12),
            Column("Mean with its margin", narrowest=28, widest=44),
            Column("Mean, %", Style.ONE_DIGIT),
            Column("Low", Style.ONE_DIGIT),
            Column("High", Style.ONE_DIGIT),
            Column("n", Style.COUNT, narrowest=6),
        ),
        rows=tuple(rows),
        name="Trend",
    )


def _draw_trend(report: AgentReport, *, height: int) -> tuple[Block, ...]:
    title = f"Score of {report.agent.name} over time, with its 95 % interval where there is one"
    return draw_trend(report.trend, title=title, height=height)


def draw_trend(trend: Sequence[TrendPoint], *, title: str, height: int) -> tuple[Block, ...]:
    """A chart of the first rows of the trend's table; nothing where there is no stretch."""
    if not trend:
        return ()
    chart = Chart(
        kind=ChartKind.LINES,
        title=title,
        table="Trend",
        rows=range(len(trend)),
        label="Period",
        value="Mean, %",
        below="Low",
        above="High",
        label_title="Period",
        value_title="Score in percent",
        value_range=range_percent(point.mean for point in trend),
        height=height,
    )
    return (chart,)


def range_percent(means: Iterable[Measured]) -> tuple[float, float | None]:
    """The whole scale, open above where bonus points lift a mean over 100."""
    beyond = any(isinstance(mean, Estimate) and mean.value > 100 for mean in means)
    return 0, None if beyond else 100


def tell_point(label: str, point: TrendPoint) -> tuple[Cell, ...]:
    """One stretch of a trend."""
    return (
        Cell(label),
        Cell(f"{point.start.day} {point.start:%b} to {point.end.day} {point.end:%b}"),
        Cell(point.start),
        Cell(point.end),
        tell(point.mean),
        *_spread(point.mean),
    )
