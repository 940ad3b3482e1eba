"""What a workbook for grading offline is made of: the names that its writer and its reader share, and what it holds.

A form row bears a key such as `3/empathy`, the number of its ticket in the workbook and its criterion; so rows, columns
and sheets may move, and programs may save the file anew, without anything going to the wrong place.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from decimal import Decimal
from enum import StrEnum

FORMAT = "1"
MARKER = "Plumbline, grading offline"
"""Stands first in the sheet that tells a workbook of ours from any other."""
FACTS = ("Format", "Person", "Made at", "Seal")
LINES = ("Number", "Assignment", "Form", "Revision", "Ticket version", "Content")
"""Headers of the list of assignments in that sheet."""
KEY = "Key"
OVERALL = "*"
"""In the place of a criterion: the comment on the whole review."""
NOT_APPLICABLE = "N/A"
PRAISE = "Yes"


class Field(StrEnum):
    """A column that is filled in, by its header."""

    ANSWER = "Answer"
    COMMENT = "Comment"
    REASONS = "Reasons"
    PRAISE = "Praise"
    MESSAGE = "Message no."
    QUOTE = "Quote"


Written = Mapping[tuple[str, Field], str]
"""What stands in the cells of one form, by criterion and column; what is blank is left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment in a workbook, and what it was when the workbook was made."""

    number: int
    """From 1; stands in the keys of its rows."""
    assignment_id: str
    form: str
    """Hash of what is asked."""
    revision: int
    """Of the draft; 0 where there was none."""
    ticket_version: int
    content: str
    """Hash of what stood in the cells to fill in."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose workbook it is, and what it holds."""

    person_id: str
    made_at: str
    lines: tuple[Line, ...]

    @property
    def seal(self) -> str:
        """Hash of all this: the name by which the audit trail knows the workbook."""
        return _hash([FORMAT, self.person_id, self.made_at, *map(astuple, self.lines)])


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as a reader sees it."""

    number: int
    author: str
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One criterion with what a reviewer needs for judging it."""

    criterion_id: str
    label: str
    guidance: str
    options: tuple[str, ...]
    """What can be answered, in words; empty for numbers and texts."""
    anchors: tuple[str, ...]
    """What each of them looks like."""
    span: tuple[Decimal, Decimal] | None
    allow_na: bool
    reasons: tuple[str, ...]
    comment_due: tuple[str, ...] | None
    """Answers that need a comment; empty: all of them; None: none. Likewise the reasons."""
    reasons_due: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a form."""

    label: str
    guideline: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class TicketForm:
    """One ticket with its form, in words."""

    line: Line
    ticket: str
    subject: str
    facts: tuple[str, ...]
    """Such as channel, day and agent."""
    kind: str
    due: str
    scorecard: str
    guide: str
    """What is asked, on which channel: forms that share it share their guidance."""
    state: str
    turns: tuple[Turn, ...]
    recordings: tuple[str, ...]
    parts: tuple[Part, ...]
    written: Written
    kept: str = ""
    """What of the draft the workbook has no cell for."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell of a filled workbook: where, what stands there, and what to do."""

    number: int
    """Of the ticket in the workbook; 0 where it belongs to none."""
    sheet: str
    cell: str
    found: str
    message: str
    code: str


def make_key(number: int, criterion_id: str) -> str:
    """The key of a form row."""
    return f"{number}/{criterion_id}"


def hash_written(written: Written) -> str:
    """The same for the same cells, in whatever order."""
    return _hash(sorted([criterion_id, field.value, text] for (criterion_id, field), text in written.items()))


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
