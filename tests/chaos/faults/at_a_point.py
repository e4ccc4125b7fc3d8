"""F1: kill -9 at a named point, before and after each write, and started again at once."""

from tests.chaos.faults.scene import Scene
from tests.chaos.wires.killer import Point
from tests.chaos.wires.writes import CALL_ROW, CHECK, CLAIM, COMMAND, PLACE, SESSION, VERDICT
from tests.journeys.resilience.programs import Process
from tests.journeys.resilience.waiting import until

MOST_SKIPPED = {
    CALL_ROW: 3,
    SESSION: 12,
    CHECK: 2,
    CLAIM: 1,
    VERDICT: 0,
    PLACE: 2,
    COMMAND: 3,
}
"""Of several such writes in a run any may be the one, as far as there are surely so many."""
_COMES_WITHIN = 30.0


async def killed(scene: Scene, point: Point, skip: int) -> bool:
    """Whether it came to that: people may behave so that there is no such write."""
    town, home = scene.town, scene.home
    pids = [one.pid for one in home.services]
    await town.order(kill=point.name, skip=skip, pids=pids)

    async def met() -> bool:
        return bool((await town.order())["met"])

    try:
        await until(point.name, met, within=_COMES_WITHIN)
    except AssertionError:
        await town.order(kill=None)
        scene.say(f"F1 no occasion to kill {point.name}")
        return False
    scene.say(f"F1 killed {point.name}")

    async def dead() -> Process | None:
        return next((one for one in home.services if one.ended), None)

    await home.serve(await until("it has ended", dead))
    scene.say("F1 is over")
    return True
