"""The sheet of a calibration workbook that follows the sessions up to this one. Pure: sections in, a sheet out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_app.estimate import Estimate
from qa_app.reports import Section
from qa_app.workbooks.parts import head_sheet
from qa_app.workbooks.plan import Block, Cell, Chart, ChartKind, Column, Sheet, Style, Table
from qa_app.workbooks.sections import head_table, lay_section, spread_value

OVER_TIME = "Over time"
_FOLLOWED = ("severity", "agreement", "distance")
_NUMBERS = (
    Column("Value", Style.TWO_DIGITS),
    Column("Low", Style.TWO_DIGITS),
    Column("High", Style.TWO_DIGITS),
    Column("In words", narrowest=18, widest=30),
)


def plan_course(sections: Sequence[Section], who: str) -> Sheet:
    """Every session with the distance of its answers and a chart, what changed, and each reviewer and criterion."""
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
        *head_table("Session by session", replace(followed[0], note=units), _list_points(followed)),
    )
    return Sheet(OVER_TIME, blocks)


def _draw_sessions(section: Section) -> Iterator[Chart]:
    found = [row[-1] for row in section.rows if isinstance(row[-1], Estimate)]
    if not found:
        return
    value, highest = section.fields[-1].header, max(one.value if one.high is None else one.high for one in found)
    yield Chart(
        kind=ChartKind.LINES,
        title="How far two answers lie apart, session by session, with the 95 % interval",
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
        (Cell(section.title), Cell(str(row[0])), Cell(field.header), *spread_value(value))
        for section in followed
        for row in section.rows
        for field, value in zip(section.fields[1:-2], row[1:-2], strict=True)
    )
    return Table(columns, rows, name="Course")
