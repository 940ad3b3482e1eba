"""Makes one export in a process of its own: `python -m qa_app.workflows.delivery_child`, asked on standard input.

Says how far it is in lines of JSON. It yields the processor to everybody else, and ends at once when whoever asked is
gone, because then nobody would remove what it writes.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from db.engine import Store
from db.records import Person, PersonId
from db.store import people
from qa_app.errors import NotAllowed, PlumblineError
from qa_app.settings import Settings
from qa_app.workflows import packs, raw_export
from qa_app.workflows.context import Context, read_clock
from qa_app.workflows.dispatch import Order, Subject, read_request
from qa_app.workflows.upkeep import open_current

_NICE = 10
_UNNAMED = "being-made"
_STEPS = 500
"""So often at most progress is told."""


def main() -> None:
    """Read the request, make the export, say how it went."""
    if sys.platform != "win32":
        os.nice(_NICE)
    settings, actor_id, folder, order = read_request(sys.stdin.readline())
    # What is half made goes with the folder, also when this process is killed.
    tempfile.tempdir = str(folder)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        installation = open_current(settings)
        with closing(installation.store):
            context = installation.context(_find_actor(installation.store, actor_id))
            names = make(context, order, folder, settings)
    except PlumblineError as refusal:
        _say({"refused": refusal.message})
    else:
        _say({"files": names, "kept_from": read_clock().isoformat()})


def make(context: Context, order: Order, folder: Path, settings: Settings) -> list[str]:
    """Write the files of an order into a folder; returns their names."""
    start, end, zone, report = order.start, order.end, settings.time_zone, _tell_steps()
    match order.subject:
        case Subject.TEAM:
            zipped = raw_export.export_team(context, order.team, start=start, end=end, zone=zone, report=report)
            (folder / zipped.name).write_bytes(zipped.content)
            return [zipped.name]
        case Subject.PACK:
            with (folder / _UNNAMED).open("wb") as target:
                pack = packs.export_team_pack(
                    context, order.team, start=start, end=end, zone=zone, target=target, report=report
                )
            (folder / _UNNAMED).rename(folder / pack.name)
            return [pack.name]
        case Subject.PROGRAMME:
            with (folder / _UNNAMED).open("wb") as target:
                pack = packs.export_programme(context, start=start, end=end, zone=zone, target=target)
            (folder / _UNNAMED).rename(folder / pack.name)
            return [pack.name]
        case Subject.RAW:
            written = raw_export.keep_raw(
                context, folder, start=start, end=end, zone=zone, form=order.form, report=report
            )
            return [path.name for path in written.paths]


def _find_actor(store: Store, actor_id: PersonId) -> Person:
    with store.read() as tx:
        person = people.person(tx, actor_id)
    if person is None or not person.active:
        raise NotAllowed("not-allowed", "This account is switched off.")
    return person


def _tell_steps() -> Callable[[int, int], None]:
    """Tells progress, but not each of a hundred thousand steps."""
    told = -1

    def report(done: int, total: int) -> None:
        nonlocal told
        step = done * _STEPS // total if total else 0
        if step != told:
            told = step
            _say({"done": done, "total": total})

    return report


def _leave_with_parent() -> None:
    sys.stdin.read()
    os._exit(3)


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201 - this is how the two talk


if __name__ == "__main__":
    main()
