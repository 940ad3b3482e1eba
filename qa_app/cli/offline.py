"""The commands of `plumbline offline`: grading in a spreadsheet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from db.records import AssignmentId
from qa_app.cli.exporting import Folder, Replace, keep, make_folder
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.offline_form import CellProblem
from qa_app.settings import read_settings
from qa_app.workflows.offline_export import export_offline
from qa_app.workflows.offline_import import Fate, Preview, apply_offline, preview_offline

app = typer.Typer(help="Grade in a spreadsheet, without a connection.", no_args_is_help=True)
_WORDS = {
    Fate.SUBMIT: "submitted",
    Fate.DRAFT: "kept as drafts",
    Fate.ASK: "changed in Plumbline meanwhile",
    Fate.REFUSED: "refused",
    Fate.SAME: "unchanged",
}


@app.command()
def export(
    assignment: Annotated[
        list[str] | None, typer.Argument(help="Ids of assignments, as `plumbline queue` prints them; all if left out.")
    ] = None,
    folder: Folder = Path(),
    replace: Replace = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Write a workbook to grade in, with the open assignments of the person given by --as.

    Example: plumbline offline export --to trip --as ann@example.org
    """
    with act_as(as_) as context:
        make_folder(folder)
        chosen = {AssignmentId(one) for one in assignment or ()}
        keep(export_offline(context, chosen, zone=read_settings().time_zone), folder, replace=replace)


@app.command("import")
def bring_back(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The filled workbook.")],
    check: Annotated[bool, typer.Option("--check", help="Only say what would happen.")] = False,  # noqa: FBT002 - an option
    drafts: Annotated[bool, typer.Option("--drafts", help="Submit nothing; complete ones too.")] = False,  # noqa: FBT002 - an option
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take",
            help="Id of an assignment whose draft was changed in Plumbline since the export: take the workbook's.",
        ),
    ] = None,
    as_: As = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Bring a filled workbook back: complete reviews are submitted, incomplete ones become drafts.

    A cell that cannot be read costs its own review and no other; mend it and bring the file back once more.

    Example: plumbline offline import trip/to-grade-2026-11-22-0930.xlsx --as ann@example.org
    """
    with act_as(as_) as context:
        preview = preview_offline(context, file.read_bytes(), file_name=file.name)
        if check:
            ends = [(one, one.fate, one.why) for one in preview.reviews]
        else:
            chosen = {AssignmentId(one) for one in take or ()}
            done = apply_offline(context, preview, submit=not drafts, take=chosen)
            ends = [(one.returned, one.fate, one.why) for one in done]
    rows = [
        {
            "number": one.number,
            "ticket": one.ticket,
            "assignment": one.assignment_id,
            "becomes": fate.value,
            "why": why or (_sum_up(one.problems) if fate is Fate.REFUSED else ""),
        }
        for one, fate, why in ends
    ]
    show(rows, shown=shown)
    _tell_cells(preview)
    _tell_differences(preview)
    counts = [f"{sum(fate is each for _, fate, _ in ends)} {words}" for each, words in _WORDS.items()]
    say(f"{'Would be: ' if check else ''}{', '.join(counts)}.")
    if preview.problems or any(fate in {Fate.REFUSED, Fate.ASK} for _, fate, _ in ends):
        raise typer.Exit(1)


def _tell_cells(preview: Preview) -> None:
    for problem in preview.cells:
        say(_write(problem))
    for one in preview.having(Fate.DRAFT):
        for problem in one.problems:
            say(f"Missing: {_write(problem)}")


def _tell_differences(preview: Preview) -> None:
    for one in preview.having(Fate.ASK):
        for each in one.differences:
            say(f"{one.ticket}, {each.criterion}, {each.column}: Plumbline {each.stored!r}, workbook {each.workbook!r}")


def _sum_up(problems: Sequence[CellProblem]) -> str:
    """The first thing that is wrong, and how much more is; all of it stands below the table."""
    if not problems:
        return ""
    more = f"; and {len(problems) - 1} more below" if len(problems) > 1 else ""
    return f"cell {problems[0].cell or '—'}: {problems[0].message}{more}"


def _write(problem: CellProblem) -> str:
    found = f" “{problem.found}”" if problem.found else ""
    return f"{problem.sheet}, cell {problem.cell or '—'}:{found} {problem.message} [{problem.code}]"
