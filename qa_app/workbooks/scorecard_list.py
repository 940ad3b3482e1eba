"""A scorecard as an Excel list that people edit and bring back. Pure: a scorecard in, a plan out.

The first sheet is the list, the second says what each column takes. `scorecards.list_reading` reads it back.
"""

from datetime import datetime

from qa_app.workbooks.plan import Block, Book, Cell, Column, Row, Sheet, Style, Table, Text
from scorecards.listing import BAND, COLUMNS, FACTS, ListCell, ListColumn, list_facts, list_rows, used_columns
from scorecards.model import Scorecard

_ALSO = (
    f"Rows above the header are facts about the form: {', '.join(FACTS)}.",
    f"{BAND} stands there too, once for each band, with its name and its lower limit.",
    "Show if: the criterion = its options, with commas between. Semicolons between conditions that must all hold.",
    "After “any:” one of the conditions is enough.",
    "Columns may be left out and stand in any order. Columns of your own are left out when the list is read.",
)


def plan_scorecard_list(scorecard: Scorecard, *, made_at: datetime, ids: bool = True) -> Book:
    """Plan the workbook. `ids`: with the columns of ids, so that the list can change a scorecard that is in use."""
    columns = used_columns(scorecard, ids=ids)
    rows = tuple(tuple(map(_plain, row)) for row in list_rows(scorecard, columns))
    facts = tuple(
        Row((Cell(name, Style.LABEL), Cell(_value(value), Style.TEXT), Cell(_value(limit), Style.NUMBER)), span=1)
        for name, value, limit in list_facts(scorecard)
        if ids or name != "Id"
    )
    table = Table(tuple(map(_column, columns)), rows, name="List")
    blocks: tuple[Block, ...] = (*facts, table)
    sheet = Sheet("Scorecard", blocks, header="List", frozen_columns=0)
    return Book(scorecard.label, "Scorecard as a list", made_at, (sheet, _plan_help()))


def _plan_help() -> Sheet:
    columns = (Column("Column"), Column("What it takes", widest=90))
    rows = tuple((Cell(column.header, Style.STRONG), Cell(column.meaning)) for column in COLUMNS)
    notes = tuple(Text(words, Style.NOTE) for words in _ALSO)
    return Sheet("Columns", (Text("What the list takes", Style.HEADING), Table(columns, rows, name="Columns"), *notes))


def _column(column: ListColumn) -> Column:
    numeric = column.kind == "number"
    return Column(column.header, Style.NUMBER if numeric else Style.TEXT, narrowest=7, widest=18 if numeric else 44)


def _plain(value: ListCell) -> Cell:
    return Cell(_value(value))


def _value(value: ListCell) -> str | int | float | None:
    """Decimals as floats, whose shortest digits give back six decimal places exactly."""
    return value if value is None or isinstance(value, str | int) else float(value)
