"""The sheets of a calibration workbook that follow the sessions up to this one. Pure: sections in, sheets out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_app.estimate import Estimate
from qa_app.reports import Section
from qa_app.workbooks.parts import head_sheet, plan_table
from qa_app.workbooks.plan import Block, Cell, Chart, ChartKind, Column, Sheet, Style, Table
from qa_app.workbooks.sections import head_table, lay_section, spread_value, write_value

OVER_TIME = "Over time"
_FOLLOWED = ("severity", "agreement", "distance")
BY_SESSION = "Session by session"
_NUMBERS = (
    Column("With interval", narrowest=18, widest=36),
    Column("Value", Style.ONE_DIGIT),
    Column("Low", Style.ONE_DIGIT),
    Column("High", Style.ONE_DIGIT),
)


def plan_course(sections: Sequence[Section], who: str) -> tuple[Sheet, Sheet]:
    """Every session with the distance of its answers, a chart and what changed; and each reviewer and criterion."""
    by_key = {section.key: section for section in sections}
    sessions, meetings = by_key["sessions"], by_key["meetings"]
    followed = [by_key[key] for key in _FOLLOWED]
    units = " ".join(f"{section.title}: {section.note.partition('. ')[0]}." for section in followed)
    blocks: tuple[Block, ...] = (
        *head_sheet(OVER_TIME, who),
        *head_table(sessions.title, sessions, lay_section(sessions)),
        *_draw_sessions(sessions),
        *head_table(meetings.title, meetings, lay_section(meetings)),
        *head_table("Late against early", replace(followed[0], note=followed[0].none), _list_changes(followed)),
    )
    points = plan_table(BY_SESSION, who, _list_points(followed), none=followed[0].none, note=units, frozen_columns=2)
    return Sheet(OVER_TIME, blocks), points


def _draw_sessions(section: Section) -> Iterator[Chart]:
    found = [row[-1] for row in section.rows if isinstance(row[-1], Estimate)]
    if not found:
        return
    value, highest = section.fields[-1].header, max(one.value if one.high is None else one.high for one in found)
    yield Chart(
        kind=ChartKind.LINES,
        title="How far two answers lie apart, session by session, with the 95% interval",
        table=lay_section(section).name,
        rows=range(len(section.rows)),
        label=section.fields[0].header,
        value=value,
        below=f"{value}, low",
        above=f"{value}, high",
        label_title="Session",
        value_title="% of guessing; 0 is the same answer",
        value_range=(0, 20.0 * (1 + highest // 20)),
        height=16,
    )


def _list_changes(followed: Sequence[Section]) -> Table:
    """The last fields of each section but one: the change, and whether it is an alert."""
    columns = (Column("What"), Column("Name", Style.STRONG), *_NUMBERS, Column("Alert"))
    rows = tuple(
        (
            Cell(section.title),
            Cell(str(row[0])),
            Cell(write_value(row[-2], 1)),
            *spread_value(row[-2]),
            Cell("▲ changed" if row[-1] else None),
        )
        for section in followed
        for row in section.rows
        if row[-2] is not None
    )
    return Table(columns, rows, name="Changes")


def _list_points(followed: Sequence[Section]) -> Table:
    """Each name in each session, in long form; where there is no number the words say why."""
    columns = (Column("What"), Column("Name", Style.STRONG), Column("Session"), *_NUMBERS)
    rows = tuple(
        (Cell(section.title), Cell(str(row[0])), Cell(field.header), Cell(write_value(value, 1)), *spread_value(value))
        for section in followed
        for row in section.rows
        for field, value in zip(section.fields[1:-2], row[1:-2], strict=True)
    )
    return Table(columns, rows, name="Course")
