"""The commands of `plumbline calibration`."""

from datetime import datetime
from typing import Annotated

import typer

from db.records import Frame, SessionKind, SessionState, TicketId
from qa_app.cli import meetings, series
from qa_app.cli.dates import DAY, Due, read_due
from qa_app.cli.finding import LARGEST_SEED, find_people, find_published, find_session
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.sections import list_report, print_sections
from qa_app.cli.surroundings import As, act_as
from qa_app.domain.calibration import graders
from qa_app.words import write_count
from qa_app.workflows import calibration, calibration_planning, calibration_results, calibration_trend, sampling
from qa_app.workflows.calibration_planning import EXPECTED_AGREEMENT, EXPECTED_SHARE, USEFUL_HALF_WIDTH
from qa_app.workflows.wording import name_picks

Seed = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of the draw and of the bootstrap.")]
OneSession = Annotated[str, typer.Argument(help="Id of the session.")]
_USUAL = 6
_CUT = frozenset({"heat", "pooled_heat"})
"""Sections that grow with criteria times reviewers."""
app = typer.Typer(help="Grade the same tickets blind, then reveal and compare.", no_args_is_help=True)


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(help="Name of the session.")],
    scorecard: Annotated[str, typer.Option(help="Name of a published scorecard, or id of a version.")],
    reviewer: Annotated[list[str], typer.Option(help="E-mail of a reviewer; at least two.")],
    tickets: Annotated[
        int | None,
        typer.Option(min=0, help="How many tickets to draw at random; 6 unless others are picked.", show_default=False),
    ] = None,
    contested: Annotated[
        int, typer.Option(min=0, help="How many of the most contested tickets to add: disputed, revised, or double.")
    ] = 0,
    ticket: Annotated[list[str] | None, typer.Option(help="Ids of tickets picked by hand, besides.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Draw from these sources only.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Draw only tickets that nobody has reviewed.")] = False,  # noqa: FBT002 - an option
    expert: Annotated[str | None, typer.Option(help="E-mail of the expert whose answers are the reference.")] = None,
    criterion: Annotated[list[str] | None, typer.Option(help="Ids of criteria, to grade only these.")] = None,
    from_existing: Annotated[bool, typer.Option("--from-existing", help="Let blind everyday reviews stand.")] = False,  # noqa: FBT002 - an option
    show_agent: Annotated[bool, typer.Option("--show-agent", help="Name the agent in queue and on the desk.")] = False,  # noqa: FBT002 - an option
    seed: Seed = 1,
    due: Due = None,
    as_: As = None,
) -> None:
    """Open a session and hand every ticket to every reviewer. How each ticket was picked is stored with it.

    Example: plumbline calibration open W47 --scorecard core-chat --reviewer a@example.org --reviewer b@example.org
    """
    with act_as(as_) as context:
        random = tickets if tickets is not None else 0 if ticket or contested else _USUAL
        frame = Frame(sources=tuple(source or ()), reviewed=False if fresh else None)
        plan = sampling.NewPlan(f"Calibration: {name}", frame, size=random)
        session = calibration.open_session(
            context,
            calibration.NewSession(
                name=name,
                version_id=find_published(context, scorecard),
                ticket_ids=tuple(TicketId(key) for key in ticket or ()),
                reviewer_ids=find_people(context, reviewer),
                plan=plan if random else None,
                contested=contested,
                expert_id=find_people(context, [expert])[0] if expert else None,
                due_at=read_due(due),
                seed=seed,
                kind=SessionKind.EXISTING if from_existing else SessionKind.FRESH,
                criterion_ids=tuple(criterion or ()),
                agent_hidden=not show_agent,
            ),
        )
    print(session.id)
    say(f"{name_picks(session)} in each of {write_count(len(graders(session)), 'queue')}.")


@app.command()
def plan(
    scorecard: Annotated[str, typer.Argument(help="Name of a published scorecard, or id of a version.")],
    tickets: Annotated[int, typer.Option(min=1, help="Tickets of the session.")] = _USUAL,
    reviewers: Annotated[int, typer.Option(min=2, help="Reviewers of the session.")] = 4,
    expected: Annotated[float, typer.Option(help="Chance-corrected agreement that you expect.")] = EXPECTED_AGREEMENT,
    share: Annotated[float, typer.Option(help="Share of the rarer answer.")] = EXPECTED_SHARE,
    as_: As = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Say which interval a session of this size will give for a yes/no criterion, and what it costs in minutes.

    Example: plumbline calibration plan core-chat --tickets 12 --reviewers 4
    """
    with act_as(as_) as context:
        version_id = find_published(context, scorecard)
        seen = calibration_planning.foresee(
            context, version_id, tickets=tickets, reviewers=reviewers, expected=expected, share=share
        )
    row = {
        "tickets": seen.tickets,
        "reviewers": seen.reviewers,
        "expected agreement": seen.expected,
        "95% within": f"+-{seen.half_width:.2f}" if shown is Format.TABLE else seen.half_width,
        "minutes in all": None if seen.minutes is None else round(seen.minutes),
        "measured on": write_count(seen.measured, "review") if shown is Format.TABLE else seen.measured,
        f"tickets for +-{USEFUL_HALF_WIDTH:.2f}": seen.useful_tickets,
    }
    show([row], shown=shown)


@app.command()
def contested(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List tickets whose everyday grades were disputed, revised, or differ between two reviewers.

    Example: plumbline calibration contested
    """
    with act_as(as_) as context:
        found = calibration_planning.list_contested(context)
    rows = [
        {
            "ticket": one.ticket.id,
            "external id": one.ticket.external_id,
            "disputes": one.counts.disputes,
            "revisions": one.counts.revisions,
            "criteria graded differently": one.counts.differing,
        }
        for one in found
    ]
    show(rows, shown=shown)


@app.command()
def deadline(
    session_id: OneSession,
    due: Annotated[datetime, typer.Argument(formats=DAY, help="New due day, until 18:00 on the installation's clock.")],
    why: Annotated[str, typer.Option(help="Why it moves; the audit keeps it.")],
    as_: As = None,
) -> None:
    """Move the deadline of an open session.

    Example: plumbline calibration deadline 0190… 2026-12-04 --why "Two reviewers are ill"
    """
    with act_as(as_) as context:
        found = find_session(context, session_id)
        calibration.move_deadline(context, found, read_due(due), why=why)
    say(f"Due {due:%Y-%m-%d}.")


@app.command()
def cancel(
    session_id: OneSession, why: Annotated[str, typer.Option(help="Why; the audit keeps it.")], as_: As = None
) -> None:
    """Give a session up before its reveal; nobody sees another's answers.

    Example: plumbline calibration cancel 0190… --why "The scorecard changes tomorrow"
    """
    with act_as(as_) as context:
        calibration.cancel_session(context, find_session(context, session_id), why=why)
    say("Cancelled.")


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
            "waiting for": ", ".join(_list_awaited(row)) or "nobody",
        }
        for row in sessions
    ]
    show(rows, shown=shown)


def _list_awaited(row: calibration.SessionRow) -> list[str]:
    if row.session.state is not SessionState.OPEN:
        return []
    return [name for key, name in row.names.items() if row.progress.get(key, 0) < len(row.session.tickets)]


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
    """Print severity, agreement and distance over the sessions up to this one, who drifted, and if meetings helped.

    Example: plumbline calibration trend 0190…
    """
    with act_as(as_) as context:
        found = calibration_trend.trace_sessions(context, find_session(context, session_id))
    if shown is Format.JSON:
        print_json(list_report(found.sections, ()))
        return
    print_sections(found.sections, cut=())


app.command("agree")(meetings.agree)
app.command("finding")(meetings.finding)
app.command("attend")(meetings.attend)
app.command("minutes")(meetings.show_minutes)
app.command("feedback")(meetings.feedback)
app.command("close")(meetings.close)
app.command("findings")(meetings.list_findings)
app.command("done")(meetings.done)
app.add_typer(series.app, name="series")
