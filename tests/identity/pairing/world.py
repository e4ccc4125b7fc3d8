"""A deployment of one tenant, with all verbs over in-memory ports, and the people in it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from identity.contract_holders.enrolling import Enrolling
from identity.contract_holders.hashes import card_hash
from identity.contract_holders.model import Holder, Tie
from identity.contract_holders.service import ContractHolders
from identity.contract_holders.waiting import Wait, mark_of_texts
from identity.evidence_archive.recording import Recorder
from identity.installations.model import Installation
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.model import (
    CallFacts,
    CallRef,
    CallState,
    ContractRef,
    Direction,
    Mode,
    Pairing,
    PairingId,
    Requirement,
    Tap,
)
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Counters
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.afterwards.rechecking import Rechecking
from identity.pairing.verbs.arriving import Arriving
from identity.pairing.verbs.at_desk import AtDesk
from identity.pairing.verbs.claiming import Answer, Claiming
from identity.pairing.verbs.closing import Closing, ProofStores
from identity.pairing.verbs.dialling import Dialling
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.examining import Examining
from identity.pairing.verbs.opening import Opening, OpenRequest
from identity.pairing.verbs.overdue import Overdue
from identity.pairing.verbs.proving import Proving
from identity.pairing.verbs.repudiating import Repudiating
from identity.pairing.verbs.ticketing import Ticketing
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import AppView, ClaimView, PairingView
from identity.tenants.keys import deployment_keys, tenant_keys
from identity.tenants.model import Business, Role, Tenant, TenantId
from identity.verification.model import LinkageKey
from identity.verification.ports import RevocationSource
from identity.verification.service import CardVerifier
from stand_ins.jpki.names import Purpose
from stores.memory.counters import MemoryCounters
from tests.identity.contract_holders.memory_holders import MemoryHolders, MemoryLinkage
from tests.identity.evidence_archive.memory_evidence import MemoryEvidence
from tests.identity.installations.memory_installations import MemoryInstallations
from tests.identity.jpki import synthetic
from tests.identity.pairing.afterwards.memory_live import MemoryLiveVerdicts
from tests.identity.pairing.memory_holds import (
    MemoryCardHolds,
    MemoryLateProofs,
    MemoryLineWarnings,
)
from tests.identity.pairing.memory_pairings import MemoryPairings
from tests.identity.verification.sources import Answering

MASTER = bytes(range(32))
TENANT = Tenant(
    id=TenantId("kazasu-hoken"),
    name="カザス保険",
    logo="kazasu-hoken.svg",
    published_number="+81312345678",
    shown_number="03-1234-5678",
    role=Role.ACCREDITED,
    keys=tenant_keys(MASTER, TenantId("kazasu-hoken")),
)
NUMBER = "+81312345678"
PURPOSES = {"check": "契約内容の確認", "address": "住所変更"}
LINE = "+819012345678"
PERSON = "person-hanako"
CARD, OTHER_CARD, STRANGER_CARD = 0x0203_0405, 0x0203_0406, 0x0203_0407
REQUIRE = Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_CHOICE)


def random_source(seed: bytes = b"seed") -> Iterator[bytes]:
    for number in count():
        yield hashlib.sha256(seed + number.to_bytes(8, "big")).digest()


@dataclass
class Clock:
    at: datetime = synthetic.NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


class World:
    def __init__(
        self,
        *,
        revocation: RevocationSource | None = None,
        policy: PairingPolicy | None = None,
        tenant: Tenant = TENANT,
        pairings: MemoryPairings | None = None,
    ) -> None:
        self.tenant = tenant
        self.clock = Clock()
        self.database_clock = Clock()
        # Wrong entries are answered at once here; how long they take is no rule of the verbs.
        self.policy = replace(policy or PairingPolicy(), wrong_entry_takes=timedelta(0))
        blocks = random_source()
        self.deployment = Deployment(
            tenants={tenant.id: tenant},
            keys=deployment_keys(MASTER),
            policy=self.policy,
            origin="https://kazasu.example",
            now=self.clock,
            random=lambda n: b"".join(next(blocks) for _ in range(-(-n // 32)))[:n],
            businesses={NUMBER: Business(tenant=tenant.id, purposes=PURPOSES)},
        )
        self._revocation = revocation or Answering()
        self._make_stores(pairings)
        self._make_verbs(self._revocation)

    def _make_stores(self, pairings: MemoryPairings | None) -> None:
        self.evidence = MemoryEvidence()
        self.pairings = pairings or MemoryPairings(
            lambda: max(self.clock.at, self.database_clock.at),
            self.evidence,
            self.policy.result_lives,
        )
        self.counters: Counters = MemoryCounters(self._seconds)
        self.card_holds = MemoryCardHolds(self.clock)
        self.line_warnings = MemoryLineWarnings(self.clock)
        self.installations = MemoryInstallations()
        self.late_proofs = MemoryLateProofs(self.evidence)
        self.live = MemoryLiveVerdicts(self.pairings, self.clock)
        self.edition = 1
        self.holders = MemoryHolders(self.tenant)
        self.linkage = MemoryLinkage()
        self.waits: list[Wait] = []
        self.pairings.enrol = self._enrol

    def _make_verbs(self, revocation: RevocationSource) -> None:
        deployment, pairings = self.deployment, self.pairings
        recorder = Recorder(deployment.random)
        stores = ProofStores(
            pairings=pairings,
            late_proofs=self.late_proofs,
            card_holds=self.card_holds,
            installations=self.installations,
        )
        verifier = CardVerifier(synthetic.trust(), revocation, synthetic.worker())
        holders = ContractHolders(self.holders, self.linkage, deployment.random)
        self.ending = Ending(deployment, pairings, self.line_warnings, recorder)
        closing = Closing(deployment, stores, recorder, self.ending)
        enrolling = Enrolling(self.holders, holders)
        examining = Examining(deployment, stores, verifier, holders, enrolling)
        self.at_desk = AtDesk(deployment, pairings, self.counters, self.holders, self.ending)
        self.opening = Opening(deployment, pairings, self.counters, self.ending, recorder)
        self.arriving = Arriving(
            deployment, pairings, self.counters, examining, self.ending, closing
        )
        self.claiming = Claiming(deployment, pairings, self.counters, self.ending, self.arriving)
        self.dialling = Dialling(deployment, pairings, self.counters, self.ending, self.arriving)
        self.watching = Watching(deployment, pairings)
        self.repudiating = Repudiating(deployment, pairings, self.card_holds, recorder)
        self.rechecking = Rechecking(
            deployment, pairings, self.live, revocation, self._edition_now, recorder
        )
        self.overdue = Overdue(pairings, self.ending, self.arriving)
        ticketing = Ticketing(deployment, pairings, recorder, self.ending)
        self.proving = Proving(deployment, pairings, examining, self.ending, closing, ticketing)

    def counters_are(self, counters: Counters) -> None:
        """From now on, these count; the stores stay as they are."""
        self.counters = counters
        self._make_verbs(self._revocation)

    async def _edition_now(self) -> int:
        return self.edition

    def _seconds(self) -> float:
        return self.clock.at.timestamp()

    def _enrol(self, what: Tie | Wait) -> bool:
        """Both or neither, as in one transaction."""
        if isinstance(what, Wait):
            self.waits.append(what)
            return True
        holder = self.holders.rows[self.tenant.id, what.contract_ref]
        known = self.linkage.rows.get((self.tenant.id, what.card_hash), what.person)
        compared = mark_of_texts(holder) == what.contract_mark
        if not compared or known != what.person or holder.person not in ("", what.person):
            return False
        self.linkage.rows[self.tenant.id, what.card_hash] = what.person
        self.holders.rows[self.tenant.id, what.contract_ref] = replace(holder, person=what.person)
        return True

    # What happens in the world.

    async def hold(self, serial: int, person: str, *contracts: str, line: str = LINE) -> None:
        """A card of a person who holds these contracts."""
        for purpose in ("auth", "sign"):
            key = linkage_key(purpose, serial)
            await self.linkage.link(self.tenant.id, card_hash(self.tenant, key), person)
        await self.holders.replace_all(
            self.tenant.id,
            [
                Holder(
                    tenant=self.tenant.id,
                    contract_ref=ref,
                    display_name="風道 花子",
                    phones=(line,) if line else (),
                    person=person,
                )
                for ref in contracts
            ],
        )

    def app(self, name: str = "app-1") -> Installation:
        return Installation(
            id=name,
            public_jwk={},
            platform="ios",
            app_version="1.0",
            registered_at=self.clock.at,
        )

    def request(
        self, call: str = "call-1", key: str = "", line: str = LINE, **changes: object
    ) -> OpenRequest:
        made = OpenRequest(
            tenant=self.tenant.id,
            call=CallFacts(
                call_ref=CallRef(call),
                dialled="+81312345678",
                line=line,
                started_at=self.clock.at,
            ),
            mode=Mode.SPOKEN_CODE,
            require=REQUIRE,
            purpose="契約内容の確認",
            errand_key=key or f"{call}:1:0",
        )
        return replace(made, **changes)  # type: ignore[arg-type]  # fields by name

    async def opened(self, call: str = "call-1", **changes: object) -> PairingView:
        view = await self.opening.open(self.request(call, **changes))  # type: ignore[arg-type]  # by name
        assert isinstance(view, PairingView), view
        return view

    async def claimed(
        self, code: str, app: str = "app-1", state: CallState = CallState.OUTGOING
    ) -> ClaimView:
        view = await self.claiming.claim(self.app(app), code, state, address="192.0.2.1")
        assert isinstance(view, ClaimView), view
        return view

    async def signable(
        self, call: str = "call-1", app: str = "app-1", **changes: object
    ) -> AppView:
        """From the first ring to the statement in the app's hands."""
        opened = await self.opened(call, **changes)
        await self.claimed(opened.code or opened.link, app)
        business = self.pairings.rows[opened.pairing].call.direction is Direction.BUSINESS
        answer = Answer.THEY_CALLED if business else Answer.I_CALLED
        await self.claiming.confirm(self.app(app), opened.pairing, answer)
        view = await self.chosen(opened.pairing, app)
        assert isinstance(view, AppView), view
        assert view.statement is not None
        return view

    async def chosen(
        self, pairing: PairingId, app: str = "app-1", *, right: bool = True
    ) -> AppView | Refusal:
        match = self.row(pairing).match
        assert match is not None
        wrong = next(number for number in match.offered if number != match.right)
        choice = match.right if right else wrong
        return await self.claiming.choose(self.app(app), pairing, match.number, choice)

    async def proven(
        self,
        view: AppView,
        app: str = "app-1",
        *,
        tap: Tap | None = None,
        purpose: Purpose = "auth",
        serial: int = CARD,
    ) -> AppView | Refusal:
        assert view.statement is not None
        tap = tap or tap_of(view.statement, synthetic.leaf(purpose, serial=serial))
        return await self.proving.prove(self.app(app), view.pairing, tap)

    async def verified(
        self, call: str = "call-1", app: str = "app-1", serial: int = CARD, line: str = LINE
    ) -> Pairing:
        view = await self.signable(call, app, line=line)
        done = await self.proven(view, app, serial=serial)
        assert isinstance(done, AppView), done
        return self.row(view.pairing)

    def row(self, pairing: PairingId) -> Pairing:
        return self.pairings.rows[pairing]


def tap_of(statement: bytes, certificate: bytes | None = None) -> Tap:
    certificate = certificate or synthetic.leaf("auth", serial=CARD)
    return Tap(certificate=certificate, signature=synthetic.tap(statement, certificate))


def linkage_key(purpose: str, serial: int = CARD) -> LinkageKey:
    trust = synthetic.trust()
    root = synthetic.der(synthetic.authority("sign" if purpose == "sign" else "auth").certificate)
    anchors = trust.sign if purpose == "sign" else trust.auth
    found = next(anchor for anchor in anchors if anchor.certificate.der == root)
    return LinkageKey(issuer_key_sha256=found.key_sha256, serial=serial)


def expecting(contract: str) -> ContractRef:
    return ContractRef(contract)
