"""What leaves the house: text messages that were sent, and people to be rung back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
NOT_DONE = sa.text("state <> 'done'")


def upgrade() -> None:
    op.create_table(
        "sent_messages",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("errand_key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "call_ref", name="pk_sent_messages"),
    )
    op.create_index("ix_sent_messages_at", "sent_messages", ["tenant_id", "at"])
    op.create_table(
        "callbacks",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("keep_result", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("presence_before", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last_outcome", sa.Text, nullable=False),
        sa.Column("last_tried_at", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_callbacks"),
    )
    op.create_index(
        "ix_callbacks_open",
        "callbacks",
        ["tenant_id"],
        sqlite_where=NOT_DONE,
        postgresql_where=NOT_DONE,
    )
    op.create_index("ix_callbacks_changed_at", "callbacks", ["changed_at"])


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
