"""What axe-core finds wrong with the accessibility of a page."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = frozenset({"serious", "critical"})
EVERY = GRAVE | {"minor", "moderate"}
COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""All that can differ between two themes of one page."""
_LOOKS = 10
"""At most, until there is something to look at."""


@dataclass(frozen=True)
class Fault:
    """One element that breaks one rule."""

    rule: str
    target: str
    """CSS path of the element."""
    summary: str


def find_faults(
    page: Page,
    *,
    context: Mapping[str, object] | None = None,
    impacts: Collection[str] = EVERY,
    rules: Sequence[str] = (),
) -> list[Fault]:
    """Faults of a page, or of the part that `context` names in axe's own way; by these rules, or by all.

    Raises:
        AssertionError: axe looked at nothing.
    """
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE_SCRIPT)
    asked = json.dumps(context) if context else "document"
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found: dict[str, Any] = {"passes": []}
    for _ in range(_LOOKS):
        found = page.evaluate(f"axe.run({asked}, {json.dumps(options)})")
        if found["passes"]:
            break
        page.wait_for_timeout(500)  # on its way from one theme to the other a page can be empty
    assert found["passes"] != []
    return [
        Fault(each["id"], json.dumps(node["target"]), node["failureSummary"])
        for each in found["violations"]
        if each["impact"] in impacts
        for node in each["nodes"]
    ]
