"""The small house, on each engine in turn."""

from pathlib import Path

import pytest

from db.engine import Store
from tests.qa_app.workflows.house import House, furnish


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    """People, tickets and a scorecard in force, on each engine in turn."""
    furnish(store)
    return House(store, tmp_path / "recordings")


@pytest.fixture
def sqlite_house(sqlite_store: Store, tmp_path: Path) -> House:
    """The same on SQLite alone, for what no engine can change: messages, file formats, counts of statements."""
    furnish(sqlite_store)
    return House(sqlite_store, tmp_path / "recordings")


@pytest.fixture
def empty_house(store: Store, tmp_path: Path) -> House:
    """An empty database, before anybody has moved in."""
    return House(store, tmp_path / "recordings")
