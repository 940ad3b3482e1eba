"""How commands print a report that consists of sections: tables with their notes, or lists for programs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from qa_app.cli.printing import Format, show, tell
from qa_app.estimate import Estimate, Undefined
from qa_app.reports import Field, FieldValue, Method, Section
from qa_app.words import NOTHING, write_figure, write_limits

MOST_ROWS = 40
"""Rows of a section that a terminal shows; a workbook and JSON have them all."""


def list_report(sections: Sequence[Section], methods: Sequence[Method]) -> dict[str, list[dict[str, FieldValue]]]:
    """A report for programs: one object with a list for each section, and the methods."""
    rows = {section.key: _list_rows(section) for section in sections}
    return rows | {"methods": [asdict(method) for method in methods]}


def print_sections(sections: Sequence[Section], *, cut: Collection[str]) -> None:
    """A report for people; sections named in `cut` show their first rows only."""
    for section in sections:
        tell("")
        if not section.rows:
            tell(f"{section.title}: {section.none}")
            continue
        kept = section.rows[:MOST_ROWS] if section.key in cut else section.rows
        reasons: dict[str, str] = {}
        show(_write_rows(section, kept, reasons), shown=Format.TABLE, title=section.title)
        for explanation, letter in reasons.items():
            tell(f"not defined {letter}: {explanation}")
        if section.note:
            tell(section.note)
        if len(kept) < len(section.rows):
            tell(f"{len(section.rows) - len(kept)} more rows; --format xlsx and --format json have them all.")


def _list_rows(section: Section) -> list[dict[str, FieldValue]]:
    keys = [field.key for field in section.fields]
    return [dict(zip(keys, row, strict=True)) for row in section.rows]


def _write_rows(
    section: Section, rows: tuple[tuple[FieldValue, ...], ...], reasons: dict[str, str]
) -> list[dict[str, str]]:
    """Rows as text without the columns that are empty throughout; explanations are collected for below the table."""
    kept = [place for place in range(len(section.fields)) if any(row[place] is not None for row in rows)]
    fields = section.fields
    return [{fields[place].header: _write(fields[place], row[place], reasons) for place in kept} for row in rows]


def _write(field: Field, value: FieldValue, reasons: dict[str, str]) -> str:
    match value:
        case Undefined():
            return f"not defined {reasons.setdefault(value.explanation, f'({len(reasons) + 1})')}"
        case Estimate():
            return write_limits(value, digits=field.digits)
        case float():
            return write_figure(field.kind, value)
        case _:
            return NOTHING if value is None else str(value)
