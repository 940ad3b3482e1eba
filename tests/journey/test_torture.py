"""Tab, server and network are killed while a reviewer grades: what the desk acknowledged is there, once and whole.

A short run of what `python -m tests.torture.desk` does two hundred times.
"""

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.torture.desk import torture
from tests.torture.memory import Kind

pytestmark = pytest.mark.journey

KILLS = {Kind.SERVER: 3, Kind.TAB: 1, Kind.RELOAD: 1, Kind.NETWORK: 1, Kind.DEAF: 1}


def test_what_is_acknowledged_outlives_every_kill(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = torture(browser, tmp_path, list(Counter(KILLS).elements()), seed=9)
    with capsys.disabled():
        print(f"\n{report}")  # noqa: T201 - what the run has shown
    assert (report.lost, report.half, report.doubled, report.faults) == ([], [], [], [])
    assert report.submits == sum(KILLS.values())
    assert report.saves > 0
