from dataclasses import replace
from datetime import timedelta

import pytest

from db.engine import Store
from db.problems import RuleBroken
from db.records import ColumnMapping, ImportBatch, ImportBatchId, IssueLevel, PersonId, RowIssue
from db.store import imports
from tests.db.world import NOON, REVIEWER, add_people

BATCH = ImportBatch(
    ImportBatchId("b1"),
    source="desk",
    file_name="tickets.xlsx",
    file_hash="a" * 64,
    format="xlsx",
    actor_id=REVIEWER.id,
    at=NOON,
    rows_read=10,
    new=5,
    changed=2,
    unchanged=1,
    refused=2,
    issues=(
        RowIssue(IssueLevel.REFUSED, "date-unreadable", "Not a date.", "tickets.xlsx", 7, "Sheet 1", "created", "soon"),
        RowIssue(IssueLevel.WARNING, "no-agent", "Nobody answered.", "tickets.xlsx"),
    ),
)


@pytest.fixture
def gate(store: Store) -> Store:
    with store.write() as tx:
        add_people(tx)
        imports.add_batch(tx, BATCH)
    return store


def test_batch_comes_back_with_its_issues_in_order(gate: Store) -> None:
    with gate.read() as tx:
        assert imports.batch(tx, BATCH.id) == BATCH
        assert imports.batch(tx, ImportBatchId("none")) is None


def test_batches_are_listed_newest_first_without_issues(gate: Store) -> None:
    later = replace(BATCH, id=ImportBatchId("b2"), at=NOON + timedelta(days=1))
    with gate.write() as tx:
        imports.add_batch(tx, later)
    with gate.read() as tx:
        assert imports.batches(tx) == (replace(later, issues=()), replace(BATCH, issues=()))
        assert imports.batches(tx, limit=1) == (replace(later, issues=()),)


def test_batch_of_nobody_is_refused(gate: Store) -> None:
    with gate.write() as tx, pytest.raises(RuleBroken):
        imports.add_batch(tx, replace(BATCH, id=ImportBatchId("b2"), actor_id=PersonId("none")))


def test_mapping_is_remembered_by_kind_and_header_and_changed(gate: Store) -> None:
    first = ColumnMapping(
        "Desk export", "tickets", "h" * 64, columns={"external_id": "Ticket #"}, options={"zone": "UTC"}
    )
    second = replace(first, name="Desk", columns={"external_id": "No.", "subject": "Title"})
    with gate.write() as tx:
        imports.save_mapping(tx, first)
        assert imports.mapping(tx, "tickets", "h" * 64) == first
        imports.save_mapping(tx, second)
    with gate.read() as tx:
        assert imports.mapping(tx, "tickets", "h" * 64) == second
        assert imports.mapping(tx, "messages", "h" * 64) is None
