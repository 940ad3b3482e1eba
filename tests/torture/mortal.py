"""A Plumbline that is killed and started again, its data prepared through the workflows before the first start."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from db.records import Frame, Person, PersonId, Role
from qa_app.settings import Settings, read_settings
from qa_app.workflows import access, importing, sampling, scorecards
from qa_app.workflows.context import Installation, make_id
from qa_app.workflows.import_reading import Upload
from qa_app.workflows.upkeep import open_installation
from scorecards.document import load
from tests.journey.house import ROOT, await_health, free_port, surroundings

ADMIN = "ada@example.org"
REVIEWER = "rita@example.org"
PASSWORD = "plumb and level"
CRITERIA = {"heard": ("yes", "no"), "solved": ("1", "2", "3"), "tone": ("1", "2", "3")}
"""Criterion to its options, in the order of the keys that choose them."""
_SCORECARD = """
format: 1
id: short
label: Short card
pass_mark: 70
sections:
  - id: contact
    label: The contact
    criteria:
      - id: heard
        label: Heard the customer
        type: yes_no
        options:
          - {id: "yes", label: "Yes", anchors: {any: The agent names what the customer asked for.}}
          - {id: "no", label: "No", anchors: {any: The agent answers something else.}}
      - id: solved
        label: Solved it
        type: scale
        levels: 3
        options:
          - {id: "1", label: "No", anchors: {any: Nothing of it.}}
          - {id: "2", label: Partly, anchors: {any: Some of it.}}
          - {id: "3", label: Fully, anchors: {any: All of it.}}
      - id: tone
        label: Friendly tone
        type: scale
        levels: 3
        options:
          - {id: "1", label: Curt, anchors: {any: No greeting and no thanks.}}
          - {id: "2", label: Polite, anchors: {any: One of the two.}}
          - {id: "3", label: Warm, anchors: {any: Both.}}
"""


@dataclass(slots=True)
class MortalServer:
    """The real server on one data folder and one port, started as often as it was killed (see `nursery`)."""

    data: Path
    port: int = field(default_factory=free_port)
    _nursery: "subprocess.Popen[bytes] | None" = None
    _pid: int = 0
    """Of the server that lives; 0 while none does."""

    @property
    def address(self) -> str:
        """Where it listens, life after life."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """The same installation for workflows beside it."""
        return read_settings(self._surroundings())

    def start(self) -> None:
        """Start it and wait until it answers."""
        if self._nursery is None:
            self._nursery = self._open_nursery()
        self._ask()
        self._pid = self._hear()
        await_health(self._nursery, f"{self.address}/_stcore/health", self._log, seconds=180)

    def kill(self) -> datetime:
        """Send SIGKILL: no handler runs, nothing is flushed, nothing is closed. Returns when it was dead."""
        assert psutil.pid_exists(self._pid), f"the server ended by itself:\n{self._log.read_text()}"
        os.kill(self._pid, signal.SIGKILL)
        assert self._hear() == 0
        self._pid = 0
        return datetime.now(UTC)

    def stop(self) -> None:
        """End it for good, whatever state it is in."""
        if self._nursery is None:
            return
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
        self._nursery.communicate()

    def last_words(self, lines: int = 10) -> list[str]:
        """The last lines of its log."""
        return self._log.read_text(encoding="utf-8").splitlines()[-lines:]

    def _open_nursery(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.torture.nursery"],
                cwd=ROOT,
                # Threads of a library would not outlive a fork.
                env=self._surroundings() | {"OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def _ask(self) -> None:
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(b"\n")
        self._nursery.stdin.flush()

    def _hear(self) -> int:
        assert self._nursery is not None
        assert self._nursery.stdout is not None
        line = self._nursery.stdout.readline()
        assert line, f"the nursery ended by itself:\n{self._log.read_text()}"
        return int(line)

    @property
    def _log(self) -> Path:
        return self.data.parent / "server.log"

    def _surroundings(self) -> dict[str, str]:
        return surroundings(self.data, PLUMBLINE_PORT=str(self.port))


def prepare(settings: Settings, *, tickets: int, seed: int) -> None:
    """Fill a new data folder: one reviewer with this many short chats to grade on a card of three criteria."""
    installation = open_installation(settings)
    try:
        admin = access.make_first_admin(
            installation.context(Person(PersonId(make_id()), "Ada Admin")),
            access.NewPerson("Ada Admin", ADMIN, frozenset({Role.ADMIN, Role.MANAGER}), password=PASSWORD),
        )
        _hand_out(installation, admin, tickets=tickets, seed=seed)
    finally:
        installation.store.close()


def _hand_out(installation: Installation, admin: Person, *, tickets: int, seed: int) -> None:
    context = installation.context(admin)
    new = access.NewPerson("Rita Reviewer", REVIEWER, frozenset({Role.REVIEWER}), password=PASSWORD)
    reviewer = access.add_person(context, new)
    read = load(_SCORECARD)
    assert read.scorecard is not None, read.problems
    version = scorecards.publish(context, scorecards.save_draft(context, read.scorecard).id)
    file = installation.settings.data_dir / "tickets.jsonl"
    file.write_text("\n".join(json.dumps(_ticket(number)) for number in range(1, tickets + 1)), encoding="utf-8")
    importing.commit_import(context, importing.preview_import(context, Upload(file, file.name)))
    sample = sampling.draw_sample(context, sampling.NewPlan("All of them", Frame(), tickets), seed=seed)
    handed = sampling.assign_sample(
        context, sample.id, version_id=version.id, reviewer_ids=[reviewer.id], due_at=None, seed=seed
    )
    assert len(handed.assignments) == tickets


def _ticket(number: int) -> Mapping[str, object]:
    return {
        "plumbline": 1,
        "source": "desk",
        "external_id": f"T-{number:03}",
        "channel": "chat",
        "created_at": "2026-10-05T08:30:00Z",
        "agent": {"id": "A007", "name": "Priya Nair"},
        "messages": [
            {"role": "customer", "text": f"Where is parcel {number}?"},
            {"role": "agent", "text": f"Parcel {number} arrives tomorrow."},
        ],
    }
