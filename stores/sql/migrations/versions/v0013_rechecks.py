"""What became of a verdict's certificate afterwards; and, while it lives, which one that is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("pairings", sa.Column("recheck", sa.JSON))
    op.add_column("live_verdicts", sa.Column("private", sa.LargeBinary))


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
