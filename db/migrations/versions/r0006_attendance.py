"""Attendance: anybody who takes part in a session can be noted as there, the facilitator and the expert too.

Revision 0006. Attendance stood with the reviewers, who are asked to grade; it moves to a table of its own. SQLite cannot
drop a column that has a check, so the table of reviewers is written anew there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "session_attendance",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("there", sa.Boolean(create_constraint=True, name="there"), nullable=False),
        *_belonging("session_attendance"),
    )
    op.create_index(op.f("ix_session_attendance_person_id"), "session_attendance", ["person_id"])
    op.execute(
        "INSERT INTO session_attendance (session_id, person_id, there) "
        "SELECT session_id, person_id, attended FROM session_reviewer WHERE attended IS NOT NULL"
    )
    if op.get_context().dialect.name == "sqlite":
        _write_reviewers_anew()
    else:
        op.drop_column("session_reviewer", "attended")


def downgrade() -> None:
    """Who is no reviewer of the session has no place in the earlier table."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    check = " CONSTRAINT ck_session_reviewer_attended CHECK (attended IN (0, 1))" if on_sqlite else ""
    op.execute(f"ALTER TABLE session_reviewer ADD COLUMN attended BOOLEAN{check}")
    op.execute(
        "UPDATE session_reviewer SET attended = (SELECT there FROM session_attendance AS noted WHERE "
        "noted.session_id = session_reviewer.session_id AND noted.person_id = session_reviewer.person_id)"
    )
    op.drop_table("session_attendance")


def _write_reviewers_anew() -> None:
    """Only on SQLite, where foreign keys are off during a step."""
    op.create_table(
        "session_reviewer_anew",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_belonging("session_reviewer"),
    )
    op.execute(
        "INSERT INTO session_reviewer_anew (session_id, person_id, position) "
        "SELECT session_id, person_id, position FROM session_reviewer"
    )
    op.drop_table("session_reviewer")
    op.rename_table("session_reviewer_anew", "session_reviewer")
    op.create_index(op.f("ix_session_reviewer_person_id"), "session_reviewer", ["person_id"])


def _belonging(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """One row for each person of a session, gone with it."""
    return (
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_session.id"],
            name=op.f(f"fk_{table}_session_id_calibration_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person")),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f(f"pk_{table}")),
    )
