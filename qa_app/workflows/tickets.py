"""Tickets to look at: the list, one conversation, its recordings."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from db.engine import Transaction
from db.records import (
    AssignmentState,
    Conversation,
    Facets,
    Frame,
    Person,
    PersonId,
    Recording,
    RecordingId,
    ReviewState,
    Ticket,
    TicketId,
)
from db.store import assignments, people, reviews, scorecards, tickets
from qa_app.domain.access import reach
from qa_app.domain.outcomes import shows_outcomes
from qa_app.domain.review_states import UNDO_WINDOW, shown_to_agent
from qa_app.domain.voices import mask_agents
from qa_app.errors import NotFound
from qa_app.workflows.context import Context
from qa_app.workflows.reviews import FOR_AGENTS
from qa_app.workflows.scope import find_agents, find_blind_tickets, limit_frame, reaches_agent, require_some


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket in a list."""

    ticket: Ticket
    agent: Person | None
    """None where nobody is known, or where the reader grades it blind."""
    reviewed: bool


@dataclass(frozen=True, slots=True)
class TicketPage:
    """One page of tickets, newest first."""

    rows: tuple[TicketRow, ...]
    before: tuple[datetime, TicketId] | None
    """Where the next page starts; None on the last one."""


def list_tickets(
    context: Context,
    *,
    frame: Frame,
    text: str | None = None,
    before: tuple[datetime, TicketId] | None = None,
    limit: int = 50,
) -> TicketPage:
    """Tickets within the actor's reach, newest first, one page at a time."""
    limited = limit_frame(context.actor, "ticket.read", frame)
    with context.store.read() as tx:
        found = tickets.ticket_page(
            tx, frame=limited, viewer=context.actor.id, text=text, before=before, limit=limit + 1
        )
        shown = found[:limit]
        agents = find_agents(tx, shown, context.actor.id)
        reviewed = reviews.reviewed_ticket_ids(tx, [ticket.id for ticket in shown], context.actor.id)
    rows = tuple(TicketRow(ticket, agents.get(ticket.id), ticket.id in reviewed) for ticket in shown)
    last = shown[-1] if len(found) > limit else None
    return TicketPage(rows, (last.created_at, last.id) if last else None)


def read_facets(context: Context) -> Facets:
    """What filters can offer: the channels, languages, tags, sources and metrics that occur."""
    require_some(context.actor, "ticket.read")
    with context.store.read() as tx:
        return tickets.facets(tx)


def view_ticket(context: Context, ticket_id: TicketId) -> Conversation:
    """One ticket in its newest version, without what its grader may not know yet.

    Outcomes are left out where the actor has yet to grade it without them, and agents have no names where the actor
    grades it blind.

    Raises:
        NotFound: no such ticket, or none that the actor may read.
    """
    with context.store.read() as tx:
        conversation = tickets.conversation(tx, ticket_id)
        if conversation is None or not _may_read(tx, context, conversation.ticket):
            raise NotFound("no-ticket", "There is no such ticket, or none that you may read.")
        if _grades_without_outcomes(tx, context, ticket_id):
            conversation = replace(conversation, ticket=replace(conversation.ticket, metrics=()))
        blind = ticket_id in find_blind_tickets(tx, context.actor.id)
    return mask_agents(conversation) if blind else conversation


def _grades_without_outcomes(tx: Transaction, context: Context, ticket_id: TicketId) -> bool:
    """Whether the actor has yet to grade it without them; a submit that can still be undone counts as yet to grade."""
    actor_id, submitted_from = context.actor.id, context.now() - UNDO_WINDOW
    due = assignments.assignments(tx, reviewer_id=actor_id, ticket_ids=[ticket_id], state=AssignmentState.OPEN)
    fresh = reviews.reviews(
        tx, reviewer_id=actor_id, ticket_ids=[ticket_id], states=(ReviewState.SUBMITTED,), submitted_from=submitted_from
    )
    asked = [(each.scorecard_version_id, each.purpose) for each in due]
    asked += [(each.scorecard_version_id, each.purpose) for each in fresh]
    versions = scorecards.versions_by_id(tx, {version_id for version_id, _ in asked})
    return any(not shows_outcomes(versions[version_id].scorecard, purpose) for version_id, purpose in asked)


def find_agent(context: Context, ticket_id: TicketId) -> Person | None:
    """Whose ticket it is; None where nobody is known, or where the actor grades it blind.

    Raises:
        NotFound: no such ticket, or none that the actor may read.
    """
    with context.store.read() as tx:
        ticket = tickets.ticket(tx, ticket_id)
        if ticket is None or not _may_read(tx, context, ticket):
            raise NotFound("no-ticket", "There is no such ticket, or none that you may read.")
        return find_agents(tx, [ticket], context.actor.id).get(ticket_id)


def find_recording(context: Context, recording_id: RecordingId) -> tuple[Path, Recording]:
    """The file of a recording that the actor may hear.

    Raises:
        NotFound: no such recording, none that the actor may hear, or its file is gone.
    """
    with context.store.read() as tx:
        recording = tickets.recording(tx, recording_id)
        ticket = tickets.ticket(tx, recording.ticket_id) if recording else None
        if recording is None or ticket is None or not _may_read(tx, context, ticket):
            raise NotFound("no-recording", "There is no such recording, or none that you may hear.")
    path = context.recordings_dir / recording.content_hash[:2] / recording.content_hash
    if not path.is_file():
        raise NotFound(
            "recording-file-gone", "The file of this recording is missing from the data folder; tell an admin."
        )
    return path, recording


def list_hearable(context: Context, conversation: Conversation) -> tuple[Recording, ...]:
    """The recordings of a conversation, if the actor may hear them; who reads a review need not."""
    if not conversation.recordings:
        return ()
    with context.store.read() as tx:
        return conversation.recordings if _may_read(tx, context, conversation.ticket) else ()


def _may_read(tx: Transaction, context: Context, ticket: Ticket) -> bool:
    """By reach, or because one grades it, or because one is its agent and a review of it was released."""
    actor = context.actor
    within = reach(actor, "ticket.read")
    if within.everything or (ticket.team_id is not None and ticket.team_id in within.teams):
        return True
    agent = people.person(tx, ticket.agent_id) if ticket.agent_id else None
    if agent is not None and agent.id != actor.id and reaches_agent(within, actor, agent):
        return True
    if assignments.assignments(tx, reviewer_id=actor.id, ticket_ids=[ticket.id], state=AssignmentState.OPEN):
        return True
    return agent is not None and agent.id == actor.id and _was_released(tx, actor.id, ticket.id)


def _was_released(tx: Transaction, agent_id: PersonId, ticket_id: TicketId) -> bool:
    found = reviews.reviews(tx, agent_id=agent_id, ticket_ids=[ticket_id], states=FOR_AGENTS)
    return any(shown_to_agent(review) for review in found)
