"""F11: the source of revocation data is away, wrong or stale. Nobody is verified by it."""

from datetime import UTC, datetime, timedelta

from stand_ins.jpki.pki import load_pki, refresh_crls
from tests.chaos.faults.scene import Scene


async def removed(scene: Scene) -> None:
    for path in (scene.town.place.pki / "crl").iterdir():
        path.unlink()
    await _and_back(scene)


async def garbage(scene: Scene) -> None:
    """Cut off, or with bytes that are other ones."""
    for path in (scene.town.place.pki / "crl").iterdir():
        content = bytearray(path.read_bytes())
        if scene.random.random() < 0.5:
            content = content[: scene.random.randrange(len(content))]
        else:
            content[scene.random.randrange(len(content))] ^= 1 << scene.random.randrange(8)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(path)
    await _and_back(scene)


async def stale(scene: Scene) -> None:
    """Lists of three days ago, which nobody has renewed."""
    refresh_crls(load_pki(scene.town.place.pki), datetime.now(UTC) - timedelta(days=3))
    await _and_back(scene)


async def _and_back(scene: Scene) -> None:
    await scene.lasts(3, 8)
    scene.town.fresh_lists()
