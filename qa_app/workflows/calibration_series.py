"""Series: calibration sessions that come again, each with its quota of tickets. Opening what is due is idempotent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    AuditEntry,
    CalibrationSeries,
    CalibrationSession,
    Frame,
    PersonId,
    ReferencePolicy,
    SeriesId,
)
from db.store import audit, calibration, people, scorecards, series
from qa_app.domain.assignment import due_at
from qa_app.domain.series import next_day, series_problems
from qa_app.errors import NotFound, PlumblineError, Refused
from qa_app.workflows.calibration import NewSession, open_within
from qa_app.workflows.calibration_setup import idle_problems
from qa_app.workflows.context import Context
from qa_app.workflows.in_force import find_current
from qa_app.workflows.sampling import NewPlan
from qa_app.workflows.scope import limit_frame, require_some


@dataclass(frozen=True, slots=True)
class NewSeries:
    """What a facilitator fills in once, for every session of the series."""

    name: str
    scorecard_id: str
    reviewer_ids: tuple[PersonId, ...]
    first_on: date
    every_weeks: int = 1
    random_tickets: int = 6
    contested_tickets: int = 0
    days_to_grade: int = 5
    frame: Frame = Frame()  # noqa: RUF009 - frozen
    expert_id: PersonId | None = None
    criterion_ids: tuple[str, ...] = ()
    agent_hidden: bool = True
    seed: int = 1


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series in a list."""

    series: CalibrationSeries
    scorecard: str
    """Label of the version in force; empty where none is."""
    names: Mapping[PersonId, str]
    """Everybody who grades."""
    sessions: tuple[CalibrationSession, ...]
    """Those that it opened, newest first."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of a series that was due."""

    series: CalibrationSeries
    """As it is now: due next on another day, or still due where it was refused."""
    session: CalibrationSession | None
    problem: str = ""
    """Why no session was opened; it is tried again at the next run."""


def add_series(context: Context, new: NewSeries) -> CalibrationSeries:
    """Keep a series; its first session opens when somebody runs what is due on that day.

    Raises:
        Refused: something does not fit; the message says all of it. NotFound: no version of the scorecard is in force.
    """
    require_some(context.actor, "calibration.open")
    made = CalibrationSeries(
        id=SeriesId(context.new_id()),
        name=new.name.strip(),
        scorecard_id=new.scorecard_id,
        facilitator_id=context.actor.id,
        frame=limit_frame(context.actor, "calibration.open", new.frame),
        random_tickets=new.random_tickets,
        reviewer_ids=new.reviewer_ids,
        every_weeks=new.every_weeks,
        days_to_grade=new.days_to_grade,
        next_on=new.first_on,
        created_at=context.now(),
        created_by=context.actor.id,
        contested_tickets=new.contested_tickets,
        expert_id=new.expert_id,
        reference_policy=ReferencePolicy.EXPERT if new.expert_id else ReferencePolicy.MEETING,
        criterion_ids=new.criterion_ids or None,
        agent_hidden=new.agent_hidden,
        seed=new.seed,
    )
    with context.store.write() as tx:
        _check(tx, made)
        series.add_series(tx, made)
        after = {"every_weeks": made.every_weeks, "random": made.random_tickets, "contested": made.contested_tickets}
        audit.append(tx, _entry(context, "series.add", made, after))
    return made


def list_series(context: Context) -> tuple[SeriesRow, ...]:
    """All series by the day of their next session."""
    require_some(context.actor, "calibration.open")
    with context.store.read() as tx:
        found = series.list_series(tx)
        keys = {key for one in found for key in _graders(one)}
        named = people.people_by_id(tx, tuple(keys))
        rows = []
        for one in found:
            version = scorecards.current_version(tx, one.scorecard_id)
            rows.append(
                SeriesRow(
                    series=one,
                    scorecard=version.scorecard.label if version else "",
                    names={key: named[key].name for key in _graders(one)},
                    sessions=calibration.sessions(tx, series_id=one.id),
                )
            )
    return tuple(rows)


def run_due(context: Context, *, zone: ZoneInfo) -> tuple[Opened, ...]:
    """Open the next session of every series that is due today or was before; run twice, nothing opens twice.

    Each series is a transaction of its own, so that one that cannot open keeps none of the others back. Periods that
    nobody ran are not caught up: one session opens, and the next is due after today.
    """
    require_some(context.actor, "calibration.open")
    today = context.now().astimezone(zone).date()
    with context.store.read() as tx:
        due = series.list_series(tx, due_on=today)
    return tuple(opened for one in due if (opened := _open_next(context, one, today, zone)))


def set_series_active(context: Context, series_id: SeriesId, *, active: bool) -> None:
    """Let a series rest, or go on; raises NotFound."""
    require_some(context.actor, "calibration.open")
    with context.store.write() as tx:
        found = _series(tx, series_id)
        series.set_series_active(tx, series_id, active=active)
        audit.append(tx, _entry(context, "series.resume" if active else "series.rest", found, {"active": active}))


def _open_next(context: Context, found: CalibrationSeries, today: date, zone: ZoneInfo) -> Opened | None:
    """The next session of a series; None where somebody else opened it meanwhile."""
    following = next_day(found, today=today)
    try:
        with context.store.write() as tx:
            series.advance_series(tx, found.id, next_on=following, expected=found.next_on)
            session = open_within(tx, context, _next_session(tx, found, today, zone))
            after: dict[str, object] = {"session": session.id, "next": following.isoformat()}
            audit.append(tx, _entry(context, "series.open", found, after))
    except StaleRevision:
        return None
    except PlumblineError as refusal:
        return Opened(found, None, refusal.message)
    return Opened(replace(found, next_on=following), session)


def _next_session(tx: Transaction, found: CalibrationSeries, today: date, zone: ZoneInfo) -> NewSession:
    version = scorecards.current_version(tx, found.scorecard_id)
    if version is None:
        raise Refused("series-scorecard", f"No version of {found.scorecard_id} is in force; publish one first.")
    plan = NewPlan(f"{found.name}, {today}", found.frame, size=found.random_tickets)
    return NewSession(
        name=f"{found.name}, {today}",
        version_id=version.id,
        ticket_ids=(),
        reviewer_ids=found.reviewer_ids,
        plan=plan if found.random_tickets else None,
        contested=found.contested_tickets,
        expert_id=found.expert_id,
        due_at=due_at(today + timedelta(days=found.days_to_grade), zone),
        seed=found.seed + len(calibration.sessions(tx, series_id=found.id)),
        criterion_ids=found.criterion_ids or (),
        agent_hidden=found.agent_hidden,
        series_id=found.id,
        facilitator_id=found.facilitator_id,
    )


def _check(tx: Transaction, made: CalibrationSeries) -> None:
    version = find_current(tx, made.scorecard_id)
    problems = list(series_problems(made))
    problems += idle_problems(tx, _graders(made))
    unknown = sorted(set(made.criterion_ids or ()) - {criterion.id for criterion in version.scorecard.criteria})
    if unknown:
        problems.append(f"The scorecard has no criterion {', '.join(unknown)}.")
    if problems:
        raise Refused("series-set-up", " ".join(problems))


def _graders(made: CalibrationSeries) -> tuple[PersonId, ...]:
    expert = () if made.expert_id is None else (made.expert_id,)
    return tuple(dict.fromkeys((*made.reviewer_ids, *expert)))


def _series(tx: Transaction, series_id: SeriesId) -> CalibrationSeries:
    found = series.series(tx, series_id)
    if found is None:
        raise NotFound("no-series", "There is no such series.")
    return found


def _entry(context: Context, action: str, made: CalibrationSeries, after: Mapping[str, object]) -> AuditEntry:
    return AuditEntry(context.now(), context.actor.id, action, "calibration_series", made.id, after=after)
