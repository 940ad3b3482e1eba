"""Exports of a server that ended: told to their owner once, and their folders cleared; those of a living one stay."""

import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.records import PersonId
from qa_app.settings import Settings, read_settings
from qa_app.workflows.dispatch import Deliveries, Delivery, Order, Progress, Subject
from qa_app.workflows.lost import claim, find_left

ABOUT = {
    "person": "nina",
    "at": "2026-03-31T19:24:00+00:00",
    "order": ["pack", "2026-03-01", "2026-03-31", "xlsx", "North"],
}
KILLED = """
import os, sys
from pathlib import Path
from qa_app.workflows.lost import claim
held = claim(Path(sys.argv[1]), {about!r})
os._exit(9)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"PLUMBLINE_DATA_DIR": str(tmp_path)})


def die_with(folder: Path) -> None:
    """What a killed server leaves."""
    ended = subprocess.run([sys.executable, "-c", KILLED.format(about=ABOUT), folder], check=False)
    assert ended.returncode == 9


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is held there")
def test_owner_is_told_and_the_folder_is_cleared(settings: Settings) -> None:
    folder = settings.data_dir / "deliveries" / "unguessable"
    die_with(folder)
    later = Deliveries()

    for _ in range(2):
        later.look_for_lost(settings)
        assert later.list_of(PersonId("nina")) == (
            Delivery(
                "unguessable",
                PersonId("nina"),
                Order(Subject.PACK, date(2026, 3, 1), date(2026, 3, 31), team="North"),
                datetime(2026, 3, 31, 19, 24, tzinfo=UTC),
                Progress.LOST,
            ),
        )
        assert not folder.exists()
    assert later.list_of(PersonId("sam")) == ()
    assert later.place_of(later.list_of(PersonId("nina"))[0], 0) is None


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is held there")
def test_what_is_held_or_known_is_not_left(tmp_path: Path) -> None:
    with closing(claim(tmp_path / "held", ABOUT)):
        assert list(find_left(tmp_path, known=())) == []
    assert list(find_left(tmp_path, known={"held"})) == []
    assert list(find_left(tmp_path, known=())) == [(tmp_path / "held", ABOUT)]
