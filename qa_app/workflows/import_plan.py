"""What an import does, decided ticket by ticket before anything is written: new, changed, unchanged or refused."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.engine import Transaction
from db.records import (
    Conversation,
    ImportBatchId,
    Person,
    PersonId,
    Recording,
    RecordingId,
    RowIssue,
    TeamId,
    Ticket,
    TicketId,
)
from db.store import people, tickets
from qa_app.domain.access import Reach, reach
from qa_app.intake.model import IncomingRecording, IncomingTicket, Place
from qa_app.intake.recordings import RecordingFacts
from qa_app.workflows.import_people import AgentMatch, Ambiguous, Cast


class RowState(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket that was read well, with the hash of its content and the facts of its recordings."""

    ticket: IncomingTicket
    content_hash: str
    recordings: tuple[tuple[IncomingRecording, RecordingFacts], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one arrival."""

    arrival: Arrival
    state: RowState
    stored: Ticket | None = None
    team_id: TeamId | None = None
    agent_id: PersonId | None = None
    other_agent_ids: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, the people and teams they need, and what there is to say about them."""

    steps: tuple[Step, ...]
    cast: Cast
    issues: tuple[RowIssue, ...]

    def of(self, state: RowState) -> tuple[Step, ...]:
        """The steps that end in a state."""
        return tuple(step for step in self.steps if step.state is state)


def make_plan(
    tx: Transaction, arrivals: Sequence[Arrival], *, actor: Person, file_name: str, new_id: Callable[[], str]
) -> Plan:
    """Compare arrivals with the store. Reads only; the ids that it makes are used if the plan is carried out."""
    cast = Cast(people.people(tx, active=None), people.teams(tx), new_id)
    by_source: defaultdict[str, list[str]] = defaultdict(list)
    for arrival in arrivals:
        by_source[arrival.ticket.source].append(arrival.ticket.external_id)
    stored = {
        (source, external_id): ticket
        for source, ids in by_source.items()
        for external_id, ticket in tickets.stored_tickets(tx, source, ids).items()
    }
    decide = _Decision(cast, reach(actor, "ticket.import"), file_name)
    steps = tuple(
        decide.step(arrival, stored.get((arrival.ticket.source, arrival.ticket.external_id))) for arrival in arrivals
    )
    return Plan(steps, cast, tuple(decide.issues))


class _Decision:
    """Decides step by step and collects issues on the way."""

    def __init__(self, cast: Cast, within: Reach, file_name: str) -> None:
        self._cast = cast
        self._within = within
        self._file_name = file_name
        self._told: set[PersonId] = set()
        self.issues: list[RowIssue] = []

    def step(self, arrival: Arrival, stored: Ticket | None) -> Step:
        ticket = arrival.ticket
        refusal = self._refuse_team(ticket, stored) or self._refuse_agent(ticket)
        if refusal is not None:
            self.issues.append(refusal)
            return Step(arrival, RowState.REFUSED, stored)
        if stored is not None and stored.content_hash == arrival.content_hash:
            return Step(arrival, RowState.UNCHANGED, stored)
        team_id = self._cast.team(ticket.team).id if ticket.team else None
        agent = self._cast.agent(ticket.agent, team_id=team_id) if ticket.agent else None
        agent_id = agent.person.id if isinstance(agent, AgentMatch) else None
        if isinstance(agent, AgentMatch):
            self._remark(agent, ticket)
        return Step(
            arrival,
            RowState.NEW if stored is None else RowState.CHANGED,
            stored,
            team_id,
            agent_id,
            self._others(ticket, agent_id, team_id),
        )

    def _place(self, ticket: IncomingTicket, column: str | None = None) -> Place:
        return Place(self._file_name, ticket.row, ticket.sheet, column)

    def _refuse_team(self, ticket: IncomingTicket, stored: Ticket | None) -> RowIssue | None:
        if self._within.everything:
            return None
        team = self._cast.known_team(ticket.team) if ticket.team else None
        here = team is not None and team.id in self._within.teams
        before = stored is None or stored.team_id in self._within.teams
        if here and before:
            return None
        return self._place(ticket, "team").refuse(
            "team-out-of-scope",
            "You may import tickets of your own teams only, and this ticket is of none of them. Ask an admin to do it.",
            found=ticket.team,
        )

    def _refuse_agent(self, ticket: IncomingTicket) -> RowIssue | None:
        found = self._cast.find(ticket.agent) if ticket.agent else None
        if not isinstance(found, Ambiguous):
            return None
        return self._place(ticket, "agent").refuse(
            "agent-ambiguous",
            f"{found.count} people fit this agent. Add the agent's id or e-mail address to the file.",
            found=found.named.name,
        )

    def _remark(self, match: AgentMatch, ticket: IncomingTicket) -> None:
        if match.remark is None or match.person.id in self._told:
            return
        self._told.add(match.person.id)
        text = (
            f"The agent found {match.how} is {match.remark}. The tickets count for that person; check that it is one."
        )
        self.issues.append(self._place(ticket, "agent").warn("agent-name-differs", text, found=match.named.name))

    def _others(
        self, ticket: IncomingTicket, agent_id: PersonId | None, team_id: TeamId | None
    ) -> tuple[PersonId, ...]:
        found: dict[PersonId, None] = {}
        for named in ticket.other_agents:
            match = self._cast.agent(named, team_id=team_id)
            if isinstance(match, AgentMatch):
                found[match.person.id] = None
            else:
                text = f"{match.count} people fit this other agent of the ticket, so none was noted."
                self.issues.append(self._place(ticket, "other_agents").warn("agent-ambiguous", text, found=named.name))
        return tuple(person_id for person_id in found if person_id != agent_id)


def make_conversation(step: Step, *, batch_id: ImportBatchId, new_id: Callable[[], str]) -> Conversation:
    """What a step writes: a new ticket, or the next version of a stored one."""
    arrival, stored = step.arrival, step.stored
    ticket = arrival.ticket
    ticket_id = stored.id if stored is not None else TicketId(new_id())
    head = Ticket(
        id=ticket_id,
        source=ticket.source,
        external_id=ticket.external_id,
        channel=ticket.channel,
        created_at=ticket.created_at,
        content_hash=arrival.content_hash,
        version=stored.version + 1 if stored is not None else 1,
        subject=ticket.subject,
        status=ticket.status,
        solved_at=ticket.solved_at,
        language=ticket.language,
        team_id=step.team_id,
        agent_id=step.agent_id,
        other_agent_ids=step.other_agent_ids,
        requester_name=ticket.requester_name,
        requester_ref=ticket.requester_ref,
        url=ticket.url,
        parent_external_id=ticket.parent_external_id,
        tags=ticket.tags,
        metrics=ticket.metrics,
        import_batch_id=batch_id,
    )
    by_hash = {facts.content_hash: (file, facts) for file, facts in arrival.recordings}
    # Recordings are read by id, and ids of the same millisecond sort by chance; their seconds count on in this order.
    ids = sorted(new_id() for _ in by_hash)
    recordings = tuple(
        Recording(
            id=RecordingId(recording_id),
            ticket_id=ticket_id,
            content_hash=content_hash,
            media_type=facts.media_type,
            size_bytes=facts.size_bytes,
            original_name=file.original_name,
            duration_seconds=facts.duration_seconds,
            channels=facts.channels,
            sample_rate=facts.sample_rate,
        )
        for recording_id, (content_hash, (file, facts)) in zip(ids, by_hash.items(), strict=True)
    )
    return Conversation(head, ticket.messages, recordings)
