"""What a production service lets through: cards as they are known today, and nothing else."""

from functools import cache
from typing import Any

import pytest

from identity.jpki import anchors, checklist
from identity.jpki.anchors import Environment, TrustAnchors
from identity.jpki.checklist import Accepted, CardProof, Denied
from identity.jpki.profile import CardKind
from identity.jpki.refusals import Code
from identity.jpki.signed_attributes import StatementType
from stand_ins.jpki import certificates
from stand_ins.jpki.certificates import Authority
from stand_ins.jpki.names import PURPOSES, Purpose
from tests.identity.jpki.synthetic import LEAF_KEY, NOW, YEAR, curve_key, der, key, leaf

KEYS: dict[str, Any] = {
    "RSA-2048": key(LEAF_KEY).public_key(),
    "P-256": curve_key(256).public_key(),
    "P-384": curve_key(384).public_key(),
}


@cache
def root(purpose: Purpose) -> Authority:
    """Called as the national authority is: as far as names go, the real thing."""
    valid = (NOW - YEAR, NOW + YEAR)
    return certificates.make_root(
        purpose, "real", key(21), serial=1, valid=valid, organisation="JPKI"
    )


@cache
def pinned() -> TrustAnchors:
    roots = {purpose: [der(root(purpose).certificate)] for purpose in PURPOSES}
    return anchors.load(Environment.PRODUCTION, **roots)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("RSA-2048", CardKind.CARD, None),
        ("P-256", CardKind.CARD, Code.KEY_UNSUPPORTED),
        ("P-384", CardKind.CARD, Code.KEY_UNSUPPORTED),
        ("RSA-2048", CardKind.ANDROID, Code.POLICY_UNEXPECTED),
        ("RSA-2048", CardKind.IPHONE, Code.POLICY_UNEXPECTED),
        ("P-256", CardKind.ANDROID, Code.POLICY_UNEXPECTED),
        ("P-256", CardKind.IPHONE, Code.POLICY_UNEXPECTED),
    ],
)
def test_todays_cards_only(purpose: Purpose, name: str, kind: CardKind, code: Code | None) -> None:
    proof = CardProof(
        certificate=leaf(purpose, issuer=root(purpose), public_key=KEYS[name]),
        signature=bytes(256),
        statement=b"{}",
        statement_type=StatementType.CALL,
        card_kind=kind,
    )
    scanned = checklist.scan(proof)
    assert not isinstance(scanned, Denied)
    found = checklist.examine(scanned, kind, pinned(), NOW)
    if code is None:
        assert isinstance(found, Accepted)
    else:
        assert isinstance(found, Denied)
        assert found.refusal.code is code
