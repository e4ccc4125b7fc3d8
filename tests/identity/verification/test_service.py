"""From a tap to a proven card, or to the pairing's word for why not."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import identity
from identity.jpki import anchors
from identity.jpki.anchors import Environment, Purpose
from identity.jpki.checklist import CardProof
from identity.jpki.refusals import Code
from identity.jpki.signed_attributes import StatementType, UnusableContentType
from identity.verification.model import ProvenCard, RevocationStatus
from identity.verification.ports import RevocationSource
from identity.verification.refusals import Hint, Refused, RevocationCode
from identity.verification.service import CardVerifier
from stand_ins.jpki import certificates
from stand_ins.jpki.names import PURPOSES
from stand_ins.jpki.names import Purpose as PurposeName
from stand_ins.jpki.people import PEOPLE
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.synthetic import (
    NOW,
    OTHER_KEY,
    YEAR,
    authority,
    der,
    key,
    leaf,
    tap,
    trust,
    worker,
)
from tests.identity.verification.sources import Answering, Broken, NeverApart, Silent

STATEMENT = b'{"statement":"ours"}'
EXPIRED = {Code.LEAF_EXPIRED, Code.LEAF_NOT_YET_VALID}
UNREADABLE = {Code.CERTIFICATE_MALFORMED, Code.CERTIFICATE_UNREADABLE}


def _proof(purpose: PurposeName = "auth", certificate: bytes | None = None) -> CardProof:
    certificate = leaf(purpose) if certificate is None else certificate
    return CardProof(
        certificate=certificate,
        signature=tap(STATEMENT, certificate),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )


async def _verify(proof: CardProof, source: RevocationSource | None = None) -> ProvenCard | Refused:
    return await CardVerifier(trust(), source or Answering(), worker()).verify(proof, at=NOW)


async def _proven(purpose: PurposeName) -> ProvenCard:
    found = await _verify(_proof(purpose))
    assert isinstance(found, ProvenCard)
    return found


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_good_tap_is_proven_with_all_that_a_record_needs(purpose: PurposeName) -> None:
    proof = _proof(purpose)
    found = await _verify(proof)
    assert isinstance(found, ProvenCard)
    assert found.purpose is Purpose(purpose)
    assert (found.certificate, found.signature) == (proof.certificate, proof.signature)
    assert found.issuer_certificate == der(authority(purpose).certificate)
    assert found.linkage_key.serial == 0x0203_0405
    assert found.linkage_key.issuer_key_sha256 in {a.key_sha256 for a in trust().of(found.purpose)}
    assert found.revocation.status is RevocationStatus.GOOD
    assert found.verified_at == NOW


async def test_attributes_come_with_the_signature_certificate_only() -> None:
    signed = await _proven("sign")
    assert signed.attributes is not None
    assert signed.attributes.name is not None
    assert signed.attributes.name.text == PEOPLE["hanako"].name
    assert (await _proven("auth")).attributes is None


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_certificate_has_its_hint_and_nobody_is_asked_about_it(name: str) -> None:
    code, make = BAD[name]
    source = Answering()
    found = await _verify(_proof(certificate=make()), source)
    assert isinstance(found, Refused)
    assert found.code == code
    assert found.hint is (
        Hint.CERTIFICATE_EXPIRED
        if code in EXPIRED
        else Hint.SIGNATURE_INVALID
        if code in UNREADABLE
        else Hint.CERTIFICATE_UNSUPPORTED
    )
    assert source.asked == []


async def test_a_leaf_does_not_outlive_its_root() -> None:
    root = authority("auth", "g1")
    end = root.certificate.not_valid_after_utc
    proof = _proof(certificate=leaf(issuer=root, valid=(NOW - YEAR, end + YEAR)))
    verifier = CardVerifier(trust(), Answering(), worker())
    assert isinstance(await verifier.verify(proof, at=end), ProvenCard)
    found = await verifier.verify(proof, at=end + timedelta(seconds=1))
    assert isinstance(found, Refused)
    assert (found.hint, found.code) == (Hint.CERTIFICATE_UNSUPPORTED, Code.ANCHOR_EXPIRED)


def _change(**fields: object) -> CardProof:
    return dataclasses.replace(_proof(), **fields)  # type: ignore[arg-type]  # named by each test


WRONG: dict[str, tuple[Callable[[], CardProof], Code]] = {
    "another statement": (lambda: _change(statement=b"{}"), Code.SIGNATURE_MISMATCH),
    "another type": (
        lambda: _change(statement_type=StatementType.DIAL),
        Code.SIGNATURE_MISMATCH,
    ),
    "another key": (
        lambda: _change(signature=tap(STATEMENT, leaf(), signer=key(OTHER_KEY))),
        Code.SIGNATURE_MISMATCH,
    ),
    "another card's certificate": (
        lambda: _change(certificate=leaf(serial=99)),
        Code.SIGNATURE_MISMATCH,
    ),
    "255 octets": (lambda: _change(signature=b"\x01" * 255), Code.SIGNATURE_LENGTH),
    "257 octets": (lambda: _change(signature=b"\x01" * 257), Code.SIGNATURE_LENGTH),
    "no certificate": (lambda: _change(certificate=b""), Code.CERTIFICATE_MALFORMED),
    "an intermediate behind the leaf": (
        lambda: _change(certificate=leaf() + der(authority("auth").certificate)),
        Code.CERTIFICATE_MALFORMED,
    ),
    "over 8 kB": (
        lambda: _change(certificate=b"\x30\x82\x20\x00" + b"\x05\x00" * 4096),
        Code.CERTIFICATE_MALFORMED,
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_proof_is_an_invalid_signature_and_nobody_is_asked(name: str) -> None:
    make, code = WRONG[name]
    source = Answering()
    found = await _verify(make(), source)
    assert isinstance(found, Refused)
    assert (found.hint, found.code) == (Hint.SIGNATURE_INVALID, code)
    assert source.asked == []


async def test_a_length_is_refused_before_the_certificate_is_looked_at() -> None:
    expired = leaf(valid=(NOW - YEAR, NOW - timedelta(seconds=1)))
    found = await _verify(_change(certificate=expired, signature=b"\x01" * 255))
    assert isinstance(found, Refused)
    assert found.code == Code.SIGNATURE_LENGTH


@pytest.mark.parametrize("reason", ["keyCompromise", "affiliationChanged", "certificateHold", None])
async def test_a_revoked_card_keeps_the_reason(reason: str | None) -> None:
    found = await _verify(_proof(), Answering(RevocationStatus.REVOKED, reason=reason))
    assert isinstance(found, Refused)
    assert (found.hint, found.code) == (Hint.CERTIFICATE_REVOKED, RevocationCode.REVOKED)
    assert found.facts.get("reason") == reason
    assert found.revocation is not None


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (Answering(RevocationStatus.UNKNOWN, why="stale"), "stale"),
        (Answering(RevocationStatus.NOT_CHECKED), "not_checked"),
        (Silent(), "timeout"),
        (Broken(), "source_failed"),
    ],
)
async def test_a_source_that_cannot_tell_is_never_good(source: RevocationSource, why: str) -> None:
    verifier = CardVerifier(trust(), source, worker(), revocation_seconds=0.01)
    found = await verifier.verify(_proof(), at=NOW)
    assert isinstance(found, Refused)
    assert found.hint is Hint.REVOCATION_UNAVAILABLE
    assert found.facts == {"why": why}


def test_only_verification_can_make_a_proven_card() -> None:
    values = dict.fromkeys(field.name for field in dataclasses.fields(ProvenCard))
    with pytest.raises(TypeError, match="verification only"):
        ProvenCard(**values, passed=object())  # type: ignore[arg-type]  # the mistake to be made


async def test_a_proven_card_cannot_be_made_from_another() -> None:
    proven = await _proven("auth")
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(proven, purpose=Purpose.SIGN)  # type: ignore[call-arg]  # the mistake


def test_no_other_file_makes_one_or_holds_the_key_to_it() -> None:
    root = Path(identity.__path__[0]).parent
    rooms = [
        path.parent
        for path in root.glob("*/__init__.py")
        if path.parent.name not in {"tests", "node_modules"}
    ]
    makers = {
        path.relative_to(root).as_posix()
        for room in rooms
        for path in room.rglob("*.py")
        if "ProvenCard(" in (text := path.read_text("utf-8")) or "_ALL_STEPS_PASSED" in text
    }
    assert makers == {"identity/verification/model.py", "identity/verification/service.py"}


async def test_nothing_that_identifies_shows_in_text_form() -> None:
    proven = await _proven("sign")
    revoked = await _verify(_proof(), Answering(RevocationStatus.REVOKED))
    texts = [repr(_proof()), repr(proven), repr(revoked), repr(proven.linkage_key)]
    for text in texts:
        assert str(0x0203_0405) not in text
        assert "b'" not in text
        assert 'b"' not in text
        assert PEOPLE["hanako"].name not in text


def test_production_does_not_start_with_the_documentation_number() -> None:
    roots = {
        purpose: [
            der(
                certificates.make_root(
                    purpose,
                    "x",
                    key(20),
                    serial=1,
                    valid=(NOW - YEAR, NOW + YEAR),
                    organisation="JPKI",
                ).certificate
            )
        ]
        for purpose in PURPOSES
    }
    real = anchors.load(Environment.PRODUCTION, **roots)
    with pytest.raises(UnusableContentType):
        CardVerifier(real, Answering(), NeverApart())
