"""A whole Kazasu in one folder: the service as it is shipped, and the outside parties around it.

Everything is a process of its own on loopback. The service is `kazasu serve`; what surrounds it is
started once, so that the service alone can be killed and started again in the middle of a call.
"""

import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx2

from door_frame.staff import StaffAccount
from door_frame.staff_login import hash_password
from identity.contract_holders.importing import HolderImport
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.model import EvidenceRow
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from identity.verification.model import LinkageKey
from kazasu.demo import place as places
from kazasu.demo.place import HOST, Place
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side, sealing, stores
from kazasu.wiring.stores import Stores
from stand_ins.jpki.card_file import CardFile
from stand_ins.jpki.cards import issue_card
from stand_ins.jpki.pki import load_pki, make_pki, refresh_crls
from stores.sql.migrations import migrate
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.programs import Process
from tests.journeys.resilience.waiting import until

FLOWS: Final = Path(__file__).parents[3] / "flows"
SPEED: Final = 50.0


@dataclass(slots=True, kw_only=True)
class House:
    """`data` is the service's own folder; the secrets of cards and tables lie elsewhere."""

    folder: Path
    base: str
    variables: dict[str, str]
    service: Process
    carrier: Process
    cards: Process
    fallback: Process

    @property
    def place(self) -> Place:
        return Place(folder=self.folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def settings(self) -> Settings:
        return load(**self.variables)

    def tenant(self) -> Tenant:
        return identity_side.tenant_of(self.settings, flows.site(self.settings).business)

    def stores(self) -> Stores:
        """For looking at what is kept, beside the running service. To be closed."""
        return stores.build(
            self.settings.database(),
            self.tenant(),
            sealing.keys_of(self.settings),
            result_lives=PairingPolicy().result_lives,
        )

    async def evidence(self) -> list[EvidenceRow]:
        kept = self.stores()
        try:
            return [row async for row in kept.evidence.all(self.tenant().id)]
        finally:
            await kept.close()

    async def serve(self) -> None:
        """The service up and ready."""
        self.service.start()
        async with httpx2.AsyncClient(trust_env=False) as http:

            async def ready() -> bool:
                assert not self.service.ended, self.service.log.read_text(encoding="utf-8")
                try:
                    return (await http.get(f"{self.base}/readyz")).is_success
                except httpx2.TransportError:
                    return False

            await until("the service is ready", ready)

    async def crash(self) -> None:
        """kill -9 of the service, and up again before the carrier's next request.

        The carrier stands still meanwhile, so that a start which takes seconds does not decide
        whether the next request finds anybody.
        """
        self.carrier.pause()
        try:
            self.service.kill()
            await self.serve()
        finally:
            self.carrier.go_on()

    async def fail(self) -> None:
        """kill -9 of the service, and down for now."""
        self.service.kill()
        self.carrier.go_on()

    def stop(self) -> None:
        for process in (self.service, self.carrier, self.cards, self.fallback):
            process.kill()


async def build(folder: Path, database: str = "") -> House:
    """Everything running. `database` is a URL; SQLite in the house's data folder without one."""
    house = await furnish(folder, database, f"http://{HOST}:{free_port()}")
    await house.serve()
    return house


async def furnish(folder: Path, database: str, base: str) -> House:
    """Everything but the service, which the world reaches at `base`."""
    place = Place(folder=folder)
    places.secrets_of(place)
    card = _pki(place)
    people.Lookups(folder=folder / "lookups").write()
    (folder / "data").mkdir(exist_ok=True)
    fallback = Process(
        folder / "fallback.log",
        "kazasu.cli.main",
        ("fallback", "--port", "0"),
        {"KAZASU_FALLBACK_NUMBER": people.GENERAL_DESK},
    )
    cards = _cards(place, base)
    fallback.start()
    cards.start()
    carrier = _carrier(place, base, await _port(fallback))
    carrier.start()
    variables = _variables(place, base, await _port(carrier), database)
    house = House(
        folder=folder,
        base=base,
        variables=variables,
        service=Process(folder / "service.log", "kazasu.cli.main", ("serve",), variables),
        carrier=carrier,
        cards=cards,
        fallback=fallback,
    )
    await _port(cards)
    await _fill(house, card)
    return house


def _pki(place: Place) -> CardFile:
    now = datetime.now(UTC)
    make_pki(place.pki, now=now)
    pki = load_pki(place.pki)
    card = issue_card(pki, people.CARD, people.PLAN, now=now)
    refresh_crls(pki, now)
    return card


async def _fill(house: House, card: CardFile) -> None:
    """Schema, the holder, the card's link to them, and the operator."""
    migrate.upgrade(house.settings.database())
    kept, tenant = house.stores(), house.tenant()
    try:
        await HolderImport(kept.holders).csv(tenant.id, people.HOLDERS.encode())
        holders = ContractHolders(kept.holders, kept.linkage, bytes)
        for linkable in card.linkables():
            key = LinkageKey(issuer_key_sha256=linkable.issuer_key_sha256, serial=linkable.serial)
            await holders.enrol(tenant, key, people.PERSON_ID)
        await kept.staff.add(
            StaffAccount(
                tenant=tenant.id,
                id="0123456789abcdef",
                login=people.OPERATOR_LOGIN,
                name=people.OPERATOR_NAME,
                password_hash=hash_password(people.OPERATOR_PASSWORD),
                phone=people.OPERATOR_PHONE,
                queues=("verified", "general", "safety"),
            )
        )
    finally:
        await kept.close()


def _cards(place: Place, base: str) -> Process:
    arguments = ("--cards", str(place.cards), "--token-file", str(place.card_token))
    more = ("--origin", base, "--speed", str(SPEED))
    return Process(place.folder / "cards.log", "stand_ins.card", (*arguments, *more), {})


def _carrier(place: Place, base: str, fallback: int) -> Process:
    door = f"{base}/carriers/twilio"
    number = f"{people.DIALLED}={door}/voice|http://{HOST}:{fallback}/|{door}/status"
    arguments = (
        *("--credentials-file", str(place.credentials)),
        *("--token-file", str(place.carrier_token)),
        *("--number", number, "--origin", base, "--speed", str(SPEED)),
        *("--phone", people.OPERATOR_PHONE, "--phone", people.GENERAL_DESK),
    )
    return Process(place.folder / "carrier.log", "stand_ins.carrier", arguments, {})


def _variables(place: Place, base: str, carrier: int, database: str) -> dict[str, str]:
    return {
        "KAZASU_PROFILE": "demo",
        "KAZASU_TENANT": "resilience",
        "KAZASU_DATA_DIR": str(place.folder / "data"),
        "KAZASU_FLOWS_DIR": str(FLOWS),
        "KAZASU_LOOKUPS_DIR": str(place.folder / "lookups"),
        "KAZASU_SECRETS_DIR": str(place.secrets_dir),
        "TRUST_ANCHORS_DIR": str(place.pki / "anchors"),
        "KAZASU_CRL_DIR": str(place.pki / "crl"),
        "DATABASE_URL": database,
        "PUBLIC_BASE_URL": base,
        "KAZASU_LISTEN_HOST": HOST,
        "KAZASU_LISTEN_PORT": base.rpartition(":")[2],
        "TWILIO_API_BASE": f"http://{HOST}:{carrier}",
        "TWILIO_NUMBER": people.DIALLED,
        "KAZASU_CALLS_PER_NUMBER": "3000",  # few people make all the calls
    }


async def _port(process: Process) -> int:
    async def announced() -> int | None:
        assert not process.ended, process.log.read_text(encoding="utf-8")
        return process.port

    return await until(f"{process.log.stem} listens", announced)


def free_port() -> int:
    """The address is part of what is signed, so it is chosen before it is bound."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
