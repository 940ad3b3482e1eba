"""What commands share: the installation that they work on, in whose name they act, and how a refusal ends one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from db.problems import DatabaseUnavailable, UnstorableText
from qa_app.cli.printing import say
from qa_app.errors import PlumblineError
from qa_app.settings import read_settings
from qa_app.workflows.access import find_actor
from qa_app.workflows.context import UNSTORABLE, Context, Installation
from qa_app.workflows.upkeep import open_current

As = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="PLUMBLINE_USER",
        help="E-mail of the person to act as; may be left out where there is one admin.",
    ),
]


class Commands(TyperGroup):
    """The root of all commands: a refusal is one readable line on standard error and exit code 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever Typer's takes and returns
        """Run the command that was called, and leave with its exit code."""
        try:
            return super().main(*args, **kwargs)
        except PlumblineError as refusal:
            say(f"{refusal.message} [{refusal.code}]", style="red")
        except DatabaseUnavailable as problem:
            say(f"The database cannot be used: {problem}. [database-unusable]", style="red")
        except UnstorableText:
            say(f"{UNSTORABLE} [unstorable-text]", style="red")
        sys.exit(1)


@contextmanager
def open_here() -> Iterator[Installation]:
    """The installation that the environment describes, with its database; closed when the block ends."""
    installation = open_current(read_settings())
    try:
        yield installation
    finally:
        installation.store.close()


@contextmanager
def act_as(email: str | None) -> Iterator[Context]:
    """The surroundings of a command in somebody's name; their database is closed when the block ends."""
    with open_here() as installation:
        yield installation.context(find_actor(installation.store, email))
