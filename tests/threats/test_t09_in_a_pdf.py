"""T9: what the card signed for a call is a signature of nothing else: calls, tenants, documents."""

import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]  # ships no types

from identity.evidence_archive.model import Kind
from identity.jpki import cades, certificate
from identity.jpki.refusals import Refusal as CardRefusal
from identity.jpki.signed_attributes import StatementType
from identity.pairing.model import CallRef
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView
from identity.tenants.model import TenantId
from tests.identity.jpki import synthetic
from tests.identity.pairing.world import CARD, PERSON, TENANT, World, tap_of

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
STATEMENT = b'{"aud":"https://example.invalid","v":1}'
ID_DATA = "1.2.840.113549.1.7.1"


def _record(statement: bytes) -> Any:
    """The record of a good tap, as it is exported."""
    leaf = synthetic.leaf("sign")
    parsed = certificate.read(leaf)
    assert not isinstance(parsed, CardRefusal)
    der = cades.signed_data(
        statement=statement,
        statement_type=StatementType.CALL,
        certificate=parsed,
        signature=synthetic.tap(statement, leaf),
    )
    return cms.ContentInfo.load(der)


def _openssl(folder: Path, record: Any, content: bytes) -> bool:
    (folder / "signature.p7s").write_bytes(record.dump(force=True))
    (folder / "content").write_bytes(content)
    trust = synthetic.trust()
    roots = [anchor.certificate for pool in (trust.auth, trust.sign) for anchor in pool]
    (folder / "roots.pem").write_text("".join(cades.pem(root) for root in roots))
    command = (
        "openssl cms -verify -cades -binary -inform DER -in signature.p7s -content content"
        f" -CAfile roots.pem -purpose any -out accepted -attime {int(synthetic.NOW.timestamp())}"
    )
    done = subprocess.run(  # noqa: S603  # a fixed command
        command.split(), cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0


def _as_data(record: Any) -> Any:
    record["content"]["encap_content_info"] = {"content_type": ID_DATA}
    return record


def _attributes(record: Any) -> Any:
    return record["content"]["signer_infos"][0]["signed_attrs"]


def test_it_verifies_as_what_it_is(tmp_path: Path) -> None:
    """Without this the refusals below would prove nothing."""
    assert _openssl(tmp_path, _record(STATEMENT), STATEMENT)


def test_over_the_bytes_of_a_pdf_it_does_not_verify(tmp_path: Path) -> None:
    assert not _openssl(tmp_path, _as_data(_record(STATEMENT)), PDF)
    assert not _openssl(tmp_path, _record(STATEMENT), PDF)


def test_with_the_digest_of_a_pdf_put_in_it_does_not_verify(tmp_path: Path) -> None:
    record = _as_data(_record(STATEMENT))
    _attributes(record)[1]["values"] = [core.OctetString(sha256(PDF).digest())]
    assert not _openssl(tmp_path, record, PDF)


def test_called_data_as_a_pdf_has_it_it_does_not_verify(tmp_path: Path) -> None:
    """Even over the statement's own bytes: the attribute that a PDF's signature needs is signed."""
    record = _as_data(_record(STATEMENT))
    _attributes(record)[0]["values"] = [cms.ContentType(ID_DATA)]
    assert not _openssl(tmp_path, record, STATEMENT)


def test_a_reader_of_pdfs_finds_another_content_type_than_it_must() -> None:
    """ISO 32000 and RFC 5652 (11.1): it must be id-data there, and equal the content's own."""
    signed = _attributes(_as_data(_record(STATEMENT)))[0]
    assert signed["type"].native == "content_type"
    assert signed["values"][0].dotted != ID_DATA


async def _good() -> tuple[World, AppView]:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    return world, await world.signable()


async def test_the_same_body_for_another_call_is_refused() -> None:
    world, first = await _good()
    assert first.statement is not None
    other = await world.signable("call-2")
    answer = await world.proven(other, tap=tap_of(first.statement))
    assert answer == Refusal(code=Hint.SIGNATURE_INVALID.value)
    assert world.row(other.pairing).status is Status.FAILED
    assert isinstance(await world.proven(first), AppView)


async def test_the_same_body_for_another_tenant_is_refused() -> None:
    _, first = await _good()
    assert first.statement is not None
    another = World(tenant=replace(TENANT, id=TenantId("another-tenant")))
    await another.hold(CARD, PERSON, "K-1")
    view = await another.signable()
    answer = await another.proven(view, tap=tap_of(first.statement))
    assert answer == Refusal(code=Hint.SIGNATURE_INVALID.value)
    assert not [row for row in another.pairings.rows.values() if row.status is Status.COMPLETE]


@pytest.mark.parametrize("after", ["at once", "the call", "a restart without counters"])
async def test_the_same_body_again_brings_no_second_verdict(after: str) -> None:
    world, view = await _good()
    assert isinstance(await world.proven(view), AppView)
    before, kept = world.row(view.pairing), world.evidence
    if after == "the call":
        await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    if after == "a restart without counters":
        again = World(pairings=world.pairings)
        again.clock.at = world.clock.at
        again.holders, again.linkage = world.holders, world.linkage
        world = again
    await world.proven(view)
    assert world.row(view.pairing) == before
    kinds = [row.record.kind for row in kept.rows]
    assert kinds.count(Kind.VERDICT) == 1
