"""plumbline serve, demo, doctor."""

import shutil
from datetime import UTC, datetime
from typing import Annotated

import typer

from qa_app.cli.surroundings import Format, Shown, open_here, progress, say, show
from qa_app.settings import read_settings
from qa_app.workflows import upkeep
from qa_app.workflows.demo import filling


def serve() -> None:
    """Create or upgrade the database and serve the app until stopped.

    Example: PLUMBLINE_PORT=8600 plumbline serve
    """
    from qa_app.ui.server import serve as run_server  # noqa: PLC0415 - commands must not wait for Streamlit's import

    run_server(read_settings())


def demo(
    seed: Annotated[int, typer.Option(help="The same seed fills the same demo.")] = 1,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the demo; today if left out.")
    ] = None,
) -> None:
    """Fill an empty database with a small contact centre and eight weeks of work.

    Example: plumbline demo --seed 7
    """
    installation = open_here()
    last = (until or datetime.now(UTC)).date()
    with progress("Loading the demo") as report:
        filled = filling.fill_demo(installation, until=last, seed=seed, report=report)
    say(f"{filled.tickets} tickets, {filled.reviews} reviews, {filled.people} people. Open the app and pick one.")


def doctor(shown: Shown = Format.TABLE) -> None:
    """Check settings, database, SQLite library and disk.

    Example: plumbline doctor --format json
    """
    settings = read_settings()
    status = upkeep.read_status(settings)
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent).free
    checks = [
        {
            "check": "database",
            "found": f"{status.state}, revision {status.revision}",
            "good": status.state == "current",
        },
        {"check": "place", "found": status.location, "good": True},
        {"check": "sqlite library", "found": upkeep.sqlite_version(), "good": upkeep.sqlite_is_sound()},
        {"check": "free disk, MiB", "found": free // 2**20, "good": free > 512 * 2**20},
        {"check": "time zone", "found": settings.time_zone.key, "good": True},
    ]
    show(checks, shown=shown)
    if not all(check["good"] for check in checks):
        raise typer.Exit(1)
