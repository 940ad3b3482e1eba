"""Sections of a report as tables: in words on a reading sheet, or with every number in a cell of its own.

Pure. An estimate becomes four columns: in words, which also say why there is no number; and value, low, high.
"""

from collections.abc import Iterable, Iterator

from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Field, FieldValue, Kind, Section
from qa_app.words import NOTHING, write_limits, write_number, write_short, write_undefined
from qa_app.workbooks.parts import GRID, head_sheet, plan_table
from qa_app.workbooks.plan import Block, Cell, Column, Sheet, Style, Table, Text

_MOST_SENTENCES = 3
"""Estimates in a row up to which each has room for a sentence."""
_WIDE, _NARROW = 36, 26


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
    yield Table(
        columns=columns,
        rows=tuple(
            tuple(Cell(write_value(value, field.digits)) for value, field in zip(row, section.fields, strict=True))
            for row in section.rows
        ),
    )


def _share_grid(n_fields: int) -> list[int]:
    """Columns of the sheet for each field; the last one, a sentence, has what the others leave."""
    return [2] * (n_fields - 1) + [len(GRID) - 2 * (n_fields - 1)]


def plan_section(section: Section, who: str) -> Sheet:
    """A section as a sheet of its own."""
    return plan_table(
        section.title,
        who,
        lay_section(section),
        none=section.none,
        note=section.note,
        printed_columns=count_printed(section),
    )


def plan_sections(title: str, who: str, sections: Iterable[Section]) -> Sheet:
    """Several sections as one sheet, one below the other; printed whole, so it is for narrow tables.

    The last one, which may be long, has its header repeated on every page.
    """
    blocks = [block for section in sections for block in head_table(section.title, section, lay_section(section))]
    tables = [block.name for block in blocks if isinstance(block, Table)]
    return Sheet(title, (*head_sheet(title, who), *blocks), header=tables[-1] if tables else "")


def head_table(title: str, section: Section, table: Table) -> tuple[Block, ...]:
    """A table with its heading and the section's note, or why there is none."""
    heading = Text(title, Style.HEADING), Text(section.note if table.rows else section.none, Style.NOTE)
    return (*heading, table) if table.rows else heading


def lay_section(section: Section) -> Table:
    """The table of a section: what people read comes first, the numbers behind it follow.

    Where estimates stand side by side, why there is none is said in two or three words.
    """
    many = sum(field.kind is Kind.MEASURED for field in section.fields) > _MOST_SENTENCES
    columns = [_plan_column(field, widest=_NARROW if many else _WIDE) for field in section.fields]
    columns += [column for field in section.fields if field.kind is Kind.MEASURED for column in _spread_columns(field)]
    rows = tuple(
        (
            *(_tell(value, field, short=many) for value, field in zip(row, section.fields, strict=True)),
            *(
                cell
                for value, field in zip(row, section.fields, strict=True)
                if field.kind is Kind.MEASURED
                for cell in spread_value(value)
            ),
        )
        for row in section.rows
    )
    return Table(tuple(columns), rows, name=section.key.title().replace("_", ""))


def count_printed(section: Section) -> int:
    """Columns of its table that are printed: on paper the numbers of an estimate would stand there twice."""
    return len(section.fields)


def _plan_column(field: Field, *, widest: float) -> Column:
    match field.kind:
        case Kind.COUNT:
            return Column(field.header, Style.COUNT)
        case Kind.NUMBER:
            return Column(field.header, _choose_style(field))
        case Kind.CHANGE | Kind.P:
            return Column(field.header, Style.THREE_DIGITS)
        case Kind.MEASURED:
            return Column(name_told(field.header), narrowest=18, widest=widest)
        case _:
            return Column(field.header, narrowest=12, widest=44)


def name_told(header: str) -> str:
    """The column that tells an estimate in words; the one of its number has the header itself."""
    return f"{header}, with interval"


def _choose_style(field: Field) -> Style:
    return Style.ONE_DIGIT if field.digits == 1 else Style.TWO_DIGITS


def _spread_columns(field: Field) -> tuple[Column, ...]:
    return tuple(Column(f"{field.header}{end}", _choose_style(field)) for end in ("", ", low", ", high"))


def _tell(value: FieldValue, field: Field, *, short: bool) -> Cell:
    if short and isinstance(value, Undefined):
        return Cell(write_short(value, digits=field.digits))
    if field.kind is Kind.MEASURED or isinstance(value, Estimate | Undefined):
        return Cell(write_value(value, field.digits))
    return Cell(value)


def spread_value(value: FieldValue) -> tuple[Cell, ...]:
    """Value, low and high; empty where there is none."""
    if not isinstance(value, Estimate):
        return Cell(None), Cell(None), Cell(None)
    interval = value.shown
    return Cell(value.value), Cell(interval.low), Cell(interval.high)


def write_value(value: FieldValue, digits: int = 2) -> str:
    """A value of a section as people read it."""
    match value:
        case None:
            return NOTHING
        case Undefined():
            return write_undefined(value)
        case Estimate():
            return write_limits(value, digits=digits)
        case float():
            return write_number(value, digits)
        case _:
            return str(value)
