"""Faults of Redis and of the way to it (F4, F5, F6). It may be lost at any moment, and there is no
wrong verdict and nobody in silence."""

import asyncio

from tests.chaos.faults.scene import Scene
from tests.chaos.wires.weather import Weather


async def killed(scene: Scene) -> None:
    """F4: kill -9, and back after a moment, having forgotten everything."""
    assert scene.town.redis is not None
    scene.town.redis.kill()
    await scene.lasts(0, 6)
    await asyncio.to_thread(scene.town.redis.start)


async def emptied(scene: Scene) -> None:
    """F5: what a failover to an empty replica looks like."""
    assert scene.town.redis is not None
    await asyncio.to_thread(scene.town.redis.empty)


async def hangs(scene: Scene) -> None:
    assert scene.town.redis is not None
    scene.town.redis.pause()
    await scene.lasts(2, 7)
    scene.town.redis.go_on()


async def slow(scene: Scene) -> None:
    """F6: half a second, or five, for every answer."""
    await scene.town.weather("redis", Weather(latency=scene.random.choice([0.2, 0.5, 5.0])))
    await scene.lasts(3, 7)
    await scene.town.weather("redis", cut=True)


async def wire(scene: Scene) -> None:
    """F6, F22: cut off, one way only, torn, or with other bits."""
    weathers = (
        Weather(black_hole=True),
        Weather(blocked="there"),
        Weather(blocked="back"),
        Weather(refused=True),
        Weather(reset=0.2),
        Weather(half_close=0.1, truncate=0.1),
        Weather(stall=2.0),
        Weather(flip=0.1),
    )
    weather = scene.random.choice(weathers)
    scene.say(f"the wire to Redis: {weather}")
    await scene.town.weather("redis", weather, cut=weather.refused)
    await scene.lasts(2, 7)
    await scene.town.weather("redis", cut=True)
