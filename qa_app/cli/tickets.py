"""The command `plumbline import`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from db.records import RowIssue
from qa_app.cli.printing import Format, Shown, progress, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import NotAllowed, Refused
from qa_app.workflows.context import Context
from qa_app.workflows.importing import Choices, ImportPreview, RowState, Upload, commit_import, preview_import


def import_files(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="JSONL, CSV, XLSX, VTT, SRT or a recording.")
    ],
    source: Annotated[
        str | None, typer.Option(help="Name of the helpdesk or phone system; JSONL names it itself.")
    ] = None,
    messages: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Table of messages.")] = None,
    recording: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Recording of a transcript.")
    ] = None,
    recordings: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder of the recordings that a table names.")
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE, by the names that the preview asks for or guessed.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,  # noqa: FBT002
    as_: As = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Bring tickets in; the same file twice changes nothing, and a bad row never sinks the good ones.

    Example: plumbline import call.vtt --recording call.wav --source phone --set speakers.Agent="agent: Priya Nair"
    """
    choices = Choices(source=source, recordings_folder=recordings).answer(
        dict(_read_pair(pair) for pair in answer or ())
    )
    uploads = [Upload(path, path.name, _beside(messages), _beside(recording)) for path in files]
    with act_as(as_) as context:
        done = [_bring_in(context, upload, choices, dry_run=dry_run) for upload in uploads]
    show([row for row, _ in done], shown=shown)
    if not all(good for _, good in done):
        raise typer.Exit(1)


def _bring_in(context: Context, upload: Upload, choices: Choices, *, dry_run: bool) -> tuple[dict[str, object], bool]:
    """One file: its line of the result, and whether nothing was left out. A bad file does not sink the others."""
    row: dict[str, object] = {"file": upload.file_name, "read": 0, **{state.value: 0 for state in RowState}}
    try:
        with progress(f"Reading {upload.file_name}") as report:
            preview = preview_import(context, upload, choices, report=report)
        _say_remarks(preview)
        if preview.ready and not dry_run:
            with progress(f"Importing {upload.file_name}") as report:
                commit_import(context, preview, report=report)
    except NotAllowed:
        raise
    except Refused as refusal:
        say(f"error: {upload.file_name}: {refusal.message} [{refusal.code}]")
        return {**row, "done": "no: refused"}, False
    row |= {"read": preview.rows_read, **{state.value: preview.count(state) for state in RowState}}
    done = "no: questions are open" if not preview.ready else "no: dry run" if dry_run else "yes"
    return {**row, "done": done}, preview.ready and not preview.count(RowState.REFUSED)


def _say_remarks(preview: ImportPreview) -> None:
    for guess in preview.guesses:
        say(f"guessed {guess.name} = {guess.value} ({guess.reason})")
    for issue in preview.issues:
        say(f"{issue.level}: {_place(issue)}: {issue.message} [{issue.code}]")
    for question in preview.questions:
        choices = f" One of: {', '.join(question.choices)}." if question.choices else ""
        say(f"asked: {question.text}{choices} Answer with --set {shlex.quote(question.name)}=…")


def _place(issue: RowIssue) -> str:
    parts = [issue.file, issue.sheet, f"row {issue.row}" if issue.row else None, issue.column]
    return ", ".join(part for part in parts if part)


def _beside(path: Path | None) -> Upload | None:
    return Upload(path, path.name) if path else None


def _read_pair(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign or not name:
        raise typer.BadParameter(f"{pair!r} is no answer; write NAME=VALUE.", param_hint="--set")
    return name, value
