"""One run: the people and faults of one seed in a town, and what its history says of it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

import httpx2

from companion_app.card.http_card import CardAddress
from identity.evidence_archive.chain import first_bad
from kazasu.demo.place import HOST
from tests.chaos.faults import at_a_point
from tests.chaos.faults.scene import Scene
from tests.chaos.faults.script import ALONE, DATABASES, Script, script
from tests.chaos.history import invariants, telling
from tests.chaos.history.operations import History, Outcome
from tests.chaos.people.caller import Caller
from tests.chaos.people.clerk import ClerkAtWork
from tests.chaos.people.handset import Handset
from tests.chaos.people.notebook import Notebook
from tests.chaos.people.plans import Plan, Way, plans
from tests.chaos.people.smartphone import Smartphone
from tests.chaos.town import household
from tests.chaos.town.household import COMES_BACK_WITHIN, Household
from tests.chaos.town.residents import DESK_LINES, GENERAL_DESK, Resident
from tests.chaos.town.town import Town
from tests.journeys.resilience.waiting import until

CALLERS: Final = 6
FRIENDS: Final = 5


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
    await clean(town, seed)
    try:
        await home.open()
        history, scene = await _lived(town, home, people, story, random)
    finally:
        home.close()
        await clean(town, seed)
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


async def clean(town: Town, seed: int) -> None:
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
        asyncio.ensure_future(ClerkAtWork(town.base, clerk, notes).work())
        for clerk in town.people.clerks
    ]
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=None) as lines,
        httpx2.AsyncClient(trust_env=False, timeout=15.0) as apps,
    ):
        callers = [caller_of(town, plan, notes, lines, apps) for plan in people]
        happening = asyncio.ensure_future(_happen(scene, story))
        try:
            await asyncio.gather(*(caller.live() for caller in callers))
            await happening
            await _settled(home)
        finally:
            for task in at_work:
                task.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)
        history = await telling.told(town, home, callers, notes, lines)
        return replace(history, skewed=tuple(scene.skewed)), scene


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def caller_of(
    town: Town,
    plan: Plan,
    notes: Notebook,
    lines: httpx2.AsyncClient,
    apps: httpx2.AsyncClient,
) -> Caller:
    card = card_of(town, plan.who)

    def phone() -> Smartphone:
        return Smartphone(apps, notes, origin=town.base, card=card, clock_off=plan.clock_off)

    friends = tuple(phone() for _ in range(FRIENDS if plan.way is Way.RIVAL else 0))
    return Caller(
        plan=plan, handset=handset_of(town, plan.who, lines), phone=phone(), friends=friends
    )


def handset_of(town: Town, who: Resident, lines: httpx2.AsyncClient) -> Handset:
    return Handset(lines, town.carrier_base, town.carrier_token, who.number)


def card_of(town: Town, who: Resident) -> CardAddress:
    return CardAddress(
        base=f"http://{HOST}:{town.rack.port}",
        token=town.place.card_token.read_text(encoding="utf-8").strip(),
        name=who.card,
    )


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
