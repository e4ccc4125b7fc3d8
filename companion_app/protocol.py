"""The calls of `/v1`, one method each."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from companion_app.card.outcome import TapResult
from companion_app.handset import OwnCall
from companion_app.replies import (
    Answered,
    BusinessShown,
    PairingState,
    PastCheck,
    Refusal,
    business_shown,
    pairing_state,
    past_check,
)
from companion_app.service_client import ServiceClient, Unreachable


class Installed:
    """What an installation may ask that belongs to no open pairing of its own."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def register(self) -> Refusal | None:
        """Make the key known. May be done at each start; None when it is registered."""
        app = self._client.app
        body = {"platform": app.platform, "app_version": app.version}
        answer = await self._client.send("POST", "/v1/installations", body, introduce=True)
        return answer if isinstance(answer, Refusal) else None

    async def claim(self, locator: str, *, call_state: str) -> "HeldPairing | Refusal":
        """By what a call has spoken (digits), or by the token of a link."""
        return await self._held(
            "/v1/pairings/claim", {"locator": locator, "call_state": call_state}
        )

    async def businesses(self) -> list[BusinessShown] | Refusal:
        """Who can be called from the app, and for what."""
        answer = await self._client.send("GET", "/v1/businesses")
        if isinstance(answer, Refusal):
            return answer
        with _promised():
            return [business_shown(entry) for entry in answer["businesses"]]

    async def dial_ticket(
        self, business: str, purpose: str, *, call_state: str
    ) -> "HeldPairing | Refusal":
        """A check before the call; `business` is the number that will be dialled."""
        return await self._held("/v1/dial-tickets", _ordered(business, purpose, call_state))

    async def keyed_code(
        self, business: str, purpose: str, *, call_state: str
    ) -> "HeldPairing | Refusal":
        """A code for the caller to key into a call with that business."""
        return await self._held("/v1/keyed-codes", _ordered(business, purpose, call_state))

    async def _held(self, path: str, body: Mapping[str, object]) -> "HeldPairing | Refusal":
        answer = await self._client.send("POST", path, body)
        if isinstance(answer, Refusal):
            return answer
        with _promised():
            return HeldPairing(self._client, pairing_state(answer))

    async def repudiate(self, pairing: str) -> PastCheck | Refusal:
        """「私ではありません」. It cannot be taken back in the app."""
        answer = await self._client.send("POST", f"/v1/pairings/{pairing}/repudiate", {})
        if isinstance(answer, Refusal):
            return answer
        with _promised():
            return past_check(answer)

    async def history(self) -> list[PastCheck] | Refusal:
        answer = await self._client.send("GET", "/v1/history")
        if isinstance(answer, Refusal):
            return answer
        with _promised():
            return [past_check(entry) for entry in answer["entries"]]


class HeldPairing:
    """One pairing that this installation holds. `now` is the last state it heard of, `call` the
    call that it belongs to, as far as known, `desk` the desk where there is no call."""

    def __init__(self, client: ServiceClient, now: PairingState) -> None:
        self._client = client
        self.now = now
        self.call = now.call
        self.desk = now.desk

    async def confirm(self, answer: str) -> Answered:
        """`i_called`, `they_called` or `no_call`. One that declines raises an alarm."""
        return await self._post("confirm", {"answer": answer})

    async def choose(self, round_number: int, choice: str) -> Answered:
        return await self._post("choose", {"round": round_number, "choice": choice})

    async def progress(self, hint: str) -> Answered:
        return await self._post("progress", {"hint": hint})

    async def prove(self, tap: TapResult) -> Answered:
        body = {
            "certificate": _base64url(tap.certificate),
            "signature": _base64url(tap.signature),
            "card_kind": tap.kind,
        }
        return await self._post("proof", body)

    async def report(self, own: OwnCall, *, now: float) -> Answered:
        """What the handset knows of the call it has placed. `now` is of the same clock."""
        body: dict[str, object] = {
            "call_state": own.call_state,
            "begun_ms_ago": _milliseconds(now - own.begun),
            "other_calls": own.other_calls,
        }
        if own.connected is not None:
            body["connected_ms_ago"] = _milliseconds(now - own.connected)
        return await self._post("call", body)

    async def cancel(self, reason: str) -> Answered:
        return await self._post("cancel", {"reason": reason})

    async def wait(self, seconds: int = 20) -> Answered:
        """The state as soon as it differs from `now`, at the latest after `seconds` (0-25)."""
        path = f"/v1/pairings/{self.now.pairing}?wait={seconds}&since={self.now.hint}"
        return self._heard(await self._client.send("GET", path))

    async def _post(self, step: str, body: Mapping[str, object]) -> Answered:
        path = f"/v1/pairings/{self.now.pairing}/{step}"
        return self._heard(await self._client.send("POST", path, body))

    def _heard(self, answer: dict[str, Any] | Refusal) -> Answered:
        state = _state(answer)
        if isinstance(state, PairingState):
            self.now = state
            self.call = state.call or self.call
        return state


def _state(answer: dict[str, Any] | Refusal) -> Answered:
    if isinstance(answer, Refusal):
        return answer
    with _promised():
        return pairing_state(answer)


@contextmanager
def _promised() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError) as odd:
        raise Unreachable("the answer lacks what the protocol promises") from odd


def _ordered(business: str, purpose: str, call_state: str) -> dict[str, object]:
    return {"business": business, "purpose": purpose, "call_state": call_state}


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
