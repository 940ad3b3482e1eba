"""LibreOffice as another program that people open our files with."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

_PYTHON = "/usr/bin/python3"
"""Of the system: LibreOffice's bridge is installed for it (Debian: python3-uno)."""
_HAND = Path(__file__).with_name("office_hand.py")
_SECONDS = 300


@cache
def _has_hand() -> bool:
    """Whether LibreOffice can be driven from outside."""
    if not Path(_PYTHON).exists():
        return False
    return subprocess.run([_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


# CI installs all of this, so that there a test that cannot run fails instead of being skipped.
needs_office = pytest.mark.skipif(
    "CI" not in os.environ and not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="LibreOffice and poppler-utils are not installed; nothing was opened",
)
needs_hand = pytest.mark.skipif(
    "CI" not in os.environ and not (shutil.which("soffice") and _has_hand()),
    reason="LibreOffice or python3-uno is not installed; nothing was typed",
)


def type_into(source: Path, target: Path, edits: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Type texts into cells (sheet, cell, text) as a person would, save as .xlsx; returns the cells that are locked."""
    listed = target.with_suffix(".json")
    listed.write_text(json.dumps(edits), encoding="utf-8")
    words = [_PYTHON, str(_HAND), str(source), str(target), str(listed)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=_SECONDS)
    return [(sheet, cell) for sheet, cell in json.loads(done.stdout.strip().splitlines()[-1])]


def convert(sources: Sequence[Path], kind: str, folder: Path, reading: str = "") -> None:
    """Open files and save them as another kind, such as `pdf` or `xlsx`; the results stand in the folder.

    `reading` is LibreOffice's word for how the files are to be read, where it would guess.
    """
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    filters = [f"--infilter={reading}"] if reading else []
    words = ["soffice", profile, "--headless", *filters, "--convert-to", kind, "--outdir", str(folder)]
    subprocess.run([*words, *map(str, sources)], check=True, capture_output=True, timeout=_SECONDS)
