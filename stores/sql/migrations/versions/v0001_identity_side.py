"""The identity side: pairings, evidence that only grows, holders, installed apps, outbox."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)
WHILE_PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    _pairings()
    _around_pairings()
    _evidence()
    _people_and_apps()
    _news()
    _append_only()


def downgrade() -> None:
    raise CommandError("evidence is never dropped: restore a backup instead")


def _pairings() -> None:
    op.create_table(
        "pairings",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("errand_key", sa.Text, nullable=False),
        sa.Column("locator_hash", sa.LargeBinary, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("claim_by", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("repudiated_at", MOMENT),
        sa.Column("claimed_by", sa.Text),
        sa.Column("person_id", sa.Text),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("verdict", sa.JSON(none_as_null=True)),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_pairings"),
        sa.UniqueConstraint("id", name="uq_pairings_id"),
        sa.UniqueConstraint("tenant_id", "errand_key", name="uq_pairings_tenant_id_errand_key"),
    )
    op.create_index("ix_pairings_call", "pairings", ["tenant_id", "call_ref", "opened_at"])
    op.create_index("ix_pairings_installation", "pairings", ["tenant_id", "claimed_by", "ended_at"])
    op.create_index(
        "ix_pairings_pending_expiry",
        "pairings",
        ["expires_at"],
        sqlite_where=WHILE_PENDING,
        postgresql_where=WHILE_PENDING,
    )
    op.create_index("ix_pairings_person", "pairings", ["tenant_id", "person_id", "ended_at"])
    op.create_index(
        "uq_pairings_one_pending_per_call",
        "pairings",
        ["tenant_id", "call_ref"],
        unique=True,
        sqlite_where=WHILE_PENDING,
        postgresql_where=WHILE_PENDING,
    )
    op.create_index(
        "uq_pairings_pending_locator",
        "pairings",
        ["locator_hash"],
        unique=True,
        sqlite_where=WHILE_PENDING,
        postgresql_where=WHILE_PENDING,
    )


def _around_pairings() -> None:
    op.create_table(
        "locator_uses",
        sa.Column("locator_hash", sa.LargeBinary, nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("pairing_id", sa.Text, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("locator_hash", name="pk_locator_uses"),
    )
    op.create_table(
        "consumed_nonces",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("nonce_sha256", sa.LargeBinary, nullable=False),
        sa.Column("pairing_id", sa.Text, nullable=False),
        sa.Column("consumed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "nonce_sha256", name="pk_consumed_nonces"),
    )
    op.create_table(
        "live_verdicts",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("pairing_id", sa.Text, nullable=False),
        sa.Column("call_ref", sa.Text, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name="pk_live_verdicts"),
    )
    op.create_index("ix_live_verdicts_call", "live_verdicts", ["tenant_id", "call_ref"])
    op.create_table(
        "card_holds",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name="pk_card_holds"),
    )
    op.create_table(
        "line_warnings",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("line_hash", sa.LargeBinary, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "line_hash", name="pk_line_warnings"),
    )
    op.create_table(
        "late_proofs",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("pairing_id", sa.Text, nullable=False),
        sa.Column("kept", sa.Integer, nullable=False),
        sa.Column("counted", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "pairing_id", name="pk_late_proofs"),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("pairing_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("header", sa.JSON, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "seq", name="pk_evidence"),
        sa.UniqueConstraint("tenant_id", "id", name="uq_evidence_tenant_id_id"),
    )
    op.create_index("ix_evidence_pairing", "evidence", ["tenant_id", "pairing_id"])
    op.create_table(
        "evidence_parts",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "seq", "place", name="pk_evidence_parts"),
    )
    op.create_table(
        "evidence_keys",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "seq", "place", name="pk_evidence_keys"),
    )
    op.create_table(
        "evidence_heads",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_evidence_heads"),
    )


def _people_and_apps() -> None:
    op.create_table(
        "holders",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("contract_ref", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "contract_ref", name="pk_holders"),
    )
    op.create_index("ix_holders_person", "holders", ["tenant_id", "person_id"])
    op.create_table(
        "holder_phones",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("phone_hash", sa.LargeBinary, nullable=False),
        sa.Column("contract_ref", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "phone_hash", "contract_ref", name="pk_holder_phones"),
    )
    op.create_index("ix_holder_phones_contract", "holder_phones", ["tenant_id", "contract_ref"])
    op.create_table(
        "linkage",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("card_hash", sa.LargeBinary, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "card_hash", name="pk_linkage"),
    )
    op.create_table(
        "installations",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("public_jwk", sa.JSON, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("app_version", sa.Text, nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("ever_proved", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_installations"),
    )
    op.create_table(
        "seen_proofs",
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("proof_sha256", sa.LargeBinary, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "proof_sha256", name="pk_seen_proofs"),
    )
    op.create_index("ix_seen_proofs_until", "seen_proofs", ["until"])


def _news() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])


def _append_only() -> None:
    """Nobody changes or removes evidence, not by raw SQL either."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in ("evidence", "evidence_parts"):
        for event in ("UPDATE", "DELETE", *(("TRUNCATE",) if postgresql else ())):
            name = f"{table}_refuses_{event.lower()}"
            if postgresql:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
    if not postgresql:
        _no_replacing()


def _no_replacing() -> None:
    """INSERT OR REPLACE on SQLite removes a row without asking the DELETE trigger."""
    op.execute(
        "CREATE TRIGGER evidence_refuses_replace BEFORE INSERT ON evidence WHEN EXISTS ("
        "SELECT 1 FROM evidence WHERE tenant_id = NEW.tenant_id "
        "AND (seq = NEW.seq OR id = NEW.id)) "
        "BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER evidence_parts_refuses_replace BEFORE INSERT ON evidence_parts "
        "WHEN EXISTS ("
        "SELECT 1 FROM evidence_parts WHERE tenant_id = NEW.tenant_id "
        "AND seq = NEW.seq AND place = NEW.place) "
        "BEGIN SELECT RAISE(ABORT, 'evidence_parts is append-only'); END"
    )
