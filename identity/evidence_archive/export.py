"""One evidence row as files that anybody can check with stock OpenSSL."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import rfc8785

from identity.evidence_archive.export_readme import readme_en, readme_ja
from identity.evidence_archive.model import EvidenceRow, Kind
from identity.evidence_archive.ports import EvidenceRows
from identity.evidence_archive.recording import CARD, RESULT, STATEMENT, Recorder
from identity.evidence_archive.sealing import open_all
from identity.jpki import cades, certificate
from identity.jpki.refusals import Refusal
from identity.jpki.signed_attributes import StatementType
from identity.tenants.model import Tenant

PROVEN: Final = "card_proven"


class Exporting:
    """Every export is an evidence row itself, written before anything is shown."""

    def __init__(self, rows: EvidenceRows, recorder: Recorder, now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._recorder = recorder
        self._now = now

    async def export(
        self, tenant: Tenant, evidence_id: str, *, actor: str, reason: str
    ) -> Mapping[str, bytes] | None:
        """File contents by name, None when there is no such row. NotOpened (see `sealing`)."""
        row = await self._rows.by_id(tenant.id, evidence_id)
        if row is None:
            return None
        await self._rows.append(
            self._recorder.access(
                tenant, Kind.EXPORT, at=self._now(), actor=actor, reason=reason, of=evidence_id
            )
        )
        return files(row, tenant)


def files(row: EvidenceRow, tenant: Tenant) -> Mapping[str, bytes]:
    """`record.json` and the READMEs always; what was signed and found where the row holds it.

    `signature.p7s` and `roots.pem` only for a card that was proven: what did not verify is not
    dressed up as a signature.
    """
    parts = open_all(tenant, row.record.id, row.record.parts)
    found: dict[str, bytes] = {"record.json": _record(row)}
    if STATEMENT in parts:
        found["statement.json"] = parts[STATEMENT]
    if RESULT in parts:
        found["result.json"] = parts[RESULT]
    signed = CARD in parts and STATEMENT in parts and row.record.header.get(PROVEN) == "yes"
    if signed:
        found |= _signature(parts, StatementType[row.record.header["statement_type"].upper()])
    found["README.md"] = readme_en(row, signed=signed).encode()
    found["README.ja.md"] = readme_ja(row, signed=signed).encode()
    return found


def _signature(parts: Mapping[str, bytes], statement_type: StatementType) -> dict[str, bytes]:
    card = {name: base64.b64decode(text) for name, text in json.loads(parts[CARD]).items()}
    leaf, root = certificate.read(card["certificate"]), certificate.read(card["issuer"])
    # They were read when the card was proven; a change since then would not have opened.
    assert not isinstance(leaf, Refusal)
    assert not isinstance(root, Refusal)
    record = cades.signed_data(
        statement=parts[STATEMENT],
        statement_type=statement_type,
        certificate=leaf,
        signature=card["signature"],
    )
    return {"signature.p7s": record, "roots.pem": cades.pem(root).encode()}


def _record(row: EvidenceRow) -> bytes:
    record = row.record
    return rfc8785.dumps(
        {
            "id": record.id,
            "tenant": record.tenant,
            "kind": record.kind.value,
            "at": record.at.isoformat(),
            "header": dict(record.header),
            "seq": row.seq,
            "previous": row.previous_hash.hex(),
            "hash": row.hash.hex(),
        }
    )
