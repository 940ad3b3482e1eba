"""Sections of a report as tables: in words on a reading sheet, or with every number in a cell of its own.

Pure. An estimate becomes four columns: value, low, high, and the same in words, which also say why there is no number.
"""

from collections.abc import Iterable, Iterator

from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Field, FieldValue, Kind, Section
from qa_app.words import NOTHING, write_limits, write_number, write_undefined
from qa_app.workbooks.parts import GRID, head_sheet, plan_table
from qa_app.workbooks.plan import Block, Cell, Column, Sheet, Style, Table, Text


def tell_section(section: Section) -> Iterator[Block]:
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


def plan_section(section: Section, who: str) -> Sheet:
    """A section as a sheet of its own."""
    table, printed = lay_to_print(section)
    return plan_table(section.title, who, table, none=section.none, note=section.note, printed_columns=printed)


def plan_sections(title: str, who: str, sections: Iterable[Section]) -> Sheet:
    """Several sections as one sheet, one below the other."""
    blocks = (block for section in sections for block in head_table(section.title, section, lay_section(section)))
    return Sheet(title, (*head_sheet(title, who), *blocks))


def head_table(title: str, section: Section, table: Table) -> tuple[Block, ...]:
    """A table with its heading and the section's note, or why there is none."""
    heading = Text(title, Style.HEADING), Text(section.note if table.rows else section.none, Style.NOTE)
    return (*heading, table) if table.rows else heading


def lay_section(section: Section) -> Table:
    """The table of a section."""
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
    return Table(columns, rows, name=section.key.title().replace("_", ""))


_MOST_PRINTED = 16
"""Columns that are still legible on one page."""


def lay_to_print(section: Section) -> tuple[Table, int | None]:
    """The table of a section, and how many columns to print; None: all.

    Of a table that is too wide for a page, what stands in words comes first and is printed, and the numbers follow.
    """
    table = lay_section(section)
    if len(table.columns) <= _MOST_PRINTED:
        return table, None
    spread = [field.kind is Kind.MEASURED for field in section.fields]
    numbers = [number for several in spread for number in ((True, True, True, False) if several else (False,))]
    order = sorted(range(len(numbers)), key=lambda place: numbers[place])
    columns = tuple(table.columns[place] for place in order)
    rows = tuple(tuple(row[place] for place in order) for row in table.known_rows)
    return Table(columns, rows, name=table.name), numbers.count(False)


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
        yield from spread_value(value)
    elif isinstance(value, Estimate | Undefined):
        yield Cell(_write(value))
    else:
        yield Cell(value)


def spread_value(value: FieldValue) -> tuple[Cell, ...]:
    """Value, low, high and words; the numbers are empty where there is none."""
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
