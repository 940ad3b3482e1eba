"""The ground: every table that the design names, and an audit trail that only grows.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out here and not taken from `db.tables`, which moves on while this revision stays as it is.
TIME = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
EXACT = sa.String(48).with_variant(sa.Numeric(), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def code(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def flag(name: str) -> sa.Boolean:
    return sa.Boolean(create_constraint=True, name=name)


ID = code(40)


def upgrade() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("header_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.PrimaryKeyConstraint("kind", "header_hash", name=op.f("pk_column_mapping")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "team",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("external_id", sa.String(200), nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("active", flag("active"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_index(op.f("ix_person_external_id"), "person", ["external_id"])
    op.create_index(op.f("ix_person_team_id"), "person", ["team_id"])
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_token_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_token")),
    )
    op.create_index(op.f("ix_access_token_person_id"), "access_token", ["person_id"])
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("object_type", sa.String(40), nullable=False),
        sa.Column("object_id", sa.String(80), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_actor_id"), "audit_entry", ["actor_id"])
    op.create_index(op.f("ix_audit_entry_object_type_object_id"), "audit_entry", ["object_type", "object_id"])
    op.create_table(
        "coaching_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("coach_id", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("shared_notes", sa.Text(), nullable=False),
        sa.Column("private_notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_coaching_session_agent_id_person")),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_coaching_session_coach_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_session")),
    )
    op.create_index(op.f("ix_coaching_session_agent_id"), "coaching_session", ["agent_id"])
    op.create_table(
        "credential",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("password_hash", sa.String(400), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_credential_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("file_name", sa.String(400), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_import_batch_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_actor_id"), "import_batch", ["actor_id"])
    op.create_index(op.f("ix_import_batch_at"), "import_batch", ["at"])
    op.create_table(
        "person_role",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.CheckConstraint(
            "role in ('admin', 'manager', 'facilitator', 'reviewer', 'coach', 'agent')",
            name=op.f("ck_person_role_role"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_role")),
    )
    op.create_table(
        "person_scope",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_scope_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_person_scope_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "team_id", name=op.f("pk_person_scope")),
    )
    op.create_table(
        "sampling_plan",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("frame", JSON, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("strata", JSON, nullable=False),
        sa.Column("per_agent", sa.Integer(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_sampling_plan_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plan")),
    )
    op.create_index(op.f("ix_sampling_plan_created_by"), "sampling_plan", ["created_by"])
    op.create_table(
        "scorecard_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("scorecard_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("structure_hash", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("published_at", TIME, nullable=True),
        sa.CheckConstraint("state in ('draft', 'published', 'archived')", name=op.f("ck_scorecard_version_state")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_scorecard_version_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_version")),
        sa.UniqueConstraint("scorecard_id", "number", name=op.f("uq_scorecard_version_scorecard_id_number")),
    )
    op.create_index(op.f("ix_scorecard_version_created_by"), "scorecard_version", ["created_by"])
    op.create_index(op.f("ix_scorecard_version_structure_hash"), "scorecard_version", ["structure_hash"])
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"])
    op.create_table(
        "calibration_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scorecard_version_id", ID, nullable=False),
        sa.Column("facilitator_id", ID, nullable=False),
        sa.Column("expert_id", ID, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("revealed_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state in ('draft', 'open', 'revealed', 'closed', 'cancelled')", name=op.f("ck_calibration_session_state")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["person.id"], name=op.f("fk_calibration_session_expert_id_person")),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["person.id"], name=op.f("fk_calibration_session_facilitator_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_version_id"],
            ["scorecard_version.id"],
            name=op.f("fk_calibration_session_scorecard_version_id_scorecard_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_session")),
    )
    op.create_index(op.f("ix_calibration_session_facilitator_id"), "calibration_session", ["facilitator_id"])
    op.create_index(
        op.f("ix_calibration_session_scorecard_version_id"), "calibration_session", ["scorecard_version_id"]
    )
    op.create_table(
        "goal",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("skill", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("coaching_id", ID, nullable=True),
        sa.CheckConstraint("state in ('open', 'met', 'dropped')", name=op.f("ck_goal_state")),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_goal_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["coaching_id"], ["coaching_session.id"], name=op.f("fk_goal_coaching_id_coaching_session")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_goal_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_agent_id"), "goal", ["agent_id"])
    op.create_index(op.f("ix_goal_coaching_id"), "goal", ["coaching_id"])
    op.create_table(
        "row_issue",
        sa.Column("import_batch_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(24), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("file", sa.String(400), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.String(200), nullable=True),
        sa.Column("column", sa.String(200), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.CheckConstraint("level in ('refused', 'warning')", name=op.f("ck_row_issue_level")),
        sa.ForeignKeyConstraint(
            ["import_batch_id"],
            ["import_batch.id"],
            name=op.f("fk_row_issue_import_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_batch_id", "position", name=op.f("pk_row_issue")),
    )
    op.create_table(
        "sample",
        sa.Column("id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("frame_hash", sa.String(64), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("selection", sa.String(24), nullable=False),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.Column("drawn_by", ID, nullable=False),
        sa.CheckConstraint(
            "selection in ('random', 'stratified', 'targeted', 'by_hand')", name=op.f("ck_sample_selection")
        ),
        sa.ForeignKeyConstraint(["drawn_by"], ["person.id"], name=op.f("fk_sample_drawn_by_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["sampling_plan.id"], name=op.f("fk_sample_plan_id_sampling_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index(op.f("ix_sample_drawn_by"), "sample", ["drawn_by"])
    op.create_index(op.f("ix_sample_plan_id"), "sample", ["plan_id"])
    op.create_table(
        "ticket",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", code(200), nullable=False),
        sa.Column("external_id", code(200), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("status", sa.String(60), nullable=True),
        sa.Column("solved_at", TIME, nullable=True),
        sa.Column("language", sa.String(35), nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("requester_name", sa.String(400), nullable=True),
        sa.Column("requester_ref", sa.String(400), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("parent_external_id", code(200), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("import_batch_id", ID, nullable=True),
        sa.CheckConstraint(
            "channel in ('email', 'chat', 'call', 'web', 'sms', 'social', 'role_play', 'other')",
            name=op.f("ck_ticket_channel"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_ticket_agent_id_person")),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batch.id"], name=op.f("fk_ticket_import_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ticket_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_ticket_source_external_id")),
    )
    op.create_index(op.f("ix_ticket_agent_id"), "ticket", ["agent_id"])
    op.create_index(op.f("ix_ticket_created_at_id"), "ticket", ["created_at", "id"])
    op.create_index(op.f("ix_ticket_import_batch_id"), "ticket", ["import_batch_id"])
    op.create_index(op.f("ix_ticket_team_id"), "ticket", ["team_id"])
    op.create_table(
        "assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("scorecard_version_id", ID, nullable=False),
        sa.Column("reviewer_id", ID, nullable=False),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("selection", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("assigned_at", TIME, nullable=False),
        sa.Column("assigned_by", ID, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("sample_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "purpose in ('quality', 'calibration', 'self', 'dispute', 'check')", name=op.f("ck_assignment_purpose")
        ),
        sa.CheckConstraint(
            "selection in ('random', 'stratified', 'targeted', 'by_hand')", name=op.f("ck_assignment_selection")
        ),
        sa.CheckConstraint("state in ('open', 'done', 'skipped', 'withdrawn')", name=op.f("ck_assignment_state")),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name=op.f("fk_assignment_assigned_by_person")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_assignment_reviewer_id_person")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_assignment_sample_id_sample")),
        sa.ForeignKeyConstraint(
            ["scorecard_version_id"],
            ["scorecard_version.id"],
            name=op.f("fk_assignment_scorecard_version_id_scorecard_version"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["calibration_session.id"], name=op.f("fk_assignment_session_id_calibration_session")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_assignment_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_reviewer_id_state_due_at"), "assignment", ["reviewer_id", "state", "due_at"])
    op.create_index(op.f("ix_assignment_sample_id"), "assignment", ["sample_id"])
    op.create_index(op.f("ix_assignment_scorecard_version_id"), "assignment", ["scorecard_version_id"])
    op.create_index(op.f("ix_assignment_session_id"), "assignment", ["session_id"])
    op.create_index(op.f("ix_assignment_ticket_id"), "assignment", ["ticket_id"])
    op.create_index(
        "ux_assignment_open",
        "assignment",
        ["ticket_id", "reviewer_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "finding",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("guideline_needs_update", flag("guideline_needs_update"), nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint(
            "cause in ('ambiguous_text', 'guideline_gap', 'slip', 'edge_case', 'other')", name=op.f("ck_finding_cause")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_finding_by_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_finding_owner_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_session.id"],
            name=op.f("fk_finding_session_id_calibration_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_finding_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_session_id"), "finding", ["session_id"])
    op.create_table(
        "message",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("author_name", sa.String(400), nullable=True),
        sa.Column("author_ref", sa.String(400), nullable=True),
        sa.Column("external_id", sa.String(200), nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("internal", flag("internal"), nullable=False),
        sa.Column("start_seconds", sa.Float(), nullable=True),
        sa.Column("end_seconds", sa.Float(), nullable=True),
        sa.Column("channel_no", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("attachments", JSON, nullable=False),
        sa.CheckConstraint("role in ('customer', 'agent', 'bot', 'system')", name=op.f("ck_message_role")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_message_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "ticket_version", "seq", name=op.f("pk_message")),
    )
    op.create_table(
        "recording",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("original_name", sa.String(400), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("sample_rate", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_recording_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("ticket_id", "content_hash", name=op.f("uq_recording_ticket_id_content_hash")),
    )
    op.create_index(op.f("ix_recording_content_hash"), "recording", ["content_hash"])
    op.create_index(op.f("ix_recording_ticket_id"), "recording", ["ticket_id"])
    op.create_table(
        "reference",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("option_id", sa.String(64), nullable=True),
        sa.Column("number", EXACT, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("by", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint("kind in ('agreed', 'expert')", name=op.f("ck_reference_kind")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_reference_by_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_session.id"],
            name=op.f("fk_reference_session_id_calibration_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_reference_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("session_id", "ticket_id", "criterion_id", "kind", name=op.f("pk_reference")),
    )
    op.create_table(
        "sample_item",
        sa.Column("sample_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(400), nullable=False),
        sa.Column("probability", EXACT, nullable=False),
        sa.Column("replaced_by", ID, nullable=True),
        sa.Column("replacement_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["replaced_by"], ["ticket.id"], name=op.f("fk_sample_item_replaced_by_ticket")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sample.id"], name=op.f("fk_sample_item_sample_id_sample"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sample_item_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("sample_id", "ticket_id", name=op.f("pk_sample_item")),
    )
    op.create_index(op.f("ix_sample_item_ticket_id"), "sample_item", ["ticket_id"])
    op.create_table(
        "session_reviewer",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attended", flag("attended"), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_reviewer_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_session.id"],
            name=op.f("fk_session_reviewer_session_id_calibration_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_session_reviewer")),
    )
    op.create_index(op.f("ix_session_reviewer_person_id"), "session_reviewer", ["person_id"])
    op.create_table(
        "session_ticket",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("selection", sa.String(24), nullable=False),
        sa.CheckConstraint(
            "selection in ('random', 'stratified', 'targeted', 'by_hand')", name=op.f("ck_session_ticket_selection")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_session.id"],
            name=op.f("fk_session_ticket_session_id_calibration_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_session_ticket_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("session_id", "ticket_id", name=op.f("pk_session_ticket")),
    )
    op.create_index(op.f("ix_session_ticket_ticket_id"), "session_ticket", ["ticket_id"])
    op.create_table(
        "ticket_agent",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_agent_person_id_person")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_agent_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "person_id", name=op.f("pk_ticket_agent")),
    )
    op.create_index(op.f("ix_ticket_agent_person_id"), "ticket_agent", ["person_id"])
    op.create_table(
        "ticket_metric",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("scale", sa.String(40), nullable=True),
        sa.Column("hours", sa.String(24), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_metric_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "name", name=op.f("pk_ticket_metric")),
    )
    op.create_index(op.f("ix_ticket_metric_name"), "ticket_metric", ["name"])
    op.create_table(
        "ticket_tag",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("tag", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_tag_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "tag", name=op.f("pk_ticket_tag")),
    )
    op.create_index(op.f("ix_ticket_tag_tag"), "ticket_tag", ["tag"])
    op.create_table(
        "review",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("scorecard_version_id", ID, nullable=False),
        sa.Column("reviewer_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("selection", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("assignment_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("submitted_at", TIME, nullable=True),
        sa.Column("released_at", TIME, nullable=True),
        sa.Column("active_seconds", sa.Integer(), nullable=False),
        sa.Column("submission_key", sa.String(64), nullable=True),
        sa.Column("supersedes_id", ID, nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("saw_other_grades", flag("saw_other_grades"), nullable=True),
        sa.Column("score_rule", sa.String(16), nullable=True),
        sa.Column("raw_score", EXACT, nullable=True),
        sa.Column("reported_score", EXACT, nullable=True),
        sa.Column("auto_fails", JSON, nullable=True),
        sa.Column("passed", flag("passed"), nullable=True),
        sa.Column("band", sa.String(200), nullable=True),
        sa.CheckConstraint(
            "purpose in ('quality', 'calibration', 'self', 'dispute', 'check')", name=op.f("ck_review_purpose")
        ),
        sa.CheckConstraint(
            "selection in ('random', 'stratified', 'targeted', 'by_hand')", name=op.f("ck_review_selection")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'released', 'acknowledged', 'disputed', 'upheld', 'revised', 'closed', 'voided')",
            name=op.f("ck_review_state"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["person.id"], name=op.f("fk_review_agent_id_person")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_review_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id_person")),
        sa.ForeignKeyConstraint(
            ["scorecard_version_id"],
            ["scorecard_version.id"],
            name=op.f("fk_review_scorecard_version_id_scorecard_version"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["calibration_session.id"], name=op.f("fk_review_session_id_calibration_session")
        ),
        sa.ForeignKeyConstraint(["supersedes_id"], ["review.id"], name=op.f("fk_review_supersedes_id_review")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_review_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_review_submission_key")),
    )
    op.create_index(op.f("ix_review_agent_id_purpose_submitted_at"), "review", ["agent_id", "purpose", "submitted_at"])
    op.create_index(op.f("ix_review_assignment_id"), "review", ["assignment_id"])
    op.create_index(
        op.f("ix_review_reviewer_id_purpose_submitted_at"), "review", ["reviewer_id", "purpose", "submitted_at"]
    )
    op.create_index(op.f("ix_review_scorecard_version_id"), "review", ["scorecard_version_id"])
    op.create_index(op.f("ix_review_session_id"), "review", ["session_id"])
    op.create_index(op.f("ix_review_supersedes_id"), "review", ["supersedes_id"])
    op.create_index(op.f("ix_review_ticket_id"), "review", ["ticket_id"])
    op.create_index(
        "ux_review_draft",
        "review",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "coaching_review",
        sa.Column("coaching_id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coaching_id"],
            ["coaching_session.id"],
            name=op.f("fk_coaching_review_coaching_id_coaching_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_coaching_review_review_id_review")),
        sa.PrimaryKeyConstraint("coaching_id", "review_id", name=op.f("pk_coaching_review")),
    )
    op.create_index(op.f("ix_coaching_review_review_id"), "coaching_review", ["review_id"])
    op.create_table(
        "criterion_result",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("value", EXACT, nullable=True),
        sa.Column("applied_weight", EXACT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_criterion_result_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_criterion_result")),
    )
    op.create_table(
        "dispute",
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
        sa.CheckConstraint(
            "state in ('open', 'upheld', 'revised', 'partly_revised', 'withdrawn')", name=op.f("ck_dispute_state")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_dispute_decided_by_person")),
        sa.ForeignKeyConstraint(["raised_by"], ["person.id"], name=op.f("fk_dispute_raised_by_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_dispute_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_review_id"), "dispute", ["review_id"])
    op.create_index(
        "ux_dispute_open",
        "dispute",
        ["review_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "evidence",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("message_seq", sa.Integer(), nullable=True),
        sa.Column("start_char", sa.Integer(), nullable=True),
        sa.Column("end_char", sa.Integer(), nullable=True),
        sa.Column("start_seconds", sa.Float(), nullable=True),
        sa.Column("end_seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_evidence_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "position", name=op.f("pk_evidence")),
    )
    op.create_table(
        "rating",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("option_id", sa.String(64), nullable=True),
        sa.Column("number", EXACT, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason_ids", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(case when option_id is null then 0 else 1 end + case when number is null then 0 else 1 end + case when text is null then 0 else 1 end) = (case when state = 'chosen' then 1 else 0 end)",
            name=op.f("ck_rating_parts"),
        ),
        sa.CheckConstraint("state in ('chosen', 'not_applicable', 'missing')", name=op.f("ck_rating_state")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_rating_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_rating")),
    )
    op.create_table(
        "dispute_item",
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("criterion_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), nullable=True),
        sa.Column("option_id", sa.String(64), nullable=True),
        sa.Column("number", EXACT, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("upheld", flag("upheld"), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_item_dispute_id_dispute"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dispute_id", "criterion_id", name=op.f("pk_dispute_item")),
    )
    if op.get_context().dialect.name == "sqlite":
        refuse_audit_changes_on_sqlite()
    else:
        refuse_audit_changes_on_postgresql()


def refuse_audit_changes_on_sqlite() -> None:
    for change in ("update", "delete"):
        op.execute(
            f"create trigger audit_entry_no_{change} before {change} on audit_entry "
            "begin select raise(abort, 'the audit trail only grows'); end"
        )
    # `insert or replace` deletes without running the triggers of a delete.
    op.execute(
        "create trigger audit_entry_no_replace before insert on audit_entry "
        "when exists (select 1 from audit_entry where seq = new.seq) "
        "begin select raise(abort, 'the audit trail only grows'); end"
    )


def refuse_audit_changes_on_postgresql() -> None:
    op.execute(
        "create function refuse_audit_change() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit trail only grows'; end $$"
    )
    op.execute(
        "create trigger audit_entry_only_grows before update or delete or truncate on audit_entry "
        "for each statement execute function refuse_audit_change()"
    )


def downgrade() -> None:
    op.drop_table("dispute_item")
    op.drop_table("rating")
    op.drop_table("evidence")
    op.drop_table("dispute")
    op.drop_table("criterion_result")
    op.drop_table("coaching_review")
    op.drop_table("review")
    op.drop_table("ticket_tag")
    op.drop_table("ticket_metric")
    op.drop_table("ticket_agent")
    op.drop_table("session_ticket")
    op.drop_table("session_reviewer")
    op.drop_table("sample_item")
    op.drop_table("reference")
    op.drop_table("recording")
    op.drop_table("message")
    op.drop_table("finding")
    op.drop_table("assignment")
    op.drop_table("ticket")
    op.drop_table("sample")
    op.drop_table("row_issue")
    op.drop_table("goal")
    op.drop_table("calibration_session")
    op.drop_table("sign_in")
    op.drop_table("scorecard_version")
    op.drop_table("sampling_plan")
    op.drop_table("person_scope")
    op.drop_table("person_role")
    op.drop_table("import_batch")
    op.drop_table("credential")
    op.drop_table("coaching_session")
    op.drop_table("audit_entry")
    op.drop_table("access_token")
    op.drop_table("person")
    op.drop_table("team")
    op.drop_table("setting")
    op.drop_table("column_mapping")
    if op.get_context().dialect.name == "postgresql":
        op.execute("drop function refuse_audit_change()")
