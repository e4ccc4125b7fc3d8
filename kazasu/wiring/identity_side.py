"""Build the identity side: who is calling, and how sure are we."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import phonenumbers

from companion_app_api.v1.verbs import AppVerbs
from identity.authorities.crl_files import CrlFiles
from identity.authorities.linkage_files import LinkageFiles
from identity.contract_holders.approving import Approving
from identity.contract_holders.enrolling import Enrolling
from identity.contract_holders.hashes import phone_hash
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.recording import Recorder
from identity.jpki.anchors import Environment, TrustAnchors, load
from identity.pairing.deployment import Deployment
from identity.pairing.policy import PairingPolicy
from identity.pairing.verbs.afterwards.rechecking import Rechecking
from identity.pairing.verbs.arriving import Arriving
from identity.pairing.verbs.at_desk import AtDesk
from identity.pairing.verbs.claiming import Claiming
from identity.pairing.verbs.closing import Closing, ProofStores
from identity.pairing.verbs.dialling import Dialling
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.examining import Examining
from identity.pairing.verbs.opening import Opening
from identity.pairing.verbs.overdue import Overdue
from identity.pairing.verbs.proving import Proving
from identity.pairing.verbs.repudiating import Repudiating
from identity.pairing.verbs.ticketing import Ticketing
from identity.pairing.verbs.watching import Watching
from identity.tenants import model as tenants
from identity.tenants.keys import deployment_keys, tenant_keys
from identity.tenants.model import Role, Tenant, TenantId
from identity.verification.apart import WorkerProcess
from identity.verification.service import CardVerifier
from ivr.flow_engine.site import Business, Site
from kazasu.settings.model import Settings
from kazasu.settings.values import Profile
from kazasu.wiring.approvals import approving_of
from kazasu.wiring.archive import keys
from kazasu.wiring.archive.keys_watch import KeysWatch
from kazasu.wiring.clock_watch import ClockWatch, WhenTheClockIsRight
from kazasu.wiring.stores import Stores

_ENVIRONMENT = {Profile.PRODUCTION: Environment.PRODUCTION, Profile.DEMO: Environment.SYNTHETIC}


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySide:
    tenant: Tenant
    deployment: Deployment
    opening: Opening
    at_desk: AtDesk
    approving: Approving
    arriving: Arriving
    overdue: Overdue
    verbs: AppVerbs
    rechecking: Rechecking
    holders: ContractHolders
    recorder: Recorder
    revocation: CrlFiles
    anchors: TrustAnchors
    apart: WorkerProcess
    clock: ClockWatch
    evidence_keys: KeysWatch

    @property
    def watching(self) -> Watching:
        return self.verbs.watching

    @property
    def ending(self) -> Ending:
        return self.verbs.ending


def tenant_of(settings: Settings, business: Business) -> Tenant:
    """The one tenant of this deployment: the site file's business, keys from the master key."""
    tenant = TenantId(settings.tenant)
    number = phonenumbers.parse(business.published_number)
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return Tenant(
        id=tenant,
        name=business.name,
        logo=f"{settings.public_base_url}/{business.logo}" if business.logo else "",
        published_number=business.published_number,
        shown_number=shown,
        role=Role.ACCREDITED,
        keys=tenant_keys(settings.master_key(), tenant),
    )


def businesses_of(site: Site, tenant: Tenant) -> Mapping[str, tenants.Business]:
    """The numbers that apps may call with a ticket or a code, and what for."""
    business = tenants.Business(tenant=tenant.id, purposes=site.purposes)
    return dict.fromkeys(site.numbers, business)


def anchors_of(settings: Settings) -> TrustAnchors:
    """Roots from `TRUST_ANCHORS_DIR`: `auth-*.cer` and `sign-*.cer`, DER. UnusableAnchor."""
    folder = settings.trust_anchors_dir

    def read(purpose: str) -> list[bytes]:
        return [path.read_bytes() for path in sorted(folder.glob(f"{purpose}-*.cer"))]

    return load(_ENVIRONMENT[settings.profile], auth=read("auth"), sign=read("sign"))


def persons_of(settings: Settings, stores: Stores, now: Callable[[], datetime]) -> ContractHolders:
    """With the authority's linkage data, where there are any."""
    feed = LinkageFiles(settings.linkage_dir, now) if settings.linkage_dir else None
    return ContractHolders(stores.holders, stores.linkage, secrets.token_bytes, feed)


def build(
    settings: Settings,
    tenant: Tenant,
    stores: Stores,
    *,
    policy: PairingPolicy,
    businesses: Mapping[str, tenants.Business] | None = None,
    now: Callable[[], datetime] = clock,
    watch: ClockWatch | None = None,
) -> IdentitySide:
    """Times are the database's, which a watch over `now` tells. A `watch` that is given with `now`
    leaves that clock as it is."""
    if watch is None:
        watch = ClockWatch(now, stores.database.now)
        now = watch.corrected
    deployment = Deployment(
        tenants={tenant.id: tenant},
        keys=deployment_keys(settings.master_key()),
        policy=policy,
        origin=settings.public_base_url,
        now=now,
        random=secrets.token_bytes,
        businesses=businesses or {},
    )
    anchors = anchors_of(settings)
    revocation = CrlFiles(
        settings.crl_dir, anchors, max_age=timedelta(hours=settings.crl_max_age_hours)
    )
    apart = WorkerProcess(anchors)
    lists = WhenTheClockIsRight(revocation, watch)
    verifier = CardVerifier(anchors, lists, apart)
    recorder = Recorder(secrets.token_bytes, keys.wrapping_of(settings))
    holders = persons_of(settings, stores, now)
    verbs = _verbs(deployment, stores, verifier, holders, recorder)
    ending, arriving = verbs.ending, verbs.arriving
    return IdentitySide(
        tenant=tenant,
        deployment=deployment,
        opening=Opening(deployment, stores.pairings, stores.counters, ending, recorder),
        at_desk=AtDesk(deployment, stores.pairings, stores.counters, stores.holders, ending),
        approving=approving_of(stores, holders, lists, recorder),
        arriving=arriving,
        overdue=Overdue(stores.pairings, ending, arriving),
        verbs=verbs.of_apps,
        rechecking=Rechecking(
            deployment,
            stores.pairings,
            stores.live_verdicts,
            lists,
            revocation.edition,
            recorder,
        ),
        holders=holders,
        recorder=recorder,
        revocation=revocation,
        anchors=anchors,
        apart=apart,
        clock=watch,
        evidence_keys=KeysWatch(settings.evidence_keys_file, stores.database, tenant),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verbs:
    of_apps: AppVerbs
    ending: Ending
    arriving: Arriving


def _verbs(
    deployment: Deployment,
    stores: Stores,
    verifier: CardVerifier,
    holders: ContractHolders,
    recorder: Recorder,
) -> _Verbs:
    pairings, counters = stores.pairings, stores.counters
    ending = Ending(deployment, pairings, stores.line_warnings, recorder)
    proof_stores = ProofStores(
        pairings=pairings,
        late_proofs=stores.late_proofs,
        card_holds=stores.card_holds,
        installations=stores.installations,
    )
    closing = Closing(deployment, proof_stores, recorder, ending)
    enrolling = Enrolling(stores.holders, holders)
    examining = Examining(deployment, proof_stores, verifier, holders, enrolling)
    arriving = Arriving(deployment, pairings, counters, examining, ending, closing)
    ticketing = Ticketing(deployment, pairings, recorder, ending)
    of_apps = AppVerbs(
        claiming=Claiming(deployment, pairings, counters, ending, arriving),
        dialling=Dialling(deployment, pairings, counters, ending, arriving),
        watching=Watching(deployment, pairings),
        proving=Proving(deployment, pairings, examining, ending, closing, ticketing),
        ending=ending,
        repudiating=Repudiating(deployment, pairings, stores.card_holds, recorder),
    )
    return _Verbs(of_apps=of_apps, ending=ending, arriving=arriving)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedNumbers:
    """What is known of a number: the stores know numbers only as HMAC."""

    tenant: Tenant
    stores: Stores

    async def warned_number(self, tenant: TenantId, number: str) -> bool:
        return await self.stores.line_warnings.warned(tenant, phone_hash(self.tenant, number))

    async def on_a_contract(self, tenant: TenantId, number: str) -> bool:
        return bool(await self.stores.holders.of_phone(tenant, phone_hash(self.tenant, number)))
