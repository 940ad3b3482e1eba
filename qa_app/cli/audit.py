"""The commands of `plumbline audit`."""

import typer

from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.workflows import upkeep

app = typer.Typer(help="The audit chain.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `verify` a word of its own."""


@app.command()
def verify(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Check the chain from its first entry to its head, and recompute every stored score.

    Example: plumbline audit verify
    """
    with act_as(as_) as context:
        verdict = upkeep.verify_audit(context)
        scores = upkeep.recompute_scores(context)
    show(
        [
            {
                "entries": verdict.entries,
                "head": verdict.head_hash or None,
                "first broken": verdict.first_broken_seq,
                "scores": scores.checked,
                "different": len(scores.different),
            }
        ],
        shown=shown,
    )
    if verdict.first_broken_seq is not None:
        say(f"The chain breaks at entry {verdict.first_broken_seq}: {verdict.reason}.")
    for review_id in scores.different:
        say(f"The stored score of review {review_id} differs from what its ratings give.")
    if verdict.first_broken_seq is not None or scores.different:
        raise typer.Exit(1)
    say("All holds." if verdict.head_hash else "All holds. The head stays hidden while you grade blind.")
