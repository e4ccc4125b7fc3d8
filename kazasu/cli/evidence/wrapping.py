"""`kazasu keys rotate|rewrap|drop`: the key file of the evidence archive."""

import base64
import secrets
from pathlib import Path

from identity.evidence_archive.wrapping import NotOpened, WrappingKeys, bound_to
from identity.tenants.model import Tenant
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from kazasu.wiring.archive import keys
from kazasu.wiring.stores import Stores
from stores.sql.archive import rewrapping
from stores.sql.archive.rewrapping import Rewrapping, Wrapped
from stores.sql.archive.rows import KeyDropped
from stores.sql.database import Database


def rotate() -> int:
    """A new key in front, the others stay; a file that is not there is made. 2 when none is set."""
    with complain():
        path = _file()
        if path is None:
            return 2
        with keys.changing(path):
            before = _lines(path) if path.exists() else {}
            after = keys.turned(before)
            keys.write(path, after)
        print(f"{next(iter(after))} wraps from now on; {len(before)} others still open")
        return 0
    return 2


def rewrap() -> int:
    """1 when some content keys open with none of the known keys: they are left as they are; and
    when the keys were turned meanwhile. It may run while the service does, and be broken off and
    begun again at any time."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        wrapping = keys.wrapping_of(settings)
        task, current = Rewrapping(kept.database, tenant.id), wrapping.current(tenant)
        left = sum(many for key_id, many in (await task.under()).items() if key_id != current)
        done, unreadable, after = 0, 0, None
        while left:
            try:
                turn = await task.turn(current, after, lambda one: _anew(wrapping, tenant, one))
            except KeyDropped as gone:
                say(f"{gone} was dropped meanwhile: kazasu keys rewrap once more")
                return 1
            done, unreadable, after = done + turn.done, unreadable + turn.unreadable, turn.after
            print(f"{done} of {left}", flush=True)
            if after is None:
                break
        if unreadable:
            say(f"{unreadable} content keys open with none of the keys that are set")
            return 1
        if (newer := wrapping.current(tenant)) != current:
            say(f"{newer} wraps since this began: kazasu keys rewrap once more")
            return 1
        print(f"all content keys are wrapped by {current}")
        return 0

    return with_stores(work)


def drop(*, key_id: str) -> int:
    """1 while it wraps something, or is the one that wraps now."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        path = settings.evidence_keys_file
        if path is None:
            say(f"{key_id}: no such key in {keys.NAME}")
            return 1
        with keys.changing(path):
            return await _dropped(path, key_id, tenant, kept.database)

    return with_stores(work)


async def _dropped(path: Path, key_id: str, tenant: Tenant, database: Database) -> int:
    """First in the database, which every process asks, then in the file."""
    lines = _lines(path)
    if key_id not in lines:
        say(f"{key_id}: no such key in {keys.NAME}")
        return 1
    what = "is the one that wraps now"
    if key_id != next(iter(lines)):
        used = await rewrapping.drop(database, tenant.id, key_id)
        what = f"wraps {used} content keys" if used else ""
    if what:
        say(f"{key_id}: {what}; kazasu keys rotate, then kazasu keys rewrap")
        return 1
    keys.write(path, {name: key for name, key in lines.items() if name != key_id})
    return 0


def _anew(wrapping: WrappingKeys, tenant: Tenant, one: Wrapped) -> tuple[str, bytes] | None:
    bound = bound_to("key", tenant, one.record_id, one.part)
    try:
        content_key = wrapping.unwrap(tenant, one.key_id, one.wrapped, bound)
    except NotOpened:
        return None
    return wrapping.wrap(tenant, content_key, bound, secrets.token_bytes)


def _file() -> Path | None:
    path = load().evidence_keys_file
    if path is None:
        say(f"{keys.NAME} is not set: name the file that is to hold the keys")
    return path


def _lines(path: Path) -> dict[str, str]:
    """As they stand, in their order. BadSettings."""
    ring = keys.usable(path)
    return {name: base64.b64encode(key).decode() for name, key in ring.keys.items()}
