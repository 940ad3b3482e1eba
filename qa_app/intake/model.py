"""What every reader of files gives back: tickets as they came, what is wrong, what was guessed, what is asked.

Nothing here knows the database: teams and people are still the words of the file.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from db.records import IssueLevel, Message, Metric, RowIssue
from scorecards.model import Channel


@dataclass(frozen=True, slots=True)
class IncomingPerson:
    """An agent as a file names them."""

    name: str
    external_id: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingRecording:
    """A recording that a file names, found inside the folder it may come from."""

    path: Path
    original_name: str


@dataclass(frozen=True, slots=True)
class IncomingTicket:
    """One ticket of a file, with the place where it stands there."""

    row: int
    source: str
    external_id: str
    channel: Channel
    created_at: datetime
    messages: tuple[Message, ...] = ()
    recordings: tuple[IncomingRecording, ...] = ()
    sheet: str | None = None
    subject: str | None = None
    status: str | None = None
    solved_at: datetime | None = None
    language: str | None = None
    team: str | None = None
    agent: IncomingPerson | None = None
    other_agents: tuple[IncomingPerson, ...] = ()
    requester_name: str | None = None
    requester_ref: str | None = None
    tags: tuple[str, ...] = ()
    url: str | None = None
    parent_external_id: str | None = None
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """Something that was worked out from the file and may be put right by the person."""

    name: str
    """The option or field that overrides it."""
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the file does not say and that is never guessed silently."""

    name: str
    """The option or field that answers it."""
    text: str
    choices: tuple[str, ...] = ()
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of a transcript or an author of messages, with hints for telling who it is."""

    label: str
    turns: int
    seconds: float | None = None
    """Time spoken, where the file has times."""
    words: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """One file, read: the good tickets, and everything that is to be said about the rest."""

    format: str
    rows_read: int
    tickets: tuple[IncomingTicket, ...] = ()
    issues: tuple[RowIssue, ...] = ()
    guesses: tuple[Guess, ...] = ()
    questions: tuple[Question, ...] = ()
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose content could not be had: an error value, or a formula that was never calculated."""

    code: str
    found: str


Cell = str | int | Decimal | bool | datetime | time | timedelta | Unreadable | None
"""A value of a table. From CSV text only; from workbooks as typed there, times without a zone."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, blank cells at its end left out."""

    number: int
    """1-based, as a spreadsheet program counts it, header included."""
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """A file or sheet as it stands there, before anyone knows which row is the header."""

    file: str
    rows: tuple[Row, ...]
    sheet: str | None = None
    hidden: bool = False
    epoch_1904: bool = False
    """Whether the workbook counts days from 1904 instead of 1900."""
    issues: tuple[RowIssue, ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A grid with its header: names of columns, and the rows below."""

    file: str
    header: tuple[str, ...]
    """One name a column, each different; columns without a heading are called by their letter."""
    header_row: int
    rows: tuple[Row, ...]
    sheet: str | None = None
    epoch_1904: bool = False
    title: tuple[str, ...] = ()
    """Text that stands above the header."""
    issues: tuple[RowIssue, ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a problem stands."""

    file: str
    row: int | None = None
    sheet: str | None = None
    column: str | None = None

    def refuse(self, code: str, message: str, *, found: object = None) -> RowIssue:
        """A problem that costs the row."""
        return self._issue(IssueLevel.REFUSED, code, message, found)

    def warn(self, code: str, message: str, *, found: object = None) -> RowIssue:
        """A remark on a row that is taken all the same."""
        return self._issue(IssueLevel.WARNING, code, message, found)

    def _issue(self, level: IssueLevel, code: str, message: str, found: object) -> RowIssue:
        # The store's columns are limited; a column name of a hostile file is not.
        return RowIssue(
            level=level,
            code=code,
            message=message,
            file=self.file[:400],
            row=self.row,
            sheet=self.sheet[:200] if self.sheet else None,
            column=self.column[:200] if self.column else None,
            found=None if found is None else shorten(found),
        )


def shorten(value: object, *, limit: int = 120) -> str:
    """A value as it may stand in a message: one line, not long, without control characters."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: limit * 2])
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
