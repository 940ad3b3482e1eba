"""The commands of `plumbline self-review`: agents grade their own tickets, beside all scores."""

from typing import Annotated

import typer

from db.records import ReviewId
from qa_app.cli.dates import Due, read_due
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.workflows import self_review

Graded = Annotated[str, typer.Argument(help="Id of a review, from `plumbline grade` or `plumbline export raw`.")]
app = typer.Typer(help="Let agents review their own tickets, beside all scores.", no_args_is_help=True)


@app.command()
def ask(
    review: Graded,
    due: Due = None,
    as_: As = None,
) -> None:
    """Ask the agent for a self-review of a ticket, blind before its review is released; prints the assignment.

    Example: plumbline self-review ask 0190… --due 2026-12-04 --as col@example.org
    """
    with act_as(as_) as context:
        print(self_review.ask_self_review(context, ReviewId(review), due_at=read_due(due)))
    say("Asked; the agent finds it on the feedback page and in `plumbline self-review list`.")


@app.command()
def start(review: Graded, as_: As = None) -> None:
    """Begin a self-review of one's own released review; prints the assignment, for `plumbline grade`.

    Example: plumbline self-review start 0190… --as priya@example.org
    """
    with act_as(as_) as context:
        print(self_review.start_self_review(context, ReviewId(review)))
    say("Begun; grade it on the desk or by `plumbline grade`.")


@app.command("list")
def list_all(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List one's own open self-reviews, most urgent first.

    Example: plumbline self-review list --as priya@example.org
    """
    with act_as(as_) as context:
        asked = self_review.list_asked(context)
    rows = [
        {
            "assignment": each.assignment.id,
            "ticket": each.ticket.external_id,
            "subject": each.ticket.subject,
            "due": each.assignment.due_at,
        }
        for each in asked
    ]
    show(rows, shown=shown)
