"""The four attributes inside a recorded signature certificate, for whoever may see them."""

import base64
import json
from collections.abc import Callable
from datetime import datetime

from identity.evidence_archive.model import Kind
from identity.evidence_archive.ports import EvidenceRows
from identity.evidence_archive.recording import CARD, Recorder
from identity.evidence_archive.sealing import open_part
from identity.jpki import certificate
from identity.jpki.attributes import Attributes, read_attributes
from identity.jpki.refusals import Refusal
from identity.tenants.model import Tenant


class Revealing:
    """Each look is an evidence row of its own, written before anything is shown."""

    def __init__(self, rows: EvidenceRows, recorder: Recorder, now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._recorder = recorder
        self._now = now

    async def attributes(
        self, tenant: Tenant, evidence_id: str, *, actor: str, reason: str
    ) -> Attributes | None:
        """None when the row does not exist or holds no proven signature certificate: then
        nothing is shown and nothing written. NotOpened (see `sealing`)."""
        row = await self._rows.by_id(tenant.id, evidence_id)
        if row is None:
            return None
        header, parts = row.record.header, {part.name: part for part in row.record.parts}
        signed = header.get("certificate") == "sign" and header.get("card_proven") == "yes"
        if not signed or CARD not in parts:
            return None
        await self._rows.append(
            self._recorder.access(
                tenant, Kind.REVEAL, at=self._now(), actor=actor, reason=reason, of=evidence_id
            )
        )
        card = json.loads(open_part(tenant, evidence_id, parts[CARD], self._recorder.keys))
        leaf = certificate.read(base64.b64decode(card["certificate"]))
        return None if isinstance(leaf, Refusal) else read_attributes(leaf)
