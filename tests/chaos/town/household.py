"""The service of one run, with a database and a folder of its own."""

import asyncio
import os
import resource
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from door_frame.staff import StaffAccount
from door_frame.staff_login import hash_password
from identity.contract_holders.importing import HolderImport
from identity.contract_holders.service import ContractHolders
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from identity.verification.model import LinkageKey
from kazasu.demo.place import HOST
from kazasu.settings import Settings, load
from kazasu.wiring import flows, identity_side, stores
from kazasu.wiring.stores import Stores
from stores.sql.migrations import migrate
from tests.chaos.town.residents import CALLERS, CLERKS, HOLDERS, PASSWORD, QUEUES
from tests.chaos.town.town import FLOWS, Town
from tests.journeys.resilience.programs import Process
from tests.journeys.resilience.waiting import until

DISK_MEGABYTES: Final = 8


@dataclass(slots=True, kw_only=True)
class Household:
    """`url` reaches the database directly; the service may reach it by a wire."""

    town: Town
    folder: Path
    url: str
    variables: dict[str, str]
    service: Process
    small_disk: bool = False

    @property
    def settings(self) -> Settings:
        return load(**{**self.variables, "DATABASE_URL": self.url})

    @property
    def on_postgres(self) -> bool:
        return self.url.startswith("postgresql")

    def tenant(self) -> Tenant:
        return identity_side.tenant_of(self.settings, flows.site(self.settings).business)

    def stores(self) -> Stores:
        """For looking at what is kept, beside the running service. To be closed."""
        return stores.build(
            self.url,
            self.tenant(),
            identity_side.session_key(self.settings),
            result_lives=PairingPolicy().result_lives,
        )

    async def serve(self) -> None:
        """The service up and ready."""
        self.service.start()
        async with httpx2.AsyncClient(trust_env=False) as http:

            async def ready() -> bool:
                if self.service.ended:
                    self.service.start()  # as a supervisor would; the log says why it had ended
                try:
                    return (await http.get(f"{self.town.base}/readyz")).is_success
                except httpx2.HTTPError:
                    return False

            await until("the service is ready", ready)

    def limit(self, what: int, soft: int | None) -> None:
        """A resource limit of the running service; None lifts it."""
        hard = resource.prlimit(self.service.pid, what)[1]
        resource.prlimit(self.service.pid, what, (hard if soft is None else soft, hard))

    def descriptors(self) -> int:
        """How many files and connections the service has open."""
        return len(list(Path(f"/proc/{self.service.pid}/fd").iterdir()))

    def fill_disk(self) -> None:
        """All of its small disk but nothing; `free_disk` gives it back."""
        with (self.folder / "data" / "filler").open("wb") as filler:
            try:
                while True:
                    filler.write(bytes(4096))
                    filler.flush()
            except OSError:
                pass  # it is full now

    def free_disk(self) -> None:
        (self.folder / "data" / "filler").unlink(missing_ok=True)

    def close(self) -> None:
        self.service.kill()
        if self.small_disk:
            subprocess.run(["umount", str(self.folder / "data")], check=False)  # noqa: S603, S607  # ours
        if self.on_postgres and self.town.cluster is not None:
            self.town.cluster.drop(self.url)


async def template(town: Town, *, postgres: bool) -> str:
    """A database with everybody in it, to be copied for every run."""
    folder = town.folder / "template"
    folder.mkdir(exist_ok=True)
    if postgres:
        assert town.cluster is not None
        url = town.cluster.database()
    else:
        url = f"sqlite:///{folder / 'kazasu.db'}"
    await asyncio.to_thread(migrate.upgrade, url)
    home = _household(town, folder, url, small_disk=False)
    await _move_in(home)
    if not postgres:
        with closing(sqlite3.connect(folder / "kazasu.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


def new(town: Town, number: str, copied: str, *, small_disk: bool) -> Household:
    """`copied` is a template's URL. A small disk needs root and a mount namespace of our own."""
    folder = town.folder / f"run-{number}"
    (folder / "data").mkdir(parents=True)
    if small_disk:
        size = f"size={DISK_MEGABYTES}m"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder / "data")]
        subprocess.run(mount, check=True)  # noqa: S603  # our own words
    if copied.startswith("postgresql"):
        assert town.cluster is not None
        return _household(town, folder, town.cluster.copy(copied), small_disk=small_disk)
    path = folder / "data" / "kazasu.db"
    shutil.copy(copied.removeprefix("sqlite:///"), path)
    return _household(town, folder, f"sqlite:///{path}", small_disk=small_disk)


def may_mount() -> bool:
    """Whether small disks can be had here, unseen by the rest of this computer."""
    ours, first = Path("/proc/self/ns/mnt"), Path("/proc/1/ns/mnt")
    try:
        return os.geteuid() == 0 and ours.readlink() != first.readlink()
    except OSError:
        return False


def _household(town: Town, folder: Path, url: str, *, small_disk: bool) -> Household:
    by_wire = url
    if url.startswith("postgresql"):
        assert town.cluster is not None
        by_wire = town.cluster.over(url, town.ports["sql"])
    place = town.place
    variables = {
        "KAZASU_PROFILE": "demo",
        "KAZASU_TENANT": "chaos",
        "KAZASU_DATA_DIR": str(folder / "data"),
        "KAZASU_FLOWS_DIR": str(FLOWS),
        "KAZASU_LOOKUPS_DIR": str(town.folder / "lookups"),
        "KAZASU_SECRETS_DIR": str(place.secrets_dir),
        "TRUST_ANCHORS_DIR": str(place.pki / "anchors"),
        "KAZASU_CRL_DIR": str(place.pki / "crl"),
        "DATABASE_URL": by_wire,
        "PUBLIC_BASE_URL": town.base,
        "KAZASU_LISTEN_HOST": HOST,
        "KAZASU_LISTEN_PORT": town.base.rpartition(":")[2],
        "TWILIO_API_BASE": f"http://{HOST}:{town.ports['rest']}",
        "TWILIO_NUMBER": "+81312345678",
    }
    service = Process(folder / "service.log", "kazasu.cli.main", ("serve",), variables)
    return Household(
        town=town,
        folder=folder,
        url=url,
        variables=variables,
        service=service,
        small_disk=small_disk,
    )


async def _move_in(home: Household) -> None:
    """Contract holders, whose card is whose, and the operators."""
    kept, tenant = home.stores(), home.tenant()
    try:
        await HolderImport(kept.holders).csv(tenant.id, HOLDERS.encode())
        holders = ContractHolders(kept.holders, kept.linkage, bytes)
        for caller in CALLERS:
            for linkable in home.town.cards[caller.card].linkables():
                key = LinkageKey(
                    issuer_key_sha256=linkable.issuer_key_sha256, serial=linkable.serial
                )
                await holders.enrol(tenant, key, caller.person_id)
        hashed = hash_password(PASSWORD)
        for clerk in CLERKS:
            await kept.staff.add(
                StaffAccount(
                    tenant=tenant.id,
                    id=clerk.id,
                    login=clerk.login,
                    name=f"係　{clerk.login}",
                    password_hash=hashed,
                    phone=clerk.phone,
                    queues=QUEUES,
                )
            )
    finally:
        await kept.close()
