"""Splitting tickets among reviewers: as evenly as can be, nobody grading own work, the same for the same seed."""

import hmac
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from db.records import PersonId, TicketId

END_OF_DAY = time(18)


def due_at(day: date, zone: ZoneInfo) -> datetime:
    """The moment from which what is due on a day is late: the end of that working day on the installation's clock."""
    return datetime.combine(day, END_OF_DAY, zone)


@dataclass(frozen=True, slots=True)
class Gradable:
    """A ticket to be graded, with the people who handled it and so may not grade it."""

    ticket_id: TicketId
    agent_ids: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Who grades what."""

    pairs: tuple[tuple[TicketId, PersonId], ...]
    """In the order of the tickets given."""
    unassignable: tuple[TicketId, ...]
    """Tickets that every reviewer has handled."""


def split(
    tickets: Sequence[Gradable],
    reviewers: Collection[PersonId],
    *,
    seed: int,
    load: Mapping[PersonId, int] = MappingProxyType({}),
) -> Split:
    """Give every ticket to one reviewer so that the loads are as even as self-review allows.

    `load` is what reviewers have open already; leave it out to share only the new tickets evenly. No ticket could be
    moved, not even along a chain of reviewers, from one who has more to one who has at least two fewer: the result is
    an optimal semi-matching (Harvey, Ladner, Lovász & Tamir 2006, J. Algorithms 59:53). Chance, by the seed, decides
    what evenness leaves open; the order of tickets and reviewers does not matter.

    Raises:
        ValueError: a ticket stands twice.
    """
    if len({ticket.ticket_id for ticket in tickets}) < len(tickets):
        raise ValueError("a ticket stands twice among those to be split")
    eligible = {
        ticket.ticket_id: sorted(
            set(reviewers) - set(ticket.agent_ids), key=lambda person: _draw_lot(seed, ticket.ticket_id, person)
        )
        for ticket in sorted(tickets, key=lambda ticket: _draw_lot(seed, ticket.ticket_id))
    }
    given: dict[PersonId, list[TicketId]] = {reviewer: [] for reviewer in sorted(reviewers)}
    start = {reviewer: load.get(reviewer, 0) for reviewer in given}
    for ticket_id, people in eligible.items():
        if people:
            given[min(people, key=lambda person: start[person] + len(given[person]))].append(ticket_id)
    _even_out(given, eligible, start)
    reviewer_of = {ticket_id: reviewer for reviewer, own in given.items() for ticket_id in own}
    return Split(
        tuple((t.ticket_id, reviewer_of[t.ticket_id]) for t in tickets if t.ticket_id in reviewer_of),
        tuple(t.ticket_id for t in tickets if t.ticket_id not in reviewer_of),
    )


def _draw_lot(seed: int, *parts: str) -> bytes:
    return hmac.digest(str(seed).encode(), "\n".join(("assign", *parts)).encode(), "sha256")


def _even_out(
    given: dict[PersonId, list[TicketId]],
    eligible: Mapping[TicketId, Sequence[PersonId]],
    start: Mapping[PersonId, int],
) -> None:
    """Move tickets along chains until no chain leads from a reviewer to one with two fewer."""
    moved = True
    while moved:
        moved = False
        for giver in sorted(given, key=lambda person: (-start[person] - len(given[person]), person)):
            chain = _find_chain(giver, given, eligible, start)
            if chain:
                for ticket_id, source, target in chain:
                    given[source].remove(ticket_id)
                    given[target].append(ticket_id)
                moved = True
                break


def _find_chain(
    giver: PersonId,
    given: Mapping[PersonId, Sequence[TicketId]],
    eligible: Mapping[TicketId, Sequence[PersonId]],
    start: Mapping[PersonId, int],
) -> list[tuple[TicketId, PersonId, PersonId]]:
    """A shortest chain of moves from the giver to a reviewer with at least two fewer; empty where there is none."""
    limit = start[giver] + len(given[giver]) - 2
    reached: dict[PersonId, tuple[TicketId, PersonId] | None] = {giver: None}
    queue = deque([giver])
    while queue:
        person = queue.popleft()
        if start[person] + len(given[person]) <= limit:
            return _trace(person, reached)
        for ticket_id in given[person]:
            for other in eligible[ticket_id]:
                if other not in reached:
                    reached[other] = ticket_id, person
                    queue.append(other)
    return []


def _trace(
    end: PersonId, reached: Mapping[PersonId, tuple[TicketId, PersonId] | None]
) -> list[tuple[TicketId, PersonId, PersonId]]:
    chain = []
    step = reached[end]
    while step is not None:
        ticket_id, source = step
        chain.append((ticket_id, source, end))
        end, step = source, reached[source]
    return chain
