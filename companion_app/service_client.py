"""One signed request to the service and its answer: proofs, clock, retries, problems."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2

from companion_app.device_key import DeviceKey
from companion_app.replies import Refusal

PROOF_HEADER: Final = "Kazasu-Proof"
APP_HEADER: Final = "Kazasu-App"
TRIES: Final = 3
LONG_POLL: Final = 25.0


class Unreachable(Exception):
    """The service did not answer, or with something that is not its protocol. Try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What this program says of itself."""

    platform: str = "other"
    version: str = "1.0.0"


class ServiceClient:
    """Sends signed requests to one origin. Every call may be repeated, so a lost one is."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        *,
        origin: str,
        key: DeviceKey,
        app: App | None = None,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._key = key
        self._clock = clock
        self._pause = pause
        self._ahead = 0.0
        self.origin = origin
        self.app = app or App()

    @property
    def installation(self) -> str:
        return self._key.installation

    async def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        introduce: bool = False,
    ) -> dict[str, Any] | Refusal:
        """The JSON object of a 200, or the refusal. `path` holds the query. `Unreachable` else."""
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")
        corrected = False
        for attempt in range(1, TRIES + 1):
            try:
                answer = await self._request(method, path, content, introduce=introduce)
            except httpx2.TransportError as lost:
                if attempt == TRIES:
                    raise Unreachable(type(lost).__name__) from lost
                await self._pause(0.3 * attempt)
                continue
            moved = self._follow_clock(answer)
            if answer.status_code == 401 and moved and not corrected:
                corrected = True
                continue
            return _read(answer)
        raise Unreachable("the proof was refused after the clock was set")

    async def _request(
        self, method: str, path: str, content: bytes, *, introduce: bool
    ) -> httpx2.Response:
        url = self.origin + path
        proof = self._key.proof(
            method=method,
            url=url,
            body=content,
            at=int(self._clock() + self._ahead),
            introduce=introduce,
        )
        headers = {PROOF_HEADER: proof, APP_HEADER: f"{self.app.platform}/{self.app.version}"}
        if content:
            headers["Content-Type"] = "application/json"
        return await self._http.request(
            method, url, content=content, headers=headers, timeout=LONG_POLL + 10
        )

    def _follow_clock(self, answer: httpx2.Response) -> bool:
        """Set our clock by the server's; True when it was off by more than a few seconds."""
        try:
            theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (KeyError, ValueError):
            return False
        before, self._ahead = self._ahead, theirs - self._clock()
        return abs(self._ahead - before) > 5


def _read(answer: httpx2.Response) -> dict[str, Any] | Refusal:
    try:
        body = answer.json()
    except ValueError:
        raise Unreachable(f"HTTP {answer.status_code} without JSON") from None
    if not isinstance(body, dict):
        raise Unreachable("the answer is not an object")
    if answer.is_success:
        return body
    if not isinstance(body.get("code"), str):
        raise Unreachable(f"HTTP {answer.status_code} without a code")
    wait = answer.headers.get("Retry-After", "")
    return Refusal(
        code=body["code"],
        http_status=answer.status_code,
        retry_after=int(wait) if wait.isdigit() else None,
        update_url=str(body.get("update_url", "")),
    )
