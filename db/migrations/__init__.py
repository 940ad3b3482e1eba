"""Alembic's environment and the revisions of the schema. Run by `db.revisions`, never by hand."""
