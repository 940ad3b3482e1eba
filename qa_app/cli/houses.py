"""The commands of `plumbline house`."""

from pathlib import Path
from typing import Annotated

import typer

from qa_app.cli.printing import say
from qa_app.errors import Refused
from qa_app.house import read_house
from qa_app.settings import read_settings
from scorecards.problems import format_problem

app = typer.Typer(help="The organisation's template for what is exported.", no_args_is_help=True)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="The document; the one that PLUMBLINE_HOUSE names.")] = None,
) -> None:
    """Check a house template and print everything that is wrong with it.

    Example: plumbline house check house.yaml
    """
    found = path or read_settings().house
    if found is None:
        raise Refused("no-house", "Name a document, or set PLUMBLINE_HOUSE. docs/house.md shows one.")
    loaded = read_house(found)
    for problem in loaded.problems:
        print(format_problem(problem))
    if loaded.house is None:
        raise typer.Exit(1)
    say(f"{found.name} can be used.")
