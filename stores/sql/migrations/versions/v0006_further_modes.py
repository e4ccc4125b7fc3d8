"""Pairings that begin before their call, and several locators of one.

Which locator leads where stood in `locator_uses` already; the column of the pairing goes. Checks
that are open while this runs can no longer be claimed and end by their time.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
PENDING_IN_A_CALL = sa.text("status = 'pending' AND call_ref <> ''")
PENDING_WITHOUT_CALL = sa.text("status = 'pending' AND call_ref = ''")


def upgrade() -> None:
    op.drop_index("uq_pairings_pending_locator", "pairings")
    op.drop_index("uq_pairings_one_pending_per_call", "pairings")
    op.drop_column("pairings", "locator_hash")
    op.add_column("pairings", sa.Column("step_by", MOMENT))
    op.add_column("pairings", sa.Column("arrived_at", MOMENT))
    op.create_index(
        "uq_pairings_one_pending_per_call",
        "pairings",
        ["tenant_id", "call_ref"],
        unique=True,
        sqlite_where=PENDING_IN_A_CALL,
        postgresql_where=PENDING_IN_A_CALL,
    )
    op.create_index(
        "uq_pairings_one_without_call",
        "pairings",
        ["claimed_by"],
        unique=True,
        sqlite_where=PENDING_WITHOUT_CALL,
        postgresql_where=PENDING_WITHOUT_CALL,
    )


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
