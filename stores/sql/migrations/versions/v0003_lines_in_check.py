"""Which call has the one check that a reported number may have open."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "lines_in_check",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("line_hash", sa.LargeBinary, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "line_hash", name="pk_lines_in_check"),
    )
    op.create_index("ix_lines_in_check_taken_at", "lines_in_check", ["taken_at"])


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
