"""Rows of a messages table, one message each, joined to their ticket by its id."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.records import ColumnMapping, MessageRole, RowIssue
from qa_app.intake.bodies import looks_like_html, read_html
from qa_app.intake.checking import check_message
from qa_app.intake.model import Table, Unreadable
from qa_app.intake.row_cells import RowCells
from qa_app.intake.speakers import NOTES, Voice, is_speaker, read_role_word, resolve
from qa_app.intake.values import read_flag, read_id, read_number


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message: fields of the interchange format, the ticket it belongs to, and its place in the file."""

    row: int
    ticket_id: str
    data: Mapping[str, object]
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageRows:
    """All messages of a table by ticket, in the order in which they are to be read."""

    by_ticket: Mapping[str, Sequence[MessageRow]]
    issues: tuple[RowIssue, ...]
    rows_read: int


def read_message_rows(table: Table, mapping: ColumnMapping, *, speakers: Mapping[str, str]) -> MessageRows:
    """Every message that can be read; the others are refused one by one."""
    by_ticket: defaultdict[str, list[MessageRow]] = defaultdict(list)
    issues: list[RowIssue] = []
    for row in table.rows:
        cells = RowCells(row, table, mapping)
        message = _read_row(cells, speakers)
        issues.extend(cells.issues)
        if message is not None:
            by_ticket[message.ticket_id].append(message)
    ordered = {ticket_id: _in_order(messages) for ticket_id, messages in by_ticket.items()}
    return MessageRows(ordered, tuple(issues), len(table.rows))


def _in_order(messages: list[MessageRow]) -> list[MessageRow]:
    """By time where every message has one (exports often begin with the newest); as in the file otherwise."""
    timed = [(message.sent_at, message) for message in messages if message.sent_at is not None]
    if len(timed) < len(messages):
        return messages
    return [message for _, message in sorted(timed, key=lambda pair: pair[0])]


def find_authors(table: Table, mapping: ColumnMapping) -> Counter[str]:
    """Authors of a table without a column for roles, with their messages: who they are must be told."""
    if "role" in mapping.columns:
        return Counter()
    authors = (RowCells(row, table, mapping).text("author.name") for row in table.rows)
    return Counter(author for author in authors if author is not None)


def _read_row(cells: RowCells, speakers: Mapping[str, str]) -> MessageRow | None:
    ticket_id = read_id(cells.cell("ticket_id"))
    if not isinstance(ticket_id, str):
        code, found = (ticket_id.code, ticket_id.found) if isinstance(ticket_id, Unreadable) else ("id-missing", None)
        cells.refuse("ticket_id", code, "The row does not say which ticket it belongs to.", found=found)
        return None
    voice = _voice(cells, speakers)
    if voice is None:
        return None
    sent_at = cells.moment("sent_at")
    data: dict[str, object] = {
        "role": voice.role,
        **_body(cells),
        "author": {"id": cells.text("author.id"), "name": voice.name or cells.text("author.name")},
        "sent_at": sent_at,
        "internal": _internal(cells),
        "external_id": cells.accept("external_id", read_id(cells.cell("external_id"))),
        **_sound(cells),
    }
    fitting = _fit(cells, {name: value for name, value in data.items() if value is not None})
    return MessageRow(cells.row.number, ticket_id, fitting, sent_at) if fitting else None


def _fit(cells: RowCells, data: dict[str, object]) -> dict[str, object] | None:
    """The message without optional fields that do not fit; None where it cannot do without them."""
    unfit = check_message(data)
    for problem in unfit:
        name, text = problem.field.partition(".")[0], f"{problem.field}: {problem.message}"
        if name in {"role", "text"}:
            cells.refuse(name, problem.code, text, found=problem.found)
            return None
        cells.warn(name, problem.code, f"{text} The value was left out.", found=problem.found)
        data.pop(name, None)
    return data


def _voice(cells: RowCells, speakers: Mapping[str, str]) -> Voice | None:
    word, author = cells.text("role"), cells.text("author.name")
    if word is not None:
        role = read_role_word(word)
        if role is not None:
            return Voice(role)
        cells.refuse(
            "role",
            "role-unknown",
            f"This role is not known. Known are {', '.join(MessageRole)} and usual words for them, such as end-user.",
            found=word,
        )
        return None
    if author is None:
        cells.refuse("author.name", "role-missing", "The row says neither a role nor an author, so nobody speaks.")
        return None
    voice = resolve(author, speakers)
    if voice is not None:
        return voice
    if not is_speaker(author, speakers):
        return Voice(MessageRole.SYSTEM)
    cells.refuse("author.name", "role-unknown", "Nobody has said yet who this author is.", found=author)
    return None


def _body(cells: RowCells) -> dict[str, str]:
    text, markup = cells.text("text") or "", cells.text("html")
    if markup:
        return {"text": text, "html": markup}
    if looks_like_html(text):
        return {"text": read_html(text), "html": text}
    return {"text": text}


def _internal(cells: RowCells) -> bool:
    if (cells.text("role") or "").casefold() in NOTES:
        return True
    flag = read_flag(cells.cell("internal"))
    if isinstance(flag, Unreadable):
        cells.warn(
            "internal",
            "flag-unreadable",
            "This is neither yes nor no, so the message counts as internal to be safe.",
            found=flag.found,
        )
        return True
    return bool(flag)


def _sound(cells: RowCells) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in ("start_seconds", "end_seconds", "confidence"):
        number = cells.accept(name, read_number(cells.cell(name), decimal_sign="."))
        if number is not None:
            found[name] = float(number)
    channel = cells.accept("channel_no", read_number(cells.cell("channel_no"), decimal_sign="."))
    if channel is not None:
        found["channel_no"] = int(channel)
    return found
