"""What the doctor says about the authority's linkage data, in both languages."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kazasu.doctor import linkage
from kazasu.settings.model import Settings

JAPANESE = re.compile(r"[぀-ヿ一-鿿]{4}")
HEADER = "issuer,serial,other_issuer,other_serial\n"


def as_of(hours_ago: float) -> str:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    return f"as_of,{at.isoformat()}\n"


@pytest.mark.parametrize(
    ("text", "state", "says"),
    [
        (as_of(1) + HEADER, "ok", "files: 1, as of 2"),
        (as_of(80) + HEADER, "problem", "more than 72 hours ago"),
        (as_of(-5) + HEADER, "problem", "a time to come"),
        (HEADER, "problem", "feed.csv, line 1: not as linkage data are written"),
        (as_of(1) + HEADER + "xx,1,yy,2\n", "problem", "feed.csv, line 3"),
        (None, "problem", "holds no linkage data"),
    ],
    ids=["fresh", "old", "ahead", "no-date", "no-serial", "no-file"],
)
async def test_what_the_folder_is_good_for(
    tmp_path: Path, text: str | None, state: str, says: str
) -> None:
    if text is not None:
        (tmp_path / "feed.csv").write_text(text, encoding="utf-8")
        os.utime(tmp_path / "feed.csv")  # fresh as a file, whatever it says
    (found,) = await linkage.feed(Settings.model_construct(linkage_dir=tmp_path))
    assert (found.part, found.state) == ("linkage", state)
    assert says in found.says.en
    assert bool(found.do.en) is (state == "problem")
    assert JAPANESE.search(found.says.ja)
    assert "{" not in found.says.ja + found.says.en


async def test_no_folder_and_none_named(tmp_path: Path) -> None:
    (found,) = await linkage.feed(Settings.model_construct(linkage_dir=tmp_path / "none"))
    assert (found.state, "is no folder" in found.says.en) == ("problem", True)
    (found,) = await linkage.feed(Settings.model_construct(linkage_dir=None))
    assert (found.state, "KAZASU_LINKAGE_DIR" in found.do.en) == ("warning", True)
    assert "two people" in found.says.en
