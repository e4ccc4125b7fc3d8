"""The account and its numbers: found, looked at, and pointed elsewhere."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import (
    TwilioRestException,
)

from tests.stand_ins.carrier.control import ACCOUNT, LINE, Control, texts
from tests.stand_ins.carrier.rest import SDK_WARNS, rest_client

pytestmark = SDK_WARNS
VOICE, FALLBACK, STATUS = "/voice-anew", "/fallback", "/status-anew"


async def test_a_number_is_found_by_itself_or_a_part(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        found = []
        for asked in (LINE, "8131234", "+8131234****"):
            found = await rest.incoming_phone_numbers.list_async(phone_number=asked, limit=20)
            assert [n.phone_number for n in found] == [LINE]
        assert await rest.incoming_phone_numbers.list_async(phone_number="+8199", limit=20) == []
        again = await rest.incoming_phone_numbers(found[0].sid).fetch_async()
    assert (again.phone_number, again.voice_url) == (LINE, carrier.service.base + "/voice")
    assert (again.voice_method, again.status_callback, again.trunk_sid) == ("POST", "", None)
    assert again.capabilities["voice"] is True


async def test_calls_go_where_the_number_points(carrier: Control) -> None:
    service = carrier.service
    service.on(VOICE, "<Say>新しい</Say>")
    service.on(STATUS, "")
    async with rest_client(carrier) as rest:
        (number,) = await rest.incoming_phone_numbers.list_async(phone_number=LINE, limit=20)
        changed = await rest.incoming_phone_numbers(number.sid).update_async(
            voice_url=service.base + VOICE + "#ct=1000",
            voice_method="GET",
            status_callback=service.base + STATUS,
        )
    assert changed.voice_url.endswith("#ct=1000")
    assert changed.voice_fallback_url == number.voice_fallback_url
    sid = await carrier.call()
    assert texts(await carrier.played(sid), "say") == ["新しい"]
    assert service.of(VOICE)[0].method == "GET"
    await service.got(STATUS)


async def test_nothing_takes_an_address_away(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        (number,) = await rest.incoming_phone_numbers.list_async(phone_number=LINE, limit=20)
        changed = await rest.incoming_phone_numbers(number.sid).update_async(voice_fallback_url="")
    assert changed.voice_fallback_url == ""


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"voice_url": "/relative"}, 21402),
        ({"status_callback": "ftp://a/"}, 21402),
        ({"voice_method": "PUT"}, 21403),
        ({"voice_receive_mode": "fax"}, 20001),
    ],
)
async def test_a_wrong_change_is_refused_whole(
    carrier: Control, order: dict[str, str], code: int
) -> None:
    async with rest_client(carrier) as rest:
        (number,) = await rest.incoming_phone_numbers.list_async(phone_number=LINE, limit=20)
        with pytest.raises(TwilioRestException) as refused:
            await rest.incoming_phone_numbers(number.sid).update_async(
                voice_fallback_url=carrier.service.base + FALLBACK, **order
            )
        assert (refused.value.status, refused.value.code) == (400, code)
        after = await rest.incoming_phone_numbers(number.sid).fetch_async()
        assert after.voice_fallback_url == number.voice_fallback_url
        with pytest.raises(TwilioRestException) as refused:
            await rest.incoming_phone_numbers("PN" + "0" * 32).fetch_async()
    assert refused.value.code == 20404


async def test_the_account_says_what_it_is(carrier: Control) -> None:
    async with rest_client(carrier) as rest:
        account = await rest.api.accounts(ACCOUNT).fetch_async()
    assert (account.sid, account.status, account.type) == (ACCOUNT, "active", "Full")
