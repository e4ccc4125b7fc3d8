"""The carrier's side of a number: its account, and where its calls go.

Asks Twilio and the public address, so it runs only when it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from ivr.carriers.twilio.number_setup import (
    Address,
    Addresses,
    CarrierUnreachable,
    CredentialsRefused,
    NumberAtCarrier,
    NumberSetup,
    NumberUnknown,
    SetupRefused,
    ours,
)
from ivr.carriers.twilio.sdk import sdk_client
from ivr.carriers.twilio.twiml import PREFIX, Place
from kazasu.doctor import way_back
from kazasu.doctor.findings import Finding, problem
from kazasu.settings import Settings

_WITHIN: Final = 10.0
_IN_STEP: Final = 5.0
NOT_HAD: Final = (NumberUnknown, CredentialsRefused, SetupRefused, CarrierUnreachable)
NAMES: Final = {"voice": "voice", "fallback": "fallback", "status": "status callback"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCarrier:
    """The number as Twilio has it, and what is to say of it and of the account."""

    number: NumberAtCarrier
    findings: tuple[Finding, ...]


def fallback_url(settings: Settings) -> str:
    """Where `kazasu fallback` is reached: as set, or beside the service behind the same proxy."""
    return settings.fallback_url or f"{settings.public_base_url}{PREFIX}/fallback"


def wanted(settings: Settings) -> Addresses:
    return ours(Place(public_base=settings.public_base_url), fallback_url(settings))


def http_client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=_WITHIN, trust_env=False, follow_redirects=False)


def number_setup(settings: Settings, http: httpx2.AsyncClient) -> NumberSetup:
    return NumberSetup(
        sdk_client(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            api_key=settings.twilio_key_pair(),
            api_base=settings.twilio_api_base,
            http=http,
        )
    )


async def twilio(settings: Settings) -> list[Finding]:
    """For `doctor`: what Twilio does not tell is a finding like the others."""
    if not settings.twilio_number:
        return [problem("Twilio number", "TWILIO_NUMBER is not set", "set it to your number")]
    async with http_client() as http:
        try:
            return await looked(settings, http)
        except NOT_HAD as error:
            back = await way_back.way_back(settings, http, fallback_url(settings))
            return [not_had(error), *back, *way_back.voices(settings)]


async def looked(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    """Everything, for a number that has been set up. Raises one of NOT_HAD."""
    seen = await at_carrier(settings, http)
    return [
        *seen.findings,
        *differences(seen.number.addresses, wanted(settings)),
        *await way_back.way_back(settings, http, fallback_url(settings)),
        *way_back.voices(settings),
    ]


async def at_carrier(settings: Settings, http: httpx2.AsyncClient) -> AtCarrier:
    """Account and number, and whether calls to it can come to us at all. Raises NOT_HAD."""
    setup, apart = number_setup(settings, http), list[timedelta]()

    async def note(answer: httpx2.Response) -> None:
        with suppress(KeyError, ValueError):
            apart.append(datetime.now(UTC) - parsedate_to_datetime(answer.headers["date"]))

    http.event_hooks["response"].append(note)
    try:
        number = await setup.find(settings.twilio_number)
        kind = await setup.account_kind()
    finally:
        http.event_hooks["response"].remove(note)
    return AtCarrier(number=number, findings=(*_account(kind), *_number(number), *clock(apart[:1])))


def not_had(error: Exception) -> Finding:
    """Why Twilio did not do as asked, and what to do about it."""
    match error:
        case NumberUnknown():
            says = f"the account has no number {error}"
            do = "name one of the account's numbers, or correct TWILIO_ACCOUNT_SID"
        case CredentialsRefused():
            says = f"Twilio does not accept the account's credentials (error {error})"
            do = "correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or the pair TWILIO_API_KEY"
        case SetupRefused():
            says = f"Twilio refused (error {error})"
            do = f"see twilio.com/docs/api/errors/{error}"
        case _:
            says = f"Twilio did not answer ({error})"
            do = "check the way out and TWILIO_API_BASE, then run again"
    return problem("Twilio", says, do)


def _account(kind: str) -> Iterator[Finding]:
    if kind == "Trial":
        yield Finding(
            part="Twilio account",
            state="warning",
            says="a trial account: callers hear Twilio's own words first, only verified numbers "
            "can be rung, and calls are few and short",
            do="upgrade it before callers use the number",
        )
    elif kind:
        yield Finding(part="Twilio account", state="ok", says=f"{kind}, its credentials are good")


def clock(apart: Sequence[timedelta]) -> Iterator[Finding]:
    """Ours beside Twilio's, which is shown in whole seconds; an answer may have no date."""
    for each in apart:
        seconds = abs(each.total_seconds())
        if seconds > _IN_STEP:
            says = f"this machine's clock is {seconds:.0f} s from Twilio's"
            yield problem("clock", says, "set the clock (NTP): codes and certificates live by it")
        else:
            yield Finding(part="clock", state="ok", says="in step with Twilio's")


def _number(number: NumberAtCarrier) -> Iterator[Finding]:
    if not number.can_voice:
        do = "take a number with voice: this one gets no calls"
        yield problem("Twilio number", f"{number.number} has no voice", do)
    elif number.taken_by:
        says = f"calls to {number.number} go to {number.taken_by}, and not to its addresses"
        do = "take the trunk, application or fax away from the number in Twilio's console"
        yield problem("Twilio number", says, do)
    else:
        says = f"{number.number} ({number.sid}) gets calls"
        yield Finding(part="Twilio number", state="ok", says=says)


def differences(
    seen: Addresses, should: Addresses, *, whose: str = "ours", do: str = "run: kazasu twilio setup"
) -> list[Finding]:
    """Twilio's view beside what it should be."""
    found = [
        problem(
            "Twilio addresses",
            f"{NAMES[name]} is {shown(is_now)} and should be {shown(should_be)}",
            do,
        )
        for name, is_now, should_be in changes(seen, should)
    ]
    says = f"voice, fallback and status callback are {whose}"
    return found or [Finding(part="Twilio addresses", state="ok", says=says)]


def changes(old: Addresses, new: Addresses) -> list[tuple[str, Address, Address]]:
    """(field, old, new) of what differs."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in NAMES)
    return [(name, before, after) for name, before, after in pairs if before != after]


def shown(address: Address) -> str:
    return f"{address.method} {address.url}" if address.url else "none"
