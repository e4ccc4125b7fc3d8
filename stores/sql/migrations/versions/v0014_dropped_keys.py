"""Wrapping keys of evidence that were dropped: nothing is written under them any more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("evidence_heads", sa.Column("dropped_keys", sa.JSON))


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
