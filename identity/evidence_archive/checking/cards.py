"""The cards' own signatures, once more: each proven tap is judged as of its own time.

That needs the keys of the contents, and roots as they were: one that has expired since counts.
What was erased cannot be judged any more; its row and its stamp stay.
"""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from identity.evidence_archive.model import EvidenceRow
from identity.evidence_archive.recording import CARD, STATEMENT
from identity.evidence_archive.sealing import open_all
from identity.evidence_archive.wrapping import NotOpened, WrappingKeys
from identity.jpki import checklist
from identity.jpki.anchors import TrustAnchors
from identity.jpki.checklist import CardProof, Denied
from identity.jpki.profile import CardKind
from identity.jpki.signed_attributes import StatementType
from identity.tenants.model import Tenant

DOES_NOT_OPEN: Final = "does_not_open"
"""In place of a code of refusal: with these keys nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsReport:
    """How many taps were judged and how many are erased; of the first that is not good, its place,
    id and a stable code."""

    good: int
    erased: int
    bad: tuple[int, str, str] | None = None


async def check_cards(
    rows: AsyncIterator[EvidenceRow],
    tenant: Tenant,
    keys: WrappingKeys,
    anchors: TrustAnchors,
    as_of: datetime,
) -> CardsReport:
    """`rows` with their wrapped keys, in the order of the chain."""
    good = erased = 0
    async for row in rows:
        if row.record.header.get("card_proven") != "yes" or row.record.at > as_of:
            continue
        try:
            parts = open_all(tenant, row.record.id, row.record.parts, keys)
        except NotOpened:
            bad = (row.seq, row.record.id, DOES_NOT_OPEN)
            return CardsReport(good=good, erased=erased, bad=bad)
        if CARD not in parts or STATEMENT not in parts:
            erased += 1
            continue
        code = _judged(parts[CARD], parts[STATEMENT], row, anchors)
        if code:
            return CardsReport(good=good, erased=erased, bad=(row.seq, row.record.id, code))
        good += 1
    return CardsReport(good=good, erased=erased)


def _judged(card: bytes, statement: bytes, row: EvidenceRow, anchors: TrustAnchors) -> str:
    """ "" when the tap is as good as it was; rows do not say of which kind the card was."""
    said = {name: base64.b64decode(text) for name, text in json.loads(card).items()}
    code = ""
    for kind in CardKind:
        proof = CardProof(
            certificate=said["certificate"],
            signature=said["signature"],
            statement=statement,
            statement_type=StatementType[row.record.header["statement_type"].upper()],
            card_kind=kind,
        )
        scanned = checklist.scan(proof)
        if isinstance(scanned, Denied):
            return scanned.refusal.code.value
        judged = checklist.judge(proof, scanned, anchors, row.record.at)
        if not isinstance(judged, Denied):
            return ""
        code = code or judged.refusal.code.value
    return code
