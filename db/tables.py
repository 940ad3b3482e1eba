"""The tables, in SQLAlchemy Core. Rows become records in `db.store`; nothing here leaves the floor.

Column types are portable: aware UTC times (fixed-width ISO text on SQLite, timestamptz on PostgreSQL), exact
decimals as text on SQLite, JSON/JSONB, and enums as text with a CHECK. Constraint names follow one convention
from revision 1 on, because SQLite's batch migrations can only find constraints by name.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from db import records
from scorecards.answers import AnswerState
from scorecards.model import Channel


class UtcTime(TypeDecorator[datetime]):
    """Aware in, aware out; a naive time is refused. On SQLite text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Write in UTC with microseconds always present, so that the width never changes."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the store")
        moment = value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Read back as aware UTC."""
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A Decimal that comes back as it went in: numeric on PostgreSQL, text on SQLite (which has no decimals)."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, unbounded numeric elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(48))
        return dialect.type_descriptor(Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        """Plain notation, because `1E+2` is not what people expect in a database."""
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is not a number that can be stored")
        plain = value.copy_abs() if value.is_zero() else value  # PostgreSQL knows no minus zero
        return format(plain, "f") if dialect.name == "sqlite" else plain

    def process_result_value(self, value: object, dialect: Dialect) -> Decimal | None:
        """Read back as a Decimal, never by way of a float."""
        return None if value is None else Decimal(str(value))


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _code(length: int) -> TypeEngine[str]:
    """Text for machines: compared byte by byte on both engines, so that both sort alike whatever the locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Id = _code(40)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _choice(
    name: str, choices: type[StrEnum], *, nullable: bool = False, default: StrEnum | None = None
) -> tuple[Column[str], CheckConstraint]:
    """A column of one of the choices; the default is for rows that were there before the column."""
    allowed = ", ".join(f"'{choice.value}'" for choice in choices)
    column = Column(name, String(24), nullable=nullable, server_default=default.value if default else None)
    return column, CheckConstraint(f"{name} in ({allowed})", name=name)


def _ref(name: str, target: str, *, nullable: bool = False, index: bool = True, cascade: bool = False) -> Column[str]:
    return Column(name, Id, ForeignKey(target, ondelete="CASCADE" if cascade else None), nullable=nullable, index=index)


team = Table(
    "team",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(320), unique=True),
    Column("external_id", String(200), index=True),
    _ref("team_id", "team.id", nullable=True),
    Column("active", Boolean(create_constraint=True, name="active"), nullable=False),
)

person_role = Table(
    "person_role",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(24), primary_key=True),
    CheckConstraint("role in (" + ", ".join(f"'{role.value}'" for role in records.Role) + ")", name="role"),
)

person_scope = Table(
    "person_scope",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("team_id", Id, ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("password_hash", String(400), nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _ref("person_id", "person.id", cascade=True),
    Column("created_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

access_token = Table(
    "access_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _ref("person_id", "person.id", cascade=True),
    Column("name", String(200), nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(200), nullable=False),
    Column("file_name", String(400), nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("format", String(40), nullable=False),
    _ref("actor_id", "person.id"),
    Column("at", UtcTime, nullable=False, index=True),
    Column("rows_read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)

row_issue = Table(
    "row_issue",
    metadata,
    Column("import_batch_id", Id, ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    *_choice("level", records.IssueLevel),
    Column("code", String(60), nullable=False),
    Column("message", Text, nullable=False),
    Column("file", String(400), nullable=False),
    Column("row", Integer),
    Column("sheet", String(200)),
    Column("column", String(200)),
    Column("found", Text),
)

column_mapping = Table(
    "column_mapping",
    metadata,
    Column("kind", String(24), primary_key=True),
    Column("header_hash", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("columns", Json, nullable=False),
    Column("options", Json, nullable=False),
)

ticket = Table(
    "ticket",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", _code(200), nullable=False),
    Column("external_id", _code(200), nullable=False),
    *_choice("channel", Channel),
    Column("created_at", UtcTime, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", Text),
    Column("status", String(60)),
    Column("solved_at", UtcTime),
    Column("language", String(35)),
    _ref("team_id", "team.id", nullable=True),
    _ref("agent_id", "person.id", nullable=True),
    Column("requester_name", String(400)),
    Column("requester_ref", String(400)),
    Column("url", Text),
    Column("parent_external_id", _code(200)),
    Column("search_text", Text, nullable=False),
    _ref("import_batch_id", "import_batch.id", nullable=True),
    UniqueConstraint("source", "external_id"),
    Index(None, "created_at", "id"),
)

ticket_agent = Table(
    "ticket_agent",
    metadata,
    Column("ticket_id", Id, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

ticket_tag = Table(
    "ticket_tag",
    metadata,
    Column("ticket_id", Id, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(200), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

ticket_metric = Table(
    "ticket_metric",
    metadata,
    Column("ticket_id", Id, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(100), primary_key=True, index=True),
    Column("value", Exact, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("scale", String(40)),
    Column("hours", String(24)),
    Column("position", Integer, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("ticket_id", Id, ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_version", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    *_choice("role", records.MessageRole),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("author_name", String(400)),
    Column("author_ref", String(400)),
    Column("external_id", String(200)),
    Column("sent_at", UtcTime),
    Column("internal", Boolean(create_constraint=True, name="internal"), nullable=False),
    Column("start_seconds", Float),
    Column("end_seconds", Float),
    Column("channel_no", Integer),
    Column("confidence", Float),
    Column("attachments", Json, nullable=False),
)

recording = Table(
    "recording",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("ticket_id", "ticket.id", cascade=True),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("media_type", String(100), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("original_name", String(400), nullable=False),
    Column("duration_seconds", Float),
    Column("channels", Integer),
    Column("sample_rate", Integer),
    UniqueConstraint("ticket_id", "content_hash"),
)

scorecard_version = Table(
    "scorecard_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("scorecard_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    *_choice("state", records.VersionState),
    Column("document", Json, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("structure_hash", String(64), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    _ref("created_by", "person.id"),
    Column("published_at", UtcTime),
    UniqueConstraint("scorecard_id", "number"),
)

sampling_plan = Table(
    "sampling_plan",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("frame", Json, nullable=False),
    Column("size", Integer, nullable=False),
    Column("strata", Json, nullable=False),
    Column("per_agent", Integer),
    Column("created_at", UtcTime, nullable=False),
    _ref("created_by", "person.id"),
)

sample = Table(
    "sample",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("plan_id", "sampling_plan.id"),
    Column("seed", BigInteger, nullable=False),
    Column("frame_hash", String(64), nullable=False),
    Column("frame_size", Integer, nullable=False),
    *_choice("selection", records.Selection),
    Column("drawn_at", UtcTime, nullable=False),
    _ref("drawn_by", "person.id"),
)

sample_item = Table(
    "sample_item",
    metadata,
    Column("sample_id", Id, ForeignKey("sample.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", Id, ForeignKey("ticket.id"), primary_key=True, index=True),
    Column("rank", Integer, nullable=False),
    Column("stratum", String(400), nullable=False),
    Column("probability", Exact, nullable=False),
    _ref("replaced_by", "ticket.id", nullable=True, index=False),
    Column("replacement_reason", Text),
)

calibration_series = Table(
    "calibration_series",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("scorecard_id", String(64), nullable=False),
    _ref("facilitator_id", "person.id", index=False),
    _ref("expert_id", "person.id", nullable=True, index=False),
    *_choice("reference_policy", records.ReferencePolicy),
    Column("frame", Json, nullable=False),
    Column("random_tickets", Integer, nullable=False),
    Column("contested_tickets", Integer, nullable=False),
    Column("reviewer_ids", Json, nullable=False),
    Column("criterion_ids", Json),
    Column("agent_hidden", Boolean(create_constraint=True, name="agent_hidden"), nullable=False),
    Column("every_weeks", Integer, nullable=False),
    Column("days_to_grade", Integer, nullable=False),
    Column("next_on", Date, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("active", Boolean(create_constraint=True, name="active"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    _ref("created_by", "person.id", index=False),
)

calibration_session = Table(
    "calibration_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    _ref("scorecard_version_id", "scorecard_version.id"),
    _ref("facilitator_id", "person.id"),
    _ref("expert_id", "person.id", nullable=True, index=False),
    *_choice("state", records.SessionState),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("opened_at", UtcTime),
    Column("revealed_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("seed", BigInteger, nullable=False),
    *_choice("kind", records.SessionKind, default=records.SessionKind.FRESH),
    *_choice("reference_policy", records.ReferencePolicy, default=records.ReferencePolicy.MEETING),
    Column("criterion_ids", Json),
    Column(
        "agent_hidden",
        Boolean(create_constraint=True, name="agent_hidden"),
        nullable=False,
        server_default=true(),
    ),
)

series_session = Table(
    "series_session",
    metadata,
    Column("session_id", Id, ForeignKey("calibration_session.id", ondelete="CASCADE"), primary_key=True),
    _ref("series_id", "calibration_series.id"),
)

session_ticket = Table(
    "session_ticket",
    metadata,
    Column("session_id", Id, ForeignKey("calibration_session.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", Id, ForeignKey("ticket.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    *_choice("selection", records.Selection),
)

session_reviewer = Table(
    "session_reviewer",
    metadata,
    Column("session_id", Id, ForeignKey("calibration_session.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

session_attendance = Table(
    "session_attendance",
    metadata,
    Column("session_id", Id, ForeignKey("calibration_session.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("there", Boolean(create_constraint=True, name="there"), nullable=False),
)

session_feedback = Table(
    "session_feedback",
    metadata,
    Column("session_id", Id, ForeignKey("calibration_session.id", ondelete="CASCADE"), primary_key=True),
    Column("reviewer_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("text", Text, nullable=False),
    _ref("by", "person.id", index=False),
    Column("at", UtcTime, nullable=False),
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("ticket_id", "ticket.id"),
    _ref("scorecard_version_id", "scorecard_version.id"),
    _ref("reviewer_id", "person.id", index=False),
    *_choice("purpose", records.Purpose),
    *_choice("selection", records.Selection),
    *_choice("state", records.AssignmentState),
    Column("assigned_at", UtcTime, nullable=False),
    _ref("assigned_by", "person.id", index=False),
    Column("due_at", UtcTime),
    _ref("sample_id", "sample.id", nullable=True),
    _ref("session_id", "calibration_session.id", nullable=True),
    Column("finished_at", UtcTime),
    Column("skip_reason", Text),
    Index(None, "reviewer_id", "state", "due_at"),
    Index(
        "ux_assignment_open",
        "ticket_id",
        "reviewer_id",
        "purpose",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

hidden_check = Table(
    "hidden_check",
    metadata,
    Column("assignment_id", Id, ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True),
    *_choice("kind", records.CheckKind),
    _ref("of_assignment_id", "assignment.id"),
    Column("drawn_at", UtcTime, nullable=False),
    _ref("drawn_by", "person.id", index=False),
)

review = Table(
    "review",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("ticket_id", "ticket.id"),
    Column("ticket_version", Integer, nullable=False),
    _ref("scorecard_version_id", "scorecard_version.id"),
    _ref("reviewer_id", "person.id", index=False),
    _ref("agent_id", "person.id", nullable=True, index=False),
    *_choice("purpose", records.Purpose),
    *_choice("selection", records.Selection),
    *_choice("state", records.ReviewState),
    Column("revision", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Column("comment", Text, nullable=False),
    _ref("assignment_id", "assignment.id", nullable=True),
    _ref("session_id", "calibration_session.id", nullable=True),
    Column("submitted_at", UtcTime),
    Column("released_at", UtcTime),
    Column("active_seconds", Integer, nullable=False),
    Column("submission_key", String(64), unique=True),
    _ref("supersedes_id", "review.id", nullable=True),
    Column("supersede_reason", Text),
    Column("saw_other_grades", Boolean(create_constraint=True, name="saw_other_grades")),
    Column("score_rule", String(16)),
    Column("raw_score", Exact),
    Column("reported_score", Exact),
    Column("auto_fails", Json),
    Column("passed", Boolean(create_constraint=True, name="passed")),
    Column("band", String(200)),
    Index(None, "agent_id", "purpose", "submitted_at"),
    Index(None, "reviewer_id", "purpose", "submitted_at"),
    Index(
        "ux_review_draft",
        "assignment_id",
        unique=True,
        sqlite_where=text("state = 'draft'"),
        postgresql_where=text("state = 'draft'"),
    ),
)

grade_copy = Table(
    "grade_copy",
    metadata,
    Column("review_id", Id, ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    _ref("of_review_id", "review.id"),
)

rating = Table(
    "rating",
    metadata,
    Column("review_id", Id, ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("criterion_id", String(64), primary_key=True),
    *_choice("state", AnswerState),
    Column("option_id", String(64)),
    Column("number", Exact),
    Column("text", Text),
    Column("comment", Text, nullable=False),
    Column("reason_ids", Json, nullable=False),
    Column("position", Integer, nullable=False),
    Column("praise", Boolean(create_constraint=True, name="praise")),
    CheckConstraint(
        "(case when option_id is null then 0 else 1 end + case when number is null then 0 else 1 end"
        " + case when text is null then 0 else 1 end) = (case when state = 'chosen' then 1 else 0 end)",
        name="parts",
    ),
)

criterion_result = Table(
    "criterion_result",
    metadata,
    Column("review_id", Id, ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("criterion_id", String(64), primary_key=True),
    Column("value", Exact),
    Column("applied_weight", Exact, nullable=False),
    Column("position", Integer, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("review_id", Id, ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("criterion_id", String(64), nullable=False),
    Column("quote", Text, nullable=False),
    Column("message_seq", Integer),
    Column("start_char", Integer),
    Column("end_char", Integer),
    Column("start_seconds", Float),
    Column("end_seconds", Float),
)

comment_template = Table(
    "comment_template",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("owner_id", "person.id", nullable=True, cascade=True),
    Column("label", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

reference = Table(
    "reference",
    metadata,
    Column("session_id", Id, ForeignKey("calibration_session.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", Id, ForeignKey("ticket.id"), primary_key=True),
    Column("criterion_id", String(64), primary_key=True),
    Column("kind", String(24), primary_key=True),
    Column("state", String(24), nullable=False),
    Column("option_id", String(64)),
    Column("number", Exact),
    Column("text", Text),
    _ref("by", "person.id", index=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("kind in ('agreed', 'expert')", name="kind"),
)

finding = Table(
    "finding",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("session_id", "calibration_session.id", cascade=True),
    _ref("ticket_id", "ticket.id", nullable=True, index=False),
    Column("criterion_id", String(64), nullable=False),
    Column("cause", String(24), nullable=False),
    Column("decision", Text, nullable=False),
    Column("action", Text, nullable=False),
    _ref("owner_id", "person.id", nullable=True, index=False),
    Column("due_on", Date),
    Column("guideline_needs_update", Boolean(create_constraint=True, name="guideline_needs_update"), nullable=False),
    _ref("by", "person.id", index=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("cause in ('ambiguous_text', 'guideline_gap', 'slip', 'edge_case', 'other')", name="cause"),
)

finding_done = Table(
    "finding_done",
    metadata,
    Column("finding_id", Id, ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True),
    _ref("by", "person.id", index=False),
    Column("at", UtcTime, nullable=False),
)

certificate_rule = Table(
    "certificate_rule",
    metadata,
    Column("scorecard_id", String(64), primary_key=True),
    Column("least_agreement", Exact, nullable=False),
    Column("least_answers", Integer, nullable=False),
    Column("window_days", Integer, nullable=False),
    Column("valid_days", Integer, nullable=False),
    Column("required", Boolean(create_constraint=True, name="required"), nullable=False),
    _ref("by", "person.id", index=False),
    Column("at", UtcTime, nullable=False),
)

certificate = Table(
    "certificate",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("person_id", "person.id"),
    Column("scorecard_id", String(64), nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    _ref("granted_by", "person.id", index=False),
    Column("figures", Json, nullable=False),
    Column("withdrawn_at", UtcTime),
    Index(None, "scorecard_id", "expires_at"),
)

certificate_session = Table(
    "certificate_session",
    metadata,
    Column("certificate_id", Id, ForeignKey("certificate.id", ondelete="CASCADE"), primary_key=True),
    Column("session_id", Id, ForeignKey("calibration_session.id"), primary_key=True, index=True),
)

coaching_session = Table(
    "coaching_session",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("agent_id", "person.id"),
    _ref("coach_id", "person.id", index=False),
    Column("held_on", Date, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("shared_notes", Text, nullable=False),
    Column("private_notes", Text, nullable=False),
    *_choice("state", records.CoachingState, default=records.CoachingState.HELD),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("follow_up_on", Date),
    Column("outcome", Text, nullable=False, server_default=""),
)

coaching_review = Table(
    "coaching_review",
    metadata,
    Column("coaching_id", Id, ForeignKey("coaching_session.id", ondelete="CASCADE"), primary_key=True),
    Column("review_id", Id, ForeignKey("review.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

goal = Table(
    "goal",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("agent_id", "person.id"),
    Column("skill", String(64), nullable=False),
    Column("text", Text, nullable=False),
    *_choice("state", records.GoalState),
    Column("created_at", UtcTime, nullable=False),
    _ref("created_by", "person.id", index=False),
    Column("due_on", Date),
    _ref("coaching_id", "coaching_session.id", nullable=True),
    Column("target", Exact),
)

goal_step = Table(
    "goal_step",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("goal_id", "goal.id", cascade=True),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("done_at", UtcTime),
    _ref("done_by", "person.id", nullable=True, index=False),
)

goal_end = Table(
    "goal_end",
    metadata,
    Column("goal_id", Id, ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True),
    _ref("by", "person.id", index=False),
    Column("at", UtcTime, nullable=False),
    Column("why", Text, nullable=False),
)

agenda_point = Table(
    "agenda_point",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("coaching_id", "coaching_session.id", cascade=True),
    Column("position", Integer, nullable=False),
    *_choice("kind", records.PointKind),
    Column("text", Text, nullable=False),
    _ref("added_by", "person.id", index=False),
    Column("added_at", UtcTime, nullable=False),
    Column("shared", Boolean(create_constraint=True, name="shared"), nullable=False),
    Column("done", Boolean(create_constraint=True, name="done"), nullable=False),
    Column("skill", String(64)),
    _ref("review_id", "review.id", nullable=True),
    Column("criterion_id", String(64)),
    _ref("goal_id", "goal.id", nullable=True),
)

objective = Table(
    "objective",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("team_id", "team.id"),
    Column("skill", String(64), nullable=False),
    Column("text", Text, nullable=False),
    *_choice("state", records.GoalState),
    Column("created_at", UtcTime, nullable=False),
    _ref("created_by", "person.id", index=False),
    Column("due_on", Date),
    Column("target", Exact),
    Column("ended_at", UtcTime),
    _ref("ended_by", "person.id", nullable=True, index=False),
    Column("why", Text, nullable=False),
)

appraisal = Table(
    "appraisal",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("agent_id", "person.id"),
    _ref("coach_id", "person.id"),
    *_choice("subject", records.AppraisalSubject),
    _ref("scorecard_version_id", "scorecard_version.id", index=False),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("about", Text, nullable=False),
    Column("due_on", Date),
)

appraisal_side = Table(
    "appraisal_side",
    metadata,
    Column("appraisal_id", Id, ForeignKey("appraisal.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Column("comment", Text, nullable=False),
    Column("submitted_at", UtcTime),
)

appraisal_rating = Table(
    "appraisal_rating",
    metadata,
    Column("appraisal_id", Id, ForeignKey("appraisal.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("criterion_id", String(64), primary_key=True),
    *_choice("state", AnswerState),
    Column("option_id", String(64)),
    Column("number", Exact),
    Column("text", Text),
    Column("comment", Text, nullable=False),
    Column("reason_ids", Json, nullable=False),
    Column("position", Integer, nullable=False),
)

dispute = Table(
    "dispute",
    metadata,
    Column("id", Id, primary_key=True),
    _ref("review_id", "review.id"),
    _ref("raised_by", "person.id", index=False),
    Column("raised_at", UtcTime, nullable=False),
    *_choice("state", records.DisputeState),
    Column("reason", Text, nullable=False),
    Column("due_at", UtcTime),
    _ref("decided_by", "person.id", nullable=True, index=False),
    Column("decided_at", UtcTime),
    Column("decision", Text, nullable=False),
    *_choice("kind", records.DisputeKind, default=records.DisputeKind.GRADES),
    _ref("assignment_id", "assignment.id", nullable=True),
    Index(
        "ux_dispute_open",
        "review_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

dispute_item = Table(
    "dispute_item",
    metadata,
    Column("dispute_id", Id, ForeignKey("dispute.id", ondelete="CASCADE"), primary_key=True),
    Column("criterion_id", String(64), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("state", String(24)),
    Column("option_id", String(64)),
    Column("number", Exact),
    Column("text", Text),
    Column("upheld", Boolean(create_constraint=True, name="upheld")),
    Column("position", Integer, nullable=False),
)

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("review_id", Id, ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    _ref("by", "person.id", nullable=True, index=False),
    Column("comment", Text, nullable=False),
)

review_reader = Table(
    "review_reader",
    metadata,
    Column("review_id", Id, ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("at", UtcTime, nullable=False),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    _ref("actor_id", "person.id", nullable=True),
    Column("action", String(60), nullable=False),
    Column("object_type", String(40), nullable=False),
    Column("object_id", String(80), nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("why", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "object_type", "object_id"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Json, nullable=False),
)
