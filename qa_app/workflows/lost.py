"""Folders of exports that a server left when it ended: how they are told from those of a server that still runs.

A server holds a lock on each of its folders, and the system takes that away when the process is gone, however it ends.
"""

import json
import shutil
import sys
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import IO

Claim = IO[bytes]
"""A lock on a folder, held until it is closed."""

_HELD, _ORDER = "held.lock", "order.json"


def claim(folder: Path, about: Mapping[str, object]) -> Claim:
    """Make a folder and hold it; `about` is what `find_left` gives should it ever be left."""
    folder.mkdir(parents=True, mode=0o700)
    held = (folder / _HELD).open("wb")
    _lock(held)
    # After the lock: what has this file and no lock was left.
    whole = folder / f"{_ORDER}.partial"
    whole.write_text(json.dumps(about), encoding="utf-8")
    whole.rename(folder / _ORDER)
    return held


def drop(folder: Path, held: Claim | None) -> None:
    """Remove a folder that one holds, or that is not there."""
    # Before the lock goes: without this file nobody takes it for left.
    (folder / _ORDER).unlink(missing_ok=True)
    if held is not None:
        held.close()
    shutil.rmtree(folder, ignore_errors=True)


def find_left(root: Path, *, known: Container[str]) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Each folder under the root that nobody holds, unless its name is known, with what it was about."""
    for written in sorted(root.glob(f"*/{_ORDER}")):
        folder = written.parent
        if folder.name in known:
            continue
        try:
            with (folder / _HELD).open("rb+") as held:
                if _lock(held):
                    yield folder, json.loads(written.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue  # removed meanwhile, by the server that held it


if sys.platform == "win32":

    def _lock(_held: Claim) -> bool:
        """Nothing is held, so nothing is known to be left."""
        return False

else:
    import fcntl

    def _lock(held: Claim) -> bool:
        """Whether nobody else has it; then it is held until the file is closed."""
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
