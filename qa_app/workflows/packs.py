"""The workbooks of a team and of a programme, written to wherever the caller wants them."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from zoneinfo import ZoneInfo

from db.records import AuditEntry
from db.store import audit
from qa_app.domain.access import require
from qa_app.errors import NotFound
from qa_app.workbooks.programme import plan_programme
from qa_app.workbooks.team import plan_team
from qa_app.workbooks.writer import write_book
from qa_app.workflows.access import list_teams
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import app_version, name_file
from qa_app.workflows.programme import report_programme
from qa_app.workflows.scope import require_some
from qa_app.workflows.team_pack import Report, pack_team
from qa_app.workflows.wording import ask_back


@dataclass(frozen=True, slots=True)
class Pack:
    """What was written."""

    name: str
    """Of the file."""
    empty: bool
    """Whether no review lies in its period."""


def export_team_pack(
    context: Context, team_name: str, *, start: date, end: date, zone: ZoneInfo, target: BinaryIO, report: Report
) -> Pack:
    """Write a team's workbook for a period (both days included), and say what the file is called.

    `report(done, total)` counts reviews, three times each; what it raises stops the work, and then nothing is recorded.

    Raises:
        NotFound: no such team within reach. NotAllowed: the actor exports for nobody but themselves. Refused: the
        period is empty.
    """
    within = require_some(context.actor, "export.coaching")
    teams = [team for team in list_teams(context) if within.everything or team.id in within.teams]
    team = next((team for team in teams if team.name == team_name), None)
    if team is None:
        hint = ask_back(team_name, (team.name for team in teams))
        raise NotFound("no-team", f"There is no team {team_name!r} within your reach.{hint}")
    require(context.actor, "export.coaching", team_id=team.id)
    pack = pack_team(context, team.id, start=start, end=end, zone=zone, report=report)
    book = plan_team(pack, time_zone=zone, app_version=app_version(), columns=context.house.columns)
    write_book(book, target, context.house)
    after = {"from": str(start), "to": str(end), "agents": len(pack.report.standings), "reviews": pack.n_reviews}
    with context.store.write() as tx:
        audit.append(tx, AuditEntry(context.now(), context.actor.id, "export.team", "team", team.id, after=after))
    return Pack(f"team-{name_file(team.name)}-{start}-{end}.xlsx", not pack.n_reviews)


def export_programme(
    context: Context,
    *,
    start: date,
    end: date,
    zone: ZoneInfo,
    target: BinaryIO,
) -> Pack:
    """Write the programme workbook for a period (both days included), and say what the file is called.

    Raises:
        NotAllowed: the actor may export no programme. Refused: the period is empty.
    """
    found = report_programme(context, start=start, end=end, zone=zone)
    write_book(plan_programme(found, time_zone=zone, app_version=app_version()), target, context.house)
    after = {"from": str(start), "to": str(end)}
    with context.store.write() as tx:
        audit.append(
            tx, AuditEntry(context.now(), context.actor.id, "export.programme", "programme", "all", after=after)
        )
    return Pack(f"programme-{start}-{end}.xlsx", found.empty)
