"""One run: the people and faults of one seed in a town, and what its history says of it."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

import httpx2

from companion_app.card.http_card import CardAddress
from identity.evidence_archive.chain import first_bad
from kazasu.demo.place import HOST
from stand_ins.carrier.silence import Gap
from tests.chaos.faults import at_a_point
from tests.chaos.faults.scene import Scene
from tests.chaos.faults.script import ALONE, DATABASES, Script, script
from tests.chaos.history import carrier_read, invariants
from tests.chaos.history.operations import Heard, History, Kind, Operation, Outcome, State
from tests.chaos.history.stores_read import StoresRead, facts_of
from tests.chaos.people.caller import Caller
from tests.chaos.people.clerk import ClerkAtWork
from tests.chaos.people.handset import Handset
from tests.chaos.people.notebook import Notebook
from tests.chaos.people.plans import Plan, Way, plans
from tests.chaos.people.smartphone import Smartphone
from tests.chaos.town import household, metronome
from tests.chaos.town.household import COMES_BACK_WITHIN, Household
from tests.chaos.town.residents import CLERKS, DESK_LINES, GENERAL_DESK
from tests.chaos.town.town import Town
from tests.journeys.resilience.waiting import until

CALLERS: Final = 6
_FRIENDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one seed. `violations` empty: everything held. `point`: where a process was to
    be killed, `met` whether it came to that."""

    seed: int
    database: str
    faults: tuple[str, ...]
    people: tuple[str, ...]
    figures: dict[str, int]
    violations: tuple[str, ...]
    history: History = field(repr=False)
    point: str = ""
    met: bool = False


async def run(
    town: Town,
    templates: Mapping[str, str],
    seed: int,
    *,
    callers: int = CALLERS,
    databases: Sequence[str] = DATABASES,
    story: Script | None = None,
) -> Done:
    """`templates`: a filled database for each of `sqlite` and `postgresql`. `story`: other faults
    than the seed's."""
    random = Random(seed)
    story = story or script(seed, random, databases)
    people = plans(random, callers)
    home = household.new(
        town,
        f"{seed}-{time.monotonic_ns()}",
        templates[story.database.partition(" ")[0]],
        small_disk=story.database == ALONE and household.may_mount(),
        shared=story.shared,
    )
    await _clean(town, seed)
    try:
        await home.open()
        history, scene = await _lived(town, home, people, story, random)
    finally:
        home.close()
        await _clean(town, seed)
    found = invariants.violations(history, _checks(story))
    return Done(
        seed=seed,
        database=story.database,
        faults=tuple(scene.said),
        people=tuple(plan.words for plan in people),
        figures=_figures(history),
        violations=tuple(found),
        history=history,
        point=story.point.name if story.point else "",
        met=scene.killed_at_the_point,
    )


def _checks(story: Script) -> tuple[invariants.Check, ...]:
    """Bits turned on the way to the database may break the chain, which is how that is seen."""
    if not story.flips:
        return invariants.ALL
    return tuple(check for check in invariants.ALL if check is not invariants.the_chain_holds)


async def _clean(town: Town, seed: int) -> None:
    """No fault is left over, neither from this run nor for the next."""
    await town.order(seed=seed, kill=None)
    for wire in town.ports:
        await town.weather(wire, cut=True)
    if town.redis is not None:
        await asyncio.to_thread(town.redis.empty)
    headers = {"Authorization": f"Bearer {town.carrier_token}"}
    async with httpx2.AsyncClient(trust_env=False, headers=headers) as http:
        await http.delete(f"{town.carrier_base}/faults")
        desk = {"auto_answer": 1, "lines": DESK_LINES}
        await http.put(f"{town.carrier_base}/phones/{GENERAL_DESK}", json=desk)


async def _lived(
    town: Town, home: Household, people: list[Plan], story: Script, random: Random
) -> tuple[History, Scene]:
    notes, scene = Notebook(), Scene(town=town, home=home, random=random, began=_loop_time())
    at_work = [
        asyncio.ensure_future(ClerkAtWork(town.base, clerk, notes).work()) for clerk in CLERKS
    ]
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=None) as lines,
        httpx2.AsyncClient(trust_env=False, timeout=15.0) as apps,
    ):
        callers = [_caller(town, plan, notes, lines, apps) for plan in people]
        happening = asyncio.ensure_future(_happen(scene, story))
        try:
            await asyncio.gather(*(caller.live() for caller in callers))
            await happening
            await _settled(home)
        finally:
            for task in at_work:
                task.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)
        history = await _told(town, home, callers, notes, lines)
        return replace(history, skewed=tuple(scene.skewed)), scene


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _caller(
    town: Town,
    plan: Plan,
    notes: Notebook,
    lines: httpx2.AsyncClient,
    apps: httpx2.AsyncClient,
) -> Caller:
    card = CardAddress(
        base=f"http://{HOST}:{town.rack.port}",
        token=town.place.card_token.read_text(encoding="utf-8").strip(),
        name=plan.who.card,
    )

    def phone() -> Smartphone:
        return Smartphone(apps, notes, origin=town.base, card=card, clock_off=plan.clock_off)

    handset = Handset(lines, town.carrier_base, town.carrier_token, plan.who.number)
    friends = tuple(phone() for _ in range(_FRIENDS if plan.way is Way.RIVAL else 0))
    return Caller(plan=plan, handset=handset, phone=phone(), friends=friends)


async def _happen(scene: Scene, story: Script) -> None:
    async def at_the_point() -> None:
        if story.point is not None:
            killed = await at_a_point.killed(scene, story.point, story.skip)
            scene.killed_at_the_point = killed

    if story.on_processes:  # two at once would start the same one twice
        await at_the_point()
        await _faults(scene, story)
    else:
        await asyncio.gather(at_the_point(), _faults(scene, story))


async def _faults(scene: Scene, story: Script) -> None:
    for at, fault in story.faults:
        await asyncio.sleep(max(0.0, scene.began + at - _loop_time()))
        scene.say(f"{fault.number} {fault.name}")
        await fault.happen(scene)
        scene.say(f"{fault.number} is over")


async def _settled(home: Household) -> None:
    """The service runs, and all its news has been told."""
    await home.serve_again()
    kept = home.stores()
    try:

        async def nothing_untold() -> bool:
            with suppress(Exception):  # the database may still be coming back
                return await kept.outbox.waiting() < _A_CROWD_BEHIND
            return False

        await until("the news is told", nothing_untold, within=COMES_BACK_WITHIN)
    finally:
        await kept.close()


_A_CROWD_BEHIND: Final = 500
"""When ten thousand checks run out, their news takes minutes; nobody waits for it."""


async def _told(
    town: Town, home: Household, callers: list[Caller], notes: Notebook, http: httpx2.AsyncClient
) -> History:
    """The carrier's timelines and what the stores hold, beside what the parties wrote down."""
    timelines = {c.handset.sid: await _timeline(town, http, c.handset.sid) for c in callers}
    kept, tenant = home.stores(), home.tenant()
    (home.folder / "timelines.json").write_text(json.dumps(timelines, ensure_ascii=False, indent=0))
    try:
        read = StoresRead(kept, tenant, timelines)
        operations = [await _with_call(read, one) for one in notes.operations]
        for sid, timeline in timelines.items():
            operations += carrier_read.operations(sid, timeline, _monotonic)
        before = await read.state()
        await _replay(http, _replayed(timelines, before, everything=not home.shared))
        after = await read.state()
        evidence = await read.evidence()
        operations += [_row_read(facts_of(row, tenant)) for row in evidence]
        pairings = await read.pairings()
        operations += [_created(one.call, one.id) for one in pairings]
        await read.destroy_a_key()
        return History(
            operations=tuple(operations),
            pairings=tuple(pairings),
            heard=tuple(_heard(town, c, timelines[c.handset.sid]) for c in callers),
            revoked={c.phone.installation: _LONG_AGO for c in callers if c.plan.who.revoked},
            evidence=evidence,
            evidence_without_key=await read.evidence(),
            replayed=(before, after),
        )
    finally:
        await kept.close()


_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


async def _timeline(town: Town, http: httpx2.AsyncClient, sid: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {town.carrier_token}"}
    answer = await http.get(f"{town.carrier_base}/calls/{sid}?after=0", headers=headers)
    found: list[dict[str, Any]] = answer.json()["timeline"]
    return found


async def _with_call(read: StoresRead, operation: Operation) -> Operation:
    token = operation.fact("token")
    return replace(operation, call=await read.call_of(token)) if token else operation


def _replayed(
    timelines: dict[str, list[dict[str, Any]]], state: State, *, everything: bool
) -> dict[str, list[dict[str, Any]]]:
    """A call that is not over for us, and whose session went with Redis, goes on at a person: its
    webhooks are no repetition then."""
    if everything:
        return timelines
    return {sid: t for sid, t in timelines.items() if state[f"call {sid}"].startswith("over")}


async def _replay(http: httpx2.AsyncClient, timelines: dict[str, list[dict[str, Any]]]) -> None:
    """Every webhook that was answered, byte for byte, once more (the signature has no time)."""
    for timeline in timelines.values():
        for entry in list(carrier_read.webhooks(timeline)):
            request = entry["request"]
            if "response" not in entry or request["method"] != "POST":
                continue
            answer = await http.post(
                request["url"].partition("#")[0],
                data=request["form"],
                headers=request["headers"],
                timeout=30.0,
            )
            assert answer.status_code in (200, 204), f"{request['url']}: {answer.status_code}"


def _heard(town: Town, caller: Caller, timeline: list[dict[str, Any]]) -> Heard:
    def late(gap: Gap) -> float:
        since, to = carrier_read.wall_between(timeline, gap.start, gap.end)
        return metronome.lateness(town.beats, _monotonic(since), _monotonic(to))

    return carrier_read.heard(caller.handset.sid, timeline, left_early=caller.left_early, late=late)


def _monotonic(wall: datetime) -> float:
    return wall.timestamp() - (time.time() - time.monotonic())


def _row_read(facts: Any) -> Operation:
    return _afterwards(Kind.EVIDENCE_READ, "", facts)


def _created(call: str, pairing: str) -> Operation:
    return _afterwards(Kind.PAIRING_CREATE, call, {"pairing": pairing})


def _afterwards(kind: Kind, call: str, facts: Any) -> Operation:
    now = time.monotonic()
    return Operation(
        kind=kind,
        call=call,
        outcome=Outcome.OK,
        began=now,
        ended=now,
        wall=datetime.now(UTC),
        facts=facts,
    )


def _figures(history: History) -> dict[str, int]:
    verified = [one for one in history.pairings if one.status == "complete"]
    unknown = [o for o in history.operations if o.outcome in (Outcome.UNKNOWN, Outcome.INVOKE)]
    return {
        "operations": len(history.operations),
        "unknown": len(unknown),
        "checks": len(history.pairings),
        "verified": len(verified),
        "rows": len(history.evidence),
        "persons": sum(heard.reached == "person" for heard in history.heard),
        "words": sum(heard.reached == "words" for heard in history.heard),
        "left": sum(not heard.stayed for heard in history.heard),
        "bad": first_bad(history.evidence) or 0,
    }
