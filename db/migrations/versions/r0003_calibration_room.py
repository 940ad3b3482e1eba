"""The calibration room: what a session is like, series, hidden checks, feedback, findings done, certificates.

Revision 0003. SQLite adds a column with its check in place; a foreign key it cannot name there, so links to tables
that are new stand in tables of their own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
EXACT = sa.String(48).with_variant(sa.Numeric(), "postgresql")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
KINDS = "kind in ('fresh', 'existing')"
POLICIES = "reference_policy in ('expert', 'meeting')"


def upgrade() -> None:
    _describe_sessions()
    _add_series()
    _add_around_sessions()
    _add_checks()
    _add_certificates()


def downgrade() -> None:
    for name in (
        *("certificate_session", "certificate", "certificate_rule", "hidden_check", "grade_copy", "finding_done"),
        *("session_feedback", "series_session", "calibration_series"),
    ):
        op.drop_table(name)
    if op.get_context().dialect.name != "sqlite":
        op.execute("ALTER TABLE calibration_session DROP CONSTRAINT ck_calibration_session_kind")
        op.execute("ALTER TABLE calibration_session DROP CONSTRAINT ck_calibration_session_reference_policy")
    for column in ("agent_hidden", "criterion_ids", "reference_policy", "kind"):
        op.execute(f"ALTER TABLE calibration_session DROP COLUMN {column}")


def _describe_sessions() -> None:
    on_sqlite = op.get_context().dialect.name == "sqlite"
    hidden = " CONSTRAINT ck_calibration_session_agent_hidden CHECK (agent_hidden IN (0, 1))" if on_sqlite else ""
    for column in (
        f"kind VARCHAR(24) DEFAULT 'fresh' NOT NULL CONSTRAINT ck_calibration_session_kind CHECK ({KINDS})",
        "reference_policy VARCHAR(24) DEFAULT 'meeting' NOT NULL "
        f"CONSTRAINT ck_calibration_session_reference_policy CHECK ({POLICIES})",
        f"criterion_ids {'JSON' if on_sqlite else 'JSONB'}",
        f"agent_hidden BOOLEAN DEFAULT {'1' if on_sqlite else 'true'} NOT NULL{hidden}",
    ):
        op.execute(f"ALTER TABLE calibration_session ADD COLUMN {column}")
    op.execute("UPDATE calibration_session SET reference_policy = 'expert' WHERE expert_id IS NOT NULL")


def _add_series() -> None:
    op.create_table(
        "calibration_series",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scorecard_id", sa.String(64), nullable=False),
        sa.Column("facilitator_id", ID, nullable=False),
        sa.Column("expert_id", ID, nullable=True),
        sa.Column("reference_policy", sa.String(24), nullable=False),
        sa.Column("frame", JSON, nullable=False),
        sa.Column("random_tickets", sa.Integer(), nullable=False),
        sa.Column("contested_tickets", sa.Integer(), nullable=False),
        sa.Column("reviewer_ids", JSON, nullable=False),
        sa.Column("criterion_ids", JSON, nullable=True),
        sa.Column("agent_hidden", sa.Boolean(create_constraint=True, name="agent_hidden"), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("days_to_grade", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(create_constraint=True, name="active"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.CheckConstraint(POLICIES, name=op.f("ck_calibration_series_reference_policy")),
        *(_ref("calibration_series", column, "person") for column in ("facilitator_id", "expert_id", "created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_series")),
    )
    op.create_table(
        "series_session",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        _ref("series_session", "session_id", "calibration_session", cascade=True),
        _ref("series_session", "series_id", "calibration_series"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_series_session")),
    )
    op.create_index(op.f("ix_series_session_series_id"), "series_session", ["series_id"])


def _add_around_sessions() -> None:
    op.create_table(
        "session_feedback",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("reviewer_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _ref("session_feedback", "session_id", "calibration_session", cascade=True),
        _ref("session_feedback", "reviewer_id", "person"),
        _ref("session_feedback", "by", "person"),
        sa.PrimaryKeyConstraint("session_id", "reviewer_id", name=op.f("pk_session_feedback")),
    )
    op.create_index(op.f("ix_session_feedback_reviewer_id"), "session_feedback", ["reviewer_id"])
    op.create_table(
        "finding_done",
        sa.Column("finding_id", ID, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _ref("finding_done", "finding_id", "finding", cascade=True),
        _ref("finding_done", "by", "person"),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding_done")),
    )
    op.create_table(
        "grade_copy",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("of_review_id", ID, nullable=False),
        _ref("grade_copy", "review_id", "review", cascade=True),
        _ref("grade_copy", "of_review_id", "review"),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_grade_copy")),
    )
    op.create_index(op.f("ix_grade_copy_of_review_id"), "grade_copy", ["of_review_id"])


def _add_checks() -> None:
    op.create_table(
        "hidden_check",
        sa.Column("assignment_id", ID, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("of_assignment_id", ID, nullable=False),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.Column("drawn_by", ID, nullable=False),
        sa.CheckConstraint("kind in ('pair', 'repeat')", name=op.f("ck_hidden_check_kind")),
        _ref("hidden_check", "assignment_id", "assignment", cascade=True),
        _ref("hidden_check", "of_assignment_id", "assignment"),
        _ref("hidden_check", "drawn_by", "person"),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_hidden_check")),
    )
    op.create_index(op.f("ix_hidden_check_of_assignment_id"), "hidden_check", ["of_assignment_id"])


def _add_certificates() -> None:
    op.create_table(
        "certificate_rule",
        sa.Column("scorecard_id", sa.String(64), nullable=False),
        sa.Column("least_agreement", EXACT, nullable=False),
        sa.Column("least_answers", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(create_constraint=True, name="required"), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _ref("certificate_rule", "by", "person"),
        sa.PrimaryKeyConstraint("scorecard_id", name=op.f("pk_certificate_rule")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scorecard_id", sa.String(64), nullable=False),
        sa.Column("granted_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("granted_by", ID, nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("withdrawn_at", TIME, nullable=True),
        _ref("certificate", "person_id", "person"),
        _ref("certificate", "granted_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"])
    op.create_index(op.f("ix_certificate_scorecard_id_expires_at"), "certificate", ["scorecard_id", "expires_at"])
    op.create_table(
        "certificate_session",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        _ref("certificate_session", "certificate_id", "certificate", cascade=True),
        _ref("certificate_session", "session_id", "calibration_session"),
        sa.PrimaryKeyConstraint("certificate_id", "session_id", name=op.f("pk_certificate_session")),
    )
    op.create_index(op.f("ix_certificate_session_session_id"), "certificate_session", ["session_id"])


def _ref(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )
