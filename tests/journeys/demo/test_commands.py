"""Other commands on a demo, by the settings that it leaves for a shell."""

import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.journeys.demo.running import ROOT, Demo

_ANSWERS_WITHIN: Final = 120.0


async def test_evidence_of_a_call_is_exported_and_checked(demo: Demo) -> None:
    called, found = await demo.call("valid", "spoken_code")

    assert called == 0
    with TemporaryDirectory() as folder:
        exported = _in_a_shell(demo, f"evidence export {found['evidence_id']} --to {folder}/one")
        assert exported.returncode == 0, exported.stderr
        assert (Path(folder) / "one" / "signature.p7s").is_file()
    assert _in_a_shell(demo, "evidence verify").returncode == 0


async def test_keys_are_turned_while_it_runs(demo: Demo) -> None:
    """What was sealed before opens after, and what the service seals next is under the new key."""
    first = next(iter(demo.place.evidence_keys.read_text(encoding="ascii").split()))
    for command in ("keys rotate", "keys rewrap", f"keys drop {first}"):
        done = _in_a_shell(demo, command)
        assert done.returncode == 0, done.stderr
    called, _ = await demo.call("valid", "spoken_code")
    assert called == 0
    checked = _in_a_shell(demo, "evidence verify --cards")
    assert checked.returncode == 0, checked.stderr


def test_only_its_owner_reads_the_settings(demo: Demo) -> None:
    assert demo.place.environment.stat().st_mode & 0o077 == 0


def _in_a_shell(demo: Demo, command: str) -> "subprocess.CompletedProcess[str]":
    program = shlex.join((sys.executable, "-m", "kazasu.cli.main"))
    lines = f". {shlex.quote(str(demo.place.environment))}\n{program} {command}"
    return subprocess.run(  # noqa: S603  # our own command, in the shell that people use
        ("/bin/sh", "-c", lines),
        capture_output=True,
        text=True,
        timeout=_ANSWERS_WITHIN,
        cwd=ROOT,
        check=False,
    )
