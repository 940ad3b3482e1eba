"""What Alembic runs for each step. The connection and its transaction belong to `db.revisions`."""

from alembic import context
from alembic.migration import MigrationContext

from db.tables import metadata


def _check_references(ctx: MigrationContext, *_step: object, **_more: object) -> None:
    """SQLite rebuilds tables with foreign keys switched off; a step that broke one is taken back."""
    connection = ctx.connection
    if connection is not None and connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"the migration left a broken reference in table {broken[0]}")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    on_version_apply=_check_references,
)
context.run_migrations()
