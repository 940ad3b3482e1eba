"""Appraisals: one scorecard filled in by the coach and by the agent, side by side."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from db import tables
from db.engine import Transaction
from db.problems import StaleRevision
from db.records import (
    Appraisal,
    AppraisalId,
    AppraisalSide,
    AppraisalSubject,
    PersonId,
    Rating,
    ScorecardVersionId,
)
from db.store.rows import answer_columns, children, columns_of, insert_rows, one_piece, read_answer, select_in


def add_appraisal(tx: Transaction, appraisal: Appraisal) -> None:
    """Add an appraisal with an empty draft for each of its sides."""
    sides = [columns_of(side, tables.appraisal_side, appraisal_id=appraisal.id) for side in appraisal.sides]
    with one_piece(tx):
        insert_rows(tx, tables.appraisal, [columns_of(appraisal, tables.appraisal)])
        insert_rows(tx, tables.appraisal_side, sides)


def save_side(tx: Transaction, appraisal_id: AppraisalId, side: AppraisalSide, *, expected_revision: int) -> None:
    """Write a side's draft anew under the next revision, or submit it where it has a time of submission.

    Raises:
        StaleRevision: it has another revision, was submitted already, or is not there.
    """
    columns, parts = tables.appraisal_side.c, tables.appraisal_rating.c
    draft = (
        (columns.appraisal_id == appraisal_id)
        & (columns.person_id == side.person_id)
        & (columns.revision == expected_revision)
        & columns.submitted_at.is_(None)
    )
    row = columns_of(side, tables.appraisal_side, revision=expected_revision + 1)
    ratings = [
        {
            "appraisal_id": appraisal_id,
            "person_id": side.person_id,
            "criterion_id": rating.criterion_id,
            **answer_columns(rating.answer),
            "comment": rating.comment,
            "reason_ids": list(rating.reason_ids),
            "position": place,
        }
        for place, rating in enumerate(side.ratings)
    ]
    with one_piece(tx):
        if tx.connection.execute(update(tables.appraisal_side).where(draft), row).rowcount == 0:
            raise StaleRevision(f"appraisal {appraisal_id} is no draft in revision {expected_revision}")
        own = (parts.appraisal_id == appraisal_id) & (parts.person_id == side.person_id)
        tx.connection.execute(tables.appraisal_rating.delete().where(own))
        insert_rows(tx, tables.appraisal_rating, ratings)


def appraisal(tx: Transaction, appraisal_id: AppraisalId) -> Appraisal | None:
    """One appraisal with both sides."""
    this_one = select(tables.appraisal).where(tables.appraisal.c.id == appraisal_id)
    return next(iter(_appraisals(tx, tx.connection.execute(this_one).all())), None)


def appraisals(tx: Transaction, agent_ids: Iterable[PersonId] | None) -> tuple[Appraisal, ...]:
    """The appraisals of these agents, or of all where None, newest first."""
    rows = list(select_in(tx, select(tables.appraisal), tables.appraisal.c.agent_id, agent_ids))
    return _appraisals(tx, sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True))


def _appraisals(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Appraisal, ...]:
    ids = [row.id for row in rows]
    sides = children(tx, tables.appraisal_side.c.appraisal_id, ids, tables.appraisal_side.c.person_id)
    ratings = children(tx, tables.appraisal_rating.c.appraisal_id, ids, tables.appraisal_rating.c.position)
    return tuple(
        Appraisal(
            id=AppraisalId(row.id),
            agent_id=PersonId(row.agent_id),
            coach_id=PersonId(row.coach_id),
            subject=AppraisalSubject(row.subject),
            scorecard_version_id=ScorecardVersionId(row.scorecard_version_id),
            start=row.start,
            end=row.end,
            created_at=row.created_at,
            about=row.about,
            due_on=row.due_on,
            sides=tuple(_side(side, ratings.get(row.id, ())) for side in sides.get(row.id, ())),
        )
        for row in rows
    )


def _side(row: Row[Any], ratings: Sequence[Row[Any]]) -> AppraisalSide:
    return AppraisalSide(
        person_id=PersonId(row.person_id),
        revision=row.revision,
        saved_at=row.saved_at,
        ratings=tuple(
            Rating(rating.criterion_id, read_answer(rating), rating.comment, tuple(rating.reason_ids))
            for rating in ratings
            if rating.person_id == row.person_id
        ),
        comment=row.comment,
        submitted_at=row.submitted_at,
    )
