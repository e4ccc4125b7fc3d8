"""The authority's linkage data from files: one person, however far apart; or nobody can tell."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from identity.authorities.linkage_files import FeedHealth, LinkageFiles
from identity.contract_holders.ports import LinkageUnavailable
from identity.verification.model import LinkageKey

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
AS_OF = "as_of,2026-11-22T08:00:00Z\n"
HEADER = "issuer,serial,other_issuer,other_serial\n"
A, B = "aa" * 32, "bb" * 32


def key(issuer: str, serial: int) -> LinkageKey:
    return LinkageKey(issuer_key_sha256=bytes.fromhex(issuer), serial=serial)


def write(folder: Path, text: str, name: str = "feed.csv", *, as_of: str = AS_OF) -> None:
    (folder / name).write_text(as_of + text, encoding="utf-8")


def feed(folder: Path, now: datetime = NOW) -> LinkageFiles:
    return LinkageFiles(folder, lambda: now)


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
    ("text", "line"),
    [
        ("", 1),
        (HEADER, 1),
        ("as_of\n", 1),
        ("as_of,yesterday\n" + HEADER, 1),
        ("as_of,2026-11-22T08:00:00\n" + HEADER, 1),
        ("as_at,2026-11-22T08:00:00Z\n" + HEADER, 1),
        (AS_OF, 2),
        (AS_OF + "issuer,serial\n", 2),
        (AS_OF + HEADER + f"{A},1,{B}\n", 3),
        (AS_OF + HEADER + f"{A},1,{B},2\n{A},1,{B},2,3\n", 4),
        (AS_OF + HEADER + f"{A},g,{B},2\n", 3),
        (AS_OF + HEADER + f"{A[:-2]},1,{B},2\n", 3),
        (AS_OF + HEADER + f"{A},{'1' * 41},{B},2\n", 3),
        (AS_OF + HEADER + f"{A},１,{B},2\n", 1),  # read at once, so the line is not known
        (AS_OF + HEADER + f'{A},1,"{B},2\n', 3),
    ],
)
async def test_what_cannot_be_read_tells_nothing_of_anybody(
    tmp_path: Path, text: str, line: int
) -> None:
    write(tmp_path, HEADER + f"{A},1,{B},2\n", "good.csv")
    write(tmp_path, text, as_of="")
    files = feed(tmp_path)
    with pytest.raises(LinkageUnavailable, match="unreadable"):
        await files.related(key(A, 1))
    assert await files.health() == FeedHealth(trouble="unreadable", file="feed.csv", line=line)


async def test_no_folder_and_no_files_tell_nothing(tmp_path: Path) -> None:
    for folder, trouble in ((tmp_path, "no_file"), (tmp_path / "none", "no_folder")):
        with pytest.raises(LinkageUnavailable, match=trouble):
            await feed(folder).related(key(A, 1))
        assert await feed(folder).health() == FeedHealth(trouble=trouble)


@pytest.mark.parametrize(
    ("hours", "trouble"), [(72, ""), (72.1, "stale"), (0, ""), (-0.1, ""), (-0.2, "ahead")]
)
async def test_how_old_the_data_are_is_what_they_say(
    tmp_path: Path, hours: float, trouble: str
) -> None:
    """Whenever somebody has copied or touched the file."""
    write(tmp_path, HEADER + f"{A},1,{B},2\n")
    write(tmp_path, HEADER, "older.csv", as_of="as_of,2026-01-01T00:00:00Z\n")
    as_of = datetime(2026, 11, 22, 8, tzinfo=UTC)
    now = as_of + timedelta(hours=hours)
    for touched in (as_of - timedelta(days=300), now):
        os.utime(tmp_path / "feed.csv", (touched.timestamp(),) * 2)
        files = feed(tmp_path, now)
        assert await files.health() == FeedHealth(files=2, as_of=as_of, trouble=trouble)
        if trouble:
            with pytest.raises(LinkageUnavailable, match=trouble):
                await files.related(key(A, 1))
        else:
            assert await files.related(key(A, 1)) == (key(B, 2),)
