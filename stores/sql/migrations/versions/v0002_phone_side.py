"""The phone side: calls, live sessions, queues, flow versions; staff and their presence."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _calls()
    _queues_and_flows()
    _staff()


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("number_kind", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("flow_version", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "call_ref", name="pk_calls"),
    )
    op.create_index(
        "ix_calls_open",
        "calls",
        ["began_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "call_ref", name="pk_sessions"),
    )
    op.create_index("ix_sessions_saved_at", "sessions", ["saved_at"])


def _queues_and_flows() -> None:
    op.create_table(
        "waiting_calls",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("max_wait", sa.Integer, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("offered_to", sa.Text, nullable=False),
        sa.Column("offered_until", MOMENT),
        sa.Column("refused_by", sa.JSON, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "token", name="pk_waiting_calls"),
    )
    op.create_index("ix_waiting_calls_call", "waiting_calls", ["tenant_id", "call_ref", "since"])
    op.create_index(
        "ix_waiting_calls_open",
        "waiting_calls",
        ["tenant_id"],
        sqlite_where=sa.text("state <> 'gone'"),
        postgresql_where=sa.text("state <> 'gone'"),
    )
    op.create_table(
        "flow_versions",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("bundle", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "version", name="pk_flow_versions"),
    )
    op.create_index("ix_flow_versions_newest", "flow_versions", ["tenant_id", "flow_id", "place"])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("queues", sa.JSON, nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_staff"),
        sa.UniqueConstraint("tenant_id", "login", name="uq_staff_tenant_id_login"),
    )
    op.create_table(
        "operator_presence",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("staff_id", sa.Text, nullable=False),
        sa.Column("presence", sa.Text, nullable=False),
        sa.Column("idle_since", MOMENT, nullable=False),
        sa.Column("presence_since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "staff_id", name="pk_operator_presence"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id_hash", sa.LargeBinary, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("staff_id", sa.Text, nullable=False),
        sa.Column("csrf_hash", sa.LargeBinary, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="pk_staff_sessions"),
    )
    op.create_index("ix_staff_sessions_staff", "staff_sessions", ["tenant_id", "staff_id"])
