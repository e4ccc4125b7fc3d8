"""Text messages by the carrier's own SDK, and digits that a handset sends behind the number."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import (
    TwilioRestException,
)

from stand_ins.carrier.messages import segments
from tests.stand_ins.carrier.control import CALLER, LINE, OPERATOR, SILENT_PHONE, Control, texts
from tests.stand_ins.carrier.rest import SDK_WARNS, rest_client

pytestmark = SDK_WARNS


async def test_a_message_is_sent_and_listed(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        sent = await rest.messages.create_async(
            to=CALLER, from_="KAZASU", body="本人確認 https://x"
        )
        assert (sent.status, sent.num_segments, sent.direction) == ("queued", "1", "outbound-api")
        assert (await rest.messages(sent.sid).fetch_async()).body == "本人確認 https://x"
    listed = await carrier.http.get("/messages", params={"to": CALLER})
    last = listed.json()["messages"][-1]
    assert (last["sid"], last["from"], last["alphabet"]) == (sent.sid, "KAZASU", "UCS-2")
    assert (await carrier.http.get("/messages", params={"to": LINE})).json()["messages"] == []


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"to": "090", "from_": "KAZASU", "body": "x"}, 21211),
        ({"to": CALLER, "from_": "+819000000000", "body": "x"}, 21212),
        ({"to": CALLER, "from_": "A NAME TOO LONG", "body": "x"}, 21212),
        ({"to": CALLER, "from_": "KAZASU", "body": "x" * 1601}, 21617),
        ({"to": CALLER, "from_": "KAZASU"}, 21602),
    ],
    ids=["to", "number", "name", "long", "empty"],
)
async def test_what_cannot_be_sent(carrier: Control, order: dict[str, str], code: int) -> None:
    async with rest_client(carrier) as rest:
        with pytest.raises(TwilioRestException) as refused:
            await rest.messages.create_async(**order)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a" * 160, (1, "GSM")),
        ("a" * 159 + "€", (2, "GSM")),
        ("あ" * 70, (1, "UCS-2")),
        ("あ" * 71, (2, "UCS-2")),
        ("😀" * 35, (1, "UCS-2")),
        ("😀" * 36, (2, "UCS-2")),
    ],
)
def test_segments(body: str, expected: tuple[int, str]) -> None:
    assert segments(body) == expected


async def test_post_dial_digits_are_heard_under_the_greeting(carrier: Control) -> None:
    greeting = (
        '<Gather numDigits="4" timeout="60" action="/got"><Say>お電話ありがとう</Say></Gather>'
    )
    carrier.service.on("/got", "<Hangup/>")
    sid = await carrier.call(greeting, post_dial=",,12,34")
    got = await carrier.service.got("/got")
    assert got.form["Digits"] == "1234"
    keys = [e for e in await carrier.played(sid) if e["kind"] == "key"]
    assert [e["key"] for e in keys] == ["1", "2", "3", "4"]


async def test_post_dial_digits_of_a_call_that_ends_before(carrier: Control) -> None:
    sid = await carrier.call("<Reject/>", post_dial="1234")
    assert texts(await carrier.played(sid), "key") == []


async def test_post_dial_digits_have_a_form(carrier: Control) -> None:
    body = {"to": LINE, "post_dial": "12a"}
    answer = await carrier.http.post(f"/phones/{CALLER}/call", json=body)
    assert answer.status_code == 400


async def test_a_dial_shows_only_numbers_of_the_account(carrier: Control) -> None:
    dial = '<Dial callerId="{}" action="/over"><Number>{}</Number></Dial>'
    carrier.service.on("/over", "<Hangup/>")
    sid = await carrier.call(dial.format("+81399999999", OPERATOR))
    assert (await carrier.service.got("/over")).form["DialCallStatus"] == "failed"
    assert "13214" in "".join(texts(await carrier.played(sid), "error"))
    sid = await carrier.call(dial.format(LINE, SILENT_PHONE))
    leg = await carrier.child_of(sid)
    shown = (await carrier.http.get(f"/calls/{leg}")).json()
    assert (shown["from"], shown["to"]) == (LINE, SILENT_PHONE)
