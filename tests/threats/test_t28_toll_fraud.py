"""T28, T29: nothing that costs by what is heard, and nothing abroad, is rung or sent a message."""

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.carriers.destinations import may_ring, may_text
from ivr.carriers.twilio.rest import TwilioRest
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.live_calls.ports import CarrierTrouble
from tests.ivr.live_calls.stage import ACCOUNT, RestWire

DEAR = {
    "emergency": "+81110",
    "ambulance": "+81119",
    "message board": "+81171",
    "dial q2": "+81990123456",
    "navi dial": "+81570123456",
    "teledome": "+81180993123",
    "pager": "+812012345678",
    "united states": "+14155550123",
    "united kingdom": "+442079460018",
    "satellite": "+870772001234",
    "somalia": "+25261234567",
    "too short": "+8131234",
    "too long": "+8190123456789",
    "extension": "+81312345678;ext=9",
    "spelled": "+81-3-1234-5678",
    "national": "0312345678",
    "full width": "+81３１２12345678",
    "sip": "sip:0990@carrier.example",
    "nothing": "",
}


@pytest.mark.parametrize("number", DEAR.values(), ids=DEAR)
def test_a_number_that_is_no_ordinary_japanese_one_is_refused(number: str) -> None:
    assert not may_ring(number)
    assert not may_text(number)


@pytest.mark.parametrize(
    ("number", "texted"),
    [
        ("+819012345678", True),
        ("+818012345678", True),
        ("+817012345678", True),
        ("+816012345678", True),
        ("+81312345678", False),
        ("+815012345678", False),
        ("+81120123456", False),
    ],
)
def test_ordinary_numbers_are_rung_and_mobiles_get_messages(number: str, texted: bool) -> None:
    assert (may_ring(number), may_text(number)) == (True, texted)


@given(st.text(max_size=20) | st.from_regex(r"\A\+[0-9;,#*]{1,18}\Z"))
def test_whatever_is_not_japanese_digits_is_refused(number: str) -> None:
    if may_ring(number) or may_text(number):
        assert number.startswith("+81")
        assert number[1:].isascii()
        assert number[1:].isdigit()


async def test_nothing_is_asked_of_the_carrier_for_such_a_number() -> None:
    wire = RestWire()
    async with httpx2.AsyncClient(transport=wire) as http:
        rest = TwilioRest(
            account_sid=ACCOUNT,
            auth_token="a-token-of-the-tests",
            api_base="https://api.twilio.com",
            documents=DocumentSettings(public_base="https://ivr.kazasu.test"),
            http=http,
            chance=lambda: 0.5,
        )
        with pytest.raises(CarrierTrouble):
            await rest.ring_operator(DEAR["dial q2"], token="t", dialled="+81312345678")
        assert wire.asked == []
        await rest.ring_operator("+81312340001", token="t", dialled="+81312345678")
        assert len(wire.asked) == 1
