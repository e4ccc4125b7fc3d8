"""A key file that cannot be read, or lacks a key that records need, is told while it can still be
mended: by the probe, and by the doctor in both languages."""

import asyncio
import base64
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from identity.evidence_archive.model import Kind
from identity.evidence_archive.recording import Recorder
from kazasu.doctor import archive_keys
from kazasu.doctor.findings import Finding
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side
from kazasu.wiring.archive import keys
from kazasu.wiring.archive.keys_watch import MISSING, UNREADABLE, KeysWatch
from stores.sql.archive import key_ids
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.database import Database
from tests.kazasu.deployment import Deployment
from tests.ports.stage import now

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def there(deployment: Deployment) -> Deployment:
    more = {keys.NAME: str(deployment.folder / "evidence.keys")}
    return replace(deployment, variables=deployment.variables | more)


def _file(there: Deployment) -> Path:
    return Path(there.variables[keys.NAME])


class Running:
    """What a service has: an archive it writes to, and a look at its keys."""

    def __init__(self, there: Deployment) -> None:
        settings = load(**there.variables)
        self.tenant = identity_side.tenant_of(settings, flows.site(settings).business)
        self.database = Database(settings.database())
        self.recorder = Recorder(secrets.token_bytes, keys.wrapping_of(settings))
        self.watch = KeysWatch(settings.evidence_keys_file, self.database, self.tenant)

    async def rows(self, many: int) -> None:
        rows = SqlEvidenceRows(self.database)
        for _ in range(many):
            record = self.recorder.record(
                self.tenant, Kind.VERDICT, at=now(), header={}, statement=b"the statement"
            )
            await rows.append(record)

    async def problems(self) -> list[str]:
        await self.watch.turn()
        return list(self.watch.problems())


def _told(there: Deployment) -> list[Finding]:
    return asyncio.run(archive_keys.needed(load(**there.variables)))


async def test_a_key_that_records_need_and_that_is_gone(there: Deployment) -> None:
    await asyncio.to_thread(there.call, "keys", "rotate")
    running = Running(there)
    await running.rows(2)
    assert await running.problems() == []
    good = _file(there).read_text(encoding="ascii")
    lost = good.split()[0]
    _file(there).write_text(f"0123abcd {KEY}\n", encoding="ascii")
    assert await running.problems() == [MISSING]
    assert running.watch.missing() == [lost]
    (said,) = await asyncio.to_thread(_told, there)
    assert (said.state, lost in said.says.en, lost in said.says.ja) == ("problem", True, True)
    assert "backup" in said.do.en
    _file(there).write_text(f"0123abcd {KEY}\n{good}", encoding="ascii")
    assert await running.problems() == []
    (said,) = await asyncio.to_thread(_told, there)
    assert (said.state, "(2)" in said.says.en) == ("ok", True)
    await running.database.close()


async def test_a_setting_that_was_taken_away(there: Deployment, deployment: Deployment) -> None:
    """Then there is no file, and what it opened is lost all the same."""
    assert await asyncio.to_thread(_told, deployment) == []
    await asyncio.to_thread(there.call, "keys", "rotate")
    running = Running(there)
    await running.rows(1)
    without = Running(deployment)
    assert await without.problems() == [MISSING]
    assert [one.state for one in await asyncio.to_thread(_told, deployment)] == ["problem"]
    for one in (running, without):
        await one.database.close()


@pytest.mark.parametrize("spoiled", ["nonsense\n", ""])
async def test_a_file_that_cannot_be_read(there: Deployment, spoiled: str) -> None:
    await asyncio.to_thread(there.call, "keys", "rotate")
    running = Running(there)
    _file(there).write_text(spoiled, encoding="ascii")
    assert await running.problems() == [UNREADABLE]
    (said,) = await asyncio.to_thread(_told, there)
    assert (said.state, keys.NAME in said.says.en, keys.NAME in said.says.ja) == (
        "problem",
        True,
        True,
    )
    _file(there).unlink()
    assert await running.problems() == [UNREADABLE]
    await running.database.close()


async def test_what_was_dropped_is_not_missed(
    there: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a round that saw it before: rows are looked at some at a time."""
    await asyncio.to_thread(there.call, "keys", "rotate")
    running = Running(there)
    await running.rows(3)
    old = keys.read(_file(there)).current
    assert await running.problems() == []
    monkeypatch.setattr(key_ids, "ROWS", 2)
    assert await running.problems() == []
    assert running.watch.in_the_middle
    for command in (("rotate",), ("rewrap",), ("drop", old)):
        done = await asyncio.to_thread(there.call, "keys", *command)
        assert done.exit_code == 0, done.output
    assert await running.problems() == []
    assert not running.watch.in_the_middle
    await running.database.close()


async def test_the_probe_and_the_doctor_ask(there: Deployment) -> None:
    await asyncio.to_thread(there.call, "keys", "rotate")
    _file(there).write_text("nonsense\n", encoding="ascii")
    done = await asyncio.to_thread(there.call, "doctor", "--json")
    assert keys.NAME in done.stdout
