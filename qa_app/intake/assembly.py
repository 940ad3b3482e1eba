"""Applies mappings: a tickets table, a messages table or both become tickets, with everything there is to say."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from db.records import ColumnMapping, IssueLevel, MessageRole, RowIssue
from qa_app.intake.bodies import looks_like_html, read_html
from qa_app.intake.checking import FieldProblem, check_ticket, ticket_of
from qa_app.intake.interchange import TicketLine
from qa_app.intake.labelled import find_labels, split_turns
from qa_app.intake.mapping import ask, explain
from qa_app.intake.message_rows import MessageRow, MessageRows, find_authors, read_message_rows
from qa_app.intake.model import Guess, IncomingTicket, Place, Question, Read, Row, Speaker, Table
from qa_app.intake.row_cells import RowCells
from qa_app.intake.speakers import ask_about, is_speaker, resolve
from qa_app.intake.ticket_rows import TicketRow, is_total, read_ticket_row
from scorecards.model import Channel

_REQUIRED = frozenset({"plumbline", "source", "external_id", "channel", "created_at", "messages"})


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table with its mapping, and where the mapping comes from."""

    table: Table
    mapping: ColumnMapping
    said: frozenset[str] = frozenset()
    """Names of columns and options that people gave."""
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for the whole import rather than for one table."""

    source: str
    folder: Path
    """Where recordings are looked for."""
    speakers: Mapping[str, str] = field(default_factory=dict)
    format: str = "csv"


def apply_mapping(tickets: Mapped | None, messages: Mapped | None, setting: Setting) -> Read:
    """The tickets of one or two tables. While questions are open, no ticket is read."""
    parts = [part for part in (tickets, messages) if part is not None]
    guesses = [guess for part in parts for guess in _guesses(part)]
    # One answer about the zone serves both tables, so it is asked once.
    asked = {question.name: question for part in reversed(parts) for question in ask(part.table, part.mapping)}
    questions = list(asked.values())
    if tickets is None and messages is not None and not messages.mapping.options.get("channel"):
        questions.append(Question("channel", "Which channel are these messages from?", choices=tuple(Channel)))
    speakers = _find_speakers(tickets, messages)
    named = _named_people(tickets)
    questions.extend(
        replace(question, suggestion=named.get(question.name.removeprefix("speakers.")))
        for question in ask_about(speakers, setting.speakers)
    )
    read = Read(
        format=setting.format,
        rows_read=sum(len(part.table.rows) for part in parts),
        issues=tuple(issue for part in parts for issue in part.table.issues),
        guesses=tuple(dict.fromkeys(guesses)),
        questions=tuple(questions),
        speakers=speakers,
    )
    if questions:
        return read
    return _read_tickets(read, tickets, messages, setting)


def _guesses(part: Mapped) -> tuple[Guess, ...]:
    return (*part.table.guesses, *explain(part.mapping, said=part.said, remembered=part.remembered))


def _named_people(tickets: Mapped | None) -> dict[str, str]:
    """People whom the tickets table itself names, with the role that this suggests for a label of their name."""
    if tickets is None:
        return {}
    cells = [RowCells(row, tickets.table, tickets.mapping) for row in tickets.table.rows]
    columns = (("requester.name", "customer"), ("agent.name", "agent"))
    return {name: role for column, role in columns for cell in cells if (name := cell.text(column)) is not None}


def _find_speakers(tickets: Mapped | None, messages: Mapped | None) -> tuple[Speaker, ...]:
    turns = find_authors(messages.table, messages.mapping) if messages is not None else Counter()
    if tickets is not None:
        texts = (RowCells(row, tickets.table, tickets.mapping).text("transcript") for row in tickets.table.rows)
        turns += find_labels(map(_talk, texts), names=_named_people(tickets))
    return tuple(Speaker(label, count) for label, count in turns.items())


def _talk(transcript: str | None) -> str:
    text = transcript or ""
    return read_html(text) if looks_like_html(text) else text


def _read_tickets(read: Read, tickets: Mapped | None, messages: Mapped | None, setting: Setting) -> Read:
    rows = read_message_rows(messages.table, messages.mapping, speakers=setting.speakers) if messages else None
    collected = _Collected(issues=[*read.issues, *(rows.issues if rows else ())])
    if tickets is not None:
        _collect_tickets(collected, tickets, rows, read.speakers, setting)
    if rows is not None and messages is not None:
        known = set(collected.seen) if tickets is not None else None
        _collect_messages(collected, messages, rows, known, setting)
    return replace(
        read,
        rows_read=read.rows_read - collected.totals,
        tickets=tuple(collected.tickets),
        issues=tuple(collected.issues),
    )


@dataclass(slots=True)
class _Collected:
    issues: list[RowIssue]
    tickets: list[IncomingTicket] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    totals: int = 0


def _collect_tickets(
    collected: _Collected, part: Mapped, rows: MessageRows | None, speakers: Sequence[Speaker], setting: Setting
) -> None:
    labels = [speaker.label for speaker in speakers if is_speaker(speaker.label, setting.speakers)]
    for row in part.table.rows:
        place = Place(part.table.file, row.number, part.table.sheet)
        if is_total(row):
            collected.totals += 1
            collected.issues.append(place.warn("row-total", "The row sums up the others and was left out."))
            continue
        ticket = read_ticket_row(row, part.table, part.mapping, source=setting.source, folder=setting.folder)
        collected.issues.extend(ticket.issues)
        first = collected.seen.setdefault(ticket.external_id, row.number) if ticket.external_id else row.number
        if first != row.number:
            text = f"Rows {first} and {row.number} hold the same ticket; row {first} was taken. Keep the right one."
            collected.issues.append(place.refuse("ticket-twice", text, found=ticket.external_id))
            continue
        told = rows.by_ticket.get(ticket.external_id or "", ()) if rows else ()
        if told and ticket.transcript:
            text = "The ticket has messages of its own, so the transcript in this row was left out."
            collected.issues.append(place.warn("transcript-unused", text))
        talk = _data(told) or _turns(ticket, labels, setting, place, collected.issues)
        _accept(collected, ticket, talk, part)


def _accept(collected: _Collected, ticket: TicketRow, talk: list[dict[str, object]], part: Mapped) -> None:
    """Check a ticket as a whole and take it, without optional fields that do not fit, or say why not."""
    if any(issue.level is IssueLevel.REFUSED for issue in ticket.issues):
        return
    place = Place(part.table.file, ticket.row.number, part.table.sheet)
    data = {**ticket.data, "messages": talk}
    line = check_ticket(data)
    if not isinstance(line, TicketLine):
        unfit = {problem.field.partition(".")[0].partition("[")[0] for problem in line}
        fatal = bool(unfit & _REQUIRED)
        collected.issues.extend(_issue(problem, place, part.mapping, fatal=fatal) for problem in line)
        if fatal:
            return
        line = check_ticket({name: value for name, value in data.items() if name not in unfit})
    if isinstance(line, TicketLine):
        collected.tickets.append(
            ticket_of(line, row=ticket.row.number, sheet=part.table.sheet, recordings=ticket.recordings)
        )


def _issue(problem: FieldProblem, place: Place, mapping: ColumnMapping, *, fatal: bool) -> RowIssue:
    where = replace(place, column=mapping.columns.get(problem.field, problem.field))
    if fatal:
        return where.refuse(problem.code, f"{problem.field}: {problem.message}", found=problem.found)
    text = f"{problem.field}: {problem.message} The value was left out."
    return where.warn(problem.code, text, found=problem.found)


def _turns(
    ticket: TicketRow, labels: Sequence[str], setting: Setting, place: Place, issues: list[RowIssue]
) -> list[dict[str, object]]:
    """The talk of a transcript cell as messages."""
    talk = _talk(ticket.transcript)
    if not talk.strip():
        return []
    turns = split_turns(talk, labels)
    if all(turn.label is None for turn in turns):
        issues.append(
            place.warn("speakers-unknown", "The transcript does not say who speaks; it is shown as one piece of text.")
        )
        return [{"role": MessageRole.SYSTEM, "text": talk}]
    messages: list[dict[str, object]] = []
    for turn in turns:
        voice = resolve(turn.label, setting.speakers) if turn.label else None
        message: dict[str, object] = {"role": voice.role if voice else MessageRole.SYSTEM, "text": turn.text}
        name = (voice.name if voice else None) or turn.label
        # A label such as Agent, beside the role, would only repeat it.
        message |= {"author": {"name": name}} if name and name.casefold() != message["role"] else {}
        message |= {"start_seconds": turn.start_seconds} if turn.start_seconds is not None else {}
        messages.append(message)
    return messages


def _collect_messages(
    collected: _Collected, part: Mapped, rows: MessageRows, known: set[str] | None, setting: Setting
) -> None:
    """Messages whose ticket stands in no tickets table: refused beside one, tickets of their own without one."""
    for ticket_id, messages in rows.by_ticket.items():
        if known is None:
            ticket = _ticket_of_messages(ticket_id, messages, part, setting)
            collected.issues.extend(ticket.issues)
            _accept(collected, ticket, _data(messages), part)
            continue
        if ticket_id not in known:
            collected.issues.extend(
                Place(part.table.file, message.row, part.table.sheet, part.mapping.columns.get("ticket_id")).refuse(
                    "ticket-unknown", "The tickets table has no ticket of this id.", found=ticket_id
                )
                for message in messages
            )


def _data(messages: Sequence[MessageRow]) -> list[dict[str, object]]:
    return [dict(message.data) for message in messages]


def _ticket_of_messages(ticket_id: str, messages: Sequence[MessageRow], part: Mapped, setting: Setting) -> TicketRow:
    """What messages alone tell of their ticket: when it began, and who wrote."""
    first = min(messages, key=lambda message: message.row).row
    place = Place(part.table.file, first, part.table.sheet, part.mapping.columns.get("sent_at"))
    issues: list[RowIssue] = []
    began = min((message.sent_at for message in messages if message.sent_at is not None), default=None)
    if began is None:
        issues.append(
            place.refuse("time-missing", "No message of the ticket has a time, so nothing says when it began.")
        )
    agents = Counter(_writers(messages, MessageRole.AGENT))
    names = [name for name, _ in agents.most_common()]
    if len(names) > 1:
        text = f"{len(names)} agents wrote. The one with the most messages is under review; the others are noted."
        issues.append(replace(place, column=None).warn("agents-several", text, found=", ".join(names)))
    elif not names:
        text = "No message names an agent, so nobody can be coached from this ticket."
        issues.append(replace(place, column=None).warn("agent-missing", text))
    customer = next(_writers(messages, MessageRole.CUSTOMER), None)
    data: dict[str, object] = {
        "plumbline": 1,
        "source": setting.source,
        "external_id": ticket_id,
        "channel": part.mapping.options.get("channel"),
        "created_at": began,
        **({"agent": {"name": names[0]}, "other_agents": [{"name": name} for name in names[1:]]} if names else {}),
        **({"requester": {"name": customer}} if customer else {}),
        **{name: part.mapping.options[name] for name in ("language", "team") if part.mapping.options.get(name)},
    }
    return TicketRow(Row(first, ()), MappingProxyType(data), issues=tuple(issues))


def _writers(messages: Sequence[MessageRow], role: MessageRole) -> Iterator[str]:
    for message in messages:
        author = message.data.get("author")
        if message.data["role"] is role and isinstance(author, dict) and author.get("name"):
            yield str(author["name"])
