"""Tables of flow versions: sources, who published them, aliases, the audit of their moves."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, Table, Text

from stores.sql.schema.columns import Moment, metadata, tenant

flow_versions = Table(
    "flow_versions",
    metadata,
    tenant(),
    Column("version", Text, primary_key=True),
    Column("flow_id", Text, nullable=False),
    Column("place", BigInteger, nullable=False),
    Column("bundle", Text, nullable=False),
    Index("ix_flow_versions_newest", "tenant_id", "flow_id", "place"),
)

flow_publications = Table(
    "flow_publications",
    metadata,
    tenant(),
    Column("version", Text, primary_key=True),
    Column("flow_id", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_flow_publications_flow", "tenant_id", "flow_id", "at"),
)

flow_aliases = Table(
    "flow_aliases",
    metadata,
    tenant(),
    Column("flow_id", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    # Empty when the alias was taken away: its revisions go on.
    Column("version", Text, nullable=False),
    Column("share", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
)

flow_moves = Table(
    "flow_moves",
    metadata,
    tenant(),
    Column("flow_id", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("came_from", Text, nullable=False),
    Column("went_to", Text, nullable=False),
    Column("share", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("approvals", JSON, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("back", Boolean, nullable=False),
)

flow_proposals = Table(
    "flow_proposals",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("flow_id", Text, nullable=False),
    Column("alias", Text, nullable=False),
    Column("went_to", Text, nullable=False),
    Column("share", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("approvals", JSON, nullable=False),
    Column("needed", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("follows", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("done", Boolean, nullable=False),
)

# What calls that are over leave behind for replay; nothing about a person is in it.
call_logs = Table(
    "call_logs",
    metadata,
    tenant(),
    Column("call_ref", Text, primary_key=True),
    Column("flow_id", Text, nullable=False),
    Column("flow_version", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=False, index=True),
    Column("entries", JSON, nullable=False),
    Index("ix_call_logs_flow", "tenant_id", "flow_id", "ended_at"),
)
