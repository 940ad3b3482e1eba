"""Fixtures that every part of the suite shares."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real conversations, calls and ratings beside a developer's checkout; not part of the project."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets do not lie beside this checkout")
    return folder
