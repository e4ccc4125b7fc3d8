"""Where Twilio sends a number's calls: look, compare with ours, change all in one request."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx2
from twilio.base.exceptions import TwilioException
from twilio.http.response import Response
from twilio.rest import Client

from ivr.carriers.twilio.twiml import DocumentSettings

_T = TypeVar("_T")
_GIVE_UP_AFTER: Final = 15.0
_MOST_ALIKE: Final = 20
_TOO_MANY: Final = 429


class NumberUnknown(Exception):
    """The account has no such number."""


class CredentialsRefused(Exception):
    """Account, token or key are not the carrier's, or may not do this."""


class SetupRefused(Exception):
    """Twilio took the request for wrong; the text is its error code."""


class CarrierUnreachable(Exception):
    """No answer, or none of the API: nobody knows whether a change was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL with its connection overrides ("" for none), and how it is asked."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What Twilio asks for a number's calls: documents, documents in need, and news."""

    voice: Address
    fallback: Address
    status: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAtCarrier:
    """`taken_by` names what gets the number's calls in our place ("" when nothing does): a SIP
    trunk (TK…), an application (AP…), or fax."""

    sid: str
    number: str
    addresses: Addresses
    can_voice: bool
    taken_by: str


def ours(documents: DocumentSettings, fallback_url: str) -> Addresses:
    """What the number must have, for the service at `documents`. `fallback_url` has no fragment."""
    return Addresses(
        voice=Address(url=documents.url("voice")),
        fallback=Address(url=f"{fallback_url}#{documents.overrides}"),
        status=Address(url=documents.url("status")),
    )


class NumberSetup:
    """Every method raises CredentialsRefused, SetupRefused or CarrierUnreachable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def find(self, number: str) -> NumberAtCarrier:
        """By E.164. Raises NumberUnknown too: the filter of the API takes parts of numbers."""
        found = await _asked(
            lambda: self._client.incoming_phone_numbers.list_async(
                phone_number=number, limit=_MOST_ALIKE
            )
        )
        for candidate in found:
            if candidate.phone_number == number:
                return _read(candidate)
        raise NumberUnknown(number)

    async def change(self, sid: str, to: Addresses) -> NumberAtCarrier:
        """One update: all addresses, or none of them."""
        return _read(
            await _asked(
                lambda: self._client.incoming_phone_numbers(sid).update_async(
                    voice_url=to.voice.url,
                    voice_method=to.voice.method,
                    voice_fallback_url=to.fallback.url,
                    voice_fallback_method=to.fallback.method,
                    status_callback=to.status.url,
                    status_callback_method=to.status.method,
                )
            )
        )

    async def account_kind(self) -> str:
        """`Full` or `Trial`; "" for a key that may not look at the account, as most may not."""
        try:
            account = await _asked(
                lambda: self._client.api.accounts(self._client.account_sid).fetch_async()
            )
        except CredentialsRefused:
            return ""
        return str(account.type or "")


async def _asked(command: Callable[[], Awaitable[_T]]) -> _T:
    try:
        async with asyncio.timeout(_GIVE_UP_AFTER):
            return await command()
    except TwilioException as error:
        status, code = _status_and_code(error)
        if status in (401, 403):
            raise CredentialsRefused(str(code)) from None
        if status >= 500 or status == _TOO_MANY or not status:
            raise CarrierUnreachable(f"HTTP {status}" if status else type(error).__name__) from None
        raise SetupRefused(str(code or status)) from None
    except (httpx2.HTTPError, TimeoutError) as error:
        raise CarrierUnreachable(type(error).__name__) from None
    except (ValueError, AttributeError, KeyError, TypeError):
        # What the SDK makes of an intermediary's page in place of the API's JSON.
        raise CarrierUnreachable("an answer that is not the API's") from None


def _status_and_code(error: TwilioException) -> tuple[int, int]:
    """Of a list, the SDK raises the plain exception with the answer inside; 0 is not known."""
    answer = error.args[1] if len(error.args) > 1 else None
    if not isinstance(answer, Response):
        return getattr(error, "status", 0), getattr(error, "code", 0)
    try:
        code = json.loads(answer.text).get("code", 0)
    except (ValueError, AttributeError):
        code = 0
    return answer.status_code, code


def _read(number: Any) -> NumberAtCarrier:
    mode = "fax" if number.voice_receive_mode == "fax" else ""
    return NumberAtCarrier(
        sid=str(number.sid),
        number=str(number.phone_number),
        addresses=Addresses(
            voice=_address(number.voice_url, number.voice_method),
            fallback=_address(number.voice_fallback_url, number.voice_fallback_method),
            status=_address(number.status_callback, number.status_callback_method),
        ),
        can_voice=bool((number.capabilities or {}).get("voice")),
        taken_by=str(number.trunk_sid or number.voice_application_sid or mode),
    )


def _address(url: str | None, method: str | None) -> Address:
    return Address(url=url or "", method=method or "POST")
