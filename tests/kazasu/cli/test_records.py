"""`kazasu evidence export`: files for their owner, which the README's own words then verify."""

import asyncio
import re
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from identity.pairing.policy import PairingPolicy
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side, sealing, stores
from tests.identity.pairing.world import CARD, PERSON, World, tap_of
from tests.kazasu.deployment import Deployment


async def _recorded(there: Deployment) -> str:
    """A tap proven under this deployment's keys, in its archive; the record's id."""
    settings = load(**there.variables)
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    world = World(tenant=tenant)
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    assert view.statement is not None
    await world.proven(view, tap=tap_of(view.statement))
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    row = await kept.evidence.append(world.evidence.rows[-1].record)
    await kept.close()
    return str(row.record.id)


@pytest.fixture
def evidence(deployment: Deployment) -> str:
    return asyncio.run(_recorded(deployment))


def _commands(folder: Path, readme: str) -> list[list[str]]:
    text = (folder / readme).read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    return [shlex.split(block.replace("\\\n", " ")) for block in blocks]


def _openssl(folder: Path, readme: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own README's words
        _commands(folder, readme)[0], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_exported_files_check_themselves(
    deployment: Deployment, tmp_path: Path, evidence: str
) -> None:
    out = tmp_path / "a" / "out"
    done = deployment.call("evidence", "export", evidence, "--to", str(out))
    assert done.exit_code == 0, done.output
    names = {path.name for path in out.iterdir()}
    assert {"statement.json", "signature.p7s", "roots.pem", "README.md", "README.ja.md"} <= names
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    for readme in ("README.md", "README.ja.md"):
        checked = _openssl(out, readme)
        assert checked.returncode == 0, checked.stderr
    statement = out / "statement.json"
    statement.write_bytes(statement.read_bytes().replace(b"call", b"cell", 1))
    assert _openssl(out, "README.md").returncode != 0


@pytest.mark.parametrize("unknown", ["0" * 32, "", "../x", "' OR 1=1 --"])
def test_a_record_that_is_not_there_leaves_no_folder(
    deployment: Deployment, tmp_path: Path, unknown: str
) -> None:
    done = deployment.call("evidence", "export", unknown, "--to", str(tmp_path / "out"))
    assert (done.exit_code, done.stderr) == (1, f"kazasu: {unknown}: no such record\n")
    assert not (tmp_path / "out").exists()


def test_another_key_opens_nothing(deployment: Deployment, tmp_path: Path, evidence: str) -> None:
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    done = deployment.call(
        "evidence", "export", evidence, "--to", str(tmp_path / "o"), SECRET_KEY=key
    )
    assert done.exit_code == 1
    assert "does not open with this deployment's keys" in done.stderr
    assert not (tmp_path / "o").exists()


def test_a_folder_in_use_is_left_alone(
    deployment: Deployment, tmp_path: Path, evidence: str
) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    done = deployment.call("evidence", "export", evidence, "--to", str(tmp_path))
    assert done.exit_code == 2
    assert "is not empty" in done.stderr
    at_a_file = deployment.call("evidence", "export", evidence, "--to", str(tmp_path / "mine"))
    assert (at_a_file.exit_code, (tmp_path / "mine").read_text(encoding="utf-8")) == (2, "mine")
    assert str(tmp_path / "mine") in at_a_file.stderr
