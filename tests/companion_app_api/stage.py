"""The whole identity side behind the real door: SQLite, real verbs, a synthetic PKI, test cards."""

import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx2
from quart import Quart

from companion_app.device_key import DeviceKey
from companion_app.protocol import Installed
from companion_app.service_client import ServiceClient
from companion_app_api.v1 import blueprint
from companion_app_api.v1.changes import Changes
from companion_app_api.v1.settings import CallableNumber, DoorSettings
from companion_app_api.v1.verbs import AppVerbs
from door_frame.files import PageResponse
from identity.contract_holders.enrolling import Enrolling
from identity.contract_holders.hashes import phone_hash
from identity.contract_holders.model import Holder
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.recording import Recorder
from identity.installations.limits import InstallationLimits
from identity.installations.service import RequestProofs
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.model import CallFacts, CallRef, Mode, Requirement
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Pairings
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.arriving import ArrivalRequest, Arriving
from identity.pairing.verbs.at_desk import AtDesk
from identity.pairing.verbs.claiming import Claiming
from identity.pairing.verbs.closing import Closing, ProofStores
from identity.pairing.verbs.dialling import Dialling
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.examining import Examining
from identity.pairing.verbs.opening import Opening, OpenRequest
from identity.pairing.verbs.proving import Proving
from identity.pairing.verbs.repudiating import Repudiating
from identity.pairing.verbs.ticketing import Ticketing
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.keys import deployment_keys, tenant_keys
from identity.tenants.model import Business, Role, Tenant, TenantId
from identity.verification.model import LinkageKey, RevocationStatus
from identity.verification.service import CardVerifier
from stand_ins.card.card_file import read_card
from stand_ins.card.software_card import SoftwareCard
from stand_ins.jpki import cards
from stand_ins.jpki.card_file import read_card as read_issued
from stand_ins.jpki.pki import Pki
from stores.memory.counters import MemoryCounters
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.database import Database
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.installations import SqlInstallations, SqlSeenProofs
from stores.sql.migrations.migrate import upgrade
from stores.sql.outbox import Outbox
from stores.sql.pairings.alarms import SqlCardHolds, SqlLateProofs, SqlLineWarnings
from stores.sql.pairings.store import SqlPairings
from stores.sql.sealing import Sealer
from tests.identity.jpki.synthetic import anchors_of, fresh_pki, key_pool
from tests.identity.verification.sources import Answering, NeverApart

ORIGIN = "https://id.kazasu.test"
POLICY = PairingPolicy(keyed_code=True)
LINE = "+819012345678"
DIALLED = "+81312345678"
PURPOSES = {"account": "ご契約内容の確認"}
ENROLLED = ("valid", "valid-sign", "wrong-pin-2-left", "android")
ISSUED = (*ENROLLED, "no-contract", "pin-blocked", "unknown-ca")


@cache
def issued() -> Pki:
    """The PKI and its cards, made once per process. Nothing is written to it afterwards."""
    made = fresh_pki(Path(mkdtemp(prefix="kazasu-test-cards-")), datetime.now(UTC))
    pool = key_pool()
    for name in ISSUED:
        cards.issue_card(made, name, cards.DEMO_CARDS[name], now=datetime.now(UTC), new_key=pool)
    return made


@cache
def empty_database() -> Path:
    path = Path(mkdtemp(prefix="kazasu-test-database-")) / "empty.sqlite"
    upgrade(f"sqlite:///{path}")
    return path


def a_tenant(master: bytes) -> Tenant:
    name = TenantId("kazasu-hoken")
    return Tenant(
        id=name,
        name="カザス保険",
        logo="",
        published_number="+81312345678",
        shown_number="03-1234-5678",
        role=Role.ACCREDITED,
        keys=tenant_keys(master, name),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`opening` and `ending` play the phone side; `watching` shows what it sees."""

    app: Quart
    tenant: Tenant
    pairings: Pairings
    evidence: SqlEvidenceRows
    opening: Opening
    at_desk: AtDesk
    arriving: Arriving
    ending: Ending
    watching: Watching
    changes: Changes

    async def a_call(
        self,
        *,
        line: str = LINE,
        require: IdentityLevel = IdentityLevel.ID_CARD_AUTH,
        mode: Mode = Mode.SPOKEN_CODE,
    ) -> PairingView:
        """A new call that asks for a check; `.code` is what it speaks, `.link` what it sends."""
        call_ref = CallRef(secrets.token_urlsafe(16))
        opened = await self.opening.open(
            OpenRequest(
                tenant=self.tenant.id,
                call=CallFacts(
                    call_ref=call_ref,
                    dialled=DIALLED,
                    line=line,
                    started_at=datetime.now(UTC),
                ),
                mode=mode,
                require=Requirement(identity=require, binding=BindingLevel.BIND_CHOICE),
                purpose="住所変更のご本人確認",
                errand_key=f"{call_ref}:1:0",
            )
        )
        assert isinstance(opened, PairingView)
        CALLS[opened.pairing] = call_ref
        return opened

    async def arrives(self, digits: str, *, mode: Mode = Mode.APP_DIAL) -> PairingView | Refusal:
        """A new call that brings the digits which an app was given."""
        call_ref = CallRef(secrets.token_urlsafe(16))
        binding = BindingLevel.BIND_CODE if mode is Mode.KEYED_CODE else BindingLevel.BIND_CHOICE
        met = await self.arriving.arrive(
            ArrivalRequest(
                tenant=self.tenant.id,
                call=CallFacts(
                    call_ref=call_ref, dialled=DIALLED, line=LINE, started_at=datetime.now(UTC)
                ),
                mode=mode,
                digits=digits,
                require=Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=binding),
                errand_key=f"{call_ref}:1:0",
                purpose="ご契約内容の確認",
            )
        )
        if isinstance(met, PairingView):
            CALLS[met.pairing] = call_ref
            self.changes.told(met.pairing)
        return met

    async def no_report(self, met: PairingView) -> None:
        """The worker finds that the installation's own report did not come in time."""
        row = (await self.pairings.by_call(self.tenant.id, CALLS[met.pairing]))[-1]
        await self.arriving.report_over(row)
        self.changes.told(met.pairing)

    async def item(self, call: PairingView) -> str:
        """What the call speaks for the choice of three."""
        return (await self.now(call)).item

    async def now(self, call: PairingView) -> PairingView:
        found = await self.watching.latest(self.tenant.id, CALLS[call.pairing])
        assert found is not None
        return found

    async def hang_up(self, call: PairingView) -> None:
        await self.ending.call_ended(self.tenant.id, CALLS[call.pairing])
        self.changes.told(call.pairing)

    def http(self) -> httpx2.AsyncClient:
        asgi: Any = self.app  # the two libraries spell the types of ASGI differently
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=asgi))

    def client(self, http: httpx2.AsyncClient, key: DeviceKey | None = None) -> ServiceClient:
        return ServiceClient(http, origin=ORIGIN, key=key or DeviceKey.generate())

    async def installed(
        self, http: httpx2.AsyncClient, key: DeviceKey | None = None
    ) -> tuple[ServiceClient, Installed]:
        """A registered app."""
        client = self.client(http, key)
        app = Installed(client)
        assert await app.register() is None
        return client, app


CALLS: dict[str, CallRef] = {}


@asynccontextmanager
async def a_stage(
    folder: Path,
    *,
    settings: DoorSettings | None = None,
    revocation: RevocationStatus = RevocationStatus.GOOD,
    origin: str = ORIGIN,
    policy: PairingPolicy = POLICY,
) -> AsyncIterator[Stage]:
    master = os.urandom(32)
    tenant = a_tenant(master)
    file = folder / "kazasu.sqlite"
    shutil.copyfile(empty_database(), file)
    database = Database(f"sqlite:///{file}")
    deployment = Deployment(
        tenants={tenant.id: tenant},
        keys=deployment_keys(master),
        policy=policy,
        origin=origin,
        now=lambda: datetime.now(UTC),
        random=os.urandom,
        businesses={DIALLED: Business(tenant=tenant.id, purposes=PURPOSES)},
    )
    try:
        yield await _set(database, deployment, tenant, revocation, settings)
    finally:
        await database.close()


async def _set(
    database: Database,
    deployment: Deployment,
    tenant: Tenant,
    revocation: RevocationStatus,
    settings: DoorSettings | None,
) -> Stage:
    sealer = Sealer(lambda _: tenant.keys.content)
    pairings = SqlPairings(
        database, sealer, Outbox(database), result_lives=deployment.policy.result_lives
    )
    counters = MemoryCounters(time.monotonic)
    recorder = Recorder(os.urandom)
    installations = SqlInstallations(database)
    ending = Ending(deployment, pairings, SqlLineWarnings(database), recorder)
    table = SqlHolders(database, sealer, hash_phone=lambda _, line: phone_hash(tenant, line))
    holders = ContractHolders(table, SqlLinkage(database), os.urandom)
    await _enrol(holders, table, tenant)
    stores = ProofStores(
        pairings=pairings,
        late_proofs=SqlLateProofs(database),
        card_holds=SqlCardHolds(database),
        installations=installations,
    )
    verifier = CardVerifier(anchors_of(issued()), Answering(revocation), NeverApart())
    closing = Closing(deployment, stores, recorder, ending)
    examining = Examining(deployment, stores, verifier, holders, Enrolling(table, holders))
    arriving = Arriving(deployment, pairings, counters, examining, ending, closing)
    ticketing = Ticketing(deployment, pairings, recorder, ending)
    verbs = AppVerbs(
        claiming=Claiming(deployment, pairings, counters, ending, arriving),
        dialling=Dialling(deployment, pairings, counters, ending, arriving),
        watching=Watching(deployment, pairings),
        proving=Proving(deployment, pairings, examining, ending, closing, ticketing),
        ending=ending,
        repudiating=Repudiating(deployment, pairings, SqlCardHolds(database), recorder),
    )
    changes = Changes()
    proofs = RequestProofs(
        installations, SqlSeenProofs(database), InstallationLimits(counters), deployment.now
    )
    app = Quart("door", static_folder=None)
    app.response_class = PageResponse
    door = settings or _door(deployment, tenant)
    app.register_blueprint(blueprint.create(verbs, proofs, changes, door))
    return Stage(
        app=app,
        tenant=tenant,
        pairings=pairings,
        evidence=SqlEvidenceRows(database),
        opening=Opening(deployment, pairings, counters, ending, recorder),
        at_desk=AtDesk(deployment, pairings, counters, table, ending),
        arriving=arriving,
        ending=ending,
        watching=verbs.watching,
        changes=changes,
    )


def _door(deployment: Deployment, tenant: Tenant) -> DoorSettings:
    return DoorSettings(
        origin=deployment.origin,
        businesses=[CallableNumber(dialled=DIALLED, tenant=tenant, purposes=PURPOSES)],
        keyed_codes=deployment.policy.keyed_code,
    )


async def _enrol(holders: ContractHolders, table: SqlHolders, tenant: Tenant) -> None:
    """The good cards have a contract each, with the caller's number on it."""
    rows = []
    for name in ENROLLED:
        person = ""
        for found in read_issued(issued().folder / "cards" / f"{name}.json").linkables():
            key = LinkageKey(issuer_key_sha256=found.issuer_key_sha256, serial=found.serial)
            person = await holders.enrol(tenant, key, person)
        rows.append(
            Holder(
                tenant=tenant.id,
                contract_ref=f"C-{name}",
                display_name=name,
                phones=(LINE,),
                person=person,
            )
        )
    await table.replace_all(tenant.id, rows)


class Reader:
    """A software card held to the phone: what `companion_app.card` transmits to."""

    def __init__(self, name: str) -> None:
        self._card = SoftwareCard(read_card(issued().folder / "cards" / f"{name}.json"))
        self.sent: list[bytes] = []

    async def __call__(self, apdu: bytes) -> bytes:
        self.sent.append(apdu)
        return self._card.transmit(apdu)

    def again(self) -> "Reader":
        """Held to the phone anew: what a PIN had opened is closed, counters stay."""
        self._card.reset()
        return self
