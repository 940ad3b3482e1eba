"""Workbooks: the same reports as on screen, written to files."""

import io
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from db.records import AuditEntry, PersonId, SessionId
from db.store import audit
from qa_app.domain.access import allows, require
from qa_app.followup import FindingLine
from qa_app.house import House
from qa_app.reports import CalibrationReport, Method, RatingsReport
from qa_app.standings import TeamReport
from qa_app.workbooks.calibration import plan_calibration
from qa_app.workbooks.coaching import plan_coaching
from qa_app.workbooks.delimited import Cell as DelimitedCell
from qa_app.workbooks.delimited import write_rows
from qa_app.workbooks.plan import Book
from qa_app.workbooks.ratings import plan_ratings_report
from qa_app.workbooks.writer import write_book
from qa_app.workflows.agent_results import report_agent
from qa_app.workflows.calibration_results import report_session
from qa_app.workflows.calibration_trend import trace_sessions
from qa_app.workflows.coaching_record import RECORD_METHODS, gather_record
from qa_app.workflows.context import Context
from qa_app.workflows.findings import list_findings
from qa_app.workflows.health_report import Health
from qa_app.workflows.scorecard_health import USUAL_DAYS, check_health


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out."""

    name: str
    content: bytes
    empty: bool = False
    """Whether no review lies in its period."""


def export_coaching(
    context: Context, agent_id: PersonId, *, start: date, end: date, zone: ZoneInfo, team: TeamReport | None = None
) -> File:
    """An agent's coaching workbook for a period (both days included); `team` where its report is there already."""
    file, reviews = build_coaching(context, agent_id, start=start, end=end, zone=zone, team=team)
    after = {"from": str(start), "to": str(end), "reviews": reviews}
    _record(context, "export.coaching", "person", agent_id, after)
    return file


def build_coaching(
    context: Context, agent_id: PersonId, *, start: date, end: date, zone: ZoneInfo, team: TeamReport | None = None
) -> tuple[File, int]:
    """The same and its number of reviews, without an entry in the audit trail: that is the caller's to write."""
    report = report_agent(context, agent_id, start=start, end=end, zone=zone, team=team)
    require(context.actor, "export.coaching", team_id=report.agent.team_id, owner_id=agent_id)
    record = gather_record(context, agent_id, start=start, end=end, zone=zone)
    report = replace(report, methods=(*report.methods, *RECORD_METHODS))
    book = plan_coaching(report, record, time_zone=zone, app_version=app_version(), columns=context.house.columns)
    file = File(
        f"coaching-{name_file(report.agent.name)}-{start}-{end}.xlsx", _write(book, context.house), not report.reviews
    )
    return file, len(report.reviews)


def export_calibration(context: Context, session_id: SessionId, *, zone: ZoneInfo) -> File:
    """The workbook of a revealed calibration."""
    require(context.actor, "export.calibration")
    report = report_session(context, session_id)
    course, health = trace_sessions(context, session_id), _find_health(context, report, zone)
    methods = (*report.methods, Method("Over time", course.note), *(health.methods if health else ()))
    book = plan_calibration(
        replace(report, methods=methods),
        time_zone=zone,
        app_version=app_version(),
        course=course.sections if len(course.stops) > 1 else (),
        health=health.sections if health else (),
    )
    file = File(f"calibration-{name_file(report.session.name)}.xlsx", _write(book, context.house))
    _record(context, "export.calibration", "calibration_session", session_id, {"submitted": report.submitted})
    return file


def _find_health(context: Context, report: CalibrationReport, zone: ZoneInfo) -> Health | None:
    """Of the session's scorecard, up to the day of the workbook; for those who may change it."""
    if not allows(context.actor, "scorecard.write"):
        return None
    end = report.made_at.astimezone(zone).date()
    start = end - timedelta(days=USUAL_DAYS - 1)
    return check_health(context, report.session.scorecard_version_id, start=start, end=end, zone=zone)


_FINDINGS = (
    *("finding_id", "session", "criterion_id", "criterion", "ticket", "cause", "decision", "action", "owner", "due"),
    *("progress", "done_at", "done_by", "guideline_needs_update", "recorded_by", "recorded_at"),
)


def export_findings(
    context: Context, *, zone: ZoneInfo, session_id: SessionId | None = None, only_open: bool = False
) -> File:
    """What meetings decided, as the list that `list_findings` gives, in CSV; overdue is as of today in the zone."""
    lines = list_findings(context, session_id=session_id, only_open=only_open)
    today = context.now().astimezone(zone).date()
    _record(context, "export.findings", "finding", "all", {"findings": len(lines)})
    return File(f"findings-{today}.csv", write_rows(_FINDINGS, (_list_finding(line, today) for line in lines)))


def _list_finding(line: FindingLine, today: date) -> tuple[DelimitedCell, ...]:
    one = line.finding
    return (
        *(one.id, line.session, one.criterion_id, line.criterion, line.ticket, one.cause, one.decision, one.action),
        *(line.owner, str(one.due_on or ""), line.progress(today).value, one.done_at, line.done_by),
        *(str(one.guideline_needs_update).lower(), line.by, one.at),
    )


def export_ratings(report: RatingsReport, name: str, *, zone: ZoneInfo) -> File:
    """The workbook of a file of ratings; it leaves no trace in the audit trail, for it comes from no database."""
    book = plan_ratings_report(report, time_zone=zone, app_version=app_version())
    return File(name_ratings(name), _write(book, House()))


def name_ratings(name: str) -> str:
    """What the workbook about a file of ratings is called."""
    return f"agreement-{name_file(name.partition('.')[0])}.xlsx"


def app_version() -> str:
    """The version of this Plumbline, as methods sheets state it."""
    try:
        return version("plumbline")
    except PackageNotFoundError:
        return "development"


def _write(book: Book, house: House) -> bytes:
    target = io.BytesIO()
    write_book(book, target, house)
    return target.getvalue()


def name_file(name: str) -> str:
    """A name as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "export"


def _record(context: Context, action: str, object_type: str, object_id: str, after: dict[str, object]) -> None:
    with context.store.write() as tx:
        audit.append(tx, AuditEntry(context.now(), context.actor.id, action, object_type, object_id, after=after))
