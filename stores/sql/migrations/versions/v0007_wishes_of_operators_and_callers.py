"""What operators chose for after the call, and calls that asked again to be rung back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("operator_presence", sa.Column("after_call", sa.Text))
    again = sa.Column("again", sa.JSON, nullable=False, server_default="[]")
    op.add_column("callbacks", again)


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
