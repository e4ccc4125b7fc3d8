"""What the simulated carrier serves: numbers, telephones, and the account's secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

E164 = re.compile(r"\+[1-9]\d{6,14}")
STATUS_EVENTS = ("initiated", "ringing", "answered", "completed")


class BadSettings(Exception):
    """An option or a file cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The account: its sid (AC + 32 hex) and the token that signs requests and opens REST.

    An API key (SK + 32 hex) and its secret open REST too, but not the account itself.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    kind: str = "Full"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedNumber:
    """A dialled number and the addresses asked about its calls.

    `status_events`: a real inbound number reports `completed` alone, which is the default.
    `voice`: what REST says of its capabilities; calls can be placed to it all the same. A trunk or
    an application that would take the calls is only shown.
    """

    number: str
    voice_url: str
    voice_method: str = "POST"
    fallback_url: str | None = None
    status_callback: str | None = None
    status_events: tuple[str, ...] = ("completed",)
    fallback_method: str = "POST"
    status_callback_method: str = "POST"
    voice: bool = True
    voice_receive_mode: str = "voice"
    trunk_sid: str | None = None
    voice_application_sid: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime | None = None

    @property
    def sid(self) -> str:
        """The same for the same number."""
        return "PN" + sha256(self.number.encode()).hexdigest()[:32]


SHOWN = ("voice", "voice_receive_mode", "trunk_sid", "voice_application_sid")


def read_credentials(path: Path) -> Credentials:
    """From a JSON file {account_sid, auth_token, api_key?, api_secret?, kind?}."""
    data = _json_object(path)
    sid, token = data.get("account_sid"), data.get("auth_token")
    if not isinstance(sid, str) or not re.fullmatch(r"AC[0-9a-f]{32}", sid):
        raise BadSettings(f"{path}: account_sid must be AC and 32 hex digits")
    if not isinstance(token, str) or not token:
        raise BadSettings(f"{path}: auth_token is missing")
    key, secret = str(data.get("api_key", "")), str(data.get("api_secret", ""))
    if bool(key) != bool(secret) or (key and not re.fullmatch(r"SK[0-9a-f]{32}", key)):
        raise BadSettings(f"{path}: api_key must be SK and 32 hex digits, with an api_secret")
    kind = data.get("kind", "Full")
    if kind not in ("Full", "Trial"):
        raise BadSettings(f"{path}: kind must be Full or Trial")
    return Credentials(account_sid=sid, auth_token=token, api_key=key, api_secret=secret, kind=kind)


def read_numbers(path: Path) -> list[ServedNumber]:
    """From a JSON file {"+81…": {voice_url, fallback_url?, status_callback?, …}}."""
    return [served_number(number, entry) for number, entry in _json_object(path).items()]


def served_number(number: str, entry: object) -> ServedNumber:
    """One number from its JSON object."""
    if not E164.fullmatch(number):
        raise BadSettings(f"{number}: not an E.164 number")
    if not isinstance(entry, Mapping):
        raise BadSettings(f"{number}: must be an object with a voice_url")
    known = set(ServedNumber.__dataclass_fields__) - {"number", "created", "updated"}
    unknown = set(entry) - known
    if unknown:
        raise BadSettings(f"{number}: unknown field {sorted(unknown)[0]}")
    events = tuple(entry.get("status_events", ("completed",)))
    if wrong := [event for event in events if event not in STATUS_EVENTS]:
        raise BadSettings(f"{number}: status_events has no {wrong[0]!r}")
    return ServedNumber(
        number=number,
        voice_url=_address(number, "voice_url", entry.get("voice_url")),
        voice_method=_method(number, "voice_method", entry),
        fallback_url=_maybe_address(number, "fallback_url", entry.get("fallback_url")),
        status_callback=_maybe_address(number, "status_callback", entry.get("status_callback")),
        status_events=events,
        fallback_method=_method(number, "fallback_method", entry),
        status_callback_method=_method(number, "status_callback_method", entry),
        **{name: entry[name] for name in SHOWN if name in entry},
    )


def number_option(text: str) -> ServedNumber:
    """From the option's text NUMBER=VOICE_URL[|FALLBACK_URL[|STATUS_URL]]."""
    number, equals, addresses = text.partition("=")
    if not equals:
        raise BadSettings(f"--number {text}: expected NUMBER=VOICE_URL|FALLBACK_URL|STATUS_URL")
    names = ("voice_url", "fallback_url", "status_callback")
    parts = addresses.split("|")
    if len(parts) > len(names):
        raise BadSettings(f"--number {text}: at most three addresses")
    return served_number(number, {n: p for n, p in zip(names, parts, strict=False) if p})


def _json_object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSettings(f"{path}: {error}") from error
    if not isinstance(data, dict):
        raise BadSettings(f"{path}: must hold one JSON object")
    return data


def _address(number: str, field_name: str, value: object) -> str:
    if isinstance(value, str):
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.netloc:
            return value
    raise BadSettings(f"{number}: {field_name} must be an http or https URL")


def _method(number: str, name: str, entry: Mapping[str, Any]) -> str:
    method = entry.get(name, "POST")
    if method not in ("GET", "POST"):
        raise BadSettings(f"{number}: {name} must be GET or POST")
    return str(method)


def _maybe_address(number: str, field_name: str, value: object) -> str | None:
    return None if value is None else _address(number, field_name, value)
