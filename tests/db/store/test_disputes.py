from dataclasses import replace
from datetime import timedelta

import pytest

from db.engine import Store
from db.problems import DuplicateKey, StaleRevision
from db.records import (
    Acknowledgement,
    AssignmentId,
    AssignmentState,
    Dispute,
    DisputeId,
    DisputeItem,
    DisputeKind,
    DisputeState,
    Purpose,
    ReviewId,
)
from db.store import acknowledgements, assignments, disputes, reviews
from scorecards.answers import NOT_APPLICABLE, Answer
from tests.db.world import AGENT, ASSIGNMENT, NOON, OTHER_REVIEWER, REVIEWER, SUBMITTED, add_work

DISPUTE = Dispute(
    DisputeId("d1"),
    review_id=SUBMITTED.id,
    raised_by=AGENT.id,
    raised_at=NOON,
    state=DisputeState.OPEN,
    reason="I did greet",
    items=(
        DisputeItem("greeting", "see message 2", proposed=Answer.choose("yes")),
        DisputeItem("empathy", "not asked for", proposed=NOT_APPLICABLE),
        DisputeItem("wait", "no idea"),
    ),
    due_at=NOON + timedelta(days=7),
    kind=DisputeKind.GRADES,
)
AGAIN = replace(ASSIGNMENT, id=AssignmentId("again"), reviewer_id=OTHER_REVIEWER.id, purpose=Purpose.DISPUTE)


@pytest.fixture
def court(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
        reviews.add_reviews(tx, [SUBMITTED, replace(SUBMITTED, id=ReviewId("r2"), submission_key=None, agent_id=None)])
        disputes.add_dispute(tx, DISPUTE)
    return store


def test_dispute_comes_back_as_it_went_in(court: Store) -> None:
    with court.read() as tx:
        assert disputes.dispute(tx, DISPUTE.id) == DISPUTE
        assert disputes.dispute(tx, DisputeId("none")) is None


def test_review_has_one_open_dispute(court: Store) -> None:
    with court.write() as tx, pytest.raises(DuplicateKey) as refusal:
        disputes.add_dispute(tx, replace(DISPUTE, id=DisputeId("d2"), items=()))
    assert refusal.value.constraint == "ux_dispute_open"


def test_disputes_are_filtered_and_listed_oldest_first(court: Store) -> None:
    earlier = replace(
        DISPUTE, id=DisputeId("d0"), review_id=ReviewId("r2"), raised_at=NOON - timedelta(days=1), raised_by=REVIEWER.id
    )
    with court.write() as tx:
        disputes.add_dispute(tx, earlier)
    with court.read() as tx:
        assert disputes.disputes(tx) == (earlier, DISPUTE)
        assert disputes.disputes(tx, review_ids=[SUBMITTED.id]) == (DISPUTE,)
        assert disputes.disputes(tx, review_ids=[]) == ()
        assert disputes.disputes(tx, agent_id=AGENT.id) == (DISPUTE,)
        assert disputes.disputes(tx, state=DisputeState.UPHELD) == ()


def test_open_dispute_is_decided_once(court: Store) -> None:
    decided = replace(
        DISPUTE,
        state=DisputeState.PARTLY_REVISED,
        items=(replace(DISPUTE.items[0], upheld=False), replace(DISPUTE.items[1], upheld=True), DISPUTE.items[2]),
        decided_by=OTHER_REVIEWER.id,
        decided_at=NOON + timedelta(days=1),
        decision="Greeting was there",
    )
    with court.write() as tx:
        disputes.decide(tx, decided)
        with pytest.raises(StaleRevision):
            disputes.decide(tx, replace(decided, state=DisputeState.UPHELD))
    with court.read() as tx:
        assert disputes.dispute(tx, DISPUTE.id) == decided
    with court.write() as tx:
        disputes.add_dispute(tx, replace(DISPUTE, id=DisputeId("d2"), items=()))


def test_second_grader_is_noted_while_the_dispute_is_open_and_blind_until_done(court: Store) -> None:
    with court.write() as tx:
        assignments.add_assignments(tx, [AGAIN])
        disputes.assign(tx, DISPUTE.id, AGAIN.id)
    with court.read() as tx:
        noted = replace(DISPUTE, assignment_id=AGAIN.id)
        assert disputes.disputes_of(tx, [AGAIN.id, ASSIGNMENT.id]) == {AGAIN.id: noted}
        assert disputes.blind_tickets(tx, OTHER_REVIEWER.id) == {AGAIN.ticket_id}
        assert disputes.blind_tickets(tx, REVIEWER.id) == frozenset()
    with court.write() as tx:
        assignments.set_assignment_state(tx, AGAIN.id, AssignmentState.DONE, at=NOON)
        disputes.decide(tx, replace(noted, state=DisputeState.WRONG_AGENT, kind=DisputeKind.WRONG_AGENT))
        assert disputes.blind_tickets(tx, OTHER_REVIEWER.id) == frozenset()
        with pytest.raises(StaleRevision):
            disputes.assign(tx, DISPUTE.id, AGAIN.id)


def test_acknowledgements_and_readers_are_kept_once(court: Store) -> None:
    by_agent = Acknowledgement(SUBMITTED.id, NOON, AGENT.id, "Thank you")
    by_itself = Acknowledgement(ReviewId("r2"), NOON, None)
    with court.write() as tx:
        for made in (by_agent, by_itself):
            acknowledgements.add_acknowledgement(tx, made)
        with pytest.raises(DuplicateKey):
            acknowledgements.add_acknowledgement(tx, by_agent)
        acknowledgements.add_reader(tx, SUBMITTED.id, OTHER_REVIEWER.id, at=NOON)
        with pytest.raises(DuplicateKey):
            acknowledgements.add_reader(tx, SUBMITTED.id, OTHER_REVIEWER.id, at=NOON)
    with court.read() as tx:
        kept = acknowledgements.acknowledgements(tx, [SUBMITTED.id, ReviewId("r2"), ReviewId("r3")])
        assert kept == {SUBMITTED.id: by_agent, ReviewId("r2"): by_itself}
        assert acknowledgements.readers(tx, [SUBMITTED.id]) == {OTHER_REVIEWER.id}
        assert acknowledgements.readers(tx, [ReviewId("r2")]) == frozenset()
