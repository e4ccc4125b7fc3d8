"""Everything around the service, started once: carrier, cards, fallback, wires, metronome, SQL.

What a run has of its own (database, data folder, service) is `Household`.
"""

import asyncio
import json
import shutil
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kazasu.demo import place as places
from kazasu.demo.place import HOST, Place
from stand_ins.jpki.card_file import CardFile
from stand_ins.jpki.cards import issue_card
from stand_ins.jpki.pki import load_pki, make_pki, refresh_crls
from tests.chaos.town.postgres import FragileCluster
from tests.chaos.town.residents import (
    CALLERS,
    CLERKS,
    DIALLED,
    GENERAL_DESK,
    Clerk,
    Resident,
)
from tests.chaos.wires.weather import CLEAR, Weather
from tests.journeys.resilience.programs import Process
from tests.journeys.resilience.waiting import until
from tests.redis_server import RedisServer

FLOWS: Final = Path(__file__).parents[3] / "flows"
SPEED: Final = 8.0
"""A hold turn of 8 s is over in one: quick, and still slower than a busy computer's answers."""
_FALLBACK: Final = ("fallback", "--port", "0")
_NOWHERE: Final = "/nowhere"
_STARTS_WITHIN: Final = 300.0
"""A rack of many cards takes its time on a busy computer."""
OVERRIDES: Final = "e=tokyo&ct=1000&rt=3000&tt=10000&rc=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who lives in a town, which numbers it serves by which flows."""

    callers: tuple[Resident, ...] = CALLERS
    clerks: tuple[Clerk, ...] = CLERKS
    numbers: tuple[str, ...] = (DIALLED,)
    flows: Path = FLOWS


@dataclass(slots=True, kw_only=True)
class Town:
    folder: Path
    people: People
    base: str
    cards: dict[str, CardFile]
    carrier: Process
    rack: Process
    fallback: Process
    wires: Process
    metronome: Process
    cluster: FragileCluster | None = None
    redis: RedisServer | None = None
    ports: dict[str, int] = field(default_factory=dict)
    """Of the wires: `front` (to the service), `rest`, and for shared runs `sql` and `redis`."""

    @property
    def place(self) -> Place:
        return Place(folder=self.folder)

    @property
    def beats(self) -> Path:
        return self.folder / "beats"

    @property
    def carrier_base(self) -> str:
        return f"http://{HOST}:{self.carrier.port}"

    @property
    def carrier_token(self) -> str:
        return self.place.carrier_token.read_text(encoding="ascii").strip()

    async def weather(self, wire: str, weather: Weather = CLEAR, *, cut: bool = False) -> None:
        await self.order(wire=wire, weather=asdict(weather), cut=cut)

    async def order(self, **order: object) -> dict[str, Any]:
        reader, writer = await asyncio.open_connection(HOST, self.wires.port)
        writer.write(json.dumps(order).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return answer

    def fresh_lists(self) -> None:
        """Revocation lists as they should be."""
        shutil.rmtree(self.place.pki / "crl")
        (self.place.pki / "crl").mkdir()
        refresh_crls(load_pki(self.place.pki), datetime.now(UTC))

    def stop(self) -> None:
        for process in (self.carrier, self.rack, self.fallback, self.wires, self.metronome):
            process.kill()
        if self.cluster is not None:
            self.cluster.go_on()
            self.cluster.stop()
        if self.redis is not None:
            self.redis.stop()


async def build(folder: Path, *, shared: bool, people: People | None = None) -> Town:
    """`shared`: with PostgreSQL and Redis, so that runs may have several processes."""
    with ExitStack() as undone:  # what has been started, when the rest cannot be
        town = await _built(folder, people or People(), undone, shared=shared)
        undone.pop_all()
    return town


async def _built(folder: Path, people: People, undone: ExitStack, *, shared: bool) -> Town:
    def begin(*processes: Process) -> None:
        for process in processes:
            process.start()
            undone.callback(process.kill)

    place = Place(folder=folder)
    places.secrets_of(place)
    cards = await asyncio.to_thread(_cards, place, people)
    _lookups(folder / "lookups", people)
    cluster, redis = (FragileCluster(), RedisServer()) if shared else (None, None)
    wires, fallback = _wires(folder, cluster, redis), _fallback(folder)
    beats = ("tests.chaos.town.metronome", (str(folder / "beats"),))
    metronome = Process(folder / "metronome.log", *beats, {})
    begin(wires, fallback, metronome)
    await port_of(wires)
    ports = _announced(wires)["wires"]
    base = f"http://{HOST}:{ports['front']}"
    rack, carrier = _rack(place, base), _carrier(place, base, await port_of(fallback), people)
    begin(rack, carrier)
    if cluster is not None and redis is not None:
        undone.callback(cluster.stop)
        undone.callback(redis.stop)
        await asyncio.to_thread(cluster.start)
        await asyncio.to_thread(redis.start)
    for process in (carrier, rack, metronome):
        await port_of(process)
    town = Town(
        folder=folder,
        people=people,
        base=base,
        cards=cards,
        carrier=carrier,
        rack=rack,
        fallback=fallback,
        wires=wires,
        metronome=metronome,
        cluster=cluster,
        redis=redis,
        ports=ports,
    )
    await town.order(aim="rest", at=str(carrier.port))
    return town


def _fallback(folder: Path) -> Process:
    variables = {"KAZASU_FALLBACK_NUMBER": GENERAL_DESK}
    return Process(folder / "fallback.log", "kazasu.cli.main", _FALLBACK, variables)


async def port_of(process: Process) -> int:
    async def announced() -> int | None:
        assert not process.ended, process.log.read_text(encoding="utf-8")
        return process.port if process.port is not None else None

    async def listens() -> bool:
        return await announced() is not None

    await until(f"{process.log.stem} listens", listens, within=_STARTS_WITHIN)
    assert process.port is not None
    return process.port


def _announced(process: Process) -> dict[str, Any]:
    lines = process.log.read_text(encoding="utf-8").splitlines()
    found: dict[str, Any] = next(json.loads(x) for x in lines if '"listening"' in x)
    return found


def _cards(place: Place, people: People) -> dict[str, CardFile]:
    now = datetime.now(UTC)
    make_pki(place.pki, now=now)
    pki = load_pki(place.pki)
    cards = {one.card: issue_card(pki, one.card, one.plan, now=now) for one in people.callers}
    refresh_crls(pki, now)
    return cards


def _lookups(folder: Path, people: People) -> None:
    folder.mkdir()
    cases = "".join(f"{caller.contract},2027-03-31,0\n" for caller in people.callers)
    tables = {
        "customer": "number,contract\n",
        "open_case": "contract,due,fee\n" + cases,
        "service_notice": "notice\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def _rack(place: Place, base: str) -> Process:
    arguments = ("--cards", str(place.cards), "--token-file", str(place.card_token))
    more = ("--origin", base, "--speed", str(SPEED))
    return Process(place.folder / "cards.log", "stand_ins.card", (*arguments, *more), {})


def _carrier(place: Place, base: str, fallback: int, people: People) -> Process:
    door = f"{base}/carriers/twilio"
    addresses = f"{door}/voice#{OVERRIDES}|http://{HOST}:{fallback}/|{door}/status#{OVERRIDES}"
    arguments = (
        *("--credentials-file", str(place.credentials)),
        *("--token-file", str(place.carrier_token)),
        *(word for one in people.numbers for word in ("--number", f"{one}={addresses}")),
        *("--speed", str(SPEED)),
        *(word for clerk in people.clerks for word in ("--phone", clerk.phone)),
    )
    return Process(place.folder / "carrier.log", "stand_ins.carrier", arguments, {})


def _wires(folder: Path, cluster: FragileCluster | None, redis: RedisServer | None) -> Process:
    """Where `front` and `rest` lead is said when it is known."""
    aims = {"front": _NOWHERE, "rest": _NOWHERE}
    if cluster is not None and redis is not None:
        aims |= {"sql": str(cluster.socket), "redis": redis.url.removeprefix("unix://")}
    wires = [word for name, at in aims.items() for word in ("--wire", f"{name}={at}")]
    return Process(folder / "wires.log", "tests.chaos.wires", wires, {})


def free_port() -> int:
    """Of one process of the service; it is bound a little later."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
