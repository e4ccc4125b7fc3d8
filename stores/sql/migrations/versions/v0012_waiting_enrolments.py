"""Enrolments that wait for a second person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "waiting_enrolments"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("contract_ref", sa.Text, nullable=False),
        sa.Column("card_hash", sa.LargeBinary, nullable=False),
        sa.Column("begun_by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{TABLE}"),
        sa.UniqueConstraint(
            "tenant_id",
            "contract_ref",
            "card_hash",
            name=f"uq_{TABLE}_tenant_id_contract_ref_card_hash",
        ),
    )


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
