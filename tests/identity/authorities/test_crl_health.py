"""What a folder of lists is worth at a moment, by pinned root."""

from datetime import timedelta
from pathlib import Path

from identity.authorities.crl_files import CrlFiles
from identity.jpki.anchors import Purpose
from identity.jpki.refusals import Code
from stand_ins.jpki.pki import CRL_LIFETIME
from tests.identity.jpki.synthetic import NOW, anchors_of, fresh_pki


def _files(folder: Path) -> CrlFiles:
    return CrlFiles(folder / "crl", anchors_of(fresh_pki(folder)))


async def test_every_root_counts_its_own_lists(tmp_path: Path) -> None:
    health = await _files(tmp_path).health(NOW)
    assert [(root.purpose, root.lists, root.fresh) for root in health.roots] == [
        (purpose, 3, 3) for purpose in (Purpose.AUTH, Purpose.AUTH, Purpose.SIGN, Purpose.SIGN)
    ]
    assert len({root.key_sha256 for root in health.roots}) == 4
    assert {root.newest for root in health.roots} == {NOW}
    assert (health.lacking(), health.unusable) == ((), {})


async def test_lists_that_ended_are_there_and_not_fresh(tmp_path: Path) -> None:
    files = _files(tmp_path)
    last = await files.health(NOW + CRL_LIFETIME - timedelta(seconds=1))
    over = await files.health(NOW + CRL_LIFETIME)
    assert last.lacking() == ()
    assert over.lacking() == (Purpose.AUTH, Purpose.SIGN)
    assert {(root.lists, root.fresh) for root in over.roots} == {(3, 0)}


async def test_one_generation_is_enough_for_its_purpose(tmp_path: Path) -> None:
    files = _files(tmp_path)
    for path in (tmp_path / "crl").glob("*-g1-*"):
        path.unlink()
    for path in (tmp_path / "crl").glob("sign-*"):
        path.unlink()
    assert (await files.health(NOW)).lacking() == (Purpose.SIGN,)


async def test_what_is_no_list_is_named(tmp_path: Path) -> None:
    files = _files(tmp_path)
    (tmp_path / "crl" / "other.crl").write_bytes(b"0")
    health = await files.health(NOW)
    assert dict(health.unusable) == {"other.crl": Code.CRL_MALFORMED}
    assert health.lacking() == ()


async def test_a_missing_folder_lacks_everything(tmp_path: Path) -> None:
    files = CrlFiles(tmp_path / "none", anchors_of(fresh_pki(tmp_path)))
    assert (await files.health(NOW)).lacking() == (Purpose.AUTH, Purpose.SIGN)
