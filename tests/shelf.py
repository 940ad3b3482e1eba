"""Folders that parallel workers share: the first that asks for one makes it, the others wait for it.

PLUMBLINE_TEST_SHELF names a folder that several runs share as well.
"""

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journey.house import make_demo


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name; `make` fills it where it is not there yet."""
    root = Path(os.environ.get("PLUMBLINE_TEST_SHELF") or _root_of(factory))
    folder, growing = root / name, root / f"{name}.growing"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(growing)
            growing.rename(folder)
    return folder


def _root_of(factory: pytest.TempPathFactory) -> Path:
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def make_demo_once(factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demo, for nobody to write to. It ends yesterday, since disputes look at the clock."""
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    return make_once(factory, "demo", lambda folder: make_demo(folder, until=yesterday))
