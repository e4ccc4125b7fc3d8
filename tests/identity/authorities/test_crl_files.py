"""A folder of revocation lists as a source: good only where a fresh, right list says so."""

import asyncio
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from identity.authorities.crl_files import CrlFiles
from identity.jpki import certificate, crl, path
from identity.jpki.anchors import Purpose
from identity.jpki.refusals import Refusal
from identity.verification.model import LinkageKey, RevocationState, RevocationStatus
from identity.verification.ports import RevocationSubject
from stand_ins.jpki.certificates import RevokedEntry, make_crl
from stand_ins.jpki.names import Purpose as PurposeName
from stand_ins.jpki.people import KAZEMICHI, PEOPLE
from tests.identity.jpki.synthetic import NOW, authority, leaf, shared_pki, trust

SERIAL = 4711
HOUR = timedelta(hours=1)


def _subject(
    purpose: PurposeName = "auth", label: str = "g2", serial: int = SERIAL, who: str = "hanako"
) -> RevocationSubject:
    data = leaf(purpose, issuer=authority(purpose, label), serial=serial, person=PEOPLE[who])
    parsed = certificate.read(data)
    assert not isinstance(parsed, Refusal)
    issuer = path.find_issuer(parsed, Purpose(purpose), trust())
    assert not isinstance(issuer, Refusal)
    return RevocationSubject(
        purpose=Purpose(purpose),
        certificate=LinkageKey(issuer_key_sha256=issuer.key_sha256, serial=serial),
        distribution_points=crl.distribution_points(parsed),
    )


def _crl(
    *serials: int,
    purpose: PurposeName = "auth",
    label: str = "g2",
    begin: datetime = NOW,
    whole: bool = False,
) -> bytes:
    entries = [RevokedEntry(serial=s, at=begin, reason="superseded") for s in serials]
    scope = None if whole else KAZEMICHI
    return make_crl(authority(purpose, label), scope, entries, valid=(begin, begin + 30 * HOUR))


def _put(folder: Path, name: str, data: bytes) -> None:
    draft = folder / f"{name}.draft"
    draft.write_bytes(data)
    draft.replace(folder / name)


async def _ask(
    folder: Path, subject: RevocationSubject | None = None, at: datetime = NOW
) -> RevocationState:
    return await CrlFiles(folder, trust()).status(subject or _subject(), at)


@pytest.mark.parametrize("purpose", ["auth", "sign"])
@pytest.mark.parametrize("label", ["g1", "g2"])
async def test_a_fresh_list_of_the_right_authority_is_good(
    purpose: PurposeName, label: str
) -> None:
    state = await _ask(shared_pki().folder / "crl", _subject(purpose, label))
    assert state.status is RevocationStatus.GOOD
    assert (state.method, state.source_updated_at, state.checked_at) == ("crl", NOW, NOW)


async def test_a_listed_serial_is_revoked_with_its_reason(tmp_path: Path) -> None:
    _put(tmp_path, "a.crl", _crl(SERIAL, begin=NOW - HOUR))
    state = await _ask(tmp_path)
    assert state.status is RevocationStatus.REVOKED
    assert (state.reason, state.revoked_at) == ("superseded", NOW - HOUR)


async def test_the_same_serial_under_another_generation_is_another_certificate(
    tmp_path: Path,
) -> None:
    _put(tmp_path, "g1.crl", _crl(SERIAL, label="g1"))
    _put(tmp_path, "g2.crl", _crl())
    assert (await _ask(tmp_path, _subject(label="g2"))).status is RevocationStatus.GOOD
    assert (await _ask(tmp_path, _subject(label="g1"))).status is RevocationStatus.REVOKED


UNKNOWN = {
    "an empty folder": ({}, "no_list"),
    "garbage": ({"a.crl": b"<html>maintenance</html>"}, "unreadable"),
    "an empty file": ({"a.crl": b""}, "unreadable"),
    "the unpinned authority": ({"a.crl": _crl(label="unknown")}, "wrong_signer"),
    "another generation": ({"a.crl": _crl(label="g1")}, "no_list"),
    "the other purpose": ({"a.crl": _crl(purpose="sign")}, "no_list"),
    "stale": ({"a.crl": _crl(begin=NOW - 30 * HOUR)}, "stale"),
    "from the future": ({"a.crl": _crl(begin=NOW + HOUR)}, "not_yet_valid"),
    "not named as a list": ({"a.der": _crl()}, "no_list"),
}


@pytest.mark.parametrize("name", UNKNOWN)
async def test_anything_else_is_unknown(tmp_path: Path, name: str) -> None:
    files, why = UNKNOWN[name]
    for file, data in files.items():
        _put(tmp_path, file, data)
    state = await _ask(tmp_path)
    assert (state.status, state.why) == (RevocationStatus.UNKNOWN, why)


async def test_a_missing_folder_is_unknown(tmp_path: Path) -> None:
    state = await _ask(tmp_path / "nowhere")
    assert (state.status, state.why) == (RevocationStatus.UNKNOWN, "no_list")


async def test_a_list_of_another_municipality_says_nothing(tmp_path: Path) -> None:
    _put(tmp_path, "a.crl", _crl())
    state = await _ask(tmp_path, _subject(who="ume"))
    assert (state.status, state.why) == (RevocationStatus.UNKNOWN, "no_list")
    _put(tmp_path, "b.crl", _crl(whole=True))
    assert (await _ask(tmp_path, _subject(who="ume"))).status is RevocationStatus.GOOD


async def test_age_is_limited_also_before_the_next_update(tmp_path: Path) -> None:
    _put(tmp_path, "a.crl", _crl())
    source = CrlFiles(tmp_path, trust(), max_age=HOUR)
    assert (await source.status(_subject(), NOW + HOUR)).status is RevocationStatus.GOOD
    late = await source.status(_subject(), NOW + HOUR + timedelta(seconds=1))
    assert (late.status, late.why) == (RevocationStatus.UNKNOWN, "stale")


async def test_a_change_in_the_folder_counts_at_the_next_question(tmp_path: Path) -> None:
    source = CrlFiles(tmp_path, trust())
    seen = []
    for data in (None, _crl(), _crl(SERIAL), b"broken", _crl()):
        if data is not None:
            _put(tmp_path, "a.crl", data)
        seen.append((await source.status(_subject(), NOW)).status)
    (tmp_path / "a.crl").unlink()
    seen.append((await source.status(_subject(), NOW)).status)
    good, revoked, unknown = "good", "revoked", "unknown"
    assert seen == [unknown, good, revoked, unknown, good, unknown]


async def test_a_change_within_one_tick_of_the_clock_is_seen_too(tmp_path: Path) -> None:
    tick = (2_000_000_000, 2_000_000_000)
    source = CrlFiles(tmp_path, trust())
    seen = []
    for data in (_crl(), _crl(SERIAL)):
        _put(tmp_path, "a.crl", data)
        os.utime(tmp_path, tick)
        seen.append((await source.status(_subject(), NOW)).status)
    assert seen == ["good", "revoked"]


async def test_listed_in_any_fresh_list_is_revoked(tmp_path: Path) -> None:
    """A newer list without the entry does not lift it: a hold is never lifted in JPKI."""
    _put(tmp_path, "older.crl", _crl(SERIAL, begin=NOW - HOUR))
    _put(tmp_path, "newer.crl", _crl(begin=NOW))
    assert (await _ask(tmp_path)).status is RevocationStatus.REVOKED


async def test_a_stale_list_beside_a_fresh_one_does_no_harm(tmp_path: Path) -> None:
    _put(tmp_path, "stale.crl", _crl(begin=NOW - 40 * HOUR))
    _put(tmp_path, "fresh.crl", _crl())
    assert (await _ask(tmp_path)).status is RevocationStatus.GOOD


async def test_a_file_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "a.crl").mkdir()
    state = await _ask(tmp_path)
    assert (state.status, state.why) == (RevocationStatus.UNKNOWN, "unreadable")


async def test_a_long_list_is_read_in_another_process(tmp_path: Path) -> None:
    data = _crl(*range(10_000, 20_000), SERIAL)
    assert len(data) > 256 * 1024
    _put(tmp_path, "long.crl", data)
    source = CrlFiles(tmp_path, trust())
    assert (await source.status(_subject(), NOW)).status is RevocationStatus.REVOKED
    assert (await source.status(_subject(serial=9), NOW)).status is RevocationStatus.GOOD


async def test_many_questions_at_once_are_all_answered(tmp_path: Path) -> None:
    shutil.copytree(shared_pki().folder / "crl", tmp_path / "crl")
    past = 1_600_000_000
    os.utime(tmp_path / "crl", (past, past))
    source = CrlFiles(tmp_path / "crl", trust())
    states = await asyncio.gather(*(source.status(_subject(), NOW) for _ in range(50)))
    assert {state.status for state in states} == {RevocationStatus.GOOD}


async def test_the_edition_changes_with_the_lists_and_with_nothing_else(tmp_path: Path) -> None:
    source = CrlFiles(tmp_path, trust())
    seen = [await source.edition()]
    for data in (_crl(), _crl(SERIAL)):
        _put(tmp_path, "a.crl", data)
        seen += [await source.edition(), await source.edition()]
    (tmp_path / "notes.txt").write_text("no list")
    seen.append(await source.edition())
    (tmp_path / "a.crl").unlink()
    seen.append(await source.edition())
    empty, first, _, second, _, noted, gone = seen
    assert seen == [empty, first, first, second, second, noted, gone]
    assert noted == second
    assert len({empty, first, second, gone}) == 4
