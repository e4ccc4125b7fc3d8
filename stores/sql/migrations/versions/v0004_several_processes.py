"""Several processes: who serves, who answered the carrier last, and one offer for an operator."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
WITH_AN_OPERATOR = "offered_to <> '' AND state <> 'gone'"


def upgrade() -> None:
    op.create_table(
        "serving",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("life", sa.Text, nullable=False),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("pid_since", sa.Text, nullable=False),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "life", name="pk_serving"),
    )
    op.add_column("sessions", sa.Column("asked_by", sa.Text))
    op.add_column("sessions", sa.Column("asked_at", MOMENT))
    op.add_column(
        "calls",
        sa.Column("session_moved", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    # Offers last 20 s and are made again by the next turn: none is kept that could stand twice.
    op.execute(
        "UPDATE waiting_calls SET offered_to = '', offered_until = NULL, version = version + 1"
        " WHERE state = 'waiting' AND offered_to <> ''"
    )
    op.create_index(
        "uq_waiting_calls_operator",
        "waiting_calls",
        ["tenant_id", "offered_to"],
        unique=True,
        sqlite_where=sa.text(WITH_AN_OPERATOR),
        postgresql_where=sa.text(WITH_AN_OPERATOR),
    )


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
