"""The app's byte templates against a real ASN.1 library."""

import hashlib
import re
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]  # ships no types

from companion_app.card.algorithms import Digest
from companion_app.card.signed_attributes import (
    StatementType,
    UnsupportedKey,
    card_input,
    signed_attributes,
)
from identity.jpki import algorithms
from identity.jpki import signed_attributes as service
from identity.jpki.signed_attributes import StatementType as StatementKind
from tests.identity.jpki import synthetic
from tests.identity.jpki.synthetic import LEAF_KEY


@pytest.mark.parametrize(
    ("statement_type", "arc"), [("call", 1), ("dial", 2), ("enrolment", 3), ("business", 4)]
)
@pytest.mark.parametrize(("digest", "size"), [("sha256", 136), ("sha384", 181)])
def test_template_is_der_of_the_three_attributes(
    statement_type: StatementType, arc: int, digest: Digest, size: int
) -> None:
    statement, certificate = b'{"v":1}', b"certificate bytes"
    der = signed_attributes(
        statement=statement, statement_type=statement_type, certificate=certificate, digest=digest
    )
    assert len(der) == size
    parsed = cms.CMSAttributes.load(der, strict=True)
    values = {a["type"].native: a["values"][0] for a in parsed}
    assert list(values) == ["content_type", "message_digest", "signing_certificate_v2"]
    assert values["content_type"].dotted == f"1.3.6.1.4.1.32473.1.{arc}"
    assert values["message_digest"].native == hashlib.new(digest, statement).digest()
    [identifier] = values["signing_certificate_v2"]["certs"]
    assert identifier["cert_hash"].native == hashlib.new(digest, certificate).digest()
    assert identifier["hash_algorithm"]["algorithm"].native == digest
    assert tsp.SigningCertificateV2.load(values["signing_certificate_v2"].dump(force=True))
    assert parsed.dump(force=True) == der


@pytest.mark.parametrize("key", [LEAF_KEY, 256, 384], ids=["RSA-2048", "P-256", "P-384"])
@pytest.mark.parametrize("statement_type", StatementKind)
def test_app_and_service_make_the_same_bytes(key: int, statement_type: StatementKind) -> None:
    pair = synthetic.key(key) if key == LEAF_KEY else synthetic.curve_key(key)
    certificate = synthetic.leaf("sign", public_key=pair.public_key())
    algorithm = algorithms.for_key(pair.public_key())
    assert algorithm is not None
    wanted = service.build(b"s", certificate, statement_type, algorithm)
    kind: StatementType = statement_type.name.lower()  # type: ignore[assignment]  # one of four
    made = card_input(statement=b"s", statement_type=kind, certificate=certificate)
    assert made == service.card_input(wanted, algorithm)


def test_card_input_of_rsa_is_the_digest_info() -> None:
    certificate = synthetic.leaf("auth")
    attributes = signed_attributes(statement=b"s", statement_type="call", certificate=certificate)
    given = card_input(statement=b"s", statement_type="call", certificate=certificate)
    assert len(given) == 51
    parsed = core.Sequence.load(given, strict=True)
    assert parsed[1].native == sha256(attributes).digest()
    assert parsed[0].dump().hex() == "300d06096086480165030402010500"


@pytest.mark.parametrize("certificate", [b"", b"c", b"\x30\x82\xff\xff\x30"])
def test_nothing_is_made_for_a_key_that_is_not_known(certificate: bytes) -> None:
    with pytest.raises(UnsupportedKey):
        card_input(statement=b"s", statement_type="call", certificate=certificate)


@pytest.mark.parametrize(("digest", "block"), [("sha256", 1), ("sha384", 3)])
def test_the_documentation_shows_the_same_bytes(digest: Digest, block: int) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "companion-api.md").read_text(encoding="utf-8")
    shown = guide.partition("## What the card signs")[2].split("```")[block]
    fixed = "".join(re.findall(r"\b(?:[0-9A-F]{2})+\b", shown.replace(" TT", " 01")))
    attributes = signed_attributes(
        statement=b"s", statement_type="call", certificate=b"c", digest=digest
    )
    made = attributes.hex().upper()
    for slot in (b"s", b"c"):
        made = made.replace(hashlib.new(digest, slot).hexdigest().upper(), "")
    assert fixed == made
