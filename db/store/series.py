"""Series: calibration sessions that come again."""

from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision, UnknownId
from db.records import CalibrationSeries, Frame, PersonId, ReferencePolicy, SeriesId
from db.store.rows import columns_of, insert_rows, one_piece

_FRAME = TypeAdapter(Frame)


def add_series(tx: Transaction, series: CalibrationSeries) -> None:
    """Keep a series."""
    row = columns_of(
        series,
        tables.calibration_series,
        frame=_FRAME.dump_python(series.frame, mode="json"),
        reviewer_ids=list(series.reviewer_ids),
        criterion_ids=None if series.criterion_ids is None else list(series.criterion_ids),
    )
    with one_piece(tx):
        insert_rows(tx, tables.calibration_series, [row])


def series(tx: Transaction, series_id: SeriesId) -> CalibrationSeries | None:
    """One series."""
    this_one = select(tables.calibration_series).where(tables.calibration_series.c.id == series_id)
    row = tx.connection.execute(this_one).one_or_none()
    return None if row is None else _series(row)


def list_series(tx: Transaction, *, due_on: date | None = None) -> tuple[CalibrationSeries, ...]:
    """All series by the day of their next session, or those that run and are due by a day."""
    columns = tables.calibration_series.c
    wanted = select(tables.calibration_series).order_by(columns.next_on, columns.id)
    if due_on is not None:
        wanted = wanted.where(columns.active, columns.next_on <= due_on)
    return tuple(map(_series, tx.connection.execute(wanted)))


def advance_series(tx: Transaction, series_id: SeriesId, *, next_on: date, expected: date) -> None:
    """Set the day of a series' next session.

    Raises:
        StaleRevision: its next session is on another day than expected (by now), or it is not there.
    """
    columns = tables.calibration_series.c
    as_expected = (columns.id == series_id) & (columns.next_on == expected)
    changed = update(tables.calibration_series).where(as_expected)
    if tx.connection.execute(changed, {"next_on": next_on}).rowcount == 0:
        raise StaleRevision(f"the next session of series {series_id} is not on {expected}")


def set_series_active(tx: Transaction, series_id: SeriesId, *, active: bool) -> None:
    """Let a series rest, or go on; raises UnknownId where there is none."""
    this_one = update(tables.calibration_series).where(tables.calibration_series.c.id == series_id)
    if tx.connection.execute(this_one, {"active": active}).rowcount == 0:
        raise UnknownId(f"there is no series {series_id}")


def _series(row: Row[Any]) -> CalibrationSeries:
    return CalibrationSeries(
        id=SeriesId(row.id),
        name=row.name,
        scorecard_id=row.scorecard_id,
        facilitator_id=PersonId(row.facilitator_id),
        frame=_FRAME.validate_python(row.frame),
        random_tickets=row.random_tickets,
        contested_tickets=row.contested_tickets,
        reviewer_ids=tuple(PersonId(key) for key in row.reviewer_ids),
        every_weeks=row.every_weeks,
        days_to_grade=row.days_to_grade,
        next_on=row.next_on,
        created_at=row.created_at,
        created_by=PersonId(row.created_by),
        expert_id=None if row.expert_id is None else PersonId(row.expert_id),
        reference_policy=ReferencePolicy(row.reference_policy),
        criterion_ids=None if row.criterion_ids is None else tuple(row.criterion_ids),
        agent_hidden=row.agent_hidden,
        seed=row.seed,
        active=row.active,
    )
