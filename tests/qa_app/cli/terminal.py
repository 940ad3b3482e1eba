"""A terminal to run commands in: the real app, in this process, on a data folder of its own."""

import json
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import psutil
import typer.testing
from typer.main import get_command
from typer.testing import CliRunner, Result

from qa_app.cli import app
from qa_app.settings import read_settings
from qa_app.workflows.context import Installation
from qa_app.workflows.upkeep import open_current

Env = Mapping[str, str]
build_commands = cache(get_command)
"""Once: Typer's runner builds all commands anew for each call, which takes longer than most of them."""
NO_ENV: Env = MappingProxyType({})


@dataclass(frozen=True)
class Terminal:
    """Every run proves that the command closed what it opened in the data folder."""

    folder: Path
    """The data folder, which need not be there."""

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'plumbline.sqlite'}"

    def run(self, line: str, *more: str | Path, typed: str = "", env: Env = NO_ENV) -> Result:
        """Run a line as a shell would; `more` are words of their own, whatever signs they hold."""
        words = [*shlex.split(line), *map(str, more)]
        before = self.open_files()
        surroundings = {"PLUMBLINE_DATA_DIR": str(self.folder), **env}
        with patch.object(typer.testing, "_get_command", build_commands):
            result = CliRunner().invoke(app, words, input=typed, env=surroundings)
        assert isinstance(result.exception, SystemExit | None), f"{line}: {result.exception!r}"
        left = self.find_left(before)
        assert not left, f"{line} left open: {sorted(left)}"
        return result

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """The same installation as workflows see it."""
        installation = open_current(read_settings({"PLUMBLINE_DATA_DIR": str(self.folder)}))
        try:
            yield installation
        finally:
            installation.store.close()

    def open_files(self) -> frozenset[str]:
        """Files of the data folder that this process has open; a test may hold some itself."""
        paths = (file.path for file in psutil.Process().open_files())
        return frozenset(path for path in paths if path.startswith(str(self.folder)))

    def find_left(self, before: frozenset[str]) -> frozenset[str]:
        """What is open beyond that, and stays so: a thread that an earlier test left behind may open and close some.

        Of a file that was open before nothing can be told: SQLite puts off closing a database that another connection
        of this process has open, because that one's locks would go with it.
        """
        until = time.monotonic() + 3
        while (left := self.open_files() - before) and time.monotonic() < until:
            time.sleep(0.05)
        return left

    def done(self, line: str, *more: str | Path, env: Env = NO_ENV) -> str:
        """Standard output of a command that does what it is asked."""
        result = self.run(line, *more, env=env)
        assert result.exit_code == 0, f"{line}: {result.output}"
        return result.stdout

    def rows(self, line: str, *more: str | Path, exit_code: int = 0, env: Env = NO_ENV) -> list[dict[str, Any]]:
        """What a command prints as JSON."""
        result = self.run(f"{line} --format json", *more, env=env)
        assert result.exit_code == exit_code, f"{line}: {result.output}"
        rows: list[dict[str, Any]] = json.loads(result.stdout)
        return rows

    def refused(self, line: str, *more: str | Path, exit_code: int = 1, typed: str = "", env: Env = NO_ENV) -> str:
        """What a refused command says, in one line; standard output stays empty."""
        result = self.run(line, *more, typed=typed, env=env)
        assert (result.exit_code, result.stdout) == (exit_code, ""), f"{line}: {result.output}"
        return " ".join(result.stderr.split())
