"""One evidence row as files that anybody can check with stock OpenSSL."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import rfc8785
from cryptography.hazmat.primitives.serialization import Encoding

from identity.evidence_archive import export_readme
from identity.evidence_archive.chain import canonical
from identity.evidence_archive.checkpoints import merkle
from identity.evidence_archive.checkpoints.model import StampedCheckpoint
from identity.evidence_archive.checkpoints.ports import ChainEnd, Checkpoints
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from identity.evidence_archive.export_readme import Shown
from identity.evidence_archive.model import EvidenceRow, Kind
from identity.evidence_archive.ports import EvidenceRows
from identity.evidence_archive.recording import CARD, STATEMENT, Recorder
from identity.evidence_archive.sealing import content_key, open_all, salt
from identity.evidence_archive.wrapping import TenantWrapping, WrappingKeys
from identity.jpki import cades, certificate
from identity.jpki.refusals import Refusal
from identity.jpki.signed_attributes import StatementType
from identity.tenants.model import Tenant

PROVEN: Final = "card_proven"
_TENANTS_OWN: Final = TenantWrapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """Where the checkpoints are, and the roots of those who stamped them."""

    checkpoints: Checkpoints
    rows: ChainEnd
    pinned: PinnedAuthorities


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedRow:
    """A row's checkpoint, and its way up to the root."""

    stamped: StampedCheckpoint
    path: tuple[merkle.Step, ...]
    pinned: PinnedAuthorities = field(repr=False)


class Exporting:
    """Every export is an evidence row itself, written before anything is shown."""

    def __init__(
        self,
        rows: EvidenceRows,
        recorder: Recorder,
        now: Callable[[], datetime],
        stamps: Stamps | None = None,
    ) -> None:
        self._rows = rows
        self._recorder = recorder
        self._now = now
        self._stamps = stamps

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
        return files(row, tenant, self._recorder.keys, await self._stamped(row))

    async def _stamped(self, row: EvidenceRow) -> StampedRow | None:
        """None while the row waits for its time-stamp."""
        if self._stamps is None:
            return None
        stamped = await self._stamps.checkpoints.covering(row.record.tenant, row.seq)
        if stamped is None:
            return None
        at = stamped.checkpoint
        hashes = await self._stamps.rows.hashes(
            row.record.tenant, at.first, at_most=at.last - at.first + 1
        )
        path = merkle.path(hashes, row.seq - at.first)
        return StampedRow(stamped=stamped, path=path, pinned=self._stamps.pinned)


def files(
    row: EvidenceRow,
    tenant: Tenant,
    keys: WrappingKeys = _TENANTS_OWN,
    stamped: StampedRow | None = None,
) -> Mapping[str, bytes]:
    """`record.json` and the READMEs always; what was signed and found where the row holds it.

    `signature.p7s` and `roots.pem` only for a card that was proven: what did not verify is not
    dressed up as a signature. A content's salt ties it to `record.json`.
    """
    parts = open_all(tenant, row.record.id, row.record.parts, keys)
    record = row.record
    found = {
        "record.json": canonical(record, seq=row.seq, previous_hash=row.previous_hash),
        **{f"{name}.json": content for name, content in parts.items()},
    }
    committed = [part for part in record.parts if part.commitment and part.name in parts]
    for part in committed:
        found[f"{part.name}.salt"] = salt(content_key(tenant, record.id, part, keys))
    if CARD in parts and STATEMENT in parts and record.header.get(PROVEN) == "yes":
        found |= _signature(parts, StatementType[record.header["statement_type"].upper()])
    if stamped is not None:
        found |= _time_stamp(stamped)
    shown = Shown(
        files=frozenset(found),
        committed=tuple(part.name for part in committed),
        destroyed=tuple(part.name for part in record.parts if part.name not in parts),
        signature_octets=_signature_octets(parts),
        path=_path_files(stamped),
        stamps=_stamp_times(stamped),
    )
    found["README.md"] = export_readme.english(row, shown).encode()
    found["README.ja.md"] = export_readme.japanese(row, shown).encode()
    return found


def _card_of(parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {name: base64.b64decode(text) for name, text in json.loads(parts[CARD]).items()}


def _signature_octets(parts: Mapping[str, bytes]) -> int:
    return len(_card_of(parts)["signature"]) if CARD in parts else 0


def _signature(parts: Mapping[str, bytes], statement_type: StatementType) -> dict[str, bytes]:
    card = _card_of(parts)
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


def _time_stamp(row: StampedRow) -> dict[str, bytes]:
    roots = b"".join(root.public_bytes(Encoding.PEM) for root in row.pinned.roots)
    return {
        "checkpoint.json": row.stamped.checkpoint.canonical(),
        "time-stamp-roots.pem": roots,
        **{f"stamp-{n}.tsr": one for n, one in enumerate(row.stamped.responses, start=1)},
        **dict(zip(_path_files(row), (step.sibling for step in row.path), strict=True)),
    }


def _path_files(row: StampedRow | None) -> Sequence[str]:
    """Named by their order, and by the side on which they stand."""
    steps = row.path if row is not None else ()
    return tuple(
        f"path-{n:02d}-{'left' if step.on_the_left else 'right'}.bin"
        for n, step in enumerate(steps, start=1)
    )


def _stamp_times(row: StampedRow | None) -> Sequence[datetime | None]:
    """When each stamp says; None for one that is not good by the roots of now."""
    if row is None:
        return ()
    said: list[datetime | None] = []
    for response in row.stamped.responses:
        try:
            said.append(check(response, row.stamped.checkpoint.canonical(), row.pinned).at)
        except BadStamp:
            said.append(None)
    return tuple(said)


def index(rows: Sequence[EvidenceRow]) -> bytes:
    """What a folder of several rows is: JSON, by folder."""
    told = {
        folder(row): {
            "id": row.record.id,
            "kind": row.record.kind.value,
            "at": row.record.at.isoformat(),
        }
        for row in rows
    }
    return rfc8785.dumps(told)


def folder(row: EvidenceRow) -> str:
    return f"{row.seq:09d}-{row.record.kind.value}"
