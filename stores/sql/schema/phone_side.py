"""Tables of the phone side and of the operators' door. `private` columns and bodies are sealed."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from stores.sql.schema.columns import Moment, metadata, tenant

NOT_ENDED = text("ended_at IS NULL")
NOT_GONE = text("state <> 'gone'")
WITH_AN_OPERATOR = text("offered_to <> '' AND state <> 'gone'")

calls = Table(
    "calls",
    metadata,
    tenant(),
    Column("call_ref", Text, primary_key=True),
    Column("number_kind", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("flow_version", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("private", LargeBinary, nullable=False),
    Column("session_moved", Boolean, nullable=False, server_default=false()),
    Index("ix_calls_open", "began_at", sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED),
)

lines_in_check = Table(
    "lines_in_check",
    metadata,
    tenant(),
    Column("line_hash", LargeBinary, primary_key=True),
    Column("call_ref", Text, nullable=False),
    Column("taken_at", Moment, nullable=False, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    tenant(),
    Column("call_ref", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("saved_at", Moment, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    Column("asked_by", Text),
    Column("asked_at", Moment),
)

serving = Table(
    "serving",
    metadata,
    tenant(),
    Column("life", Text, primary_key=True),
    Column("machine", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("pid_since", Text, nullable=False),
    Column("alone", Boolean, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("beat_at", Moment, nullable=False),
)

shared_redis = Table(
    "shared_redis",
    metadata,
    tenant(),
    Column("mark", LargeBinary, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

waiting_calls = Table(
    "waiting_calls",
    metadata,
    tenant(),
    Column("token", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("call_ref", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("max_wait", Integer, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("offered_to", Text, nullable=False),
    Column("offered_until", Moment),
    Column("refused_by", JSON, nullable=False),
    Column("private", LargeBinary, nullable=False),
    Index("ix_waiting_calls_call", "tenant_id", "call_ref", "since"),
    Index("ix_waiting_calls_open", "tenant_id", sqlite_where=NOT_GONE, postgresql_where=NOT_GONE),
    # An operator has one call at most, whoever offers.
    Index(
        "uq_waiting_calls_operator",
        "tenant_id",
        "offered_to",
        unique=True,
        sqlite_where=WITH_AN_OPERATOR,
        postgresql_where=WITH_AN_OPERATOR,
    ),
)

staff = Table(
    "staff",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("queues", JSON, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("private", LargeBinary, nullable=False),
    UniqueConstraint("tenant_id", "login"),
)

operator_presence = Table(
    "operator_presence",
    metadata,
    tenant(),
    Column("staff_id", Text, primary_key=True),
    Column("presence", Text, nullable=False),
    Column("idle_since", Moment, nullable=False),
    Column("presence_since", Moment, nullable=False),
    Column("after_call", Text),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("csrf_hash", LargeBinary, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Index("ix_staff_sessions_staff", "tenant_id", "staff_id"),
)
