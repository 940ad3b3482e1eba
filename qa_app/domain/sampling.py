"""Drawing a sample: which tickets, in what order, and with what probability.

The same tickets, plan and seed give the same sample everywhere, because nothing depends on the order of rows, on the
ids that tickets have here or on Python's random numbers: every ticket is ranked by a keyed hash. The rules (D1 to D7)
stand in `docs/algorithms/sampling.md`. Takes the tickets that a plan's frame has let through; filters nothing itself.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from urllib.parse import quote, unquote

from db.records import Sample, SampleItem, SamplingPlan, Selection, Ticket, TicketId
from qa_app.domain.allocation import Share, allocate
from qa_app.errors import Refused

STRATA: Mapping[str, Callable[[Ticket], str | None]] = MappingProxyType(
    {
        "channel": lambda ticket: ticket.channel.value,
        "team": lambda ticket: ticket.team_id,
        "agent": lambda ticket: ticket.agent_id,
        "language": lambda ticket: ticket.language,
    }
)
"""What strata can be made of, by the name that a plan uses."""

WHOLE_FRAME = "all"
"""The stratum of a sample without strata."""

_DIGITS = Context(prec=28)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a plan draws from a frame."""

    items: tuple[SampleItem, ...]
    """By stratum, then rank."""
    frame_hash: str
    frame_size: int
    """Tickets that could be drawn."""
    selection: Selection


def plan_problems(plan: SamplingPlan) -> tuple[str, ...]:
    """Everything that keeps a plan from being drawn, in sentences for people; empty where it is fine."""
    problems = []
    if plan.size < 1:
        problems.append(f"The size is {plan.size}; ask for at least 1 ticket.")
    if plan.per_agent is not None and plan.per_agent < 1:
        problems.append(f"The quota per agent is {plan.per_agent}; ask for at least 1, or leave it out.")
    valid = ", ".join(STRATA)
    problems.extend(
        f"Strata cannot be made of {name!r}; valid are: {valid}." for name in plan.strata if name not in STRATA
    )
    repeated = sorted({name for name in plan.strata if plan.strata.count(name) > 1})
    problems.extend(f"{name!r} stands twice among the strata; name it once." for name in repeated)
    return tuple(problems)


def draw(tickets: Sequence[Ticket], plan: SamplingPlan, *, seed: int) -> Drawn:
    """Draw the plan's sample from the tickets of its frame.

    With a quota per agent, tickets without an agent cannot be drawn and do not count in the frame.

    Raises:
        Refused: the plan cannot be drawn; the message says all that is wrong with it.
        ValueError: two tickets have the same source and external id.
    """
    problems = plan_problems(plan)
    if problems:
        raise Refused("plan-invalid", " ".join(problems))
    frame = tickets if plan.per_agent is None else [ticket for ticket in tickets if ticket.agent_id is not None]
    strata = _group(frame, plan, seed=seed)
    shares = _share_out({label: len(members) for label, members in strata.items()}, plan, seed=seed)
    items = tuple(
        SampleItem(
            ticket_id=ticket.id,
            rank=place,
            stratum=label,
            probability=_as_decimal(shares[label].expected / len(members)),
        )
        for label, members in sorted(strata.items())
        for place, ticket in enumerate(members[: shares[label].drawn], start=1)
    )
    plain = not plan.strata and plan.per_agent is None
    return Drawn(items, _hash_frame(strata), len(frame), Selection.RANDOM if plain else Selection.STRATIFIED)


def verify(sample: Sample, tickets: Sequence[Ticket]) -> tuple[str, ...]:
    """Draw a stored sample again and say every difference; empty where it comes out the same.

    Replacements that people made later are no difference. Tickets that the plan's frame no longer holds, or holds
    since, are one: the frame's hash says so.
    """
    again = draw(tickets, sample.plan, seed=sample.seed)
    differences = []
    if again.frame_size != sample.frame_size:
        differences.append(f"The frame holds {again.frame_size} tickets; when drawn it held {sample.frame_size}.")
    if again.frame_hash != sample.frame_hash:
        differences.append(f"The frame's hash is {again.frame_hash}; when drawn it was {sample.frame_hash}.")
    if again.selection is not sample.selection:
        differences.append(f"The plan makes a {again.selection} selection; stored is {sample.selection}.")
    stored, drawn = _by_ticket(sample.items), _by_ticket(again.items)
    differences.extend(f"Ticket {key} is stored but not drawn again." for key in stored if key not in drawn)
    differences.extend(f"Ticket {key} is drawn again but not stored." for key in drawn if key not in stored)
    for key in stored.keys() & drawn.keys():
        for field in ("stratum", "rank", "probability"):
            was, comes_out = getattr(stored[key], field), getattr(drawn[key], field)
            if was != comes_out:
                differences.append(f"Ticket {key} has the {field} {comes_out}; stored is {was}.")
    return tuple(sorted(differences))


def find_replacement(sample: Sample, tickets: Sequence[Ticket], ticket_id: TicketId) -> TicketId | None:
    """The next ticket in line in the stratum of a drawn ticket, or None where the stratum is used up.

    Raises:
        KeyError: the ticket was not drawn in this sample.
    """
    return find_next(sample, tickets, _by_ticket(sample.items)[ticket_id].stratum)


def find_next(sample: Sample, tickets: Sequence[Ticket], stratum: str) -> TicketId | None:
    """The next ticket in line in a stratum, or None where the stratum is used up."""
    taken = {item.ticket_id for item in sample.items} | {item.replaced_by for item in sample.items}
    frame = [ticket for ticket in tickets if label_stratum(ticket, sample.plan) == stratum]
    in_line = _rank(frame, seed=sample.seed)
    return next((ticket.id for ticket in in_line if ticket.id not in taken), None)


def label_stratum(ticket: Ticket, plan: SamplingPlan) -> str:
    """The stratum of a ticket under a plan, such as `agent=17;channel=chat`; `team=` is a ticket without a team."""
    names = _stratum_names(plan)
    return ";".join(f"{name}={quote(STRATA[name](ticket) or '', safe=' ')}" for name in names) or WHOLE_FRAME


def read_stratum(label: str) -> dict[str, str | None]:
    """The fields behind a stratum's label; empty for the whole frame."""
    if label == WHOLE_FRAME:
        return {}
    pairs = (part.partition("=") for part in label.split(";"))
    return {name: unquote(value) or None for name, _, value in pairs}


def _stratum_names(plan: SamplingPlan) -> tuple[str, ...]:
    if plan.per_agent is None:
        return plan.strata
    return ("agent", *(name for name in plan.strata if name != "agent"))


def _group(frame: Iterable[Ticket], plan: SamplingPlan, *, seed: int) -> dict[str, list[Ticket]]:
    """Tickets by stratum, each stratum ranked."""
    strata: dict[str, list[Ticket]] = {}
    seen: set[tuple[str, str]] = set()
    for ticket in frame:
        key = ticket.source, ticket.external_id
        if key in seen:
            raise ValueError(f"two tickets in the frame are {key}")
        seen.add(key)
        strata.setdefault(label_stratum(ticket, plan), []).append(ticket)
    return {label: _rank(members, seed=seed) for label, members in strata.items()}


def _rank(tickets: Iterable[Ticket], *, seed: int) -> list[Ticket]:
    """Rule D1: by HMAC-SHA256 of the ticket's key under the seed."""
    return sorted(tickets, key=lambda ticket: _keyed_hash(seed, _key_of(ticket)))


def _key_of(ticket: Ticket) -> str:
    return json.dumps([ticket.source, ticket.external_id], separators=(",", ":"))


def _keyed_hash(seed: int, message: str) -> bytes:
    return hmac.digest(str(seed).encode(), message.encode(), "sha256")


def _start(seed: int, purpose: str) -> Fraction:
    """A number in [0, 1) for a random start, which no ticket's rank depends on."""
    number = int.from_bytes(_keyed_hash(seed, f"start:{purpose}"), "big")
    return Fraction(number, 2**256)


def _share_out(sizes: Mapping[str, int], plan: SamplingPlan, *, seed: int) -> dict[str, Share]:
    """How many tickets each stratum gives, and how many it gives on average over all seeds."""
    if plan.per_agent is None:
        return allocate(plan.size, sizes, start=_start(seed, "strata"))
    by_agent: dict[str, dict[str, int]] = {}
    for label, size in sizes.items():
        by_agent.setdefault(label.split(";")[0], {})[label] = size
    quotas = {agent: min(plan.per_agent, sum(parts.values())) for agent, parts in by_agent.items()}
    shares: dict[str, Share] = {}
    for agent, quota in allocate(plan.size, quotas, start=_start(seed, "agents")).items():
        shares.update(_share_agent(by_agent[agent], quota, start=_start(seed, agent)))
    return shares


def _share_agent(parts: Mapping[str, int], quota: Share, *, start: Fraction) -> dict[str, Share]:
    """An agent's quota over that agent's strata; the quota itself may depend on chance."""
    drawn = allocate(quota.drawn, parts, start=start)
    expected = dict.fromkeys(parts, Fraction(0))
    for count, chance in quota.outcomes.items():
        for label, share in allocate(count, parts, start=start).items():
            expected[label] += chance * share.expected
    return {label: Share(drawn[label].drawn, expected[label], {}) for label in parts}


def _hash_frame(strata: Mapping[str, Sequence[Ticket]]) -> str:
    """Rule D6: SHA-256 over the sorted lines `["source","external id","stratum"]`."""
    lines = sorted(
        json.dumps([ticket.source, ticket.external_id, label], separators=(",", ":"))
        for label, members in strata.items()
        for ticket in members
    )
    return sha256("\n".join(lines).encode()).hexdigest()


def _as_decimal(number: Fraction) -> Decimal:
    """The quotient to 28 significant digits, whatever the surrounding decimal context."""
    return _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))


def _by_ticket(items: Iterable[SampleItem]) -> dict[TicketId, SampleItem]:
    return {item.ticket_id: item for item in items}
