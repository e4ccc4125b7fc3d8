"""What is exported, checked by stock OpenSSL with the command that the README gives."""

import hashlib
import json
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from identity.evidence_archive.export import Exporting, files
from identity.evidence_archive.model import EvidenceRow, Kind
from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.sealing import open_all
from identity.pairing.refusals import Refusal
from identity.tenants.model import Role
from identity.verification.model import RevocationStatus
from stand_ins.jpki.certificates import SigningKey
from tests.identity.jpki import synthetic
from tests.identity.jpki.synthetic import LEAF_KEY, NOW, YEAR, curve_key, key, leaf
from tests.identity.pairing.world import CARD, LINE, PERSON, TENANT, World, tap_of
from tests.identity.verification.sources import Answering

RELYING = replace(TENANT, role=Role.RELYING)


async def _verdict(
    world: World, certificate: bytes | None = None, signer: SigningKey | None = None
) -> EvidenceRow:
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    assert view.statement is not None
    tap = tap_of(view.statement, certificate)
    if signer is not None:
        signature = synthetic.tap(view.statement, tap.certificate, signer=signer)
        tap = replace(tap, signature=signature)
    await world.proven(view, tap=tap)
    (row,) = world.evidence.rows
    return row


def _written(exported: Mapping[str, bytes], folder: Path) -> None:
    for name, data in exported.items():
        (folder / name).write_bytes(data)


def _blocks(readme: bytes) -> list[str]:
    return re.findall(r"```\n(.*?)```", readme.decode(), re.DOTALL)


def _commands(readme: bytes) -> list[list[str]]:
    return [shlex.split(block.replace("\\\n", " ")) for block in _blocks(readme)[:2]]


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own README's words
        command, cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )


def _shell(block: str, folder: Path) -> str:
    """What a stranger's shell prints for a block of the README, all its words."""
    done = _run(["bash", "-eo", "pipefail", "-c", block], folder)
    assert done.returncode == 0, (block, done.stderr)
    return done.stdout + done.stderr


KEYS: dict[str, SigningKey] = {
    "RSA-2048": key(LEAF_KEY),
    "P-256": curve_key(256),
    "P-384": curve_key(384),
}


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
@pytest.mark.parametrize("purpose", ["auth", "sign"])
@pytest.mark.parametrize("signer", KEYS)
async def test_the_readmes_command_accepts_it(
    tmp_path: Path, readme: str, purpose: str, signer: str
) -> None:
    # The certificate has long expired by the clock of the machine that checks, or will soon.
    valid = (NOW - YEAR, NOW + timedelta(seconds=1))
    public_key = KEYS[signer].public_key()
    certificate = leaf("sign" if purpose == "sign" else "auth", valid=valid, public_key=public_key)
    exported = files(await _verdict(World(), certificate, KEYS[signer]), TENANT)
    _written(exported, tmp_path)
    verify, look = _commands(exported[readme])
    done = _run(verify, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "successful" in done.stderr
    assert look[-1] == "1.3.6.1.4.1.32473.1.1"
    parsed = _run(look[:6], tmp_path)
    assert parsed.stdout.count(look[-1]) == 2


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
@pytest.mark.parametrize("signer", KEYS)
async def test_contents_card_and_signature_are_tied_to_the_record(
    tmp_path: Path, readme: str, signer: str
) -> None:
    certificate = leaf("auth", public_key=KEYS[signer].public_key(), serial=CARD)
    exported = files(await _verdict(World(), certificate, KEYS[signer]), TENANT)
    _written(exported, tmp_path)
    assert [len(exported[f"{n}.salt"]) for n in ("statement", "card", "result")] == [32] * 3
    verify, look, same_card, committed = _blocks(exported[readme])
    _shell(verify, tmp_path)
    assert _shell(look, tmp_path).split() == ["2"]
    assert _shell(same_card, tmp_path).split() == ["1"] * 2
    assert _shell(committed, tmp_path).split() == ["1"] * 3
    (tmp_path / "result.json").write_bytes(exported["result.json"].replace(b"K-1", b"K-2"))
    assert _run(["bash", "-c", committed], tmp_path).stdout.split() == ["1", "1", "0"]


async def test_what_was_erased_is_said_and_the_rest_still_checks(tmp_path: Path) -> None:
    row = await _verdict(World())
    parts = tuple(
        replace(part, wrapped_key=b"") if part.name == "card" else part for part in row.record.parts
    )
    exported = files(replace(row, record=replace(row.record, parts=parts)), TENANT)
    _written(exported, tmp_path)
    assert not {"card.json", "card.salt", "signature.p7s"} & set(exported)
    assert b"their keys were destroyed: card. A later row" in exported["README.md"]
    (committed,) = _blocks(exported["README.md"])
    assert _shell(committed, tmp_path).split() == ["1"] * 2


async def test_it_refuses_after_any_byte_of_the_statement_changes(tmp_path: Path) -> None:
    exported = files(await _verdict(World()), TENANT)
    _written(exported, tmp_path)
    verify = _commands(exported["README.md"])[0]
    statement = exported["statement.json"]
    for place in range(0, len(statement), 101):
        changed = statement[:place] + bytes([statement[place] ^ 1]) + statement[place + 1 :]
        (tmp_path / "statement.json").write_bytes(changed)
        assert _run(verify, tmp_path).returncode != 0


async def test_without_the_time_of_the_verdict_an_expired_certificate_fails(
    tmp_path: Path,
) -> None:
    exported = files(await _verdict(World()), TENANT)
    _written(exported, tmp_path)
    verify = _commands(exported["README.md"])[0]
    at = verify.index("-attime")
    later = [*verify[: at + 1], str(int((NOW + YEAR).timestamp())), *verify[at + 2 :]]
    assert _run(later, tmp_path).returncode != 0


async def test_the_record_says_what_was_found_and_where_it_stands() -> None:
    row = await _verdict(World())
    exported = files(row, TENANT)
    record, result = json.loads(exported["record.json"]), json.loads(exported["result.json"])
    assert hashlib.sha256(exported["record.json"]).digest() == row.hash
    assert record["header"] | {"hint": "verified", "badge": "green"} == record["header"]
    assert (result["person"], result["contracts"], result["line_known"]) == (PERSON, ["K-1"], True)


async def test_headers_name_no_person_card_or_line() -> None:
    row = await _verdict(World())
    header = json.dumps(dict(row.record.header))
    for word in (PERSON, "K-1", LINE, LINE[-4:], f"{CARD:x}", str(CARD), "風道"):
        assert word not in header


async def test_a_relying_business_keeps_nothing_of_the_card() -> None:
    world = World(tenant=RELYING)
    row = await _verdict(world)
    parts = open_all(RELYING, row.record.id, row.record.parts)
    assert set(parts) == {"statement", "result"}
    exported = files(row, RELYING)
    assert set(exported) == {
        "record.json",
        "statement.json",
        "statement.salt",
        "result.json",
        "result.salt",
        "README.md",
        "README.ja.md",
    }
    assert row.record.header["role"] == "relying"


@pytest.mark.parametrize("status", [RevocationStatus.REVOKED, RevocationStatus.UNKNOWN])
async def test_what_was_not_proven_is_not_dressed_up_as_a_signature(
    status: RevocationStatus,
) -> None:
    row = await _verdict(World(revocation=Answering(status)))
    exported = files(row, TENANT)
    assert "signature.p7s" not in exported
    assert b"no card was proven" in exported["README.md"]


async def test_the_export_is_evidence_itself_and_comes_first() -> None:
    world = World()
    row = await _verdict(world)
    exporting = Exporting(world.evidence, Recorder(world.deployment.random), world.clock)
    exported = await exporting.export(TENANT, row.record.id, actor="auditor", reason="audit")
    assert exported == files(row, TENANT)
    last = world.evidence.rows[-1].record
    assert last.kind is Kind.EXPORT
    said = {"actor": "auditor", "reason": "audit", "of": row.record.id}
    assert said.items() <= last.header.items()
    assert await exporting.export(TENANT, "ev_none", actor="auditor", reason="audit") is None


async def test_nothing_is_shown_when_the_row_cannot_be_written() -> None:
    class Full(type(World().evidence)):  # type: ignore[misc]  # the in-memory archive, full
        async def append(self, record: object) -> EvidenceRow:
            raise OSError("no space left")

    world = World()
    row = await _verdict(world)
    archive = Full()
    archive.rows = world.evidence.rows
    exporting = Exporting(archive, Recorder(world.deployment.random), world.clock)
    with pytest.raises(OSError, match="no space"):
        await exporting.export(TENANT, row.record.id, actor="auditor", reason="audit")


async def test_a_refused_proof_is_kept_too() -> None:
    world = World()
    view = await world.signable()
    assert view.statement is not None
    good = tap_of(view.statement)
    answer = await world.proven(view, tap=replace(good, signature=bytes(256)))
    assert isinstance(answer, Refusal)
    (row,) = world.evidence.rows
    assert set(open_all(TENANT, row.record.id, row.record.parts)) == {
        "statement",
        "card",
        "result",
    }
