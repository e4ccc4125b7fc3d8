"""Tables of the identity side. `private` columns are sealed (stores.sql.sealing).

The migrations are what makes the database; a test holds them equal to these definitions.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from stores.sql.schema.columns import Moment, metadata, tenant

WHILE_PENDING = text("status = 'pending'")
PENDING_IN_A_CALL = text("status = 'pending' AND call_ref <> ''")
PENDING_WITHOUT_CALL = text("status = 'pending' AND call_ref = ''")

pairings = Table(
    "pairings",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("call_ref", Text, nullable=False),
    Column("errand_key", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("claim_by", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("step_by", Moment),
    Column("arrived_at", Moment),
    Column("ended_at", Moment),
    Column("repudiated_at", Moment),
    Column("recheck", JSON(none_as_null=True)),
    Column("claimed_by", Text),
    Column("person_id", Text),
    Column("facts", JSON, nullable=False),
    Column("verdict", JSON(none_as_null=True)),
    Column("private", LargeBinary, nullable=False),
    UniqueConstraint("id"),
    UniqueConstraint("tenant_id", "errand_key"),
    Index("ix_pairings_call", "tenant_id", "call_ref", "opened_at"),
    Index(
        "uq_pairings_one_pending_per_call",
        "tenant_id",
        "call_ref",
        unique=True,
        sqlite_where=PENDING_IN_A_CALL,
        postgresql_where=PENDING_IN_A_CALL,
    ),
    Index(
        "uq_pairings_one_without_call",
        "claimed_by",
        unique=True,
        sqlite_where=PENDING_WITHOUT_CALL,
        postgresql_where=PENDING_WITHOUT_CALL,
    ),
    Index(
        "ix_pairings_pending_expiry",
        "expires_at",
        sqlite_where=WHILE_PENDING,
        postgresql_where=WHILE_PENDING,
    ),
    Index("ix_pairings_person", "tenant_id", "person_id", "ended_at"),
    Index("ix_pairings_installation", "tenant_id", "claimed_by", "ended_at"),
)

# The last use of each locator. A pairing may have several; which leads where stands only here.
locator_uses = Table(
    "locator_uses",
    metadata,
    Column("locator_hash", LargeBinary, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("pairing_id", Text, nullable=False),
    Column("used_at", Moment, nullable=False),
)

consumed_nonces = Table(
    "consumed_nonces",
    metadata,
    tenant(),
    Column("nonce_sha256", LargeBinary, primary_key=True),
    Column("pairing_id", Text, nullable=False),
    Column("consumed_at", Moment, nullable=False),
)

# `private` is the certificate to ask about again, for as long as the verdict counts.
live_verdicts = Table(
    "live_verdicts",
    metadata,
    tenant(),
    Column("person_id", Text, primary_key=True),
    Column("pairing_id", Text, nullable=False),
    Column("call_ref", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("private", LargeBinary),
    Index("ix_live_verdicts_call", "tenant_id", "call_ref"),
)

card_holds = Table(
    "card_holds",
    metadata,
    tenant(),
    Column("person_id", Text, primary_key=True),
    Column("until", Moment, nullable=False),
)

line_warnings = Table(
    "line_warnings",
    metadata,
    tenant(),
    Column("line_hash", LargeBinary, primary_key=True),
    Column("until", Moment, nullable=False),
)

late_proofs = Table(
    "late_proofs",
    metadata,
    tenant(),
    Column("pairing_id", Text, primary_key=True),
    Column("kept", Integer, nullable=False),
    Column("counted", Integer, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    tenant(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("pairing_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("header", JSON, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("tenant_id", "id"),
    Index("ix_evidence_pairing", "tenant_id", "pairing_id"),
)

evidence_parts = Table(
    "evidence_parts",
    metadata,
    tenant(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("commitment", LargeBinary),
)

# Apart from the parts, which nobody may touch: to forget a content is to delete its key. `key_id`
# names the key that wraps it now, where that is not the one the part names.
evidence_keys = Table(
    "evidence_keys",
    metadata,
    tenant(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("key_id", Text),
)

# What was time-stamped: `body` is the very text, `stamps` the answers of the authorities to it.
evidence_checkpoints = Table(
    "evidence_checkpoints",
    metadata,
    tenant(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("stamps", JSON, nullable=False),
    Index("ix_evidence_checkpoints_last", "tenant_id", "last_seq"),
)

# Contents of one pairing that are kept beyond their time, until somebody releases them.
evidence_holds = Table(
    "evidence_holds",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("pairing_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("released_at", Moment),
    Index("ix_evidence_holds_pairing", "tenant_id", "pairing_id"),
)

evidence_heads = Table(
    "evidence_heads",
    metadata,
    tenant(),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    # Wrapping keys under which nothing is written any more: read with the head, it costs nothing.
    Column("dropped_keys", JSON),
)

holders = Table(
    "holders",
    metadata,
    tenant(),
    Column("contract_ref", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("private", LargeBinary, nullable=False),
    Index("ix_holders_person", "tenant_id", "person_id"),
)

holder_phones = Table(
    "holder_phones",
    metadata,
    tenant(),
    Column("phone_hash", LargeBinary, primary_key=True),
    Column("contract_ref", Text, primary_key=True),
    Index("ix_holder_phones_contract", "tenant_id", "contract_ref"),
)

linkage = Table(
    "linkage",
    metadata,
    tenant(),
    Column("card_hash", LargeBinary, primary_key=True),
    Column("person_id", Text, nullable=False),
)

# What two people have yet to decide, by the pairing's id. `private` has what it would write.
waiting_enrolments = Table(
    "waiting_enrolments",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("contract_ref", Text, nullable=False),
    Column("card_hash", LargeBinary, nullable=False),
    Column("begun_by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("private", LargeBinary, nullable=False),
    UniqueConstraint("tenant_id", "contract_ref", "card_hash"),
)

installations = Table(
    "installations",
    metadata,
    tenant(),
    Column("id", Text, primary_key=True),
    Column("public_jwk", JSON, nullable=False),
    Column("platform", Text, nullable=False),
    Column("app_version", Text, nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("ever_proved", Boolean, nullable=False),
)

seen_proofs = Table(
    "seen_proofs",
    metadata,
    tenant(),
    Column("proof_sha256", LargeBinary, primary_key=True),
    Column("until", Moment, nullable=False, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    # Integer on SQLite, where only that spelling counts up by itself.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False, index=True),
)
