"""The column-mapping step: a first mapping guessed from a table, what was guessed and why, and what must be asked."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from db.records import ColumnMapping
from qa_app.intake.columns import cell_of, guess_columns, header_hash, normalise, read_hints
from qa_app.intake.model import Cell, Guess, Question, Row, Table
from qa_app.intake.moments import ORDERS, needs_zone, read_zone, tell_order
from qa_app.intake.values import Scored, read_score, read_text, tell_decimal_sign
from scorecards.model import Channel

DURATIONS = ("first_reply", "resolution", "handle_time")
SCORES = ("csat", "nps")
COUNTS = ("reopens", "transfers")
TIMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"tickets": ("created_at", "solved_at"), "messages": ("sent_at",)}
)
REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"tickets": ("external_id", "created_at"), "messages": ("ticket_id", "text")}
)
COLUMN_NAMES: Mapping[str, str] = MappingProxyType({"tickets": "columns", "messages": "message_columns"})
"""What the names of guesses and questions about columns begin with."""
_UNIT_HINTS = (
    ("minutes", re.compile(r"\b(?:min|mins|minutes|minuten)\b")),
    ("hours", re.compile(r"\b(?:h|hr|hrs|hours|std|stunden|hh:mm)\b")),
    ("days", re.compile(r"\b(?:days|tage)\b")),
)
_RANGE = re.compile(r"(-?\d{1,3})\s*(?:-|–|to|bis|\.\.)\s*(-?\d{1,3})")
_ZONE_NAME = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b")
_TAG_SEPARATORS = (";", ",", "|")


def guess_mapping(header: Sequence[str], sample_rows: Sequence[Row], kind: str) -> ColumnMapping:
    """A first mapping. Give all rows rather than a few: one value may settle how its column is read."""
    columns = guess_columns(header, kind)
    return ColumnMapping(
        name="",
        kind=kind,
        header_hash=header_hash(header),
        columns=columns,
        options=guess_options(header, sample_rows, columns, kind=kind),
    )


def guess_options(
    header: Sequence[str], rows: Sequence[Row], columns: Mapping[str, str], *, kind: str
) -> dict[str, str]:
    """How the mapped columns are to be read, as far as names and values tell."""
    table = Table(file="", header=tuple(header), header_row=1, rows=tuple(rows))
    options: dict[str, str] = {}
    for field in TIMES[kind]:
        order, _ = tell_order(_cells(table, columns.get(field)))
        if order:
            options[f"date_order.{field}"] = order
        if re.search(r"\b(?:utc|gmt)\b", read_hints(columns.get(field, ""))):
            options["zone"] = "UTC"
    if kind == "tickets":
        metrics = {
            field.removeprefix("metrics."): name for field, name in columns.items() if field.startswith("metrics.")
        }
        options |= _guess_metrics(table, metrics)
        options |= _guess_tags(table, columns.get("tags"))
    return options


def _cells(table: Table, column: str | None) -> list[Cell]:
    return [cell for row in table.rows if (cell := cell_of(row, table, column)) is not None] if column else []


def _guess_metrics(table: Table, metrics: Mapping[str, str]) -> dict[str, str]:
    if not metrics:
        return {}
    sign = tell_decimal_sign([cell for column in metrics.values() for cell in _cells(table, column)])
    options = {"decimal": "comma" if sign == "," else "point"}
    for name, column in metrics.items():
        hints = read_hints(column)
        if name in DURATIONS:
            unit = next((unit for unit, pattern in _UNIT_HINTS if pattern.search(hints)), "seconds")
            options[f"unit.{name}"] = unit
            options[f"two_parts.{name}"] = "h:mm" if unit == "hours" else "m:ss"
            if "business" in hints:
                options[f"hours.{name}"] = "business"
        elif name in SCORES:
            scale = _guess_scale(hints, _cells(table, column), name=name, sign=sign)
            options |= {f"scale.{name}": scale} if scale else {}
    return options


def _guess_scale(hints: str, cells: Iterable[Cell], *, name: str, sign: str) -> str | None:
    stated = _RANGE.search(hints)
    if stated:
        return f"{stated[1]}..{stated[2]}"
    if name == "nps":
        return "0..10"
    scores = [score for cell in cells if isinstance(score := read_score(cell, decimal_sign=sign), Scored)]
    bare = [score.value for score in scores if score.scale is None]
    return _narrowest_scale(min(bare), max(bare)) if bare else None


def _narrowest_scale(low: Decimal, high: Decimal) -> str | None:
    for least, most in ((1, 5), (0, 10), (0, 100), (-103, 103)):
        if least <= low and high <= most:
            return f"{least}..{most}"
    return None


def _guess_tags(table: Table, column: str | None) -> dict[str, str]:
    texts = [text for cell in _cells(table, column) if isinstance(text := read_text(cell), str)]
    if not texts:
        return {}
    separator = next((sign for sign in _TAG_SEPARATORS if any(sign in text for text in texts)), " ")
    return {"tags_separator": "blank" if separator == " " else separator}


_REASONS = (
    ("date_order.", "a dot, or a number over 12, settles it"),
    ("zone", "the column's name says so"),
    ("decimal", "most numbers with a fraction are written so"),
    ("unit.", "from the column's name; seconds where it says nothing"),
    ("two_parts.", "how a duration such as 0:45 is read"),
    ("hours.", "the column's name says so"),
    ("scale.", "from the column's name, or the narrowest scale that holds all values"),
    ("tags_separator", "the sign that stands between tags"),
)


def explain(mapping: ColumnMapping, *, said: Collection[str] = (), remembered: bool = False) -> tuple[Guess, ...]:
    """What a mapping says and why: one guess for each column and option; `said` are the names that people gave."""
    start = COLUMN_NAMES[mapping.kind]
    values = {f"{start}.{field}": column for field, column in mapping.columns.items()} | dict(mapping.options)
    return tuple(
        Guess(name, value, "as you said" if name in said else _REMEMBERED if remembered else _reason(name))
        for name, value in sorted(values.items())
    )


_REMEMBERED = "as in the last import with these columns"


def _reason(name: str) -> str:
    return next((reason for start, reason in _REASONS if name.startswith(start)), "by the column's name")


def ask(table: Table, mapping: ColumnMapping) -> tuple[Question, ...]:
    """What neither the table nor anybody has said yet."""
    missing = tuple(
        Question(
            f"{COLUMN_NAMES[mapping.kind]}.{field}",
            f"Which column of {_name(table)} holds {_WORDS[field]}?",
            choices=table.header,
        )
        for field in REQUIRED[mapping.kind]
        if mapping.columns.get(field) not in table.header and not (field == "text" and "html" in mapping.columns)
    )
    return (*missing, *_ask_channel(table, mapping), *_ask_zone(table, mapping), *_ask_orders(table, mapping))


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "external_id": "the tickets' ids",
        "created_at": "the time when the ticket or call began",
        "ticket_id": "the ticket's id",
        "text": "what was written or said",
    }
)


def _name(table: Table) -> str:
    return f"sheet {table.sheet}" if table.sheet else table.file


def _ask_channel(table: Table, mapping: ColumnMapping) -> tuple[Question, ...]:
    if mapping.kind != "tickets" or "channel" in mapping.columns or mapping.options.get("channel"):
        return ()
    likely = Channel.CALL if "recordings" in mapping.columns or "call" in normalise(" ".join(table.header)) else None
    return (Question("channel", "Which channel are these tickets from?", choices=tuple(Channel), suggestion=likely),)


def _ask_zone(table: Table, mapping: ColumnMapping) -> tuple[Question, ...]:
    if mapping.options.get("zone") or "zone" in mapping.columns:
        return ()
    bare = [
        field
        for field in TIMES[mapping.kind]
        if any(needs_zone(cell) for cell in _cells(table, mapping.columns.get(field)) if cell != "")
    ]
    if not bare:
        return ()
    named = (name for text in table.title for name in _ZONE_NAME.findall(text) if read_zone(name) is not None)
    columns = ", ".join(mapping.columns[field] for field in bare)
    return (
        Question(
            "zone",
            f"Which time zone are the times of {columns} in? They name none. Write it as Europe/Berlin or +02:00.",
            suggestion=next(named, None),
        ),
    )


def _ask_orders(table: Table, mapping: ColumnMapping) -> tuple[Question, ...]:
    questions = []
    for field in TIMES[mapping.kind]:
        if mapping.options.get(f"date_order.{field}") or mapping.options.get("date_order"):
            continue
        order, needed = tell_order(_cells(table, mapping.columns.get(field)))
        if needed and order is None:
            questions.append(
                Question(
                    f"date_order.{field}",
                    f"In {mapping.columns[field]}, does the day or the month come first? No value settles it.",
                    choices=ORDERS,
                )
            )
    return tuple(questions)
