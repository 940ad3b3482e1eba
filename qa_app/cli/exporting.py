"""The commands of `plumbline export`."""

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from qa_app.cli.dates import read_period
from qa_app.cli.finding import find_session
from qa_app.cli.printing import progress, say
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import Refused, Unavailable
from qa_app.settings import read_settings
from qa_app.words import NOTHING_IN_PERIOD, write_count
from qa_app.workflows import access, exporting, mailing, packs, raw_export
from qa_app.workflows.mailing import Recipient
from qa_app.workflows.raw_export import RawForm

app = typer.Typer(help="Write workbooks.", no_args_is_help=True)
First = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day; eight weeks back if left out."),
]
Last = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day; today if left out.")]
Folder = Annotated[Path, typer.Option("--to", file_okay=False, help="Folder to write to; made where it is missing.")]
Replace = Annotated[bool, typer.Option("--replace", help="Overwrite a file of the same name.")]


@app.command()
def coaching(
    agent: Annotated[str, typer.Argument(help="The agent's name, e-mail or id.")],
    start: First = None,
    end: Last = None,
    folder: Folder = Path(),
    replace: Replace = False,  # noqa: FBT002 - an option
    mail: Annotated[
        Recipient | None,
        typer.Option("--mail", help="Send it instead: to the agent, or to me; see docs/settings.md."),
    ] = None,
    as_: As = None,
) -> None:
    """Write an agent's coaching workbook, or send it by e-mail.

    Example: plumbline export coaching "Priya Nair" --from 2026-10-01 --until 2026-11-21 --to packs
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        first, last = read_period(start, end, context=context, zone=zone)
        person = access.find_agent(context, agent)
        if mail is not None:
            letter = mailing.send_coaching(context, person.id, mail, start=first, end=last, zone=zone)
            say(f"Sent to {letter.name}, {letter.address}.")
            return
        make_folder(folder)
        keep(exporting.export_coaching(context, person.id, start=first, end=last, zone=zone), folder, replace=replace)


@app.command()
def calibration(
    session_id: Annotated[str, typer.Argument(help="Id of the session.")],
    folder: Folder = Path(),
    replace: Replace = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Write the workbook of a revealed calibration.

    Example: plumbline export calibration 0190… --to packs
    """
    with act_as(as_) as context:
        make_folder(folder)
        found = find_session(context, session_id)
        keep(exporting.export_calibration(context, found, zone=read_settings().time_zone), folder, replace=replace)


class TeamForm(StrEnum):
    """What the workbooks of a team come as."""

    ZIP = "zip"
    XLSX = "xlsx"


@app.command()
def team(
    name: Annotated[str, typer.Argument(help="Name of the team.")],
    start: First = None,
    end: Last = None,
    form: Annotated[
        TeamForm, typer.Option("--format", help="zip: a workbook for each agent; xlsx: the team in one workbook.")
    ] = TeamForm.ZIP,
    folder: Folder = Path(),
    replace: Replace = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Write a team's workbooks: one for each agent in one zip, or the whole team in one.

    Example: plumbline export team "Orders & Delivery" --format xlsx --to packs
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        make_folder(folder)
        first, last = read_period(start, end, context=context, zone=zone)
        with progress("Writing workbooks") as report:
            if form is TeamForm.ZIP:
                file = raw_export.export_team(context, name, start=first, end=last, zone=zone, report=report)
            else:
                target = io.BytesIO()
                pack = packs.export_team_pack(
                    context, name, start=first, end=last, zone=zone, target=target, report=report
                )
                file = exporting.File(pack.name, target.getvalue(), pack.empty)
        keep(file, folder, replace=replace)


@app.command()
def programme(
    start: First = None,
    end: Last = None,
    folder: Folder = Path(),
    replace: Replace = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Write the programme report: all teams within reach, with how dependable grading is.

    Example: plumbline export programme --from 2026-10-01 --until 2026-11-21 --to packs
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        make_folder(folder)
        first, last = read_period(start, end, context=context, zone=zone)
        target = io.BytesIO()
        pack = packs.export_programme(context, start=first, end=last, zone=zone, target=target)
        keep(exporting.File(pack.name, target.getvalue(), pack.empty), folder, replace=replace)


@app.command()
def raw(
    start: First = None,
    end: Last = None,
    form: Annotated[RawForm, typer.Option("--format", help="xlsx for people, csv and parquet for programs.")] = (
        RawForm.CSV
    ),
    folder: Folder = Path(),
    replace: Replace = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Write all reviews of a period in long form, one row a rating.

    Example: plumbline export raw --from 2026-10-01 --until 2026-11-21 --format parquet --to data
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        make_folder(folder)
        first, last = read_period(start, end, context=context, zone=zone)
        _refuse_existing([folder / name for name in raw_export.name_raw(first, last, form)], replace=replace)
        with progress("Writing reviews") as report, _writing_to(folder):
            kept = raw_export.keep_raw(context, folder, start=first, end=last, zone=zone, form=form, report=report)
    for path in kept.paths:
        print(path)
    say(f"{write_count(kept.rows, 'rating')} written.")
    if not kept.rows:
        say(NOTHING_IN_PERIOD, style="yellow")


def make_folder(folder: Path) -> None:
    """Before the report is computed, because that takes longer than a refusal."""
    with _writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)


def keep(file: exporting.File, folder: Path, *, replace: bool) -> None:
    """Write the file whole or not at all."""
    path = folder / file.name
    _refuse_existing([path], replace=replace)
    partial = folder / f".{file.name}.partial"
    with _writing_to(folder):
        try:
            partial.write_bytes(file.content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    print(path)
    say(f"{math.ceil(len(file.content) / 1024)} KiB written.")
    if file.empty:
        say(NOTHING_IN_PERIOD, style="yellow")


def _refuse_existing(paths: Sequence[Path], *, replace: bool) -> None:
    for path in paths:
        if path.exists() and not replace:
            raise Refused("export-exists", f"{path} is there already; move it away, or say --replace.")


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            "export-unwritable",
            f"Nothing can be written to {folder} ({error.strerror}); name another folder with --to.",
        ) from error
