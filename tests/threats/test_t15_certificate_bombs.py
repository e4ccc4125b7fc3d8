"""T15: certificates and records made to cost much are refused before a library unfolds them, or in
a process that may be killed; either way by a code, and the next honest card is served."""

import asyncio
from collections.abc import Callable

import pytest
from asn1crypto import x509 as loose  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from identity.jpki import cades
from identity.jpki.checklist import CardProof
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType
from identity.pairing.model import Tap
from identity.pairing.outcomes import Hint as PairingHint
from identity.pairing.outcomes import Status
from identity.pairing.refusals import Code as PairingCode
from identity.pairing.refusals import refuse
from identity.pairing.views import AppView
from identity.verification import apart
from identity.verification.model import ProvenCard
from identity.verification.ports import NoRoom
from identity.verification.refusals import Hint, Refused
from identity.verification.service import CardVerifier
from stand_ins.jpki.certificates import other_name
from tests.identity.jpki.bad.editing import edited, sequence, with_extension
from tests.identity.jpki.synthetic import NOW, curve_key, leaf, tap, trust, worker
from tests.identity.pairing.world import CARD, PERSON, World
from tests.identity.verification.sources import Answering

STATEMENT = b'{"v":1}'


def _nested(depth: int) -> bytes:
    data = b"\x05\x00"
    for _ in range(depth):
        data = sequence(data)
    return data


def _tlv(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + sequence(content)[1:]


def _name(parts: int, length: int) -> bytes:
    name = [x509.NameAttribute(NameOID.COMMON_NAME, "x" * length) for _ in range(parts)]
    return leaf(subject=x509.Name(name))


def _huge_key(bits: int) -> bytes:
    return leaf(public_key=rsa.RSAPublicNumbers(65537, (1 << bits) - 159).public_key())


def _huge_exponent() -> bytes:
    return leaf(public_key=rsa.RSAPublicNumbers((1 << 2040) + 1, (1 << 2048) - 159).public_key())


def _many_names() -> bytes:
    others = [other_name(tail, "あ") for tail in range(1, 180)]
    return with_extension(x509.SubjectAlternativeName(others))()


def _many_extensions() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        for number in range(120):
            tbs["extensions"].append(
                {"extn_id": f"1.3.6.1.4.1.32473.{number}", "extn_value": b"\x05\x00"}
            )

    return edited(leaf(), edit)


BOMBS: dict[str, Callable[[], bytes]] = {
    "nested 2,000 deep": lambda: _nested(2000),
    "nested 24 deep": lambda: _nested(24),
    "four thousand empty values": lambda: sequence(b"\x05\x00" * 4000),
    "an identifier of 8,000 octets": lambda: sequence(
        _tlv(0x06, b"\x2a" + b"\x81" * 7990 + b"\x01")
    ),
    "a number of 8,000 octets": lambda: sequence(_tlv(0x02, b"\x7f" * 8000)),
    "a length of four gigabytes": lambda: b"\x30\x84\xff\xff\xff\xff",
    "a megabyte": lambda: sequence(b"\x00" * 1_000_000),
    "a subject of 150 parts": lambda: _name(150, 8),
    "a modulus of 16,384 bits": lambda: _huge_key(16384),
    "a modulus of 60,000 bits": lambda: _huge_key(60000),
    "an exponent of 2,041 bits": _huge_exponent,
    "179 attributes": _many_names,
    "120 extensions": _many_extensions,
}


async def _verified(data: bytes) -> ProvenCard | Refused:
    proof = CardProof(
        certificate=data,
        signature=tap(STATEMENT, data),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    return await CardVerifier(trust(), Answering(), worker()).verify(proof, at=NOW)


def _made(name: str) -> bytes | None:
    try:
        return BOMBS[name]()
    except ValueError:  # a key that the library will not even write
        return None


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_a_refusal_and_the_next_card_is_served(name: str) -> None:
    data = _made(name)
    if data is None:
        assert "bits" in name
        return
    found = await _verified(data)
    assert isinstance(found, Refused)
    assert found.hint in (Hint.SIGNATURE_INVALID, Hint.CERTIFICATE_UNSUPPORTED)
    assert isinstance(await _verified(leaf()), ProvenCard)


async def test_fifty_bombs_at_once_hold_up_no_honest_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are judged and found to be what they are; the others are told to come again, at once.
    Who has an honest card waits behind none of them."""
    monkeypatch.setattr(apart, "MOST_WAITING", 4)
    data = _made("a subject of 150 parts")
    assert data is not None
    forged = data[:-1] + bytes((data[-1] ^ 1,))
    bombs = [asyncio.ensure_future(_verified(forged)) for _ in range(50)]
    await asyncio.sleep(0)  # all have come
    assert sum(not bomb.done() for bomb in bombs) == 4
    assert isinstance(await _verified(leaf()), ProvenCard)
    found = await asyncio.gather(*bombs, return_exceptions=True)
    told = [type(one) for one in found]
    assert (told.count(Refused), told.count(NoRoom)) == (4, 46)
    assert isinstance(await _verified(_name(150, 8)), Refused)


async def test_who_is_told_to_come_again_proves_the_same_card_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing was found out and nothing has ended: the check waits for the same proof."""
    world, key = World(), curve_key(384)
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    assert view.statement is not None
    data = leaf(public_key=key.public_key(), serial=CARD)
    proof = Tap(certificate=data, signature=tap(view.statement, data, signer=key))
    with monkeypatch.context() as full:
        full.setattr(apart, "MOST_WAITING", 0)
        told = await world.proven(view, tap=proof)
    assert told == refuse(PairingCode.TRY_AGAIN)
    assert world.row(view.pairing).status is Status.PENDING
    assert world.evidence.rows == []
    done = await world.proven(view, tap=proof)
    assert isinstance(done, AppView)
    assert done.hint is PairingHint.VERIFIED


RECORDS: dict[str, bytes] = {
    "an identifier of 60,000 octets": sequence(_tlv(0x06, b"\x2a" + b"\x81" * 59_990 + b"\x01")),
    "a thousand identifiers of 64 octets": sequence((b"\x06\x40" + b"\x2a" * 64) * 900),
    "thirty thousand values": sequence(b"\x05\x00" * 30_000),
    "more than 64 kB": sequence(b"\x04\x01\x00" * 30_000),
    "nested 60 deep": _nested(60),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_would_cost_much_is_malformed(name: str) -> None:
    """asn1crypto, which writes records, takes the better part of a second for one such
    identifier: no record reaches it that has not been scanned and taken apart before."""
    found = cades.read(RECORDS[name], STATEMENT)
    assert isinstance(found, Refusal)
    assert found.code is Code.RECORD_MALFORMED
