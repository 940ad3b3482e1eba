"""The programme workbook for managers. Pure: a report in, a plan out; nothing is computed here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from qa_app.estimate import Estimate, Undefined
from qa_app.packs import ProgrammeReport
from qa_app.reports import Section
from qa_app.words import write_day, write_moment, write_short
from qa_app.workbooks.parts import (
    GRID,
    head_sheet,
    link_sheets,
    plan_methods,
    plan_nothing,
    spread_estimate,
    tell,
    warn_of_nothing,
)
from qa_app.workbooks.plan import Block, Book, Cell, Column, Facts, Sheet, Style, Table, Text
from qa_app.workbooks.sections import plan_section, plan_sections
from qa_app.workbooks.standings import plan_drawn
from qa_app.workbooks.trend import OVERALL, draw_trend, range_percent, tabulate_trend, tell_point

_TREND = "Trend"
_TALL, _LOW = 18, 13
"""Rows of the trend's chart on its own sheet and on the summary."""
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "Calibration and sampling": ("calibrations", "sampling"),
    "Disputes": ("outcomes", "second_grades", "reviewers", "criteria"),
}
"""Sheets of several sections, by their keys from top to bottom: the longest last."""
_CHART = "Score of random reviews over time, with its 95% interval where there is one"


def plan_programme(report: ProgrammeReport, *, time_zone: ZoneInfo, app_version: str) -> Book:
    """Plan the workbook of all teams and a period."""
    period = f"{write_day(report.start)} to {write_day(report.end)}"
    sheets = (
        _plan_trend(report, period),
        *_plan_sections(report.sections, period),
    )
    sheets = (_plan_summary(report, [sheet.title for sheet in sheets], period=period, zone=time_zone), *sheets)
    methods = plan_methods(report.methods, made_at=report.made_at, zone=time_zone, app_version=app_version)
    return Book(report.title, period, report.made_at.astimezone(time_zone), (*sheets, methods))


def _plan_summary(report: ProgrammeReport, titles: Sequence[str], *, period: str, zone: ZoneInfo) -> Sheet:
    made = write_moment(report.made_at, zone)
    headline = report.figures[0]
    blocks: tuple[Block, ...] = (
        *head_sheet(report.title, f"{period} · made {made} ({zone.key})", home=True),
        *link_sheets([*titles, "Methods"]),
        *warn_of_nothing(empty=report.empty),
        Text(f"Score {write_short(headline.value, digits=1)}", Style.FIGURE),
        Text(report.trend_note, Style.NOTE),
        Text("What to do next", Style.HEADING),
        *_list_steps(report),
        Text("How much is reviewed", Style.HEADING),
        Facts(tuple((label, Cell(words)) for label, words in report.counts), spans=(4, 8)),
        Text("Figures", Style.HEADING),
        _tabulate_figures(report),
        *draw_trend(report.trend, title=_CHART, height=_LOW),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)


def _list_steps(report: ProgrammeReport) -> tuple[Block, ...]:
    if not report.steps:
        return (Text("Nothing stands out: no interval lies clear of its mark, and nothing is missing.", Style.NOTE),)
    table = Table(
        columns=(Column("Step", Style.STRONG, span=5), Column("Why", span=7)),
        rows=tuple((Cell(step.what), Cell(step.why)) for step in report.steps),
    )
    return (table,)


def _tabulate_figures(report: ProgrammeReport) -> Table:
    return Table(
        columns=(
            Column("Figure, in percent", Style.STRONG, span=4),
            Column("With its margin", span=4),
            Column("Value", Style.ONE_DIGIT),
            Column("Low", Style.ONE_DIGIT),
            Column("High", Style.ONE_DIGIT),
            Column("n", Style.COUNT),
        ),
        rows=tuple(
            (
                Cell(figure.label),
                tell(figure.value),
                *spread_estimate(figure.value, Style.ONE_DIGIT),
                Cell(figure.value.n_units),
            )
            for figure in report.figures
            if figure.value.n_units
        ),
    )


def _plan_trend(report: ProgrammeReport, who: str) -> Sheet:
    if not report.trend:
        return plan_nothing(_TREND, who, "The period has no stretches to compare.")
    table = tabulate_trend([tell_point(OVERALL, point) for point in report.trend])
    chart = draw_trend(report.trend, title=_CHART, height=_TALL)
    blocks = (*head_sheet(_TREND, who), Text(report.trend_note, Style.NOTE), *chart, table)
    return Sheet(_TREND, blocks, header=_TREND)


def _plan_sections(sections: Sequence[Section], who: str) -> Iterator[Sheet]:
    """A sheet for each section, but for the short ones that are read together."""
    gathered: set[str] = set()
    for section in sections:
        title = next((title for title, keys in _TOGETHER.items() if section.key in keys), "")
        if not title:
            yield _plan_section(section, who)
        elif title not in gathered:
            gathered.add(title)
            found = [one for key in _TOGETHER[title] for one in sections if one.key == key]
            yield plan_sections(title, who, found)


def _plan_section(section: Section, who: str) -> Sheet:
    """The teams with a chart, all else as a table; a title that is long for a sheet goes on in the note."""
    if section.key != "teams":
        title, _, rest = section.title.partition(", ")
        note = f"{rest}. {section.note}" if rest else section.note
        return plan_section(replace(section, title=title, note=note), who)
    scores = [value for row in section.rows for value in row[4:5] if isinstance(value, Estimate | Undefined)]
    return plan_drawn(
        section,
        who,
        "score",
        title="Score of each team with its 95% interval where there is one",
        value_title="Score in percent",
        value_range=range_percent(scores),
    )
