"""What was imported, with the rows that were refused, and remembered column mappings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from db import tables
from db.engine import Transaction
from db.records import ColumnMapping, ImportBatch, ImportBatchId, IssueLevel, PersonId, RowIssue
from db.store.rows import columns_of, insert_rows, one_piece, upsert_rows


def add_batch(tx: Transaction, batch: ImportBatch) -> None:
    """Keep what came of one file."""
    issues = [
        columns_of(issue, tables.row_issue, import_batch_id=batch.id, position=place)
        for place, issue in enumerate(batch.issues)
    ]
    with one_piece(tx):
        insert_rows(tx, tables.import_batch, [columns_of(batch, tables.import_batch)])
        insert_rows(tx, tables.row_issue, issues)


def batch(tx: Transaction, batch_id: ImportBatchId) -> ImportBatch | None:
    """One import with its issues, in the order of the file."""
    row = tx.connection.execute(select(tables.import_batch).where(tables.import_batch.c.id == batch_id)).one_or_none()
    if row is None:
        return None
    of_batch = select(tables.row_issue).where(tables.row_issue.c.import_batch_id == batch_id)
    return _batch(row, tx.connection.execute(of_batch.order_by(tables.row_issue.c.position)).all())


def batches(tx: Transaction, *, limit: int = 50) -> tuple[ImportBatch, ...]:
    """Imports, newest first, without their issues."""
    newest = select(tables.import_batch).order_by(tables.import_batch.c.at.desc(), tables.import_batch.c.id.desc())
    return tuple(_batch(row, ()) for row in tx.connection.execute(newest.limit(limit)))


def save_mapping(tx: Transaction, mapping: ColumnMapping) -> None:
    """Remember which column is what, in place of what was remembered for the same header."""
    row = columns_of(mapping, tables.column_mapping, columns=dict(mapping.columns), options=dict(mapping.options))
    upsert_rows(tx, tables.column_mapping, [row], keys=["kind", "header_hash"])


def mapping(tx: Transaction, kind: str, header_hash: str) -> ColumnMapping | None:
    """What was remembered for a header."""
    this_one = (tables.column_mapping.c.kind == kind) & (tables.column_mapping.c.header_hash == header_hash)
    row = tx.connection.execute(select(tables.column_mapping).where(this_one)).one_or_none()
    if row is None:
        return None
    return ColumnMapping(row.name, row.kind, row.header_hash, columns=row.columns, options=row.options)


def _batch(row: Row[Any], issues: Sequence[Row[Any]]) -> ImportBatch:
    return ImportBatch(
        id=ImportBatchId(row.id),
        source=row.source,
        file_name=row.file_name,
        file_hash=row.file_hash,
        format=row.format,
        actor_id=PersonId(row.actor_id),
        at=row.at,
        rows_read=row.rows_read,
        new=row.new,
        changed=row.changed,
        unchanged=row.unchanged,
        refused=row.refused,
        issues=tuple(map(_issue, issues)),
    )


def _issue(row: Row[Any]) -> RowIssue:
    return RowIssue(
        level=IssueLevel(row.level),
        code=row.code,
        message=row.message,
        file=row.file,
        row=row.row,
        sheet=row.sheet,
        column=row.column,
        found=row.found,
    )
