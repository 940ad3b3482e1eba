"""Coaching: the life of sessions, agendas, steps and ends of goals, objectives of teams, appraisals.

Revision 0004. As in 0003, SQLite gets columns with their checks in place, and links to tables in tables of their own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
EXACT = sa.String(48).with_variant(sa.Numeric(), "postgresql")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
STATES = "state in ('planned', 'held', 'followed_up', 'cancelled')"


def upgrade() -> None:
    _describe_sessions()
    _add_goals()
    _add_agenda()
    _add_objectives()
    _add_appraisals()


def downgrade() -> None:
    for name in ("appraisal_rating", "appraisal_side", "appraisal", "objective", "agenda_point"):
        op.drop_table(name)
    for name in ("goal_end", "goal_step"):
        op.drop_table(name)
    op.execute("ALTER TABLE goal DROP COLUMN target")
    if op.get_context().dialect.name != "sqlite":
        op.execute("ALTER TABLE coaching_session DROP CONSTRAINT ck_coaching_session_state")
    for column in ("outcome", "follow_up_on", "revision", "state"):
        op.execute(f"ALTER TABLE coaching_session DROP COLUMN {column}")


def _describe_sessions() -> None:
    for column in (
        f"state VARCHAR(24) DEFAULT 'held' NOT NULL CONSTRAINT ck_coaching_session_state CHECK ({STATES})",
        "revision INTEGER DEFAULT 0 NOT NULL",
        "follow_up_on DATE",
        "outcome TEXT DEFAULT '' NOT NULL",
    ):
        op.execute(f"ALTER TABLE coaching_session ADD COLUMN {column}")


def _add_goals() -> None:
    exact = "VARCHAR(48)" if op.get_context().dialect.name == "sqlite" else "NUMERIC"
    op.execute(f"ALTER TABLE goal ADD COLUMN target {exact}")
    op.create_table(
        "goal_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("goal_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by", ID, nullable=True),
        _ref("goal_step", "goal_id", "goal", cascade=True),
        _ref("goal_step", "done_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_step")),
    )
    op.create_index(op.f("ix_goal_step_goal_id"), "goal_step", ["goal_id"])
    op.create_table(
        "goal_end",
        sa.Column("goal_id", ID, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        _ref("goal_end", "goal_id", "goal", cascade=True),
        _ref("goal_end", "by", "person"),
        sa.PrimaryKeyConstraint("goal_id", name=op.f("pk_goal_end")),
    )


def _add_agenda() -> None:
    kinds = "kind in ('praise', 'practise', 'goal', 'dispute', 'unread', 'own')"
    op.create_table(
        "agenda_point",
        sa.Column("id", ID, nullable=False),
        sa.Column("coaching_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("shared", sa.Boolean(create_constraint=True, name="shared"), nullable=False),
        sa.Column("done", sa.Boolean(create_constraint=True, name="done"), nullable=False),
        sa.Column("skill", sa.String(64), nullable=True),
        sa.Column("review_id", ID, nullable=True),
        sa.Column("criterion_id", sa.String(64), nullable=True),
        sa.Column("goal_id", ID, nullable=True),
        sa.CheckConstraint(kinds, name=op.f("ck_agenda_point_kind")),
        _ref("agenda_point", "coaching_id", "coaching_session", cascade=True),
        _ref("agenda_point", "added_by", "person"),
        _ref("agenda_point", "review_id", "review"),
        _ref("agenda_point", "goal_id", "goal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_point")),
    )
    for column in ("coaching_id", "review_id", "goal_id"):
        op.create_index(op.f(f"ix_agenda_point_{column}"), "agenda_point", [column])


def _add_objectives() -> None:
    op.create_table(
        "objective",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("skill", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("target", EXACT, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('open', 'met', 'dropped')", name=op.f("ck_objective_state")),
        _ref("objective", "team_id", "team"),
        _ref("objective", "created_by", "person"),
        _ref("objective", "ended_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
    )
    op.create_index(op.f("ix_objective_team_id"), "objective", ["team_id"])


def _add_appraisals() -> None:
    op.create_table(
        "appraisal",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("coach_id", ID, nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("scorecard_version_id", ID, nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("subject in ('period', 'role_play')", name=op.f("ck_appraisal_subject")),
        _ref("appraisal", "agent_id", "person"),
        _ref("appraisal", "coach_id", "person"),
        _ref("appraisal", "scorecard_version_id", "scorecard_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
    )
    for column in ("agent_id", "coach_id"):
        op.create_index(op.f(f"ix_appraisal_{column}"), "appraisal", [column])
    op.create_table(
        "appraisal_side",
        sa.Column("appraisal_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", TIME, nullable=True),
        _ref("appraisal_side", "appraisal_id", "appraisal", cascade=True),
        _ref("appraisal_side", "person_id", "person"),
        sa.PrimaryKeyConstraint("appraisal_id", "person_id", name=op.f("pk_appraisal_side")),
    )
    op.create_table(
        "appraisal_rating",
        sa.Column("appraisal_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("option_id", sa.String(64), nullable=True),
        sa.Column("number", EXACT, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason_ids", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state in ('chosen', 'not_applicable', 'missing')", name=op.f("ck_appraisal_rating_state")
        ),
        _ref("appraisal_rating", "appraisal_id", "appraisal", cascade=True),
        _ref("appraisal_rating", "person_id", "person"),
        sa.PrimaryKeyConstraint("appraisal_id", "person_id", "criterion_id", name=op.f("pk_appraisal_rating")),
    )


def _ref(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )
