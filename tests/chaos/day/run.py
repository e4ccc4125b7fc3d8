"""One day: so many calls over two processes, with PostgreSQL and Redis, while things are killed."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx2
from sqlalchemy import NullPool, create_engine, text

from tests.chaos.day import accounts, visits
from tests.chaos.day.accounts import Account, LeftOver
from tests.chaos.day.clerk import ClerkOfTheDay, Whims
from tests.chaos.day.footprint import Footprint
from tests.chaos.day.mishaps import Mishaps
from tests.chaos.day.phones import Phones, bought
from tests.chaos.faults.scene import Scene
from tests.chaos.history import invariants, telling
from tests.chaos.history.operations import History
from tests.chaos.history.telling import Timelines
from tests.chaos.people.caller import Caller
from tests.chaos.people.notebook import Notebook
from tests.chaos.people.plans import Way
from tests.chaos.run import clean, handset_of
from tests.chaos.town import household
from tests.chaos.town.household import Household
from tests.chaos.town.residents import Resident
from tests.chaos.town.town import Town
from tests.journeys.resilience.waiting import until

_REPLAYED: Final = 40
_CLEARS_UP_WITHIN: Final = 400.0
"""Seconds: a check that nobody came to runs out after 300."""
_LOOKS_EVERY: Final = 3.0
_LAST_WORDS_WITHIN: Final = 30.0


@dataclass(slots=True, kw_only=True)
class Day:
    """What there is of it so far; `violations` when it is over."""

    planned: int
    callers: list[Caller] = field(default_factory=list)
    over: int = 0
    broken: list[str] = field(default_factory=list)
    footprint: Footprint = field(default_factory=Footprint)
    whims: Whims = field(default_factory=Whims)
    befell: Counter[str] = field(default_factory=Counter)
    took: float = 0.0
    timelines: Timelines = field(default_factory=dict)
    history: History = field(default_factory=History)
    violations: list[str] = field(default_factory=list)

    @property
    def begun(self) -> int:
        return len(self.callers)


async def lived(
    town: Town, template: str, *, calls: int, at_once: int, seed: int, tell: Callable[[str], None]
) -> Day:
    """`at_once`: so many callers at a time. `tell` hears how it goes."""
    random, day, notes = Random(seed), Day(planned=calls), Notebook()
    home = household.new(town, f"day-{time.monotonic_ns()}", template, shared=True)
    await clean(town, seed)
    began = time.monotonic()
    try:
        await home.open()
        scene = Scene(
            town=town, home=home, random=Random(seed + 1), began=asyncio.get_running_loop().time()
        )
        mishaps = Mishaps(scene=scene, random=Random(seed + 2), befell=day.befell)
        async with httpx2.AsyncClient(trust_env=False, timeout=30.0, limits=_LIMITS) as http:
            phones = await bought(town, home, notes, http, random)
            visitors = Visitors(town, day, phones, random, http, tell)
            left = await _opening_hours(visitors, home, notes, mishaps, at_once, tell)
            day.took = time.monotonic() - began
            tell("the books are closed: reading what everybody saw")
            day.history = await telling.told(
                town,
                home,
                day.callers,
                notes,
                http,
                replay_last=_REPLAYED,
                read_before=day.timelines,
            )
    finally:
        home.close()
        await clean(town, seed)
    dialled = [one.handset.sid for one in day.callers]
    account = Account(planned=calls, dialled=dialled, history=day.history, left=left)
    day.violations += day.broken + day.footprint.too_much()
    day.violations += invariants.violations(day.history) + accounts.unaccounted(account)
    return day


_LIMITS: Final = httpx2.Limits(max_connections=None, max_keepalive_connections=50)


@dataclass(slots=True)
class Visitors:
    """The residents, of whom each makes one call at a time."""

    town: Town
    day: Day
    phones: Phones
    random: Random
    http: httpx2.AsyncClient
    tell: Callable[[str], None]
    _reading: set[asyncio.Task[None]] = field(default_factory=set)

    async def call(self, at_once: int) -> None:
        """All calls of the day; the next one calls when somebody has hung up."""
        at_home: asyncio.Queue[Resident] = asyncio.Queue()
        for who in self.random.sample(self.town.people.callers, len(self.phones)):
            at_home.put_nowait(who)

        async def one_after_another() -> None:
            while self.day.begun < self.day.planned:
                who = at_home.get_nowait()
                await self._one_call(who)
                at_home.put_nowait(who)

        async with asyncio.TaskGroup() as lines:
            for _ in range(at_once):
                lines.create_task(one_after_another())
                await asyncio.sleep(self.random.uniform(0.2, 1.0))

    async def _one_call(self, who: Resident) -> None:
        """A caller whom something unforeseen befell is a violation, and the day goes on."""
        plan, (phone, *friends) = visits.visit(self.random, who), self.phones[who.number]
        caller = Caller(
            plan=plan,
            handset=handset_of(self.town, who, self.http),
            phone=phone,
            friends=tuple(friends) if plan.way is Way.RIVAL else (),
            registered=True,
        )
        self.day.callers.append(caller)
        try:
            if plan.way is Way.RING_BACK:
                await self._will_answer(who)
            await caller.live()
        except Exception as error:
            said = f"{type(error).__name__} {error}"
            self.day.broken.append(f"{caller.handset.sid} {plan.words}: {said}")
            self.tell(f"! {self.day.broken[-1]}")
        self.day.over += 1
        self._reading.add(asyncio.ensure_future(self._read(caller.handset.sid)))

    async def _read(self, sid: str) -> None:
        """What the carrier has written of a call, when nothing is added any more and before it is
        forgotten: it remembers the last few hundred."""
        await asyncio.sleep(_LAST_WORDS_WITHIN)
        if sid:
            self.day.timelines[sid] = await telling.timeline_of(self.town, self.http, sid)

    async def read(self) -> None:
        """All that is still to be read."""
        await asyncio.gather(*self._reading)

    async def _will_answer(self, who: Resident) -> None:
        """Their telephone, when it is rung."""
        headers = {"Authorization": f"Bearer {self.town.carrier_token}"}
        path = f"{self.town.carrier_base}/phones/{who.number}"
        answer = await self.http.put(path, json={"auto_answer": 1}, headers=headers)
        answer.raise_for_status()


async def _opening_hours(
    visitors: Visitors,
    home: Household,
    notes: Notebook,
    mishaps: Mishaps,
    at_once: int,
    tell: Callable[[str], None],
) -> LeftOver:
    town, day, random = visitors.town, visitors.day, visitors.random
    clerks = [
        ClerkOfTheDay(town, clerk, notes, Random(random.random()), day.whims)
        for clerk in town.people.clerks
    ]
    beside = [asyncio.ensure_future(clerk.work()) for clerk in clerks]
    beside.append(asyncio.ensure_future(_watched(home, day, mishaps, tell)))
    trouble = asyncio.ensure_future(mishaps.go_on())
    try:
        await visitors.call(at_once)
        mishaps.stop()
        await trouble
        await home.serve_again()
        tell("the last caller has hung up; what is left is cleared up")
        left = await _cleared_up(home, tell)
        await visitors.read()
        return left
    finally:
        trouble.cancel()
        for task in beside:
            task.cancel()
        await asyncio.gather(trouble, *beside, return_exceptions=True)


async def _watched(
    home: Household, day: Day, mishaps: Mishaps, tell: Callable[[str], None]
) -> None:
    began, looks = time.monotonic(), 0
    while True:
        day.footprint.look(home.services)
        if looks % 5 == 0:
            befalls = f"; now: {mishaps.now}" if mishaps.now else ""
            minutes, seconds = divmod(int(time.monotonic() - began), 60)
            so_far = f"{day.over}/{day.planned} calls over, {day.begun - day.over} on the line"
            tell(f"{minutes:3}:{seconds:02} {so_far}{befalls}")
        looks += 1
        await asyncio.sleep(_LOOKS_EVERY)


async def _cleared_up(home: Household, tell: Callable[[str], None]) -> LeftOver:
    """What still stands when everything had its time to end."""
    left = LeftOver()

    async def nothing() -> bool:
        nonlocal left
        with suppress(Exception):  # the database may still be coming back
            before, left = left, await asyncio.to_thread(_left_over, home.url)
            if left != before:
                tell("  " + ", ".join(f"{n} {what}" for what, n in left.named().items() if n))
            return not any(left.named().values())
        return False

    with suppress(AssertionError):
        await until("everything is cleared up", nothing, within=_CLEARS_UP_WITHIN)
    return left


def _left_over(url: str) -> LeftOver:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    with engine.connect() as looking:
        counted = {
            name: looking.execute(text(f"SELECT count(*) FROM {what}")).scalar_one()  # noqa: S608  # ours
            for name, what in _COUNTED.items()
        }
    return LeftOver(**counted)


_COUNTED: Final = {
    "waiting": "waiting_calls WHERE state <> 'gone'",
    "pending": "pairings WHERE status = 'pending'",
    "calls_open": "calls WHERE ended_at IS NULL",
    "callbacks": "callbacks WHERE state <> 'done'",
    "news": "outbox",
    "on_a_call": "operator_presence WHERE presence = 'on_call'",
}


def figures(day: Day) -> Sequence[tuple[str, str]]:
    """The table at the end, by line."""
    history = day.history
    ways = Counter(one.plan.way.value for one in day.callers)
    heard, verified = history.heard, [p for p in history.pairings if p.hint in accounts.PROVEN]
    hints = Counter(f"{p.status} {p.hint}" for p in history.pairings)
    lives = day.footprint.lives.values()
    return [
        ("calls", f"{day.begun} in {day.took / 60:.1f} min"),
        ("callers who", ", ".join(f"{name}: {n}" for name, n in ways.most_common())),
        ("came to a person", str(sum(one.reached == "person" for one in heard))),
        ("came to spoken words", str(sum(one.reached == "words" for one in heard))),
        ("hung up before", str(sum(not one.stayed for one in heard))),
        ("checks", f"{len(history.pairings)}, verified {len(verified)}"),
        ("ended as", ", ".join(f"{name}: {n}" for name, n in hints.most_common())),
        ("rows of evidence", str(len(history.evidence))),
        ("rung back", str(day.whims.rung_back)),
        ("calls that clerks declined, broke off", f"{day.whims.declined}, {day.whims.broken_off}"),
        ("breaks", str(day.whims.breaks)),
        ("silences beyond 4 s", str(sum(len(one.gaps) for one in heard))),
        ("processes of the service", f"{len(lives)} lives"),
        ("memory at most", f"{max((max(x.megabytes) for x in lives), default=0):.0f} MB"),
        ("grown at most", f"{max((x.growth for x in lives), default=0):.0f} MB"),
        ("descriptors at most", str(max((max(x.descriptors) for x in lives), default=0))),
        *((f"befell: {name}", str(n)) for name, n in sorted(day.befell.items())),
    ]
