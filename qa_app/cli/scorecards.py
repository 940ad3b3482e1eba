"""The commands of `plumbline scorecard`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from db.records import ScorecardVersion, ScorecardVersionId, VersionState
from qa_app.cli.dates import DAY, read_period
from qa_app.cli.finding import find_published
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.sections import list_report, print_sections
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import NotFound, Refused
from qa_app.settings import read_settings
from qa_app.workflows import scorecard_files, scorecard_health, scorecards
from qa_app.workflows.context import Context, read_clock
from qa_app.workflows.plain_grading import read_answers
from qa_app.workflows.wording import ask_back
from scorecards.difference import compare
from scorecards.document import dump
from scorecards.files import library, read_scorecard
from scorecards.model import Scorecard
from scorecards.problems import Severity, format_problem
from scorecards.scoring import score as compute_score

app = typer.Typer(help="Check, publish, score and compare scorecards.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A scorecard document.")]


@app.command("list")
def list_all(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List the versions of this installation and the shipped scorecards.

    Example: plumbline scorecard list
    """
    with act_as(as_) as context:
        versions = scorecards.list_versions(context)
    rows: list[dict[str, object]] = [
        {
            "id": version.id,
            "scorecard": version.scorecard_id,
            "version": version.number,
            "state": version.state.value,
            "label": version.scorecard.label,
        }
        for version in versions
    ]
    taken = {version.scorecard_id for version in versions}
    rows += [
        {"id": None, "scorecard": name, "version": None, "state": "shipped", "label": "—"}
        for name in library()
        if name not in taken
    ]
    show(rows, shown=shown)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Scorecard documents.")],
) -> None:
    """Print every problem of every file at once, with its place.

    Example: plumbline scorecard check my-card.yaml
    """
    bad = False
    for path in files:
        loaded = read_scorecard(path)
        for problem in loaded.problems:
            print(format_problem(problem))
            bad = bad or problem.severity is Severity.ERROR
    if bad:
        raise typer.Exit(1)
    say("No errors.")


@app.command()
def score(
    file: File,
    answers: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help='JSON: {"criterion": "option"}; "n/a" for not applicable.'),
    ],
    shown: Shown = Format.TABLE,
) -> None:
    """Compute the score of a filled scorecard.

    Example: plumbline scorecard score core-chat.yaml answers.json
    """
    scorecard = _load(file)
    try:
        computed = compute_score(scorecard, read_answers(scorecard, _read_object(answers)))
    except ValueError as error:
        raise Refused("answers-unreadable", f"{answers.name} cannot be scored: {error}.") from error
    rows: list[dict[str, object]] = [
        {"criterion": line.criterion_id, "value": line.value, "applied weight": line.applied_weight}
        for line in computed.criteria
    ]
    total = {"raw": computed.raw, "reported": computed.reported, "passed": computed.passed, "band": computed.band}
    if shown is Format.JSON:
        show([{**total, "criteria": rows}], shown=shown)
    else:
        show(rows, shown=shown)
        show([total], shown=shown)


@app.command()
def diff(old: File, new: File, shown: Shown = Format.TABLE) -> None:
    """Say what changed between two documents, and which edits change scores.

    Example: plumbline scorecard diff core-v1.yaml core-v2.yaml
    """
    changes = compare(_load(old), _load(new))
    show([{"effect": change.effect, "place": change.path, "what": change.words} for change in changes], shown=shown)


@app.command()
def health(
    scorecard: Annotated[str, typer.Argument(help="Name of a published scorecard, or id of a version.")],
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help=f"First day; {scorecard_health.USUAL_DAYS} days back if left out."),
    ] = None,
    end: Annotated[datetime | None, typer.Option("--until", formats=DAY, help="Last day; today if left out.")] = None,
    as_: As = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Say which criteria do not do their work: options never used, always the top answer, not agreed on, out of order.

    Example: plumbline scorecard health core-chat --from 2026-07-01
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        first, last = read_period(start, end, context=context, zone=zone, days=scorecard_health.USUAL_DAYS)
        version_id = find_published(context, scorecard)
        found = scorecard_health.check_health(context, version_id, start=first, end=last, zone=zone)
    if shown is Format.JSON:
        print_json(list_report(found.sections, found.methods))
        return
    tell(f"{found.version.scorecard.label}: {first} to {last}", style="bold")
    print_sections(found.sections, cut=())


@app.command("from-sheet")
def from_sheet(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A list in an .xlsx workbook.")],
    output: Annotated[Path | None, typer.Option(help="Where the document goes; standard output if left out.")] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a file of the same name.")] = False,
) -> None:
    """Turn an Excel list into a document; problems are printed with their cells.

    Example: plumbline scorecard from-sheet my-card.xlsx --output my-card.yaml
    """
    found = scorecard_files.read_file(file.read_bytes(), name=file.name)
    for problem in found.problems:
        say(problem)
    if found.scorecard is None:
        raise typer.Exit(1)
    _put(dump(found.scorecard).encode(), output, replace=replace)


@app.command()
def sheet(
    output: Annotated[Path, typer.Argument(help="The workbook to write.")],
    version: Annotated[str, typer.Option(help="Id of a version; if left out, a template to write over.")] = "",
    as_: As = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a file of the same name.")] = False,
) -> None:
    """Write a scorecard as an Excel list, or the template of one.

    Example: plumbline scorecard sheet my-card.xlsx
    """
    if version:
        with act_as(as_) as context:
            made = scorecard_files.write_list(context, ScorecardVersionId(version))
    else:
        made = scorecard_files.write_template(now=read_clock())
    _put(made.content, output, replace=replace)
    print(output)


@app.command()
def publish(
    source: Annotated[str, typer.Argument(help="A document, the name of a shipped scorecard, or the id of a draft.")],
    as_: As = None,
) -> None:
    """Put a scorecard in force.

    Example: plumbline scorecard publish core-chat
    """
    with act_as(as_) as context:
        version = _publish(context, source)
    print(version.id)
    say(f"{version.scorecard.label} is in force as version {version.number}.")


def _publish(context: Context, source: str) -> ScorecardVersion:
    if source in library():
        return scorecards.publish_from_library(context, source)
    if Path(source).is_file():
        return scorecards.publish(context, scorecards.save_draft(context, _load(Path(source))).id)
    drafts = scorecards.list_versions(context, state=VersionState.DRAFT)
    if source not in {draft.id for draft in drafts}:
        hint = ask_back(source, (*library(), *(draft.id for draft in drafts)))
        raise NotFound(
            "no-scorecard",
            f"{source!r} is no file, no shipped scorecard and no draft.{hint} `plumbline scorecard list` shows them.",
        )
    return scorecards.publish(context, ScorecardVersionId(source))


def _put(content: bytes, target: Path | None, *, replace: bool) -> None:
    if target is None:
        print(content.decode(), end="")
    elif target.exists() and not replace:
        raise Refused("export-exists", f"{target} is there already; move it away, or say --replace.")
    else:
        target.write_bytes(content)


def _read_object(path: Path) -> dict[str, object]:
    content: object = json.loads(path.read_bytes())
    if not isinstance(content, dict):
        raise Refused("answers-unreadable", f"{path.name} must hold one object of answers by criterion.")
    return content


def _load(path: Path) -> Scorecard:
    loaded = read_scorecard(path)
    if loaded.scorecard is None:
        for problem in loaded.problems:
            say(format_problem(problem))
        raise typer.Exit(1)
    return loaded.scorecard
