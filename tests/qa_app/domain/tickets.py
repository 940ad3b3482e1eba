"""Tickets for tests of sampling."""

from datetime import UTC, datetime

from db.records import Frame, PersonId, PlanId, SamplingPlan, TeamId, Ticket, TicketId
from scorecards.model import Channel


def make_ticket(
    external_id: str,
    channel: Channel = Channel.CHAT,
    *,
    agent: str | None = None,
    team: str | None = None,
    language: str | None = None,
) -> Ticket:
    return Ticket(
        TicketId(f"t{external_id}"),
        "helpdesk",
        external_id,
        channel,
        datetime(2026, 1, 1, tzinfo=UTC),
        "hash",
        agent_id=None if agent is None else PersonId(agent),
        team_id=None if team is None else TeamId(team),
        language=language,
    )


def make_plan(size: int, *strata: str, per_agent: int | None = None) -> SamplingPlan:
    return SamplingPlan(PlanId("plan"), "Plan", Frame(), size, strata, per_agent)
