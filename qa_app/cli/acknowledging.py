"""The commands of `plumbline acknowledge`: confirm that a review was read, by its agent or because its time is over."""

from typing import Annotated

import typer

from db.records import ReviewId
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.words import write_count
from qa_app.workflows import acknowledging, reviews

app = typer.Typer(help="Confirm that released reviews were read.", no_args_is_help=True)


@app.command()
def review(
    review_id: Annotated[str, typer.Argument(metavar="REVIEW", help="Id of a review that was released to you.")],
    comment: Annotated[str, typer.Option(help="Words to the reviewer and the coach.")] = "",
    as_: As = None,
) -> None:
    """Confirm having read a review of one's own work, with or without a comment.

    Example: plumbline acknowledge review 0190… --comment "Thank you, I will try that." --as priya@example.org
    """
    with act_as(as_) as context:
        reviews.acknowledge_review(context, ReviewId(review_id), comment=comment)
    say("Acknowledged.")


@app.command("list")
def list_(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List what one is asked to confirm, the longest released first.

    Example: plumbline acknowledge list --as priya@example.org
    """
    with act_as(as_) as context:
        asked = acknowledging.list_unacknowledged(context)
    rows = [
        {
            "review": each.review.id,
            "ticket": each.ticket.external_id,
            "subject": each.ticket.subject,
            "released": each.review.released_at,
            "by itself": each.by_itself_at,
        }
        for each in asked
    ]
    show(rows, shown=shown)


@app.command()
def due(as_: As = None) -> None:
    """Acknowledge what its scorecard says is acknowledged by itself by now; for a schedule, once a day.

    Example: plumbline acknowledge due --as max@example.org
    """
    with act_as(as_) as context:
        changed = acknowledging.acknowledge_due(context)
    for review_id in changed:
        print(review_id)
    say(f"{write_count(len(changed), 'review')} acknowledged by itself." if changed else "Nothing is due.")
