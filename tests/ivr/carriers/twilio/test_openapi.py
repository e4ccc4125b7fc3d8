"""Every command to the carrier, as the SDK really sends it, is held to Twilio's own OpenAPI
document; so is every answer of the simulated carrier."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from inspect import iscoroutinefunction

import httpx2
import pytest
import pytest_asyncio

from ivr.carriers.twilio.number.setup import Address, NumberSetup, ours
from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.sdk import sdk_client
from ivr.carriers.twilio.twiml import DocumentSettings
from tests.ivr.carriers.twilio.openapi import Exchanged, TwilioSpec
from tests.ivr.carriers.twilio.wire import RememberingWire
from tests.stand_ins.carrier.control import ACCOUNT, CALLER, LINE, OPERATOR, Control
from tests.stand_ins.carrier.service import AUTH_TOKEN

SPEC = TwilioSpec()
HOLD = '<Gather timeout="600" action="/keyed"><Say>お待ちください</Say></Gather>'
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
NUMBER = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers/PN{'1' * 32}.json"
CALL_SID = "CA" + "1" * 32


@pytest_asyncio.fixture
async def wire(carrier: Control) -> AsyncIterator[RememberingWire]:
    """At the end of each test, all that went over it was as the document says."""
    wire = RememberingWire()
    yield wire
    assert wire.seen
    problems = [
        f"{sent.method} {sent.path}: {problem}"
        for sent in wire.seen
        for problem in (*SPEC.request_problems(sent), *_answered(sent))
    ]
    assert problems == []


def _answered(sent: Exchanged) -> list[str]:
    return SPEC.answer_problems(sent) if sent.status < 400 else []


@pytest_asyncio.fixture
async def rest(carrier: Control, wire: RememberingWire) -> AsyncIterator[TwilioRest]:
    async with httpx2.AsyncClient(transport=wire) as http:
        yield TwilioRest(
            account_sid=ACCOUNT,
            auth_token=AUTH_TOKEN,
            api_base=carrier.base,
            documents=DocumentSettings(public_base=carrier.service.base),
            http=http,
            chance=lambda: 0.0,
        )


async def held(carrier: Control) -> str:
    for page in ("turn", "operator", "callback"):
        carrier.service.on(f"/carriers/twilio/{page}", "<Pause length='600'/>")
        carrier.service.on(f"/carriers/twilio/{page}-status", "")
    sid = await carrier.call(HOLD)
    await carrier.kind(sid, "listen")
    return sid


async def _fetch_again(carrier: Control, rest: TwilioRest) -> None:
    await rest.fetch_again(await held(carrier), n=3)


async def _is_over(carrier: Control, rest: TwilioRest) -> None:
    assert not await rest.is_over(await held(carrier))


async def _hang_up(carrier: Control, rest: TwilioRest) -> None:
    await rest.hang_up(await held(carrier))


async def _ring_operator(carrier: Control, rest: TwilioRest) -> None:
    await held(carrier)
    await rest.ring_operator(OPERATOR, token="tok-1", dialled=LINE)


async def _ring_back(carrier: Control, rest: TwilioRest) -> None:
    await held(carrier)
    await rest.ring_back(OPERATOR, callback="cb-1", dialled=LINE)


async def _send_message(carrier: Control, rest: TwilioRest) -> None:
    await held(carrier)
    await rest.send_message(CALLER, "https://ivr.example.jp/l#token かざす", sender="KAZASU")


async def _forget_queue(carrier: Control, rest: TwilioRest) -> None:
    await rest.forget_queue("QU" + "1" * 32)


Command = Callable[[Control, TwilioRest], Awaitable[None]]
COMMANDS: Mapping[str, Command] = {
    "fetch_again": _fetch_again,
    "forget_queue": _forget_queue,
    "hang_up": _hang_up,
    "is_over": _is_over,
    "ring_back": _ring_back,
    "ring_operator": _ring_operator,
    "send_message": _send_message,
}


def test_every_command_is_here() -> None:
    """A command added to the adapter is added to this table."""
    public = {n for n, f in vars(TwilioRest).items() if iscoroutinefunction(f) and n[0] != "_"}
    assert public == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
async def test_commands_to_live_calls(
    carrier: Control, rest: TwilioRest, wire: RememberingWire, name: str
) -> None:
    await COMMANDS[name](carrier, rest)


async def test_setting_a_number_up_and_back(carrier: Control, wire: RememberingWire) -> None:
    """Addresses taken away are among what is put back."""
    async with httpx2.AsyncClient(transport=wire) as http:
        setup = NumberSetup(
            sdk_client(account_sid=ACCOUNT, auth_token=AUTH_TOKEN, api_base=carrier.base, http=http)
        )
        assert await setup.account_kind() == "Full"
        number = await setup.find(LINE)
        documents = DocumentSettings(public_base="https://ivr.example.jp")
        await setup.change(number.sid, ours(documents, "https://desk.example.jp/"))
        bare = replace(number.addresses, fallback=Address(url=""), status=Address(url=""))
        await setup.change(number.sid, bare)
    assert "VoiceFallbackUrl=&" in wire.seen[-1].body


def sent(path: str, body: str = "", method: str = "POST", query: str = "") -> Exchanged:
    return Exchanged(method=method, path=path, query=query, body=body, status=200, answer=b"")


GOOD_CALL = f"To={OPERATOR[1:]}&From={LINE[1:]}&Url=https%3A%2F%2Fivr.example.jp%2Fa"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (sent("/2010-04-01/Accounts/AC1/Calls.json", GOOD_CALL), "does not match"),
        (sent(f"{CALLS}/XX{'1' * 32}.json", "Status=completed"), "does not match"),
        (sent(f"{CALLS}/{CALL_SID}/Nothing.json"), "no operation"),
        (sent(f"{CALLS}.json", GOOD_CALL, "DELETE"), "no operation"),
        (sent(f"{CALLS}.json", "From=a&Url=https%3A%2F%2Fa.example"), "'To' is a required"),
        (sent(f"{CALLS}.json", f"{GOOD_CALL}&Colour=red"), "Additional properties"),
        (sent(f"{CALLS}.json", f"{GOOD_CALL}&Timeout=soon"), "is not of type 'integer'"),
        (sent(f"{CALLS}.json", f"{GOOD_CALL}&Record=maybe"), "is not of type 'boolean'"),
        (sent(f"{CALLS}.json", f"{GOOD_CALL}&To=a"), "sent twice"),
        (sent(f"{CALLS}.json", f"{GOOD_CALL}&Twiml=%3CResponse%2F%3E"), "exclude each other"),
        (sent(f"{CALLS}.json", f"{GOOD_CALL}&StatusCallbackEvent=answerd"), "has no answerd"),
        (sent(f"{CALLS}.json", GOOD_CALL.replace("To=", "To=&X=")), "To is empty"),
        (sent(f"{CALLS}/{CALL_SID}.json", "Url=%2Fa"), "is not a 'uri'"),
        (sent(f"{CALLS}/{CALL_SID}.json", "Url="), "is not a 'uri'"),
        (sent(f"{CALLS}/{CALL_SID}.json", "Status=over"), "is not one of"),
        (sent(f"{CALLS}/{CALL_SID}.json", "Method=PUT&Status=completed"), "is not one of"),
        (sent(NUMBER, "VoiceUrl=nowhere"), "is not a 'uri'"),
        (sent(NUMBER, "VoiceApplicationSid="), "is too short"),
        (sent(NUMBER.replace(f"/PN{'1' * 32}", ""), method="GET", query="Number=1"), "Additional"),
    ],
)  # fmt: skip
def test_the_check_sees_what_is_wrong(wrong: Exchanged, says: str) -> None:
    assert any(says in problem for problem in SPEC.request_problems(wrong))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b'{"sid": "CA1"}', "does not match"),
        (b'{"colour": "red"}', "colour is not described"),
        (b'{"status": "over"}', "is not one of"),
        (b'{"start_time": "yesterday"}', "is not a 'date-time-rfc-2822'"),
    ],
)
def test_the_check_sees_what_is_wrong_with_an_answer(answer: bytes, says: str) -> None:
    got = replace(sent(f"{CALLS}/{CALL_SID}.json", method="GET"), answer=answer)
    assert any(says in problem for problem in SPEC.answer_problems(got))


async def test_the_stand_ins_other_answers(carrier: Control, wire: RememberingWire) -> None:
    """What the service does not ask today, and an administrator's own scripts may."""
    carrier.service.on("/wait", "<Pause length='600'/>")
    sid = await carrier.call('<Enqueue waitUrl="/wait">described</Enqueue>')
    await carrier.service.got("/wait")
    async with httpx2.AsyncClient(transport=wire) as http:
        client = sdk_client(
            account_sid=ACCOUNT, auth_token=AUTH_TOKEN, api_base=carrier.base, http=http
        )
        await client.calls(sid).fetch_async()
        queues = await client.queues.list_async(limit=50)
        (queue,) = [q for q in queues if q.friendly_name == "described"]
        await client.queues(queue.sid).fetch_async()
        await client.queues(queue.sid).members.list_async(limit=5)
        await client.queues(queue.sid).members("Front").fetch_async()
        found = await client.incoming_phone_numbers.list_async(limit=5)
        await client.incoming_phone_numbers(found[0].sid).fetch_async()
