"""Tables of what leaves the house: text messages that were sent, and people to be rung back.

`private` columns are sealed. A message's row holds neither its text nor its number.
"""

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, Table, Text, text

from stores.sql.schema.columns import Moment, metadata, tenant

NOT_DONE = text("state <> 'done'")

sent_messages = Table(
    "sent_messages",
    metadata,
    tenant(),
    Column("call_ref", Text, primary_key=True),
    Column("errand_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_sent_messages_at", "tenant_id", "at"),
)

callbacks = Table(
    "callbacks",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("call_ref", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("keep_result", Integer, nullable=False),
    Column("again", JSON, nullable=False, server_default="[]"),
    Column("state", Text, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("until", Moment),
    Column("presence_before", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_outcome", Text, nullable=False),
    Column("last_tried_at", Moment),
    Column("changed_at", Moment, nullable=False),
    Column("private", LargeBinary, nullable=False),
    Index("ix_callbacks_open", "tenant_id", sqlite_where=NOT_DONE, postgresql_where=NOT_DONE),
    Index("ix_callbacks_changed_at", "changed_at"),
)
