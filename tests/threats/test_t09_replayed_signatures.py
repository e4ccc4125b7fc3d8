"""T9: a signature made for anything but this very statement is no proof of it."""

import json
from collections.abc import Callable
from functools import partial

import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from identity.evidence_archive.model import Kind
from identity.jpki.signed_attributes import StatementType
from identity.pairing.model import CallRef, Tap
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from tests.identity.jpki import synthetic
from tests.identity.pairing.world import CARD, PERSON, TENANT, World

OTHERS = {
    "v": 2,
    "type": "dial",
    "aud": "https://elsewhere.example",
    "tenant": "another-tenant",
    "rp_name": "別の会社",
    "purpose": "送金",
    "shown": "別の文です。",
    "direction": "business",
    "mode": "sms_link",
    "require": "id_card_sign",
    "pairing": "AAAAAAAAAAAAAAAAAAAAAA",
    "call_ref": "BBBBBBBBBBBBBBBBBBBBBB",
    "dialled": "+81311111111",
    "line_last4": "0000",
    "call_started_at": "2020-01-01T00:00:00Z",
    "match": "23",
    "installation": "CCCCCCCCCCCCCCCCCCCCCC",
    "call_state": "none",
    "nonce": "A" * 43,
    "issued_at": "2020-01-01T00:00:00Z",
    "expires_at": "2040-01-01T00:00:00Z",
}


def _swapped(statement: bytes, field: str) -> bytes:
    fields = json.loads(statement)
    assert fields[field] != OTHERS[field]
    return rfc8785.dumps(fields | {field: OTHERS[field]})


async def _refused(made: Callable[[bytes, bytes], bytes]) -> None:
    """`made` is the signature of a good card over something else, given statement and leaf."""
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    assert view.statement is not None
    leaf = synthetic.leaf("auth", serial=CARD)
    tap = Tap(certificate=leaf, signature=made(view.statement, leaf))
    assert await world.proven(view, tap=tap) == Refusal(code=Hint.SIGNATURE_INVALID.value)
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert (seen.badge.value, seen.identity.code, seen.contracts) == ("grey", "id_none", ())
    assert [row.record.kind for row in world.evidence.rows] == [Kind.REFUSAL]


async def test_every_field_that_is_signed_is_in_the_table() -> None:
    view = await World().signable()
    assert view.statement is not None
    assert set(json.loads(view.statement)) == set(OTHERS)


@pytest.mark.parametrize("field", sorted(OTHERS))
async def test_one_other_field_and_it_is_no_proof(field: str) -> None:
    await _refused(lambda statement, leaf: synthetic.tap(_swapped(statement, field), leaf))


@pytest.mark.parametrize("kind", [kind for kind in StatementType if kind != StatementType.CALL])
async def test_another_content_type_is_no_proof(kind: StatementType) -> None:
    await _refused(partial(synthetic.tap, statement_type=kind))


async def test_a_signature_over_the_bare_statement_is_no_proof() -> None:
    """What a card signs for a PDF or a message has other attributes, or none at all."""
    signer = synthetic.key(synthetic.LEAF_KEY)
    await _refused(lambda statement, _: signer.sign(statement, padding.PKCS1v15(), hashes.SHA256()))


async def test_another_certificate_of_the_same_key_is_no_proof() -> None:
    """The certificate is inside what is signed (RFC 5035): a renewed one cannot be put there."""
    other = synthetic.leaf("auth", serial=CARD + 1)
    await _refused(lambda statement, _: synthetic.tap(statement, other))
