"""Pictures of what a test passes in a browser, for those who want to look at them."""

import os
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.journey.house import Visitor


@dataclass(frozen=True)
class Album:
    """A folder of pictures."""

    folder: Path | None

    def keep(self, seen: Visitor | Page, name: str) -> None:
        """Take one, of a visitor once the page stands; nothing where nobody wants any."""
        if self.folder is None:
            return
        if isinstance(seen, Visitor):
            seen.settle()
            seen = seen.page
        seen.screenshot(path=self.folder / f"{name}.png")


def open_album() -> Album:
    """PLUMBLINE_SCREENSHOTS names the folder; without it no picture is taken."""
    wanted = os.environ.get("PLUMBLINE_SCREENSHOTS")
    return Album(Path(wanted) if wanted else None)
