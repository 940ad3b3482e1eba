"""The commands of `plumbline calibration series`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from db.records import Frame
from qa_app.cli.finding import LARGEST_SEED, find_people, find_published, find_series
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.settings import read_settings
from qa_app.words import write_count
from qa_app.workflows import calibration_series, scorecards

OneSeries = Annotated[str, typer.Argument(help="Id of the series.")]
app = typer.Typer(help="Sessions that come again, each with a quota of tickets.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the series; each session adds its day.")],
    scorecard: Annotated[str, typer.Option(help="Name of a scorecard; sessions take the version in force.")],
    reviewer: Annotated[list[str], typer.Option(help="E-mail of a reviewer; at least two.")],
    first: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the first session; today unless given.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Weeks from one session to the next.")] = 1,
    tickets: Annotated[int, typer.Option(min=0, help="How many tickets each session draws at random.")] = 6,
    contested: Annotated[int, typer.Option(min=0, help="How many of the most contested tickets it adds.")] = 0,
    days: Annotated[int, typer.Option(min=1, help="Days to grade.")] = 5,
    source: Annotated[list[str] | None, typer.Option(help="Draw from these sources only.")] = None,
    expert: Annotated[str | None, typer.Option(help="E-mail of the expert whose answers are the reference.")] = None,
    criterion: Annotated[list[str] | None, typer.Option(help="Ids of criteria, to grade only these.")] = None,
    show_agent: Annotated[bool, typer.Option("--show-agent", help="Name the agent in queue and on the desk.")] = False,  # noqa: FBT002 - an option
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of the first draw; later ones count on.")] = 1,
    as_: As = None,
) -> None:
    """Set a series up. `plumbline calibration series run` opens what is due, from cron or by hand.

    Example: plumbline calibration series add Chat --scorecard core-chat --reviewer a@example.org --reviewer b@a.org
    """
    with act_as(as_) as context:
        version = scorecards.find_version(context, find_published(context, scorecard))
        today = context.now().astimezone(read_settings().time_zone).date()
        made = calibration_series.add_series(
            context,
            calibration_series.NewSeries(
                name=name,
                scorecard_id=version.scorecard_id,
                reviewer_ids=find_people(context, reviewer),
                first_on=first.replace(tzinfo=UTC).date() if first else today,
                every_weeks=every,
                random_tickets=tickets,
                contested_tickets=contested,
                days_to_grade=days,
                frame=Frame(sources=tuple(source or ())),
                expert_id=find_people(context, [expert])[0] if expert else None,
                criterion_ids=tuple(criterion or ()),
                agent_hidden=not show_agent,
                seed=seed,
            ),
        )
    print(made.id)
    say(f"The first session opens on {made.next_on}, when `plumbline calibration series run` is called.")


@app.command("list")
def list_(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List all series, the next due first.

    Example: plumbline calibration series list
    """
    with act_as(as_) as context:
        found = calibration_series.list_series(context)
    rows = [
        {
            "series": row.series.id,
            "name": row.series.name,
            "next": str(row.series.next_on) if row.series.active else "rests",
            "every weeks": row.series.every_weeks,
            "tickets": row.series.random_tickets + row.series.contested_tickets,
            "reviewers": ", ".join(row.names.values()),
            "sessions": len(row.sessions),
        }
        for row in found
    ]
    show(rows, shown=shown)


@app.command()
def run(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Open the session of every series that is due. Called twice, it opens nothing twice; call it every morning.

    Example: plumbline calibration series run
    """
    with act_as(as_) as context:
        opened = calibration_series.run_due(context, zone=read_settings().time_zone)
    rows = [
        {
            "series": one.series.name,
            "session": one.session.id if one.session else None,
            "next": str(one.series.next_on),
            "problem": one.problem,
        }
        for one in opened
    ]
    show(rows, shown=shown)
    say(f"{write_count(sum(1 for one in opened if one.session), 'session')} opened.")
    if any(one.problem for one in opened):
        raise typer.Exit(1)


@app.command()
def rest(series_id: OneSeries, as_: As = None) -> None:
    """Let a series rest: no session opens until it goes on.

    Example: plumbline calibration series rest 0190…
    """
    _set_active(series_id, as_, active=False)
    say("Rests.")


@app.command()
def resume(series_id: OneSeries, as_: As = None) -> None:
    """Let a series go on.

    Example: plumbline calibration series resume 0190…
    """
    _set_active(series_id, as_, active=True)
    say("Goes on.")


def _set_active(series_id: str, as_: str | None, *, active: bool) -> None:
    with act_as(as_) as context:
        calibration_series.set_series_active(context, find_series(context, series_id), active=active)
