"""What a number's addresses were before we changed them, kept in the data folder for `undo`.

One file per number, its owner's alone: an address may hold a secret in its query.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ivr.carriers.twilio.number.setup import Address, Addresses
from kazasu.whole_files import replace_file


class UnreadableKept(Exception):
    """The file is there and is not one of ours; the text is its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`old` was there before the first set-up; `ours` is what each one was to write, last first."""

    account_sid: str
    number_sid: str
    old: Addresses
    ours: tuple[Addresses, ...]


def file_of(data_dir: Path, number: str) -> Path:
    return data_dir / "twilio" / f"{number}.json"


def read(data_dir: Path, number: str) -> Kept | None:
    """None when nothing is kept. Raises UnreadableKept, OSError."""
    path = file_of(data_dir, number)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Kept(
            account_sid=str(data["account_sid"]),
            number_sid=str(data["number_sid"]),
            old=_addresses(data["old"]),
            ours=tuple(_addresses(written) for written in data["ours"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise UnreadableKept(str(path)) from None


def write(data_dir: Path, number: str, kept: Kept) -> Path:
    """On the disk before it returns: Twilio keeps no history. Replaces what was kept."""
    path = file_of(data_dir, number)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, json.dumps(asdict(kept), ensure_ascii=False, indent=2).encode())
    return path


def forget(data_dir: Path, number: str) -> None:
    file_of(data_dir, number).unlink(missing_ok=True)


def _addresses(data: Any) -> Addresses:
    return Addresses(
        voice=_address(data["voice"]),
        fallback=_address(data["fallback"]),
        status=_address(data["status"]),
    )


def _address(data: Any) -> Address:
    url, method = data["url"], data["method"]
    if not isinstance(url, str) or method not in ("GET", "POST"):
        raise ValueError
    return Address(url=url, method=method)
