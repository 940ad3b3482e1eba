"""The commands of `plumbline export`."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from db.records import SessionId
from qa_app.cli.surroundings import As, act_as, progress, say
from qa_app.settings import read_settings
from qa_app.workflows import access, exporting, raw_export
from qa_app.workflows.context import Context

app = typer.Typer(help="Write workbooks.", no_args_is_help=True)
First = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day; eight weeks back if left out."),
]
Last = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day; today if left out.")]
Folder = Annotated[Path, typer.Option("--to", file_okay=False, help="Folder to write to.")]


@app.command()
def coaching(
    agent: Annotated[str, typer.Argument(help="The agent's name, e-mail or id.")],
    start: First = None,
    end: Last = None,
    folder: Folder = Path(),
    as_: As = None,
) -> None:
    """Write an agent's coaching workbook.

    Example: plumbline export coaching "Priya Nair" --from 2026-10-01 --until 2026-11-21 --to packs
    """
    context, zone = act_as(as_), read_settings().time_zone
    first, last = _period(context, start, end, zone)
    person = access.find_agent(context, agent)
    _keep(exporting.export_coaching(context, person.id, start=first, end=last, zone=zone), folder)


@app.command()
def calibration(session_id: str, folder: Folder = Path(), as_: As = None) -> None:
    """Write the workbook of a revealed calibration.

    Example: plumbline export calibration 0190… --to packs
    """
    _keep(exporting.export_calibration(act_as(as_), SessionId(session_id), zone=read_settings().time_zone), folder)


@app.command()
def team(name: str, start: First = None, end: Last = None, folder: Folder = Path(), as_: As = None) -> None:
    """Write the coaching workbooks of a team, in one zip.

    Example: plumbline export team "Orders & Delivery" --to packs
    """
    context, zone = act_as(as_), read_settings().time_zone
    first, last = _period(context, start, end, zone)
    with progress("Writing workbooks") as report:
        file = raw_export.export_team(context, name, start=first, end=last, zone=zone, report=report)
    _keep(file, folder)


@app.command()
def raw(start: First = None, end: Last = None, folder: Folder = Path(), as_: As = None) -> None:
    """Write all reviews of a period in long form, one row a rating, as CSV.

    Example: plumbline export raw --from 2026-10-01 --until 2026-11-21 --to data
    """
    context, zone = act_as(as_), read_settings().time_zone
    first, last = _period(context, start, end, zone)
    _keep(raw_export.export_raw(context, start=first, end=last, zone=zone), folder)


def _period(context: Context, start: datetime | None, end: datetime | None, zone: ZoneInfo) -> tuple[date, date]:
    last = end.date() if end else context.now().astimezone(zone).date()
    return (start.date() if start else last - timedelta(days=55)), last


def _keep(file: exporting.File, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file.name
    path.write_bytes(file.content)
    print(path)
    say(f"{len(file.content) // 1024} KiB written.")
