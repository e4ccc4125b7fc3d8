"""What the stores hold after a run, read by their own ports beside the service."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate
from sqlalchemy import delete

from identity.evidence_archive.model import EvidenceRow
from identity.evidence_archive.recording import CARD, STATEMENT
from identity.evidence_archive.sealing import open_all
from identity.evidence_archive.wrapping import NotOpened
from identity.pairing.model import CallRef, Pairing
from identity.tenants.model import Tenant
from ivr.flow_engine.session import Session
from ivr.live_calls.call_log import unpacked
from kazasu.wiring.phone.parts import call_ref_of
from kazasu.wiring.stores import Stores
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import evidence_keys
from tests.chaos.history.operations import KeptPairing, State

_OUTCOMES: Final = frozenset({"verdict", "refusal", "late_proof"})


class StoresRead:
    """`calls` are the carrier's ids: the stores know them by their reference only."""

    def __init__(self, stores: Stores, tenant: Tenant, calls: Iterable[str]) -> None:
        self._stores = stores
        self._tenant = tenant
        self._refs = {call: call_ref_of(tenant)(call) for call in calls}
        self._calls = {ref: call for call, ref in self._refs.items()}

    async def pairings(self) -> list[KeptPairing]:
        found = []
        for call, ref in self._refs.items():
            kept = await self._stores.pairings.by_call(self._tenant.id, CallRef(ref))
            found += [_kept(one, call) for one in kept]
        return found

    async def call_of(self, token: str) -> str:
        """Whose screen this is; "" for a call that is none of ours."""
        waiting = await self._stores.waiting.by_token(self._tenant.id, token)
        return "" if waiting is None else self._calls.get(waiting.call_ref, "")

    async def evidence(self) -> tuple[EvidenceRow, ...]:
        return tuple([row async for row in self._stores.evidence.all(self._tenant.id)])

    async def destroy_a_key(self) -> None:
        """Of the first row that has one, as a crypto-shredding would."""

        async def job(connection: Connection) -> None:
            await connection.execute(delete(evidence_keys).where(evidence_keys.c.seq == 1))

        await self._stores.database.write(job)

    async def state(self) -> State:
        """What each call, session, check and place in a queue is, and how many outcomes."""
        state: dict[str, str] = {}
        for call, ref in self._refs.items():
            row = await self._stores.call_rows.by_ref(self._tenant.id, ref)
            over = "nothing" if row is None else "live" if row.ended_at is None else "over"
            session = await self._stores.sessions.load(self._tenant.id, ref)
            step = "" if session is None else str(Session.from_json(unpacked(session.body)[0]).n)
            state[f"call {call}"] = f"{over} {step}".strip()
            for kept in await self._stores.pairings.by_call(self._tenant.id, CallRef(ref)):
                state[f"pairing {kept.id}"] = f"{kept.status.value} {kept.hint.value}"
            waiting = await self._stores.waiting.by_call(self._tenant.id, ref)
            if waiting is not None:
                state[f"queue {call}"] = waiting.state.value
        outcomes = [r for r in await self.evidence() if r.record.kind.value in _OUTCOMES]
        state["rows of outcomes"] = str(len(outcomes))
        return state


def facts_of(row: EvidenceRow, tenant: Tenant) -> Mapping[str, str]:
    """What a row says and holds: whether its card's signature fits its statement, by an
    implementation that is not ours."""
    header, facts = row.record.header, {"evidence": row.record.id, "of": row.record.kind.value}
    facts["pairing"] = header.get("pairing", "")
    try:
        parts = open_all(tenant, row.record.id, row.record.parts)
    except NotOpened:
        return facts | {"signature": "none"}
    statement, card = parts.get(STATEMENT), parts.get(CARD)
    if statement is None or card is None:
        return facts | {"signature": "none"}
    fields = {name: base64.b64decode(text) for name, text in json.loads(card).items()}
    good = _fits(fields, statement)
    signed = json.loads(statement)
    return facts | {
        "signature": "good" if good else "bad",
        "signed_pairing": str(signed.get("pairing", "")),
    }


def _fits(card: Mapping[str, bytes], statement: bytes) -> bool:
    """The signed attributes hold the statement's digest, and the card's key has signed them."""
    signed = card.get("signed_attributes", b"")
    if hashlib.sha256(statement).digest() not in signed:
        return False
    key = load_der_x509_certificate(card["certificate"]).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(card["signature"], signed, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _kept(pairing: Pairing, call: str) -> KeptPairing:
    verdict = pairing.verdict
    return KeptPairing(
        id=pairing.id,
        call=call,
        status=pairing.status.value,
        hint=pairing.hint.value,
        claimed_by=pairing.claimed_by or "",
        opened_at=pairing.opened_at,
        expires_at=pairing.expires_at,
        ended_at=pairing.ended_at,
        verdict_at=None if verdict is None else verdict.at,
        evidence="" if verdict is None else verdict.evidence_id,
    )
