"""The export of a real call's evidence, checked by the very commands its README gives."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.resilience.programs import without_settings
from tests.journeys.resilience.stay import Stay

CALLS = [0, 1]


@pytest.fixture(scope="module")
def exports(stay: Stay, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Both calls' evidence, as the command writes it."""
    folder = tmp_path_factory.mktemp("exports")
    return [export(stay, n, folder / str(n)) for n in CALLS]


@pytest.fixture(params=CALLS, ids=["authentication", "signature"])
def exported(request: pytest.FixtureRequest, exports: list[Path], tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(exports[request.param], tmp_path / "exported")


def export(stay: Stay, call: int, folder: Path) -> Path:
    evidence = stay.pops[call]["verdict"]["evidence_id"]
    arguments = ["evidence", "export", evidence, "--to", str(folder), "--reason", "test"]
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "kazasu.cli.main", *arguments],
        env={**without_settings(), **stay.house.variables},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    return folder


def commands(readme: Path) -> list[str]:
    return re.findall(r"```\n(openssl .*?)\n```", readme.read_text(encoding="utf-8"), re.DOTALL)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    shell = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(shell, cwd=folder, check=False, capture_output=True)  # noqa: S603  # ditto


def test_the_readme_s_command_succeeds(exported: Path) -> None:
    english, japanese = (commands(exported / f"README{end}.md") for end in ("", ".ja"))
    assert english == japanese
    verify, look, *_ = english
    done = run(verify, exported)
    assert done.returncode == 0, done.stderr.decode()
    assert b"CAdES Verification successful" in done.stderr
    assert run(look, exported).stdout.strip() == b"2"


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_it_fails_after_any_byte_of_the_statement_changes(exported: Path, place: str) -> None:
    statement = exported / "statement.json"
    content = bytearray(statement.read_bytes())
    at = {"first": 0, "middle": len(content) // 2, "last": len(content) - 1}[place]
    content[at] ^= 1
    statement.write_bytes(content)
    assert run(commands(exported / "README.md")[0], exported).returncode != 0


def test_the_time_in_the_command_is_what_outlives_the_certificate(exported: Path) -> None:
    """Asked for a time when the certificate has expired, the same check fails."""
    verify = commands(exported / "README.md")[0]
    later, changed = re.subn(r"-attime \d+", "-attime 2051222400", verify)
    assert changed == 1
    done = run(later, exported)
    assert done.returncode != 0
    assert b"expired" in done.stderr
