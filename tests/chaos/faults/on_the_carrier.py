"""Faults between the carrier and us: its REST (F12, F13, F14) and its webhooks (F15)."""

from typing import Final

from tests.chaos.faults.scene import Scene
from tests.chaos.wires.weather import Weather

_OURS: Final = "/carriers/"
"""The fallback is a host of its own: where it is away too, no call can be saved."""


async def rest_too_many(scene: Scene) -> None:
    """F12: 429 for a while."""
    await _for_a_while(scene, "rest_error", status=429, code=20429)


async def rest_broken(scene: Scene) -> None:
    """F13: 500 and 503, whether or not there was an effect."""
    await _for_a_while(scene, "rest_error", status=scene.random.choice([500, 503]), code=20500)


async def rest_answers_lost(scene: Scene) -> None:
    """F13: done, and nobody hears of it."""
    await _for_a_while(scene, "rest_drop")


async def rest_late(scene: Scene) -> None:
    await _for_a_while(scene, "rest_delay", seconds=scene.random.uniform(1, 6))


async def rest_call_over(scene: Scene) -> None:
    """F14: the carrier says that the call is no longer there."""
    status, code = scene.random.choice([(400, 21220), (404, 20404)])
    await _for_a_while(scene, "rest_error", status=status, code=code)


async def rest_wire(scene: Scene) -> None:
    """Whatever a network does to it."""
    weathers = (
        Weather(black_hole=True),
        Weather(reset=0.4),
        Weather(truncate=0.4),
        Weather(latency=1.0, jitter=1.0),
        Weather(blocked="back"),
        Weather(flip=0.3),
        Weather(refused=True),
    )
    weather = scene.random.choice(weathers)
    scene.say(f"the wire to REST: {weather}")
    await scene.town.weather("rest", weather, cut=weather.refused)
    await scene.lasts(3, 8)
    await scene.town.weather("rest", cut=True)


async def webhooks_twice(scene: Scene) -> None:
    kind = scene.random.choice(["duplicate_same_token", "duplicate_new_token"])
    await _orders(scene, kind)


async def webhooks_late(scene: Scene) -> None:
    await _orders(scene, "delay", seconds=scene.random.uniform(0.5, 3))


async def webhooks_out_of_order(scene: Scene) -> None:
    """A copy of an earlier request comes behind later ones."""
    await _orders(scene, "late_copy", seconds=scene.random.uniform(0, 20))


async def answers_lost(scene: Scene) -> None:
    """We act, and the carrier turns to the fallback."""
    lost = scene.random.choice(["read_timeout", "http_error"])
    await _orders(scene, lost, most=2, path=_OURS)


async def no_connection(scene: Scene) -> None:
    """One attempt fails, or all of a request."""
    attempts = scene.random.choice([1, 0])
    await _orders(scene, "connect_failure", attempts=attempts, most=2, path=_OURS)


async def redirects_race(scene: Scene) -> None:
    order = scene.random.choice(["action_first", "target_first"])
    await _orders(scene, "redirect_race", order=order)
    await _orders(scene, "gather_action", order=order)


async def last_words_lost(scene: Scene) -> None:
    """The completed callback never comes, comes twice, or waits."""
    await _orders(scene, scene.random.choice(["drop_completed", "repeat_status"]))


async def _orders(scene: Scene, kind: str, *, most: int = 6, **options: object) -> None:
    times = scene.random.randint(1, most)
    await scene.carrier("POST", "/faults", kind=kind, times=times, **options)
    scene.say(f"{kind} x {times} {options or ''}")


async def _for_a_while(scene: Scene, kind: str, **options: object) -> None:
    await scene.carrier("POST", "/faults", kind=kind, times=0, **options)
    scene.say(f"{kind} {options or ''}")
    await scene.lasts(3, 9)
    await scene.carrier("DELETE", "/faults")
