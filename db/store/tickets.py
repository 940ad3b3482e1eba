"""Tickets with their messages, metrics and recordings; frames of tickets to draw from or to page through."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, bindparam, func, literal, select, tuple_

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import (
    Attachment,
    Conversation,
    Facets,
    Frame,
    ImportBatchId,
    Message,
    MessageRole,
    Metric,
    PersonId,
    Recording,
    RecordingId,
    TeamId,
    Ticket,
    TicketId,
)
from db.store import frames
from db.store.rows import children, columns_of, in_chunks, insert_rows, one_piece, select_in, upsert_rows
from scorecards.model import Channel


def stored_tickets(tx: Transaction, source: str, external_ids: Iterable[str]) -> dict[str, Ticket]:
    """The tickets of a source that are here already, by external id; without tags, metrics and other agents."""
    of_source = select(tables.ticket).where(tables.ticket.c.source == source)
    rows = select_in(tx, of_source, tables.ticket.c.external_id, external_ids)
    return {row.external_id: _head(row) for row in rows}


def add_conversations(tx: Transaction, conversations: Sequence[Conversation]) -> None:
    """Add new tickets with everything that belongs to them.

    Raises:
        DuplicateKey: a ticket of the same source and external id is here already; none was added.
    """
    with one_piece(tx):
        insert_rows(tx, tables.ticket, [_head_columns(one.ticket) for one in conversations])
        _add_parts(tx, conversations)


def replace_conversations(tx: Transaction, conversations: Sequence[Conversation]) -> None:
    """Bring stored tickets up to a new version: messages are added under it, those of older versions stay.

    Heads, tags, metrics and agents are replaced. A recording of the same content keeps its id, others are added.

    Raises:
        UnknownId: one of the tickets is not stored; none was changed.
        DuplicateKey: messages of this version are stored already; none was changed.
    """
    if not conversations:
        return
    ids = [one.ticket.id for one in conversations]
    unknown = set(ids) - {row.id for row in select_in(tx, select(tables.ticket.c.id), tables.ticket.c.id, ids)}
    if unknown:
        raise UnknownId(f"there is no ticket {min(unknown)}")
    rows = [_head_columns(one.ticket) for one in conversations]
    values: dict[str, object] = {name: bindparam(name) for name in rows[0] if name != "id"}
    with one_piece(tx):
        heads = tables.ticket.update().where(tables.ticket.c.id == bindparam("this_id")).values(values)
        tx.connection.execute(heads, [{"this_id": row.pop("id"), **row} for row in rows])
        for table in (tables.ticket_agent, tables.ticket_tag, tables.ticket_metric):
            for chunk in in_chunks(ids):
                tx.connection.execute(table.delete().where(table.c.ticket_id.in_(chunk)))
        _add_parts(tx, conversations)


def conversation(tx: Transaction, ticket_id: TicketId, *, version: int | None = None) -> Conversation | None:
    """A ticket with the messages of its newest or of a named version; the head is always the newest."""
    head = ticket(tx, ticket_id)
    if head is None or not 1 <= (shown := version or head.version) <= head.version:
        return None
    of_version = (tables.message.c.ticket_id == ticket_id) & (tables.message.c.ticket_version == shown)
    rows = tx.connection.execute(select(tables.message).where(of_version).order_by(tables.message.c.seq))
    return Conversation(replace(head, version=shown), tuple(map(_message, rows)), recordings(tx, ticket_id))


def conversations(tx: Transaction, wanted: Iterable[tuple[TicketId, int]]) -> dict[tuple[TicketId, int], Conversation]:
    """Many conversations, each in a named version; those that do not exist are left out."""
    versions = dict.fromkeys(wanted)
    heads = tickets_by_id(tx, [ticket_id for ticket_id, _ in versions])
    messages = children(tx, tables.message.c.ticket_id, heads, tables.message.c.seq)
    sounds = children(tx, tables.recording.c.ticket_id, heads, tables.recording.c.id)
    return {
        (ticket_id, version): Conversation(
            replace(heads[ticket_id], version=version),
            tuple(_message(row) for row in messages.get(ticket_id, ()) if row.ticket_version == version),
            tuple(map(_recording, sounds.get(ticket_id, ()))),
        )
        for ticket_id, version in versions
        if ticket_id in heads and 1 <= version <= heads[ticket_id].version
    }


def ticket(tx: Transaction, ticket_id: TicketId) -> Ticket | None:
    """One ticket without its messages."""
    return tickets_by_id(tx, [ticket_id]).get(ticket_id)


def tickets_by_id(tx: Transaction, ids: Iterable[TicketId]) -> dict[TicketId, Ticket]:
    """The tickets of these ids; unknown ids are left out."""
    rows = list(select_in(tx, select(tables.ticket), tables.ticket.c.id, ids))
    return {ticket.id: ticket for ticket in _with_children(tx, rows)}


def frame_tickets(tx: Transaction, frame: Frame) -> tuple[Ticket, ...]:
    """All tickets of a frame by source and external id, byte by byte: the same order on every machine."""
    order = (tables.ticket.c.source, tables.ticket.c.external_id)
    wanted = select(tables.ticket).where(*frames.conditions(tx, frame)).order_by(*order)
    return _with_children(tx, tx.connection.execute(wanted).all())


def count_tickets(tx: Transaction, frame: Frame) -> int:
    """How many tickets a frame has."""
    wanted = select(func.count()).select_from(tables.ticket).where(*frames.conditions(tx, frame))
    return tx.connection.execute(wanted).scalar_one()


def ticket_page(
    tx: Transaction,
    *,
    frame: Frame,
    viewer: PersonId | None = None,
    text: str | None = None,
    before: tuple[datetime, TicketId] | None = None,
    limit: int = 50,
) -> tuple[Ticket, ...]:
    """One page of a frame, newest first; `before` is (created_at, id) of the last ticket of the page before.

    `text` is looked for in subject, external id and requester; case and accents do not matter. `viewer` is whose
    hidden checks decide what is reviewed.
    """
    columns = tables.ticket.c
    wanted = select(tables.ticket).where(*frames.conditions(tx, frame, viewer=viewer))
    if text is not None and text.strip():
        wanted = wanted.where(columns.search_text.contains(_fold(text.strip()), autoescape=True))
    if before is not None:
        at, last_id = literal(before[0], columns.created_at.type), literal(before[1], columns.id.type)
        wanted = wanted.where(tuple_(columns.created_at, columns.id) < tuple_(at, last_id))
    page = wanted.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit)
    return _with_children(tx, tx.connection.execute(page).all())


def facets(tx: Transaction) -> Facets:
    """The values that tickets have, to choose filters from."""
    present = set(_distinct(tx, tables.ticket.c.channel))
    return Facets(
        channels=tuple(channel for channel in Channel if channel.value in present),
        languages=_distinct(tx, tables.ticket.c.language),
        tags=_distinct(tx, tables.ticket_tag.c.tag),
        sources=_distinct(tx, tables.ticket.c.source),
        metrics=_distinct(tx, tables.ticket_metric.c.name),
    )


def recordings(tx: Transaction, ticket_id: TicketId) -> tuple[Recording, ...]:
    """The recordings of a ticket by id."""
    of_ticket = select(tables.recording).where(tables.recording.c.ticket_id == ticket_id)
    return tuple(map(_recording, tx.connection.execute(of_ticket.order_by(tables.recording.c.id))))


def recording(tx: Transaction, recording_id: RecordingId) -> Recording | None:
    """One recording."""
    row = tx.connection.execute(select(tables.recording).where(tables.recording.c.id == recording_id)).one_or_none()
    return None if row is None else _recording(row)


def _distinct(tx: Transaction, column: Column[Any]) -> tuple[str, ...]:
    found = tx.connection.execute(select(column).distinct().where(column.is_not(None)))
    return tuple(sorted(found.scalars()))


def _head_columns(ticket: Ticket) -> dict[str, object]:
    searched = (ticket.external_id, ticket.subject, ticket.requester_name, ticket.requester_ref)
    return columns_of(ticket, tables.ticket, search_text=_fold("\n".join(part for part in searched if part)))


def _fold(text: str) -> str:
    """Without case and accents, in Python, because the two engines fold differently."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()


def _add_parts(tx: Transaction, conversations: Sequence[Conversation]) -> None:
    tickets = [one.ticket for one in conversations]
    agents = ((ticket, place, agent) for ticket in tickets for place, agent in enumerate(ticket.other_agent_ids))
    tags = ((ticket, place, tag) for ticket in tickets for place, tag in enumerate(ticket.tags))
    metrics = ((ticket, place, metric) for ticket in tickets for place, metric in enumerate(ticket.metrics))
    insert_rows(
        tx,
        tables.ticket_agent,
        [{"ticket_id": ticket.id, "person_id": agent, "position": place} for ticket, place, agent in agents],
    )
    insert_rows(
        tx, tables.ticket_tag, [{"ticket_id": ticket.id, "tag": tag, "position": place} for ticket, place, tag in tags]
    )
    insert_rows(
        tx,
        tables.ticket_metric,
        [
            columns_of(metric, tables.ticket_metric, ticket_id=ticket.id, position=place)
            for ticket, place, metric in metrics
        ],
    )
    insert_rows(
        tx, tables.message, [_message_columns(one.ticket, turn) for one in conversations for turn in one.messages]
    )
    upsert_rows(
        tx,
        tables.recording,
        [columns_of(recording, tables.recording) for one in conversations for recording in one.recordings],
        keys=["ticket_id", "content_hash"],
        keep=["id"],
    )


def _message_columns(ticket: Ticket, message: Message) -> dict[str, object]:
    attachments = [
        {"name": file.name, "media_type": file.media_type, "size_bytes": file.size_bytes}
        for file in message.attachments
    ]
    return columns_of(
        message, tables.message, ticket_id=ticket.id, ticket_version=ticket.version, attachments=attachments
    )


def _with_children(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Ticket, ...]:
    ids = [row.id for row in rows]
    agents = children(tx, tables.ticket_agent.c.ticket_id, ids, tables.ticket_agent.c.position)
    tags = children(tx, tables.ticket_tag.c.ticket_id, ids, tables.ticket_tag.c.position)
    metrics = children(tx, tables.ticket_metric.c.ticket_id, ids, tables.ticket_metric.c.position)
    return tuple(
        replace(
            _head(row),
            other_agent_ids=tuple(PersonId(child.person_id) for child in agents.get(row.id, ())),
            tags=tuple(child.tag for child in tags.get(row.id, ())),
            metrics=tuple(
                Metric(child.name, child.value, child.unit, child.scale, child.hours)
                for child in metrics.get(row.id, ())
            ),
        )
        for row in rows
    )


def _head(row: Row[Any]) -> Ticket:
    return Ticket(
        id=TicketId(row.id),
        source=row.source,
        external_id=row.external_id,
        channel=Channel(row.channel),
        created_at=row.created_at,
        content_hash=row.content_hash,
        version=row.version,
        subject=row.subject,
        status=row.status,
        solved_at=row.solved_at,
        language=row.language,
        team_id=None if row.team_id is None else TeamId(row.team_id),
        agent_id=None if row.agent_id is None else PersonId(row.agent_id),
        requester_name=row.requester_name,
        requester_ref=row.requester_ref,
        url=row.url,
        parent_external_id=row.parent_external_id,
        import_batch_id=None if row.import_batch_id is None else ImportBatchId(row.import_batch_id),
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        seq=row.seq,
        role=MessageRole(row.role),
        text=row.text,
        html=row.html,
        author_name=row.author_name,
        author_ref=row.author_ref,
        external_id=row.external_id,
        sent_at=row.sent_at,
        internal=row.internal,
        start_seconds=row.start_seconds,
        end_seconds=row.end_seconds,
        channel_no=row.channel_no,
        confidence=row.confidence,
        attachments=tuple(Attachment(**file) for file in row.attachments),
    )


def _recording(row: Row[Any]) -> Recording:
    return Recording(
        id=RecordingId(row.id),
        ticket_id=TicketId(row.ticket_id),
        content_hash=row.content_hash,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        original_name=row.original_name,
        duration_seconds=row.duration_seconds,
        channels=row.channels,
        sample_rate=row.sample_rate,
    )
