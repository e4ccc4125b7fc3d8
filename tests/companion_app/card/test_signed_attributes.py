"""The app's byte template against a real ASN.1 library."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]  # ships no types

from companion_app.card.signed_attributes import StatementType, card_input, signed_attributes


@pytest.mark.parametrize(
    ("statement_type", "arc"), [("call", 1), ("dial", 2), ("enrolment", 3), ("business", 4)]
)
def test_template_is_der_of_the_three_attributes(statement_type: StatementType, arc: int) -> None:
    statement, certificate = b'{"v":1}', b"certificate bytes"
    der = signed_attributes(
        statement=statement, statement_type=statement_type, certificate=certificate
    )
    assert len(der) == 136
    parsed = cms.CMSAttributes.load(der, strict=True)
    values = {a["type"].native: a["values"][0] for a in parsed}
    assert list(values) == ["content_type", "message_digest", "signing_certificate_v2"]
    assert values["content_type"].dotted == f"1.3.6.1.4.1.32473.1.{arc}"
    assert values["message_digest"].native == sha256(statement).digest()
    [identifier] = values["signing_certificate_v2"]["certs"]
    assert identifier["cert_hash"].native == sha256(certificate).digest()
    assert identifier["hash_algorithm"]["algorithm"].native == "sha256"
    assert tsp.SigningCertificateV2.load(values["signing_certificate_v2"].dump(force=True))
    assert parsed.dump(force=True) == der


def test_card_input_is_the_digest_info() -> None:
    attributes = signed_attributes(statement=b"s", statement_type="call", certificate=b"c")
    given = card_input(statement=b"s", statement_type="call", certificate=b"c")
    assert len(given) == 51
    parsed = core.Sequence.load(given, strict=True)
    assert parsed[1].native == sha256(attributes).digest()
    assert parsed[0].dump().hex() == "300d06096086480165030402010500"


def test_the_documentation_shows_the_same_bytes() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "companion-api.md").read_text(encoding="utf-8")
    block = guide.partition("## What the card signs")[2].split("```")[1].replace(" TT ", " 01 ")
    fixed = "".join(re.findall(r"\b(?:[0-9A-F]{2})+\b", block.partition("card input")[0]))
    made = signed_attributes(statement=b"s", statement_type="call", certificate=b"c").hex().upper()
    for slot in (b"s", b"c"):
        made = made.replace(sha256(slot).hexdigest().upper(), "")
    assert fixed == made
