"""What a workbook holds, as plain data: Book > Sheet > blocks from top to bottom.

Pure: no openpyxl, no cell addresses. `layout` finds the places, `writer` writes them. A plan says what a cell is
(a text, a number, a date, a formula of ours) and which named style it has; a text is never a formula, whatever it
starts with. What is long may come lazily: rows of a table as they are written, sheets when their turn comes.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class Style(StrEnum):
    """The named styles. What they look like is in `styles`."""

    LETTERHEAD = "PL Letterhead"
    TITLE = "PL Title"
    SUBTITLE = "PL Subtitle"
    FIGURE = "PL Figure"
    HEADING = "PL Heading"
    NOTE = "PL Note"
    LABEL = "PL Label"
    HEADER = "PL Header"
    HEADER_NUMBER = "PL Header number"
    HEADER_FILTER = "PL Header number, filter"
    """Over numbers too, with room for the button that opens a filter."""
    SECTION = "PL Section"
    TEXT = "PL Text"
    STRONG = "PL Strong"
    MUTED = "PL Muted"
    QUOTE = "PL Quote"
    LINK = "PL Link"
    BACK = "PL Back link"
    COUNT = "PL Count"
    NUMBER = "PL Number"
    """With as many decimals as it has."""
    FACT_COUNT = "PL Fact 0"
    FACT_SCORE = "PL Fact 0.0"
    ONE_DIGIT = "PL Number 0.0"
    TWO_DIGITS = "PL Number 0.00"
    THREE_DIGITS = "PL Number 0.000"
    DATE = "PL Date"
    MOMENT = "PL Date and time"
    INPUT = "PL Input"
    """Where people write: open in a protected sheet. What is written stays the text that it is."""
    INPUT_NUMBER = "PL Input, number"

    @property
    def holds_number(self) -> bool:
        """Whether cells of this style stand to the right, under a header that does too."""
        return self in {Style.COUNT, Style.NUMBER, Style.ONE_DIGIT, Style.TWO_DIGITS, Style.THREE_DIGITS}


class Tone(StrEnum):
    """What a colour means; a word or an icon in the cell always says the same."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Link:
    """A place in this workbook: a block by its anchor, or the top of a sheet."""

    sheet: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class WebLink:
    """An address outside; the writer links only those that open a web page."""

    url: str


class Rule(StrEnum):
    """All formulas that exist. What stands in braces becomes the cells of the columns that a `Formula` names."""

    RAW = 'IF(SUM({weights})=0,"no score",ROUND(ROUND(MIN(100*SUMPRODUCT({values},{weights}),{limit}),8),1))'
    REPORTED = (
        'IF(SUM({weights})=0,"no score",IF(ISNUMBER({set_to}),{set_to},ROUND(ROUND('
        "MIN(100*(SUMPRODUCT({values},{weights})-SUMPRODUCT({values},{weights},{down})),{limit}),8),1)))"
    )
    AGREES = 'IF(AND({stored}={raw_again},{reported}={reported_again}),"✓ agrees","✗ differs")'
    COUNT_DIFFERING = 'COUNTIF({all_agree},"✗*")'
    MEAN = (
        'IF(SUMPRODUCT(--ISNUMBER({all_scores}),{all_stand_for})=0,"no score",'
        "SUMPRODUCT({all_scores},{all_stand_for})/SUMPRODUCT(--ISNUMBER({all_scores}),{all_stand_for}))"
    )


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula over cells of its own row. Its wording is one of `Rule`, so no text of anybody gets into it."""

    rule: Rule
    columns: Mapping[str, tuple[int, int]]
    """Name in the rule to the first and the last column of the sheet, counted from 1; whole ones after `all_`."""
    result: str | float | None
    """What it comes to, computed here: viewers that do not calculate show it. None where that is known only later."""


Value = str | int | float | Decimal | date | datetime | Formula | None
"""None leaves the cell empty. A datetime is local, without a zone: sheets know none."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Takes what stands in some rows of a named table's column, offered as a list."""

    table: str
    column: str
    rows: range
    """Rows of that table, counted from 0."""
    only: bool = True
    """Whether nothing else can be entered."""


@dataclass(frozen=True, slots=True)
class Between:
    """Takes a number, or the one word that may stand for it."""

    low: Decimal
    high: Decimal
    or_word: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Colours an empty cell once the cell of `column` in its row holds one of `values`; without values, anything."""

    column: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. Without a style it has its column's.

    Raises:
        ValueError: a number that is not finite; what has no number says so in words.
    """

    value: Value
    style: Style | None = None
    link: Link | WebLink | None = None
    note: str = ""
    """Shown when the pointer is over the cell; in tables only, like the next two."""
    takes: OneOf | Between | None = None
    due: Due | None = None

    def __post_init__(self) -> None:
        """Refuse a number that no sheet can hold."""
        if isinstance(self.value, int | float | Decimal) and not math.isfinite(self.value):
            raise ValueError(f"{self.value} is no number for a sheet; say in words why there is none")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. Widths are in characters and hold only where a sheet has no grid of its own."""

    header: str
    style: Style = Style.TEXT
    span: int = 1
    """Columns of the sheet that it takes; above 1 only in tables without a name."""
    narrowest: float = 8
    widest: float = 40
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Colours the cells of one column whose text starts with `prefix`."""

    column: str
    prefix: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Shade:
    """Colours the numbers of one column from white at `low` to amber at `high`, or the other way round."""

    column: str
    low: int
    high: int
    strong: Literal["high", "low"] = "high"
    """Which end is amber."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line or paragraph over the whole width of its sheet."""

    text: str
    style: Style
    anchor: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The organisation's name on the left; its picture hangs over the right."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side, each over as many columns of the sheet."""

    cells: tuple[Cell, ...]
    span: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, several pairs to a row.

    `spans` counts the sheet's columns of label, value, label, value and so on.
    """

    pairs: tuple[tuple[str, Cell], ...]
    spans: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers. With a name it is a real Excel table, which can be filtered and referred to.

    A row is either one cell for each column, or a single cell that goes over all of them and heads what follows. A row
    whose first cell is empty belongs to the one above.
    """

    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]
    """Without a length they come as they are written: columns are then as wide as they may be, and nothing follows."""
    name: str = ""
    marks: tuple[Mark, ...] = ()
    shades: tuple[Shade, ...] = ()
    plain: bool = False
    """Whether the name is for this plan only, and the cells are no Excel table."""

    @property
    def is_open(self) -> bool:
        """Whether the rows come only as they are written, so that nobody knows how many there are."""
        return not isinstance(self.rows, Sequence)

    @property
    def known_rows(self) -> Sequence[tuple[Cell, ...]]:
        """The rows that are there before anything is written."""
        return self.rows if isinstance(self.rows, Sequence) else ()


class ChartKind(StrEnum):
    """How a chart draws."""

    BARS = "bars"
    """Lying bars, first row on top, with the interval as a whisker."""
    LINES = "lines"
    """A line over time, with the interval's ends as thin lines."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of some rows of a named table, on whatever sheet of the book it stands.

    Its number columns must be empty where there is no number: a text would be drawn as 0.
    """

    kind: ChartKind
    title: str
    table: str
    rows: range
    """Rows of the table that are drawn, counted from 0."""
    label: str
    """Header of the column with the categories; the next three likewise."""
    value: str
    below: str
    """For bars the length of the whisker down, for lines the lower end itself; `above` likewise."""
    above: str
    label_title: str
    value_title: str
    value_range: tuple[float, float | None]
    """Ends of the value axis; None leaves the upper one to the program."""
    height: int
    """In rows of the sheet."""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


Block = Letterhead | Text | Row | Facts | Table | Chart | PageBreak


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Every sheet prints one page wide, with header, footer and page numbers."""

    title: str
    blocks: tuple[Block, ...]
    grid: tuple[float, ...] = ()
    """Column widths in characters; empty: fitted to the content of the sheet's tables."""
    landscape: bool = True
    header: str = ""
    """Name of the table whose header is repeated on every page; without one it is the sheet's first row."""
    freeze: bool = False
    """Whether that header stays in sight on screen."""
    frozen_columns: int = 0
    hidden: bool = False
    protected: bool = False
    """Whether only cells of the input styles can be changed; there is no password, so anybody can lift it."""
    printed_columns: int | None = None
    """How many are printed; None: all."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text that was too long for its cell."""

    sheet: str
    address: str
    length: int


@dataclass(frozen=True, slots=True)
class Later:
    """A sheet that is planned when its turn comes, so that a book of many sheets is never in memory as a whole.

    Links lead to its top only, and no chart draws from its tables but its own.
    """

    title: str
    plan: Callable[[Sequence[Cut]], Sheet]
    """Gets what was cut on the sheets before it."""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook with its document properties."""

    title: str
    subject: str
    made_at: datetime
    """Aware, in the zone that the whole book is written in."""
    sheets: tuple[Sheet | Later, ...]
