"""Databases with something in them, for the tests of files and dumps."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from db.engine import Store
from db.records import AuditEntry, CoachingId, CoachingSession, Conversation, Metric, ReviewId
from db.revisions import upgrade
from db.store import audit, coaching, reviews, settings, tickets
from tests.db.files import opened
from tests.db.world import AGENT, DRAFT, NOON, REVIEWER, SUBMITTED, TICKETS, add_people, add_work


@pytest.fixture
def filled_url(database_url: str) -> str:
    """A database with every kind of column in use, and a review that refers to a later row of its own table."""
    upgrade(database_url)
    correction = replace(SUBMITTED, id=ReviewId("a-correction"), submission_key="key-0", supersedes_id=SUBMITTED.id)
    rich = replace(
        TICKETS[0], metrics=(Metric("csat", Decimal("4.50"), "points"),), version=2, subject="Größe \U0001f4e6"
    )
    session = CoachingSession(
        CoachingId("c"), AGENT.id, REVIEWER.id, date(2026, 3, 3), NOON, review_ids=(SUBMITTED.id,)
    )
    with opened(database_url) as store, store.write() as tx:
        add_work(tx)
        tickets.replace_conversations(tx, [Conversation(rich, ())])
        reviews.add_reviews(tx, [SUBMITTED, replace(DRAFT, id=ReviewId("draft"))])
        reviews.add_review(tx, correction)
        coaching.add_coaching(tx, session)
        settings.save_setting(tx, "zone", {"b": 1, "a": [1.5, None, "é"]})
        audit.append(tx, AuditEntry(NOON, REVIEWER.id, "review.submit", "review", "r1", after={"b": 1, "a": "x"}))
    return database_url


@pytest.fixture
def small_url(file_store: Store, sqlite_url: str) -> str:
    """A SQLite database with three people, which nobody has open."""
    with file_store.write() as tx:
        add_people(tx)
    file_store.close()
    return sqlite_url
