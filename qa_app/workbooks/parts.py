"""Pieces of a plan that both workbooks share: heads of sheets, columns of an estimate, the methods sheet. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from qa_app.estimate import Estimate, Measured, Undefined
from qa_app.reports import Method
from qa_app.words import NOTHING_IN_PERIOD, write_measured, write_moment, write_short
from qa_app.workbooks.plan import Block, Cell, Column, Cut, Later, Link, Row, Sheet, Style, Table, Text

GRID = (10.0,) * 12
"""Columns of a reading sheet, which prints upright."""

AS_GRADED = "Score as graded, random reviews"
SMOOTHED, ADJUSTED = "Smoothed towards the team", "Adjusted for who graded"
TARGETED, PASSED = "Targeted reviews, apart", "Passed reviews"
"""The same words for the same figures in every workbook."""

_READING = (
    Method(
        "How to read: 82.4 ± 4.1 (n = 17)",
        "The estimate, its margin and the number of units it rests on. The margin is half the width of the 95% "
        "interval. Where the interval is not even around the estimate, its two ends stand in the brackets instead.",
    ),
    Method(
        "How to read: no number",
        "“—” with words, or “not defined”, says why there is no estimate. “Not applicable” is an answer of the "
        "reviewer. “—” alone means that nothing was given. None of them is 0. A number column that feeds a chart or "
        "that is meant for further computing holds numbers or nothing; the words stand in the column beside it.",
    ),
    Method(
        "Numbers and texts",
        "Numbers are values, not formulas, with up to 16 digits; cells show them rounded half up. The one exception is "
        "the sheet Recompute, where there is one. Texts are written as text whatever they start with; characters "
        "that a workbook cannot hold are replaced by “\ufffd”.",
    ),
)


def head_sheet(title: str, subtitle: str, *, home: bool = False) -> tuple[Block, ...]:
    """Title and subtitle; on all sheets but the first a way back."""
    back = () if home else (Text("← Back to the summary", Style.BACK, link=Link("Summary")),)
    return (Text(title, Style.TITLE), Text(subtitle, Style.SUBTITLE), *back)


def warn_of_nothing(*, empty: bool) -> tuple[Block, ...]:
    """A word where no review lies in the period; before all figures, which have no value then."""
    return (Text(NOTHING_IN_PERIOD, Style.STRONG),) if empty else ()


def plan_table(
    title: str,
    subtitle: str,
    table: Table,
    *,
    none: str,
    note: str = "",
    frozen_columns: int = 0,
    printed_columns: int | None = None,
) -> Sheet:
    """A sheet of one table, whose header stays in sight; where the table is empty it says so."""
    if not table.rows:  # rows that come later are taken to come
        return plan_nothing(title, subtitle, none)
    notes = (Text(note, Style.NOTE),) if note else ()
    blocks = (*head_sheet(title, subtitle), *notes, table)
    return Sheet(
        title,
        blocks,
        header=table.name,
        freeze=True,
        frozen_columns=frozen_columns,
        printed_columns=printed_columns,
    )


def plan_nothing(title: str, subtitle: str, why: str) -> Sheet:
    """A sheet that has nothing to show and says why."""
    return Sheet(title, (*head_sheet(title, subtitle), Text(why, Style.NOTE)), grid=GRID, landscape=False)


_MOST_LINKS, _LINKS = 6, 4
"""Links that fit side by side, and how many stand so where there are more."""


def link_sheets(titles: Sequence[str]) -> tuple[Row, ...]:
    """Links to the other sheets, side by side, in as many rows as it takes."""
    each = len(titles) if len(titles) <= _MOST_LINKS else _LINKS
    return tuple(
        Row(tuple(Cell(title, link=Link(title)) for title in titles[start : start + each]), span=len(GRID) // each)
        for start in range(0, len(titles), each)
    )


def spread_estimate(measured: Measured, style: Style) -> tuple[Cell, Cell, Cell]:
    """Value, low and high as number cells; empty where there is no number."""
    if isinstance(measured, Estimate):
        return Cell(measured.value, style), Cell(measured.low, style), Cell(measured.high, style)
    return Cell(None, style), Cell(None, style), Cell(None, style)


def spread_margins(measured: Measured, style: Style) -> tuple[Cell, Cell]:
    """How far the interval goes down and up from the value: the whiskers of a chart."""
    if isinstance(measured, Estimate) and measured.low is not None and measured.high is not None:
        return Cell(measured.value - measured.low, style), Cell(measured.high - measured.value, style)
    return Cell(None, style), Cell(None, style)


def tell(measured: Measured, *, digits: int = 1, count: str | None = None, over: bool = False) -> Cell:
    """The estimate in words, or in two or three words why there is none; `over`: of a time that is past."""
    if isinstance(measured, Undefined):
        return Cell(write_short(measured, digits=digits, over=over))
    return Cell(write_measured(measured, digits=digits, count=count))


def plan_methods(methods: Sequence[Method], *, made_at: datetime, zone: ZoneInfo, app_version: str) -> Later:
    """The last sheet: how everything before it came about, and what of it had to be cut."""
    made = (
        Method("This workbook", f"{write_moment(made_at, zone)} by Plumbline {app_version}"),
        Method("Time zone", f"Dates and times are those of {zone.key}, unless a text names another zone."),
    )
    return Later("Methods", lambda cuts: _tabulate_methods((*methods, *_READING, *made, _tell_cuts(cuts))))


def _tell_cuts(cuts: Sequence[Cut]) -> Method:
    told = "\n".join(
        f"{cut.sheet}, cell {cut.address}: {cut.length:,} characters in all. The application has the whole text."
        for cut in cuts
    )
    return Method("Texts cut", told or "None: every text is here in full.")


def _tabulate_methods(lines: Sequence[Method]) -> Sheet:
    table = Table(
        columns=(Column("Topic", Style.STRONG, narrowest=32, widest=32), Column("Text", narrowest=88, widest=88)),
        rows=tuple((Cell(line.topic), Cell(line.text)) for line in lines),
        name="Methods",
    )
    head = head_sheet("Methods", "Where every figure of this workbook comes from.")
    return Sheet("Methods", (*head, table), header="Methods", freeze=True, landscape=False)
