"""Faults of the service's own process (F1, F2, F3, F20, F21) and of its disk (F9)."""

import asyncio
import resource
from datetime import UTC, datetime

from tests.chaos.faults.scene import Scene
from tests.chaos.history.operations import Skewed
from tests.chaos.town.household import clock_of, descriptors, limit


async def killed(scene: Scene) -> None:
    """F1: kill -9, and started again at once."""
    one = scene.one_service()
    one.kill()
    await scene.home.serve(one)


async def down(scene: Scene) -> None:
    """F2: nothing answers for a while (60 s as the carrier counts it at this speed)."""
    for one in scene.home.services:
        one.kill()
    await scene.lasts(4, 8)
    await scene.home.serve_again()


async def hangs(scene: Scene) -> None:
    """F3: it takes connections and says nothing."""
    one = scene.one_service()
    one.pause()
    await scene.lasts(2, 7)
    one.go_on()


async def deployed(scene: Scene) -> None:
    """F20: asked to stop in the middle of everything, then the next version comes; one by one."""
    for one in scene.home.services:
        one.ask_to_stop()
        status = await asyncio.to_thread(one.exit_status)
        assert status == 0, f"a stop that was asked for ended with {status}"
        await scene.home.serve(one, probe="readyz")


async def out_of_descriptors(scene: Scene) -> None:
    """F21: no more files or connections than it has, and a few."""
    one = scene.one_service()
    limit(one, resource.RLIMIT_NOFILE, descriptors(one) + scene.random.randint(0, 2))
    await scene.lasts(2, 5)
    limit(one, resource.RLIMIT_NOFILE, None)


async def clock_wrong(scene: Scene) -> None:
    """F10: its clock jumps by minutes or by a day, and back again."""
    one, seconds = scene.one_service(), scene.random.choice([300.0, -300.0, 3600.0, -86_400.0])
    since = datetime.now(UTC)
    clock_of(one.log).write_text(str(seconds), encoding="ascii")
    await scene.lasts(3, 9)
    clock_of(one.log).write_text("0", encoding="ascii")
    scene.skewed.append(Skewed(since=since, until=datetime.now(UTC), seconds=seconds))
    scene.say(f"wrong by {seconds:+.0f} s")


async def disk_full(scene: Scene) -> None:
    """F9: nothing more can be written, where the database and its journal are."""
    if scene.home.small_disk:
        scene.home.fill_disk()
        await scene.lasts(2, 5)
        scene.home.free_disk()
        return
    # Without a small disk: no file may be written beyond its first page.
    one = scene.one_service()
    limit(one, resource.RLIMIT_FSIZE, 4096)
    await scene.lasts(2, 5)
    limit(one, resource.RLIMIT_FSIZE, None)


async def front_cut(scene: Scene) -> None:
    """F19: whoever is connected to us is cut off, the operators' streams too, again and again."""
    for _ in range(scene.random.randint(2, 5)):
        await scene.town.weather("front", cut=True)
        await scene.lasts(0.3, 1.5)
