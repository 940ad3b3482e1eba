from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from db.engine import Store
from db.problems import DuplicateKey, UnknownId
from db.records import Assignment, AssignmentId, AssignmentState, Purpose, TicketId
from db.store import assignments
from tests.db.world import ASSIGNMENT, NOON, OTHER_REVIEWER, REVIEWER, SESSION, TICKETS, add_work

SOON = replace(ASSIGNMENT, id=AssignmentId("soon"), ticket_id=TICKETS[1].id, due_at=NOON + timedelta(days=1))
SOME_DAY = replace(ASSIGNMENT, id=AssignmentId("any"), ticket_id=TICKETS[2].id, due_at=None)
CALIBRATION = replace(
    ASSIGNMENT,
    id=AssignmentId("calib"),
    reviewer_id=OTHER_REVIEWER.id,
    purpose=Purpose.CALIBRATION,
    session_id=SESSION.id,
    assigned_at=NOON - timedelta(hours=1),
)


@pytest.fixture
def queue(store: Store) -> Store:
    with store.write() as tx:
        add_work(tx)
        assignments.add_assignments(tx, [SOON, SOME_DAY, CALIBRATION])
    return store


def test_assignment_comes_back_as_it_went_in(queue: Store) -> None:
    with queue.read() as tx:
        assert assignments.assignment(tx, SOON.id) == SOON
        assert assignments.assignment(tx, AssignmentId("none")) is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["soon", "calib", "a1", "any"]),
        ({"reviewer_id": REVIEWER.id}, ["soon", "a1", "any"]),
        ({"session_id": SESSION.id}, ["calib"]),
        ({"ticket_ids": [TICKETS[0].id, TicketId("none")]}, ["calib", "a1"]),
        ({"ticket_ids": []}, []),
        ({"state": AssignmentState.DONE}, []),
        ({"purpose": Purpose.QUALITY, "state": AssignmentState.OPEN}, ["soon", "a1", "any"]),
    ],
)
def test_assignments_are_filtered_and_sorted_by_urgency(
    queue: Store, wanted: dict[str, Any], expected: list[str]
) -> None:
    with queue.read() as tx:
        assert [one.id for one in assignments.assignments(tx, **wanted)] == expected


def test_open_queue_has_the_open_ones_of_a_reviewer_in_the_same_order(queue: Store) -> None:
    with queue.write() as tx:
        assert assignments.open_queue(tx, REVIEWER.id) == ("soon", "a1", "any")
        assignments.set_assignment_state(tx, SOON.id, AssignmentState.DONE, at=NOON)
        assert assignments.open_queue(tx, REVIEWER.id) == ("a1", "any")
        assert assignments.open_queue(tx, OTHER_REVIEWER.id) == ("calib",)


def test_reviewer_has_a_ticket_open_once_per_purpose(queue: Store) -> None:
    twin = replace(SOON, id=AssignmentId("twin"))
    with queue.write() as tx:
        with pytest.raises(DuplicateKey) as refusal:
            assignments.add_assignments(tx, [replace(twin, reviewer_id=OTHER_REVIEWER.id, id=AssignmentId("ok")), twin])
        assignments.set_assignment_state(tx, SOON.id, AssignmentState.DONE, at=NOON)
        assignments.add_assignments(tx, [twin])
        with pytest.raises(DuplicateKey):
            assignments.set_assignment_state(tx, SOON.id, AssignmentState.OPEN, at=NOON)
    assert refusal.value.constraint == "ux_assignment_open"


def test_assignment_is_skipped_for_a_reason_and_opened_again(queue: Store) -> None:
    def stored() -> Assignment | None:
        with queue.read() as tx:
            return assignments.assignment(tx, SOON.id)

    with queue.write() as tx:
        assignments.set_assignment_state(tx, SOON.id, AssignmentState.SKIPPED, at=NOON, reason="no audio")
    assert stored() == replace(SOON, state=AssignmentState.SKIPPED, finished_at=NOON, skip_reason="no audio")
    with queue.write() as tx:
        assignments.set_assignment_state(tx, SOON.id, AssignmentState.OPEN, at=NOON)
    assert stored() == SOON


def test_assignment_moves_to_somebody_who_does_not_have_it(queue: Store) -> None:
    with queue.write() as tx:
        assignments.reassign(tx, SOON.id, reviewer_id=OTHER_REVIEWER.id)
        with pytest.raises(UnknownId):
            assignments.reassign(tx, AssignmentId("none"), reviewer_id=OTHER_REVIEWER.id)
        assignments.add_assignments(tx, [replace(SOON, id=AssignmentId("mine"))])
        with pytest.raises(DuplicateKey):
            assignments.reassign(tx, AssignmentId("mine"), reviewer_id=OTHER_REVIEWER.id)
        assert assignments.assignment(tx, SOON.id) == replace(SOON, reviewer_id=OTHER_REVIEWER.id)


def test_open_load_counts_what_is_open(queue: Store) -> None:
    with queue.write() as tx:
        assignments.set_assignment_state(tx, SOON.id, AssignmentState.DONE, at=NOON)
        assert assignments.open_load(tx) == {REVIEWER.id: 2, OTHER_REVIEWER.id: 1}
