"""What agents confirmed to have read, and who else has opened a review."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from db import tables
from db.engine import Transaction
from db.records import Acknowledgement, PersonId, ReviewId
from db.store.rows import columns_of, insert_rows, one_piece, select_in


def add_acknowledgement(tx: Transaction, made: Acknowledgement) -> None:
    """Note that a review was read; raises DuplicateKey where it is noted already."""
    with one_piece(tx):
        insert_rows(tx, tables.acknowledgement, [columns_of(made, tables.acknowledgement)])


def acknowledgements(tx: Transaction, review_ids: Iterable[ReviewId]) -> dict[ReviewId, Acknowledgement]:
    """Those of these reviews that have one; reviews acknowledged before they were kept have none."""
    columns = tables.acknowledgement.c
    rows = select_in(tx, select(tables.acknowledgement), columns.review_id, review_ids)
    return {
        ReviewId(row.review_id): Acknowledgement(
            ReviewId(row.review_id), row.at, None if row.by is None else PersonId(row.by), row.comment
        )
        for row in rows
    }


def add_reader(tx: Transaction, review_id: ReviewId, person_id: PersonId, *, at: datetime) -> None:
    """Note that a person has opened a review; raises DuplicateKey where it is noted already."""
    with one_piece(tx):
        insert_rows(tx, tables.review_reader, [{"review_id": review_id, "person_id": person_id, "at": at}])


def readers(tx: Transaction, review_ids: Iterable[ReviewId]) -> frozenset[PersonId]:
    """Who has opened one of these reviews."""
    columns = tables.review_reader.c
    return frozenset(
        PersonId(row.person_id) for row in select_in(tx, select(tables.review_reader), columns.review_id, review_ids)
    )
