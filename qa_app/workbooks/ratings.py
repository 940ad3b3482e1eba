"""The workbook of a file of ratings: a sheet to read first, then one table of each section, and the methods.

Pure: a report in, a plan out. Nothing is computed here. An estimate becomes four columns: value, low, high, and the
same in words, which also say why there is no number.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Field, FieldValue, Kind, RatingsReport, Section
from qa_app.words import NOTHING, write_limits, write_moment, write_number, write_undefined
from qa_app.workbooks.parts import GRID, head_sheet, plan_methods, plan_table
from qa_app.workbooks.plan import Block, Book, Cell, Column, Link, Row, Sheet, Style, Table, Text

_HOME = ("read_first", "warnings")
_LINKS = 4
"""Links side by side."""


def plan_ratings_report(report: RatingsReport, *, time_zone: ZoneInfo, app_version: str) -> Book:
    """Plan the workbook."""
    details = [section for section in report.sections if section.key not in _HOME]
    sheets = (_plan_summary(report, details, time_zone), *(_plan_section(section, report.title) for section in details))
    methods = plan_methods(report.methods, sheets, made_at=report.made_at, zone=time_zone, app_version=app_version)
    return Book(report.title, "Agreement of raters", report.made_at.astimezone(time_zone), (*sheets, methods))


def _plan_summary(report: RatingsReport, details: list[Section], zone: ZoneInfo) -> Sheet:
    made = f"made {write_moment(report.made_at, zone)} ({zone.key})"
    titles = [*(section.title for section in details), "Methods"]
    links = [
        Row(tuple(Cell(title, link=Link(title)) for title in titles[start : start + _LINKS]), span=len(GRID) // _LINKS)
        for start in range(0, len(titles), _LINKS)
    ]
    home = [section for section in report.sections if section.key in _HOME]
    blocks: tuple[Block, ...] = (
        *head_sheet(report.title, made, home=True),
        *links,
        *(block for section in home for block in _tell(section)),
    )
    return Sheet("Summary", blocks, grid=GRID, landscape=False)


def _tell(section: Section) -> Iterator[Block]:
    """A section in words, on the first sheet."""
    yield Text(section.title, Style.HEADING)
    if section.note:
        yield Text(section.note, Style.NOTE)
    if not section.rows:
        yield Text(section.none, Style.NOTE)
        return
    spans = _share_grid(len(section.fields))
    columns = tuple(
        Column(field.header, Style.STRONG if place == 0 else Style.TEXT, span=span)
        for place, (field, span) in enumerate(zip(section.fields, spans, strict=True))
    )
    yield Table(columns=columns, rows=tuple(tuple(Cell(_write(value)) for value in row) for row in section.rows))


def _share_grid(n_fields: int) -> list[int]:
    """Columns of the sheet for each field; the last one, a sentence, has what the others leave."""
    return [2] * (n_fields - 1) + [len(GRID) - 2 * (n_fields - 1)]


def _plan_section(section: Section, who: str) -> Sheet:
    spread = [field.kind is Kind.MEASURED for field in section.fields]
    columns = tuple(
        column
        for field, several in zip(section.fields, spread, strict=True)
        for column in (_spread_columns(field) if several else (_plan_column(field),))
    )
    rows = tuple(
        tuple(cell for value, several in zip(row, spread, strict=True) for cell in _list_cells(value, several=several))
        for row in section.rows
    )
    table = Table(columns, rows, name=section.key.title().replace("_", ""))
    return plan_table(section.title, who, table, none=section.none, note=section.note)


def _plan_column(field: Field) -> Column:
    match field.kind:
        case Kind.COUNT:
            return Column(field.header, Style.COUNT)
        case Kind.NUMBER:
            return Column(field.header, Style.TWO_DIGITS)
        case Kind.CHANGE | Kind.P:
            return Column(field.header, Style.THREE_DIGITS)
        case _:
            return Column(field.header, narrowest=12, widest=44)


def _spread_columns(field: Field) -> tuple[Column, ...]:
    numbers = tuple(Column(f"{field.header}{end}", Style.TWO_DIGITS) for end in ("", ", low", ", high"))
    return (*numbers, Column(f"{field.header}, in words", narrowest=18, widest=36))


def _list_cells(value: FieldValue, *, several: bool) -> Iterator[Cell]:
    if several:
        yield from _spread(value)
    elif isinstance(value, Estimate | Undefined):
        yield Cell(_write(value))
    else:
        yield Cell(value)


def _spread(value: FieldValue) -> tuple[Cell, ...]:
    if not isinstance(value, Estimate):
        return (Cell(None), Cell(None), Cell(None), Cell(_write(value)))
    interval = value.shown
    return (Cell(value.value), Cell(interval.low), Cell(interval.high), Cell(_write(value)))


def _write(value: FieldValue) -> str:
    match value:
        case None:
            return NOTHING
        case Undefined():
            return write_undefined(value)
        case Estimate():
            return write_limits(value)
        case float():
            return write_number(value, 2)
        case _:
            return str(value)
