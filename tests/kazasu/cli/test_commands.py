"""`kazasu migrate`, `flow lint` and `card`, as somebody types them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from stores.sql.migrations import migrate
from tests.journeys.resilience.programs import without_settings
from tests.kazasu.deployment import ROOT, Deployment


def test_migrate_makes_a_private_database_and_does_it_once(
    deployment: Deployment, tmp_path: Path
) -> None:
    data = tmp_path / "new" / "data"
    for _ in range(2):
        done = deployment.call("migrate", KAZASU_DATA_DIR=str(data))
        assert done.exit_code == 0, done.stderr
        assert done.stdout == f"database is at {migrate.head()}\n"
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "kazasu.db").stat().st_mode & 0o777 == 0o600


def test_a_database_of_a_newer_version_is_left_alone(deployment: Deployment) -> None:
    engine = create_engine(f"sqlite:///{deployment.folder / 'data' / 'kazasu.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for command in ("migrate", "serve"):
        done = deployment.call(command)
        assert done.exit_code == 3
        assert "9999" in done.stderr or "newer version" in done.stderr


def test_migrate_says_when_there_is_no_server(deployment: Deployment) -> None:
    done = deployment.call("migrate", DATABASE_URL="postgresql://k:geheim@127.0.0.1:1/k")
    assert done.exit_code == 3
    assert "DATABASE_URL: the database cannot be used" in done.stderr
    assert "geheim" not in done.output


@pytest.mark.parametrize("arguments", [("flow", "schema", "site"), ("--help",)])
def test_who_has_read_enough_hears_no_more(arguments: tuple[str, ...]) -> None:
    """`kazasu ... | head`: the pipe is closed while it writes, or when it ends."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "kazasu.cli.main", *arguments],
            stdout=write,
            stderr=subprocess.PIPE,
            env={**without_settings(), "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            timeout=120,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_shipped_flows_are_clean(deployment: Deployment) -> None:
    as_json = deployment.call("flow", "lint", "--json", "--strict", str(deployment.flows))
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (0, [])


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("main-inbound.yaml", lambda text: text + "\nnonsense: 1\n"),
        ("site.yaml", lambda text: text.replace("ivr-site/1", "ivr-site/9")),
        ("site.yaml", lambda text: text + "\n\t- ["),
    ],
)
def test_an_error_has_file_line_and_code(
    deployment: Deployment, file: str, change: "object"
) -> None:
    assert callable(change)
    path = deployment.flows / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    done = deployment.call("flow", "lint", str(deployment.flows))
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{path}:")
    as_json = deployment.call("flow", "lint", "--json", str(deployment.flows))
    assert as_json.exit_code == 1
    first = json.loads(as_json.stdout)[0]
    assert (first["file"], first["severity"]) == (str(path), "E")
    assert first["line"] >= 1
    assert first["message"]


def test_what_cannot_be_read_is_wrong_use(deployment: Deployment, tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        done = deployment.call("flow", "lint", str(path))
        assert done.exit_code == 2
        assert str(path) in done.stderr


@pytest.fixture
def demo(deployment: Deployment) -> tuple[str, str]:
    """The option that names a demo's folder with a PKI."""
    return "--data", str(deployment.folder)


def test_cards_are_listed_issued_and_revoked(deployment: Deployment, demo: tuple[str, str]) -> None:
    listed = json.loads(deployment.call("card", "list", "--json", *demo).stdout)
    names = [row["name"] for row in listed]
    assert names[:3] == ["valid", "valid-sign", "revoked"]
    assert all(row["does"] for row in listed)
    assert not any(row["issued"] for row in listed)

    issued = deployment.call("card", "issue", "mine", "--like", "valid", *demo)
    assert issued.exit_code == 0, issued.output
    card = deployment.folder / "pki" / "cards" / "mine.json"
    assert card.stat().st_mode & 0o777 == 0o600
    rows = json.loads(deployment.call("card", "list", "--json", *demo).stdout)
    assert next(row["issued"] for row in rows if row["name"] == "mine")

    before = _revoked(deployment)
    revoked = deployment.call("card", "revoke", "mine", "--reason", "keyCompromise", *demo)
    assert (revoked.exit_code, revoked.stdout) == (0, "revoked mine: keyCompromise\n")
    assert _revoked(deployment) == before + 2


def _revoked(deployment: Deployment) -> int:
    register = (deployment.folder / "pki" / "register.json").read_text(encoding="utf-8")
    return len(json.loads(register)["revoked"])


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("issue", "Mine"), 2, "Mine: a name is"),
        (("issue", "../x"), 2, "../x: a name is"),
        (("issue", "valid"), 2, "valid: every demo has a card of that name"),
        (("issue", "mine", "--like", "golden"), 2, "--like golden: there are valid, "),
        (("revoke", "nobody"), 1, "nobody: no such card"),
        (("revoke", "revoked", "--reason", "lost"), 2, "--reason lost: no such reason"),
    ],
)
def test_what_cannot_be_done_with_a_card_is_said(
    deployment: Deployment, demo: tuple[str, str], words: tuple[str, ...], status: int, says: str
) -> None:
    done = deployment.call("card", *words, *demo)
    assert done.exit_code == status, done.output
    assert done.stderr.startswith(f"kazasu: {says}")


@pytest.mark.parametrize("words", [("issue", "mine"), ("revoke", "mine")])
def test_without_a_demo_there_is_no_card(
    deployment: Deployment, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = deployment.call("card", *words, "--data", str(tmp_path / "none"))
    assert done.exit_code == 2
    assert "run: kazasu demo" in done.stderr
    assert not (tmp_path / "none").exists()


def test_help_names_every_command(deployment: Deployment) -> None:
    done = deployment.call("--help")
    assert done.exit_code == 0
    for name in ("serve", "fallback", "demo", "doctor", "migrate", "operators", "holders", "card"):
        assert f" {name} " in done.stdout
    assert deployment.call("nonsense").exit_code == 2


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--vpcd", "192.0.2.1:35963"), 2, "--vpcd 192.0.2.1:35963: HOST:PORT of this computer"),
        (("--vpcd", "127.0.0.1"), 2, "--vpcd 127.0.0.1: HOST:PORT"),
        (("--vpcd", "127.0.0.1:0"), 2, "--vpcd 127.0.0.1:0: HOST:PORT"),
        (("--card", "golden"), 2, "--card golden: no such test card; there are valid, "),
        (("--card", "valid"), 2, "{folder}/pki/cards: the cards are not made yet"),
        (("--card", "mine"), 3, "no virtual reader at 127.0.0.1:9; does pcscd run"),
    ],
)
def test_what_cannot_be_put_on_a_reader_is_said(
    deployment: Deployment, demo: tuple[str, str], words: tuple[str, ...], status: int, says: str
) -> None:
    if "mine" in words:
        deployment.call("card", "issue", "mine", *demo)
    nowhere = () if "--vpcd" in words else ("--vpcd", "127.0.0.1:9")
    done = deployment.call("card", "serve", *words, *nowhere, *demo)
    assert done.exit_code == status, done.output
    assert done.stderr.startswith(f"kazasu: {says.format(folder=deployment.folder)}")


@pytest.mark.parametrize(
    "base_url",
    ["http://ivr.example.jp", "ivr.example.jp", "http://127.0.0.1.example.jp", "https://"],
)
def test_a_desk_speaks_to_its_service_in_secret(deployment: Deployment, base_url: str) -> None:
    done = deployment.call("card", "tap", "--base-url", base_url)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"kazasu: --base-url {base_url}: https")
