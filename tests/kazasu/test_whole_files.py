"""A file is replaced at once, for good, and stays whose it was."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kazasu.whole_files import replace_file


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    there = tmp_path / "file.txt"
    there.write_bytes(b"before")
    there.chmod(0o640)
    return there


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    replace_file(tmp_path / "new", b"secret")
    assert (tmp_path / "new").read_bytes() == b"secret"
    assert mode_of(tmp_path / "new") == 0o600


@pytest.mark.parametrize(("wanted", "is_then"), [(0o600, 0o600), (0o644, 0o644), (None, 0o640)])
def test_its_mode(path: Path, wanted: int | None, is_then: int) -> None:
    replace_file(path, b"after", mode=wanted)
    assert (path.read_bytes(), mode_of(path)) == (b"after", is_then)
    assert list(path.parent.iterdir()) == [path]


def test_through_a_link_the_place_stays(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path.name)
    replace_file(link, b"after", mode=None)
    assert link.is_symlink()
    assert path.read_bytes() == b"after"


def test_who_has_it_open_reads_the_old_one_to_its_end(path: Path) -> None:
    with path.open("rb") as reader:
        replace_file(path, b"after, and longer")
        assert reader.read() == b"before"


@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_what_fails_leaves_the_old_one_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(path.parent.iterdir()) == [path]


def test_file_and_folder_are_on_the_disk_and_in_this_order(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[str]()

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            folder = name == "sync" and stat.S_ISDIR(os.fstat(given[0]).st_mode)
            done.append("sync folder" if folder else name)
            return real(*given, **named)

        return call

    monkeypatch.setattr(os, "fsync", noted("sync", os.fsync))
    monkeypatch.setattr(Path, "replace", noted("replace", Path.replace))
    replace_file(path, b"after")
    assert done == ["sync", "replace", "sync folder"]
