"""Names, numbers, codes, PINs, certificates: nowhere but where they belong (T21)."""

import base64
import json

import pytest

from identity.evidence_archive.chain import first_bad
from tests.journeys.resilience.canaries import Canary, found, full_width
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.stay import Stay


def test_two_calls_are_green_on_this_database(stay: Stay) -> None:
    assert [pop["badge"] for pop in stay.pops] == ["green", "green"]
    assert [pop["queue"] for pop in stay.pops] == ["verified", "verified"]
    assert [pop["identity_level"] for pop in stay.pops] == ["id_card_auth", "id_card_sign"]
    assert {pop["binding_level"] for pop in stay.pops} == {"bind_choice"}
    for pop in stay.pops:
        assert pop["contracts"] == [{"ref": "c-0001", "holder": people.HOLDER_NAME}]


async def test_the_chain_is_gapless_on_this_database(stay: Stay) -> None:
    rows = await stay.house.evidence()
    assert first_bad(rows) is None
    assert {pop["verdict"]["evidence_id"] for pop in stay.pops} <= {row.record.id for row in rows}


def test_nothing_in_the_service_s_messages(stay: Stay) -> None:
    assert found(stay.canaries(), stay.house.service.log.read_bytes()) == []


def test_nothing_in_any_table(stay: Stay) -> None:
    canaries = stay.canaries()
    for line in stay.dump.split(b"\n"):
        assert found(canaries, line) == [], line[:60]


def test_nothing_in_any_file_of_the_data_folder(stay: Stay) -> None:
    long = [canary for canary in stay.canaries() if canary.name != "PIN"]  # see Canary.forms
    for path in stay.house.data.rglob("*"):
        if path.is_file():
            assert found(long, path.read_bytes()) == [], path.name


def test_nothing_in_the_head_of_any_answer_or_in_its_address(stay: Stay) -> None:
    assert len(stay.answers) > 20
    canaries = stay.canaries()
    for head in stay.answers:
        assert found(canaries, head.encode()) == [], head


def test_nothing_in_the_address_of_any_webhook(stay: Stay) -> None:
    addresses = [e["request"]["url"] for e in stay.timelines if e["kind"] == "webhook"]
    assert len(addresses) > 20
    canaries = stay.canaries()
    for address in addresses:
        assert found(canaries, address.encode()) == [], address


_SECRET = "金糸雀 73519264"


@pytest.mark.parametrize(
    "written",
    [
        _SECRET.encode(),
        full_width(_SECRET).encode(),
        _SECRET.encode("utf-16-le"),
        _SECRET.encode("cp932"),
        _SECRET.encode().hex().upper().encode(),
        base64.b64encode(b"a" + _SECRET.encode() + b"xyz"),
        base64.urlsafe_b64encode(b"ab" + _SECRET.encode() + b"x"),
        base64.b64encode(_SECRET.encode()),
        rb"\u91d1\u7cf8\u96c0 73519264",
        b"%E9%87%91%E7%B3%B8%E9%9B%80%2073519264",
    ],
)
def test_the_search_finds_every_form(written: bytes) -> None:
    assert found([Canary(name="it", value=_SECRET)], b'{"field": "' + written + b'"}') == ["it"]


@pytest.mark.parametrize("text", [b'{"pin": "7402"}', b"pin=7402", b"pin 7402 ", b"37343032"])
def test_a_pin_is_found_where_it_is_a_word(text: bytes) -> None:
    assert found([Canary(name="PIN", value="7402")], text.replace(b"=", b" ")) == ["PIN"]


@pytest.mark.parametrize("text", [b"2026-11-22T15:27:47.740212Z", b"a7402f", b"174021"])
def test_and_not_in_a_longer_number(text: bytes) -> None:
    assert found([Canary(name="PIN", value="7402")], text) == []


def test_the_search_finds_them_where_they_belong(stay: Stay) -> None:
    """At the carrier, who knows numbers, keys and words; else the tests above would say nothing."""
    timeline = json.dumps(stay.timelines, ensure_ascii=False).encode()
    known = {"caller's number", "customer number"}
    assert known <= set(found(stay.canaries(), timeline))
