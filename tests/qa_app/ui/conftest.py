"""A running installation for pages and routes: the small house, behind the real guard."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.engine import Store
from qa_app.settings import Settings
from qa_app.ui.installation import install
from qa_app.workflows.context import Installation
from tests.qa_app.workflows.house import House, furnish


@pytest.fixture
def installation(sqlite_store: Store, tmp_path: Path) -> Installation:
    """The house as one server would have it, on SQLite in memory."""
    furnish(sqlite_store)
    return install_at(sqlite_store, tmp_path)


@pytest.fixture
def house(installation: Installation) -> House:
    """The same house for what a test prepares through workflows."""
    return House(installation.store, installation.settings.recordings_dir)


def install_at(store: Store, folder: Path) -> Installation:
    """Make this store the server's."""
    settings = Settings(folder, "sqlite://", "127.0.0.1", 8501, ZoneInfo("UTC"))
    installation = Installation(settings, store)
    install(installation)
    return installation
