"""The calibration workbook: how far reviewers agreed, where they differed, and every rating to check it by.

Pure: a report of a revealed session in, a plan out. Every figure is the report's own; nothing is computed here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from qa_app.estimate import Measured, Undefined
from qa_app.reports import CalibrationReport, CriterionAgreement, Section
from qa_app.words import NOTHING, write_code, write_moment, write_undefined
from qa_app.workbooks.answers import Names, plan_findings, plan_ratings, plan_scores, plan_side_by_side
from qa_app.workbooks.course import plan_course
from qa_app.workbooks.parts import (
    GRID,
    head_sheet,
    link_sheets,
    plan_methods,
    plan_table,
    spread_estimate,
    spread_margins,
    tell,
)
from qa_app.workbooks.plan import (
    Block,
    Book,
    Cell,
    Chart,
    ChartKind,
    Column,
    Facts,
    Sheet,
    Style,
    Table,
    Text,
)
from qa_app.workbooks.sections import plan_section, tell_section
from qa_app.workbooks.standings import plan_heat, plan_reviewers, tell_short

_PLAIN = "plain"
_ON_SUMMARY = frozenset({_PLAIN, "fixes", "verdicts", "pooled_fixes", "pooled_verdicts"})
"""Sections that are told in words on the first sheet."""
_GRADE = "How it was graded"
_APPLIED = "Whether it applied"
_ALPHA = "Krippendorff’s alpha"
_HEALTH = "health"
"""Key of the section that says what stands out."""
_FOR_CHARTS = 2
"""Columns at the right that only charts need."""
_NO_AGREEMENT = "No criterion has ratings to compare."


def plan_calibration(
    report: CalibrationReport,
    *,
    time_zone: ZoneInfo,
    app_version: str,
    course: Sequence[Section] = (),
    health: Sequence[Section] = (),
) -> Book:
    """Plan the workbook of a revealed calibration session.

    `course`: the sessions up to this one; `health`: of the scorecard's criteria. Each is a sheet where it is given.
    """
    title = f"Calibration: {report.session.name}"
    who = f"{report.session.name} · {_name_scorecard(report)}"
    names = Names.of(report)
    details = [section for section in report.sections if section.key not in {*_ON_SUMMARY, "agreement"}]
    sheets = (
        _plan_agreement(report, who=who),
        *(_plan_detail(section, who) for section in details),
        *(plan_course(course, who) if course else ()),
        *(plan_section(replace(section, title=_name_health(section)), who) for section in health),
        plan_side_by_side(report, names, who=who),
        plan_scores(report, who=who),
        plan_findings(report, who=who, zone=time_zone),
        plan_ratings(report, names, who=who),
    )
    titles = [*(sheet.title for sheet in sheets), "Methods"]
    sheets = (_plan_summary(report, titles, title=title, zone=time_zone), *sheets)
    methods = plan_methods(report.methods, made_at=report.made_at, zone=time_zone, app_version=app_version)
    return Book(title, _name_scorecard(report), report.made_at.astimezone(time_zone), (*sheets, methods))


def _name_scorecard(report: CalibrationReport) -> str:
    return f"{report.version.scorecard.label}, version {report.version.number}"


def _name_health(section: Section) -> str:
    """The title of its sheet: among those of a session, `Criteria` alone would be about the session."""
    return "Health" if section.key == _HEALTH else f"Health, {section.title.lower()}"


def _plan_detail(section: Section, who: str) -> Sheet:
    """A section as a sheet: the heat map as a grid, severities with the whiskers of a chart, all others as they are."""
    match section.key.removeprefix("pooled_"):
        case "heat":
            return plan_heat(section, who)
        case "reviewers":
            return plan_reviewers(section, who)
        case _:
            return plan_section(section, who)


def _plan_summary(report: CalibrationReport, titles: Sequence[str], *, title: str, zone: ZoneInfo) -> Sheet:
    made = write_moment(report.made_at, zone)
    blocks: tuple[Block, ...] = (
        *head_sheet(title, f"{_name_scorecard(report)} · made {made} ({zone.key})", home=True),
        *link_sheets(titles),
        Facts(_tell_session(report, zone), spans=(2, 4, 2, 4)),
        *(block for section in report.sections if section.key in _ON_SUMMARY for block in _tell_home(section)),
        *_tell_grades(report.agreement),
        *_draw_alpha(report.agreement),
        *_tell_applicability(report.agreement),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)


def _tell_home(section: Section) -> Iterable[Block]:
    return tell_section(section) if section.key == _PLAIN else tell_short(section)


def _tell_session(report: CalibrationReport, zone: ZoneInfo) -> tuple[tuple[str, Cell], ...]:
    session = report.session
    revealed = NOTHING if session.revealed_at is None else write_moment(session.revealed_at, zone)
    return (
        ("Facilitator", Cell(report.facilitator.name)),
        ("State", Cell(write_code(session.state.value))),
        ("Tickets", Cell(len(report.tickets), Style.FACT_COUNT)),
        ("Revealed", Cell(revealed)),
        ("Reviewers", Cell(len(report.reviewers), Style.FACT_COUNT)),
        ("Seed of the intervals", Cell(session.seed, Style.FACT_COUNT)),
        ("Reviews expected", Cell(report.expected, Style.FACT_COUNT)),
        ("Who graded", Cell(", ".join(person.name for person in report.reviewers))),
        ("Blind reviews in", Cell(report.submitted, Style.FACT_COUNT)),
        ("Was at the meeting", Cell(_name_present(report, there=True))),
        ("Criteria", Cell(len(report.agreement), Style.FACT_COUNT)),
        ("Was absent", Cell(_name_present(report, there=False))),
    )


def _name_present(report: CalibrationReport, *, there: bool) -> str:
    """Only of whom it was noted."""
    return ", ".join(person.name for person, noted in report.attended if noted is there) or NOTHING


def _tell_grades(agreement: tuple[CriterionAgreement, ...]) -> tuple[Block, ...]:
    heading = Text(_GRADE, Style.HEADING)
    if not agreement:
        return heading, Text(_NO_AGREEMENT, Style.NOTE)
    note = Text(
        "Each figure with its 95% interval and n, tickets × reviewers. Answers “not applicable” are left out here; "
        "the table below is about them. 1 is complete agreement, 0 is what chance alone would give.",
        Style.NOTE,
    )
    table = Table(
        columns=(
            Column("Criterion", Style.STRONG, span=3),
            Column("Level", span=1),
            Column("Same answer, %", span=2),
            Column("Within one level, %", span=2),
            Column("Kappa", span=2),
            Column(_ALPHA, span=2),
        ),
        rows=tuple(
            (
                Cell(line.label),
                Cell(line.level),
                _tell(line.percent, digits=1),
                Cell(NOTHING) if line.within_one is None else _tell(line.within_one, digits=1),
                _tell(line.kappa, digits=2),
                _tell(line.alpha, digits=2),
            )
            for line in agreement
        ),
    )
    return heading, note, table


def _tell_applicability(agreement: tuple[CriterionAgreement, ...]) -> tuple[Block, ...]:
    heading = Text(_APPLIED, Style.HEADING)
    if not agreement:
        return heading, Text(_NO_AGREEMENT, Style.NOTE)
    table = Table(
        columns=(
            Column("Criterion", Style.STRONG, span=3),
            Column("Same view, %", span=2),
            Column(_ALPHA, span=3),
            Column("Answered", Style.COUNT),
            Column("Not applicable", Style.COUNT, span=2),
            Column("Missing", Style.COUNT),
        ),
        rows=tuple(
            (
                Cell(line.label),
                _tell(line.applicable_percent, digits=1),
                _tell(line.applicable_alpha, digits=2),
                Cell(line.chosen),
                Cell(line.not_applicable),
                Cell(line.missing),
            )
            for line in agreement
        ),
    )
    return heading, table


def _tell(measured: Measured, *, digits: int) -> Cell:
    return tell(measured, digits=digits, count=f"n = {measured.n_units} × {measured.n_raters}")


def _draw_alpha(agreement: tuple[CriterionAgreement, ...]) -> tuple[Block, ...]:
    if not agreement:
        return ()
    chart = Chart(
        kind=ChartKind.BARS,
        title=f"{_ALPHA} by criterion, with its 95% interval where there is one",
        table="Agreement",
        rows=range(len(agreement)),
        label="Criterion",
        value="Value",
        below="Margin down",
        above="Margin up",
        label_title="Criterion",
        value_title="Alpha: 1 is complete agreement, 0 is chance",
        value_range=(-1, 1),
        height=max(12, 6 + 3 * len(agreement) // 2),
    )
    return (chart,)


def _plan_agreement(report: CalibrationReport, *, who: str) -> Sheet:
    table = Table(
        columns=(
            Column("Question", narrowest=14, widest=22),
            Column("Measure", narrowest=16, widest=24),
            Column("Section", narrowest=11, widest=18),
            Column("Criterion", Style.STRONG, narrowest=18, widest=44),
            Column("Level", narrowest=8),
            Column("Value", Style.TWO_DIGITS),
            Column("Low", Style.TWO_DIGITS),
            Column("High", Style.TWO_DIGITS),
            Column("Tickets", Style.COUNT),
            Column("Reviewers", Style.COUNT),
            Column("Ratings", Style.COUNT),
            Column("Method, or why there is no number", narrowest=30, widest=48),
            Column("Margin down", Style.TWO_DIGITS),
            Column("Margin up", Style.TWO_DIGITS),
        ),
        rows=tuple(_list_agreement(report.agreement)),
        name="Agreement",
    )
    return plan_table("Agreement", who, table, none=_NO_AGREEMENT, printed_columns=len(table.columns) - _FOR_CHARTS)


def _list_agreement(agreement: tuple[CriterionAgreement, ...]) -> Iterable[tuple[Cell, ...]]:
    """One coefficient to a row, one measure after the other; the first rows, all of alpha, are those of the chart."""
    for line in agreement:
        yield _list_measured(line, _GRADE, _ALPHA, line.alpha)
    for line in agreement:
        yield _list_measured(line, _GRADE, "Kappa", line.kappa)
    for line in agreement:
        yield _list_measured(line, _GRADE, "Same answer, %", line.percent)
    for line in agreement:
        if line.within_one is not None:
            yield _list_measured(line, _GRADE, "Within one level, %", line.within_one)
    for line in agreement:
        yield _list_measured(line, _APPLIED, _ALPHA, line.applicable_alpha)
    for line in agreement:
        yield _list_measured(line, _APPLIED, "Same view, %", line.applicable_percent)


def _list_measured(line: CriterionAgreement, question: str, measure: str, measured: Measured) -> tuple[Cell, ...]:
    style = Style.ONE_DIGIT if measure.endswith("%") else Style.TWO_DIGITS
    return (
        Cell(question),
        Cell(measure),
        Cell(line.section),
        Cell(line.label),
        Cell(line.level if question == _GRADE else NOTHING),
        *spread_estimate(measured, style),
        Cell(measured.n_units),
        Cell(measured.n_raters),
        Cell(measured.n_values),
        Cell(write_undefined(measured) if isinstance(measured, Undefined) else measured.method),
        *spread_margins(measured, style),
    )
