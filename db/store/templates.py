"""Comment templates: shared by the whole installation, or one person's own."""

from sqlalchemy import ColumnElement, delete, or_, select

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import CommentTemplate, PersonId, TemplateId
from db.store.rows import columns_of, insert_rows, one_piece


def add_template(tx: Transaction, template: CommentTemplate) -> None:
    """Keep a template."""
    with one_piece(tx):
        insert_rows(tx, tables.comment_template, [columns_of(template, tables.comment_template)])


def template(tx: Transaction, template_id: TemplateId) -> CommentTemplate | None:
    """One template."""
    return next(iter(_templates(tx, tables.comment_template.c.id == template_id)), None)


def templates(tx: Transaction, owner_id: PersonId) -> tuple[CommentTemplate, ...]:
    """The shared templates and this person's own, by label."""
    columns = tables.comment_template.c
    return _templates(tx, or_(columns.owner_id.is_(None), columns.owner_id == owner_id))


def remove_template(tx: Transaction, template_id: TemplateId) -> None:
    """Drop a template; what was written with it stays. Raises UnknownId where there is none."""
    this_one = delete(tables.comment_template).where(tables.comment_template.c.id == template_id)
    if tx.connection.execute(this_one).rowcount == 0:
        raise UnknownId(f"there is no template {template_id}")


def _templates(tx: Transaction, wanted: ColumnElement[bool]) -> tuple[CommentTemplate, ...]:
    rows = tx.connection.execute(select(tables.comment_template).where(wanted))
    found = (
        CommentTemplate(
            id=TemplateId(row.id),
            owner_id=None if row.owner_id is None else PersonId(row.owner_id),
            label=row.label,
            text=row.text,
            created_at=row.created_at,
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.label.casefold(), one.id)))
