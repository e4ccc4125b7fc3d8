"""What calls that are over leave behind for replay; nothing about a person is in it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "call_logs",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("flow_version", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("entries", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "call_ref", name="pk_call_logs"),
    )
    op.create_index("ix_call_logs_flow", "call_logs", ["tenant_id", "flow_id", "ended_at"])
    op.create_index("ix_call_logs_ended_at", "call_logs", ["ended_at"])


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
