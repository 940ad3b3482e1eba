"""The commands of `plumbline audit`."""

import typer

from qa_app.cli.surroundings import As, act_as, say
from qa_app.workflows import upkeep

app = typer.Typer(help="The audit chain.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `verify` a word of its own."""


@app.command()
def verify(as_: As = None) -> None:
    """Check the chain from its first entry to its head, and recompute every stored score.

    Example: plumbline audit verify
    """
    context = act_as(as_)
    verdict = upkeep.verify_audit(context)
    scores = upkeep.recompute_scores(context)
    say(f"{verdict.entries} entries, head {verdict.head_hash}; {scores.checked} scores recomputed.")
    if verdict.first_broken_seq is not None:
        say(f"The chain breaks at entry {verdict.first_broken_seq}: {verdict.reason}")
    for review_id in scores.different:
        say(f"The stored score of review {review_id} differs from what its ratings give.")
    if verdict.first_broken_seq is not None or scores.different:
        raise typer.Exit(1)
    say("All holds.")
