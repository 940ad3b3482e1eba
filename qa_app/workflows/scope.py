"""How far an actor's roles reach, as workflows ask it: for lists, for new records, for frames."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from db.engine import Transaction
from db.records import Frame, Person, PersonId, ReviewState, Ticket, TicketId
from db.store import calibration, disputes, people
from qa_app.domain.access import Reach, reach, require
from qa_app.domain.calibration import blind_tickets
from qa_app.errors import NotAllowed


class Graded(Protocol):
    """What of a review decides who may read it."""

    @property
    def agent_id(self) -> PersonId | None:
        """The agent under review, where known."""

    @property
    def reviewer_id(self) -> PersonId:
        """Its author."""

    @property
    def state(self) -> ReviewState:
        """Where it is in its life."""


def require_some(actor: Person, action: str) -> Reach:
    """The reach of an action that some records at least allow.

    Raises:
        NotAllowed: the actor may do this to no record at all.
    """
    within = reach(actor, action)
    if within.nothing:
        require(actor, action)
        raise NotAllowed("not-allowed", "Your roles do not include this. Ask an admin.")
    return within


def limit_frame(actor: Person, action: str, frame: Frame) -> Frame:
    """The frame without the teams that the actor's roles do not reach.

    Raises:
        NotAllowed: nothing of the frame is within reach.
    """
    within = require_some(actor, action)
    if within.everything:
        return frame
    if not within.teams:
        raise NotAllowed("not-allowed", "You may do this for your own records only; choose one of them.")
    wanted = tuple(team for team in frame.team_ids if team in within.teams) if frame.team_ids else tuple(within.teams)
    if not wanted:
        raise NotAllowed("team-out-of-scope", "None of these teams is in your scope; choose one of your own teams.")
    return replace(frame, team_ids=tuple(sorted(wanted)))


def reaches_agent(within: Reach, actor: Person, agent: Person | None) -> bool:
    """Whether records of this agent are within reach."""
    if within.everything:
        return True
    if agent is None:
        return False
    return (agent.team_id is not None and agent.team_id in within.teams) or (within.own and agent.id == actor.id)


def find_blind_tickets(tx: Transaction, person_id: PersonId) -> frozenset[TicketId]:
    """Tickets of open calibrations in which this person grades, and those that they grade again for a dispute.

    Until the reveal, or until their own grade is in, they see no grade of these tickets, not even a quality review
    that existed before, and nothing of the dispute.
    """
    in_sessions = blind_tickets(calibration.sessions(tx, grader_id=person_id), person_id)
    return in_sessions | disputes.blind_tickets(tx, person_id)


def find_agents(tx: Transaction, shown: Iterable[Ticket], reader_id: PersonId) -> dict[TicketId, Person]:
    """Whose tickets these are; without those that nobody is known of, or that the reader grades blind."""
    blind = find_blind_tickets(tx, reader_id)
    named = {ticket.id: ticket.agent_id for ticket in shown if ticket.agent_id and ticket.id not in blind}
    known = people.people_by_id(tx, named.values())
    return {ticket_id: known[agent_id] for ticket_id, agent_id in named.items()}


def agent_of(review: Graded, found: Mapping[PersonId, Person]) -> Person | None:
    """The agent under review, where known."""
    return found.get(review.agent_id) if review.agent_id else None
