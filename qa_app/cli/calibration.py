"""The commands of `plumbline calibration`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from db.records import Frame, TicketId
from qa_app.cli.finding import LARGEST_SEED, find_people, find_published, find_session
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.sections import list_report, print_sections
from qa_app.cli.surroundings import As, act_as
from qa_app.words import write_count
from qa_app.workflows import calibration, calibration_results, calibration_trend, sampling

Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of the draw and of the bootstrap.")]
OneSession = Annotated[str, typer.Argument(help="Id of the session.")]
_CUT = frozenset({"heat", "pooled_heat"})
"""Sections that grow with criteria times reviewers."""
app = typer.Typer(help="Grade the same tickets blind, then reveal and compare.", no_args_is_help=True)


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(help="Name of the session.")],
    scorecard: Annotated[str, typer.Option(help="Name of a published scorecard, or id of a version.")],
    reviewer: Annotated[list[str], typer.Option(help="E-mail of a reviewer; at least two.")],
    tickets: Annotated[int, typer.Option(min=1, help="How many tickets to draw at random.")] = 6,
    ticket: Annotated[list[str] | None, typer.Option(help="Ids of tickets picked by hand, instead of drawing.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Draw from these sources only.")] = None,
    seed: Seed = 1,
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Due day (UTC).")] = None,
    as_: As = None,
) -> None:
    """Open a session and hand every ticket to every reviewer.

    Example: plumbline calibration open W47 --scorecard core-chat --reviewer a@example.org --reviewer b@example.org
    """
    with act_as(as_) as context:
        plan = sampling.NewPlan(f"Calibration: {name}", Frame(sources=tuple(source or ())), size=tickets)
        session = calibration.open_session(
            context,
            calibration.NewSession(
                name=name,
                version_id=find_published(context, scorecard),
                ticket_ids=tuple(TicketId(key) for key in ticket or ()),
                reviewer_ids=find_people(context, reviewer),
                plan=None if ticket else plan,
                due_at=due.replace(tzinfo=UTC) if due else None,
                seed=seed,
            ),
        )
    print(session.id)
    say(f"{write_count(len(session.tickets), 'ticket')} in each of {write_count(len(reviewer), 'queue')}.")


@app.command()
def status(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Say who is done; never what anybody answered.

    Example: plumbline calibration status
    """
    with act_as(as_) as context:
        sessions = calibration.list_sessions(context)
    rows = [
        {
            "session": row.session.id,
            "name": row.session.name,
            "state": row.session.state.value,
            "graded": f"{row.submitted} of {row.expected}",
            "waiting for": ", ".join(
                name for key, name in row.names.items() if row.progress.get(key, 0) < len(row.session.tickets)
            )
            or "nobody",
        }
        for row in sessions
    ]
    show(rows, shown=shown)


@app.command()
def reveal(session_id: OneSession, as_: As = None) -> None:
    """Show everybody's answers to everybody.

    Example: plumbline calibration reveal 0190…
    """
    with act_as(as_) as context:
        calibration.reveal_session(context, find_session(context, session_id))
    say("Revealed.")


@app.command()
def report(session_id: OneSession, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print the results of a session: agreement, what to fix first, reviewers, critical criteria; then the same pooled.

    Example: plumbline calibration report 0190…
    """
    with act_as(as_) as context:
        found = calibration_results.report_session(context, find_session(context, session_id))
    if shown is Format.JSON:
        print_json(list_report(found.sections, found.methods))
        return
    tell(f"{found.session.name}: {found.submitted} of {found.expected} grades", style="bold")
    print_sections(found.sections, cut=_CUT)


@app.command()
def trend(session_id: OneSession, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print severity and distance over the sessions up to this one, who drifted, and whether meetings helped.

    Example: plumbline calibration trend 0190…
    """
    with act_as(as_) as context:
        found = calibration_trend.trace_sessions(context, find_session(context, session_id))
    if shown is Format.JSON:
        print_json(list_report(found.sections, ()))
        return
    print_sections(found.sections, cut=())
