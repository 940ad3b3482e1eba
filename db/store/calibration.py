"""Calibration sessions, references and findings. Says how many have submitted, and nothing of what they answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, distinct, func, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision, UnknownId
from db.records import (
    CalibrationSession,
    Feedback,
    Finding,
    FindingId,
    PersonId,
    Purpose,
    Reference,
    ReferencePolicy,
    ReviewId,
    ReviewState,
    ScorecardVersionId,
    Selection,
    SeriesId,
    SessionId,
    SessionKind,
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
    criteria = None if session.criterion_ids is None else list(session.criterion_ids)
    head = columns_of(session, tables.calibration_session, criterion_ids=criteria)
    series = [] if session.series_id is None else [{"session_id": session.id, "series_id": session.series_id}]
    with one_piece(tx):
        insert_rows(tx, tables.calibration_session, [head])
        insert_rows(tx, tables.session_ticket, tickets)
        insert_rows(tx, tables.session_reviewer, reviewers)
        insert_rows(tx, tables.series_session, series)


def session(tx: Transaction, session_id: SessionId) -> CalibrationSession | None:
    """One session with its tickets by position."""
    this_one = _with_series().where(tables.calibration_session.c.id == session_id)
    return next(iter(_sessions(tx, tx.connection.execute(this_one).all())), None)


def sessions_by_id(tx: Transaction, session_ids: Iterable[SessionId]) -> dict[SessionId, CalibrationSession]:
    """Several sessions."""
    rows = list(select_in(tx, _with_series(), tables.calibration_session.c.id, session_ids))
    return {found.id: found for found in _sessions(tx, rows)}


def sessions(
    tx: Transaction,
    *,
    grader_id: PersonId | None = None,
    ticket_id: TicketId | None = None,
    series_id: SeriesId | None = None,
) -> tuple[CalibrationSession, ...]:
    """Sessions, newest first.

    Those that somebody grades in, as a reviewer or the expert; those with a ticket; those of a series.
    """
    columns = tables.calibration_session.c
    wanted = _with_series().order_by(columns.created_at.desc(), columns.id.desc())
    if series_id is not None:
        wanted = wanted.where(tables.series_session.c.series_id == series_id)
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


def move_deadline(
    tx: Transaction, session_id: SessionId, due_at: datetime | None, *, expected: datetime | None
) -> None:
    """Set when a session's grades are due; its assignments have a date of their own.

    Raises:
        StaleRevision: it is not due at the expected time (any more), or is not there.
    """
    columns = tables.calibration_session.c
    as_expected = (columns.id == session_id) & columns.due_at.is_not_distinct_from(expected)
    changed = update(tables.calibration_session).where(as_expected)
    if tx.connection.execute(changed, {"due_at": due_at}).rowcount == 0:
        raise StaleRevision(f"calibration session {session_id} is due at another time")


def attendance(tx: Transaction, session_id: SessionId) -> dict[PersonId, bool]:
    """Who was at the meeting and who was not; of whom nothing was noted is left out."""
    noted = tables.session_attendance.c
    of_session = select(noted.person_id, noted.there).where(noted.session_id == session_id).order_by(noted.person_id)
    return {PersonId(row.person_id): row.there for row in tx.connection.execute(of_session)}


def note_attendance(tx: Transaction, session_id: SessionId, person_id: PersonId, *, there: bool) -> None:
    """Note whether somebody was at the meeting; a later note takes the place of an earlier one."""
    row = {"session_id": session_id, "person_id": person_id, "there": there}
    with one_piece(tx):
        upsert_rows(tx, tables.session_attendance, [row], keys=["session_id", "person_id"])


def save_feedback(tx: Transaction, feedback: Feedback) -> None:
    """Keep what a reviewer is told about a session; written anew where there is some already."""
    with one_piece(tx):
        row = columns_of(feedback, tables.session_feedback)
        upsert_rows(tx, tables.session_feedback, [row], keys=["session_id", "reviewer_id"])


def feedback(tx: Transaction, session_id: SessionId, *, reviewer_id: PersonId | None = None) -> tuple[Feedback, ...]:
    """What reviewers of a session were told, by reviewer; of one of them where asked for."""
    columns = tables.session_feedback.c
    wanted = select(tables.session_feedback).where(columns.session_id == session_id)
    if reviewer_id is not None:
        wanted = wanted.where(columns.reviewer_id == reviewer_id)
    rows = tx.connection.execute(wanted.order_by(columns.reviewer_id))
    return tuple(
        Feedback(SessionId(row.session_id), PersonId(row.reviewer_id), row.text, PersonId(row.by), row.at)
        for row in rows
    )


def add_copies(tx: Transaction, copies: Mapping[ReviewId, ReviewId]) -> None:
    """Note which calibration grades are copies of which everyday reviews."""
    with one_piece(tx):
        insert_rows(tx, tables.grade_copy, [{"review_id": made, "of_review_id": of} for made, of in copies.items()])


def copies(tx: Transaction, session_id: SessionId) -> dict[ReviewId, ReviewId]:
    """The grades of a session that are copies, with the everyday review that each was copied from."""
    made, graded = tables.grade_copy, tables.review
    of_session = select(made.c.review_id, made.c.of_review_id).join(graded, graded.c.id == made.c.review_id)
    rows = tx.connection.execute(of_session.where(graded.c.session_id == session_id).order_by(made.c.review_id))
    return {ReviewId(row.review_id): ReviewId(row.of_review_id) for row in rows}


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


def findings(tx: Transaction, session_id: SessionId | None = None) -> tuple[Finding, ...]:
    """The findings of a session, or of all, in the order in which they were made."""
    wanted = _with_done()
    if session_id is not None:
        wanted = wanted.where(tables.finding.c.session_id == session_id)
    in_order = wanted.order_by(tables.finding.c.at, tables.finding.c.id)
    return tuple(map(_finding, tx.connection.execute(in_order)))


def finding(tx: Transaction, finding_id: FindingId) -> Finding | None:
    """One finding."""
    row = tx.connection.execute(_with_done().where(tables.finding.c.id == finding_id)).one_or_none()
    return None if row is None else _finding(row)


def finish_finding(tx: Transaction, finding_id: FindingId, *, by: PersonId, at: datetime) -> None:
    """Note that what a finding asked for is done; raises DuplicateKey where it was noted before."""
    with one_piece(tx):
        insert_rows(tx, tables.finding_done, [{"finding_id": finding_id, "by": by, "at": at}])


def reopen_finding(tx: Transaction, finding_id: FindingId) -> None:
    """Take the note back; raises UnknownId where there is none."""
    this_one = tables.finding_done.delete().where(tables.finding_done.c.finding_id == finding_id)
    if tx.connection.execute(this_one).rowcount == 0:
        raise UnknownId(f"finding {finding_id} is not done")


def _with_series() -> Select[Any]:
    sessions, series = tables.calibration_session, tables.series_session
    return select(sessions, series.c.series_id).outerjoin(series, series.c.session_id == sessions.c.id)


def _with_done() -> Select[Any]:
    made, done = tables.finding, tables.finding_done
    noted = (done.c.by.label("done_by"), done.c.at.label("done_at"))
    return select(made, *noted).outerjoin(done, done.c.finding_id == made.c.id)


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
            kind=SessionKind(row.kind),
            reference_policy=ReferencePolicy(row.reference_policy),
            criterion_ids=None if row.criterion_ids is None else tuple(row.criterion_ids),
            agent_hidden=row.agent_hidden,
            series_id=None if row.series_id is None else SeriesId(row.series_id),
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
        done_at=row.done_at,
        done_by=None if row.done_by is None else PersonId(row.done_by),
    )
