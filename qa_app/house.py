"""The house template: how an organisation's exports look, from one document in YAML or JSON.

The document is read whole, and all its problems are shown at once with their lines. Documented in docs/house.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from qa_app.errors import Refused
from qa_app.headings import TABLES, Language
from scorecards import nodes
from scorecards.problems import Problem, Severity, format_problem, list_words, near_miss, quote
from scorecards.reading import Draft, read_as

LARGEST_DOCUMENT = 64 * 1024
LARGEST_LOGO = 512 * 1024
LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of usual size."""

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_KINDS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}
_WORDS = {
    "empty-document": "the file holds nothing; name at least one thing of the house, or unset PLUMBLINE_HOUSE",
    "several-documents": "a second document starts here; one file holds one house template",
    "too-deep": f"nested deeper than {nodes.MAX_DEPTH} levels; no house template needs that",
}
"""Where the reader's own words speak of scorecards."""


class DateFormat(StrEnum):
    """How dates stand in workbooks, in the letters that Excel has for it."""

    ISO = "yyyy-mm-dd"
    POINTS = "dd.mm.yyyy"
    DAY_FIRST = "dd/mm/yyyy"
    MONTH_FIRST = "mm/dd/yyyy"


@dataclass(frozen=True, slots=True)
class House:
    """How exports look. Without a document: Plumbline's own look, all columns, English."""

    name: str = ""
    """The organisation, as it stands on workbooks."""
    logo: bytes | None = field(default=None, repr=False)
    """A PNG or JPEG."""
    accent: str = "4F46E5"
    """Six hexadecimal digits; white text on it is legible."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Chosen columns of a table of `headings.TABLES`, in their order; a table that is left out has all of them."""
    language: Language = Language.ENGLISH
    date_format: DateFormat = DateFormat.ISO

    def choose(self, table: str) -> tuple[str, ...]:
        """The columns of a table in the order they are written; raises KeyError where there is no such table."""
        return self.columns.get(table) or tuple(TABLES[table])


@dataclass(frozen=True, slots=True)
class LoadedHouse:
    """What a document holds. The house is there unless something is wrong."""

    house: House | None
    problems: tuple[Problem, ...]


class _Document(BaseModel):
    """The keys of the document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = ""
    logo: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    accent: str = "#4F46E5"
    columns: dict[str, tuple[str, ...]] = {}
    language: Language = Language.ENGLISH
    date_format: DateFormat = DateFormat.ISO


def read_house(path: Path) -> LoadedHouse:
    """The house in a file, its logo from beside it. A file that cannot be read is a problem, not an exception."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        return _refuse(path.name, "unreadable-file", f"the file cannot be read: {_reason(error)}")
    if len(content) > LARGEST_DOCUMENT:
        return _refuse(path.name, "too-large", f"the document is larger than {LARGEST_DOCUMENT // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _refuse(path.name, "not-utf-8", "this is not UTF-8; save the file as UTF-8", line=line)
    return _read_text(text, path)


def require_house(path: Path | None) -> House:
    """The house of an installation; the usual one where no document is named.

    Raises:
        Refused: something is wrong in the document; the message lists all of it.
    """
    if path is None:
        return House()
    loaded = read_house(path)
    if loaded.house is None:
        lines = "\n".join(format_problem(problem) for problem in loaded.problems)
        raise Refused("house-document", f"PLUMBLINE_HOUSE names {path}, which cannot be used:\n{lines}")
    return loaded.house


def measure_contrast(accent: str) -> float:
    """How white text stands out from a colour of six hexadecimal digits, 1 to 21 (WCAG 2.2, contrast ratio)."""

    def light(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (light(part) for part in bytes.fromhex(accent))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _read_text(text: str, path: Path) -> LoadedHouse:
    root, problems = nodes.parse(text, file=path.name)
    if root is None:
        return LoadedHouse(None, tuple(map(_reword, problems)))
    draft = Draft(root, path.name, [_reword(problem) for problem in problems])
    found = read_as(draft, _Document)
    accent = _check_accent(draft, found.accent)
    logo = _check_logo(draft, found.logo, path.parent)
    _check_columns(draft, found.columns)
    ordered = tuple(sorted(draft.problems, key=lambda problem: (problem.line, problem.column, problem.code)))
    if any(problem.severity is Severity.ERROR for problem in ordered):
        return LoadedHouse(None, ordered)
    columns = MappingProxyType(dict(found.columns))
    return LoadedHouse(House(found.name, logo, accent, columns, found.language, found.date_format), ordered)


def _check_accent(draft: Draft, accent: str) -> str:
    if draft.is_broken("accent"):
        return House().accent
    if not _COLOUR.fullmatch(accent):
        message = f'{quote(accent)} is no colour; write # and six hexadecimal digits in quotes, such as "#0F766E"'
        draft.report("bad-colour", ("accent",), message)
        return House().accent
    digits = accent[1:].upper()
    contrast = measure_contrast(digits)
    if contrast < LEAST_CONTRAST:
        message = f"white text on {accent} has a contrast of {contrast:.1f} to 1; choose a darker one, {LEAST_CONTRAST}"
        draft.report("faint-colour", ("accent",), f"{message} to 1 at least")
    return digits


def _check_logo(draft: Draft, logo: str | None, folder: Path) -> bytes | None:
    if logo is None or draft.is_broken("logo"):
        return None
    inside = PurePosixPath(logo.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or re.match("[A-Za-z]:", logo):
        draft.report("logo-outside", ("logo",), f"{quote(logo)} must lie in the document's own folder or below it")
        return None
    try:
        with (folder / inside).open("rb") as file:
            content = file.read(LARGEST_LOGO + 1)
    except OSError as error:
        draft.report("unreadable-logo", ("logo",), f"{quote(logo)} cannot be read: {_reason(error)}")
        return None
    if not content.startswith(tuple(_KINDS.values())):
        draft.report("logo-kind", ("logo",), f"{quote(logo)} is no picture of a kind that is valid here: PNG, JPEG")
    if len(content) > LARGEST_LOGO:
        draft.report("logo-size", ("logo",), f"{quote(logo)} is larger than {LARGEST_LOGO // 1024} KiB")
    return content


def _check_columns(draft: Draft, columns: Mapping[str, tuple[str, ...]]) -> None:
    for table, chosen in columns.items():
        if table not in TABLES:
            message = f"there is no table {quote(table)}; valid: {list_words(TABLES)}"
            draft.report("unknown-table", ("columns", table), message, suggestion=near_miss(table, TABLES))
            continue
        if not chosen:
            draft.report("empty-list", ("columns", table), "the list is empty; name one column at least, or no table")
        for place, column in enumerate(chosen):
            path = ("columns", table, place)
            if column not in TABLES[table]:
                message = f"there is no column {quote(column)}; valid: {list_words(TABLES[table])}"
                draft.report("unknown-column", path, message, suggestion=near_miss(column, TABLES[table]))
            elif column in chosen[:place]:
                draft.report("doubled-column", path, f"{quote(column)} is there already")


def _reword(problem: Problem) -> Problem:
    message = _WORDS.get(problem.code, problem.message)
    return Problem(problem.code, message, problem.file, problem.line, problem.column, problem.path)


def _refuse(name: str, code: str, message: str, *, line: int = 1) -> LoadedHouse:
    return LoadedHouse(None, (Problem(code, message, name, line, 1, ""),))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
