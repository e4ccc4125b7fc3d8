"""The software card's slot over loopback HTTP, as a `Transmit` for `tap`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from companion_app.card.apdu import CardBusy, CardLost, Transmit

# A slow test card thinks for 90 s before it signs.
LONGEST_ANSWER = httpx2.Timeout(150.0, connect=5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAddress:
    """Where one card is. `base` such as `http://127.0.0.1:40123`; anything but loopback raises."""

    base: str
    token: str = field(repr=False)
    name: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        host = parts.hostname or ""
        with suppress(ValueError):
            if parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback):
                return
        raise ValueError("a software card is reached over http on loopback only")

    def url(self, verb: str) -> str:
        return f"{self.base.rstrip('/')}/cards/{quote(self.name, safe='')}/{verb}"


def loopback_client() -> httpx2.AsyncClient:
    """No proxy from the environment, no redirects: an APDU may hold a PIN."""
    return httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=LONGEST_ANSWER)


@asynccontextmanager
async def inserted(client: httpx2.AsyncClient, address: CardAddress) -> AsyncIterator[Transmit]:
    """Hold the card for one tap; leaving takes its power, which closes what the PIN opened.

    `CardBusy` when somebody else has it, `CardLost` when it cannot be reached.
    """
    slot = str((await _post(client, address, "insert", {})).get("slot", ""))

    async def transmit(apdu: bytes) -> bytes:
        answer = await _post(client, address, "apdu", {"slot": slot, "apdu": apdu.hex()})
        return _response(answer)

    try:
        yield transmit
    finally:
        with suppress(CardLost, CardBusy):
            await _post(client, address, "remove", {"slot": slot})


async def restore(client: httpx2.AsyncClient, address: CardAddress) -> None:
    """Put the test card back to its fresh state."""
    await _post(client, address, "restore", {})


async def _post(
    client: httpx2.AsyncClient, address: CardAddress, verb: str, body: dict[str, str]
) -> dict[str, Any]:
    """Errors are raised outside the `except`: the client's own hold the request, and so the PIN."""
    answer = None
    with suppress(httpx2.HTTPError):
        headers = {"Authorization": f"Bearer {address.token}"}
        answer = await client.post(address.url(verb), json=body, headers=headers)
    if answer is None:
        raise CardLost("the card's reader does not answer")
    if answer.status_code == httpx2.codes.CONFLICT and verb == "insert":
        raise CardBusy
    if answer.status_code != httpx2.codes.OK:
        raise CardLost(f"the card's reader answered {answer.status_code}")
    return _object(answer)


def _object(answer: httpx2.Response) -> dict[str, Any]:
    document = None
    with suppress(ValueError):
        document = answer.json()
    if not isinstance(document, dict):
        raise CardLost("the card's reader answered no JSON object")
    return document


def _response(answer: dict[str, Any]) -> bytes:
    with suppress(ValueError, TypeError):
        return bytes.fromhex(answer.get("response", ""))
    raise CardLost("the card's reader answered no APDU")
