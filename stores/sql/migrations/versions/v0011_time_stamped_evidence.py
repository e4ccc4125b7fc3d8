"""Time-stamped checkpoints of the evidence chain, legal holds, commitments to contents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
CHECKPOINTS = "evidence_checkpoints"


def upgrade() -> None:
    op.add_column("evidence_parts", sa.Column("commitment", sa.LargeBinary))
    op.add_column("evidence_keys", sa.Column("key_id", sa.Text))
    op.create_table(
        CHECKPOINTS,
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("stamps", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "number", name="pk_evidence_checkpoints"),
    )
    op.create_index("ix_evidence_checkpoints_last", CHECKPOINTS, ["tenant_id", "last_seq"])
    op.create_table(
        "evidence_holds",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("pairing_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_evidence_holds"),
    )
    op.create_index("ix_evidence_holds_pairing", "evidence_holds", ["tenant_id", "pairing_id"])
    _append_only()


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")


def _append_only() -> None:
    """Nobody changes or removes what was time-stamped, not by raw SQL either."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for event in ("UPDATE", "DELETE", *(("TRUNCATE",) if postgresql else ())):
        name = f"{CHECKPOINTS}_refuses_{event.lower()}"
        does = (
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{CHECKPOINTS} is append-only'); END"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {CHECKPOINTS} {does}")
    if not postgresql:
        # INSERT OR REPLACE on SQLite removes a row without asking the DELETE trigger.
        op.execute(
            "CREATE TRIGGER evidence_checkpoints_refuses_replace "
            "BEFORE INSERT ON evidence_checkpoints WHEN EXISTS ("
            "SELECT 1 FROM evidence_checkpoints WHERE tenant_id = NEW.tenant_id "
            "AND number = NEW.number) "
            "BEGIN SELECT RAISE(ABORT, 'evidence_checkpoints is append-only'); END"
        )
