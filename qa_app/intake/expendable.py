"""Expendable children: files from strangers are parsed in a process that may die without harm.

A two-kilobyte workbook or a broken recording can abort a whole process. The child has limits on memory and time, no
secrets in its environment, and answers with JSON lines; whatever else happens is one refusal.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use up."""

    memory_bytes: int = 2**30
    cpu_seconds: int = 90
    wall_seconds: int = 180


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child said before it ended."""

    lines: tuple[object, ...]
    finished: bool
    """Whether it ended by itself; otherwise it was stopped at a limit, or crashed."""


def ask_child(module: str, request: Mapping[str, object], *, limits: Limits) -> Answer:
    """Run `python -m module` on a request and collect the JSON lines it writes."""
    body = json.dumps({"limits": asdict(limits), **request}).encode()
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and our own module
                [sys.executable, "-P", "-m", module],
                input=body,
                stdout=out,
                stderr=subprocess.DEVNULL,  # may hold customer text
                timeout=limits.wall_seconds,
                env=_environment(),
                check=False,
            )
            finished = done.returncode == 0
        except subprocess.TimeoutExpired:
            finished = False
        out.seek(0)
        return Answer(tuple(_whole_lines(out)), finished)


def _environment() -> dict[str, str]:
    # One thread: numeric libraries reserve memory for each, and the child has little.
    settings = {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OPENPYXL_LXML": "False"}
    return settings | {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}


def _whole_lines(out: Iterator[bytes]) -> Iterator[object]:
    for line in out:
        if line.endswith(b"\n"):
            yield json.loads(line)


def take_request() -> dict[str, object]:
    """In the child: read the request and put on the limits before any file is opened."""
    request: dict[str, object] = json.load(sys.stdin)
    limits = request["limits"]
    if isinstance(limits, dict) and sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has no such limits; the time limit of the parent holds there

        memory, seconds = int(limits["memory_bytes"]), int(limits["cpu_seconds"])
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return request


def answer(line: object) -> None:
    """In the child: say one thing, at once."""
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")
    sys.stdout.flush()
