"""The sheets of a calibration workbook that are about reviewers: severity with its chart, and the heat map. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from qa_app.estimate import Estimate, Undefined
from qa_app.reports import FieldValue, Section
from qa_app.workbooks.parts import GRID, plan_nothing, plan_table, spread_margins
from qa_app.workbooks.plan import Block, Cell, Chart, ChartKind, Column, Shade, Sheet, Style, Table, Text
from qa_app.workbooks.sections import count_printed, lay_section, name_told, write_value

_SAID = {"fixes": ("name", "problem", "numbers", "step"), "verdicts": ("different_verdicts", "apart")}
"""Fields of the sections that stand on the first sheet; each has as much room."""


def plan_reviewers(section: Section, who: str) -> Sheet:
    """Each reviewer with all figures as numbers, and a chart of severity with its interval."""
    places = [field.key for field in section.fields]
    severities = [row[places.index("severity")] for row in section.rows] if section.rows else []
    ends = [
        abs(end) for one in severities if isinstance(one, Estimate) for end in (one.low, one.high, one.value) if end
    ]
    reach = float(int(max(ends, default=0.0)) + 1)
    return plan_drawn(
        section,
        who,
        "severity",
        title="Severity with its 95% interval: to the right, lower grades for the same work",
        value_title="Logits; 0 is the mean of the reviewers",
        value_range=(-reach, reach),
    )


def plan_drawn(
    section: Section, who: str, key: str, *, title: str, value_title: str, value_range: tuple[float, float | None]
) -> Sheet:
    """A section with all figures as numbers, and below it a chart of one of its estimates with the interval."""
    if not section.rows:
        return plan_nothing(section.title, who, section.none)
    place = [field.key for field in section.fields].index(key)
    header = section.fields[place].header
    table = lay_section(section)
    margins = tuple(Column(f"{header.partition(',')[0]}, margin {way}", Style.TWO_DIGITS) for way in ("down", "up"))
    rows = tuple((*cells, *_spread_margins(row[place])) for cells, row in zip(table.rows, section.rows, strict=True))
    whole = Table((*table.columns, *margins), rows, name=table.name)
    sheet = plan_table(
        section.title,
        who,
        whole,
        none=section.none,
        note=section.note,
        frozen_columns=1,
        printed_columns=count_printed(section),
    )
    if not any(isinstance(row[place], Estimate) for row in section.rows):
        return sheet
    chart = Chart(
        kind=ChartKind.BARS,
        title=title,
        table=table.name,
        rows=range(len(section.rows)),
        label=section.fields[0].header,
        value=header,
        below=margins[0].header,
        above=margins[1].header,
        label_title=section.fields[0].header,
        value_title=value_title,
        value_range=value_range,
        height=max(12, 6 + 2 * len(section.rows)),
    )
    return replace(sheet, blocks=(*sheet.blocks, chart))


def _spread_margins(value: FieldValue) -> tuple[Cell, Cell]:
    if isinstance(value, Estimate | Undefined):
        return spread_margins(value, Style.TWO_DIGITS)
    return Cell(None), Cell(None)


def plan_heat(section: Section, who: str) -> Sheet:
    """Criteria by reviewers: the share of the others with the same answer; the lower, the stronger the colour."""
    found = {(str(criterion), str(reviewer)): value for criterion, reviewer, value in section.rows}
    criteria, reviewers = (tuple(dict.fromkeys(key[side] for key in found)) for side in (0, 1))
    columns = (
        Column("Criterion", Style.STRONG, narrowest=18, widest=40),
        *(Column(name, Style.ONE_DIGIT, narrowest=10, widest=18) for name in reviewers),
        *(Column(name_told(name), narrowest=16, widest=24) for name in reviewers),
    )
    rows = tuple(
        (
            Cell(criterion),
            *(Cell(_number(found.get((criterion, name)))) for name in reviewers),
            *(Cell(write_value(found.get((criterion, name)), 1)) for name in reviewers),
        )
        for criterion in criteria
    )
    shades = tuple(Shade(name, low=0, high=100, strong="low") for name in reviewers)
    name = section.key.title().replace("_", "")
    table = Table(columns, rows, name=name, shades=shades)
    return plan_table(section.title, who, table, none=section.none, note=section.note, frozen_columns=1)


def tell_short(section: Section) -> Iterator[Block]:
    """A section in words for the first sheet: the columns that people read."""
    yield Text(section.title, Style.HEADING)
    if section.note:
        yield Text(section.note, Style.NOTE)
    wanted = _SAID[section.key.removeprefix("pooled_")]
    places = [place for place, field in enumerate(section.fields) if field.key in wanted]
    if section.rows:
        columns = tuple(
            Column(section.fields[place].header, Style.TEXT, span=len(GRID) // len(places)) for place in places
        )
        yield Table(
            columns,
            tuple(
                tuple(Cell(write_value(row[place], section.fields[place].digits)) for place in places)
                for row in section.rows
            ),
        )


def _number(value: FieldValue) -> float | None:
    return value.value if isinstance(value, Estimate) else None
