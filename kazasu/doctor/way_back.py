"""The way from the carrier to us: through the public address, signed, and what is said there."""

from typing import Final
from urllib.parse import urlsplit

import httpx2

from ivr.carriers.twilio import round_trip
from ivr.carriers.twilio.round_trip import Trip, Trouble
from ivr.carriers.twilio.voices import JAPANESE, speaks
from kazasu.doctor.findings import Finding, problem
from kazasu.settings import Settings
from kazasu.wiring import flows


async def way_back(
    settings: Settings, http: httpx2.AsyncClient, fallback_url: str
) -> list[Finding]:
    """The signed round trip through the public address, and the fallback's document."""
    found = await webhooks(settings, http)
    away = await round_trip.fallback(http, fallback_url)
    found.append(_trip("fallback", fallback_url, away) or _fallback(settings, fallback_url))
    found += _spoken(away.voices, f"the document at {fallback_url}")
    return found


async def webhooks(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    """Signed requests come in, all others do not."""
    base = settings.public_base_url
    trip = await round_trip.door(
        http,
        base,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
    )
    good = f"{base} lets signed requests in and no others"
    return [_trip("webhooks", base, trip) or Finding(part="webhooks", state="ok", says=good)]


def _fallback(settings: Settings, url: str) -> Finding:
    if urlsplit(url).netloc == urlsplit(settings.public_base_url).netloc:
        return Finding(
            part="fallback",
            state="warning",
            says=f"{url} answers, and lies behind the same proxy as the service",
            do="run `kazasu fallback` on other infrastructure too, and set KAZASU_FALLBACK_URL",
        )
    return Finding(part="fallback", state="ok", says=f"{url} answers with a document")


TROUBLES: Final[dict[Trouble, tuple[str, str]]] = {
    Trouble.UNREACHABLE: (
        "{url} cannot be reached ({fact})",
        "start it; check DNS, TLS and the proxy in front of it",
    ),
    Trouble.REDIRECTED: (
        "{url} answers with a redirect ({fact})",
        "name the final address, https included: a redirect loses what was signed",
    ),
    Trouble.ODD_STATUS: (
        "{url} answers {fact}, and not as kazasu does",
        "check where the proxy sends this path, and the log of what runs there",
    ),
    Trouble.SIGNED_REFUSED: (
        "{url} refuses what is signed with TWILIO_AUTH_TOKEN",
        "give the service this very PUBLIC_BASE_URL, token and account; its proxy must leave path, "
        "query and body as they come",
    ),
    Trouble.QUERY_CHANGED: (
        "{url} gets another query than was sent: something in front of it spells it anew",
        "let the proxy pass the raw request line on (docs/twilio.md shows how)",
    ),
    Trouble.FORGED_ACCEPTED: (
        "{url} answers {fact} to a request that nobody signed",
        "something else than kazasu answers there: correct the proxy before any call comes",
    ),
    Trouble.NOT_A_DOCUMENT: (
        "{url} answers with no TwiML ({fact})",
        "send this address to `kazasu fallback`, and nothing in between",
    ),
    Trouble.NOBODY_DIALLED: (
        "the document at {url} rings nobody",
        "put a <Dial> of the general desk into it, as `kazasu fallback` does",
    ),
}


def _trip(part: str, url: str, trip: Trip) -> Finding | None:
    if trip.trouble is None:
        return None
    says, do = TROUBLES[trip.trouble]
    return problem(part, says.format(url=url, fact=trip.fact), do)


def voices(settings: Settings) -> list[Finding]:
    """Every voice that a flow names can speak its language."""
    used = flows.voices(settings.flows_dir)
    where = f"a flow in {settings.flows_dir}"
    says = f"{len(used)} voices in the flows, each for its language"
    return _spoken(used, where) or [Finding(part="voices", state="ok", says=says)]


def _spoken(pairs: tuple[tuple[str, str], ...], where: str) -> list[Finding]:
    return [
        problem(
            "voices",
            f"{where} says {language} with {voice}, which does not speak it",
            f"take a voice of {JAPANESE} such as Polly.Kazuha-Neural"
            if language == JAPANESE
            else f"take a voice of {language}",
        )
        for voice, language in dict.fromkeys(pairs)
        if not speaks(voice, language)
    ]
