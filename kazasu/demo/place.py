"""The demo's own folder: everything it writes is in there, and goes with it."""

import fcntl
import json
import os
import secrets
import shutil
from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kazasu.whole_files import replace_file

CALLER: Final = "+819012345678"
DIALLED: Final = "+81312345678"
GENERAL_DESK: Final = "+81312340009"
TENANT: Final = "demo"
HOST: Final = "127.0.0.1"
DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOperator:
    login: str
    name: str
    phone: str


PAGE_OPERATOR: Final = DemoOperator(login="demo", name="デモ 係員", phone="+81312340001")
TERMINAL_OPERATOR: Final = DemoOperator(
    login="terminal", name="ターミナル 係員", phone="+81312340002"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Made once per demo folder, readable by its owner only."""

    secret_key: str = field(repr=False)
    account_sid: str
    auth_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    folder: Path

    @property
    def pki(self) -> Path:
        return self.folder / "pki"

    @property
    def cards(self) -> Path:
        return self.pki / "cards"

    @property
    def linkage(self) -> Path:
        return self.pki / "linkage"

    @property
    def time_stamps(self) -> Path:
        """The authority's own folder, its key among it."""
        return self.folder / "time-stamps"

    @property
    def time_stamp_roots(self) -> Path:
        return self.folder / "time-stamp-roots"

    @property
    def evidence_copies(self) -> Path:
        return self.folder / "evidence-copies"

    @property
    def evidence_keys(self) -> Path:
        return self.folder / "evidence.keys"

    def own_cards(self, shipped: Collection[str]) -> list[str]:
        """Names of the cards that were issued here beside those that every demo has."""
        return sorted(path.stem for path in self.cards.glob("*.json") if path.stem not in shipped)

    @property
    def secrets_dir(self) -> Path:
        return self.folder / "secrets"

    @property
    def carrier_token(self) -> Path:
        return self.folder / "carrier.token"

    @property
    def card_token(self) -> Path:
        return self.folder / "card.token"

    @property
    def credentials(self) -> Path:
        return self.folder / "carrier-account.json"

    @property
    def running(self) -> Path:
        """Addresses of the demo that runs now; gone when none runs (0600)."""
        return self.folder / "running.json"

    @property
    def environment(self) -> Path:
        """The service's settings as lines of a shell, for other commands on this demo (0600)."""
        return self.folder / "environment"

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """True while no other demo has this folder; it is free again when the process ends."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(handle)

    def forget(self) -> None:
        """Remove all the demo wrote, but for the lock that its owner holds."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def password(self, operator: DemoOperator) -> str:
        """Random, made at the first time; only in this folder and on its owner's screen."""
        path = self.secrets_dir / f"password-{operator.login}"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(12))
        return path.read_text(encoding="utf-8")

    @property
    def database(self) -> str:
        return f"sqlite:///{(self.folder / 'kazasu.db').resolve()}"


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    replace_file(path, text.encode())


def secrets_of(place: Place) -> Secrets:
    """Those of this folder, made at the first time. One file each, named as the setting."""
    place.secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = {
        "secret_key": b64encode(secrets.token_bytes(32)).decode(),
        "twilio_account_sid": "AC" + secrets.token_hex(16),
        "twilio_auth_token": secrets.token_hex(16),
    }
    for name, value in made.items():
        path = place.secrets_dir / name
        if not path.exists():
            write_private(path, value)
        made[name] = path.read_text(encoding="utf-8")
    account = {
        "account_sid": made["twilio_account_sid"],
        "auth_token": made["twilio_auth_token"],
    }
    write_private(place.credentials, json.dumps(account))
    return Secrets(
        secret_key=made["secret_key"],
        account_sid=made["twilio_account_sid"],
        auth_token=made["twilio_auth_token"],
    )
