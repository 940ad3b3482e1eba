"""The coaching workbook: what to say to one agent about one period, with the figures and the evidence behind it.

Pure: a report in, a plan out. Every figure is the report's own; nothing is computed here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from db.records import Goal
from qa_app.coaching import GoalLine
from qa_app.estimate import Estimate, Measured
from qa_app.packs import CoachingRecord
from qa_app.reports import Advice, AgentReport, ReviewLine, SkillLine
from qa_app.words import (
    NOTHING,
    describe_reason,
    write_change,
    write_change_short,
    write_code,
    write_day,
    write_moment,
    write_short,
    write_slope,
    write_standing,
)
from qa_app.workbooks.parts import (
    ADJUSTED,
    AS_GRADED,
    GRID,
    PASSED,
    SMOOTHED,
    TARGETED,
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
from qa_app.workbooks.record import RECORD, plan_record, tell_state
from qa_app.workbooks.reviews import link_review, plan_details, plan_ratings, plan_reviews
from qa_app.workbooks.trend import OVERALL, draw_trend, range_percent, tabulate_trend, tell_point

_CONTENTS = (RECORD, "Skills", "Trend", "Reviews", "Review details", "Ratings", RECOMPUTE, "Methods")
_CHANGE_MARKS = (("▲", Tone.GOOD), ("▼", Tone.BAD), ("≈", Tone.QUIET))
NO_PRAISE = "Nothing stands out from the rest yet; more reviews will tell."
NO_PRACTICE = "No skill is surely below the others; more reviews will tell."
_FOR_CHARTS = 2
"""Columns at the right that only charts need."""
_TALL, _LOW = 19, 13
"""Rows of the trend chart on its own sheet and on the summary."""
_NO_RECORD = CoachingRecord()
_ALL_COLUMNS: Mapping[str, Sequence[str]] = {}


def plan_coaching(
    report: AgentReport,
    record: CoachingRecord = _NO_RECORD,
    *,
    time_zone: ZoneInfo,
    app_version: str,
    columns: Mapping[str, Sequence[str]] = _ALL_COLUMNS,
) -> Book:
    """Plan the workbook of an agent and a period; `columns` are those of the house template."""
    title = f"Coaching report: {report.agent.name}"
    period = f"{write_day(report.start)} to {write_day(report.end)}"
    who = f"{report.agent.name} · {period}"
    numbers = {line.review.id: number for number, line in enumerate(report.reviews, start=1)}
    today = report.made_at.astimezone(time_zone).date()
    sheets = (
        _plan_summary(report, record, title=title, period=period, zone=time_zone),
        plan_record(record, numbers, who=who, today=today, zone=time_zone),
        _plan_skills(report, who=who),
        _plan_trend(report, who=who),
        plan_reviews(report.reviews, who=who, zone=time_zone, chosen=columns.get("reviews", ())),
        plan_details(report.reviews, who=who, zone=time_zone),
        plan_ratings(report.reviews, who=who, zone=time_zone, chosen=columns.get("ratings", ())),
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
    return plan_recompute([(report.agent.name, line) for line in report.reviews], criteria, mean=report.score, who=who)


def _plan_summary(report: AgentReport, record: CoachingRecord, *, title: str, period: str, zone: ZoneInfo) -> Sheet:
    team = f"Team {report.team}" if report.team is not None else "No team"
    made = write_moment(report.made_at, zone)
    blocks: tuple[Block, ...] = (
        *head_sheet(title, f"{team} · {period} · made {made} ({zone.key})", home=True),
        *link_sheets(_CONTENTS),
        *warn_of_nothing(empty=not report.reviews),
        Text(f"Score {write_short(report.score, digits=1)}", Style.FIGURE),
        Text(
            f"Score against the same number of days before: {_tell_change(report.change, report.before)}.", Style.NOTE
        ),
        Text("Figures", Style.HEADING),
        *((Text(write_standing(report.standing, report.team_mean), Style.NOTE),) if report.standing else ()),
        _tabulate_figures(report),
        *_draw_trend(report, height=_LOW),
        *tell_advice("What to praise", report.praise, step="Keep doing", none=NO_PRAISE),
        *list_praised(report.reviews, link=lambda number, _: link_review(number)),
        *tell_advice("What to practise next", report.practise, step="Next step", none=NO_PRACTICE),
        *_tell_goals(report, record, report.made_at.astimezone(zone).date()),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)


def _tabulate_figures(report: AgentReport) -> Table:
    standing = report.standing
    twins = ((SMOOTHED, standing.smoothed), (ADJUSTED, standing.adjusted)) if standing else ()
    measured: list[tuple[str, Measured]] = [
        (AS_GRADED, report.score),
        *twins,
        ("Score of the period before", report.before),
        *_if_any(TARGETED, report.targeted),
        (PASSED, report.passed),
        ("Soft skills", report.soft),
        ("Hard skills", report.hard),
        *(
            line
            for family, share in report.critical.items()
            for line in _if_any(f"Free of {write_code(family)}-critical errors", share)
        ),
    ]
    rows = [(Cell(label), tell(value, over=value is report.before), *_spread(value)) for label, value in measured]
    change = (
        Cell("Change of the score, in points"),
        Cell(_tell_change(report.change, report.before)),
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


def _if_any(label: str, measured: Measured) -> tuple[tuple[str, Measured], ...]:
    """A figure of what not every agent has; where there is nothing to count, nobody misses it."""
    return ((label, measured),) if measured.n_units else ()


def _tell_change(change: Measured, before: Measured) -> str:
    if isinstance(change, Estimate):
        return write_change(change)
    return f"{NOTHING} {describe_reason(change, over=not isinstance(before, Estimate))}"


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


def _tell_goals(report: AgentReport, record: CoachingRecord, today: date) -> tuple[Block, ...]:
    """With what changed since each was set, where that is known."""
    if not record.goals:
        return tell_goals(report.goals, {line.skill: line.label for line in report.skills}, today)
    table = Table(
        columns=(
            Column("Skill", Style.STRONG, span=2),
            Column("Goal", span=4),
            Column("State", span=1),
            Column("Due", Style.DATE, span=2),
            Column("Change since, points", span=3),
        ),
        rows=tuple(_list_goal(line, today) for line in record.goals),
        marks=(Mark("State", "▲", Tone.BAD), *(Mark("Change since, points", *mark) for mark in _CHANGE_MARKS)),
    )
    return Text("Goals", Style.HEADING), table


def _list_goal(line: GoalLine, today: date) -> tuple[Cell, ...]:
    return (
        Cell(line.label, link=Link(RECORD)),
        Cell(line.goal.text),
        Cell(tell_state(line.goal, today)),
        Cell(line.goal.due_on if line.goal.due_on is not None else NOTHING),
        Cell(write_change_short(line.follow_up.change, before=line.follow_up.before)),
    )


def tell_goals(goals: Sequence[Goal], labels: Mapping[str, str], today: date) -> tuple[Block, ...]:
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
                Cell(tell_state(goal, today)),
                Cell(goal.due_on if goal.due_on is not None else NOTHING),
            )
            for goal in goals
        ),
        marks=(Mark("State", "▲", Tone.BAD),),
    )
    return heading, table


def _plan_skills(report: AgentReport, *, who: str) -> Sheet:
    if not report.skills:
        return plan_nothing("Skills", who, "No skill was rated in this period.")
    chart = Chart(
        kind=ChartKind.BARS,
        title=f"Skills of {report.agent.name}: mean with its 95% interval where there is one",
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
    table = _tabulate_skills(report)
    printed = len(table.columns) - _FOR_CHARTS
    return Sheet("Skills", (*head_sheet("Skills", who), chart, table), header="Skills", printed_columns=printed)


def _tabulate_skills(report: AgentReport) -> Table:
    smoothed = {one.skill: tell(one.smoothed) for one in report.standing.skills} if report.standing else {}
    return Table(
        columns=(
            Column("Skill", Style.STRONG, narrowest=18, widest=28),
            Column("Type", narrowest=6, widest=8),
            Column("Mean with its margin", narrowest=20, widest=26),
            Column("Mean, %", Style.ONE_DIGIT),
            Column("Low", Style.ONE_DIGIT),
            Column("High", Style.ONE_DIGIT),
            Column("n", Style.COUNT, narrowest=5),
            Column("Reviews", Style.COUNT),
            Column(SMOOTHED, narrowest=20, widest=26),
            Column("Period before", narrowest=14, widest=26),
            Column("Before, %", Style.ONE_DIGIT),
            Column("Change", narrowest=14, widest=36),
            Column("Points", Style.ONE_DIGIT),
            Column("Margin down", Style.ONE_DIGIT, narrowest=9),
            Column("Margin up", Style.ONE_DIGIT, narrowest=9),
        ),
        rows=tuple(_tell_skill(line, smoothed.get(line.skill, Cell(NOTHING))) for line in report.skills),
        name="Skills",
        marks=tuple(Mark("Change", prefix, tone) for prefix, tone in _CHANGE_MARKS),
    )


def _tell_skill(line: SkillLine, smoothed: Cell) -> tuple[Cell, ...]:
    return (
        Cell(line.label),
        Cell(line.skill_type.value if line.skill_type is not None else NOTHING),
        tell(line.mean),
        *_spread(line.mean),
        Cell(line.n_reviews),
        smoothed,
        tell(line.before, over=True),
        _show_value(line.before),
        Cell(_tell_change(line.change, line.before)),
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


def _draw_trend(report: AgentReport, *, height: int) -> tuple[Block, ...]:
    """With what must be said to it: a line within noise looks like a trend."""
    title = f"Score of {report.agent.name} over time, with its 95% interval where there is one"
    chart = draw_trend(report.trend, title=title, height=height)
    head = (Text("Score over time", Style.HEADING), Text(write_slope(report.slope), Style.NOTE)) if chart else ()
    return (*head, *chart)
