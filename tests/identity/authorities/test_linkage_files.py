"""The authority's linkage data from files: one person, however far apart; or nobody can tell."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from identity.authorities.linkage_files import LinkageFiles
from identity.contract_holders.ports import LinkageUnavailable
from identity.verification.model import LinkageKey

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEADER = "issuer,serial,other_issuer,other_serial\n"
A, B = "aa" * 32, "bb" * 32


def key(issuer: str, serial: int) -> LinkageKey:
    return LinkageKey(issuer_key_sha256=bytes.fromhex(issuer), serial=serial)


def write(folder: Path, text: str, name: str = "feed.csv", *, hours_ago: float = 1) -> None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    at = (NOW - timedelta(hours=hours_ago)).timestamp()
    os.utime(path, (at, at))


def feed(folder: Path) -> LinkageFiles:
    return LinkageFiles(folder, lambda: NOW)


async def test_near_and_far_relations_in_any_file_and_either_direction(tmp_path: Path) -> None:
    write(tmp_path, HEADER + f"{A},1,{B},2\n{A},7,{B},8\n")
    write(tmp_path, HEADER + f"{A},1f,{B},2\n", "renewed.csv")
    for one in (key(A, 1), key(B, 2), key(A, 0x1F)):
        others = {key(A, 1), key(B, 2), key(A, 0x1F)} - {one}
        assert set(await feed(tmp_path).related(one)) == others
    assert await feed(tmp_path).related(key(B, 1)) == ()  # the same serial of another issuer


async def test_a_circle_ends(tmp_path: Path) -> None:
    write(tmp_path, HEADER + f"{A},1,{A},2\n{A},2,{A},3\n{A},3,{A},1\n{A},1,{A},1\n")
    assert set(await feed(tmp_path).related(key(A, 1))) == {key(A, 2), key(A, 3)}


async def test_a_new_file_is_seen_at_the_next_question(tmp_path: Path) -> None:
    files = feed(tmp_path)
    write(tmp_path, HEADER)
    assert await files.related(key(A, 1)) == ()
    write(tmp_path, HEADER + f"{A},1,{B},2\n")
    assert await files.related(key(A, 1)) == (key(B, 2),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "issuer,serial\n",
        HEADER + f"{A},1,{B}\n",
        HEADER + f"{A},1,{B},2,3\n",
        HEADER + f"{A},g,{B},2\n",
        HEADER + f"{A[:-2]},1,{B},2\n",
        HEADER + f"{A},{'1' * 41},{B},2\n",
        HEADER + f"{A},１,{B},2\n",
        HEADER + f'{A},1,"{B},2\n',
    ],
)
async def test_what_cannot_be_read_tells_nothing_of_anybody(tmp_path: Path, text: str) -> None:
    write(tmp_path, HEADER + f"{A},1,{B},2\n", "good.csv")
    write(tmp_path, text)
    with pytest.raises(LinkageUnavailable):
        await feed(tmp_path).related(key(A, 1))


async def test_no_files_or_old_ones_tell_nothing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(LinkageUnavailable, match="no_file"):
            await feed(folder).related(key(A, 1))
    write(tmp_path, HEADER + f"{A},1,{B},2\n", hours_ago=73)
    with pytest.raises(LinkageUnavailable, match="stale"):
        await feed(tmp_path).related(key(A, 1))
    write(tmp_path, HEADER, "today.csv", hours_ago=71)
    assert await feed(tmp_path).related(key(A, 1)) == (key(B, 2),)
