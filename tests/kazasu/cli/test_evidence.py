"""`kazasu evidence`: all records of a call for a stranger, the check of the whole, and the ends of
contents, over a real authority by HTTP."""

import asyncio
import base64
import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from identity.evidence_archive.checking.model import Place
from identity.evidence_archive.checkpoints.keeping import Turn
from identity.evidence_archive.model import ChainHead, EvidenceRow, Kind
from identity.evidence_archive.recording import Recorder
from identity.pairing.model import PairingId
from identity.pairing.policy import PairingPolicy
from kazasu.cli.evidence import broken_off
from kazasu.doctor import archive
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side, sealing, stores
from kazasu.wiring.archive import keeping
from kazasu.wiring.stores import Stores
from stand_ins.time_stamps.authority import Authority, make
from stand_ins.time_stamps.server import serving
from tests.identity.pairing.world import CARD, PERSON, World, tap_of
from tests.kazasu.deployment import Deployment
from tests.kazasu.test_evidence_verify import as_administrator
from tests.ports.stage import a_pairing, a_record, news_of

CALL = "call-of-the-test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    now = datetime.now(UTC)
    valid = (now - timedelta(days=1), now + timedelta(days=3650))
    return make(tmp_path_factory.mktemp("authority"), valid=valid)


@pytest.fixture(scope="module")
def address(authority: Authority) -> Iterator[str]:
    with serving(authority) as url:
        yield url


@pytest.fixture
def stamped(deployment: Deployment, authority: Authority, address: str) -> Deployment:
    copies = deployment.folder / "copies"
    copies.mkdir()
    roots = deployment.folder / "time-stamp-roots"
    roots.mkdir()
    (roots / "root.pem").write_bytes(authority.root)
    more = {
        "KAZASU_TIME_STAMP_URLS": address,
        "KAZASU_TIME_STAMP_ROOTS_DIR": str(roots),
        "KAZASU_EVIDENCE_COPIES_DIR": str(copies),
    }
    return replace(deployment, variables=deployment.variables | more)


async def _kept(there: Deployment) -> tuple[Stores, World]:
    settings = load(**there.variables)
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    world = World(tenant=tenant)
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    return kept, world


async def _recorded(there: Deployment) -> list[EvidenceRow]:
    """A call whose card was proven, and refused before; stamped, if an authority is set."""
    kept, world = await _kept(there)
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    assert view.statement is not None
    await world.proven(view, tap=tap_of(view.statement))
    (proven,) = world.evidence.rows
    pairing = PairingId(proven.record.header["pairing"])
    opened = replace(a_pairing(call=CALL), tenant=world.tenant.id, id=pairing)
    refused = replace(a_record(pairing, tenant=world.tenant.id), kind=Kind.LATE_PROOF, parts=())
    await kept.pairings.open(
        opened, not_reused_since=opened.opened_at, news=news_of(opened), record=refused
    )
    row = await kept.evidence.append(proven.record)
    settings = load(**there.variables)
    if settings.time_stamp_urls:
        later = datetime.now(UTC) + timedelta(minutes=2)
        keep = keeping.checkpoint_keeping(settings, kept.database, lambda: later)
        turn = await keep.turn(world.tenant.id)
        assert (turn.made, turn.copied, turn.problem) == (1, 1, "")
    (first,) = [r for r in await kept.evidence.of_pairing(world.tenant.id, pairing) if r != row]
    await kept.close()
    return [first, row]


def _printed(folder: Path, block: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own README's words
        ["bash", "-eo", "pipefail", "-c", block],  # noqa: S607  # the shell of this machine
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (block, done.stderr)
    return done.stdout + done.stderr


def _blocks(readme: Path) -> list[str]:
    return re.findall(r"```\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_a_stranger_checks_a_call_with_openssl_alone(
    stamped: Deployment, tmp_path: Path, readme: str
) -> None:
    rows = asyncio.run(_recorded(stamped))
    out = tmp_path / "out"
    done = stamped.call("evidence", "export", "--call", CALL, "--to", str(out))
    assert done.exit_code == 0, done.output
    index = json.loads((out / "index.json").read_bytes())
    assert [told["id"] for told in index.values()] == [row.record.id for row in rows]
    late, verdict = (out / name for name in index)
    signature, types, card, contents, path, stamp = _blocks(verdict / readme)
    assert "CAdES Verification successful" in _printed(verdict, signature)
    assert _printed(verdict, types).split() == ["2"]
    assert _printed(verdict, card).split() == ["1", "1"]
    assert _printed(verdict, contents).split() == ["1", "1", "1"]
    assert _printed(verdict, path).split() == ["1"]
    assert "Verification: OK" in _printed(verdict, stamp)
    path, stamp = _blocks(late / readme)
    assert _printed(late, path).split() == ["1"]
    assert "Verification: OK" in _printed(late, stamp)
    record = late / "record.json"
    record.write_bytes(record.read_bytes().replace(b"late_proof", b"verdict"))
    with pytest.raises(AssertionError):  # nothing in the checkpoint leads there
        _printed(late, path)


def test_without_an_authority_the_readme_says_so(deployment: Deployment, tmp_path: Path) -> None:
    (_, verdict) = asyncio.run(_recorded(deployment))
    out = tmp_path / "out"
    done = deployment.call("evidence", "export", verdict.record.id, "--to", str(out))
    assert done.exit_code == 0, done.output
    assert "There is no time-stamp here" in (out / "README.md").read_text(encoding="utf-8")
    assert len(_blocks(out / "README.md")) == 4
    both = deployment.call("evidence", "export", "x", "--call", "y", "--to", str(tmp_path / "b"))
    neither = deployment.call("evidence", "export", "--to", str(tmp_path / "n"))
    unknown = deployment.call("evidence", "export", "--call", "x", "--to", str(tmp_path / "u"))
    assert (both.exit_code, neither.exit_code, unknown.exit_code) == (2, 2, 1)
    assert "no time-stamp authority" in deployment.call("evidence", "verify").stderr


def test_the_whole_archive(stamped: Deployment) -> None:
    asyncio.run(_recorded(stamped))
    done = stamped.call("evidence", "verify")
    assert (done.exit_code, done.stdout[:7]) == (0, "2 rows,"), done.output
    assert "1 checkpoints, time-stamped up to row 2" in done.stdout
    assert done.stderr == ""
    listed = stamped.call("evidence", "checkpoints")
    assert listed.exit_code == 0, listed.output
    (line, summary) = listed.stdout.splitlines()
    assert re.match(r" +1  rows 1-2  20\d\d-.*\+00:00 CN=Stand-in time-stamps until 20", line)
    assert summary == "1 checkpoints; 0 rows wait for the next"
    cards = stamped.call("evidence", "verify", "--cards")
    assert (cards.exit_code, "taps of cards are good" in cards.stdout) == (0, True), cards.output
    before = stamped.call("evidence", "verify", "--at", "2020-01-01")
    assert (before.exit_code, before.stdout[:7]) == (0, "0 rows,")
    later = stamped.call("evidence", "verify", "--at", "2040-01-01T00:00Z")
    assert later.exit_code == 0
    assert "was not renewed; it was good at its own time" in later.stderr
    assert stamped.call("evidence", "verify", "--at", "yesterday").exit_code == 2
    copies = Path(stamped.variables["KAZASU_EVIDENCE_COPIES_DIR"])
    copies.rename(copies.with_name("unmounted"))
    away = stamped.call("evidence", "verify")
    assert (away.exit_code, "cannot be reached" in away.stderr) == (3, True)
    copies.with_name("unmounted").rename(copies)
    database = stamped.folder / "data" / "kazasu.db"
    as_administrator(database, "UPDATE evidence_checkpoints SET last_seq = 7")
    assert stamped.call("evidence", "checkpoints").exit_code == 1
    as_administrator(database, "DELETE FROM evidence_checkpoints")
    done = stamped.call("evidence", "verify")
    assert (done.exit_code, "row 1, checkpoint 1: is the first whose" in done.stderr) == (1, True)


async def test_the_loops_of_a_service_say_a_problem_once(
    stamped: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, world = await _kept(stamped)
    later = datetime.now(UTC) + timedelta(minutes=2)
    given = (kept.database, world.tenant, Recorder(secrets.token_bytes), lambda: later)
    away = keeping.build(
        load(**stamped.variables | {"KAZASU_TIME_STAMP_URLS": "http://127.0.0.1:1/"}), *given
    )
    names = ["evidence_erase", "evidence_stamp"]
    assert [loop.name for loop in away.loops()] == names
    await kept.evidence.append(a_record(tenant=world.tenant.id))
    for loop in (*away.loops(), *away.loops()):
        await loop.turn()
    assert capsys.readouterr().out.count("evidence_not_stamped") == 1
    there = keeping.build(load(**stamped.variables), *given)
    there.problem = "authority_away"
    await there.stamp()
    assert "evidence_stamped_again" in capsys.readouterr().out
    assert there.keeping is not None
    assert await there.keeping.turn(world.tenant.id) == Turn()
    as_administrator(stamped.folder / "data" / "kazasu.db", "DELETE FROM evidence_checkpoints")
    await keeping.build(load(**stamped.variables), *given).stamp()
    assert "evidence_altered" in capsys.readouterr().out
    without = {n: v for n, v in stamped.variables.items() if n != "KAZASU_TIME_STAMP_URLS"}
    assert [loop.name for loop in keeping.build(load(**without), *given).loops()] == names[:1]
    await kept.close()


def test_the_doctor_looks_at_stamps_and_copies(stamped: Deployment, deployment: Deployment) -> None:
    def found(there: Deployment, **changes: str) -> list[tuple[str, str]]:
        looked = asyncio.run(archive.stamps(load(**there.variables | changes)))
        return [(one.state, one.says.en) for one in looked]

    assert found(deployment) == []
    assert found(stamped) == [("ok", "no rows to stamp yet")]
    asyncio.run(_recorded(stamped))
    ((state, says),) = found(stamped)
    assert (state, says[:26]) == ("ok", "time-stamped up to row 2, ")
    nowhere = found(stamped, KAZASU_EVIDENCE_COPIES_DIR="/nowhere")
    assert nowhere[1] == (
        "problem",
        "there is no second place for checkpoints: /nowhere is no folder",
    )
    empty = str(stamped.folder / "copies")
    assert [state for state, _ in found(stamped, KAZASU_TIME_STAMP_ROOTS_DIR=empty)] == ["problem"]


def test_a_check_that_was_broken_off_goes_on(
    stamped: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, _) = asyncio.run(_recorded(stamped))
    saved = stamped.folder / "data" / "evidence-verify.json"
    settings = load(**stamped.variables)
    monkeypatch.setattr(broken_off, "_SAVED_EVERY", 1)
    place = Place(head=ChainHead(seq=1, hash=first.hash), since=(first.hash,))
    keep = broken_off.Saved(saved, settings.master_key(), "main", "")
    keep.write(place)
    done = stamped.call("evidence", "verify", "--resume")
    told, rows, *_ = done.stdout.splitlines()
    assert (done.exit_code, rows[:7], done.stderr) == (0, "2 rows,", "")
    assert told == "rows 1 to 1 were looked at by the check that was broken off"
    assert not saved.exists()
    again = stamped.call("evidence", "verify", "--resume")
    assert (again.exit_code, "nothing to go on with" in again.stderr) == (0, True)
    other = broken_off.Saved(saved, settings.master_key(), "main", "")
    other.write(place.at(head=ChainHead(seq=1, hash=bytes(32))))
    assert stamped.call("evidence", "verify", "--resume").exit_code == 1  # not this archive's


def test_nobody_else_says_how_far_a_check_has_come(
    stamped: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator of the database changes a row and has the check begin behind it."""
    (first, second) = asyncio.run(_recorded(stamped))
    saved = stamped.folder / "data" / "evidence-verify.json"
    monkeypatch.setattr(broken_off, "_SAVED_EVERY", 1)
    place = Place(head=ChainHead(seq=2, hash=second.hash), since=(first.hash, second.hash))
    broken_off.Saved(saved, bytes(32), "main", "").write(place)
    as_administrator(
        stamped.folder / "data" / "kazasu.db", "UPDATE evidence SET kind = 'view' WHERE seq = 1"
    )
    done = stamped.call("evidence", "verify", "--resume")
    assert (done.exit_code, "nothing to go on with" in done.stderr) == (1, True)
    assert "row 1 (" in done.stderr


def test_holds_and_erasure(stamped: Deployment, tmp_path: Path) -> None:
    (_, verdict) = asyncio.run(_recorded(stamped))
    record = verdict.record.id
    held = stamped.call("evidence", "hold", "--call", CALL, "--reason", "court order 12")
    assert held.exit_code == 0, held.output
    assert "court order 12" in stamped.call("evidence", "holds").stdout
    refused = stamped.call("evidence", "erase", record, "--reason", "asked for")
    assert (refused.exit_code, "is held" in refused.stderr) == (1, True)
    hold_id = held.stdout.strip()
    assert stamped.call("evidence", "release", hold_id, "--reason", "over").exit_code == 0
    assert stamped.call("evidence", "release", hold_id, "--reason", "over").exit_code == 1
    assert stamped.call("evidence", "holds").stdout == ""
    assert stamped.call("evidence", "erase", record, "--reason", "asked for").exit_code == 0
    assert stamped.call("evidence", "erase", record, "--reason", "asked for").exit_code == 1
    out = tmp_path / "out"
    assert stamped.call("evidence", "export", record, "--to", str(out)).exit_code == 0
    assert {"record.json", "checkpoint.json"} <= {path.name for path in out.iterdir()}
    assert "destroyed" in (out / "README.md").read_text(encoding="utf-8")
    assert not (out / "statement.json").exists()
    done = stamped.call("evidence", "verify")
    assert (done.exit_code, done.stdout[:7]) == (0, "6 rows,"), done.output
    for nothing in ("x", ""):
        unknown = stamped.call("evidence", "hold", "--call", nothing, "--reason", "y")
        assert unknown.exit_code == 1


def test_a_call_is_named_by_any_record_of_it(stamped: Deployment, tmp_path: Path) -> None:
    """As an operator has one: the console shows no reference of the call."""
    rows = asyncio.run(_recorded(stamped))
    (late, verdict) = (row.record.id for row in rows)
    assert stamped.call("evidence", "hold", "--call", late, "--reason", "case").exit_code == 0
    refused = stamped.call("evidence", "erase", verdict, "--reason", "asked for")
    assert (refused.exit_code, "is held" in refused.stderr) == (1, True)
    done = stamped.call("evidence", "export", "--call", late, "--to", str(tmp_path / "out"))
    assert (done.exit_code, "of each folder" in done.stdout) == (0, True), done.output
    index = json.loads((tmp_path / "out" / "index.json").read_bytes())
    assert {late, verdict} <= {told["id"] for told in index.values()}


def test_what_our_keys_do_not_open_is_not_called_bad(stamped: Deployment) -> None:
    asyncio.run(_recorded(stamped))
    other = base64.b64encode(bytes(range(100, 132))).decode()
    elsewhere = replace(stamped, variables=stamped.variables | {"SECRET_KEY": other})
    done = elsewhere.call("evidence", "verify", "--cards")
    assert (done.exit_code, "contents do not open" in done.stderr) == (1, True), done.output
