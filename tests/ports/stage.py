"""The stores over one database, and the values the suites put into them."""

import hashlib
import hmac
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from identity.evidence_archive.model import Kind, SealedPart, SealedRecord
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel, Knowledge
from identity.pairing.model import (
    CallFacts,
    CallRef,
    CallState,
    ContractRef,
    EvidenceId,
    InstallationId,
    Locator,
    MatchRound,
    Mode,
    Pairing,
    PairingId,
    PairingNews,
    PersonId,
    Requirement,
    Revocation,
    Verdict,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.ports import Opened
from identity.tenants.model import TenantId
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.database import Database
from stores.sql.outbox import Outbox
from stores.sql.pairings.store import SqlPairings
from stores.sql.sealing import Sealer

TENANT = TenantId("kazasu-hoken")
NUMBER = "+819012340001"
RESULT_LIVES = timedelta(minutes=30)
_numbers = itertools.count(1)


def key_for(tenant: str) -> bytes:
    return hashlib.sha256(b"a test's key of " + tenant.encode()).digest()


def hash_phone(tenant: TenantId, phone: str) -> bytes:
    return hmac.digest(key_for(tenant), phone.encode(), "sha256")


class Stage:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.sealer = Sealer(key_for)
        self.wakes = 0
        self.outbox = Outbox(database, wake=self._woken, lease_seconds=0)
        self.evidence = SqlEvidenceRows(database)
        self.pairings = SqlPairings(database, self.sealer, self.outbox, result_lives=RESULT_LIVES)

    def _woken(self) -> None:
        self.wakes += 1

    async def opened(self, pairing: Pairing | None = None) -> Pairing:
        given = pairing or a_pairing()
        answer = await self.pairings.open(
            given, not_reused_since=given.opened_at - timedelta(hours=24), news=news_of(given)
        )
        assert isinstance(answer, Opened)
        assert answer.fresh
        return answer.pairing

    async def claimed(self, pairing: Pairing | None = None, *, by: str = "app-1") -> Pairing:
        """Opened and moved to where a proof may come."""
        before = await self.opened(pairing)
        after = claimed(before, by=by)
        moved = await self.pairings.change(before, after, news=news_of(after), record=None)
        assert isinstance(moved, Pairing)
        return moved


def now() -> datetime:
    return datetime.now(UTC)


def a_pairing(
    *, number: int | None = None, call: str = "", opened_at: datetime | None = None
) -> Pairing:
    """A fresh one: own id, call, errand key and locator."""
    n = number or next(_numbers)
    at = opened_at or now()
    call_ref = CallRef(call or f"call-{n}")
    return Pairing(
        id=PairingId(f"pairing-{n}"),
        tenant=TENANT,
        call=CallFacts(call_ref=call_ref, dialled="+81312345678", line=NUMBER, started_at=at),
        mode=Mode.SPOKEN_CODE,
        require=Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_CHOICE),
        purpose="ご契約内容の確認",
        action="",
        expect=None,
        errand_key=f"{call_ref}:{n}:0",
        status=Status.PENDING,
        hint=Hint.AWAITING_APP,
        opened_at=at,
        claim_by=at + timedelta(seconds=120),
        expires_at=at + timedelta(seconds=300),
        locators=(a_locator(n, at, errand_key=f"{call_ref}:{n}:0"),),
    )


def a_locator(
    number: int | None = None,
    at: datetime | None = None,
    *,
    mode: Mode = Mode.SPOKEN_CODE,
    errand_key: str = "",
) -> Locator:
    n = number or next(_numbers)
    return Locator(
        mode=mode,
        hash=hashlib.sha256(f"locator {n}".encode()).digest(),
        claim_by=(at or now()) + timedelta(seconds=120),
        errand_key=errand_key,
    )


def claimed(before: Pairing, *, by: str = "app-1") -> Pairing:
    statement = {"v": 1, "pairing": before.id, "nonce": f"nonce of {before.id}"}
    return replace(
        before,
        claimed_by=InstallationId(by),
        call_state=CallState.OUTGOING,
        hint=Hint.AWAITING_PIN,
        match=MatchRound(number=1, offered=("24", "53", "86"), right="53"),
        statement=json.dumps(statement).encode(),
    )


def verified(before: Pairing, *, person: str | None = "person-1") -> Pairing:
    return replace(
        before,
        status=Status.COMPLETE,
        hint=Hint.VERIFIED,
        ended_at=now(),
        verdict=a_verdict(before, person=person),
    )


def failed(before: Pairing, hint: Hint = Hint.SUPERSEDED) -> Pairing:
    return replace(before, status=Status.FAILED, hint=hint, ended_at=now())


def a_verdict(of: Pairing, *, person: str | None = "person-1") -> Verdict:
    return Verdict(
        identity=IdentityLevel.ID_CARD_AUTH,
        binding=BindingLevel.BIND_CHOICE,
        badge=Badge.GREEN,
        knowledge=Knowledge(line_known=True),
        revocation=Revocation(
            status="good", method="crl", source_updated_at=now(), checked_at=now()
        ),
        policy="default-2026-11",
        at=now(),
        evidence_id=EvidenceId(f"evidence-{of.id}"),
        person=None if person is None else PersonId(person),
        contracts=(ContractRef("C-1001"), ContractRef("C-1002")),
    )


def news_of(pairing: Pairing) -> PairingNews:
    return PairingNews(
        tenant=pairing.tenant,
        pairing=pairing.id,
        call_ref=pairing.call_ref,
        status=pairing.status,
        hint=pairing.hint,
        at=now(),
    )


def a_record(of: Pairing | str = "", *, tenant: TenantId = TENANT) -> SealedRecord:
    n = next(_numbers)
    pairing = of if isinstance(of, str) else of.id
    return SealedRecord(
        id=f"record-{n}",
        tenant=tenant,
        kind=Kind.VERDICT,
        at=now(),
        header={"pairing": pairing, "status": "complete", "purpose": "ご契約内容の確認"},
        parts=(
            SealedPart(name="statement", key_id="1", wrapped_key=b"k" * 60, sealed=b"s%d" % n),
            SealedPart(name="certificate", key_id="1", wrapped_key=b"l" * 60, sealed=b"c%d" % n),
        ),
    )
