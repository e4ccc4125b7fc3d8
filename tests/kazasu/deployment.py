"""A deployment in a folder, as an administrator has it: roots, lists, flows, database, settings."""

import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner, Result

from kazasu.cli import main
from stand_ins.jpki.certificates import make_root
from stand_ins.jpki.names import PURPOSES
from stand_ins.jpki.pki import load_pki, make_pki, refresh_crls
from stores.sql.migrations import migrate
from tests.identity.jpki.synthetic import key, key_pool
from tests.journeys.resilience.programs import without_settings

ROOT: Final = Path(__file__).parents[2]
SECRET_KEY: Final = "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80="
AUTH_TOKEN: Final = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ACCOUNT: Final = "AC" + "12" * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`variables` are the environment of its commands; a test changes what it wants broken."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def flows(self) -> Path:
        return self.folder / "flows"

    def run(
        self, *arguments: str, given: str = "", **changes: str
    ) -> "subprocess.CompletedProcess[str]":
        """The command in a process of its own."""
        return subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "kazasu.cli.main", *arguments],
            input=given,
            env=self.environment(**changes),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def call(self, *arguments: str, given: str = "", **changes: str) -> Result:
        """The command in this process: quicker, for what ends by itself."""
        environment = {**self.variables, **changes}
        done = CliRunner().invoke(main.app, arguments, input=given, env=environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def environment(self, **changes: str) -> dict[str, str]:
        """This source, wherever else the package may be installed."""
        return {**without_settings(), "PYTHONPATH": str(ROOT), **self.variables, **changes}


def make_template(folder: Path) -> None:
    """What takes long, once: the synthetic PKI and a migrated database."""
    make_pki(folder / "pki", now=datetime.now(UTC), new_key=key_pool())
    real_looking(folder / "real")
    linkage = folder / "linkage" / "cards.csv"
    linkage.parent.mkdir()
    header = "issuer,serial,other_issuer,other_serial"
    linkage.write_text(f"as_of,{datetime.now(UTC).isoformat()}\n{header}\n", encoding="utf-8")
    shutil.copytree(ROOT / "flows", folder / "flows")
    shutil.copytree(ROOT / "kazasu/demo/data/lookups", folder / "data" / "lookups")
    migrate.upgrade(f"sqlite:///{folder / 'data' / 'kazasu.db'}")


def real_looking(folder: Path) -> None:
    """Roots whose names say JPKI, made here: what the production profile would load."""
    folder.mkdir()
    now = datetime.now(UTC).replace(microsecond=0)
    for number, purpose in enumerate(PURPOSES):
        root = make_root(
            purpose,
            "g1",
            key(number),
            serial=0x01000000 + number,
            valid=(now - timedelta(days=1), now + timedelta(days=1000)),
            organisation="JPKI",
        )
        (folder / f"{purpose}-g1.cer").write_bytes(root.certificate.public_bytes(Encoding.DER))


def copied(template: Path, folder: Path) -> Deployment:
    shutil.copytree(template, folder, dirs_exist_ok=True)
    port = free_port()
    return Deployment(
        folder=folder,
        variables={
            "KAZASU_PROFILE": "demo",
            "KAZASU_DATA_DIR": str(folder / "data"),
            "KAZASU_FLOWS_DIR": str(folder / "flows"),
            "KAZASU_CRL_DIR": str(folder / "pki" / "crl"),
            "KAZASU_LINKAGE_DIR": str(folder / "linkage"),
            "TRUST_ANCHORS_DIR": str(folder / "pki" / "anchors"),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "KAZASU_LISTEN_PORT": str(port),
            "KAZASU_FALLBACK_NUMBER": "+81312340009",
            "SECRET_KEY": SECRET_KEY,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_API_BASE": "http://127.0.0.1:1",
        },
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def refresh(pki: Path, at: datetime) -> None:
    """All lists anew, as of that moment."""
    refresh_crls(load_pki(pki), at)
