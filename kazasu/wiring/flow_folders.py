"""A flows folder as commands and the doctor look at it: its files, and what the linter says.

Light to import: nothing of a store or a door.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ivr.carriers.twilio.flow_limits import LIMITS
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.folder import flow_folder
from ivr.flow_library.model import FlowFiles
from ivr.flow_linter.linter import lint_site
from ivr.flow_linter.whole_folder import FlowFolder, LintedFolder, lint_folder

_TESTS: Final = "tests"


def files(folder: Path) -> FlowFiles:
    """Every YAML text and the hash of every recording, by path below `flows/`. OSError."""
    read, _ = flow_folder(folder)
    return read()


def linted(folder: Path, only: Path | None) -> LintedFolder:
    """`only` is a file of the folder: a main flow with all that it uses, or another by itself.
    OSError."""
    kept = files(folder)
    site, found = lint_site(kept.texts.get(SITE_FILE, ""), file=SITE_FILE)
    named = only.resolve().relative_to(folder.resolve()).as_posix() if only is not None else ""
    if site is None or named == SITE_FILE:
        return LintedFolder(findings=found, lengths=())
    whole = FlowFolder(
        files=kept.texts, site=site, audio_hashes=kept.audio_hashes, tests=test_files(folder)
    )
    return lint_folder(whole, flow_ids(kept), carrier=LIMITS, only=named)


def flow_ids(kept: FlowFiles) -> Sequence[str]:
    """The main flows of a folder."""
    names = {name for name in kept.texts if "/" not in name} - {SITE_FILE}
    return sorted(name.removesuffix(".yaml") for name in names)


def test_files(folder: Path) -> Mapping[str, str]:
    """`tests/*.yaml` by their path below the folder; bytes that are no UTF-8 lead to a finding."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        .decode("utf-8", errors="replace")
        .replace("\ufffd", "\x00")
        for path in sorted((folder / _TESTS).glob("*.yaml"))
    }
