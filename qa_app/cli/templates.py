"""The commands of `plumbline template`."""

from typing import Annotated

import typer

from db.records import TemplateId
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.workflows import templates

app = typer.Typer(help="Keep words that reviewers write often.", no_args_is_help=True)


@app.command("list")
def list_all(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List the shared comment templates and one's own.

    Example: plumbline template list --as ann@example.org
    """
    with act_as(as_) as context:
        found = templates.list_templates(context)
    rows = [{"template": one.id, "label": one.label, "shared": one.owner_id is None, "text": one.text} for one in found]
    show(rows, shown=shown)


@app.command()
def add(
    label: Annotated[str, typer.Argument(help="Name, typed after / at the desk.")],
    text: Annotated[str, typer.Argument(help="The words to insert.")],
    shared: Annotated[bool, typer.Option("--shared", help="For everybody; leads only.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:  # fmt: skip
    """Keep a comment template; prints its id.

    Example: plumbline template add named-it "You named the trouble first." --as ann@example.org
    """
    with act_as(as_) as context:
        print(templates.add_template(context, label=label, text=text, shared=shared).id)
    say("Kept.")


@app.command()
def remove(
    template: Annotated[str, typer.Argument(help="Id of a template, as `plumbline template list` prints it.")],
    as_: As = None,
) -> None:
    """Drop a comment template; comments written with it stay.

    Example: plumbline template remove 0190… --as ann@example.org
    """
    with act_as(as_) as context:
        templates.remove_template(context, TemplateId(template))
    say("Removed.")
