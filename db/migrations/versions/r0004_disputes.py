"""Disputes: wrong agent, who grades a second time; acknowledgements; who has opened a review.

Revision 0004. SQLite cannot change a check in place, so the table of disputes is written anew there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
STATES = "state in ('open', 'upheld', 'revised', 'partly_revised', 'wrong_agent', 'withdrawn')"
EARLIER_STATES = "state in ('open', 'upheld', 'revised', 'partly_revised', 'withdrawn')"
KINDS = "kind in ('grades', 'wrong_agent')"
EARLIER = (
    *("id", "review_id", "raised_by", "raised_at", "state", "reason", "due_at", "decided_by", "decided_at"),
    "decision",
)


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _write_anew(STATES, whole=True)
    else:
        _limit_states(STATES)
        op.add_column("dispute", sa.Column("kind", sa.String(24), nullable=False, server_default="grades"))
        op.add_column("dispute", sa.Column("assignment_id", ID, nullable=True))
        op.create_check_constraint(op.f("ck_dispute_kind"), "dispute", KINDS)
        op.create_foreign_key(
            op.f("fk_dispute_assignment_id_assignment"), "dispute", "assignment", ["assignment_id"], ["id"]
        )
        op.create_index(op.f("ix_dispute_assignment_id"), "dispute", ["assignment_id"])
    _add_around_reviews()


def downgrade() -> None:
    op.drop_table("review_reader")
    op.drop_table("acknowledgement")
    # What cannot be said any more: the dispute ended, and not with the grade as it was.
    op.execute("UPDATE dispute SET state = 'revised' WHERE state = 'wrong_agent'")
    if op.get_context().dialect.name == "sqlite":
        _write_anew(EARLIER_STATES, whole=False)
    else:
        op.drop_column("dispute", "assignment_id")
        op.drop_column("dispute", "kind")
        _limit_states(EARLIER_STATES)


def _limit_states(states: str) -> None:
    op.drop_constraint(op.f("ck_dispute_state"), "dispute", type_="check")
    op.create_check_constraint(op.f("ck_dispute_state"), "dispute", states)


def _write_anew(states: str, *, whole: bool) -> None:
    """Only on SQLite, where foreign keys are off during a step, so that the items keep their disputes."""
    op.create_table("dispute_anew", *_columns(states), *(_new_columns() if whole else ()))
    names = ", ".join(EARLIER)
    op.execute(f"INSERT INTO dispute_anew ({names}) SELECT {names} FROM dispute")  # noqa: S608 - names of our own
    op.drop_table("dispute")
    op.rename_table("dispute_anew", "dispute")
    op.create_index(op.f("ix_dispute_review_id"), "dispute", ["review_id"])
    if whole:
        op.create_index(op.f("ix_dispute_assignment_id"), "dispute", ["assignment_id"])
    op.create_index("ux_dispute_open", "dispute", ["review_id"], unique=True, sqlite_where=sa.text("state = 'open'"))


def _columns(states: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("raised_by", ID, nullable=False),
        sa.Column("raised_at", TIME, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.CheckConstraint(states, name=op.f("ck_dispute_state")),
        _ref("dispute", "review_id", "review"),
        _ref("dispute", "raised_by", "person"),
        _ref("dispute", "decided_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )


def _new_columns() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("kind", sa.String(24), nullable=False, server_default="grades"),
        sa.Column("assignment_id", ID, nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_dispute_kind")),
        _ref("dispute", "assignment_id", "assignment"),
    )


def _add_around_reviews() -> None:
    op.create_table(
        "acknowledgement",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        _ref("acknowledgement", "review_id", "review", cascade=True),
        _ref("acknowledgement", "by", "person"),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_acknowledgement")),
    )
    op.create_table(
        "review_reader",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _ref("review_reader", "review_id", "review", cascade=True),
        _ref("review_reader", "person_id", "person"),
        sa.PrimaryKeyConstraint("review_id", "person_id", name=op.f("pk_review_reader")),
    )
    op.create_index(op.f("ix_review_reader_person_id"), "review_reader", ["person_id"])


def _ref(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )
