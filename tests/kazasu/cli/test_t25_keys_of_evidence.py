"""T25: keys of the archive are turned while a service runs, old contents stay readable, a wrong
tenant is refused, and nothing that is printed holds a key."""

import asyncio
import base64
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.sealing import open_all
from identity.evidence_archive.wrapping import NotOpened, Ring, TenantWrapping, WrappingKeys
from identity.tenants.model import Tenant, TenantId
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side
from kazasu.wiring.archive import keys
from stores.sql.archive.rewrapping import drop, dropped
from stores.sql.archive.rows import KeyDropped, SqlEvidenceRows
from stores.sql.database import Database
from tests.kazasu.deployment import Deployment
from tests.ports.stage import now

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def there(deployment: Deployment) -> Deployment:
    more = {keys.NAME: str(deployment.folder / "evidence.keys")}
    return replace(deployment, variables=deployment.variables | more)


def _tenant(there: Deployment) -> Tenant:
    settings = load(**there.variables)
    return identity_side.tenant_of(settings, flows.site(settings).business)


def _file(there: Deployment) -> Path:
    return Path(there.variables[keys.NAME])


class Service:
    """What a running service has: its own recorder, over a key file that others change."""

    def __init__(self, there: Deployment) -> None:
        settings = load(**there.variables)
        self.tenant = _tenant(there)
        self.database = Database(settings.database())
        self.recorder = Recorder(secrets.token_bytes, keys.wrapping_of(settings))
        self.rows = SqlEvidenceRows(self.database)
        self.ids: list[str] = []

    def sealed(self) -> SealedRecord:
        return self.recorder.record(
            self.tenant, Kind.VERDICT, at=now(), header={}, statement=b"the statement"
        )

    async def record(self) -> str:
        """One more row; the id of the key that wraps it."""
        record = self.sealed()
        await self.rows.append(record)
        self.ids.append(record.id)
        return record.parts[0].key_id

    async def opened(self) -> int:
        """How many of its rows open."""
        for one in self.ids:
            row = await self.rows.by_id(self.tenant.id, one)
            assert row is not None
            parts = open_all(self.tenant, one, row.record.parts, self.recorder.keys)
            assert parts == {"statement": b"the statement"}
        return len(self.ids)


async def test_t25_keys_turn_while_the_service_runs(there: Deployment) -> None:
    before = replace(there, variables={n: v for n, v in there.variables.items() if n != keys.NAME})
    first = Service(before)
    assert await first.record() == "1"  # a key of SECRET_KEY, before there was a file
    made = await asyncio.to_thread(there.call, "keys", "rotate")
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(_file(there).stat().st_mode) == 0o600
    service = Service(there)
    service.ids = first.ids
    old = await service.record()
    assert (await asyncio.to_thread(there.call, "keys", "rotate")).exit_code == 0
    new = await service.record()
    assert len({"1", old, new}) == 3
    assert (await service.opened(), made.stdout.split()[0]) == (3, old)
    early = await asyncio.to_thread(there.call, "keys", "drop", old)
    assert (early.exit_code, "wraps 1 content keys" in early.stderr) == (1, True)
    present = await asyncio.to_thread(there.call, "keys", "drop", new)
    assert (present.exit_code, "is the one that wraps now" in present.stderr) == (1, True)
    done = await asyncio.to_thread(there.call, "keys", "rewrap")
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        ["2 of 2", f"all content keys are wrapped by {new}"],
    )
    assert (await asyncio.to_thread(there.call, "keys", "drop", old)).exit_code == 0
    assert list(keys.read(_file(there)).keys) == [new]
    assert await service.opened() == 3
    assert (await asyncio.to_thread(there.call, "evidence", "verify")).exit_code == 0
    await first.database.close()
    await service.database.close()


async def test_t25_rewrapping_beside_a_service_that_writes(there: Deployment) -> None:
    assert (await asyncio.to_thread(there.call, "keys", "rotate")).exit_code == 0
    service = Service(there)
    for _ in range(5):
        await service.record()
    assert (await asyncio.to_thread(there.call, "keys", "rotate")).exit_code == 0
    turning = asyncio.create_task(asyncio.to_thread(there.call, "keys", "rewrap"))
    while not turning.done():
        await service.record()
        await service.opened()
    assert (await turning).exit_code == 0
    assert await service.opened() > 5
    await service.database.close()


async def test_t25_keys_turned_in_the_middle_of_rewrapping(
    there: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    await service.record()
    await asyncio.to_thread(there.call, "keys", "rotate")

    def turned_after_a_look() -> Ring:
        found = keys.read(_file(there))
        if len(found.keys) == 2:
            lines = _file(there).read_text(encoding="ascii")
            _file(there).write_text("0123abcd " + "A" * 43 + "=\n" + lines, encoding="ascii")
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(keys, "wrapping_of", lambda _: TenantWrapping(turned_after_a_look))
        done = await asyncio.to_thread(there.call, "keys", "rewrap")
    assert (done.exit_code, "0123abcd wraps since this began" in done.stderr) == (1, True)
    assert await service.opened() == 1
    again = await asyncio.to_thread(there.call, "keys", "rewrap")
    assert again.stdout.splitlines()[-1] == "all content keys are wrapped by 0123abcd"
    assert await service.opened() == 1
    await service.database.close()


async def test_t25_a_row_that_was_on_its_way_when_its_key_was_dropped_is_not_written(
    there: Deployment,
) -> None:
    """Sealed before the keys were turned, written after: nobody could ever open it."""
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    old = await service.record()
    on_its_way = service.sealed()
    assert on_its_way.parts[0].key_id == old
    for command in (("rotate",), ("rewrap",), ("drop", old)):
        done = await asyncio.to_thread(there.call, "keys", *command)
        assert done.exit_code == 0, done.output
    with pytest.raises(KeyDropped):
        await service.rows.append(on_its_way)
    assert await service.record() != old  # sealed once more it is under the present key
    assert await service.opened() == 2
    await service.database.close()


async def test_t25_a_process_with_an_old_copy_of_the_file_writes_nothing(there: Deployment) -> None:
    """Of another machine, to which the new file did not come. It says so, and verifies nobody."""
    await asyncio.to_thread(there.call, "keys", "rotate")
    copy = _file(there).with_name("copied.keys")
    shutil.copy2(_file(there), copy)
    here = Service(there)
    await here.record()
    elsewhere = Service(replace(there, variables=there.variables | {keys.NAME: str(copy)}))
    old = await elsewhere.record()
    for command in (("rotate",), ("rewrap",), ("drop", old)):
        assert (await asyncio.to_thread(there.call, "keys", *command)).exit_code == 0
    with pytest.raises(KeyDropped):
        await elsewhere.record()
    assert (await here.record(), await here.opened()) != (old, 0)
    shutil.copy2(_file(there), copy)
    await elsewhere.record()
    await here.database.close()
    await elsewhere.database.close()


async def test_t25_a_key_that_wraps_for_another_business_is_not_dropped(there: Deployment) -> None:
    """Two in one database, with one file."""
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    old = await service.record()
    other = replace(service.tenant, id=TenantId("other"))
    theirs = service.recorder.record(other, Kind.VERDICT, at=now(), header={}, statement=b"theirs")
    await service.rows.append(theirs)
    for command in ("rotate", "rewrap"):
        await asyncio.to_thread(there.call, "keys", command)
    refused = await asyncio.to_thread(there.call, "keys", "drop", old)
    assert (refused.exit_code, "wraps 1 content keys" in refused.stderr) == (1, True)
    assert await dropped(service.database, service.tenant.id) == frozenset()
    await service.database.close()


async def test_t25_rewrapping_under_a_key_that_was_dropped_meanwhile(
    there: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another turned the keys, rewrapped and dropped while this one was about to write."""
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    await service.record()
    made = await asyncio.to_thread(there.call, "keys", "rotate")
    second = made.stdout.split()[0]
    ring = keys.read(_file(there))
    assert await drop(service.database, service.tenant.id, second) == 0
    with monkeypatch.context() as slow:
        slow.setattr(keys, "wrapping_of", lambda _: TenantWrapping(lambda: ring))
        done = await asyncio.to_thread(there.call, "keys", "rewrap")
    assert (done.exit_code, f"{second} was dropped meanwhile" in done.stderr) == (1, True)
    assert await service.opened() == 1
    await service.database.close()


class Module:
    """Another adapter of the port, as one for a hardware module would be: its key is in there, and
    what was wrapped before it came is opened as before."""

    def __init__(self, before: WrappingKeys) -> None:
        self._before = before
        self._inside = AESGCM(secrets.token_bytes(32))

    def current(self, _tenant: Tenant) -> str:
        return "module-1"

    def wrap(
        self, _tenant: Tenant, content_key: bytes, bound: bytes, random: Callable[[int], bytes]
    ) -> tuple[str, bytes]:
        nonce = random(12)
        return "module-1", nonce + self._inside.encrypt(nonce, content_key, bound)

    def unwrap(self, tenant: Tenant, key_id: str, wrapped: bytes, bound: bytes) -> bytes:
        if key_id != "module-1":
            return self._before.unwrap(tenant, key_id, wrapped, bound)
        return self._inside.decrypt(wrapped[:12], wrapped[12:], bound)


async def test_t25_another_keeper_of_keys_fits_behind_the_port(
    there: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records, commands and the check of the archive ask nothing else of it."""
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    await service.record()
    module = Module(keys.wrapping_of(load(**there.variables)))
    service.recorder = Recorder(secrets.token_bytes, module)
    assert await service.record() == "module-1"
    with monkeypatch.context() as built_in:
        built_in.setattr(keys, "wrapping_of", lambda _: module)
        done = await asyncio.to_thread(there.call, "keys", "rewrap")
        assert done.stdout.splitlines()[-1] == "all content keys are wrapped by module-1"
        to = str(tmp_path / "out")
        export = await asyncio.to_thread(
            there.call, "evidence", "export", service.ids[0], "--to", to
        )
        assert export.exit_code == 0, export.output
    assert await service.opened() == 2
    assert (await asyncio.to_thread(there.call, "evidence", "verify")).exit_code == 0
    await service.database.close()


async def test_t25_another_tenant_opens_nothing(there: Deployment) -> None:
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    await service.record()
    (row,) = [row async for row in service.rows.all(service.tenant.id)]
    other = replace(service.tenant, id=TenantId("other"))
    with pytest.raises(NotOpened):
        open_all(other, row.record.id, row.record.parts, service.recorder.keys)
    await service.database.close()


async def test_t25_a_spoiled_file_changes_nothing_while_the_service_runs(there: Deployment) -> None:
    await asyncio.to_thread(there.call, "keys", "rotate")
    service = Service(there)
    key = await service.record()
    good = _file(there).read_text(encoding="ascii")
    for spoiled in ("", "nonsense\n", good + good):
        _file(there).write_text(spoiled, encoding="ascii")
        assert await service.record() == key
    _file(there).unlink()
    assert await service.record() == key
    await service.database.close()


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        (None, 0o600, "is not there"),
        ("", 0o600, "holds no key"),
        ("0123abcd short\n", 0o600, "line 1"),
        ("0123abcd " + "A" * 43 + "=\n", 0o644, "is open to others"),
    ],
)
def test_t25_a_file_that_cannot_be_used_is_said_at_the_start(
    there: Deployment, text: str | None, mode: int, says: str
) -> None:
    if text is not None:
        _file(there).write_text(text, encoding="ascii")
        _file(there).chmod(mode)
    with pytest.raises(BadSettings) as bad:
        keys.wrapping_of(load(**there.variables))
    (said,) = bad.value.problems
    assert said.startswith(f"{keys.NAME}: ")
    assert says in said


def test_t25_turned_twice_at_once_no_key_is_lost(tmp_path: Path) -> None:
    """Each in its turn, over what the one before has written."""
    path = tmp_path / "evidence.keys"
    keys.write(path, {"00000000": KEY})
    begin = threading.Barrier(8)

    def turn(n: int) -> None:
        begin.wait()
        for m in range(5):
            with keys.changing(path):
                ring = keys.read(path)
                lines = dict.fromkeys(ring.keys, KEY)
                keys.write(path, {f"{n}{m}".rjust(8, "a"): KEY} | lines)

    with ThreadPoolExecutor(8) as people:
        list(people.map(turn, range(8)))
    assert len(keys.read(path).keys) == 41


@pytest.mark.parametrize("command", [("rotate",), ("drop", "0123abcd"), ("rewrap",)])
def test_t25_a_command_waits_for_whoever_changes_the_file(
    there: Deployment, command: tuple[str, ...]
) -> None:
    """Rewrapping changes rows and reads the file: it waits for nobody."""
    there.call("keys", "rotate")
    with ThreadPoolExecutor(1) as somebody:
        with keys.changing(_file(there)):
            before = _file(there).read_bytes()
            done = somebody.submit(there.call, "keys", *command)
            if command == ("rewrap",):
                assert done.result().exit_code == 0
            else:
                with pytest.raises(TimeoutError):
                    done.result(timeout=0.5)
            assert _file(there).read_bytes() == before
        assert done.result().exit_code == (1 if "drop" in command else 0)


def test_t25_a_spoiled_file_is_said_and_not_written_over(there: Deployment) -> None:
    _file(there).write_text("nonsense\n", encoding="ascii")
    _file(there).chmod(0o600)
    for command in (("rotate",), ("drop", "0123abcd")):
        done = there.call("keys", *command)
        assert (done.exit_code, f"{keys.NAME}: " in done.stderr) == (2, True), done.output
    assert _file(there).read_text(encoding="ascii") == "nonsense\n"


def test_t25_nothing_printed_holds_a_key(there: Deployment) -> None:
    there.call("keys", "rotate")
    (line,) = _file(there).read_text(encoding="ascii").splitlines()
    ring = keys.read(_file(there))
    key = line.split()[1]
    told = there.call("keys", "rotate").output + there.call("keys", "drop", "0123abcd").output
    assert key not in told + repr(ring) + repr(Ring(current="a", keys=ring.keys))
    assert not any(part.hex() in repr(ring) for part in ring.keys.values())


def test_t25_without_a_file_there_is_nothing_to_turn(deployment: Deployment) -> None:
    done = deployment.call("keys", "rotate")
    assert (done.exit_code, "KAZASU_EVIDENCE_KEYS_FILE is not set" in done.stderr) == (2, True)
    assert deployment.call("keys", "drop", "0123abcd").exit_code == 1
    assert deployment.call("keys", "rewrap").stdout == "all content keys are wrapped by 1\n"


def test_the_file_stays_its_owners(tmp_path: Path) -> None:
    """Turned by root, read by the service's own user as before."""
    path = tmp_path / "evidence.keys"
    keys.write(path, {"2f6c1a90": KEY})
    owner = 65534 if os.geteuid() == 0 else os.geteuid()
    os.chown(path, owner, -1)
    keys.write(path, {"03be77d1": KEY, "2f6c1a90": KEY})
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (owner, 0o600)
    assert keys.read(path).current == "03be77d1"
    assert [one.name for one in tmp_path.iterdir()] == ["evidence.keys"]
