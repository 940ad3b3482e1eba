from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from db.engine import Store
from db.problems import DuplicateKey, RuleBroken, UnknownId
from db.records import (
    AssignmentId,
    Frame,
    MetricRange,
    PlanId,
    Sample,
    SampleId,
    SampleItem,
    SamplingPlan,
    Selection,
    TicketId,
)
from db.store import assignments, samples
from scorecards.model import Channel
from tests.db.world import AGENT, ASSIGNMENT, NOON, OTHER_REVIEWER, RETURNS, TICKETS, add_ground

PLAN = SamplingPlan(
    PlanId("plan"),
    "March",
    Frame(
        channels=(Channel.CHAT, Channel.CALL),
        team_ids=(RETURNS.id,),
        agent_ids=(AGENT.id,),
        languages=("de",),
        tags=("vip",),
        sources=("desk",),
        created_from=NOON,
        created_before=NOON + timedelta(days=7),
        metrics=(MetricRange("csat", low=Decimal("1.50")), MetricRange("wait", high=Decimal(90))),
        reviewed=False,
    ),
    size=2,
    strata=("channel", "agent"),
    per_agent=1,
    created_at=NOON,
    created_by=OTHER_REVIEWER.id,
)
THIRD = Decimal("0.33333333333333333333")
SAMPLE = Sample(
    SampleId("sample"),
    PLAN,
    seed=2**53,
    frame_hash="f" * 64,
    frame_size=3,
    selection=Selection.STRATIFIED,
    drawn_at=NOON,
    drawn_by=OTHER_REVIEWER.id,
    items=(SampleItem(TICKETS[2].id, 1, "chat|Ada", THIRD), SampleItem(TICKETS[0].id, 2, "chat|Ada", THIRD)),
)


@pytest.fixture
def drawn(store: Store) -> Store:
    with store.write() as tx:
        add_ground(tx)
        samples.add_plan(tx, PLAN)
        samples.add_sample(tx, SAMPLE)
    return store


def test_plan_and_sample_come_back_as_they_went_in(drawn: Store) -> None:
    with drawn.read() as tx:
        assert samples.plan(tx, PLAN.id) == PLAN
        assert samples.sample(tx, SAMPLE.id) == SAMPLE
        assert samples.plan(tx, PlanId("none")) is None
        assert samples.sample(tx, SampleId("none")) is None


def test_plans_and_samples_are_listed_newest_first(drawn: Store) -> None:
    later = replace(PLAN, id=PlanId("later"), frame=Frame(), created_at=NOON + timedelta(days=1))
    second = replace(SAMPLE, id=SampleId("second"), plan=later, drawn_at=NOON + timedelta(days=1), items=())
    with drawn.write() as tx:
        samples.add_plan(tx, later)
        samples.add_sample(tx, second)
    with drawn.read() as tx:
        assert samples.plans(tx) == (later, PLAN)
        assert samples.samples(tx) == (second, SAMPLE)
        assert samples.samples(tx, limit=1) == (second,)


def test_probabilities_are_those_of_the_drawn_tickets(drawn: Store) -> None:
    of_sample = replace(ASSIGNMENT, sample_id=SAMPLE.id)
    not_drawn = replace(of_sample, id=AssignmentId("a2"), ticket_id=TICKETS[1].id)
    by_hand = replace(ASSIGNMENT, id=AssignmentId("a3"), ticket_id=TICKETS[2].id)
    with drawn.write() as tx:
        assignments.add_assignments(tx, [of_sample, not_drawn, by_hand])
        assert samples.probabilities(tx, [of_sample.id, not_drawn.id, by_hand.id]) == {of_sample.id: THIRD}


def test_sample_without_its_plan_and_a_ticket_drawn_twice_are_refused(drawn: Store) -> None:
    item = SAMPLE.items[0]
    with drawn.write() as tx:
        with pytest.raises(RuleBroken):
            samples.add_sample(tx, replace(SAMPLE, id=SampleId("x"), plan=replace(PLAN, id=PlanId("none"))))
        with pytest.raises(DuplicateKey) as refusal:
            samples.add_sample(tx, replace(SAMPLE, id=SampleId("x"), items=(item, replace(item, rank=2))))
        assert samples.sample(tx, SampleId("x")) is None
    assert refusal.value.constraint == "pk_sample_item"


def test_replacement_is_noted_with_its_reason(drawn: Store) -> None:
    with drawn.write() as tx:
        samples.replace_item(tx, SAMPLE.id, TICKETS[0].id, by=TICKETS[1].id, reason="no audio")
        with pytest.raises(UnknownId):
            samples.replace_item(tx, SAMPLE.id, TICKETS[1].id, by=TICKETS[2].id, reason="not drawn")
        with pytest.raises(RuleBroken):
            samples.replace_item(tx, SAMPLE.id, TICKETS[0].id, by=TicketId("none"), reason="no such ticket")
    noted = replace(SAMPLE.items[1], replaced_by=TICKETS[1].id, replacement_reason="no audio")
    with drawn.read() as tx:
        assert samples.sample(tx, SAMPLE.id) == replace(SAMPLE, items=(SAMPLE.items[0], noted))
