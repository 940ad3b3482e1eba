"""Praise on a rating, and comment templates.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        # Adds the column with its check in place; Alembic would copy the table for that, and drop its other checks.
        op.execute("ALTER TABLE rating ADD COLUMN praise BOOLEAN CONSTRAINT ck_rating_praise CHECK (praise IN (0, 1))")
    else:
        op.add_column("rating", sa.Column("praise", sa.Boolean(), nullable=True))
    op.create_table(
        "comment_template",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_comment_template_owner_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_template")),
    )
    op.create_index(op.f("ix_comment_template_owner_id"), "comment_template", ["owner_id"])


def downgrade() -> None:
    op.drop_table("comment_template")
    op.execute("ALTER TABLE rating DROP COLUMN praise")
