"""The commands of `plumbline scores`."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Annotated

import typer

from db.records import TeamId
from qa_app.cli.dates import DAY, read_period
from qa_app.cli.printing import Format, Shown, print_json, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import NotFound
from qa_app.settings import read_settings
from qa_app.standings import TeamReport
from qa_app.words import write_measured, write_place, write_ties
from qa_app.workflows import team_scores
from qa_app.workflows.context import Context
from qa_app.workflows.wording import ask_back

app = typer.Typer(help="How the agents of a team stand.", no_args_is_help=True)


@app.command("show")
def show_(
    team: Annotated[str | None, typer.Option(help="Name of the team; all teams within reach if left out.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day; eight weeks back if left out.")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--until", formats=DAY, help="Last day; today if left out.")] = None,
    as_: As = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Show agents with smoothed and adjusted scores, and the places that the data allow.

    Example: plumbline scores show --team "Orders & Delivery" --format json
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        first, last = read_period(start, end, context=context, zone=zone)
        report = team_scores.report_team(context, _find_team(context, team), start=first, end=last, zone=zone)
    if shown is Format.JSON:
        print_json(_as_data(report))
        return
    _print(report)


def _find_team(context: Context, name: str | None) -> TeamId | None:
    if name is None:
        return None
    teams = {team.name: team.id for team in team_scores.list_scored_teams(context)}
    if name not in teams:
        raise NotFound("no-team", f"There is no team {name!r} within your reach.{ask_back(name, teams)}")
    return teams[name]


def _as_data(report: TeamReport) -> Mapping[str, object]:
    """The whole report; of people what tells them apart, and nothing else."""
    own = {one.agent.id: {"agent": one.agent.id, "name": one.agent.name} for one in report.standings}
    standings = [
        {
            **own[one.agent.id],
            **{field.name: getattr(one, field.name) for field in fields(one) if field.name != "agent"},
        }
        for one in report.standings
    ]
    return {field.name: getattr(report, field.name) for field in fields(report)} | {"standings": standings}


def _print(report: TeamReport) -> None:
    placed = sum(one.rank_low is not None for one in report.standings)
    names = {one.agent.id: one.agent.name for one in report.standings}
    rows = [
        {
            "agent": one.agent.name,
            "adjusted": write_measured(one.adjusted),
            "place": write_place(one.rank_low, one.rank_high, placed),
            "tied with": write_ties([names[other] for other in one.tied_with], placed),
            "as graded": write_measured(one.score),
            "smoothed": write_measured(one.smoothed),
            "smallest real difference": write_measured(one.smallest_difference),
        }
        for one in report.standings
    ]
    show(rows, shown=Format.TABLE, title=f"{report.team}, {report.start} to {report.end}")
    severities = [
        {
            "reviewer": one.name,
            "points below the others (strict +)": write_measured(one.severity),
            "agents": one.n_agents,
        }
        for one in report.reviewers
    ]
    show(severities, shown=Format.TABLE, title="Who graded")
    split, pairs = team_scores.count_ties(report)
    say(f"Team: {write_measured(report.mean)}. {split} of {pairs} pairs of agents surely differ, the rest are ties.")
