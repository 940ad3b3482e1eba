"""Commands as processes: what Ctrl-C and a pipe do to them. Starting one takes a second, so there are few."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.qa_app.cli.terminal import Terminal

pytestmark = pytest.mark.long

PLUMBLINE = (sys.executable, "-W", "default", "-m", "qa_app.cli")
"""With all warnings, also those of what was left open."""


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Commands started here hear Ctrl-C, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def surroundings(terminal: Terminal) -> dict[str, str]:
    return {**os.environ, "PLUMBLINE_DATA_DIR": str(terminal.folder)}


def test_json_in_a_pipe_is_whole_and_alone(house: Terminal) -> None:
    call = [*PLUMBLINE, "user", "list", "--format", "json"]

    done = subprocess.run(call, env=surroundings(house), capture_output=True, check=True)

    assert json.loads(done.stdout) == house.rows("user list")
    assert done.stdout.isascii()
    assert b"ResourceWarning" not in done.stderr


def test_reader_who_leaves_early_makes_no_traceback(house: Terminal) -> None:
    call = [*PLUMBLINE, "user", "list", "--format", "json"]
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(call, env=surroundings(house), stdout=writing, stderr=subprocess.PIPE, check=False)

    os.close(writing)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert done.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows has no named pipes in folders")
def test_interrupted_command_ends_quietly_and_leaves_the_database_whole(
    house: Terminal, tmp_path: Path, interruptible: None
) -> None:
    # A pipe that nobody writes to holds the command between opening the database and reading the file.
    lines = tmp_path / "graded.jsonl"
    os.mkfifo(lines)
    call = [*PLUMBLINE, "grade", str(lines), "--as", "bo@example.org"]
    with subprocess.Popen(call, env=surroundings(house), stderr=subprocess.PIPE) as running:
        writing = os.open(lines, os.O_WRONLY)  # returns when the command reads
        running.send_signal(signal.SIGINT)
        try:
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
            os.close(writing)

    assert running.returncode == 130
    assert b"Traceback" not in said
    assert b"ResourceWarning" not in said
    assert [row["first broken"] for row in house.rows("audit verify")] == [None]
