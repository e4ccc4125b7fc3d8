"""The service of one run, one process of it or two, with a database and a folder of its own."""

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
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side, sealing, stores
from kazasu.wiring.stores import Stores
from stores.sql.migrations import migrate
from tests.chaos.town.residents import DIALLED, GENERAL_DESK, PASSWORD, QUEUES, holders
from tests.chaos.town.town import Town, free_port
from tests.journeys.resilience.programs import Process
from tests.journeys.resilience.waiting import until

DISK_MEGABYTES: Final = 8
COMES_BACK_WITHIN: Final = 150.0
"""Seconds: a busy computer needs a minute to start PostgreSQL and two processes."""


@dataclass(slots=True, kw_only=True)
class Household:
    """`url` reaches the database directly; the service may reach it by a wire. With `shared`
    several processes serve, by way of Redis."""

    town: Town
    folder: Path
    url: str
    variables: dict[str, str]
    services: list[Process]
    small_disk: bool = False
    shared: bool = False

    @property
    def settings(self) -> Settings:
        return load(**{**self.variables, "DATABASE_URL": self.url})

    @property
    def on_postgres(self) -> bool:
        return self.url.startswith("postgresql")

    def tenant(self) -> Tenant:
        return identity_side.tenant_of(self.settings, flows.site(self.settings).business)

    def stores(self) -> Stores:
        """For looking at what SQL keeps, beside the running service. To be closed."""
        return stores.build(
            self.url,
            self.tenant(),
            sealing.keys_of(self.settings),
            result_lives=PairingPolicy().result_lives,
        )

    async def open(self) -> None:
        """All of its processes up and ready."""
        ports = [str(_port(one)) for one in self.services]
        await self.town.order(aim="front", at=",".join(ports))
        for one in self.services:
            one.start()
        for one in self.services:
            await self.serve(one, probe="readyz", started=True)

    async def serve(self, one: Process, *, probe: str = "livez", started: bool = False) -> None:
        """One process up; started again when it ends before, as a supervisor would."""
        if not started:
            one.start()
        async with httpx2.AsyncClient(trust_env=False) as http:

            async def ready() -> bool:
                if one.ended:
                    one.start()  # its log says why it had ended
                try:
                    return (await http.get(f"http://{HOST}:{_port(one)}/{probe}")).is_success
                except httpx2.HTTPError:
                    return False

            await until("the service is up", ready, within=COMES_BACK_WITHIN)

    async def serve_again(self) -> None:
        """Whichever of its processes have ended."""
        for one in self.services:
            if one.ended:
                await self.serve(one)

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
        for one in self.services:
            one.kill()
        if self.small_disk:
            subprocess.run(["umount", str(self.folder / "data")], check=False)  # noqa: S603, S607  # ours
        if self.on_postgres and self.town.cluster is not None:
            self.town.cluster.drop(self.url)


def clock_of(log: Path) -> Path:
    """By how much the clock of the process with this log is wrong (see `skewed`)."""
    return log.with_suffix(".clock")


def limit(one: Process, what: int, soft: int | None) -> None:
    """A resource limit of a running process; None lifts it."""
    hard = resource.prlimit(one.pid, what)[1]
    resource.prlimit(one.pid, what, (hard if soft is None else soft, hard))


def descriptors(one: Process) -> int:
    """How many files and connections it has open."""
    return len(list(Path(f"/proc/{one.pid}/fd").iterdir()))


def _port(one: Process) -> str:
    return one.variables["KAZASU_LISTEN_PORT"]


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
    home = _household(town, folder, url, processes=1)
    await _move_in(home)
    if not postgres:
        with closing(sqlite3.connect(folder / "kazasu.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


def new(
    town: Town, number: str, copied: str, *, small_disk: bool = False, shared: bool = False
) -> Household:
    """`copied` is a template's URL. A small disk needs root and a mount namespace of our own."""
    folder = town.folder / f"run-{number}"
    (folder / "data").mkdir(parents=True)
    if small_disk:
        size = f"size={DISK_MEGABYTES}m"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder / "data")]
        subprocess.run(mount, check=True)  # noqa: S603  # our own words
    if copied.startswith("postgresql"):
        assert town.cluster is not None
        home = _household(town, folder, town.cluster.copy(copied), processes=2 if shared else 1)
    else:
        path = folder / "data" / "kazasu.db"
        shutil.copy(copied.removeprefix("sqlite:///"), path)
        home = _household(town, folder, f"sqlite:///{path}", processes=1)
    home.small_disk = small_disk
    return home


def may_mount() -> bool:
    """Whether small disks can be had here, unseen by the rest of this computer."""
    ours, first = Path("/proc/self/ns/mnt"), Path("/proc/1/ns/mnt")
    try:
        return os.geteuid() == 0 and ours.readlink() != first.readlink()
    except OSError:
        return False


def _household(town: Town, folder: Path, url: str, *, processes: int) -> Household:
    by_wire, place = url, town.place
    if url.startswith("postgresql"):
        assert town.cluster is not None
        by_wire = town.cluster.over(url, town.ports["sql"])
    variables = {
        "KAZASU_PROFILE": "demo",
        "KAZASU_TENANT": "chaos",
        "KAZASU_DATA_DIR": str(folder / "data"),
        "KAZASU_FLOWS_DIR": str(town.people.flows),
        "KAZASU_LOOKUPS_DIR": str(town.folder / "lookups"),
        "KAZASU_SECRETS_DIR": str(place.secrets_dir),
        "TRUST_ANCHORS_DIR": str(place.pki / "anchors"),
        "KAZASU_CRL_DIR": str(place.pki / "crl"),
        "DATABASE_URL": by_wire,
        "PUBLIC_BASE_URL": town.base,
        "KAZASU_LISTEN_HOST": HOST,
        "KAZASU_FALLBACK_NUMBER": GENERAL_DESK,
        "TWILIO_API_BASE": f"http://{HOST}:{town.ports['rest']}",
        "TWILIO_NUMBER": DIALLED,
    }
    shared = processes > 1
    if shared:
        variables["REDIS_URL"] = f"redis://{HOST}:{town.ports['redis']}"
    return Household(
        town=town,
        folder=folder,
        url=url,
        variables=variables,
        services=[_service(folder, variables, number) for number in range(processes)],
        shared=shared,
    )


def _service(folder: Path, variables: dict[str, str], number: int) -> Process:
    own = {**variables, "KAZASU_LISTEN_PORT": str(free_port())}
    log = folder / f"service-{number}.log"
    clock_of(log).write_text("0", encoding="ascii")
    return Process(log, "tests.chaos.town.skewed", (str(clock_of(log)), "serve"), own)


async def _move_in(home: Household) -> None:
    """Contract holders, whose card is whose, and the operators."""
    kept, tenant = home.stores(), home.tenant()
    try:
        people = home.town.people
        await HolderImport(kept.holders).csv(tenant.id, holders(people.callers).encode())
        known = ContractHolders(kept.holders, kept.linkage, bytes)
        for caller in people.callers:
            for linkable in home.town.cards[caller.card].linkables():
                key = LinkageKey(
                    issuer_key_sha256=linkable.issuer_key_sha256, serial=linkable.serial
                )
                await known.enrol(tenant, key, caller.person_id)
        hashed = hash_password(PASSWORD)
        for clerk in people.clerks:
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
