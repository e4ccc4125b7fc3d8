"""The statement: exact bytes, the sentence, and strict reading."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from identity.pairing.model import CallState, DeskKind, Direction, InstallationId, Pairing
from identity.pairing.statement import (
    NotAStatement,
    build,
    for_call,
    installation_mark,
    parse,
    shown,
)
from tests.identity.jpki.synthetic import NOW
from tests.identity.pairing import desk_world
from tests.identity.pairing.world import CARD, PERSON, TENANT, World

GOLDEN = (
    '{"aud":"https://kazasu.example","call_ref":"call-1","call_started_at":"2026-11-22T03:00:00Z",'
    '"call_state":"outgoing","dialled":"+81312345678","direction":"caller",'
    '"expires_at":"2026-11-22T03:07:00Z","installation":"%s",'
    '"issued_at":"2026-11-22T03:00:00Z","line_last4":"5678","match":"%s","mode":"spoken_code",'
    '"nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","pairing":"%s",'
    '"purpose":"契約内容の確認","require":"id_card_auth","rp_name":"カザス保険",'
    '"shown":"カザス保険(03-1234-5678)に、あなたがかけた電話で、本人確認をします。'
    '契約や送金への同意ではありません。","tenant":"kazasu-hoken","type":"call","v":1}'
)


async def _claimed() -> Pairing:
    world = World()
    view = await world.signable()
    return world.row(view.pairing)


def _statement(pairing: Pairing) -> bytes:
    latest = pairing.expires_at + World().policy.extension
    return for_call(
        pairing, TENANT, aud="https://kazasu.example", nonce=bytes(32), now=NOW, latest=latest
    )


async def test_the_exact_bytes() -> None:
    pairing = await _claimed()
    assert pairing.match is not None
    mark = installation_mark(InstallationId("app-1"), TENANT.id)
    expected = GOLDEN % (mark, pairing.match.right, pairing.id)
    assert _statement(pairing).decode() == expected


async def test_a_withheld_number_and_no_action_are_absent_never_null() -> None:
    pairing = await _claimed()
    withheld = replace(pairing, call=replace(pairing.call, line=""))
    fields = json.loads(_statement(withheld))
    assert "line_last4" not in fields
    assert "action" not in fields
    with_action = json.loads(_statement(replace(pairing, action="payout_account")))
    assert with_action["action"] == "payout_account"


@pytest.mark.parametrize(
    ("direction", "sentence"),
    [
        (
            Direction.CALLER,
            "カザス保険(03-1234-5678)に、あなたがかけた電話で、本人確認をします。"
            "契約や送金への同意ではありません。",
        ),
        (
            Direction.BUSINESS,
            "カザス保険(03-1234-5678)から、あなたにかかってきた電話で、本人確認をします。"
            "契約や送金への同意ではありません。",
        ),
    ],
)
def test_the_sentence_on_the_screen(direction: Direction, sentence: str) -> None:
    assert shown(TENANT, direction) == sentence


def test_an_installation_has_another_name_at_every_tenant() -> None:
    mine = installation_mark(InstallationId("thumbprint"), TENANT.id)
    other = installation_mark(InstallationId("thumbprint"), type(TENANT.id)("other"))
    assert mine != other
    assert len(mine) == 22


async def test_it_reads_back_what_it_wrote() -> None:
    text = _statement(await _claimed())
    assert build(parse(text)) == text
    assert CallState(parse(text).call_state) is CallState.OUTGOING


FIELDS = [name for name in json.loads(GOLDEN % ("a", "b", "c")) if name not in {"line_last4"}]


@pytest.mark.parametrize("name", FIELDS)
async def test_a_missing_field_is_no_statement(name: str) -> None:
    fields = json.loads(_statement(await _claimed()))
    del fields[name]
    with pytest.raises(NotAStatement):
        parse(rfc8785.dumps(fields))


@pytest.mark.parametrize(
    "extra",
    [{"pin": "1234"}, {"action": ""}, {"action": None}, {"action": 5}, {"v": 2}, {"v": True},
     {"type": "will"}, {"direction": "up"}, {"mode": "fax"}, {"call_state": "dead"}],
)  # fmt: skip
async def test_a_strange_field_or_value_is_no_statement(extra: dict[str, object]) -> None:
    fields = json.loads(_statement(await _claimed()))
    with pytest.raises(NotAStatement):
        parse(rfc8785.dumps(fields | extra))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + b" ",
        lambda text: text.replace(b'":"', b'": "', 1),
        lambda text: b"[" + text + b"]",
        lambda text: text[:-1],
        lambda text: text.replace(b'"v":1', b'"v":1.0'),
        lambda text: text.replace(b'"type":"call"', b'"type":"call","type":"call"'),
        lambda text: text.replace("カ".encode(), b"\\u30ab", 1),
        lambda text: b"\xff" + text,
    ],
)
async def test_other_bytes_with_the_same_meaning_are_refused(
    change: Callable[[bytes], bytes],
) -> None:
    with pytest.raises(NotAStatement):
        parse(change(_statement(await _claimed())))


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_one_way(data: bytes) -> None:
    with pytest.raises(NotAStatement):
        parse(data)


async def _at_a_desk(kind: DeskKind = DeskKind.BUSINESS) -> bytes:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    desk = await desk_world.begun(world, desk_world.wanted(kind, contract="K-1"))
    claim = await desk_world.claimed(world, desk.code)
    assert claim.view.statement is not None
    return claim.view.statement


@pytest.mark.parametrize("kind", DeskKind)
async def test_of_a_desk_it_reads_back_what_it_wrote(kind: DeskKind) -> None:
    made = await _at_a_desk(kind)
    assert build(parse(made)) == made
    assert parse(made).type == kind.value


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        (DeskKind.BUSINESS, {"mode": "spoken_code"}, "mode"),
        (DeskKind.BUSINESS, {"type": "dial"}, "mode"),
        (DeskKind.BUSINESS, {"direction": "caller"}, "direction"),
        (DeskKind.BUSINESS, {"call_state": "in_call"}, "call_state"),
        (DeskKind.BUSINESS, {"call_state": "outgoing"}, "call_state"),
        (DeskKind.BUSINESS, {"call_ref": "call-1"}, "field of a call"),
        (DeskKind.BUSINESS, {"line_last4": "5678"}, "field of a call"),
        (DeskKind.BUSINESS, {"match": "26"}, "field of a call"),
        (DeskKind.BUSINESS, {"type": "call"}, "missing call_ref"),
        (DeskKind.ENROLMENT, {"require": "id_card_auth"}, "require"),
        (DeskKind.ENROLMENT, {"mode": "app_dial"}, "mode"),
    ],
)
async def test_a_desk_has_nothing_of_a_call(
    kind: DeskKind, change: dict[str, str], rule: str
) -> None:
    fields = json.loads(await _at_a_desk(kind)) | change
    with pytest.raises(NotAStatement, match=rule):
        parse(rfc8785.dumps(fields))


async def test_a_call_has_nothing_of_a_desk() -> None:
    fields = json.loads(_statement(await _claimed())) | {"mode": "desk"}
    with pytest.raises(NotAStatement, match="mode"):
        parse(rfc8785.dumps(fields))


async def test_it_is_not_made_too_early() -> None:
    pairing = await _claimed()
    for early in (replace(pairing, match=None), replace(pairing, claimed_by=None)):
        with pytest.raises(ValueError, match=r"a claim|the match item"):
            _statement(early)
