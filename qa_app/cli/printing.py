"""How commands print: rows as a table or as JSON, words for people, and how far long work is.

Standard output is data, standard error is for people. What a table shows can be text of a customer: it is neither
markup nor an emoji code, and its control characters never reach the terminal.
"""

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ID = re.compile(r"[0-9a-f]{24,}")


class Format(StrEnum):
    """How a command prints what it read."""

    TABLE = "table"
    JSON = "json"


Shown = Annotated[Format, typer.Option("--format", help="table for people, json for programs.")]


def show(rows: Sequence[Mapping[str, object]], *, shown: Format, title: str = "") -> None:
    """Print rows as a table or as JSON; the columns are the keys of the first row.

    JSON is plain ASCII, so that it is the same in every encoding of a terminal or a pipe.
    """
    if shown is Format.JSON:
        print_json(list(rows))
        return
    if not rows:
        print(tidy(f"{title}: none" if title else "none"))
        return
    # A title is wider than a narrow table and would be folded to its width.
    heading = Text(tidy(title), no_wrap=True, overflow="ignore") if title else None
    table = Table(title=heading, title_justify="left")
    cells = [[_write(value) for value in row.values()] for row in rows]
    for place, name in enumerate(rows[0]):
        whole = any(_ID.fullmatch(line[place]) for line in cells)
        table.add_column(name, overflow="fold", no_wrap=whole, min_width=None if whole else len(name))
    for line in cells:
        table.add_row(*line)
    console = _console(stderr=False)
    wanted = Measurement.get(console, console.options.update(max_width=_WIDEST), table)
    # A terminal breaks a line that is too long by itself; cut ids would be lost. A pipe has no width at all.
    console.width = max(console.width, wanted.minimum) if console.is_terminal else wanted.maximum
    console.print(table)


_WIDEST = 10_000


def print_json(value: object) -> None:
    """Print for programs; records become objects."""
    print(json.dumps(value, indent=2, default=_plain, allow_nan=False))


def tell(words: str, *, style: str | None = None) -> None:
    """One paragraph of a report, on standard output."""
    _console(stderr=False).print(tidy(words), style=style, soft_wrap=not sys.stdout.isatty())


def say(words: str, *, style: str | None = None) -> None:
    """One line for people, on standard error so that standard output stays data."""
    _console(stderr=True).print(tidy(words), style=style, soft_wrap=True)


def tidy(text: str) -> str:
    """Text that a terminal shows and does not obey."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


@contextmanager
def progress(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; call what it gives with done and total."""
    console = _console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,  # a log has no use for a bar
    )
    with bar:
        task = bar.add_task(tidy(words), total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report


def _console(*, stderr: bool) -> Console:
    # The stream of now, not that of the import: a test, or a program that calls us, may have changed it.
    return Console(file=sys.stderr if stderr else sys.stdout, markup=False, emoji=False, highlight=False)


def _write(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return "—" if value is None else tidy(str(value))


def _plain(value: object) -> object:
    """What JSON has no word for: records as objects, moments in ISO 8601, exact numbers as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
