"""Calibration sessions, references and findings. Says how many have submitted, and nothing of what they answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, distinct, func, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    CalibrationSession,
    Finding,
    FindingId,
    PersonId,
    Purpose,
    Reference,
    ReviewState,
    ScorecardVersionId,
    Selection,
    SessionId,
    SessionState,
    SessionTicket,
    TicketId,
)
from db.store.rows import (
    answer_columns,
    children,
    columns_of,
    insert_rows,
    one_piece,
    read_answer,
    select_in,
    upsert_rows,
)

_TIME_OF_STATE = {
    SessionState.OPEN: "opened_at",
    SessionState.REVEALED: "revealed_at",
    SessionState.CLOSED: "closed_at",
}


def add_session(tx: Transaction, session: CalibrationSession) -> None:
    """Add a session with its tickets and reviewers."""
    tickets = [columns_of(one, tables.session_ticket, session_id=session.id) for one in session.tickets]
    reviewers = [
        {"session_id": session.id, "person_id": person_id, "position": place}
        for place, person_id in enumerate(session.reviewer_ids)
    ]
    with one_piece(tx):
        insert_rows(tx, tables.calibration_session, [columns_of(session, tables.calibration_session)])
        insert_rows(tx, tables.session_ticket, tickets)
        insert_rows(tx, tables.session_reviewer, reviewers)


def session(tx: Transaction, session_id: SessionId) -> CalibrationSession | None:
    """One session with its tickets by position."""
    this_one = select(tables.calibration_session).where(tables.calibration_session.c.id == session_id)
    return next(iter(_sessions(tx, tx.connection.execute(this_one).all())), None)


def sessions(
    tx: Transaction, *, grader_id: PersonId | None = None, ticket_id: TicketId | None = None
) -> tuple[CalibrationSession, ...]:
    """Sessions, newest first: those that somebody grades in, as a reviewer or the expert; those with a ticket."""
    columns = tables.calibration_session.c
    wanted = select(tables.calibration_session).order_by(columns.created_at.desc(), columns.id.desc())
    if grader_id is not None:
        part = select(tables.session_reviewer.c.session_id).where(tables.session_reviewer.c.person_id == grader_id)
        wanted = wanted.where(columns.id.in_(part) | (columns.expert_id == grader_id))
    if ticket_id is not None:
        about = select(tables.session_ticket.c.session_id).where(tables.session_ticket.c.ticket_id == ticket_id)
        wanted = wanted.where(columns.id.in_(about))
    return _sessions(tx, tx.connection.execute(wanted).all())


def set_session_state(
    tx: Transaction, session_id: SessionId, state: SessionState, *, at: datetime, expected: SessionState
) -> None:
    """Move a session on in its life, noting the time.

    Raises:
        StaleRevision: it does not have the expected state (any more), or is not there.
    """
    changes: dict[str, object] = {"state": state.value}
    if state in _TIME_OF_STATE:
        changes[_TIME_OF_STATE[state]] = at
    columns = tables.calibration_session.c
    as_expected = (columns.id == session_id) & (columns.state == expected.value)
    if tx.connection.execute(update(tables.calibration_session).where(as_expected), changes).rowcount == 0:
        raise StaleRevision(f"calibration session {session_id} is not {expected.value}")


def progress(tx: Transaction, session_ids: Iterable[SessionId]) -> dict[SessionId, dict[PersonId, int]]:
    """By session, how many tickets each grader has submitted; sessions and graders that have not begun are left out."""
    columns = tables.review.c
    counted = (
        select(columns.session_id, columns.reviewer_id, func.count(distinct(columns.ticket_id)).label("submitted"))
        .where(
            columns.purpose == Purpose.CALIBRATION.value,
            columns.state.not_in([ReviewState.DRAFT.value, ReviewState.VOIDED.value]),
        )
        .group_by(columns.session_id, columns.reviewer_id)
    )
    found: dict[SessionId, dict[PersonId, int]] = {}
    for row in select_in(tx, counted, columns.session_id, session_ids):
        found.setdefault(SessionId(row.session_id), {})[PersonId(row.reviewer_id)] = row.submitted
    return found


def add_references(tx: Transaction, references: Sequence[Reference]) -> None:
    """Keep agreed or expert answers; one for the same criterion of the same ticket is written anew."""
    rows = [columns_of(one, tables.reference, **answer_columns(one.answer)) for one in references]
    with one_piece(tx):
        upsert_rows(tx, tables.reference, rows, keys=["session_id", "ticket_id", "criterion_id", "kind"])


def references(tx: Transaction, session_id: SessionId) -> tuple[Reference, ...]:
    """The references of a session by ticket, criterion and kind."""
    of_session = select(tables.reference).where(tables.reference.c.session_id == session_id)
    found = map(_reference, tx.connection.execute(of_session))
    return tuple(sorted(found, key=lambda one: (one.ticket_id, one.criterion_id, one.kind)))


def add_finding(tx: Transaction, finding: Finding) -> None:
    """Keep what the meeting decided."""
    with one_piece(tx):
        insert_rows(tx, tables.finding, [columns_of(finding, tables.finding)])


def findings(tx: Transaction, session_id: SessionId) -> tuple[Finding, ...]:
    """The findings of a session in the order in which they were made."""
    of_session = select(tables.finding).where(tables.finding.c.session_id == session_id)
    in_order = of_session.order_by(tables.finding.c.at, tables.finding.c.id)
    return tuple(map(_finding, tx.connection.execute(in_order)))


def _sessions(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[CalibrationSession, ...]:
    ids = [row.id for row in rows]
    tickets = children(tx, tables.session_ticket.c.session_id, ids, tables.session_ticket.c.position)
    reviewers = children(tx, tables.session_reviewer.c.session_id, ids, tables.session_reviewer.c.position)
    return tuple(
        CalibrationSession(
            id=SessionId(row.id),
            name=row.name,
            scorecard_version_id=ScorecardVersionId(row.scorecard_version_id),
            facilitator_id=PersonId(row.facilitator_id),
            state=SessionState(row.state),
            created_at=row.created_at,
            tickets=tuple(
                SessionTicket(TicketId(child.ticket_id), child.position, Selection(child.selection))
                for child in tickets.get(row.id, ())
            ),
            reviewer_ids=tuple(PersonId(child.person_id) for child in reviewers.get(row.id, ())),
            expert_id=None if row.expert_id is None else PersonId(row.expert_id),
            due_at=row.due_at,
            opened_at=row.opened_at,
            revealed_at=row.revealed_at,
            closed_at=row.closed_at,
            seed=row.seed,
        )
        for row in rows
    )


def _reference(row: Row[Any]) -> Reference:
    return Reference(
        session_id=SessionId(row.session_id),
        ticket_id=TicketId(row.ticket_id),
        criterion_id=row.criterion_id,
        answer=read_answer(row),
        kind=row.kind,
        by=PersonId(row.by),
        at=row.at,
    )


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        id=FindingId(row.id),
        session_id=SessionId(row.session_id),
        criterion_id=row.criterion_id,
        cause=row.cause,
        decision=row.decision,
        by=PersonId(row.by),
        at=row.at,
        ticket_id=None if row.ticket_id is None else TicketId(row.ticket_id),
        action=row.action,
        owner_id=None if row.owner_id is None else PersonId(row.owner_id),
        due_on=row.due_on,
        guideline_needs_update=row.guideline_needs_update,
    )
