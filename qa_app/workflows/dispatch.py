"""Exports that take long, made beside the server, each by a process that yields to everybody else (`delivery_child`).

One at a time is made; the others wait in line. What was made is kept for an hour and then removed. An export dies with
the server that it was ordered from, and the next one tells its owner (`lost`).
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO

from db.records import PersonId
from qa_app.errors import Conflict
from qa_app.settings import Settings, read_settings
from qa_app.workbooks.long import RawForm
from qa_app.workflows.lost import Claim, claim, drop, find_left

KEPT = timedelta(hours=1)
MOST_OF_ONE_PERSON = 3
"""Exports that wait or are made."""

_ROOT = Path(__file__).parents[2]
_SWEEP_EVERY_SECONDS = 60
_STOPPED = (
    "This export stopped by itself. See whether the disk of the data folder is full, then try again; a shorter period "
    "needs less."
)
_ORPHANED = timedelta(hours=12)


class Subject(StrEnum):
    """What is exported."""

    PACK = "pack"
    """A team in one workbook."""
    TEAM = "team"
    """A workbook for each agent of a team, in a zip."""
    PROGRAMME = "programme"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants; both days are included."""

    subject: Subject
    start: date
    end: date
    form: RawForm = RawForm.XLSX
    """Of raw data."""
    team: str = ""
    """Name of the team."""


class Progress(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    """The server that it was ordered from has ended."""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self in {Progress.DONE, Progress.FAILED, Progress.CANCELLED, Progress.LOST}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One export on its way; a record, which tells how it was when it was asked for."""

    id: str
    """Cannot be guessed."""
    person_id: PersonId
    order: Order
    ordered_at: datetime
    progress: Progress = Progress.WAITING
    done: int = 0
    total: int = 0
    files: tuple[tuple[str, int], ...] = ()
    """Names and bytes."""
    message: str = ""
    """Why it failed."""
    kept_until: datetime | None = None


@dataclass(slots=True)
class _Job:
    delivery: Delivery
    folder: Path
    child: subprocess.Popen[str] | None = None
    claim: Claim | None = None
    ended: float | None = None
    """On the monotonic clock."""


@dataclass(slots=True)
class Deliveries:
    """The exports of one process."""

    _jobs: dict[str, _Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _sweeper: threading.Thread | None = None

    def add(self, delivery: Delivery, settings: Settings) -> Delivery:
        """Begin it in the background; where the same is on its way already, as after a double click, that one stands.

        Raises:
            Conflict: this person has too many on their way.
        """
        _remove_orphans(settings, delivery.ordered_at)
        with self._lock:
            own = [job.delivery for job in self._jobs.values() if job.delivery.person_id == delivery.person_id]
            running = [one for one in own if not one.progress.over]
            same = next((one for one in running if one.order == delivery.order), None)
            if same is not None:
                return same
            if len(running) >= MOST_OF_ONE_PERSON:
                raise Conflict("deliveries-full", "Three of your exports are on their way; wait for one, or cancel it.")
            self._start_sweeper()
            job = self._jobs[delivery.id] = _Job(delivery, _folder(settings) / delivery.id)
        threading.Thread(target=self._make, args=(job, settings), name="delivery", daemon=True).start()
        return delivery

    def list_of(self, person_id: PersonId) -> tuple[Delivery, ...]:
        """A person's exports, newest first."""
        with self._lock:
            found = [job.delivery for job in self._jobs.values() if job.delivery.person_id == person_id]
        return tuple(reversed(found))

    def look_for_lost(self, settings: Settings) -> None:
        """Take over what a server left that has ended, to tell its owners for an hour; its files are removed."""
        with self._lock:
            for folder, left in find_left(_folder(settings), known=self._jobs):
                order = _read_order(left["order"])
                who, when = PersonId(str(left["person"])), datetime.fromisoformat(str(left["at"]))
                lost = Delivery(folder.name, who, order, when, Progress.LOST)
                self._jobs[lost.id] = _Job(lost, folder, ended=time.monotonic())
                shutil.rmtree(folder, ignore_errors=True)
                self._start_sweeper()

    def cancel(self, delivery: Delivery) -> None:
        """Stop making it, and drop what there is of it."""
        with self._lock:
            job = self._jobs.get(delivery.id)
            if job is None or job.delivery.progress.over:
                return
            job.delivery = replace(job.delivery, progress=Progress.CANCELLED)
            if job.child is not None:
                job.child.kill()

    def place_of(self, delivery: Delivery, number: int) -> Path | None:
        """Where one of its files lies, while it is kept."""
        with self._lock:
            job = self._jobs.get(delivery.id)
            if job is None or job.delivery.progress is not Progress.DONE or number >= len(job.delivery.files):
                return None
            return job.folder / job.delivery.files[number][0]

    def sweep(self) -> None:
        """Remove what was kept long enough."""
        with self._lock:
            over = time.monotonic() - KEPT.total_seconds()
            old = [job for job in self._jobs.values() if job.ended is not None and job.ended <= over]
            for job in old:
                del self._jobs[job.delivery.id]
        for job in old:
            drop(job.folder, job.claim)

    def _start_sweeper(self) -> None:
        if self._sweeper is None:
            self._sweeper = threading.Thread(target=self._sweep_now_and_then, name="sweeper", daemon=True)
            self._sweeper.start()

    def _sweep_now_and_then(self) -> None:
        while True:
            time.sleep(_SWEEP_EVERY_SECONDS)
            self.sweep()

    def _make(self, job: _Job, settings: Settings) -> None:
        """In a thread of its own: wait for the turn, then follow the child."""
        try:
            job.claim = claim(job.folder, _describe(job.delivery))
            with self._turn:
                self._follow(job, settings)
        finally:
            with self._lock:
                job.ended = time.monotonic()
                if not job.delivery.progress.over:
                    job.delivery = replace(job.delivery, progress=Progress.FAILED, message=_STOPPED)
            if job.delivery.progress is not Progress.DONE:
                drop(job.folder, job.claim)

    def _follow(self, job: _Job, settings: Settings) -> None:
        with self._lock:
            if job.delivery.progress.over:
                return
            job.child = child = _start_child()
            job.delivery = replace(job.delivery, progress=Progress.RUNNING)
        with child, contextlib.suppress(BrokenPipeError):
            said = _streams(child)
            said[0].write(json.dumps(_request(job, settings)) + "\n")
            said[0].flush()
            for line in said[1]:
                self._note(job, json.loads(line))

    def _note(self, job: _Job, said: Mapping[str, object]) -> None:
        with self._lock:
            if job.delivery.progress.over:
                return
            match said:
                case {"done": int(done), "total": int(total)}:
                    job.delivery = replace(job.delivery, done=done, total=total)
                case {"files": list(names), "kept_from": str(made)}:
                    files = tuple((str(name), (job.folder / str(name)).stat().st_size) for name in names)
                    kept = datetime.fromisoformat(made) + KEPT
                    job.delivery = replace(job.delivery, progress=Progress.DONE, files=files, kept_until=kept)
                case {"refused": str(message)}:
                    job.delivery = replace(job.delivery, progress=Progress.FAILED, message=message)


def _start_child() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "qa_app.workflows.delivery_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # may quote what it exports
        text=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )


def _streams(child: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    return child.stdin, child.stdout


def _request(job: _Job, settings: Settings) -> dict[str, object]:
    return {
        "environment": settings.as_environment(),
        "actor": job.delivery.person_id,
        "folder": str(job.folder),
        "order": _write_order(job.delivery.order),
    }


def _describe(delivery: Delivery) -> Mapping[str, object]:
    """What a later server needs in order to tell the owner."""
    at = delivery.ordered_at.isoformat()
    return {"person": delivery.person_id, "at": at, "order": _write_order(delivery.order)}


def _write_order(order: Order) -> list[str]:
    return [order.subject, order.start.isoformat(), order.end.isoformat(), order.form, order.team]


def _read_order(written: object) -> Order:
    match written:
        case [str(subject), str(start), str(end), str(form), str(team)]:
            days = date.fromisoformat(start), date.fromisoformat(end)
            return Order(Subject(subject), *days, RawForm(form), team)
    raise ValueError(f"no order: {written!r}")


def read_request(line: str) -> tuple[Settings, PersonId, Path, Order]:
    """In the child: what it is to do."""
    asked = json.loads(line)
    order = _read_order(asked["order"])
    return read_settings(asked["environment"]), PersonId(asked["actor"]), Path(asked["folder"]), order


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "deliveries"


def _remove_orphans(settings: Settings, now: datetime) -> None:
    """What a server left that was killed."""
    for folder in _folder(settings).glob("*"):
        with contextlib.suppress(OSError):
            if now.timestamp() - folder.stat().st_mtime > _ORPHANED.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
