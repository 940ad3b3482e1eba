from dataclasses import replace

import pytest

from db.records import Assignment, AssignmentId, AssignmentState, Frame, Person
from db.store import assignments, audit
from qa_app.domain.returns import OTHER, REASONS, word_reason
from qa_app.errors import Conflict, NotFound, Refused
from qa_app.workflows import grading, returning, sampling
from qa_app.workflows.grading import Filled
from qa_app.workflows.sampling import NewPlan
from tests.factories import NOON, fill
from tests.qa_app.workflows.house import BO, CY, MANAGER, NORTH, T1, T2, T3, VERSION, House

HALF = Filled(fill().ratings[:2], comment="…", active_seconds=30)
OF_NORTH = {T1.id, T2.id, T3.id}


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != OTHER])
def test_reason_is_worded_with_or_without_a_note(reason: str) -> None:
    assert word_reason(reason) == REASONS[reason]
    assert word_reason(reason, " twice ") == f"{REASONS[reason]}: twice"


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("boring", "so long"), (OTHER, " ")])
def test_reason_that_says_nothing_is_refused(reason: str, note: str) -> None:
    with pytest.raises(Refused) as refusal:
        word_reason(reason, note)
    assert refusal.value.code == "return-reason"
    assert word_reason(OTHER, " My cousin ") == "My cousin"


def test_skip_needs_a_reason_and_gives_the_ticket_back(house: House) -> None:
    assignment_id = house.assign(BO)
    draft = grading.save_draft(house.act(BO), assignment_id, HALF, expected_revision=0)
    with pytest.raises(Refused) as refusal:
        returning.skip_assignment(house.act(BO), assignment_id, reason="  ")
    assert refusal.value.code == "skip-reason"
    skipped = returning.skip_assignment(house.act(BO), assignment_id, reason=" My cousin ")
    assert (skipped.state, skipped.skip_reason) == (AssignmentState.SKIPPED, "My cousin")
    assert grading.list_queue(house.act(BO)) == ()
    assert house.stored(draft.id) == draft
    with house.store.read() as tx:
        stored = assignments.assignment(tx, assignment_id)
        entry = audit.entries(tx)[0]
    assert stored == replace(skipped, finished_at=NOON)
    assert (entry.action, entry.why) == ("assignment.skip", "My cousin")
    with pytest.raises(Conflict):
        returning.skip_assignment(house.act(BO), assignment_id, reason="Again")


def test_calibration_ticket_cannot_be_skipped(house: House) -> None:
    session = house.open_session()
    assignment_id = house.queue_of(BO, session.id)[T1.id]
    with pytest.raises(Refused) as refusal:
        returning.skip_assignment(house.act(BO), assignment_id, reason="No time")
    assert refusal.value.code == "skip-calibration"


def test_replacement_by_the_reviewer_follows_the_rule_of_the_sample(house: House) -> None:
    given = draw_two(house)
    drawn, kept = given
    (spare,) = OF_NORTH - {drawn.ticket_id, kept.ticket_id}
    grading.save_draft(house.act(BO), drawn.id, HALF, expected_revision=0)

    stand_in = returning.replace_assignment(house.act(BO), drawn.id, reason=" Spam ")

    queue = {row.assignment.id: row.ticket.id for row in grading.list_queue(house.act(BO))}
    assert queue == {stand_in: spare, kept.id: kept.ticket_id}
    assert drawn.sample_id is not None
    view = sampling.view_sample(house.act(MANAGER), drawn.sample_id)
    assert [(item.replaced_by, item.replacement_reason) for item in view.sample.items if item.replaced_by] == [
        (spare, "Spam")
    ]
    assert view.replacements == {BO.id: 1}
    with house.store.read() as tx:
        old = assignments.assignment(tx, drawn.id)
        entry = audit.entries(tx)[0]
    assert old == replace(drawn, state=AssignmentState.WITHDRAWN, finished_at=NOON, skip_reason="Spam")
    assert (entry.action, entry.actor_id, entry.why) == ("sample.replace", BO.id, "Spam")


def test_replaced_ticket_can_be_replaced_again_until_the_stratum_is_used_up(house: House) -> None:
    drawn, _ = draw_two(house)
    second = returning.replace_assignment(house.act(BO), drawn.id, reason="Spam")
    with pytest.raises(Refused) as refusal:
        returning.replace_assignment(house.act(BO), second, reason="Spam again")
    assert refusal.value.code == "stratum-used-up"
    assert second in {row.assignment.id for row in grading.list_queue(house.act(BO))}


def test_replacement_needs_a_reason_a_sample_and_an_own_open_ticket(house: House) -> None:
    drawn, _ = draw_two(house)
    by_hand = house.assign(CY, T1)
    session = house.open_session()
    blind = house.queue_of(CY, session.id)[T1.id]
    refused: list[tuple[Person, AssignmentId, str, str]] = [
        (BO, drawn.id, " ", "replacement-reason"),
        (CY, by_hand, "Spam", "replacement-no-sample"),
        (CY, blind, "Spam", "skip-calibration"),
    ]
    for person, assignment_id, reason, code in refused:
        with pytest.raises(Refused) as refusal:
            returning.replace_assignment(house.act(person), assignment_id, reason=reason)
        assert refusal.value.code == code
    with pytest.raises(NotFound):
        returning.replace_assignment(house.act(CY), drawn.id, reason="Spam")
    house.submit(BO, drawn.id, fill())
    with pytest.raises(Conflict):
        returning.replace_assignment(house.act(BO), drawn.id, reason="Spam")


def draw_two(house: House) -> tuple[Assignment, Assignment]:
    """Two of the north's three tickets, drawn and handed to Bo."""
    plan = NewPlan("Week 10", Frame(team_ids=(NORTH.id,)), size=2)
    sample = sampling.draw_sample(house.act(MANAGER), plan, seed=1)
    out = sampling.assign_sample(
        house.act(MANAGER), sample.id, version_id=VERSION.id, reviewer_ids=[BO.id], due_at=None, seed=1
    )
    first, second = sorted(out.assignments, key=lambda one: one.ticket_id)
    assert {first.ticket_id, second.ticket_id} < OF_NORTH
    return first, second
