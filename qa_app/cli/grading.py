"""The reviewer's work by commands: queue, grade, undo, skip and replace."""

import json
from pathlib import Path
from typing import Annotated

import typer

from db.records import AssignmentId
from qa_app.cli.printing import Format, Shown, progress, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import PlumblineError, Refused
from qa_app.workflows import grading, returning
from qa_app.workflows.plain_grading import submit_plain
from qa_app.workflows.undo import undo_submit


def queue(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List the open assignments of the person given by --as.

    Example: plumbline queue --as ann@example.org --format json
    """
    with act_as(as_) as context:
        queued = grading.list_queue(context)
    rows = [
        {
            "assignment": row.assignment.id,
            "ticket": row.ticket.external_id,
            "subject": row.ticket.subject,
            "purpose": row.assignment.purpose.value,
            "due": row.assignment.due_at,
            "scorecard": row.scorecard,
        }
        for row in queued
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
    with act_as(as_) as context:
        lines = _read_lines(file)
        failed = 0
        with progress("Grading") as report:
            for done, (place, line) in enumerate(lines, start=1):
                try:
                    review = submit_plain(context, _read_object(line))
                except PlumblineError as refusal:
                    failed += 1
                    say(f"{file.name}:{place}: {refusal.message} [{refusal.code}]")
                else:
                    reported = review.score.reported if review.score else None
                    print(f"{review.id}\t{'no score' if reported is None else reported}")
                report(done, len(lines))
    say(f"{len(lines) - failed} submitted, {failed} refused.")
    if failed:
        raise typer.Exit(1)


Work = Annotated[str, typer.Argument(help="Id of an assignment, as `plumbline queue` prints it.")]
Why = Annotated[str, typer.Option("--reason", help="Why; the lead reads it.")]


def undo(assignment: Work, as_: As = None) -> None:
    """Take back a submit of the last 30 seconds: the review is a draft again, with all its answers.

    Example: plumbline undo 0190… --as ann@example.org
    """
    with act_as(as_) as context:
        undo_submit(context, AssignmentId(assignment))
    say("Taken back; the ticket is in the queue again.")


def skip(assignment: Work, reason: Why, as_: As = None) -> None:
    """Give a ticket back with a reason.

    Example: plumbline skip 0190… --reason "I know the customer" --as ann@example.org
    """
    with act_as(as_) as context:
        returning.skip_assignment(context, AssignmentId(assignment), reason=reason)
    say("Skipped; the lead reads the reason.")


def replace(assignment: Work, reason: Why, as_: As = None) -> None:
    """Exchange a ticket for the next one in line of its sample; prints the new assignment.

    Example: plumbline replace 0190… --reason "Empty, spam or a test" --as ann@example.org
    """
    with act_as(as_) as context:
        print(returning.replace_assignment(context, AssignmentId(assignment), reason=reason))
    say("Replaced; the reason is kept and the replacement counted.")


def _read_lines(file: Path) -> list[tuple[int, str]]:
    """Lines with their numbers, blank ones left out. Only a line feed ends a line: other signs can stand in a text."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("grades-encoding", f"{file.name} is no UTF-8 text; save it as UTF-8.") from error
    return [(place, line) for place, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _read_object(line: str) -> dict[str, object]:
    try:
        content: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Refused("grade-line", f"This line is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise Refused("grade-line", 'A line holds one object, such as {"assignment": "…", "answers": {…}}.')
    return content
