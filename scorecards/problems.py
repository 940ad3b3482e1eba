"""Problems in a scorecard document: located values, collected and shown all at once, never raised."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice

Path = tuple[str | int, ...]
"""Keys and indices from the top of the document down, such as ("sections", 0, "label")."""


class Severity(StrEnum):
    """Whether the document can be used in spite of the problem."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it stands, and what would be right."""

    code: str
    message: str
    file: str
    line: int
    """From 1; 1:1 also stands for a file that could not be read."""
    column: int
    path: str
    suggestion: str | None = None
    """The valid word that was probably meant."""
    severity: Severity = Severity.ERROR


def format_path(path: Path) -> str:
    """The path as people write it: `sections[0].criteria[2].weight`; empty for the whole document."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def format_problem(problem: Problem) -> str:
    """One line for a terminal, a log or a page."""
    place = f"{problem.file}:{problem.line}:{problem.column}"
    subject = f" {problem.path}:" if problem.path else ""
    warning = " warning:" if problem.severity is Severity.WARNING else ""
    hint = f'; did you mean "{problem.suggestion}"?' if problem.suggestion else ""
    return f"{place}{subject}{warning} {problem.message}{hint} [{problem.code}]"


def near_miss(found: str, valid: Iterable[str]) -> str | None:
    """The valid word that `found` probably misspells, if one is near enough (difflib's ratio, 0.6).

    Looks at the first 300 words only, so that a huge file with a mistake in each line is still read in seconds.
    """
    words = {word.lower(): word for word in islice(valid, 300)}
    matches = get_close_matches(found.lower(), words, n=1, cutoff=0.6)
    return words[matches[0]] if matches else None


def quote(value: object, *, limit: int = 60) -> str:
    """A found value for a message, shortened so that a page of text does not fill the screen."""
    text = " ".join(str(value).split())
    return f'"{text[: limit - 1]}…"' if len(text) > limit else f'"{text}"'


def call(label: str, part_id: str) -> str:
    """A part of a form for a message: by its label, as people know it, and by its id, as a document writes it."""
    return quote(label) if label == part_id else f"{quote(label)} ({part_id})"


def list_words(words: Iterable[str], *, limit: int = 40) -> str:
    """Valid words for a message; a long list is cut, and says so."""
    known = list(words)
    rest = f" and {len(known) - limit} more" if len(known) > limit else ""
    return ", ".join(known[:limit]) + rest
