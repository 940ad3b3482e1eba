"""plumbline queue and plumbline grade: the reviewer's work by commands."""

import json
from pathlib import Path
from typing import Annotated

import typer

from qa_app.cli.surroundings import As, Format, Shown, act_as, progress, say, show
from qa_app.errors import PlumblineError
from qa_app.workflows import grading
from qa_app.workflows.plain_grading import submit_plain


def queue(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List the open assignments of the person given by --as.

    Example: plumbline queue --as ann@example.org --format json
    """
    rows = [
        {
            "assignment": row.assignment.id,
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject,
            "purpose": row.assignment.purpose.value,
            "due": row.assignment.due_at,
            "scorecard": row.scorecard,
        }
        for row in grading.list_queue(act_as(as_))
    ]
    show(rows, shown=shown)


def grade(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help='JSON Lines: {"assignment": "…", "answers": {"criterion": "option" | "n/a" | number}, '
            '"comments": {"criterion": "…"}, "reasons": {"criterion": ["…"]}, "comment": "…"}',
        ),
    ],
    as_: As = None,
) -> None:
    """Submit filled scorecards, one a line; a bad line never sinks the good ones.

    Example: plumbline grade graded.jsonl --as ann@example.org
    """
    context = act_as(as_)
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    failed = 0
    with progress("Grading") as report:
        for place, line in enumerate(lines, start=1):
            try:
                review = submit_plain(context, json.loads(line))
            except (PlumblineError, ValueError) as problem:
                failed += 1
                say(f"{file.name}:{place}: {getattr(problem, 'message', problem)}")
            else:
                reported = review.score.reported if review.score else None
                print(f"{review.id}\t{'no score' if reported is None else reported}")
            report(place, len(lines))
    say(f"{len(lines) - failed} submitted, {failed} refused.")
    if failed:
        raise typer.Exit(1)
