"""Published versions of flows: aliases, the audit of their moves, proposals.

What served last before this migration is live after it, so that no call is left without a flow.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _publications()
    _aliases()
    _proposals()
    op.execute(
        "INSERT INTO flow_aliases (tenant_id, flow_id, alias, version, share, revision)"
        " SELECT tenant_id, flow_id, 'live', version, 10000, 0 FROM flow_versions AS one"
        " WHERE place = (SELECT max(place) FROM flow_versions AS other"
        " WHERE other.tenant_id = one.tenant_id AND other.flow_id = one.flow_id)"
    )


def _publications() -> None:
    op.create_table(
        "flow_publications",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "version", name="pk_flow_publications"),
    )
    op.create_index(
        "ix_flow_publications_flow", "flow_publications", ["tenant_id", "flow_id", "at"]
    )


def _aliases() -> None:
    op.create_table(
        "flow_aliases",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "flow_id", "alias", name="pk_flow_aliases"),
    )
    op.create_table(
        "flow_moves",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("came_from", sa.Text, nullable=False),
        sa.Column("went_to", sa.Text, nullable=False),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("approvals", sa.JSON, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("back", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "flow_id", "alias", "revision", name="pk_flow_moves"),
    )


def _proposals() -> None:
    op.create_table(
        "flow_proposals",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("went_to", sa.Text, nullable=False),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("approvals", sa.JSON, nullable=False),
        sa.Column("needed", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("follows", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_flow_proposals"),
    )


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")
