"""A number's addresses by REST: found exactly, compared, changed in one request, put back."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
import pytest_asyncio

from ivr.carriers.twilio.number.setup import (
    Address,
    CarrierUnreachable,
    CredentialsRefused,
    NumberSetup,
    NumberUnknown,
    SetupRefused,
    ours,
)
from ivr.carriers.twilio.sdk import sdk_client
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.carriers.twilio.voices import JAPANESE_VOICES, speaks
from tests.stand_ins.carrier.control import ACCOUNT, API_KEY, API_SECRET, LINE, Control
from tests.stand_ins.carrier.service import AUTH_TOKEN

OVERRIDES = "#e=tokyo&ct=1000&rt=3000&tt=10000&rc=1"
OURS = ours(
    DocumentSettings(public_base="https://ivr.example.jp"), "https://desk.example.jp/carrier"
)
LONGER = LINE + "9"


@pytest_asyncio.fixture
async def setup(carrier: Control) -> AsyncIterator[NumberSetup]:
    async with httpx2.AsyncClient(trust_env=False) as http:
        yield made(http, carrier.base)


def made(
    http: httpx2.AsyncClient,
    base: str,
    *,
    token: str = AUTH_TOKEN,
    key: tuple[str, str] | None = None,
) -> NumberSetup:
    client = sdk_client(
        account_sid=ACCOUNT, auth_token=token, api_key=key, api_base=base, http=http
    )
    return NumberSetup(client)


def test_our_addresses_carry_the_overrides() -> None:
    assert OURS.voice == Address(url=f"https://ivr.example.jp/carriers/twilio/voice{OVERRIDES}")
    assert OURS.status == Address(url=f"https://ivr.example.jp/carriers/twilio/status{OVERRIDES}")
    assert OURS.fallback == Address(url=f"https://desk.example.jp/carrier{OVERRIDES}")


async def test_there_and_back_again(carrier: Control, setup: NumberSetup) -> None:
    before = await setup.find(LINE)
    assert (before.number, before.can_voice, before.taken_by) == (LINE, True, "")
    assert before.addresses.voice == Address(url=carrier.service.base + "/voice")
    assert before.addresses.fallback == Address(url="")
    changed = await setup.change(before.sid, OURS)
    assert changed.addresses == OURS
    assert await setup.find(LINE) == changed
    odd = replace(before.addresses, voice=Address(url="http://127.0.0.1/", method="GET"))
    assert (await setup.change(before.sid, odd)).addresses == odd
    assert (await setup.change(before.sid, before.addresses)).addresses == before.addresses


async def test_only_the_very_number_is_found(carrier: Control, setup: NumberSetup) -> None:
    """The API's filter finds parts of numbers too."""
    await carrier.send("PUT", f"/numbers/{LONGER}", voice_url="http://127.0.0.1/longer")
    assert (await setup.find(LINE)).number == LINE
    assert (await setup.find(LONGER)).number == LONGER
    with pytest.raises(NumberUnknown):
        await setup.find(LINE[:-1])


@pytest.mark.parametrize(
    ("has", "taken_by"),
    [
        ({"trunk_sid": "TK" + "1" * 32}, "TK" + "1" * 32),
        ({"voice_application_sid": "AP" + "1" * 32}, "AP" + "1" * 32),
        ({"voice_receive_mode": "fax"}, "fax"),
    ],
)
async def test_what_takes_the_calls_is_seen(
    carrier: Control, setup: NumberSetup, has: dict[str, object], taken_by: str
) -> None:
    await carrier.serve(voice_url="http://127.0.0.1/", **has)
    assert (await setup.find(LINE)).taken_by == taken_by


async def test_a_number_without_voice_is_seen(carrier: Control, setup: NumberSetup) -> None:
    await carrier.serve(voice_url="http://127.0.0.1/", voice=False)
    assert not (await setup.find(LINE)).can_voice


async def test_the_account_and_a_key_that_may_not_see_it(carrier: Control) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        assert await made(http, carrier.base).account_kind() == "Full"
        by_key = made(http, carrier.base, token="not-used", key=(API_KEY, API_SECRET))
        assert await by_key.account_kind() == ""
        assert (await by_key.find(LINE)).number == LINE


async def test_wrong_credentials_are_told_apart(carrier: Control) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        with pytest.raises(CredentialsRefused):
            await made(http, carrier.base, token="wrong").find(LINE)
        with pytest.raises(CredentialsRefused):
            await made(http, carrier.base, key=(API_KEY, "wrong")).find(LINE)


async def test_a_refusal_names_the_error(carrier: Control, setup: NumberSetup) -> None:
    number = await setup.find(LINE)
    with pytest.raises(SetupRefused, match="21402"):
        await setup.change(number.sid, replace(OURS, voice=Address(url="nowhere")))
    assert (await setup.find(LINE)).addresses == number.addresses


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_busy_or_failing_is_not_a_refusal(
    carrier: Control, setup: NumberSetup, status: int
) -> None:
    await carrier.fault("rest_error", status=status, code=20500)
    with pytest.raises(CarrierUnreachable):
        await setup.find(LINE)


async def test_a_lost_answer_is_not_a_refusal(carrier: Control, setup: NumberSetup) -> None:
    number = await setup.find(LINE)
    await carrier.fault("rest_drop")
    with pytest.raises(CarrierUnreachable):
        await setup.change(number.sid, OURS)
    assert (await setup.find(LINE)).addresses == OURS


@pytest.mark.parametrize("body", [b"<html>502</html>", b"", b"[]", b"{"])
@pytest.mark.parametrize("status", [200, 302, 502])
async def test_an_intermediarys_page_is_no_answer(status: int, body: bytes) -> None:
    wire = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    async with httpx2.AsyncClient(transport=wire) as http:
        with pytest.raises((CarrierUnreachable, SetupRefused)):
            await made(http, "https://api.twilio.com").find(LINE)


def test_voices_speak_their_language() -> None:
    assert len(JAPANESE_VOICES) == 24
    assert speaks("Polly.Kazuha-Neural", "ja-JP")
    assert speaks("Google.ja-JP-Neural2-B", "ja-JP")
    assert not speaks("Polly.Joanna-Neural", "ja-JP")
    assert not speaks("Polly.Kazuha-Generative", "ja-JP")
    assert not speaks("Polly.Kazuha-Neural", "en-US")
    assert speaks("Polly.Joanna-Neural", "en-US")
    assert speaks("", "ja-JP")
