"""The command `plumbline agreement`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from qa_app.cli.exporting import keep, make_folder
from qa_app.cli.finding import LARGEST_SEED
from qa_app.cli.printing import print_json, say, tell
from qa_app.cli.sections import list_report, print_sections
from qa_app.errors import Refused
from qa_app.settings import read_settings
from qa_app.workflows import exporting, ratings_file, ratings_report
from qa_app.workflows.context import read_clock

_MOST_ISSUES = 20
_CUT = frozenset({"raters", "severity", "reference", "pairs", "items", "steps"})
"""Sections that grow with raters and items."""


class IntervalName(StrEnum):
    """Which interval is shown of a coefficient that has two."""

    BOOTSTRAP = "bootstrap"
    ANALYTIC = "analytic"


class ReportFormat(StrEnum):
    """How the report is given."""

    TABLE = "table"
    JSON = "json"
    XLSX = "xlsx"


def agreement(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="Long CSV, or .csv.gz, with the columns item, rater, criterion, value."
        ),
    ],
    level: Annotated[
        ratings_file.LevelName, typer.Option(help="Level of measurement.")
    ] = ratings_file.LevelName.ORDINAL,
    scale: Annotated[
        str | None,
        typer.Option(help="The declared scale, such as 1..5 or no,unsure,yes; observed values if left out."),
    ] = None,
    criterion: Annotated[str | None, typer.Option(help="Only this criterion.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="The rater whose answers are the agreed ones; compared with, never counted.")
    ] = None,
    critical: Annotated[
        list[str] | None, typer.Option(help="A value that counts as critical, for hits against the reference.")
    ] = None,
    bootstrap: Annotated[int, typer.Option(min=100, max=100_000, help="Resamples behind each interval.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="The same seed gives the same interval.")] = 1,
    interval: Annotated[
        IntervalName, typer.Option(help="The interval shown: resampled items, or a formula (of an ICC the F interval).")
    ] = IntervalName.BOOTSTRAP,
    shown: Annotated[
        ReportFormat,
        typer.Option("--format", help="table for people, json for programs, xlsx for a workbook with all rows."),
    ] = ReportFormat.TABLE,
    folder: Annotated[Path, typer.Option("--to", file_okay=False, help="Folder for the workbook.")] = Path(),
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a workbook of the same name.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Report the agreement in a file of ratings: what to read first, warnings, then the details. Needs no database.

    Example: plumbline agreement ratings.csv --scale 1..6 --criterion grammar
    """
    if critical and reference is None:
        raise Refused(
            "needs-reference", "--critical compares with a reference; say which rater it is with --reference."
        )
    if shown is ReportFormat.XLSX:
        make_folder(folder)
    found = ratings_file.read_ratings(file, level=level, scale=scale, criterion=criterion)
    if found.issues:
        _complain(found)
        raise typer.Exit(1)
    report = ratings_report.report_file(
        found,
        file.name,
        reference=None if reference is None else ratings_file.find_rater(found.tables, reference),
        critical=ratings_file.find_values(found, critical or ()),
        n_resamples=bootstrap,
        seed=seed,
        interval="analytic" if interval is IntervalName.ANALYTIC else "bootstrap",
        made_at=read_clock(),
    )
    match shown:
        case ReportFormat.JSON:
            print_json(list_report(report.sections, report.methods))
        case ReportFormat.TABLE:
            tell(report.title, style="bold")
            print_sections(report.sections, cut=_CUT)
        case ReportFormat.XLSX:
            zone = read_settings().time_zone
            keep(exporting.export_ratings(report, file.name, zone=zone), folder, replace=replace)


def _complain(found: ratings_file.RatingsFile) -> None:
    for issue in found.issues[:_MOST_ISSUES]:
        say(f"{issue.level}: {issue.file}, line {issue.row}, {issue.column}: {issue.message} [{issue.code}]")
    more = len(found.issues) - _MOST_ISSUES
    lines = "1 line" if len(found.issues) == 1 else f"{len(found.issues)} lines"
    say(f"{lines} cannot be used{f', {more} of them not shown' if more > 0 else ''}; nothing done.")
