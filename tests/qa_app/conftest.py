"""The demo, filled once for the whole run of the suite: filling takes seconds, copying its file does not."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from qa_app.settings import Settings
from qa_app.workflows.context import Installation
from qa_app.workflows.upkeep import open_installation
from tests.shelf import make_demo_once


@dataclass(frozen=True)
class Demo:
    """A data folder with the demo in it."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """An installation on this folder."""
        url = f"sqlite:///{self.folder / 'plumbline.sqlite'}"
        return Settings(self.folder, url, "127.0.0.1", 8501, ZoneInfo("UTC"))


@pytest.fixture(scope="session")
def filled_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo that nobody writes to; parallel workers share it, and the first one fills it."""
    return Demo(make_demo_once(tmp_path_factory))


@pytest.fixture(scope="session")
def demo_to_read(filled_demo: Demo) -> Iterator[Installation]:
    """The demo, open, for tests that change nothing."""
    installation = open_installation(filled_demo.settings)
    yield installation
    installation.store.close()


@pytest.fixture
def demo_to_change(filled_demo: Demo, tmp_path: Path) -> Iterator[Installation]:
    """A copy of the demo of one's own."""
    copy = Demo(tmp_path / "demo")
    shutil.copytree(filled_demo.folder, copy.folder)
    installation = open_installation(copy.settings)
    yield installation
    installation.store.close()
