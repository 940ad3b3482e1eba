"""The command line: what a page can do, a command can do, through the same workflows.

Exit codes: 0 done, 1 found problems, 2 wrong use.
"""

import typer

from qa_app.cli import (
    agreement,
    audit,
    calibration,
    certificates,
    checks,
    coaching,
    database,
    exporting,
    grading,
    houses,
    people,
    sampling,
    scorecards,
    self_reviews,
    server,
    templates,
    tickets,
)
from qa_app.cli.surroundings import Commands

app = typer.Typer(
    name="plumbline",
    cls=Commands,
    help="Quality reviews and calibration for customer service, with honest numbers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(server.serve)
app.command("demo")(server.demo)
app.command("doctor")(server.doctor)
app.command("import")(tickets.import_files)
app.command("assign")(sampling.assign)
app.command("queue")(grading.queue)
app.command("grade")(grading.grade)
app.command("undo")(grading.undo)
app.command("skip")(grading.skip)
app.command("replace")(grading.replace)
app.command("agreement")(agreement.agreement)
app.add_typer(database.app, name="db")
app.add_typer(scorecards.app, name="scorecard")
app.add_typer(sampling.app, name="sample")
app.add_typer(calibration.app, name="calibration")
app.add_typer(self_reviews.app, name="self-review")
app.add_typer(coaching.app, name="coaching")
app.add_typer(certificates.app, name="certificate")
app.add_typer(checks.app, name="check")
app.add_typer(templates.app, name="template")
app.add_typer(exporting.app, name="export")
app.add_typer(houses.app, name="house")
app.add_typer(people.app, name="user")
app.add_typer(audit.app, name="audit")


def run() -> None:
    """Entry point of the `plumbline` command."""
    app()
