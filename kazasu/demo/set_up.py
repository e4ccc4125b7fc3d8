"""Fill a demo folder: synthetic PKI and cards, database, holders, the operator.

Runs at every start and does only what is missing; certificates and lists are made anew in time.
Holders and links go through the product's own import and enrolment.
"""

import secrets
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from door_frame.staff import StaffAccount
from door_frame.staff_login import hash_password
from identity.contract_holders.importing import HolderImport, RowError
from identity.contract_holders.service import ContractHolders
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from identity.verification.model import LinkageKey
from kazasu.demo import linkage
from kazasu.demo.place import DATA, PAGE_OPERATOR, TERMINAL_OPERATOR, Place
from kazasu.settings.model import Settings
from kazasu.sounds.missing import make_missing
from kazasu.sounds.spoken import japanese_voice
from kazasu.wiring import flows, identity_side, sealing, stores
from kazasu.wiring.archive import keys
from kazasu.wiring.flow_files.opened_folder import open_folder
from stand_ins.jpki.card_file import read_card
from stand_ins.jpki.cards import DEMO_CARDS, issue_card
from stand_ins.jpki.pki import load_pki, make_pki, refresh_crls
from stand_ins.time_stamps.authority import make
from stores.sql.migrations import migrate

CARDS_LAST: Final = timedelta(days=30)
_NOT_ENROLLED: Final = ("no-contract", *linkage.RENEWED.values())
_MADE_AT: Final = "made-at"
_STAMPS_LAST: Final = timedelta(days=3650)


def certificates(place: Place) -> datetime:
    """The synthetic PKI and its cards; returns when they were made."""
    now = datetime.now(UTC)
    stamp = place.pki / _MADE_AT
    if stamp.exists():
        made = datetime.fromisoformat(stamp.read_text(encoding="utf-8"))
        if now - made < CARDS_LAST:
            _cards(place, now)  # a newer version may have more of them
            return made
        shutil.rmtree(place.pki)
    make_pki(place.pki, now=now)
    _cards(place, now)
    stamp.write_text(now.isoformat(), encoding="utf-8")
    return now


def _cards(place: Place, now: datetime) -> None:
    pki = load_pki(place.pki)
    for name, plan in DEMO_CARDS.items():
        if not (place.cards / f"{name}.json").exists():
            issue_card(pki, name, plan, now=now)
    refresh_crls(pki, now)
    linkage.write(place, now)


def time_stamps(place: Place) -> bool:
    """An authority of this demo's own, whose root is pinned. False where OpenSSL is not installed:
    then evidence is chained and not stamped."""
    if shutil.which("openssl") is None:
        return False
    if not (place.time_stamps / "tsa.cnf").exists():
        now = datetime.now(UTC)
        make(place.time_stamps, valid=(now - timedelta(days=1), now + _STAMPS_LAST))
    for folder in (place.time_stamp_roots, place.evidence_copies):
        folder.mkdir(exist_ok=True, mode=0o700)
    shutil.copyfile(place.time_stamps / "root.pem", place.time_stamp_roots / "root.pem")
    return True


def evidence_keys(place: Place) -> None:
    """A key file, so that keys can be turned while the demo runs."""
    if not place.evidence_keys.exists():
        keys.write(place.evidence_keys, keys.turned({}))


def sounds(settings: Settings) -> None:
    """What the flows play and nobody put there, where we can make it."""
    with suppress(OSError):  # not ours to read or write: the linter tells of what is missing
        make_missing(open_folder(settings.flows_dir), japanese_voice())


async def database(settings: Settings, place: Place) -> None:
    """Schema, holders, links, operators."""
    migrate.upgrade(settings.database())
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    try:
        await _holders(kept, tenant)
        await _links(kept, tenant, place)
        await _operators(kept, settings, place)
    finally:
        await kept.close()


async def _holders(kept: stores.Stores, tenant: Tenant) -> None:
    imported = await HolderImport(kept.holders).csv(tenant.id, (DATA / "holders.csv").read_bytes())
    if isinstance(imported, tuple):
        first: RowError = imported[0]
        raise ValueError(f"holders.csv:{first.row}: {first.code}")


async def _links(kept: stores.Stores, tenant: Tenant, place: Place) -> None:
    """Each card with a contract is its person's: both certificates, as after an enrolment. A
    renewed one is found by the linkage data."""
    holders = ContractHolders(kept.holders, kept.linkage, secrets.token_bytes)
    for name in DEMO_CARDS:
        if name in _NOT_ENROLLED:
            continue
        for linkable in read_card(place.cards / f"{name}.json").linkables():
            key = LinkageKey(issuer_key_sha256=linkable.issuer_key_sha256, serial=linkable.serial)
            await holders.enrol(tenant, key, f"demo-{name}")


async def _operators(kept: stores.Stores, settings: Settings, place: Place) -> None:
    """Two accounts: the page's, and one for calls from the terminal. Added once; at every start
    they serve all queues that the site file has by now."""
    queues = tuple(flows.site(settings).queues)
    for operator in (PAGE_OPERATOR, TERMINAL_OPERATOR):
        if not await kept.staff.serve(settings.tenant, operator.login, queues):
            await kept.staff.add(
                StaffAccount(
                    tenant=settings.tenant,
                    id=secrets.token_hex(8),
                    login=operator.login,
                    name=operator.name,
                    password_hash=hash_password(place.password(operator)),
                    phone=operator.phone,
                    queues=queues,
                )
            )
